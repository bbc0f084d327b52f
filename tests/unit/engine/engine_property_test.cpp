// Random lives of a whole shard under all watchers at once; and proof that they would see a fault.
#include "daemon/engine/planted_bug.hpp"
#include "tests/unit/engine/engine_world.hpp"

#include <gtest/gtest.h>

namespace vault::engine::test {
namespace {

constexpr int kSteps = 200;
constexpr std::uint64_t kBlocks = 4;  // so that several cores share the work

class EngineProperty : public testing::TestWithParam<std::uint64_t> {};

TEST_P(EngineProperty, RandomLivesKeepEveryInvariant) {
    const std::uint64_t all = property_sequences(2000);
    const std::uint64_t block = (all + kBlocks - 1) / kBlocks;
    if (GetParam() * block >= all) GTEST_SKIP() << "fewer sequences than blocks";
    EXPECT_EQ(run_lives({property_seed() + GetParam() * block, block, kSteps}), "");
}

INSTANTIATE_TEST_SUITE_P(Block, EngineProperty, testing::Range<std::uint64_t>(0, kBlocks));

// A generator that never reaches an event proves nothing about it.
TEST(EngineLives, ReachWhatTheyShouldShow) {
    std::map<std::string, std::uint64_t> seen;
    EXPECT_EQ(run_lives({1, 360, kSteps}, "identities", &seen), "");
    for (
        const char* what :
        {"restart",          "add_pair done",     "remove_pair done",    "allocate done",
         "allocate refused", "unallocate done",   "release done",        "release refused",
         "auto_raise done",  "reserve done",      "set_sleeve done",     "set_sleeve refused",
         "pause done",       "halt done",         "liquidate done",      "resume done",
         "resume refused",   "deposit done",      "withdraw done",       "hand_buy done",
         "hand_sell done",

         "resolve done",     "adopt refused",     "refresh done",        "cycle",
         "day_close",        "order canceled",    "order filled",        "order partial",
         "order rejected",   "decision buy caps", "decision buy paused", "decision sell liquidate"})
        EXPECT_GE(seen[what], 20U) << what;
    for (const char* what :
         {"event price_refused", "event pair_not_trading", "event pair_trading", "status halted",
          "status delisted", "status cancel_only", "status reduce_only", "decision buy not_trading",
          "decision sell not_trading", "decision buy max_order", "decision buy price_band"})
        EXPECT_GE(seen[what], 10U) << what;
    for (const char* what :
         {"entry flash_sweep", "entry unallocate_return", "entry pending_join", "entry auto_raise",
          "fill manual", "entry manual_trade", "adopt done", "entry order_end", "event cap_tripped",
          "event position_unexplained", "allocation request_cancelled"})
        EXPECT_GE(seen[what], 10U) << what;
    for (const char* what :
         {"write_down done", "event unallocate_request_lapsed", "decision sell below_minimum",
          "decision buy below_minimum", "order expired", "decision buy max_orders_per_minute",
          "decision sell self_cross", "decision buy self_cross"})
        EXPECT_GE(seen[what], 1U) << what;
}

struct Planted {
    PlantedBug bug;
    std::string_view name;
};

class EnginePlantedBug : public testing::TestWithParam<Planted> {
  protected:
    ~EnginePlantedBug() override { planted_bug = PlantedBug::None; }
};

TEST_P(EnginePlantedBug, IsCaughtByTheRandomLives) {
    planted_bug = GetParam().bug;
    const std::string failure = run_lives({1, 2000, kSteps});
    EXPECT_NE(failure, "") << GetParam().name << " went unseen";
    const std::string first = failure.substr(0, failure.find('\n'));
    RecordProperty("caught_by", first);
    std::printf("%s\n", first.c_str());
}

INSTANTIATE_TEST_SUITE_P(
    Every, EnginePlantedBug,
    testing::Values(Planted{PlantedBug::BuyWhilePaused, "BuyWhilePaused"},
                    Planted{PlantedBug::HoldOfOtherSleeve, "HoldOfOtherSleeve"},
                    Planted{PlantedBug::HaltForgottenOnLoad, "HaltForgottenOnLoad"},
                    Planted{PlantedBug::TrackerLostOnLoad, "TrackerLostOnLoad"},
                    Planted{PlantedBug::AllocationLostOnLoad, "AllocationLostOnLoad"},
                    Planted{PlantedBug::IntentSentTwice, "IntentSentTwice"},
                    Planted{PlantedBug::LockKeptAtEnd, "LockKeptAtEnd"},
                    Planted{PlantedBug::SweepWithLiveOrder, "SweepWithLiveOrder"},
                    Planted{PlantedBug::StuckLoops, "StuckLoops"},
                    Planted{PlantedBug::HandSaleGuessed, "HandSaleGuessed"},
                    Planted{PlantedBug::LiquidationNeverEnds, "LiquidationNeverEnds"},
                    Planted{PlantedBug::DayClosedTwice, "DayClosedTwice"}),
    [](const auto& each) { return std::string{each.param.name}; });

}  // namespace
}  // namespace vault::engine::test
