#pragma once
// Orders, own trades and ledger rows as Kraken keeps them. Prices are quote units per base unit,
// quantities base units. Values; any thread.
#include "common/domain/ids.hpp"
#include "tests/emulator/kraken/exchange/instruments.hpp"
#include "tests/emulator/kraken/exchange/moment.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vault::kraken_emulator {

using AccountNo = std::size_t;  // dense from 0
using OrderNo = std::uint64_t;  // dense from 0, in the order of acceptance

enum class OrderType : std::uint8_t {
    Market,
    Limit,
    StopLoss,
    TakeProfit,
    StopLossLimit,
    TakeProfitLimit,
    Iceberg,  // a limit order that shows a part of itself
};
enum class TimeInForce : std::uint8_t { Gtc, Ioc, Gtd, Fok };
enum class OrderStatus : std::uint8_t { Pending, Open, Closed, Canceled, Expired };
// What becomes of an order that would trade with one of the same account.
enum class SelfTrade : std::uint8_t { CancelNewest, CancelOldest, CancelBoth };

std::string_view to_text(OrderType type);  // "stop-loss-limit"
std::string_view to_text(TimeInForce force);
std::string_view to_text(OrderStatus status);
std::optional<OrderType> parse_order_type(std::string_view text);
std::optional<TimeInForce> parse_time_in_force(std::string_view text);
std::optional<SelfTrade> parse_self_trade(std::string_view text);  // "cancel-newest"

constexpr bool has_trigger(OrderType type) {
    return type != OrderType::Market && type != OrderType::Limit && type != OrderType::Iceberg;
}
constexpr bool has_limit(OrderType type) {
    return type == OrderType::Limit || type == OrderType::StopLossLimit ||
           type == OrderType::TakeProfitLimit || type == OrderType::Iceberg;
}
constexpr bool is_stop_loss(OrderType type) {
    return type == OrderType::StopLoss || type == OrderType::StopLossLimit;
}

// Conditional close: for each fill of an order one of the other side, with the fill's quantity.
struct CloseTerms {
    OrderType type = OrderType::Limit;
    Decimal limit;    // if has_limit(type)
    Decimal trigger;  // if has_trigger(type)
};

// What a client asks for.
struct OrderTerms {
    PairNo pair = 0;
    Side side = Side::Buy;
    OrderType type = OrderType::Limit;
    Decimal quantity;  // base units; quote units with in_quote
    Decimal limit;     // if has_limit(type)
    Decimal trigger;   // if has_trigger(type)
    Decimal display;   // of an iceberg: base units that the book shows at once
    TimeInForce force = TimeInForce::Gtc;
    bool post_only = false;
    bool fee_in_base = false;  // oflags fcib; else fciq
    bool in_quote = false;     // oflags viqc: market buys only
    SelfTrade self_trade = SelfTrade::CancelNewest;
    Moment starts = kNever;    // it is pending until then; kNever: it works at once
    Moment expires = kNever;   // with Gtd
    Moment deadline = kNever;  // the engine refuses it later than that
    std::optional<CloseTerms> close{};
    std::optional<std::int32_t> userref;
    std::string cl_ord_id;  // empty: none
};

struct Order {
    OrderNo no = 0;
    std::string id;  // txid
    AccountNo account = 0;
    OrderTerms terms;  // quantity in base units once accepted, also with in_quote
    OrderStatus status = OrderStatus::Pending;
    Moment opened = kNever, closed = kNever;
    Moment touched = kNever;               // accepted or amended: the age that penalties go by
    Decimal executed;                      // base units
    Decimal cost;                          // quote units, without fee
    Decimal turnover;                      // the same, before it is cut to the asset's digits
    Decimal fee;                           // in quote units, or base units with fee_in_base
    Decimal taker_percent, maker_percent;  // fixed when accepted
    Decimal held;                          // of quote (buy) or base (sell)
    Decimal slice;                         // what the book shows of an iceberg that rests
    bool triggered = false;
    bool amended = false;
    std::string refid;                // the order that it replaced or closes, mostly empty
    std::string reason;               // why it ended, empty if filled
    std::vector<std::string> trades;  // ids

    bool is_open() const { return status == OrderStatus::Pending || status == OrderStatus::Open; }
    // Rests in the book, unlike a trigger order that waits.
    bool rests() const {
        return status == OrderStatus::Open && has_limit(terms.type) &&
               (triggered || !has_trigger(terms.type));
    }
    Decimal left() const { return terms.quantity - executed; }
    // Of an order that rests: what the book shows of it, and what it does not.
    Decimal shown() const { return terms.type == OrderType::Iceberg ? slice : left(); }
    Decimal hidden() const { return left() - shown(); }
    // Average price of its fills, never below the lowest of them; 0 without one.
    Decimal average_price() const;
};

// One fill of one order.
struct Trade {
    std::string id;
    std::string order_id;
    OrderNo order = 0;
    PairNo pair = 0;
    Moment time;
    Side side = Side::Buy;
    OrderType type = OrderType::Limit;
    Decimal price, quantity;
    Decimal cost;  // quote units
    Decimal fee;   // of fee_asset
    Asset fee_asset;
    bool maker = false;
    std::uint64_t public_id = 0;  // number on the pair's tape
    std::vector<std::string> ledger_ids;
};

// One change of one balance: balance = balance before + amount - fee.
struct LedgerRow {
    std::string id;
    std::string refid;  // the trade's id; what came from outside has one of its own
    Moment time;
    std::string type;     // "trade", "deposit", "withdrawal", "staking"
    std::string subtype;  // often empty
    Asset asset;
    Decimal amount, fee, balance;
};

}  // namespace vault::kraken_emulator
