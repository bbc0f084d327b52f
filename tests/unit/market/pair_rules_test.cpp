#include "daemon/market/pair_rules.hpp"

#include "common/base/random.hpp"

#include <gtest/gtest.h>

namespace vault::market {
namespace {

using vault::literals::operator""_dec;

PairRules rules() {
    return {Pair::parse("ETH/USDT").value(), "0.01"_dec, "0.0001"_dec, "5"_dec, "0.0001"_dec};
}

TEST(PairRules, PricesGoToTheTick) {
    EXPECT_EQ(tick_up("1999.761"_dec, "0.01"_dec), Price{"1999.77"_dec});
    EXPECT_EQ(tick_down("1999.769"_dec, "0.01"_dec), Price{"1999.76"_dec});
    EXPECT_EQ(tick_up("1999.76"_dec, "0.01"_dec), Price{"1999.76"_dec});
    EXPECT_EQ(floor_lot("0.49659"_dec, "0.0001"_dec), Quantity{"0.4965"_dec});
}

TEST(PairRules, SlippageGoesAgainstUs) {
    const Price price{"1996.87"_dec};
    EXPECT_EQ(slipped_price(Side::Buy, price, "0.0005"_dec, "0.01"_dec).value(),
              Price{"1997.87"_dec});
    EXPECT_EQ(slipped_price(Side::Sell, price, "0.0005"_dec, "0.01"_dec).value(),
              Price{"1995.87"_dec});
    EXPECT_EQ(slipped_price(Side::Sell, Price{"0.005"_dec}, kZero, "0.01"_dec).value(),
              Price{kZero});
}

TEST(PairRules, MinimaAreInclusive) {
    const PairRules r = rules();
    EXPECT_FALSE(below_minimum(r, Price{"2000"_dec}, Quantity{"0.0025"_dec}));
    EXPECT_TRUE(below_minimum(r, Price{"2000"_dec}, Quantity{"0.0024"_dec}));
    EXPECT_TRUE(below_minimum(r, Price{"1000000"_dec}, Quantity{"0.00009"_dec}));
    EXPECT_TRUE(below_minimum(r, Price{"2000"_dec}, Quantity{}));
}

TEST(PairRules, AnEntryNeedsTenPercentAboveTheMinimum) {
    const PairRules r = rules();
    EXPECT_FALSE(entry_too_small(r, kOne, "5.5"_dec, Price{"2000"_dec}));
    EXPECT_TRUE(entry_too_small(r, kOne, "5.499999999999999999"_dec, Price{"2000"_dec}));
    EXPECT_TRUE(entry_too_small(r, "0.996"_dec, "5.5"_dec, Price{"2000"_dec}));
    EXPECT_TRUE(entry_too_small(r, kOne, "10.99"_dec, Price{"100000"_dec}));
    EXPECT_FALSE(entry_too_small(r, kOne, "11"_dec, Price{"100000"_dec}));
}

TEST(PairRules, AffordableIsTheLargestLotThatFits) {
    const std::uint64_t seed = 20260601;
    SCOPED_TRACE(seed);
    Random random{seed};
    const PairRules r = rules();
    for (int i = 0; i < 20000; ++i) {
        const Price price{Decimal::from_raw(
            static_cast<Decimal::Raw>(1 + random.below(500'000'000)) * (Decimal::kOne / 100))};
        const Decimal cash = Decimal::from_raw(static_cast<Decimal::Raw>(random.next() >> 1) *
                                               static_cast<Decimal::Raw>(1 + random.below(1000)));
        const Decimal fee = Decimal::from_raw(static_cast<Decimal::Raw>(random.below(1000)) *
                                              (Decimal::kOne / 100'000));
        const Decimal spend = "0.996"_dec;
        const Quantity got = affordable(r, spend, cash, price, fee).value();
        const Decimal unit = mul(price.value, kOne + fee, Rounding::Up).value();
        EXPECT_EQ(floor_lot(got.value, r.lot), got);
        EXPECT_TRUE(compare_products(got.value, unit, spend, cash) <= 0);
        EXPECT_TRUE(compare_products(got.value + r.lot, unit, spend, cash) > 0);
    }
}

TEST(PairRules, AffordableRefusesWhatOverflows) {
    const PairRules r = rules();
    const auto huge = affordable(r, kOne, Decimal::from_int(1'000'000'000'000'000'000),
                                 Price{"0.000000000000000001"_dec}, kZero);
    ASSERT_FALSE(huge.has_value());
    EXPECT_EQ(huge.error().code(), Errc::AmountTooLarge);
}

}  // namespace
}  // namespace vault::market
