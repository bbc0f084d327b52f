#pragma once
// The line protocol between vaultd-runner and a script, version 1, as man/vaultd-script.7 specifies
// it: how a hello and a tick are written, and how a script's hello and its decisions are read.
// Pure; any thread. What a script says wrong is a ScriptComplaint, never an Error.
#include "daemon/ports/script_host.hpp"

#include <variant>

namespace vault::runner {

inline constexpr std::uint64_t kScriptProtocol = 1;
inline constexpr std::size_t kLineMost = 64 * 1024;  // bytes of a line, without the line feed
inline constexpr std::size_t kStateMost = 1024;
// Ticks that a script may be shown before it has answered the first of them.
inline constexpr std::size_t kWindow = 64;

template <class T>
using Spoken = std::variant<T, ports::ScriptComplaint>;

// Both end in a line feed.
std::string hello_line(const ports::ScriptLimits& limits);
std::string tick_line(const ports::ScriptTick& tick);

struct ScriptHello {
    std::string name;  // what it calls itself, at most 64 bytes; may be empty
};
Spoken<ScriptHello> parse_hello(std::string_view line);
Spoken<ports::ScriptDecision> parse_decision(std::string_view line);
// As a script would write it, with a line feed.
std::string decision_line(const ports::ScriptDecision& decision);

}  // namespace vault::runner
