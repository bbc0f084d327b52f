#include "tests/emulator/kraken/faults/fault_plan.hpp"

#include "tests/emulator/kraken/faults/message_plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace vault::kraken_emulator {
namespace {

TEST(FaultPlan, StrikesItsEndpointAfterTheFirstFewAndThenNoMore) {
    FaultPlan plan{1};
    plan.add({.aim = {.at = "AddOrder", .skip = 1, .times = 2}, .answered = Answered::Reset});
    EXPECT_FALSE(plan.strike("Balance"));
    EXPECT_FALSE(plan.strike("AddOrder"));
    EXPECT_TRUE(plan.strike("AddOrder"));
    EXPECT_FALSE(plan.strike("Balance"));
    EXPECT_TRUE(plan.strike("AddOrder"));
    EXPECT_FALSE(plan.strike("AddOrder"));
}

TEST(FaultPlan, TheFirstThatStrikesCounts) {
    FaultPlan plan{1};
    plan.add({.aim = {.at = "Balance", .times = 1}, .answered = Answered::Cut});
    plan.add({.answered = Answered::Page, .status = 520});
    EXPECT_EQ(plan.strike("Balance")->answered, Answered::Cut);
    EXPECT_EQ(plan.strike("Balance")->status, 520U);
    plan.clear();
    EXPECT_FALSE(plan.strike("Balance"));
}

TEST(FaultPlan, HalfIsDrawnFromTheSeed) {
    const auto landed = [](std::uint64_t seed) {
        FaultPlan plan{seed};
        plan.add({.landing = Landing::Half});
        std::string out;
        for (int i = 0; i < 200; ++i)
            out += plan.strike("AddOrder")->landing == Landing::Yes ? 'y' : 'n';
        return out;
    };
    EXPECT_EQ(landed(3), landed(3));
    EXPECT_NE(landed(3), landed(4));
    const std::string three = landed(3);
    const auto yes = std::count(three.begin(), three.end(), 'y');
    EXPECT_GT(yes, 70);
    EXPECT_LT(yes, 130);
}

TEST(FaultPlan, AChanceIsPerRequest) {
    FaultPlan plan{5};
    plan.add({.aim = {.per_million = 250'000}});
    int struck = 0;
    for (int i = 0; i < 1'000; ++i)
        struck += plan.strike("AddOrder") ? 1 : 0;
    EXPECT_GT(struck, 200);
    EXPECT_LT(struck, 300);
}

TEST(MessagePlan, StrikesAChannelOrOneKindOfItsMessages) {
    MessagePlan plan{1};
    plan.add({.aim = {.at = "executions/filled", .times = 1}, .mishap = Mishap::Lost});
    plan.add({.aim = {.at = "balances"}, .mishap = Mishap::Doubled});
    EXPECT_FALSE(plan.strike("executions/trade"));
    EXPECT_EQ(plan.strike("executions/filled")->mishap, Mishap::Lost);
    EXPECT_FALSE(plan.strike("executions/filled"));
    EXPECT_EQ(plan.strike("balances")->mishap, Mishap::Doubled);
    plan.clear();
    plan.add({.aim = {.at = "executions"}, .mishap = Mishap::Disconnect});
    EXPECT_TRUE(plan.strike("executions/new"));
    EXPECT_FALSE(plan.strike("executions2"));
}

TEST(FaultPlan, WordsGoBothWays) {
    for (const std::string_view word : {"yes", "never", "half", "later"})
        EXPECT_EQ(to_text(*parse_landing(word)), word);
    for (const std::string_view word :
         {"usual", "timeout", "reset", "page", "cut", "gzip", "refusal", "late", "doubled"})
        EXPECT_EQ(to_text(*parse_answered(word)), word);
    for (const std::string_view word : {"lost", "doubled", "late", "swapped", "disconnect"})
        EXPECT_EQ(to_text(*parse_mishap(word)), word);
    EXPECT_FALSE(parse_mishap("found"));
    EXPECT_FALSE(parse_landing("soon"));
    EXPECT_FALSE(parse_answered("well"));
}

}  // namespace
}  // namespace vault::kraken_emulator
