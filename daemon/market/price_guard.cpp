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
                         const std::optional<DoubtedPrice>& doubted) {
    if (!is_possible(price)) return PriceVerdict::Impossible;
    if (!last_good || is_near(price, *last_good)) return PriceVerdict::Good;
    const bool confirmed = agreeing_with(price, doubted) >= kAgreeing;
    return confirmed ? PriceVerdict::Good : PriceVerdict::Doubtful;
}

std::uint32_t agreeing_with(Price price, const std::optional<DoubtedPrice>& doubted) {
    const bool agrees = doubted && is_possible(price) && is_possible(doubted->price) &&
                        is_near(price, doubted->price);
    return agrees ? doubted->agreeing + 1 : 1;
}

}  // namespace vault::market
