#pragma once
// Events: everything that the exchange did, in the order in which it did it. The truth log writes
// them down and the sockets tell their clients. Values; any thread.
#include "tests/emulator/kraken/exchange/book.hpp"
#include "tests/emulator/kraken/exchange/order.hpp"
#include "tests/emulator/kraken/exchange/tape.hpp"

#include <string_view>
#include <variant>

namespace vault::kraken_emulator {

enum class SystemStatus : std::uint8_t { Online, Maintenance, CancelOnly, PostOnly };
std::string_view to_text(SystemStatus status);
std::optional<SystemStatus> parse_system_status(std::string_view text);

// As exec_type of the executions channel; Triggered is its "status".
enum class Execution : std::uint8_t {
    PendingNew,
    New,
    Triggered,
    Trade,
    Filled,
    Canceled,
    Expired,
    Amended,
    IcebergRefill,
};
std::string_view to_text(Execution execution);

struct OrderEvent {
    Execution execution = Execution::New;
    Moment time;
    Order order;                 // as it was right after
    std::optional<Trade> trade;  // with Execution::Trade
};
struct LedgerEvent {
    AccountNo account = 0;
    LedgerRow row;
};
struct TradeEvent {
    PublicTrade trade;
};
struct BookEvent {
    PairNo pair = 0;
    std::vector<LevelChange> changes;
};
struct StatusEvent {
    Moment time;
    SystemStatus status = SystemStatus::Online;
};
// Something in the pair's listing changed: its status or its minimum.
struct ListingEvent {
    Moment time;
    PairNo pair = 0;
};

using Event =
    std::variant<OrderEvent, LedgerEvent, TradeEvent, BookEvent, StatusEvent, ListingEvent>;

}  // namespace vault::kraken_emulator
