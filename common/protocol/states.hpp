#pragma once
// The words that the field `state` of an object can hold, separated by '|', for who waits for one
// and who documents them. The rooms that own the states write them; a test compares. Constant data.
#include <string_view>

namespace vault::protocol {

inline constexpr std::string_view kDaemonStates = "running|paused|halted";
inline constexpr std::string_view kSleeveStates =
    "idle|warming_up|watching|buying|holding|selling|pausing|paused|halted|liquidating|"
    "underfunded|stuck|needs_attention";
inline constexpr std::string_view kVaultStates =
    "running|pausing|paused|halted|liquidating|underfunded|needs_attention";
inline constexpr std::string_view kOrderStates =
    "intent|sending|open|partial|filled|canceled|expired|rejected|not_sent|dead|unresolved|revived";
// The others may still change: late evidence revives an order that was rejected or dead.
inline constexpr std::string_view kFinalOrderStates = "filled|canceled|expired|not_sent";
inline constexpr std::string_view kReplayStates = "ready|running|finished|stopped";
inline constexpr std::string_view kJobStates = "running|done|canceled";
inline constexpr std::string_view kFinalJobStates = "done|canceled";

}  // namespace vault::protocol
