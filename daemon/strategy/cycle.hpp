#pragma once
// The cycle rules: a deterministic function from what the market and the sleeve show to a decision,
// exactly as design/strategy.md, "Evaluation, exact". It never allocates and uses no double; all
// tests are exact cross-multiplications. Owned by the engine's sleeve machine; the shard's thread;
// cannot fail.
//
// Per tick the caller: tells on_gap() if the tick carries a gap; applies the pending order's fill
// (on_buy_fill, on_close); adds the tick to the window; calls evaluate().
#include "daemon/ports/strategy.hpp"
#include "daemon/strategy/cycle_params.hpp"

#include <string>
#include <vector>

namespace vault::strategy {

// Never checked; far enough back that every interval has passed, and no difference overflows.
inline constexpr UtcTime kNeverChecked{Duration{-(std::int64_t{1} << 60)}};

// Per sleeve and pair.
struct CycleState {
    Decimal tracked_low;   // 0: none
    Decimal tracked_high;  // 0: none
    UtcTime last_buy_check = kNeverChecked;
    UtcTime last_sell_check = kNeverChecked;

    // One line: "c1 <low> <high> <ms or -> <ms or ->".
    std::string save() const;
    static Result<CycleState> load(std::string_view text);
    friend bool operator==(const CycleState&, const CycleState&) = default;
};
static_assert(sizeof(CycleState) <= 128);

// Runs the timers, then the due check of the side that can act: the buy check while flat, the sell
// check while a position is held. Decision::check is None when that side was not due. A sell that
// the pair's minima forbid is hold(below_minimum), one that its status forbids hold(not_trading). A
// stale price holds both sides.
ports::Decision evaluate(const CycleParams& params, const ports::MarketView& market,
                         const ports::SleeveFigures& sleeve, CycleState& state);

// For a decision that was made elsewhere. The first gate that bites a buy of `spend` of the free
// cash, in the order of the design; None if all are open.
ports::Reason entry_gate(const CycleParams& params, const ports::MarketView& market,
                         const ports::SleeveFigures& sleeve, Decimal spend);
// Whether the stop-loss alone would sell now. Never at a stale price.
bool stop_loss_due(const CycleParams& params, const ports::MarketView& market,
                   const ports::SleeveFigures& sleeve);

// A gap forgets both trackers, a buy fill the low, a close both. Timers stay.
void on_gap(CycleState& state);
void on_buy_fill(CycleState& state);
void on_close(CycleState& state);
// Live, after a restart or gap: the next evaluate() judges exits at once.
void force_sell_check(CycleState& state);

ports::MarketView market_view(const market::WindowFigures& figures);

// The figures behind a decision, for people: price, p1, low, trend, thresholds, net … in reading
// order. Call it with the state after evaluate(). Quotients are rounded to 8 places.
struct Figure {
    std::string name;
    std::string value;
};
std::vector<Figure> explain(const CycleParams& params, const ports::MarketView& market,
                            const ports::SleeveFigures& sleeve, const CycleState& state,
                            const ports::Decision& decision);

}  // namespace vault::strategy
