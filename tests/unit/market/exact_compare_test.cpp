#include "daemon/market/exact_compare.hpp"

#include "common/base/random.hpp"

#include <gtest/gtest.h>

namespace vault::market {
namespace {

// Any sign and size that a Decimal can have, near the borders of the fast path more often.
Decimal any(Random& random) {
    const auto shift = static_cast<int>(random.below(126));
    const auto wide = (static_cast<Decimal::Raw>(random.next() >> 1) << 63) |
                      static_cast<Decimal::Raw>(random.next() >> 1);
    const Decimal::Raw raw = (wide >> shift) % Decimal::kLimit;
    return Decimal::from_raw(random.below(4) == 0 ? -raw : raw);
}

TEST(CompareExact, AgreesWithCompareProductsAtAnySize) {
    const std::uint64_t seed = 20260602;
    SCOPED_TRACE(seed);
    Random random{seed};
    for (int i = 0; i < 500'000; ++i) {
        const Decimal a = any(random);
        const Decimal x = any(random);
        const Decimal b = random.below(4) == 0 ? a : any(random);
        const Decimal y = random.below(4) == 0 ? x : any(random);
        ASSERT_EQ(compare_exact(a, x, b, y), compare_products(a, x, b, y))
            << a.text() << " * " << x.text() << " against " << b.text() << " * " << y.text();
    }
}

TEST(CompareExact, TellsNeighboursApart) {
    const Decimal price = Decimal::from_raw(Decimal::kOne * 2000 + 1);
    const Decimal factor = Decimal::from_raw(Decimal::kOne + 12'500'000'000'000'000);
    const Decimal bit = Decimal::from_raw(1);
    EXPECT_TRUE(compare_exact(price, factor, price, factor) == 0);
    EXPECT_TRUE(compare_exact(price + bit, factor, price, factor) > 0);
    EXPECT_TRUE(compare_exact(price, factor, price, factor + bit) < 0);
}

}  // namespace
}  // namespace vault::market
