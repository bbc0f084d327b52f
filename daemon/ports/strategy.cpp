#include "daemon/ports/strategy.hpp"

namespace vault::ports {

std::string_view to_text(Reason reason) {
    switch (reason) {
        case Reason::None: return "none";
        case Reason::Paused: return "paused";
        case Reason::StalePrice: return "stale_price";
        case Reason::WarmingUp: return "warming_up";
        case Reason::Window: return "window";
        case Reason::Cooldown: return "cooldown";
        case Reason::Caps: return "caps";
        case Reason::MinQuote: return "min_quote";
        case Reason::FeeTooHigh: return "fee_too_high";
        case Reason::MaxSlippage: return "max_slippage";
        case Reason::BelowMinimum: return "below_minimum";
        case Reason::NoSignal: return "no_signal";
        case Reason::Spike: return "spike";
        case Reason::Bounce: return "bounce";
        case Reason::HoldUptrend: return "hold_uptrend";
        case Reason::StopLoss: return "stop_loss";
        case Reason::Trailing: return "trailing";
        case Reason::OrderPending: return "order_pending";
        case Reason::Liquidate: return "liquidate";
        case Reason::MaxMove: return "max_move";
        case Reason::Script: return "script";
        case Reason::ScriptLate: return "script_late";
        case Reason::ScriptFault: return "script_fault";
        case Reason::AlreadyHolds: return "already_holds";
        case Reason::NothingHeld: return "nothing_held";
        case Reason::NotTrading: return "not_trading";
        case Reason::PriceBand: return "price_band";
        case Reason::MaxOrder: return "max_order";
        case Reason::MaxOrdersPerMinute: return "max_orders_per_minute";
        case Reason::SelfCross: return "self_cross";
    }
    return "";
}

std::string_view to_text(Action action) {
    switch (action) {
        case Action::Hold: return "hold";
        case Action::Buy: return "buy";
        case Action::Sell: return "sell";
    }
    return "";
}

}  // namespace vault::ports
