// What only SqliteStore has of sign-in and secrets: the migration to them, what the file shows to
// whoever reads it, damage, and the plans of the lists that are narrowed.
#include "daemon/store/sqlite/connection.hpp"
#include "daemon/store/sqlite/migrations.hpp"
#include "tests/unit/store/store_world.hpp"

#include <sqlite3.h>

namespace vault::store::test {

namespace {

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

ports::Sealed sealed(std::uint8_t seed, const std::string& ciphertext) {
    ports::Sealed made;
    made.nonce.fill(seed);
    made.ciphertext = ciphertext;
    return made;
}

const std::string kPlanted = "planted ciphertext";

// Every kind of row, of user u1. What is no text in it holds kPlanted.
void fill_people(ports::Batch& batch) {
    const UserId ann{1};
    Digest digest{};
    std::copy(kPlanted.begin(), kPlanted.end(), digest.begin());
    auto& identity = batch.identity;
    identity.credentials = {{ann, "$argon2id$", false, kStart}};
    identity.sessions = {{SessionId{1}, digest, ann, 7, kStart, kStart, {}, "the origin"}};
    identity.tokens = {{TokenId{1}, digest, ann, 7, "l", {"report.*"}, 9, kStart, kStart, {}, {}}};
    identity.totps = {{ann, ports::TotpHash::Sha1, 6, 30, true, 1, kStart}};
    identity.recovery_codes = {{ann, digest, {}}};
    identity.attempts = {{kPlanted, 7, {kStart, kStart}, 1, kStart, {}}};
    const ports::DataKeyVersion one{1};
    const ports::MasterVersion master{1};
    batch.secrets.put_masters = {{master, master, sealed(1, kPlanted)}};
    batch.secrets.put_data_keys = {{{ann, one}, one, master, sealed(2, kPlanted)}};
    batch.secrets.put_fields = {
        {{ann, AccountId{1}, ApiKeyId{1}, "api_secret"}, one, sealed(3, kPlanted)}};
}

class SqlitePeople : public testing::Test {
  protected:
    void SetUp() override {
        maker.resume(world.store().load(kShard).value());
        ports::Batch batch = maker.next();
        maker.open_vaults(batch, 1);
        fill_people(batch);
        const auto report = commit(world, batch);
        ASSERT_EQ(report.status, ports::CommitStatus::Durable) << report.message;
    }
    SqliteWorld world;
    BatchMaker maker;
};

}  // namespace

// A store that the release before this one made.
TEST(SqliteMigration, UsersOfBeforeAreActiveAndMayDoWhatTheirRoleMay) {
    SqliteWorld world;
    world.make_old({kMigration0001, kMigration0002, kMigration0003});
    world.edit(
        "INSERT INTO user VALUES (1, 'ann', 'admin', 'USDT,EUR', 1000, 'engine'), "
        "(2, 'bob', 'member', '', 2000, 'u1');"
        "INSERT INTO event VALUES (1, 2, 1, 'paper', 'u2', 5, 'info', 'x', 'v1', 'm', '{}')");
    world.open();
    EXPECT_EQ(world.ask("PRAGMA user_version"), std::to_string(kMigrations.size()));
    const auto snapshot = world.store().load(kShard).value();
    ASSERT_EQ(snapshot.users.size(), 2U);
    EXPECT_EQ(snapshot.users[0].name, "ann");
    EXPECT_EQ(snapshot.users[0].role, Role::Admin);
    EXPECT_EQ(snapshot.users[0].wallets.size(), 2U);
    EXPECT_EQ(snapshot.users[0].created_by, "engine");
    EXPECT_EQ(snapshot.users[1].role, Role::Member);
    EXPECT_EQ(snapshot.users[1].created_at.time_since_epoch().count(), 2000);
    for (const auto& user : snapshot.users) {
        EXPECT_EQ(user.status, UserStatus::Active);
        EXPECT_EQ(user.permissions, PermissionSet::all());
    }
    EXPECT_TRUE(snapshot.identity.credentials.empty());
    EXPECT_EQ(snapshot.identity.next_session, SessionId{1});
    EXPECT_TRUE(snapshot.secrets.masters.empty());
    EXPECT_EQ(snapshot.last_event, 1U);
    BatchMaker maker;
    maker.resume(snapshot);
    ports::Batch batch = maker.next();
    fill_people(batch);
    EXPECT_EQ(commit(world, batch).status, ports::CommitStatus::Durable);
    world.made->start_full_check();
    const auto report = world.made->await_full_check().value();
    EXPECT_TRUE(report.ok) << report.first_problem;
}

TEST_F(SqlitePeople, NoTextHoldsACiphertextOrAHash) {
    EXPECT_EQ(world.count_values("text", kPlanted), 0);
    // Three ciphertexts, two hashes of tokens, one of a code, the name that was tried.
    EXPECT_EQ(world.count_values("blob", kPlanted), 7);
    EXPECT_EQ(world.count_values("text", "the origin"), 1);
}

TEST_F(SqlitePeople, DamageIsFoundByTheStart) {
    const std::vector<std::pair<const char*, const char*>> damages{
        {"UPDATE session SET token_hash = x'00'", "session"},
        {"UPDATE robot_token SET token_hash = x'00'", "robot_token"},
        {"UPDATE recovery_code SET code_hash = x'00'", "recovery_code"},
        {"UPDATE credential SET must_change = 2", "credential"},
        {"UPDATE totp SET confirmed = 2", "totp"},
        {"UPDATE master_key SET nonce = x'00'", "master_key"},
        {"UPDATE data_key SET nonce = x'00'", "data_key"},
        {"UPDATE secret_field SET nonce = x'00'", "secret_field"},
        {"UPDATE totp SET hash = 'md5'", "column hash"},
        {"UPDATE user SET status = 'gone'", "column status"},
        {"UPDATE user SET permissions = 'trade,all'", "column permissions"},
        {"UPDATE robot_token SET patterns = 'report.*'", "column patterns"},
        {"UPDATE robot_token SET patterns = '9:report.*,'", "column patterns"},
        {"UPDATE robot_token SET patterns = '8:report.*;'", "column patterns"},
        {"UPDATE robot_token SET patterns = '-1:report.*,'", "column patterns"},
        {"UPDATE attempt SET checks = '1'", "column checks"},
        {"UPDATE attempt SET checks = 'x,'", "column checks"},
    };
    for (const auto& [sql, where] : damages) {
        const std::string said = world.start_says(sql);
        EXPECT_TRUE(contains(said, where)) << sql << "\n-> " << said;
    }
    EXPECT_EQ(world.start_says("SELECT 1"), "");
    // The sequence alone was lost: the rows that are there still count.
    EXPECT_EQ(world.start_says("DELETE FROM sqlite_sequence"), "");
    world.open();
    world.close();
    world.edit("DELETE FROM sqlite_sequence");
    world.open();
    EXPECT_EQ(world.store().load(kShard).value().identity.next_session, SessionId{2});
}

namespace {

std::vector<std::string> traced;

int note(unsigned, void*, void*, void* text) {
    traced.emplace_back(static_cast<const char*>(text));
    return 0;
}

int trace(sqlite3* db, char**, const sqlite3_api_routines*) {
    return sqlite3_trace_v2(db, SQLITE_TRACE_STMT, &note, nullptr);
}

// The statements that `ask` runs on a reader of its own, as the reader writes them.
template <class Ask>
std::vector<std::string> statements(const std::string& path, Ask ask) {
    const auto entry = reinterpret_cast<void (*)()>(&trace);
    EXPECT_EQ(sqlite3_auto_extension(entry), SQLITE_OK);
    auto reader = SqliteReader::open(path).value();
    EXPECT_EQ(sqlite3_cancel_auto_extension(entry), 1);
    traced.clear();
    ask(*reader);
    return std::exchange(traced, {});
}

// Its steps, each on a line.
std::string plan_of(const std::string& path, const std::string& sql) {
    auto connection = Connection::open(path, Connection::Access::ReadOnly).value();
    auto statement = Statement::prepare(connection, "EXPLAIN QUERY PLAN " + sql).value();
    std::string plan;
    while (statement.step().value())
        plan.append(statement.text(3)).push_back('\n');
    return plan;
}

void ask_every_list(ports::StoreReader& reader, const ports::Visible& visible) {
    ports::RowFilter filter;
    filter.visible = visible;
    EXPECT_TRUE(reader.orders(filter));
    EXPECT_TRUE(reader.fills(filter));
    EXPECT_TRUE(reader.decisions(filter));
    EXPECT_TRUE(reader.allocations(filter));
    EXPECT_TRUE(reader.sweeps(filter));
    EXPECT_TRUE(reader.pauses(filter));
    EXPECT_TRUE(reader.cycles(filter));
    EXPECT_TRUE(reader.day_closes(filter));
    EXPECT_TRUE(reader.events(filter));
    EXPECT_TRUE(reader.audits({.visible = visible}));
}

}  // namespace

// One's own rows come by an index that knows the user; with members among them the newest are read
// in order until there are enough, so that nothing is sorted that is not shown.
TEST_F(SqlitePeople, NarrowedListsStayOnAnIndex) {
    const auto expect_plans = [this](const ports::Visible& visible,
                                     const std::vector<std::string>& expected) {
        const auto asked = statements(world.options.path, [&](ports::StoreReader& reader) {
            ask_every_list(reader, visible);
        });
        ASSERT_EQ(asked.size(), expected.size());
        for (std::size_t i = 0; i < asked.size(); ++i) {
            const std::string plan = plan_of(world.options.path, asked[i]);
            EXPECT_TRUE(contains(plan, expected[i])) << asked[i] << "\n-> " << plan;
            EXPECT_FALSE(contains(plan, "MULTI-INDEX OR")) << asked[i] << "\n-> " << plan;
            const bool sorts = contains(plan, "B-TREE FOR ORDER BY");
            EXPECT_FALSE(visible.members && sorts) << asked[i] << "\n-> " << plan;
        }
    };
    std::vector<std::string> expected{"orders_time",     "fill_time",     "decision_time",
                                      "allocation_time", "sweep_time",    "pause_time",
                                      "cycle_time",      "day_close_time"};
    expected.insert(expected.end(), {"SEARCH event USING INDEX event_owner (user=?)",
                                     "SEARCH audit USING INDEX audit_user (user=?)"});
    expect_plans({.everyones = false, .own = UserId{1}}, expected);
    expected[8] = "SCAN event";  // by seq
    expected[9] = "SCAN audit";
    expect_plans({.everyones = false, .members = true, .own = UserId{1}}, expected);
}

}  // namespace vault::store::test
