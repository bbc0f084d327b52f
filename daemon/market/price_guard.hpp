#pragma once
// Whether a price can be believed. A wrong one must not trip a cap, trigger a stop-loss or fill an
// order; a real jump is believed one price later. Pure; any thread; cannot fail.
#include "common/domain/market.hpp"

namespace vault::market {

enum class PriceVerdict : std::uint8_t {
    Good,
    Doubtful,    // too far from the last good price, and not confirmed by the one before
    Impossible,  // not above 0, or above kPriceMax
};

// A step to more than kJumpMax times the last good price, or to less than that part of it, is in
// doubt until the next price is as near to it.
inline constexpr Decimal kJumpMax = Decimal::from_int(2);

// last_good, refused: the newest price that was believed, and the newest since that was not; none:
// there is none.
PriceVerdict judge_price(Price price, const std::optional<Price>& last_good,
                         const std::optional<Price>& refused);

}  // namespace vault::market
