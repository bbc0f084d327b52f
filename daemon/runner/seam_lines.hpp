#pragma once
// The lines between vaultd and vaultd-runner: one JSON object a line, both ways, over a socket or a
// pipe. The daemon asks
//
//     {"type":"start","script":S,"command":[…],"folder":F,"weak":false,"limits":{…},"backoff":{…}}
//     {"type":"tick","script":S,"tick":{a tick as man/vaultd-script.7 has it}}
//     {"type":"stop","script":S}
//     {"type":"status"}
//     {"type":"run","id":N,"command":[…],"input":"…","limit":N}       of a runner of hooks, limit
//     in ms
//
// where limits and backoff have the fields of ports::ScriptLimits and ScriptBackoff (times in ms),
// each of which may be left out. The runner tells
//
//     {"type":"hello","protocol":1}                      once, first
//     {"type":"decision","script":S,"decision":{a decision as the manual has it}}
//     {"type":"failed","script":S,"seq":N,"fault":"late","detail":"…"}      instead of a decision
//     {"type":"script","script":S,"phase":"ready","decisions":N,"starts":N,"faults":N,
//      "last_fault":"late","last_detail":"…","missing":[…]}                 when it changes, or
//      asked
//     {"type":"refused","script":S,"code":"exists","message":"…","hint":"…"}   a start that was not
//     {"type":"ran","id":N,"end":"done","problem":"…"}       done, failed or late; done: no problem
//
// A line that is none of these is the daemon's mistake: the runner says so and hangs up, which ends
// all its scripts. What the runner tells is checked as if a script had sent it: it is not trusted.
// Pure; any thread. Errors: InvalidParams.
#include "daemon/ports/script_host.hpp"

#include <variant>

namespace vault::runner {

inline constexpr std::uint64_t kSeamProtocol = 1;
inline constexpr std::size_t kSeamLineMost = 1024 * 1024;

struct AskStart {
    ports::ScriptSpec spec;
};
struct AskTick {
    std::string script;
    std::uint64_t seq = 0;
    std::string line;  // the tick, with its line feed
};
struct AskStop {
    std::string script;
};
struct AskStatus {};
struct AskRun {
    std::uint64_t id = 0;
    std::vector<std::string> command;  // the first starts with '/'
    std::string input;
    Duration limit{};
};
using Ask = std::variant<AskStart, AskTick, AskStop, AskStatus, AskRun>;
Result<Ask> parse_ask(std::string_view line);
// What a runner says to a request that is for one of another kind; `what` this one does.
Error not_served(std::string_view what);

struct ToldHello {
    std::uint64_t protocol = 0;
};
struct ToldDecision {
    std::string script;
    ports::ScriptDecision decision;
};
struct ToldFailed {
    std::string script;
    std::uint64_t seq = 0;
    ports::ScriptComplaint why;
};
struct ToldScript {
    ports::ScriptStatus status;
};
struct ToldRefused {
    std::string script;
    std::string why;  // with what to do about it
};
enum class HookEnd : std::uint8_t { Done, Failed, Late };
struct ToldRan {
    std::uint64_t id = 0;
    HookEnd end = HookEnd::Done;
    std::string problem;
};
using Told = std::variant<ToldHello, ToldDecision, ToldFailed, ToldScript, ToldRefused, ToldRan>;
Result<Told> parse_told(std::string_view line);

// All end in a line feed. What the daemon asks:
std::string seam_start_line(const ports::ScriptSpec& spec);
std::string seam_tick_line(const std::string& script, const ports::ScriptTick& tick);
std::string seam_stop_line(const std::string& script);
std::string seam_run_line(const AskRun& ask);
// What the runner tells:
std::string seam_hello_line();
std::string seam_decision_line(const std::string& script, const ports::ScriptDecision& decision);
std::string seam_failed_line(const std::string& script, std::uint64_t seq,
                             const ports::ScriptComplaint& why);
std::string seam_script_line(const ports::ScriptStatus& status);
std::string seam_refused_line(const std::string& script, const Error& error);
std::string seam_ran_line(const ToldRan& told);

}  // namespace vault::runner
