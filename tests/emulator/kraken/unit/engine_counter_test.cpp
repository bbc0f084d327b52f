#include "tests/emulator/kraken/exchange/engine_counter.hpp"

#include <gtest/gtest.h>

namespace vault::kraken_emulator {
namespace {

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""us;

constexpr Moment kStart{std::chrono::sys_days{std::chrono::year{2026} / 3 / 4}};

// The worked example of Kraken's page: add, amend after 7 s, cancel 36 s later = 1 + 1 + 2 + 4.
TEST(EngineCounter, ChargesAsTheWorkedExample) {
    EXPECT_EQ(engine_cost(EngineAction::Add, 0s), 1);
    EXPECT_EQ(engine_cost(EngineAction::Amend, 7s), 3);
    EXPECT_EQ(engine_cost(EngineAction::Cancel, 36s), 4);
}

TEST(EngineCounter, ABatchOfNewOrdersCostsHalfAPointEach) {
    EngineCounter counter;
    ASSERT_TRUE(counter.charge_batch(3, Tier::Starter, kStart));
    EXPECT_EQ(counter.points(Tier::Starter, kStart), 2) << "1.5";
    EXPECT_EQ(counter.points(Tier::Starter, kStart + 499ms), 2);
    EXPECT_EQ(counter.points(Tier::Starter, kStart + 500ms), 1);
    ASSERT_TRUE(counter.charge(57, Tier::Starter, kStart));
    EXPECT_FALSE(counter.charge_batch(4, Tier::Starter, kStart)) << "60.5";
    EXPECT_TRUE(counter.charge_batch(3, Tier::Starter, kStart)) << "60";
}

TEST(EngineCounter, PenaltiesFallWithAge) {
    EXPECT_EQ(engine_cost(EngineAction::Cancel, 4999ms), 8);
    EXPECT_EQ(engine_cost(EngineAction::Cancel, 5s), 6);
    EXPECT_EQ(engine_cost(EngineAction::Cancel, 299s), 1);
    EXPECT_EQ(engine_cost(EngineAction::Cancel, 300s), 0);
    EXPECT_EQ(engine_cost(EngineAction::Edit, 89s), 2);
    EXPECT_EQ(engine_cost(EngineAction::Edit, 90s), 1);
}

TEST(EngineCounter, FullAtTheLimitOfTheTierAndDecays) {
    EngineCounter counter;
    for (int i = 0; i < 125; ++i)
        ASSERT_TRUE(counter.charge(1, Tier::Intermediate, kStart)) << i;
    EXPECT_FALSE(counter.charge(1, Tier::Intermediate, kStart));
    EXPECT_TRUE(counter.charge(0, Tier::Intermediate, kStart)) << "what costs nothing is let in";
    EXPECT_FALSE(counter.charge(1, Tier::Intermediate, kStart + 427ms));  // 0.99918 points less
    EXPECT_TRUE(counter.charge(1, Tier::Intermediate, kStart + 428ms));   // 1.00152
    EXPECT_EQ(counter.points(Tier::Intermediate, kStart + 60s), 0);
}

TEST(DecayingCount, ManySmallStepsDecayLikeALargeOne) {
    DecayingCount small, large;
    small.add(10, 330, kStart);
    large.add(10, 330, kStart);
    for (int i = 1; i <= 10'000; ++i)
        small.add(0, 330, kStart + i * 333us);
    for (const Span later : {Span{3330ms}, Span{10s}, Span{30s}})
        EXPECT_EQ(small.points(330, kStart + later), large.points(330, kStart + later));
    EXPECT_EQ(small.points(330, kStart + 3330ms), 9);  // 10 - 1.0989
}

}  // namespace
}  // namespace vault::kraken_emulator
