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

TEST(PriceGuard, AJumpIsInDoubtUntilTheNextPriceConfirmsIt) {
    EXPECT_EQ(judge_price(price("4000.01"_dec), price("2000"_dec), kNone), PriceVerdict::Doubtful);
    EXPECT_EQ(judge_price(price("999.99"_dec), price("2000"_dec), kNone), PriceVerdict::Doubtful);
    EXPECT_EQ(judge_price(price("5000"_dec), price("2000"_dec), price("4100"_dec)),
              PriceVerdict::Good);
    EXPECT_EQ(judge_price(price("9000"_dec), price("2000"_dec), price("4100"_dec)),
              PriceVerdict::Doubtful);
}

TEST(PriceGuard, WhatIsNoPriceConfirmsNothing) {
    for (const Decimal bad : {kZero, "-1"_dec, kPriceMax + kOne}) {
        EXPECT_EQ(judge_price(price(bad), kNone, kNone), PriceVerdict::Impossible);
        EXPECT_EQ(judge_price(price(bad), price("1"_dec), price(bad)), PriceVerdict::Impossible);
        EXPECT_EQ(judge_price(price("9"_dec), price("1"_dec), price(bad)), PriceVerdict::Doubtful);
    }
    EXPECT_EQ(judge_price(price(kPriceMax), kNone, kNone), PriceVerdict::Good);
}

}  // namespace
}  // namespace vault::market
