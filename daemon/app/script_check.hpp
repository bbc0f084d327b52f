#pragma once
// ScriptCheck: a script run over a feed of ticks, in the sandbox and with the protocol that it
// would have in earnest, each of its sleeves on paper (checked_sleeve.hpp). It counts decisions,
// trades, faults and how long answers took, and beside the built-in rules it counts where the two
// differ. The main of vaultd-runner --check; one thread. Errors: those of Supervisor::start().
#include "common/base/clock.hpp"
#include "common/base/log.hpp"
#include "daemon/app/checked_sleeve.hpp"
#include "daemon/ports/tick_feed.hpp"

#include <array>
#include <map>

namespace vault::app {

struct ScriptCheckSettings {
    ports::ScriptSpec spec;
    CheckedSleeve::Settings sleeve;
    std::uint32_t sleeves = 1;  // of one process, all with the same numbers
    std::uint64_t ticks = 0;    // at most so many; 0: to the end of the feed
    bool compare = false;       // with the built-in rules
};

struct ScriptFaults {
    std::uint64_t count = 0;
    std::string first;  // its detail
};

struct ScriptAct {  // a decision that was an order
    UtcTime time;
    std::string sleeve;
    Price price;
    ports::ScriptDecision decision;
};

struct ScriptDifference {
    UtcTime time;
    std::string sleeve;
    std::string script, built_in;  // "buy spike"
};

struct ScriptReport {
    static constexpr std::size_t kActsShown = 20;
    static constexpr std::size_t kErrorLinesShown = 10;
    ports::ScriptStatus status;
    std::uint64_t ticks = 0;  // of the market
    std::uint64_t decisions = 0;
    std::map<std::pair<std::string, std::string>, std::uint64_t> reasons;  // action, reason
    std::map<std::string, ScriptFaults, std::less<>> faults;  // ticks that failed, and restarts
    std::uint64_t trades = 0;
    std::vector<ScriptAct> acts;           // the first kActsShown
    std::vector<std::string> error_lines;  // the first of its standard error
    std::vector<std::uint32_t> latencies_us;
    std::uint64_t differences = 0;
    std::optional<ScriptDifference> first_difference;
    std::vector<std::vector<Fill>> fills;  // of each sleeve
    double seconds = 0;
    bool gave_up = false;
    bool ok() const { return faults.empty() && !gave_up && differences == 0; }
};

Result<ScriptReport> check_script(const ScriptCheckSettings& settings, ports::TickFeed& feed,
                                  const Clock& clock);

// {"schema":"vault.script.check/1","ok":…,"data":{…},"warnings":[…]} and a line feed.
std::string script_document(const ScriptCheckSettings& settings, const std::string& market,
                            ScriptReport report);

}  // namespace vault::app
