#pragma once
// The life of one order (reference/reliability.md, section 3), as a pure machine: a state and an
// event give the next state or a refusal. Timeouts and unclear answers lead to Unresolved, never to
// Rejected; only proof or evidence leads out of it, and until then the order's money stays locked.
// Owned by a sleeve's pair slot; the shard's thread.
#include "common/domain/order.hpp"

#include <vector>

namespace vault::engine {

enum class OrderEvent : std::uint8_t {
    Permit,       // the intent is committed and may be sent
    Drop,         // paused, halted or too old before the first byte left
    Acknowledge,  // the venue has it (also: found by a query)
    Reject,       // definite refusal
    LoseTrack,    // timeout, unclear answer, or restart while sending
    Fill,         // an execution; proves that the order exists
    Complete,     // the venue says: filled, closed
    Cancel,       // the venue says: canceled
    Expire,       // the venue says: expired
    ProveAbsent,  // deadline passed and every proof of absence holds
};
std::string_view to_text(OrderEvent event);

// The next state, or WrongState if the event cannot follow. A late Fill leaves Filled, Canceled and
// Expired as they are; evidence on Rejected or Dead revives the order.
Result<OrderState> next_state(OrderState state, OrderEvent event);

struct Order {
    OrderRequest request;
    OrderState state = OrderState::Intent;
    bool cancel_requested = false;
    bool fills_missing =
        false;           // the venue reports more filled than is booked: nothing is released
    std::string reason;  // why it was decided
    std::string end_reason;
    Decimal lock_left;   // buy: quote still locked
    Decimal hold_left;   // sell: base still held
    Decimal filled;      // base
    Decimal cost;        // quote, of the fills
    Decimal fees;        // quote value, of the fills
    Decimal last_price;  // of the newest fill; 0 before
    std::vector<std::string> trade_ids;
    friend bool operator==(const Order&, const Order&) = default;

    bool live() const { return !is_terminal(state); }
    bool knows(std::string_view trade_id) const;
};

// Moves the order; on refusal nothing changes.
Result<void> advance(Order& order, OrderEvent event);
// A venue's terminal report with its own sum of fills: advances only if every fill is booked, else
// notes that fills are missing and changes nothing.
Result<void> finish(Order& order, OrderEvent event, Decimal venue_filled);

}  // namespace vault::engine
