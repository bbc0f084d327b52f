#pragma once
// What the private channels of WebSocket v2 say: one element of "data" each, as text. Pure; any
// thread.
#include "tests/emulator/kraken/exchange/exchange.hpp"

#include <string>

namespace vault::kraken_emulator {

// What a subscriber of executions asked for.
struct ExecutionDetail {
    bool rate_count = false;  // points that the engine counts now of the account's orders of a pair
    bool every_step = true;   // false: fills, and what opens or ends an order
    auto operator<=>(const ExecutionDetail&) const = default;
};
bool tells(const ExecutionDetail& detail, Execution execution);

// What changed of an order, and no more: a client merges it into what it knows by order_id. Only
// what it hears first is whole: pending_new, or new. A fill that completes the order still says
// partially_filled.
std::string execution_of(const Exchange& exchange, const OrderEvent& event,
                         const ExecutionDetail& detail);
// An open order in a snapshot: whole.
std::string open_order_of(const Exchange& exchange, const Order& order,
                          const ExecutionDetail& detail);
// A past fill in a snapshot.
std::string past_trade_of(const Exchange& exchange, const Trade& trade);
std::string balance_of(const Exchange& exchange, Asset asset, Decimal balance);
std::string balance_change_of(const Exchange& exchange, const LedgerRow& row);

// {"channel":…,"type":…,"data":[…],"sequence":n}
std::string private_message(std::string_view channel, bool snapshot, std::string_view elements,
                            std::uint64_t sequence);

}  // namespace vault::kraken_emulator
