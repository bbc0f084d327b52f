#pragma once
// A backtest without ledger and engine: strategy, window and simulated venue driven by one feed,
// with plain cash arithmetic for one sleeve. An independent check of what the engine must give;
// tests only.
#include "daemon/exchange/sim/venue.hpp"
#include "daemon/ports/tick_feed.hpp"
#include "daemon/strategy/cycle.hpp"

#include <string>
#include <vector>

namespace vault::testing {

struct BacktestSettings {
    strategy::CycleParams params;
    exchange::SimSettings sim;
    PairRules rules;
    Decimal cash;
    bool flash = true;
    // Save and load venue and strategy state every so many ticks; 0: never.
    std::uint64_t reload_every = 0;
};

struct BacktestFill {
    Fill fill;
    std::string reason;  // the decision's
};

struct BacktestResult {
    std::vector<BacktestFill> fills;
    Decimal final_cash, swept, realised, fees, position_quantity, position_cost;
    std::uint64_t ticks = 0;
    std::uint64_t cycles = 0;
    std::uint64_t won = 0;
    Price last_price;
    std::string venue_state;
};

BacktestResult run_backtest(const BacktestSettings& settings, ports::TickFeed& feed);

}  // namespace vault::testing
