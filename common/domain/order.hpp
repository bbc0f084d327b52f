#pragma once
// Orders and fills as values: what the engine asks of a venue, what a venue reports, and the states
// an order goes through (reference/reliability.md, section 3). The machine that moves an order
// along these states is daemon/engine/order_machine.hpp. Values; any thread.
#include "common/domain/ids.hpp"
#include "common/domain/market.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace vault {

enum class OrderState : std::uint8_t {
    Intent,   // lock or hold is posted, nothing was sent
    Sending,  // the permit is durable; bytes may have left
    Open,     // the venue has it
    Partial,  // and filled some of it
    Filled,   // terminal from here on …
    Canceled,
    Expired,
    Rejected,    // definite refusal by the venue
    NotSent,     // dropped by us before the first byte
    Dead,        // was unresolved, then proven absent
    Unresolved,  // not terminal: outcome unknown, its money stays locked
    Revived,     // not terminal: late evidence that a Dead or Rejected order exists
};
constexpr bool is_terminal(OrderState state) {
    switch (state) {
        case OrderState::Filled:
        case OrderState::Canceled:
        case OrderState::Expired:
        case OrderState::Rejected:
        case OrderState::NotSent:
        case OrderState::Dead: return true;
        case OrderState::Intent:
        case OrderState::Sending:
        case OrderState::Open:
        case OrderState::Partial:
        case OrderState::Unresolved:
        case OrderState::Revived: return false;
    }
    return false;
}
std::string_view to_text(OrderState state);
Result<OrderState> parse_order_state(std::string_view text);

// What the engine asks a venue to do. A simulated buy carries the budget (quote, fee included) and
// is sized at the price that it fills at; a live buy carries limit and quantity. A sell carries
// quantity.
struct OrderRequest {
    OrderId id;
    Pair pair;
    Side side = Side::Buy;
    Decimal spend_fraction;  // simulated buy: budget = spend_fraction * spend_base, kept exact
    Decimal spend_base;      // simulated buy: free cash at the decision, quote units
    Decimal fee_rate;        // that sized the order
    Quantity quantity;       // sell, and live buy: base units, a multiple of the lot
    Price limit;             // live orders; 0 for a simulated one
    UtcTime decided_at;
    friend bool operator==(const OrderRequest&, const OrderRequest&) = default;
};

// One execution, with the venue's own figures: cost and fee are booked as reported, never
// recomputed.
struct Fill {
    OrderId order;
    std::string trade_id;  // unique per venue account, for ever
    UtcTime time;
    Side side = Side::Buy;
    Price price;
    Quantity quantity;  // base units
    Decimal cost;       // quote units: what was paid or received, without fee
    Decimal fee;        // >= 0, in units of fee_asset
    Asset fee_asset;
    friend bool operator==(const Fill&, const Fill&) = default;
};

}  // namespace vault
