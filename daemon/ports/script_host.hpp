#pragma once
// ScriptHost: what the daemon asks of whoever runs users' own programs as strategies
// (vaultd-runner, by way of the room runner): start a script, show it ticks, take its decisions,
// stop it. No call waits; what comes of it is told to the ScriptListener, on the thread that
// called. A fault of a script is never an Error: it is an answer to its tick, and the sleeve holds.
// Free of Asio; values only. The lines that a script sees are specified in man/vaultd-script.7.
#include "daemon/ports/strategy.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vault::ports {

struct ScriptLimits {
    Duration start{std::chrono::seconds{5}};                // until the handshake is answered
    Duration decision{std::chrono::seconds{1}};             // for each tick
    std::uint64_t memory_bytes = std::uint64_t{512} << 20;  // address space of each process
    std::uint64_t file_bytes = std::uint64_t{16} << 20;     // of all it writes to its /tmp
    std::uint32_t processes = 16;                           // threads count
    std::uint32_t files = 64;                               // open at once, by each process
    Duration cpu{std::chrono::hours{1}};                    // of each process; then it is killed
    friend bool operator==(const ScriptLimits&, const ScriptLimits&) = default;
};

// The first restart waits `first`, each further one twice as long up to `most`. After `failures` in
// a row, without a while of good decisions between them, the script is given up.
struct ScriptBackoff {
    Duration first{std::chrono::seconds{1}};
    Duration most{std::chrono::minutes{1}};
    std::uint32_t failures = 5;
    friend bool operator==(const ScriptBackoff&, const ScriptBackoff&) = default;
};

struct ScriptSpec {
    std::string name;                  // letters, digits, '.', '_' and '-', at most 64
    std::vector<std::string> command;  // the program, looked for along the system's PATH, and words
    std::string folder;  // absolute; all that it sees besides the system's programs; where it runs
    ScriptLimits limits;
    ScriptBackoff backoff;
    bool weak = false;  // run it also where the system refuses a part of its isolation
    friend bool operator==(const ScriptSpec&, const ScriptSpec&) = default;
};

using ScriptTexts = std::vector<std::pair<std::string, std::string>>;  // names and values

struct ScriptTick {
    std::uint64_t seq = 0;  // ascending for each script, from 1
    std::string sleeve;     // "v1.flash"; state and parameters belong to sleeve and pair
    MarketView market;
    SleeveFigures figures;
    bool gap = false;          // this tick is the first after a gap
    bool bought = false;       // a buy has filled since the sleeve's last tick
    bool closed = false;       // a position has closed since then
    bool judge_exits = false;  // first fresh price after a restart or gap: exits are due at once
    std::string state;         // what its last decision left; empty at first
    ScriptTexts params;        // the sleeve's, in their text form
};

struct ScriptDecision {
    std::uint64_t seq = 0;
    Action action = Action::Hold;
    std::string reason;               // lower_snake, at most 32 bytes; "none": no check was due
    std::optional<Decimal> fraction;  // 0 < x <= 1; none: the sleeve's spend, or the whole position
    std::optional<std::string> state;  // at most 1,024 bytes; none: as it was
    ScriptTexts figures;               // what it was made from, at most 16
    friend bool operator==(const ScriptDecision&, const ScriptDecision&) = default;
};

enum class ScriptFault : std::uint8_t {
    CannotStart,    // no such program, or its isolation was refused
    NoHandshake,    // not in time, or something else came first
    WrongVersion,   // it speaks another protocol
    BadJson,        // a line that is no JSON object, or has a key twice
    BadField,       // a field is missing, unknown, or not what it should be
    UnknownAction,  // not hold, buy or sell
    WrongSequence,  // not the tick that is due
    Late,           // no decision within the deadline
    TooLong,        // a line past the limit
    Flood,          // a line that no tick asked for
    Exited,         // it ended, or closed its output
    NotRunning,     // it is waiting to be started again
    GaveUp,         // it failed too often in a row
    TooMany,        // more ticks are waiting for it than are kept
};
std::string_view to_text(ScriptFault fault);
std::optional<ScriptFault> parse_script_fault(std::string_view text);

struct ScriptComplaint {
    ScriptFault fault = ScriptFault::BadJson;
    std::string detail;  // for a person
    friend bool operator==(const ScriptComplaint&, const ScriptComplaint&) = default;
};

enum class ScriptPhase : std::uint8_t { Starting, Ready, Waiting, GaveUp, Stopped };
std::string_view to_text(ScriptPhase phase);
std::optional<ScriptPhase> parse_script_phase(std::string_view text);

struct ScriptStatus {
    std::string name;
    ScriptPhase phase = ScriptPhase::Starting;
    std::uint64_t decisions = 0;
    std::uint64_t starts = 0;
    std::uint64_t faults = 0;
    std::optional<ScriptComplaint> last_fault;
    std::vector<std::string> missing;  // of its isolation, and why; only where spec.weak allows it
};

class ScriptListener {
  public:
    virtual ~ScriptListener() = default;
    // Exactly one of these two comes for each tick that was given.
    virtual void decided(const std::string& script, const ScriptDecision& decision) = 0;
    virtual void failed(const std::string& script, std::uint64_t seq,
                        const ScriptComplaint& why) = 0;
    // Its phase, or what is missing of its isolation.
    virtual void changed(const ScriptStatus& status) = 0;
};

class ScriptHost {
  public:
    virtual ~ScriptHost() = default;
    // Errors: InvalidParams (name, command, folder), Exists, Busy (too many scripts). Whether it
    // runs is told by changed().
    virtual Result<void> start(const ScriptSpec& spec) = 0;
    // A script that nobody started is NotRunning.
    virtual void tick(const std::string& script, const ScriptTick& tick) = 0;
    // Everything that it started ends with it; ticks that wait fail. Stopping twice is nothing.
    virtual void stop(const std::string& script) = 0;
    virtual std::vector<ScriptStatus> status() const = 0;
};

}  // namespace vault::ports
