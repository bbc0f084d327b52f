#pragma once
// CheckedSleeve: one sleeve on paper that a script decides for, without ledger and engine: what the
// script is shown tick by tick, and what becomes of its decisions on a simulated venue, as
// design/strategy.md says under "How a candle becomes ticks, and an order a fill". Profit stays in
// the sleeve, as in Quiet. A value of ScriptCheck; one thread.
#include "daemon/exchange/sim/venue.hpp"
#include "daemon/ports/script_host.hpp"
#include "daemon/strategy/cycle.hpp"

namespace vault::app {

class CheckedSleeve {
  public:
    // Settings of params, rules and sim are shared; the texts of params are what the script sees.
    struct Settings {
        strategy::CycleParams params;
        ports::ScriptTexts texts;
        exchange::SimSettings sim;
        PairRules rules;
        Decimal cash;
    };
    // `number` names it: v1.flash for 1.
    CheckedSleeve(const Settings& settings, std::uint32_t number);

    // The venue and the marks of a gap first, then what the script is shown of it.
    void on_tick(const Tick& tick);
    ports::ScriptTick show(std::uint64_t seq, const ports::MarketView& market) const;
    // What the built-in rules make of the same; to be asked once for each tick.
    ports::Decision built_in(const ports::MarketView& market);
    void decided(const ports::ScriptDecision& decision, UtcTime now);

    const std::string& name() const { return name_; }
    const std::vector<Fill>& fills() const { return fills_; }
    Decimal cash() const { return figures_.free_cash; }
    Decimal quantity() const { return figures_.quantity; }

  private:
    void apply(const exchange::VenueEvent& event);
    void book(const Fill& fill);
    void close(UtcTime now);

    const Settings& settings_;
    std::string name_;
    std::uint32_t number_;
    exchange::SimVenue venue_;
    ports::SleeveFigures figures_;
    strategy::CycleState cycle_;  // of the built-in rules
    std::string state_;           // of the script
    bool gap_ = false, bought_ = false, closed_ = false;
    std::uint32_t orders_ = 0;
    Decimal cycle_result_;
    bool in_cycle_ = false;
    std::vector<Fill> fills_;
};

}  // namespace vault::app
