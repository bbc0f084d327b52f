// StoreReader: filters and paging, the same answers from both stores.
#include "tests/unit/store/store_world.hpp"

namespace vault::store::test {

template <class World>
class ReaderConformance : public testing::Test {
  protected:
    void SetUp() override {
        maker.resume(world.store().load(kShard).value());
        ports::Batch batch = maker.next();
        maker.open_vaults(batch, 2);
        commit(world, batch);
        for (int i = 0; i < 10; ++i) {
            ports::Batch next = maker.next();
            maker.deposit(next, VaultId{1});
            maker.history(next, VaultId{i % 2 == 0 ? 1U : 2U});
            next.pauses.front().target = i % 2 == 0 ? "v1.flash" : "v10";
            if (i == 9) next.sweeps.front().owner.user = UserId{7};
            ASSERT_EQ(commit(world, next).status, ports::CommitStatus::Durable);
        }
    }
    World world;
    BatchMaker maker;
};

using Worlds = testing::Types<MemoryWorld, SqliteWorld>;
TYPED_TEST_SUITE(ReaderConformance, Worlds);

TYPED_TEST(ReaderConformance, FiltersNarrow) {
    auto& reader = this->world.reader();
    ports::RowFilter filter;
    filter.vault = VaultId{1};
    EXPECT_EQ(reader.sweeps(filter).value().size(), 5U);
    EXPECT_EQ(reader.pauses(filter).value().size(), 5U);
    EXPECT_EQ(reader.events(filter).value().size(), 5U);
    filter.sleeve = SleeveKind::Quiet;
    EXPECT_EQ(reader.pauses(filter).value().size(), 0U);
    const auto quiet = reader.allocations(filter).value();
    for (const auto& row : quiet)
        EXPECT_EQ(row.sleeve, "quiet");
    filter = {};
    filter.user = UserId{7};
    EXPECT_EQ(reader.sweeps(filter).value().size(), 1U);
    EXPECT_EQ(reader.cycles(filter).value().size(), 0U);
    filter = {};
    filter.pair = Pair::parse("BTC/USDT").value();
    EXPECT_EQ(reader.fills(filter).value().size(), 0U);
    EXPECT_EQ(reader.prices(AccountId{1}, filter).value().size(), 0U);
    EXPECT_EQ(reader.prices(AccountId{1}, {}).value().size(), 5U);
}

TYPED_TEST(ReaderConformance, PagesHoldTheNewestOldestFirst) {
    auto& reader = this->world.reader();
    const auto all = reader.decisions({}).value();
    ASSERT_EQ(all.size(), 10U);
    for (std::size_t i = 1; i < all.size(); ++i)
        EXPECT_LT(all[i - 1].at, all[i].at);
    ports::RowFilter page;
    page.limit = 3;
    const auto newest = reader.decisions(page).value();
    ASSERT_EQ(newest.size(), 3U);
    EXPECT_EQ(newest.front().at, all[7].at);
    page.to = all[7].at;  // exclusive: the page before
    const auto before = reader.decisions(page).value();
    ASSERT_EQ(before.size(), 3U);
    EXPECT_EQ(before.back().at, all[6].at);
    page = {};
    page.from = all[9].at;
    EXPECT_EQ(reader.decisions(page).value().size(), 1U);
}

TYPED_TEST(ReaderConformance, EntriesGoBySeq) {
    auto& reader = this->world.reader();
    const auto part = reader.entries(VaultId{1}, 4, 3).value();
    ASSERT_EQ(part.size(), 3U);
    EXPECT_EQ(part.front().seq, 4U);
    EXPECT_EQ(part.back().prev_hash, part[1].hash);
    EXPECT_EQ(reader.entries(VaultId{2}, 1, 3).value().size(), 0U);
}

TEST(SqliteReader, RefusesWhatIsNoStore) {
    const TempDir dir;
    EXPECT_FALSE(SqliteReader::open(dir.file("absent.db")));
}

}  // namespace vault::store::test
