// What a store file tells of a restore: that it is a backup put back, how far its knowledge goes,
// and since when it is unread what happened on an account.
#include "daemon/store/sqlite/migrations.hpp"
#include "daemon/store/sqlite/store_copy.hpp"
#include "tests/unit/store/store_world.hpp"

#include <gtest/gtest.h>

namespace vault::store::test {
namespace {

const UtcTime kMade = kStart + std::chrono::hours{5};

ports::AuditRow command_at(std::uint64_t seq, UtcTime at) {
    ports::AuditRow row;
    row.seq = seq;
    row.at = at;
    row.actor = "ann";
    row.action = "vault.pause";
    row.outcome = "applied";
    return row;
}

}  // namespace

// A store that the release before this one made.
TEST(SqliteMigration, NothingIsUnreadOfAccountsOfBefore) {
    SqliteWorld world;
    world.make_old(
        {kMigration0001, kMigration0002, kMigration0003, kMigration0004, kMigration0005});
    world.edit(
        "INSERT INTO user VALUES (1, 'ann', 'member', 'USDT', 1, 'engine', 'active', 'keys');"
        "INSERT INTO account VALUES (1, 1, 'kraken', 'main', 2, 'u1')");
    world.open();
    EXPECT_EQ(world.ask("PRAGMA user_version"), std::to_string(kMigrations.size()));
    const auto accounts = world.store().load(kShard).value().accounts;
    ASSERT_EQ(accounts.size(), 1U);
    EXPECT_FALSE(accounts[0].history_unread_since);
    EXPECT_EQ(accounts[0].history, "");
}

TEST(SqliteRestored, WhatIsUnreadOfAnAccountSurvives) {
    SqliteWorld world;
    BatchMaker maker;
    maker.resume(world.store().load(kShard).value());
    ports::Batch batch = maker.next();
    maker.open_vaults(batch, 2);
    batch.accounts[1].history_unread_since = kMade;
    batch.accounts[1].history = "not read yet: it's \"gone\"";
    ASSERT_EQ(commit(world, batch).status, ports::CommitStatus::Durable);
    const ports::AccountRow written = batch.accounts[1];
    world.reopen();
    const auto snapshot = world.store().load(kShard).value();
    EXPECT_FALSE(snapshot.accounts[0].history_unread_since);
    EXPECT_EQ(snapshot.accounts[1].history_unread_since, kMade);
    EXPECT_EQ(snapshot.accounts[1].history, written.history);
    maker.resume(snapshot);
    ports::Batch read = maker.next();
    read.accounts = {written};
    read.accounts[0].history_unread_since.reset();
    read.accounts[0].history = "read";
    ASSERT_EQ(commit(world, read).status, ports::CommitStatus::Durable);
    world.reopen();
    const auto after = world.store().load(kShard).value();
    EXPECT_FALSE(after.accounts[1].history_unread_since);
    EXPECT_EQ(after.accounts[1].history, "read");
}

TEST(SqliteRestored, AStoreKnowsUntilItsLastCommandAndABackupUntilItWasMade) {
    SqliteWorld world;
    EXPECT_EQ(known_until(world.options.path + ".none"), UtcTime{});
    EXPECT_EQ(known_until(world.options.path), UtcTime{}) << "an empty trail";
    BatchMaker maker;
    maker.resume(world.store().load(kShard).value());
    ports::Batch batch = maker.next();
    maker.open_vaults(batch, 1);
    batch.audits = {command_at(1, kStart), command_at(2, kStart + std::chrono::minutes{1})};
    ASSERT_EQ(commit(world, batch).status, ports::CommitStatus::Durable);
    world.close();
    const std::string& path = world.options.path;
    EXPECT_EQ(known_until(path), kStart + std::chrono::minutes{1});
    EXPECT_EQ(restored_note(path), "");
    ASSERT_TRUE(note_restored(path, "an old one", kMade));
    EXPECT_EQ(restored_note(path), "an old one");
    EXPECT_EQ(known_until(path), kMade);
    world.open();
    world.made->forget_restored();
    world.settle();
    world.close();
    EXPECT_EQ(restored_note(path), "");
    EXPECT_EQ(known_until(path), kStart + std::chrono::minutes{1});
    world.open();
}

}  // namespace vault::store::test
