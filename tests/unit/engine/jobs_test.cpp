// Jobs: begun by a replay's run or a liquidation, read off what they are about, kept over restarts.
#include "tests/unit/engine/shard_desk.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace vault::engine::test {
namespace {

class JobsTest : public testing::Test {
  protected:
    const Job& job(std::uint32_t number) {
        const Job* const found = desk.world().jobs.find(JobId{number});
        EXPECT_NE(found, nullptr) << number;
        static const Job kNone;
        return found == nullptr ? kNone : *found;
    }
    // The job's number; every tick of the desk is a run of the replay and so a job too.
    std::uint32_t liquidate() {
        desk.must(cmd::Liquidate{vault_target(kV1), "out"});
        return newest();
    }
    std::uint32_t newest() {
        const auto& slots = desk.world().jobs.slots();
        return std::ranges::max_element(slots, {}, &Job::id)->id.value;
    }

    OpenDesk desk;
};

TEST_F(JobsTest, ALiquidationIsDoneWhenItHasSoldAndIsKept) {
    open_position(desk);
    const std::uint32_t sale = liquidate();
    EXPECT_EQ(job(sale).method, "vault.liquidate");
    EXPECT_EQ(job(sale).object, "v1");
    EXPECT_EQ(job(sale).state, JobState::Running);
    EXPECT_TRUE(desk.restart()) << desk.difference();
    EXPECT_EQ(job(sale).state, JobState::Running);
    desk.tick("2020");
    desk.tick("2020");
    ASSERT_TRUE(desk.books().flat(kFlash));
    EXPECT_EQ(job(sale).state, JobState::Done);
    EXPECT_TRUE(job(sale).ended_at.has_value());
    desk.must(cmd::Resume{vault_target(kV1), ""});
    EXPECT_TRUE(desk.restart()) << desk.difference();
    EXPECT_EQ(job(sale).state, JobState::Done);
}

TEST_F(JobsTest, WhoResumesOrHaltsEndsTheLiquidation) {
    open_position(desk);
    const std::uint32_t first = liquidate();
    desk.must(cmd::Halt{vault_target(kV1), ""});
    EXPECT_EQ(job(first).state, JobState::Canceled);
    const std::uint32_t second = liquidate();
    EXPECT_EQ(job(second).state, JobState::Running);
    desk.must(cmd::Resume{vault_target(kV1), ""});
    EXPECT_EQ(job(second).state, JobState::Canceled);
}

TEST_F(JobsTest, CancelingALiquidationLeavesTheVaultHalted) {
    open_position(desk);
    const std::uint32_t sale = liquidate();
    EXPECT_FALSE(desk.apply(cmd::CancelJob{JobId{sale}}, "k", true)) << "a dry run";
    EXPECT_EQ(job(sale).state, JobState::Running);
    EXPECT_EQ(desk.state(kFlash), "liquidating");
    desk.must(cmd::CancelJob{JobId{sale}});
    EXPECT_EQ(job(sale).state, JobState::Canceled);
    EXPECT_EQ(desk.state(kFlash), "halted");
    desk.tick("2020");
    desk.tick("2020");
    EXPECT_FALSE(desk.books().flat(kFlash));
    const auto again = desk.apply(cmd::CancelJob{JobId{sale}});
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->code(), Errc::WrongState);
    EXPECT_EQ(desk.apply(cmd::CancelJob{JobId{999}})->code(), Errc::NotFound);
    EXPECT_TRUE(desk.restart()) << desk.difference();
}

TEST_F(JobsTest, ARunIsDoneAtTheEndOfItsDataAndTheNextOneTakesOver) {
    desk.must(cmd::ReplayRun{kA1, std::nullopt});
    desk.must(cmd::ReplayRun{kA1, std::nullopt});
    EXPECT_EQ(job(1).state, JobState::Canceled);
    EXPECT_EQ(job(2).state, JobState::Running);
    EXPECT_FALSE(desk.apply(cmd::ReplayRun{kA1, std::nullopt}, "k", true));
    EXPECT_EQ(desk.world().jobs.slots().size(), 2U) << "a dry run began a job";
    desk.end_of_data();  // runs it once more
    EXPECT_EQ(job(2).state, JobState::Canceled);
    EXPECT_EQ(job(3).state, JobState::Done);
    desk.must(cmd::ReplayStop{kA1});
    EXPECT_EQ(job(3).state, JobState::Done);
    EXPECT_TRUE(desk.restart()) << desk.difference();
}

TEST_F(JobsTest, ACanceledRunStandsWhereItIsAndCanGoOn) {
    desk.must(cmd::ReplayRun{kA1, std::nullopt});
    desk.must(cmd::CancelJob{JobId{1}});
    EXPECT_EQ(job(1).state, JobState::Canceled);
    EXPECT_EQ(desk.world().accounts[0].replay.state, ReplayState::Ready);
    desk.must(cmd::ReplayRun{kA1, std::nullopt});
    EXPECT_EQ(job(2).state, JobState::Running);
    desk.must(cmd::ReplayStop{kA1});
    EXPECT_EQ(job(2).state, JobState::Canceled);
}

TEST_F(JobsTest, TheOldestThatEndedMakeRoom) {
    const auto many = static_cast<std::uint32_t>(Jobs::kEndedKept) + 40;
    for (std::uint32_t i = 0; i < many; ++i) {
        desk.must(cmd::ReplayRun{kA1, std::nullopt});
    }
    EXPECT_LE(desk.world().jobs.slots().size(), Jobs::kEndedKept + 1);
    EXPECT_EQ(job(many).state, JobState::Running);
    EXPECT_EQ(desk.world().jobs.find(JobId{1}), nullptr);
    EXPECT_TRUE(desk.restart()) << desk.difference();
    EXPECT_EQ(desk.world().jobs.find(JobId{1}), nullptr);
    desk.must(cmd::ReplayRun{kA1, std::nullopt});
    EXPECT_EQ(job(many + 1).state, JobState::Running) << "numbers go on after a restart";
}

}  // namespace
}  // namespace vault::engine::test
