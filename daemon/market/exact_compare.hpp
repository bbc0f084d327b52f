#pragma once
// compare_products for the sizes that prices and factors really have, inline: the cycle rules test
// about six products per check, for every sleeve on every tick. Same answer at any size: what does
// not fit goes to compare_products. Pure; any thread; cannot fail.
#include "common/domain/decimal.hpp"

#include <cstdint>

namespace vault::market {

// The order of a * x against b * y. Fast when none is negative and x and y are under 18.
inline std::strong_ordering compare_exact(Decimal a, Decimal x, Decimal b, Decimal y) {
    __extension__ using U128 = unsigned __int128;
    const auto bits = [](Decimal d) { return static_cast<U128>(d.raw()); };
    const auto high = [](U128 v) { return static_cast<std::uint64_t>(v >> 64); };
    const auto low = [](U128 v) { return static_cast<std::uint64_t>(v); };
    // A negative number has its top bit set, so this finds those of a, b, x and y alike.
    if ((high(bits(x)) | high(bits(y))) != 0 || ((high(bits(a)) | high(bits(b))) >> 63) != 0)
        [[unlikely]]
        return compare_products(a, x, b, y);
    const U128 left_low = U128{low(bits(a))} * low(bits(x));
    const U128 right_low = U128{low(bits(b))} * low(bits(y));
    const U128 left_high = U128{high(bits(a))} * low(bits(x)) + high(left_low);
    const U128 right_high = U128{high(bits(b))} * low(bits(y)) + high(right_low);
    if (left_high != right_high)
        return left_high < right_high ? std::strong_ordering::less : std::strong_ordering::greater;
    return low(left_low) <=> low(right_low);
}

}  // namespace vault::market
