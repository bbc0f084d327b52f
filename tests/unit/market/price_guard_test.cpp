#include "daemon/market/price_guard.hpp"

#include <gtest/gtest.h>

namespace vault::market {
namespace {

using vault::literals::operator""_dec;

constexpr auto kNone = std::nullopt;

Price price(Decimal value) {
    return Price{value};
}

TEST(PriceGuard, ANearPriceIsGood) {
    EXPECT_EQ(judge_price(price("2000"_dec), kNone, kNone), PriceVerdict::Good);
    EXPECT_EQ(judge_price(price("4000"_dec), price("2000"_dec), kNone), PriceVerdict::Good);
    EXPECT_EQ(judge_price(price("1000"_dec), price("2000"_dec), kNone), PriceVerdict::Good);
}

DoubtedPrice doubted(Decimal value, std::uint32_t agreeing = kAgreeing - 1) {
    return {price(value), agreeing};
}

TEST(PriceGuard, AJumpIsInDoubtUntilSoManyAgreeThatNoCandleDoesAlone) {
    EXPECT_EQ(judge_price(price("4000.01"_dec), price("2000"_dec), kNone), PriceVerdict::Doubtful);
    EXPECT_EQ(judge_price(price("999.99"_dec), price("2000"_dec), kNone), PriceVerdict::Doubtful);
    EXPECT_EQ(judge_price(price("5000"_dec), price("2000"_dec), doubted("4100"_dec)),
              PriceVerdict::Good);
    EXPECT_EQ(judge_price(price("9000"_dec), price("2000"_dec), doubted("4100"_dec)),
              PriceVerdict::Doubtful);
    std::optional<DoubtedPrice> newest;
    for (int ticks_of_a_candle = 0; ticks_of_a_candle < 4; ++ticks_of_a_candle) {
        EXPECT_EQ(judge_price(price("9000"_dec), price("2000"_dec), newest),
                  PriceVerdict::Doubtful);
        newest = {price("9000"_dec), agreeing_with(price("9000"_dec), newest)};
    }
    EXPECT_EQ(judge_price(price("9000"_dec), price("2000"_dec), newest), PriceVerdict::Good);
    EXPECT_EQ(agreeing_with(price("100"_dec), newest), 1U);
}

TEST(PriceGuard, WhatIsNoPriceConfirmsNothing) {
    for (const Decimal bad : {kZero, "-1"_dec, kPriceMax + kOne}) {
        EXPECT_EQ(judge_price(price(bad), kNone, kNone), PriceVerdict::Impossible);
        EXPECT_EQ(judge_price(price(bad), price("1"_dec), doubted(bad)), PriceVerdict::Impossible);
        EXPECT_EQ(judge_price(price("9"_dec), price("1"_dec), doubted(bad)),
                  PriceVerdict::Doubtful);
    }
    EXPECT_EQ(judge_price(price(kPriceMax), kNone, kNone), PriceVerdict::Good);
}

}  // namespace
}  // namespace vault::market
