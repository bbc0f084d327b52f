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

TYPED_TEST(ReaderConformance, JournalsEndAtTheirLastEntries) {
    ports::Batch batch = this->maker.next();
    this->maker.deposit(batch, VaultId{2});
    ASSERT_EQ(commit(this->world, batch).status, ports::CommitStatus::Durable);
    auto& reader = this->world.reader();
    const auto last = reader.entries(VaultId{1}, 10, 100).value();
    ASSERT_EQ(last.size(), 1U);
    const std::vector<ports::JournalHead> heads{{VaultId{1}, 10, last.front().hash},
                                                {VaultId{2}, 1, batch.entries.back().hash}};
    EXPECT_EQ(reader.journal_heads(VaultId{0}, 100).value(), heads);
    EXPECT_EQ(reader.journal_heads(VaultId{1}, 1).value(), std::vector{heads[0]});
    EXPECT_EQ(reader.journal_heads(VaultId{2}, 100).value(), std::vector{heads[1]});
    EXPECT_TRUE(reader.journal_heads(VaultId{3}, 100).value().empty());
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

TYPED_TEST(ReaderConformance, EventsGoBySeqAndKnowTheirSeverity) {
    auto& reader = this->world.reader();
    ports::Batch batch = this->maker.next();
    const auto add = [&](std::string severity, std::string object, UtcTime at) {
        batch.events.push_back({this->maker.next_event(), this->maker.owner(VaultId{1}), at,
                                std::move(severity), "x", std::move(object), "m", "{}"});
    };
    add("warning", "v1.flash", kStart + std::chrono::hours{9'000});
    add("alert", "v1.flash.3", kStart);  // another account's clock: earlier, and yet later told
    add("info", "v1.quiet", kStart);
    add("alert", "v10.flash", kStart);
    ASSERT_EQ(commit(this->world, batch).status, ports::CommitStatus::Durable);
    const auto seqs = [](const std::vector<ports::EventRow>& rows) {
        std::vector<std::uint64_t> found;
        for (const auto& row : rows)
            found.push_back(row.seq);
        return found;
    };
    using Seqs = std::vector<std::uint64_t>;
    ports::RowFilter filter;
    filter.limit = 4;
    EXPECT_EQ(seqs(reader.events(filter).value()), (Seqs{11, 12, 13, 14}));
    filter.severity = "warning";
    EXPECT_EQ(seqs(reader.events(filter).value()), (Seqs{11, 12, 14}));
    filter.severity = "alert";
    EXPECT_EQ(seqs(reader.events(filter).value()), (Seqs{12, 14}));
    filter.vault = VaultId{1};
    filter.sleeve = SleeveKind::Flash;
    EXPECT_EQ(seqs(reader.events(filter).value()), (Seqs{12}));
    EXPECT_EQ(seqs(reader.events_from(9, 3).value()), (Seqs{9, 10, 11}));
    EXPECT_EQ(seqs(reader.events_from(13, 100).value()), (Seqs{13, 14}));
    EXPECT_TRUE(reader.events_from(15, 100).value().empty());
    EXPECT_TRUE(reader.events_from(UINT64_MAX, 1).value().empty());
    this->world.reopen();
    EXPECT_EQ(this->world.store().load(kShard).value().last_event, 14U);
}

TYPED_TEST(ReaderConformance, TheAuditTrailIsNarrowedByWhoWhatAndWhen) {
    ports::Batch batch = this->maker.next();
    const auto add = [&batch](std::string actor, std::uint32_t user, std::string action,
                              std::string object, std::string outcome) {
        ports::AuditRow row;
        row.at = UtcTime{Duration{1'000 * static_cast<std::int64_t>(batch.audits.size())}};
        row.actor = std::move(actor);
        row.user = UserId{user};
        row.action = std::move(action);
        row.object = std::move(object);
        row.outcome = std::move(outcome);
        row.params_json = R"({"a":"it's"})";
        batch.audits.push_back(std::move(row));
    };
    add("ann", 1, "vault.allocate", "v1", "applied");
    add("bob", 2, "vault.pause", "v1.flash", "refused");
    add("ann", 2, "vaults", "v10", "applied");
    add("o'neil", 0, "halt", "", "applied");
    ports::ChainHead head;
    ports::seal(batch.audits, head);
    ASSERT_EQ(commit(this->world, batch).status, ports::CommitStatus::Durable);
    auto& reader = this->world.reader();
    const auto seqs = [&reader](const ports::AuditFilter& filter) {
        std::string text;
        const auto found = reader.audits(filter).value();
        for (const auto& row : found)
            text += std::to_string(row.seq);
        return text;
    };
    EXPECT_EQ(seqs({}), "1234");
    EXPECT_EQ(seqs({.limit = 2}), "34");
    EXPECT_EQ(seqs({.user = UserId{2}}), "23");
    EXPECT_EQ(seqs({.actor = "o'neil"}), "4");
    EXPECT_EQ(seqs({.action = "vault.*"}), "12");
    EXPECT_EQ(seqs({.action = "vault.pause"}), "2");
    EXPECT_EQ(seqs({.action = "vault.p"}), "");
    EXPECT_EQ(seqs({.object = "v1"}), "12");
    EXPECT_EQ(seqs({.outcome = "refused"}), "2");
    EXPECT_EQ(seqs({.from = UtcTime{Duration{1'000}}, .to = UtcTime{Duration{3'000}}}), "23");
    const auto page = reader.audits_from(2, 2).value();
    ASSERT_EQ(page.size(), 2U);
    EXPECT_EQ(page.front().seq, 2U);
    EXPECT_EQ(page.front().hash, batch.audits[1].hash);
    EXPECT_EQ(ports::audit_hash(page.back()), batch.audits[2].hash);
    EXPECT_EQ(this->world.store().load(kShard).value().audit, head);
}

TYPED_TEST(ReaderConformance, EntriesGoBySeq) {
    auto& reader = this->world.reader();
    const auto part = reader.entries(VaultId{1}, 4, 3).value();
    ASSERT_EQ(part.size(), 3U);
    EXPECT_EQ(part.front().seq, 4U);
    EXPECT_EQ(part.back().prev_hash, part[1].hash);
    EXPECT_EQ(reader.entries(VaultId{2}, 1, 3).value().size(), 0U);
}

TYPED_TEST(ReaderConformance, SingleRowsByTheirKeys) {
    auto& reader = this->world.reader();
    const auto fills = reader.fills({}).value();
    ASSERT_FALSE(fills.empty());
    for (const auto& row : fills) {
        const auto same = reader.fill(row.owner.account, row.fill.trade_id).value();
        ASSERT_TRUE(same) << row.fill.trade_id;
        EXPECT_EQ(same->fill, row.fill);
        EXPECT_FALSE(reader.fill(AccountId{77}, row.fill.trade_id).value());
    }
    const auto orders = reader.orders({}).value();
    ASSERT_FALSE(orders.empty());
    for (const auto& row : orders) {
        const auto same = reader.order(row.id).value();
        ASSERT_TRUE(same) << to_text(row.id);
        EXPECT_EQ(same->filled_cost, row.filled_cost);
        EXPECT_EQ(same->decided_at, row.decided_at);
    }
    const auto entries = reader.entries(VaultId{1}, 1, 100).value();
    ASSERT_FALSE(entries.empty());
    for (const auto& row : entries) {
        const auto same = reader.entry(row.vault, row.kind, row.cause).value();
        ASSERT_TRUE(same) << row.cause;
        EXPECT_EQ(same->seq, row.seq);
        EXPECT_EQ(same->hash, row.hash);
        EXPECT_FALSE(reader.entry(row.vault, row.kind, row.cause + "'").value());
        EXPECT_FALSE(reader.entry(VaultId{2}, row.kind, row.cause).value());
    }
    EXPECT_FALSE(reader.fill(AccountId{1}, "no such trade").value());
    EXPECT_FALSE(reader.order({VaultId{9}, SleeveKind::Quiet, 1}).value());
    ASSERT_TRUE(reader.user(UserId{1}).value());
    EXPECT_FALSE(reader.user(UserId{1}).value()->name.empty());
    EXPECT_FALSE(reader.user(UserId{99}).value());
}

TEST(SqliteReader, RefusesWhatIsNoStore) {
    const TempDir dir;
    EXPECT_FALSE(SqliteReader::open(dir.file("absent.db")));
}

}  // namespace vault::store::test
