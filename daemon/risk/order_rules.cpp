#include "daemon/risk/order_rules.hpp"

#include "daemon/market/exact_compare.hpp"

#include <algorithm>
#include <array>

namespace vault::risk {
namespace {

using market::compare_exact;

bool is_within(Price price, Price last, Decimal band) {
    return compare_exact(price.value, kOne, last.value, kOne + band) <= 0 &&
           compare_exact(price.value, kOne, last.value, kOne - band) >= 0;
}

}  // namespace

std::string_view to_text(OrderRule rule) {
    switch (rule) {
        case OrderRule::PriceBand: return "price_band";
        case OrderRule::MaxOrder: return "max_order";
        case OrderRule::MaxOrdersPerMinute: return "max_orders_per_minute";
        case OrderRule::SelfCross: return "self_cross";
    }
    return "";
}

bool is_order_rule(std::string_view key) {
    using enum OrderRule;
    return std::ranges::any_of(std::array{PriceBand, MaxOrder, MaxOrdersPerMinute},
                               [key](OrderRule rule) { return to_text(rule) == key; });
}

std::optional<OrderRefusal> refuse_order(const OrderRules& rules, const OrderFacts& facts) {
    if (facts.crossed)
        return OrderRefusal{OrderRule::SelfCross, vault::to_text(*facts.crossed), "live",
                            facts.crossed};
    if (!facts.last || !is_within(facts.price, *facts.last, rules.price_band))
        return OrderRefusal{OrderRule::PriceBand, rules.price_band.text(),
                            facts.last ? facts.last->value.text() : "no fresh price"};
    if (facts.urgent) return std::nullopt;
    if (rules.max_order && facts.side == Side::Buy &&
        (!facts.size || *facts.size > *rules.max_order))
        return OrderRefusal{OrderRule::MaxOrder, rules.max_order->text(),
                            facts.size ? facts.size->text() : "unresolved"};
    if (rules.max_orders_per_minute && facts.sent >= *rules.max_orders_per_minute)
        return OrderRefusal{OrderRule::MaxOrdersPerMinute,
                            std::to_string(*rules.max_orders_per_minute),
                            std::to_string(facts.sent)};
    return std::nullopt;
}

bool would_cross(const OrderRequest& a, const OrderRequest& b) {
    if (a.pair != b.pair || a.side == b.side) return false;
    const Price buy = a.side == Side::Buy ? a.limit : b.limit;
    const Price sell = a.side == Side::Buy ? b.limit : a.limit;
    const bool limited = buy.value.is_positive() && sell.value.is_positive();
    return !limited || buy >= sell;
}

}  // namespace vault::risk
