#pragma once
// Moment: the emulator's time, nanoseconds since 1970-01-01T00:00:00Z. Kraken numbers public trades
// by nanoseconds and stamps socket messages with microseconds, so UtcTime is too coarse. It is
// passed in everywhere; no code of the exchange reads a clock. Values; any thread.
#include <chrono>

namespace vault::kraken_emulator {

using Span = std::chrono::nanoseconds;
using Moment = std::chrono::sys_time<Span>;

inline constexpr Moment kNever{};  // "unset" wherever a moment is optional on Kraken's wire

}  // namespace vault::kraken_emulator
