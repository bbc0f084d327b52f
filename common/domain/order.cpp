#include "common/domain/order.hpp"

#include "common/base/excerpt.hpp"

#include <fmt/format.h>

#include <array>

namespace vault {

std::string_view to_text(OrderState state) {
    switch (state) {
        case OrderState::Intent: return "intent";
        case OrderState::Sending: return "sending";
        case OrderState::Open: return "open";
        case OrderState::Partial: return "partial";
        case OrderState::Filled: return "filled";
        case OrderState::Canceled: return "canceled";
        case OrderState::Expired: return "expired";
        case OrderState::Rejected: return "rejected";
        case OrderState::NotSent: return "not_sent";
        case OrderState::Dead: return "dead";
        case OrderState::Unresolved: return "unresolved";
        case OrderState::Revived: return "revived";
    }
    return "";
}

Result<OrderState> parse_order_state(std::string_view text) {
    for (int i = 0; i <= static_cast<int>(OrderState::Revived); ++i) {
        const auto state = static_cast<OrderState>(i);
        if (to_text(state) == text) return state;
    }
    return Error{Errc::InvalidParams, fmt::format("'{}' is not an order state", excerpt(text, 40))};
}

}  // namespace vault
