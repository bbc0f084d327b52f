// Somebody edits the file: load or the full check must find it and name vault and seq.
#include "tests/unit/store/store_world.hpp"

namespace vault::store::test {

namespace {

constexpr int kEntries = 30;  // per vault; checkpoints at every 10

class SqliteTamper : public testing::Test {
  protected:
    void SetUp() override {
        world.options.checkpoint_every = 10;
        world.reopen();
        BatchMaker maker;
        maker.resume(world.store().load(kShard).value());
        ports::Batch batch = maker.next();
        maker.open_vaults(batch, 2);
        for (int i = 0; i < kEntries; ++i) {
            maker.deposit(batch, VaultId{1});
            maker.deposit(batch, VaultId{2});
        }
        for (int i = 0; i < 9; ++i) {
            ports::AuditRow row;
            row.actor = "ann";
            row.action = "vault.pause";
            row.object = "v1";
            row.outcome = "applied";
            row.params_json = "{}";
            batch.audits.push_back(row);
        }
        ports::ChainHead head;
        ports::seal(batch.audits, head);
        ASSERT_EQ(commit(world, batch).status, ports::CommitStatus::Durable);
        world.close();
        ASSERT_EQ(world.ask("SELECT group_concat(seq) FROM checkpoint"), "30,30");
    }

    // What load() says after the edit; empty if it found nothing.
    std::string load_says(const std::string& sql) {
        world.edit(sql);
        auto opened = world.try_open();
        if (!opened) return opened.error().message();
        auto loaded = opened.value()->load(kShard);
        if (!loaded) {
            EXPECT_EQ(loaded.error().code(), Errc::StoreInvalid);
            EXPECT_FALSE(loaded.error().hint().empty());
        }
        return loaded ? "" : loaded.error().message();
    }
    std::string full_check_says(std::optional<VaultId> vault = std::nullopt) {
        const auto report = verify(world.options.path, vault, {});
        return report ? report.value().first_problem : report.error().message();
    }
    void expect_found(const std::string& sql, const std::string& where) {
        std::string said = load_says(sql);
        if (said.empty()) said = full_check_says();
        EXPECT_NE(said.find(where), std::string::npos) << sql << "\n-> " << said;
    }
    SqliteWorld world;
};

const char* const kEntry5 = "id = (1 << 32) + 5";

}  // namespace

// Whoever can write the file but has no key: each of these is found, most of them by the start.
TEST_F(SqliteTamper, TheAuditTrail) {
    for (const char* const sql : {
             "UPDATE audit SET actor = 'bob' WHERE seq = 1",
             "UPDATE audit SET outcome = 'refused' WHERE seq = 9",
             "UPDATE audit SET at = at + 1 WHERE seq = 5",
             "UPDATE audit SET params = '{\"x\":1}' WHERE seq = 3",
             "UPDATE audit SET user = 7 WHERE seq = 2",
             "UPDATE audit SET hash = prev_hash WHERE seq = 4",
             "DELETE FROM audit WHERE seq = 1",
             "DELETE FROM audit WHERE seq = 5",
             "DELETE FROM audit WHERE seq = 9",
             "DELETE FROM audit",
             "UPDATE audit SET seq = -seq WHERE seq IN (3, 4)",
             "UPDATE audit SET seq = 12 - seq WHERE seq = 2",
             "INSERT INTO audit SELECT 10, at, actor, user, action, object, outcome, message, "
             "params, prev_hash, hash FROM audit WHERE seq = 9",
             "UPDATE meta SET value = 'x' WHERE key = 'audit_head'",
             "UPDATE meta SET value = '8' || substr(value, 2) WHERE key = 'audit_head'",
         }) {
        const std::string copy = world.options.path + ".copy";
        std::filesystem::copy_file(world.options.path, copy);
        expect_found(sql, "audit trail");
        for (const char* part : {"", "-wal", "-shm"})
            std::filesystem::remove(world.options.path + part);
        std::filesystem::rename(copy, world.options.path);
    }
    EXPECT_EQ(load_says("PRAGMA user_version"), "");
}

TEST_F(SqliteTamper, NothingIsFoundInAnHonestStore) {
    EXPECT_EQ(load_says("PRAGMA user_version"), "");
    const auto report = verify(world.options.path, std::nullopt, {}).value();
    EXPECT_TRUE(report.ok) << report.first_problem;
    EXPECT_EQ(report.entries, 2U * kEntries);
    EXPECT_EQ(report.vaults, 2U);
    EXPECT_EQ(verify(world.options.path, VaultId{2}, {}).value().entries, 1U * kEntries);
    const auto aborted = verify(world.options.path, std::nullopt, [](auto) { return false; });
    EXPECT_TRUE(aborted.value().aborted);
    EXPECT_FALSE(aborted.value().ok);
}

TEST_F(SqliteTamper, AFlippedFieldOfAnOldEntry) {
    expect_found(std::string{"UPDATE entry SET actor = 'u9' WHERE "} + kEntry5, "v1, entry 5");
}
TEST_F(SqliteTamper, AnotherOwnerOfAnOldEntry) {
    expect_found(std::string{"UPDATE entry SET user = user + 1 WHERE "} + kEntry5, "v1, entry 5");
}
TEST_F(SqliteTamper, AnotherAccountOfAnOldEntry) {
    expect_found(std::string{"UPDATE entry SET account = 2 WHERE "} + kEntry5, "v1, entry 5");
}
TEST_F(SqliteTamper, AnEditedAmountOfAnOldEntry) {
    expect_found(
        std::string{"UPDATE entry SET postings = replace(postings, '1', '2') WHERE "} + kEntry5,
        "v1, entry 5");
}
TEST_F(SqliteTamper, AFlippedHash) {
    expect_found(std::string{"UPDATE entry SET hash = zeroblob(32) WHERE "} + kEntry5,
                 "v1, entry 5");
}
TEST_F(SqliteTamper, ADeletedEntry) {
    expect_found(std::string{"DELETE FROM entry WHERE "} + kEntry5, "v1, entry 5");
}
TEST_F(SqliteTamper, ADeletedTail) {
    expect_found("DELETE FROM entry WHERE vault = 2 AND seq > 29", "v2, entry 30");
}
TEST_F(SqliteTamper, TwoEntriesSwapped) {
    expect_found(
        "UPDATE entry SET id = 99 WHERE id = (1 << 32) + 5;"
        "UPDATE entry SET id = (1 << 32) + 5 WHERE id = (1 << 32) + 6;"
        "UPDATE entry SET id = (1 << 32) + 6 WHERE id = 99",
        "v1, entry 5");
}
TEST_F(SqliteTamper, AnEditedBalance) {
    expect_found("UPDATE balance SET amount = '1' WHERE vault = 2 AND ledger_account = 'reserve'",
                 "v2, entry 30");
}
TEST_F(SqliteTamper, AnAddedBalance) {
    expect_found("INSERT INTO balance VALUES(1, 'flash.cash', 'USDT', '5')", "v1, entry 30");
}
TEST_F(SqliteTamper, AnEditedCheckpoint) {
    expect_found("UPDATE checkpoint SET balances = replace(balances, '1', '2') WHERE vault = 1",
                 "v1, entry 30");
}
TEST_F(SqliteTamper, AnotherSignersCheckpoint) {
    world.signer = TestSigner{"other"};
    EXPECT_NE(load_says("PRAGMA user_version").find("signature"), std::string::npos);
    const char* const as_the_hints_say =
        "DELETE FROM checkpoint; DELETE FROM meta WHERE key = 'audit_head'";
    EXPECT_EQ(load_says(as_the_hints_say), "");
}
TEST_F(SqliteTamper, AStrayVault) {
    expect_found(
        "PRAGMA foreign_keys = OFF; DELETE FROM checkpoint WHERE vault = 2;"
        "DELETE FROM balance WHERE vault = 2; DELETE FROM vault WHERE id = 2",
        "v2, entry 1");
}
TEST_F(SqliteTamper, WithoutACheckpointTheWholeJournalIsProved) {
    EXPECT_NE(load_says(std::string{"DELETE FROM checkpoint; UPDATE entry SET actor = 'x' WHERE "} +
                        kEntry5)
                  .find("v1, entry 5"),
              std::string::npos);
}
TEST_F(SqliteTamper, TheBackgroundCheckReportsInHealth) {
    world.edit(std::string{"UPDATE entry SET actor = 'u9' WHERE "} + kEntry5);
    world.options.full_check = true;
    world.open();
    ASSERT_TRUE(world.store().load(kShard));
    EXPECT_FALSE(world.made->await_full_check().value().ok);
    EXPECT_TRUE(world.store().health().full_check_done);
    EXPECT_TRUE(world.store().health().full_check_failed);
    EXPECT_NE(world.store().health().message.find("v1, entry 5"), std::string::npos);
}

}  // namespace vault::store::test
