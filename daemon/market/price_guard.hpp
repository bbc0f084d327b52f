#pragma once
// Whether a price can be believed. A wrong one must not trip a cap, trigger a stop-loss or fill an
// order; a real jump is believed once as many prices agree on it as no candle has alone. Pure; any
// thread; cannot fail.
#include "common/domain/market.hpp"

namespace vault::market {

enum class PriceVerdict : std::uint8_t {
    Good,
    Doubtful,    // too far from the last good price, and not confirmed by the one before
    Impossible,  // not above 0, or above kPriceMax
};

// A step to more than kJumpMax times the last good price, or to less than that part of it, is in
// doubt until kAgreeing prices in a row were as near to each other. A candle gives four ticks.
inline constexpr Decimal kJumpMax = Decimal::from_int(2);
inline constexpr std::uint32_t kAgreeing = 5;

// The newest price that was not believed, and how many in a row before and with it were near each
// other: at least 1.
struct DoubtedPrice {
    Price price;
    std::uint32_t agreeing = 1;
    friend bool operator==(const DoubtedPrice&, const DoubtedPrice&) = default;
};

// last_good: the newest price that was believed; none: there is none. doubted: since then.
PriceVerdict judge_price(Price price, const std::optional<Price>& last_good,
                         const std::optional<DoubtedPrice>& doubted);
// How many agree with a price that was judged Doubtful or Impossible, itself included.
std::uint32_t agreeing_with(Price price, const std::optional<DoubtedPrice>& doubted);

}  // namespace vault::market
