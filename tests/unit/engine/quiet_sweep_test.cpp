// design/domain.md, rule 5: the periodic quiet sweep. The desk buys half an ETH at 2020 and sells
// it at 2090: a profit of 35.
#include "tests/unit/engine/shard_desk.hpp"

#include <gtest/gtest.h>

namespace vault::engine::test {
namespace {

class QuietSweep : public testing::Test {
  protected:
    void plan(const std::string& every, const std::string& share) {
        desk.must(
            cmd::SetSleeve{kV1, kQuiet, {{"quiet_sweep", every}, {"quiet_sweep_share", share}}});
    }
    void buy() {
        desk.tick("2020");
        desk.tick("2020");
        ASSERT_FALSE(desk.books().flat(kQuiet));
    }
    void sell() {
        desk.tick("2110");
        desk.tick("2090");
        desk.tick("2090");
        ASSERT_TRUE(desk.books().flat(kQuiet));
    }
    void pass_midnight() { desk.tick_after(std::chrono::hours{24}, Price{"2090"_dec}, kA1, true); }

    OpenDesk desk{{.quiet = "1010", .flash = "0"}};
};

TEST_F(QuietSweep, IsOffUnlessAskedFor) {
    buy();
    sell();
    pass_midnight();
    EXPECT_TRUE(desk.all().sweeps.empty());
    EXPECT_EQ(desk.sleeve_books(kQuiet).cash, "1045"_dec);
}

TEST_F(QuietSweep, AtMidnightTheShareOfTheProfitGoesToUnallocated) {
    plan("daily", "0.5");
    buy();
    sell();
    const Decimal unallocated = desk.books().unallocated();
    pass_midnight();
    EXPECT_EQ(desk.sleeve_books(kQuiet).cash, "1027.5"_dec);
    EXPECT_EQ(desk.sleeve_books(kQuiet).swept, "17.5"_dec);
    EXPECT_EQ(desk.sleeve_books(kQuiet).principal, "1010"_dec);
    EXPECT_EQ(desk.books().unallocated(), unallocated + "17.5"_dec);
    ASSERT_EQ(desk.all().sweeps.size(), 1U);
    EXPECT_EQ(desk.all().sweeps[0].kind, "quiet_sweep");
    EXPECT_EQ(desk.all().entries.back().cause, "schedule:v1.quiet:2023-11-16");
    desk.tick("2090");  // once a day, not once a tick
    EXPECT_EQ(desk.all().sweeps.size(), 1U);
    pass_midnight();  // half of what is left
    EXPECT_EQ(desk.sleeve_books(kQuiet).swept, "26.25"_dec);
}

TEST_F(QuietSweep, WaitsUntilTheSleeveIsFlatAlsoOverARestart) {
    plan("daily", "1");
    buy();
    pass_midnight();
    EXPECT_TRUE(desk.all().sweeps.empty());
    EXPECT_TRUE(desk.sleeve(kQuiet).sweep_due.has_value());
    ASSERT_TRUE(desk.restart()) << desk.difference();
    sell();
    ASSERT_EQ(desk.all().sweeps.size(), 1U);
    EXPECT_EQ(desk.all().sweeps[0].amount, "35"_dec);
    EXPECT_EQ(desk.sleeve_books(kQuiet).cash, "1010"_dec);
    EXPECT_FALSE(desk.sleeve(kQuiet).sweep_due.has_value());
}

TEST_F(QuietSweep, ALossSweepsNothingAndTheWeekEndsOnMonday) {
    plan("weekly", "1");  // kStart is a Wednesday
    buy();
    sell();
    for (int day = 0; day < 4; ++day)
        pass_midnight();
    EXPECT_TRUE(desk.all().sweeps.empty());
    pass_midnight();
    ASSERT_EQ(desk.all().sweeps.size(), 1U);
    EXPECT_EQ(desk.all().entries.back().cause, "schedule:v1.quiet:2023-11-20");
    plan("daily", "1");
    desk.tick("2120");
    desk.tick("2120");
    ASSERT_FALSE(desk.books().flat(kQuiet));
    desk.tick("1900");
    desk.tick("1900");
    pass_midnight();
    EXPECT_EQ(desk.all().sweeps.size(), 1U);
}

TEST_F(QuietSweep, TurnedOffItForgetsWhatWasDue) {
    plan("daily", "1");
    buy();
    pass_midnight();
    plan("off", "1");
    EXPECT_FALSE(desk.sleeve(kQuiet).sweep_due.has_value());
    sell();
    EXPECT_TRUE(desk.all().sweeps.empty());
}

}  // namespace
}  // namespace vault::engine::test
