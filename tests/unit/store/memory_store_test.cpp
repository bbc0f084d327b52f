// What only the in-memory store does: time passes in step() alone, faults follow the seed.
#include "tests/unit/store/store_world.hpp"

namespace vault::store::test {

using ports::CommitStatus;

namespace {

// The statuses of 200 empty batches, as letters; after a failure the store is loaded.
std::string life(std::uint64_t seed) {
    ManualClock clock{kStart};
    MemoryStore store{clock, {seed, 200'000, 100'000, 100'000}};
    BatchMaker maker;
    maker.resume(store.load(kShard).value());
    std::string letters;
    for (int i = 0; i < 200; ++i) {
        store.commit(maker.next(), [&](const ports::CommitReport& report) {
            letters.push_back("DFUX"[static_cast<int>(report.status)]);
        });
        store.step();
        if (letters.back() != 'D') maker.resume(store.load(kShard).value());
    }
    return letters;
}

}  // namespace

TEST(MemoryStore, NothingHappensOutsideStep) {
    MemoryWorld world;
    BatchMaker maker;
    maker.resume(world.store().load(kShard).value());
    int reports = 0;
    for (int i = 0; i < 3; ++i)
        world.store().commit(maker.next(), [&](const ports::CommitReport&) { ++reports; });
    EXPECT_EQ(reports, 0);
    EXPECT_EQ(world.made->queued(), 3U);
    EXPECT_TRUE(world.made->step());
    EXPECT_EQ(reports, 1);
    EXPECT_EQ(world.made->mark(kShard).n.value, 1U);
}

TEST(MemoryStore, TheSameSeedGivesTheSameLife) {
    const std::string one = life(5);
    EXPECT_EQ(one, life(5));
    EXPECT_NE(one, life(6));
    for (const char letter : {'D', 'F', 'U'})
        EXPECT_NE(one.find(letter), std::string::npos) << letter;
}

TEST(MemoryStore, ACrashLosesOnlyWhatNobodyWasTold) {
    std::set<std::uint64_t> marks;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        ManualClock clock{kStart};
        MemoryStore store{clock, {seed}};
        BatchMaker maker;
        maker.resume(store.load(kShard).value());
        int reports = 0;
        for (int i = 0; i < 6; ++i)
            store.commit(maker.next(), [&](const ports::CommitReport&) { ++reports; });
        store.step();
        store.step();
        store.crash();
        EXPECT_EQ(reports, 2);
        EXPECT_FALSE(store.step());
        marks.insert(store.load(kShard).value().mark.n.value);
    }
    EXPECT_EQ(*marks.begin(), 2U);
    EXPECT_EQ(*marks.rbegin(), 6U);
}

}  // namespace vault::store::test
