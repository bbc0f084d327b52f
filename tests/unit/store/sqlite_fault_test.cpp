// SqliteStore under failing writes, failing and unanswered COMMITs, and a full disk.
#include "tests/unit/store/store_world.hpp"

#include <future>
#include <sys/mount.h>

namespace vault::store::test {

using ports::Batch;
using ports::CommitStatus;

class SqliteFaults : public testing::Test {
  protected:
    void SetUp() override {
        world.options.faults = &faults;
        world.reopen();
        maker.resume(world.store().load(kShard).value());
        Batch batch = maker.next();
        maker.open_vaults(batch, 1);
        ASSERT_EQ(commit(world, batch).status, CommitStatus::Durable);
    }
    Batch deposit() {
        Batch batch = maker.next();
        maker.deposit(batch, VaultId{1});
        return batch;
    }
    // As the shard does after a failure. The last batch that is durable.
    BatchNo reload() {
        const ports::Snapshot snapshot = world.store().load(kShard).value();
        maker.resume(snapshot);
        return snapshot.mark.n;
    }
    FaultSites faults;  // outlives the store
    SqliteWorld world;
    BatchMaker maker;
};

TEST_F(SqliteFaults, AfterAFailedWriteNothingPassesUntilALoad) {
    const Batch one = deposit(), two = deposit();
    faults.fail_write = 1;
    for (const Batch& batch : {one, two, one})
        EXPECT_EQ(commit(world, batch).status, CommitStatus::Failed);
    EXPECT_EQ(reload().value, 1U);
    EXPECT_EQ(commit(world, deposit()).status, CommitStatus::Durable);
    EXPECT_EQ(world.reader().entries(VaultId{1}, 1, 10).value().size(), 1U);
}

TEST_F(SqliteFaults, AFailedCommitIsSettledByReading) {
    faults.fail_commit = 0;
    EXPECT_EQ(commit(world, deposit()).status, CommitStatus::Failed);
    EXPECT_FALSE(world.store().health().writable);
    EXPECT_EQ(reload().value, 1U);
    EXPECT_EQ(commit(world, deposit()).status, CommitStatus::Durable);
}

TEST_F(SqliteFaults, AnUnknownCommitIsAppliedOnceHoweverOftenItIsSent) {
    const Batch one = deposit(), two = deposit();
    faults.lose_answer = 0;
    EXPECT_EQ(commit(world, one).status, CommitStatus::Unknown);
    EXPECT_EQ(commit(world, two).status, CommitStatus::Failed);
    EXPECT_EQ(commit(world, one).status, CommitStatus::Failed);
    EXPECT_EQ(reload(), one.n);
    EXPECT_EQ(commit(world, one).status, CommitStatus::Fenced);
    EXPECT_EQ(reload(), one.n);
    EXPECT_EQ(commit(world, deposit()).status, CommitStatus::Durable);
    EXPECT_EQ(world.reader().entries(VaultId{1}, 1, 10).value().size(), 2U);
}

TEST_F(SqliteFaults, AGroupSharesOneCommitAndABadBatchHarmsNoEarlierOne) {
    // Hold the writer inside a callback while the rest is queued: it then is one group.
    std::promise<void> go, held;
    auto wait = go.get_future().share();
    std::vector<ports::CommitReport> reports;
    const auto keep = [&](const ports::CommitReport& report) { reports.push_back(report); };
    const auto hold = [&held, wait](const ports::CommitReport&) {
        held.set_value();
        wait.wait();
    };
    world.store().commit(deposit(), hold);
    held.get_future().wait();
    std::vector<Batch> batches{deposit(), deposit(), deposit(), deposit()};
    faults.fail_commit = 1;  // would hit a second COMMIT if there was one
    for (const auto& batch : batches)
        world.store().commit(batch, keep);
    go.set_value();
    world.settle();
    ASSERT_EQ(reports.size(), 4U);
    for (const auto& report : reports)
        EXPECT_EQ(report.status, CommitStatus::Durable) << report.message;
    EXPECT_EQ(faults.fail_commit.load(), 0);
    faults.fail_commit = -1;

    std::promise<void> again, held_again;
    auto second_wait = again.get_future().share();
    reports.clear();
    const auto hold_again = [&held_again, second_wait](const ports::CommitReport&) {
        held_again.set_value();
        second_wait.wait();
    };
    world.store().commit(deposit(), hold_again);
    held_again.get_future().wait();
    batches = {deposit(), deposit(), deposit()};
    batches[1].fills = {maker.fill(VaultId{1}, "x"), maker.fill(VaultId{1}, "x")};
    for (const auto& batch : batches)
        world.store().commit(batch, keep);
    again.set_value();
    world.settle();
    ASSERT_EQ(reports.size(), 3U);
    EXPECT_EQ(reports[0].status, CommitStatus::Durable);
    EXPECT_EQ(reports[1].status, CommitStatus::Failed);
    EXPECT_EQ(reports[2].status, CommitStatus::Failed);
}

// Fills the store until commits fail; says how many got through before and after the alarm.
struct Filling {
    bool stopped_before_failure = false;
    int after_stop = 0;
    bool failed = false;
};

Filling fill_up(SqliteWorld& world, BatchMaker& maker, int most) {
    Filling seen;
    for (int i = 0; i < most; ++i) {
        Batch batch = maker.next();
        maker.deposit(batch, VaultId{1});
        batch.events.push_back({maker.next_event(), maker.owner(VaultId{1}), maker.now(), "info",
                                "x", "v1", std::string(30'000, 'x'), "{}"});
        if (commit(world, batch).status != CommitStatus::Durable) {
            seen.failed = true;
            return seen;
        }
        if (world.store().health().buys_stopped) {
            seen.stopped_before_failure = true;
            ++seen.after_stop;
        }
    }
    return seen;
}

struct DiskWorld : SqliteWorld {
    SystemClock system;
    void reopen_with_system_clock() {
        close();
        made = SqliteStore::create(options, signer, system, logger).value();
    }
};

TEST(SqliteDisk, BallastKeepsExitsGoingUnderASizeLimit) {
    DiskWorld world;
    world.options.size_limit_mib = 4;
    world.options.disk_floor_mib = 0;
    world.reopen_with_system_clock();
    BatchMaker maker;
    maker.resume(world.store().load(kShard).value());
    Batch batch = maker.next();
    maker.open_vaults(batch, 1);
    ASSERT_EQ(commit(world, batch).status, CommitStatus::Durable);
    EXPECT_TRUE(std::filesystem::exists(world.options.path + ".ballast"));
    const Filling seen = fill_up(world, maker, 400);
    EXPECT_TRUE(seen.failed);
    EXPECT_FALSE(std::filesystem::exists(world.options.path + ".ballast"));
    EXPECT_FALSE(world.store().health().writable);
    EXPECT_TRUE(world.store().health().buys_stopped);
    EXPECT_FALSE(world.store().health().message.empty());
    const auto loaded = world.store().load(kShard);
    ASSERT_TRUE(loaded) << loaded.error().message();
    // The limit holds 3 MiB until the ballast is gone; its 1 MiB takes over 20 more of these
    // batches.
    EXPECT_GT(loaded.value().mark.n.value, 110U);
}

// A size that was lowered must not look like a ballast that was freed, which stops buys.
TEST(SqliteDisk, ABallastFollowsItsConfiguredSize) {
    DiskWorld world;
    world.options.disk_alert_pct = 99;  // the disk of the test may be anything but full
    world.options.disk_stop_buys_pct = 100;
    const std::string ballast = world.options.path + ".ballast";
    const auto size = [&] {
        return std::filesystem::exists(ballast) ? std::filesystem::file_size(ballast) >> 20U : 0U;
    };
    for (const std::uint32_t mib : {4U, 1U, 3U, 0U, 2U}) {
        world.options.ballast_mib = mib;
        world.reopen_with_system_clock();
        EXPECT_EQ(size(), mib);
        EXPECT_FALSE(world.store().health().buys_stopped) << mib << " MiB";
        EXPECT_EQ(world.store().health().message, "") << mib << " MiB";
    }
    SqliteOptions live = world.options;
    for (const std::uint32_t mib : {1U, 0U, 3U}) {
        live.ballast_mib = mib;
        std::promise<void> done;
        world.made->configure(live, [&] { done.set_value(); });
        done.get_future().wait();
        EXPECT_EQ(size(), mib);
        EXPECT_FALSE(world.store().health().buys_stopped) << mib << " MiB";
    }
    live.disk_alert_pct = 1;
    std::promise<void> done;
    world.made->configure(live, [&] { done.set_value(); });
    done.get_future().wait();
    EXPECT_TRUE(world.store().health().alert) << "a mark that was lowered counts at once";
}

TEST(SqliteDisk, AFullVolumeStopsBuysAndFreesTheBallast) {
    DiskWorld world;
    const std::string mount_point = world.dir.file("small");
    std::filesystem::create_directory(mount_point);
    if (::mount("tmpfs", mount_point.c_str(), "tmpfs", 0, "size=12m") != 0)
        GTEST_SKIP() << "mounting a small tmpfs is not allowed here";
    world.close();
    world.options.path = mount_point + "/vault.db";
    world.options.ballast_mib = 2;
    world.options.disk_floor_mib = 1;
    world.reopen_with_system_clock();
    BatchMaker maker;
    maker.resume(world.store().load(kShard).value());
    Batch batch = maker.next();
    maker.open_vaults(batch, 1);
    EXPECT_EQ(commit(world, batch).status, CommitStatus::Durable);
    const Filling seen = fill_up(world, maker, 2'000);
    EXPECT_TRUE(seen.failed);
    EXPECT_TRUE(world.store().health().buys_stopped);
    EXPECT_FALSE(std::filesystem::exists(world.options.path + ".ballast"));
    world.close();
    EXPECT_EQ(::umount2(mount_point.c_str(), MNT_DETACH), 0);
}

}  // namespace vault::store::test
