// Random batches with random faults: both stores must hold exactly what was reported durable.
#include "tests/unit/store/store_world.hpp"

#include <cstdlib>

namespace vault::store::test {

namespace {

using ports::Batch;
using ports::CommitStatus;

std::uint64_t seed_of_run() {
    const char* text = std::getenv("VAULT_SEED");
    return text != nullptr ? std::strtoull(text, nullptr, 10) : 20261123;
}

Batch random_batch(BatchMaker& maker) {
    Batch batch = maker.next();
    for (auto left = maker.random().below(4); left > 0; --left)
        maker.deposit(batch, VaultId{static_cast<std::uint32_t>(maker.random().below(3) + 1)});
    for (auto left = maker.random().below(3); left > 0; --left)
        maker.history(batch, VaultId{static_cast<std::uint32_t>(maker.random().below(3) + 1)});
    if (maker.random().below(2) == 0) maker.people(batch);
    if (maker.random().below(2) == 0) maker.keys(batch);
    return batch;
}

}  // namespace

TEST(StoreProperty, BothStoresHoldTheSameRows) {
    const std::uint64_t seed = seed_of_run();
    SCOPED_TRACE("VAULT_SEED=" + std::to_string(seed));
    MemoryWorld memory;
    SqliteWorld sqlite;
    sqlite.options.checkpoint_every = 7;
    sqlite.reopen();
    BatchMaker maker{seed};
    maker.resume(memory.store().load(kShard).value());
    ASSERT_TRUE(sqlite.store().load(kShard));
    Batch batch = maker.next();
    maker.open_vaults(batch, 3);
    for (int round = 0; round < 150; ++round) {
        ASSERT_EQ(commit(memory, batch).status, CommitStatus::Durable);
        ASSERT_EQ(commit(sqlite, batch).status, CommitStatus::Durable);
        if (maker.random().below(25) == 0) {
            sqlite.reopen();
            const auto one = sqlite.store().load(kShard);
            ASSERT_TRUE(one) << one.error().message();
            const auto two = memory.store().load(kShard).value();
            ASSERT_EQ(snapshot_text(one.value()), snapshot_text(two));
            ASSERT_EQ(one.value().mark.epoch, two.mark.epoch);
            maker.resume(two);
        }
        batch = random_batch(maker);
    }
    EXPECT_EQ(content_text(memory.reader(), 3), content_text(sqlite.reader(), 3));
    EXPECT_TRUE(memory.made->prove());
    sqlite.made->start_full_check();
    const auto report = sqlite.made->await_full_check().value();
    EXPECT_TRUE(report.ok) << report.first_problem;
}

// The shard's side of the contract, driven by a faulty store: after every report that is not
// Durable, and after a crash, the store is loaded, and says what became of the batch.
TEST(StoreProperty, FaultsNeverLoseOrDoubleADurableBatch) {
    for (std::uint64_t run = 0; run < 40; ++run) {
        const std::uint64_t seed = seed_of_run() + run;
        SCOPED_TRACE("VAULT_SEED=" + std::to_string(seed));
        ManualClock clock{kStart};
        MemoryStore store{clock, {seed, 60'000, 60'000, 60'000}};
        BatchMaker maker{seed};
        maker.resume(store.load(kShard).value());
        std::uint64_t durable = 0;
        for (int tries = 0; tries < 300; ++tries) {
            Batch batch = durable == 0 ? maker.next() : random_batch(maker);
            if (durable == 0) maker.open_vaults(batch, 3);
            std::optional<CommitStatus> told;
            store.commit(batch, [&](const ports::CommitReport& report) { told = report.status; });
            if (maker.random().below(20) == 0)
                store.crash();
            else
                ASSERT_TRUE(store.step());
            if (told == CommitStatus::Durable) {
                ASSERT_EQ(batch.n.value, ++durable);
                continue;
            }
            const auto snapshot = store.load(kShard).value();
            const std::uint64_t in_doubt = told == CommitStatus::Failed ? 0 : 1;
            ASSERT_GE(snapshot.mark.n.value, durable);
            ASSERT_LE(snapshot.mark.n.value, durable + in_doubt);
            durable = snapshot.mark.n.value;
            maker.resume(snapshot);
        }
        EXPECT_GT(durable, 150U);
        const auto proved = store.prove();
        EXPECT_TRUE(proved) << proved.error().message();
    }
}

}  // namespace vault::store::test
