#include "daemon/risk/drawdown.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <random>

namespace vault::risk {
namespace {

using vault::literals::operator""_dec;

constexpr UtcTime kNoon{};
constexpr UtcTime kLater{std::chrono::hours{1}};

TEST(Drawdown, IsAFractionOfThePeakAndReachedToTheDigit) {
    Drawdown mark = begin_drawdown({"1000"_dec, kZero, "1000"_dec}, kNoon);
    follow(mark, {"1200"_dec, kZero, "1000"_dec}, kLater);
    EXPECT_EQ(mark.peak, "1200"_dec);
    EXPECT_EQ(mark.peak_at, kLater);
    const Stake fallen{"1080"_dec, kZero, "1000"_dec};
    follow(mark, fallen, kLater);
    EXPECT_TRUE(drawdown_reached(mark, fallen, "0.1"_dec));
    EXPECT_FALSE(drawdown_reached(mark, {"1080.00000001"_dec, kZero, "1000"_dec}, "0.1"_dec));
}

TEST(Drawdown, ASweepIsNoLoss) {
    Drawdown mark = begin_drawdown({"1000"_dec, "70"_dec, "1000"_dec}, kNoon);
    follow(mark, {"1200"_dec, "70"_dec, "1000"_dec}, kLater);
    const Stake swept{"1000"_dec, "270"_dec, "1000"_dec};
    follow(mark, swept, kLater);
    EXPECT_EQ(value_of(mark, swept), "1200"_dec);
    EXPECT_FALSE(drawdown_reached(mark, swept, "0.000001"_dec));
}

struct Flow {
    const char* name;
    Decimal moved;
    Decimal peak;  // after it
};

// 1000 has fallen to 900: a tenth. It stays a tenth whatever comes or goes.
TEST(Drawdown, MoneyThatComesOrGoesNeitherMakesNorHidesOne) {
    for (const Flow& flow :
         {Flow{"allocated", "900"_dec, "2000"_dec}, Flow{"unallocated", "-450"_dec, "500"_dec}}) {
        Drawdown mark = begin_drawdown({"1000"_dec, kZero, "1000"_dec}, kNoon);
        follow(mark, {"900"_dec, kZero, "1000"_dec}, kNoon);
        const Stake now{"900"_dec + flow.moved, kZero, "1000"_dec + flow.moved};
        follow(mark, now, kLater);
        EXPECT_EQ(mark.peak, flow.peak) << flow.name;
        EXPECT_TRUE(drawdown_reached(mark, now, "0.1"_dec)) << flow.name;
        EXPECT_FALSE(drawdown_reached(mark, now, "0.100001"_dec)) << flow.name;
    }
}

TEST(Drawdown, AnEmptyStakeBeginsAnew) {
    Drawdown mark = begin_drawdown({kZero, kZero, kZero}, kNoon);
    follow(mark, {"1000"_dec, kZero, "1000"_dec}, kLater);
    EXPECT_EQ(mark.peak, "1000"_dec);
    follow(mark, {"800"_dec, kZero, "1000"_dec}, kLater);
    follow(mark, {kZero, kZero, "200"_dec}, kLater);  // all of it taken out
    EXPECT_EQ(mark.peak, kZero);
    EXPECT_FALSE(drawdown_reached(mark, {kZero, kZero, "200"_dec}, "0.1"_dec));
    follow(mark, {"500"_dec, kZero, "700"_dec}, kLater);
    EXPECT_EQ(mark.peak, "500"_dec);
}

TEST(Drawdown, AStakeThatLostEverythingHasReachedIt) {
    Drawdown mark = begin_drawdown({"10"_dec, kZero, "10"_dec}, kNoon);
    const Stake gone{kZero, kZero, "10"_dec};
    follow(mark, gone, kLater);
    EXPECT_TRUE(drawdown_reached(mark, gone, "0.999999"_dec));
}

// Prices and flows at random: the peak never lies below the value, and a flow alone never changes
// what is reached but at the last digit.
TEST(Drawdown, HoldsForAnySequence) {
    const std::uint64_t seed = std::random_device{}();
    std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
    std::mt19937_64 random{seed};
    Stake stake{"1000"_dec, kZero, "1000"_dec};
    Drawdown mark = begin_drawdown(stake, kNoon);
    for (int i = 0; i < 20'000; ++i) {
        const Decimal before = mark.peak - value_of(mark, stake);
        const Decimal old_peak = mark.peak;
        const auto part = Decimal::from_raw(static_cast<Decimal::Raw>(random() % 2001) *
                                            (Decimal::kOne / 10'000));  // 0 to 0.2
        const Decimal by = floor_8(mul(stake.equity, part, Rounding::Down).value());
        const std::uint64_t kind = random() % 4;
        if (kind == 0) stake.equity += by;
        if (kind == 1) stake.equity -= by;
        const Decimal flow = random() % 2 == 0 ? by : -by;
        if (kind == 2) stake.equity += flow, stake.principal += flow;
        if (kind == 3) stake.equity -= by, stake.swept += by;
        follow(mark, stake, kLater);
        const Decimal now = mark.peak - value_of(mark, stake);
        ASSERT_FALSE(now.is_negative()) << "seed " << seed << " step " << i;
        if (kind == 3) {
            ASSERT_EQ(now, before) << "seed " << seed << " step " << i;
        }
        if (kind == 2) {
            const Decimal was = div(before, old_peak, Rounding::Down).value();
            const Decimal is = div(now, mark.peak, Rounding::Down).value();
            ASSERT_LT((was - is).abs(), "0.000000000001"_dec) << "seed " << seed << " step " << i;
        }
        if (stake.equity > "10"_dec) continue;
        stake.equity += "500"_dec;
        stake.principal += "500"_dec;
        follow(mark, stake, kLater);
    }
}

}  // namespace
}  // namespace vault::risk
