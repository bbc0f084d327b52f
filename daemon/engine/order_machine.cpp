#include "daemon/engine/order_machine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace vault::engine {
namespace {

using S = OrderState;
using E = OrderEvent;

struct Arrow {
    OrderState from;
    OrderEvent event;
    OrderState to;
};

// Every arrow that exists; what is not here is refused.
constexpr std::array kArrows{
    Arrow{S::Intent, E::Permit, S::Sending},
    Arrow{S::Intent, E::Drop, S::NotSent},
    Arrow{S::Sending, E::Drop, S::NotSent},
    Arrow{S::Sending, E::Acknowledge, S::Open},
    Arrow{S::Sending, E::Reject, S::Rejected},
    Arrow{S::Sending, E::LoseTrack, S::Unresolved},
    Arrow{S::Sending, E::Fill, S::Partial},
    Arrow{S::Unresolved, E::Acknowledge, S::Open},
    Arrow{S::Unresolved, E::Fill, S::Partial},
    Arrow{S::Unresolved, E::LoseTrack, S::Unresolved},
    Arrow{S::Unresolved, E::ProveAbsent, S::Dead},
    Arrow{S::Open, E::Acknowledge, S::Open},
    Arrow{S::Open, E::Fill, S::Partial},
    Arrow{S::Open, E::Complete, S::Filled},
    Arrow{S::Open, E::Cancel, S::Canceled},
    Arrow{S::Open, E::Expire, S::Expired},
    Arrow{S::Partial, E::Acknowledge, S::Partial},
    Arrow{S::Partial, E::Fill, S::Partial},
    Arrow{S::Partial, E::Complete, S::Filled},
    Arrow{S::Partial, E::Cancel, S::Canceled},
    Arrow{S::Partial, E::Expire, S::Expired},
    Arrow{S::Filled, E::Fill, S::Filled},
    Arrow{S::Canceled, E::Fill, S::Canceled},
    Arrow{S::Expired, E::Fill, S::Expired},
    Arrow{S::Rejected, E::Acknowledge, S::Revived},
    Arrow{S::Rejected, E::Fill, S::Revived},
    Arrow{S::Dead, E::Acknowledge, S::Revived},
    Arrow{S::Dead, E::Fill, S::Revived},
    Arrow{S::Revived, E::Acknowledge, S::Open},
    Arrow{S::Revived, E::Fill, S::Partial},
};

}  // namespace

std::string_view to_text(OrderEvent event) {
    switch (event) {
        case E::Permit: return "permit";
        case E::Drop: return "drop";
        case E::Acknowledge: return "acknowledge";
        case E::Reject: return "reject";
        case E::LoseTrack: return "lose_track";
        case E::Fill: return "fill";
        case E::Complete: return "complete";
        case E::Cancel: return "cancel";
        case E::Expire: return "expire";
        case E::ProveAbsent: return "prove_absent";
    }
    return "";
}

Result<OrderState> next_state(OrderState state, OrderEvent event) {
    for (const Arrow& arrow : kArrows)
        if (arrow.from == state && arrow.event == event) return arrow.to;
    return Error{Errc::WrongState, fmt::format("an order that is {} cannot {}",
                                               vault::to_text(state), to_text(event))};
}

bool Order::knows(std::string_view trade_id) const {
    return std::find(trade_ids.begin(), trade_ids.end(), trade_id) != trade_ids.end();
}

Result<void> advance(Order& order, OrderEvent event) {
    VAULT_TRY(const OrderState next, next_state(order.state, event));
    order.state = next;
    return success();
}

Result<void> finish(Order& order, OrderEvent event, Decimal venue_filled) {
    VAULT_TRYV(next_state(order.state, event));
    order.fills_missing = venue_filled > order.filled;
    if (order.fills_missing) return success();
    return advance(order, event);
}

}  // namespace vault::engine
