#pragma once
// Order rules: the last look at an order before its intent is written, whatever the strategy, a
// script or a person's liquidation said: near the market, not too large, not too many a minute, and
// never against another order of the same account. An exit is only delayed: its decision stands and
// is tried again. Pure; any thread; cannot fail.
#include "common/domain/order.hpp"

namespace vault::risk {

struct OrderRules {
    Decimal price_band = Decimal::from_raw(Decimal::kOne / 20);  // of the last price, 0 < x <= 1
    std::optional<Decimal> max_order;                    // of one buy, in the asset of the caps
    std::optional<std::uint32_t> max_orders_per_minute;  // of one account, >= 1
    friend bool operator==(const OrderRules&, const OrderRules&) = default;
};

enum class OrderRule : std::uint8_t { PriceBand, MaxOrder, MaxOrdersPerMinute, SelfCross };
std::string_view to_text(OrderRule rule);  // "price_band"
// True for a rule that the configuration sets, for everybody.
bool is_order_rule(std::string_view key);

// What an order is judged by.
struct OrderFacts {
    Side side = Side::Buy;
    bool urgent = false;          // a stop-loss or a liquidation
    Price price;                  // the worst that it may fill at, by what it was decided on
    std::optional<Price> last;    // of its market; none: there is no fresh one
    std::optional<Decimal> size;  // of a buy, in the asset of the caps; none: it has no price there
    std::uint32_t sent = 0;       // orders of the account in the last minute
    std::optional<OrderId> crossed;  // a live order that it would match
};

struct OrderRefusal {
    OrderRule rule = OrderRule::PriceBand;
    std::string limit;  // "0.05", "1000", "10"; of self_cross the order's id
    std::string found;  // what it was compared with; "unresolved" where there is no price
    std::optional<OrderId> crossed = std::nullopt;  // of self_cross
};

// The first rule that holds the order back. Size and rate do not bite what is urgent, size no sell.
std::optional<OrderRefusal> refuse_order(const OrderRules& rules, const OrderFacts& facts);

// Whether the two would match each other: one buys what the other sells, at a price that suits
// both; an order without limit suits all.
bool would_cross(const OrderRequest& a, const OrderRequest& b);

}  // namespace vault::risk
