#pragma once
// The seam between the engine and whatever decides: the built-in cycle rules or a user's own
// program (script_host.hpp). A strategy is a deterministic function of what it is shown and of its
// own small state; it never touches money, orders or the network. Free of Asio; values only; the
// shard's thread.
#include "common/domain/market.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace vault::ports {

enum class Action : std::uint8_t { Hold, Buy, Sell };

// Why. The gates come in the order in which they are tested (design/strategy.md, "Buy check").
enum class Reason : std::uint8_t {
    None,
    Paused,
    StalePrice,
    WarmingUp,
    Window,
    Cooldown,
    Caps,
    MinQuote,
    FeeTooHigh,
    MaxSlippage,
    BelowMinimum,
    NoSignal,
    Spike,
    Bounce,
    HoldUptrend,
    StopLoss,
    Trailing,
    OrderPending,
    Liquidate,
    // Stored by number, so what is new comes last.
    MaxMove,       // a gate, after max_slippage
    Script,        // a script's own word
    ScriptLate,    // no decision of the script in time
    ScriptFault,   // it is not running, or what it said is none
    AlreadyHolds,  // a script wants to buy with a position open
    NothingHeld,   // a script wants to sell without one
    NotTrading,    // a gate, after paused: the pair's status forbids the order
    // An order that is held back before it is sent (risk/order_rules.hpp).
    PriceBand,
    MaxOrder,
    MaxOrdersPerMinute,
    SelfCross,
};
inline constexpr Reason kLastReason = Reason::SelfCross;
std::string_view to_text(Reason reason);
std::string_view to_text(Action action);

// What the market shows at one tick, shared by all sleeves with the same windows.
struct MarketView {
    UtcTime now;
    Price price;                      // last price (live: mid)
    std::optional<Price> reference;   // p1: the sample nearest to now - momentum_window
    Price low;                        // lowest sample of the history, this one included
    Decimal closes_sum;               // sum of the last `closes_count` hourly closes
    std::uint32_t closes_count = 0;   // at most trend_closes
    bool warm = false;                // now - first sample >= momentum_window
    bool stale = false;               // live only: no fresh price
    std::optional<Decimal> slippage;  // expected fill against mid as a fraction; none: no book
};

// What the sleeve shows (ports::SleeveView is what people are shown). Amounts in quote units,
// quantities in base units.
struct SleeveFigures {
    Decimal free_cash;  // cash + pending
    Decimal quantity;   // position without dust; 0 = flat
    Decimal cost;       // of the position, without fees
    Decimal fee_rate;   // one side's; of the position's first fill while one is open
    PairRules rules;
    UtcTime last_close;  // time of the closing fill of the last cycle
    bool ever_closed = false;
    bool last_cycle_lost = false;  // its realised < 0
    bool paused = false;           // buys held by a pause at any level
    bool capped = false;           // a risk cap blocks buys
    bool order_pending = false;    // live or unresolved order in this pair
};

struct Decision {
    enum class Check : std::uint8_t { None, Buy, Sell };
    Check check = Check::None;  // None: no side was due
    Action action = Action::Hold;
    Reason reason = Reason::None;
};

}  // namespace vault::ports
