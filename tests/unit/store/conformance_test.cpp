// What every Store promises, run on SQLite and in memory alike.
#include "tests/unit/store/store_world.hpp"

namespace vault::store::test {

using ports::Batch;
using ports::CommitStatus;

template <class World>
class StoreConformance : public testing::Test {
  protected:
    void SetUp() override { load(); }
    void load() {
        auto loaded = world.store().load(kShard);
        ASSERT_TRUE(loaded) << loaded.error().message();
        maker.resume(loaded.value());
    }
    Batch first(std::uint32_t vaults = 2) {
        Batch batch = maker.next();
        maker.open_vaults(batch, vaults);
        return batch;
    }
    World world;
    BatchMaker maker;
};

using Worlds = testing::Types<MemoryWorld, SqliteWorld>;
TYPED_TEST_SUITE(StoreConformance, Worlds);

TYPED_TEST(StoreConformance, CommitsInOrderAndReportsInOrder) {
    std::vector<Batch> batches{this->first()};
    for (int i = 0; i < 40; ++i) {
        batches.push_back(this->maker.next());
        this->maker.deposit(batches.back(), VaultId{1});
    }
    const auto reports = commit(this->world, batches);
    ASSERT_EQ(reports.size(), batches.size());
    for (std::size_t i = 0; i < reports.size(); ++i) {
        EXPECT_EQ(reports[i].n.value, i + 1);
        EXPECT_EQ(reports[i].status, CommitStatus::Durable) << reports[i].message;
    }
    EXPECT_EQ(this->world.store().load(kShard).value().mark.n.value, 41U);
    EXPECT_EQ(this->world.reader().entries(VaultId{1}, 1, 100).value().size(), 40U);
}

TYPED_TEST(StoreConformance, FenceRefusesWrongNumbersAndOldEpochs) {
    ASSERT_EQ(commit(this->world, this->first()).status, CommitStatus::Durable);
    for (const std::uint64_t wrong : {5U, 1U}) {
        Batch batch = this->maker.next();
        batch.n = BatchNo{wrong};
        EXPECT_EQ(commit(this->world, batch).status, CommitStatus::Failed) << wrong;
        this->load();
    }
    const Batch old = this->maker.next();
    this->load();
    EXPECT_EQ(commit(this->world, old).status, CommitStatus::Fenced);
    EXPECT_EQ(this->world.store().load(kShard).value().mark.n.value, 1U);
}

TYPED_TEST(StoreConformance, ABatchIsWholeOrNothing) {
    ASSERT_EQ(commit(this->world, this->first()).status, CommitStatus::Durable);
    Batch good = this->maker.next();
    this->maker.deposit(good, VaultId{1});
    this->maker.history(good, VaultId{1});
    ASSERT_EQ(commit(this->world, good).status, CommitStatus::Durable);
    const std::string before = content_text(this->world.reader(), 2);
    Batch bad = this->maker.next();
    this->maker.deposit(bad, VaultId{1});
    this->maker.history(bad, VaultId{2});
    bad.fills.push_back(good.fills.front());
    const auto report = commit(this->world, bad);
    EXPECT_EQ(report.status, CommitStatus::Failed);
    EXPECT_FALSE(report.message.empty());
    EXPECT_EQ(content_text(this->world.reader(), 2), before);
    EXPECT_EQ(this->world.store().load(kShard).value().mark.n.value, 2U);
}

TYPED_TEST(StoreConformance, DuplicatesAreRefusedWithTheirBatch) {
    ASSERT_EQ(commit(this->world, this->first()).status, CommitStatus::Durable);
    Batch good = this->maker.next();
    this->maker.deposit(good, VaultId{1}, "funding:7");
    this->maker.history(good, VaultId{1});
    ASSERT_EQ(commit(this->world, good).status, CommitStatus::Durable);
    const auto refused = [&](auto&& spoil) {
        this->load();
        Batch bad = this->maker.next();
        spoil(bad);
        return commit(this->world, bad).status == CommitStatus::Failed;
    };
    EXPECT_TRUE(refused([&](Batch& b) { this->maker.deposit(b, VaultId{1}, "funding:7"); }));
    EXPECT_TRUE(refused([&](Batch& b) { b.fills = {this->maker.fill(VaultId{1}, "T1")}; }));
    EXPECT_TRUE(refused([&](Batch& b) {
        b.fills = {this->maker.fill(VaultId{1}, "new"), this->maker.fill(VaultId{1}, "new")};
    }));
    EXPECT_TRUE(refused([&](Batch& b) { b.day_closes = good.day_closes; }));
    EXPECT_TRUE(refused([&](Batch& b) {
        b.users.resize(1);
        b.users.front().id = UserId{2};
        b.users.front().name = "ann";
    }));
    EXPECT_TRUE(refused([&](Batch& b) { this->maker.deposit(b, VaultId{9}); }));
    EXPECT_TRUE(refused([&](Batch& b) {
        this->maker.deposit(b, VaultId{1});
        b.entries.front().seq += 1;
    }));
    EXPECT_TRUE(refused([&](Batch& b) {
        this->maker.deposit(b, VaultId{1});
        b.entries.front().prev_hash[3] ^= 1;
    }));
    // The same cause in another vault and the same trade id on another account are other facts.
    this->load();
    Batch other = this->maker.next();
    this->maker.deposit(other, VaultId{2}, "funding:7");
    other.fills = {this->maker.fill(VaultId{2}, "T1")};
    EXPECT_EQ(commit(this->world, other).status, CommitStatus::Durable);
}

TYPED_TEST(StoreConformance, AfterAFailureNothingPassesUntilALoad) {
    ASSERT_EQ(commit(this->world, this->first()).status, CommitStatus::Durable);
    Batch bad = this->maker.next();
    bad.fills = {this->maker.fill(VaultId{1}, "x"), this->maker.fill(VaultId{1}, "x")};
    const Batch later = this->maker.next();
    const auto reports = commit(this->world, {bad, later});
    ASSERT_EQ(reports.size(), 2U);
    EXPECT_EQ(reports[0].status, CommitStatus::Failed);
    EXPECT_EQ(reports[1].status, CommitStatus::Failed);
    EXPECT_EQ(commit(this->world, later).status, CommitStatus::Failed);
    bad.fills.pop_back();
    EXPECT_EQ(commit(this->world, bad).status, CommitStatus::Failed);
    this->load();
    EXPECT_EQ(commit(this->world, this->maker.next()).status, CommitStatus::Durable);
    EXPECT_EQ(commit(this->world, this->maker.next()).status, CommitStatus::Durable);
}

TYPED_TEST(StoreConformance, LoadReturnsTheSnapshotAndTakesTheShard) {
    Batch batch = this->first();
    this->maker.deposit(batch, VaultId{1});
    this->maker.history(batch, VaultId{2});
    ASSERT_EQ(commit(this->world, batch).status, CommitStatus::Durable);
    const auto one = this->world.store().load(kShard).value();
    const auto two = this->world.store().load(kShard).value();
    EXPECT_EQ(two.mark.epoch, one.mark.epoch + 1);
    EXPECT_EQ(snapshot_text(one), snapshot_text(two));
    EXPECT_EQ(one.users.size(), 1U);
    EXPECT_EQ(one.vaults.size(), 2U);
    EXPECT_EQ(one.balances.size(), 2U);
    EXPECT_EQ(one.heads.at(VaultId{1}).hash, batch.entries.back().hash);
    EXPECT_EQ(one.states.front().body, batch.states.front().body);
    EXPECT_EQ(one.replies.front().request, batch.replies.front().request);
}

TYPED_TEST(StoreConformance, RepliesLastTwentyFourHoursOfWallClock) {
    Batch batch = this->first();
    this->maker.history(batch, VaultId{1});
    ASSERT_EQ(commit(this->world, batch).status, CommitStatus::Durable);
    this->world.clock.advance(std::chrono::hours{24});
    EXPECT_EQ(this->world.store().load(kShard).value().replies.size(), 1U);
    this->world.clock.advance(Duration{1});
    EXPECT_EQ(this->world.store().load(kShard).value().replies.size(), 0U);
}

TYPED_TEST(StoreConformance, UpsertsReplaceTheirRow) {
    Batch batch = this->first();
    this->maker.history(batch, VaultId{1});
    ASSERT_EQ(commit(this->world, batch).status, CommitStatus::Durable);
    Batch second = this->maker.next();
    second.orders = batch.orders;
    second.orders.front().state = OrderState::Filled;
    second.users = batch.users;
    second.users.front().role = Role::Auditor;
    second.states = {{"vault", "v1", "new"}};
    ASSERT_EQ(commit(this->world, second).status, CommitStatus::Durable);
    const auto orders = this->world.reader().orders({}).value();
    ASSERT_EQ(orders.size(), 1U);
    EXPECT_EQ(orders.front().state, OrderState::Filled);
    const auto snapshot = this->world.store().load(kShard).value();
    EXPECT_EQ(snapshot.users.front().role, Role::Auditor);
    EXPECT_EQ(snapshot.states.front().body, "new");
}

TYPED_TEST(StoreConformance, CloseIsFinalUntilReopened) {
    std::vector<ports::CommitReport> reports;
    const auto keep = [&](const ports::CommitReport& report) { reports.push_back(report); };
    this->world.store().commit(this->first(), keep);
    this->world.store().close();
    this->world.store().close();
    ASSERT_EQ(reports.size(), 1U);
    EXPECT_EQ(reports[0].status, CommitStatus::Durable);
    this->world.store().commit(this->maker.next(), keep);
    ASSERT_EQ(reports.size(), 2U);
    EXPECT_EQ(reports[1].status, CommitStatus::Failed);
    this->world.reopen();
    EXPECT_EQ(this->world.store().load(kShard).value().mark.n.value, 1U);
}

}  // namespace vault::store::test
