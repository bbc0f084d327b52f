// Retention and checkpoints of SqliteStore.
#include "tests/unit/store/store_world.hpp"

#include <future>
#include <thread>

namespace vault::store::test {

namespace {

constexpr auto kDay = std::chrono::hours{24};
const Pair kPair = Pair::parse("ETH/USDT").value();

class SqliteUpkeep : public testing::Test {
  protected:
    void SetUp() override {
        maker.resume(world.store().load(kShard).value());
        ports::Batch batch = maker.next();
        maker.open_vaults(batch, 2);
        ASSERT_EQ(commit(world, batch).status, ports::CommitStatus::Durable);
    }
    std::string count(const std::string& table) {
        return world.ask("SELECT count(*) FROM " + table);
    }
    SqliteWorld world;
    BatchMaker maker;
};

}  // namespace

TEST_F(SqliteUpkeep, PricesAreThinnedByTheFeedsOwnTime) {
    // Every 10 minutes for 60 days, of the year 2020, while the wall clock says something later.
    ports::Batch batch = maker.next();
    for (int i = 0; i < 60 * 144; ++i)
        batch.prices.push_back({AccountId{1}, kPair, kStart + std::chrono::minutes{10} * i, kOne});
    ASSERT_EQ(commit(world, batch).status, ports::CommitStatus::Durable);
    world.clock.set(kStart + kDay * 3'000);
    const auto pruned = world.made->prune();
    ASSERT_TRUE(pruned) << pruned.error().message();
    // 30 days in full; before that one an hour. The newest is 10 minutes short of day 60, so the
    // border lies in the last hour of day 30, which is kept whole.
    const int thinned_hours = 30 * 24 - 1;
    EXPECT_EQ(pruned.value(), static_cast<std::uint64_t>(thinned_hours * 5));
    EXPECT_EQ(count("price"), std::to_string(60 * 144 - thinned_hours * 5));
    EXPECT_EQ(world.ask("SELECT count(*) FROM price WHERE at % 3600000 = 0"),
              std::to_string(60 * 24));
    EXPECT_EQ(world.made->prune().value(), 0U);
}

TEST_F(SqliteUpkeep, PricesGoAfterTheirTimeAndByTheIntervalThatIsSet) {
    SqliteWorld own;
    own.options.retention.prices_full = kDay;
    own.options.retention.prices_thinned_every = std::chrono::hours{6};
    own.options.retention.prices = kDay * 10;
    own.reopen();
    BatchMaker rows;
    rows.resume(own.store().load(kShard).value());
    ports::Batch batch = rows.next();
    rows.open_vaults(batch, 1);
    for (int hour = 0; hour < 20 * 24; ++hour)
        batch.prices.push_back({AccountId{1}, kPair, kStart + std::chrono::hours{hour}, kOne});
    ASSERT_EQ(commit(own, batch).status, ports::CommitStatus::Durable);
    ASSERT_TRUE(own.made->prune());
    // The newest is hour 479: nothing before hour 239; whole from 450, the six hours' border.
    const int full = 480 - 450;
    const int thinned = (450 - 240) / 6 + 1;
    EXPECT_EQ(own.ask("SELECT count(*) FROM price"), std::to_string(full + thinned));
    EXPECT_EQ(own.ask("SELECT min(at) FROM price"),
              std::to_string((kStart + std::chrono::hours{239}).time_since_epoch().count()));
}

TEST_F(SqliteUpkeep, TheNewestEventsNumberIsNeverForgotten) {
    ports::Batch batch = maker.next();
    const auto add = [&](UtcTime at) {
        batch.events.push_back(
            {maker.next_event(), maker.owner(VaultId{1}), at, "info", "x", "v1", "m", "{}"});
    };
    add(kStart + kDay * 5'000);
    add(kStart);
    add(kStart + kDay);  // the last one told is among the oldest by its own clock
    ASSERT_EQ(commit(world, batch).status, ports::CommitStatus::Durable);
    EXPECT_EQ(world.made->prune().value(), 1U);
    EXPECT_EQ(world.ask("SELECT group_concat(seq) FROM (SELECT seq FROM event ORDER BY seq)"),
              "1,3");
    world.reopen();
    EXPECT_EQ(world.store().load(kShard).value().last_event, 3U);
}

TEST_F(SqliteUpkeep, DecisionsAndEventsGoAfterAYearOfTheirOwnersTime) {
    ports::Batch batch = maker.next();
    for (int day = 0; day < 2'500; ++day) {
        maker.set_now(kStart + kDay * day);
        ports::Batch rows;
        maker.history(rows, VaultId{1});
        batch.decisions.push_back(rows.decisions.front());
        batch.events.push_back(rows.events.front());
    }
    maker.set_now(kStart);
    ports::Batch rows;
    maker.history(rows, VaultId{2});  // another vault, another time: stays
    batch.decisions.push_back(rows.decisions.front());
    batch.fills = rows.fills;
    ASSERT_EQ(commit(world, batch).status, ports::CommitStatus::Durable);
    EXPECT_EQ(world.made->prune().value(), 2U * (2'500 - 366));
    EXPECT_EQ(count("decision"), "367");
    EXPECT_EQ(count("event"), "366");
    EXPECT_EQ(count("fill"), "1");
}

TEST_F(SqliteUpkeep, RetentionThatChangesWhileItRunsHoldsForTheNextRound) {
    ports::Batch batch = maker.next();
    for (int day = 0; day < 20; ++day)
        batch.prices.push_back({AccountId{1}, kPair, kStart + kDay * day, kOne});
    ASSERT_EQ(commit(world, batch).status, ports::CommitStatus::Durable);
    EXPECT_EQ(world.made->prune().value(), 0U);
    SqliteOptions shorter = world.options;
    shorter.retention.prices_full = kDay;
    shorter.retention.prices = kDay * 10;
    std::promise<void> done;
    world.made->configure(shorter, [&] { done.set_value(); });
    done.get_future().wait();
    EXPECT_EQ(world.made->prune().value(), 9U) << "days 0 to 8 are older than day 19 less 10";
    EXPECT_EQ(count("price"), "11");
}

TEST_F(SqliteUpkeep, RepliesGoByTheWallClock) {
    ports::Batch batch = maker.next();
    maker.history(batch, VaultId{1});
    ASSERT_EQ(commit(world, batch).status, ports::CommitStatus::Durable);
    EXPECT_EQ(world.made->prune().value(), 0U);
    world.clock.advance(kDay + Duration{1});
    EXPECT_EQ(world.made->prune().value(), 1U);
    EXPECT_EQ(count("reply"), "0");
}

TEST_F(SqliteUpkeep, CheckpointsMoveWhileItRuns) {
    world.options.checkpoint_every = 5;
    world.reopen();
    maker.resume(world.store().load(kShard).value());
    for (int i = 0; i < 12; ++i) {
        ports::Batch batch = maker.next();
        maker.deposit(batch, VaultId{1});
        maker.deposit(batch, VaultId{2});
        ASSERT_EQ(commit(world, batch).status, ports::CommitStatus::Durable);
    }
    const char* const moved = "SELECT count(*) FROM checkpoint WHERE seq >= 8";
    for (int i = 0; i < 100 && world.ask(moved) != "2"; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    EXPECT_EQ(world.ask(moved), "2");
    world.close();
    EXPECT_EQ(world.ask("SELECT group_concat(seq) FROM checkpoint"), "12,12");
}

}  // namespace vault::store::test
