#include "daemon/market/price_guard.hpp"

#include "daemon/market/exact_compare.hpp"

namespace vault::market {
namespace {

bool is_possible(Price price) {
    return price.value.is_positive() && price.value <= kPriceMax;
}

bool is_near(Price a, Price b) {
    return compare_exact(a.value, kOne, b.value, kJumpMax) <= 0 &&
           compare_exact(b.value, kOne, a.value, kJumpMax) <= 0;
}

}  // namespace

PriceVerdict judge_price(Price price, const std::optional<Price>& last_good,
                         const std::optional<Price>& refused) {
    if (!is_possible(price)) return PriceVerdict::Impossible;
    if (!last_good || is_near(price, *last_good)) return PriceVerdict::Good;
    const bool confirmed = refused && is_possible(*refused) && is_near(price, *refused);
    return confirmed ? PriceVerdict::Good : PriceVerdict::Doubtful;
}

}  // namespace vault::market
