// What SqliteStore refuses to open, and that a crash at any commit leaves a whole store.
#include "daemon/store/sqlite/migrations.hpp"
#include "tests/unit/store/store_world.hpp"

#include <csignal>
#include <fstream>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace vault::store::test {

namespace {

Error refusal(SqliteWorld& world) {
    auto opened = world.try_open();
    EXPECT_FALSE(opened);
    return opened ? Error{Errc::Internal, "opened"} : opened.error();
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST(SqliteOpen, ASecondDaemonIsRefused) {
    SqliteWorld world;
    const Error error = refusal(world);
    EXPECT_EQ(error.code(), Errc::StoreInvalid);
    EXPECT_TRUE(contains(error.message(), std::to_string(::getpid()))) << error.message();
    world.close();
    world.open();
}

TEST(SqliteOpen, SettingsAreReadBack) {
    SqliteWorld world;
    EXPECT_EQ(world.ask("PRAGMA journal_mode"), "wal");
    EXPECT_EQ(world.ask("PRAGMA application_id"), std::to_string(0x56415554));
}

TEST(SqliteOpen, ANewerSchemaIsRefused) {
    SqliteWorld world;
    world.close();
    world.edit("PRAGMA user_version = 99");
    const Error error = refusal(world);
    EXPECT_EQ(error.code(), Errc::StoreInvalid);
    EXPECT_TRUE(contains(error.message(), "99")) << error.message();
    EXPECT_TRUE(contains(error.hint(), "newer vaultd")) << error.hint();
}

// A store that the release before this one made, with what it had told people.
TEST(SqliteOpen, NoticesOfBeforeBecomeTheFirstEvents) {
    SqliteWorld world;
    world.make_old({kMigration0001});
    world.edit(
        "INSERT INTO notice(rowid, user, account, mode, actor, at, severity, event, object, "
        "message) VALUES (7, 1, 2, 'paper', 'u1', 2000, 'alert', 'cap_tripped', 'v1.flash', "
        "'it''s over'), (9, 3, 4, 'live', 'engine', 1000, 'info', 'deposit_booked', 'v2', "
        "'é')");
    world.open();
    EXPECT_EQ(world.ask("PRAGMA user_version"), std::to_string(kMigrations.size()));
    const auto rows = world.reader().events({}).value();
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].seq, 1U);
    EXPECT_EQ(rows[0].owner.user, UserId{1});
    EXPECT_EQ(rows[0].owner.account, AccountId{2});
    EXPECT_EQ(rows[0].type, "cap_tripped");
    EXPECT_EQ(rows[0].severity, "alert");
    EXPECT_EQ(rows[0].object, "v1.flash");
    EXPECT_EQ(rows[0].message, "it's over");
    EXPECT_EQ(rows[0].data_json, "{}");
    EXPECT_EQ(rows[1].seq, 2U);
    EXPECT_EQ(rows[1].owner.mode, Mode::Live);
    EXPECT_EQ(rows[1].owner.actor, "engine");
    EXPECT_EQ(rows[1].at.time_since_epoch().count(), 1000);
    EXPECT_EQ(rows[1].message, "é");
    EXPECT_EQ(world.store().load(kShard).value().last_event, 2U);
    EXPECT_EQ(world.ask("SELECT count(*) FROM sqlite_schema WHERE name = 'notice'"), "0");
}

TEST(SqliteOpen, AChangedSchemaIsRefused) {
    SqliteWorld world;
    world.close();
    world.edit("DROP INDEX entry_cause");
    const Error error = refusal(world);
    EXPECT_EQ(error.code(), Errc::StoreInvalid);
    EXPECT_TRUE(contains(error.message(), "schema")) << error.message();
}

TEST(SqliteOpen, ForeignFilesAreRefusedUntouched) {
    SqliteWorld world;
    world.close();
    for (const char* part : {"", "-wal", "-shm"})
        std::filesystem::remove(world.options.path + part);
    world.edit("CREATE TABLE songs(name TEXT)");
    EXPECT_TRUE(contains(refusal(world).message(), "another program"));
    EXPECT_EQ(world.ask("PRAGMA journal_mode"), "delete");
    std::filesystem::remove(world.options.path);
    std::ofstream{world.options.path} << std::string(8192, 'x');
    EXPECT_EQ(refusal(world).code(), Errc::StoreInvalid);
}

TEST(SqliteOpen, BadOptionsNameTheField) {
    SqliteWorld world;
    world.close();
    world.options.disk_stop_buys_pct = 101;
    EXPECT_EQ(refusal(world).field(), "store.disk_stop_buys_pct");
}

// A child writes, dies at a random moment (or at a chosen side of COMMIT); the parent opens the
// file.
class SqliteCrash : public testing::Test {
  protected:
    // Returns the last batch that the child saw reported durable.
    std::uint64_t run_child(SqliteWorld& world, std::int64_t before, std::int64_t after) {
        int pipe_ends[2];
        EXPECT_EQ(::pipe(pipe_ends), 0);
        const pid_t child = ::fork();
        if (child == 0) {
            const rlimit no_core{0, 0};
            ::setrlimit(RLIMIT_CORE, &no_core);
            FaultSites faults;
            faults.abort_before_commit = before;
            faults.abort_after_commit = after;
            world.options.faults = &faults;
            write_until_death(world, pipe_ends[1]);
        }
        ::close(pipe_ends[1]);
        std::uint64_t seen = 0, n = 0;
        while (::read(pipe_ends[0], &n, sizeof n) == sizeof n)
            seen = n;
        ::close(pipe_ends[0]);
        int status = 0;
        ::waitpid(child, &status, 0);
        EXPECT_FALSE(WIFEXITED(status) && WEXITSTATUS(status) == 77) << "the child could not load";
        return seen;
    }

    [[noreturn]] static void write_until_death(SqliteWorld& world, int out) {
        auto store = world.try_open();
        if (!store) ::_exit(77);
        auto loaded = store.value()->load(kShard);
        if (!loaded) ::_exit(77);
        BatchMaker maker{loaded.value().mark.n.value + 1};
        maker.resume(loaded.value());
        for (int i = 0; i < 30; ++i) {
            ports::Batch batch = maker.next();
            if (batch.n.value == 1) maker.open_vaults(batch, 1);
            maker.deposit(batch, VaultId{1}, "n:" + std::to_string(batch.n.value));
            store.value()->commit(batch, [out](const ports::CommitReport& report) {
                if (report.status == ports::CommitStatus::Durable &&
                    ::write(out, &report.n.value, sizeof report.n.value) < 0)
                    ::_exit(1);
            });
        }
        settle(*store.value());
        ::_exit(0);  // without close
    }
};

TEST_F(SqliteCrash, NothingDurableIsLost) {
    SqliteWorld world;
    world.options.checkpoint_every = 10;
    world.options.group_batches = 3;
    world.close();
    std::uint64_t last = 0;
    for (std::int64_t round = 0; round < 12; ++round) {
        const bool before = round % 3 == 0, after = round % 3 == 1;
        const auto seen = run_child(world, before ? round / 2 : -1, after ? round / 2 : -1);
        world.open();
        const auto loaded = world.store().load(kShard);
        ASSERT_TRUE(loaded) << loaded.error().message();
        const std::uint64_t n = loaded.value().mark.n.value;
        EXPECT_GE(n, std::max(seen, last));
        EXPECT_EQ(world.reader().entries(VaultId{1}, 1, 10'000).value().size(), n);
        last = n;
        world.close();
    }
    EXPECT_GT(last, 100U);
}

}  // namespace vault::store::test
