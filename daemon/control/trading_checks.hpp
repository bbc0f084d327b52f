#pragma once
// What stands between a sleeve and its next trade, from the daemon down to the last decision: each
// check says whether it holds, what was found, and the command that removes what does not. Reads
// the engine's own views as JSON, so that every word is one that the other commands show. Pure; any
// thread; cannot fail.
#include "common/base/time.hpp"
#include "common/domain/ids.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <map>
#include <optional>

namespace vault::control {

// What the engine shows of a vault now.
struct TradingFacts {
    boost::json::object status;  // status
    boost::json::object vault;   // vault.show
    boost::json::array pairs;    // vault.pairs: those that are selected
    boost::json::array replays;  // replay.status of its account
    std::string exchange;        // that the account is on
    UtcTime now;                 // wall clock
    boost::json::array caps;     // risk.show of it
    // The last decision of a sleeve; none before the first.
    std::map<SleeveKind, std::optional<boost::json::object>> decisions;
};

// {vault, sleeve, ok, blocked_by, message, remedy, checks: [{name, of, ok, message, remedy}]}: `ok`
// if nothing of the vault and of at least one of the sleeves is in the way; `blocked_by` and what
// follows are the first check that fails, null if ok. none: both sleeves.
boost::json::object trading_checks(const TradingFacts& facts, std::optional<SleeveKind> only);

}  // namespace vault::control
