// What only SqliteStore has of API keys: the migration to them, what the file shows to whoever
// reads it, damage, and that a key outlasts every retention.
#include "daemon/store/sqlite/codec.hpp"
#include "daemon/store/sqlite/migrations.hpp"
#include "tests/unit/store/store_world.hpp"

#include <fmt/format.h>

namespace vault::store::test {

namespace {

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

const std::string kPlanted = "planted digest";

// A key that has all it may have, a bare one and a policy with a pin. The digests hold kPlanted.
void fill_keys(ports::Batch& batch) {
    Digest digest{};
    std::copy(kPlanted.begin(), kPlanted.end(), digest.begin());
    ports::ApiKeyRow full;
    full.id = ApiKeyId{1};
    full.user = UserId{1};
    full.account = AccountId{1};
    full.key = {"AbCd…wXyZ", digest};
    full.check.emplace();
    full.check->expires_at = kStart;
    full.account_identity = digest;
    full.health.rate_left_pct = std::uint8_t{100};
    full.replaced_by = ApiKeyId{2};
    full.allow_withdrawal = ports::WithdrawalPermit{"ann", kStart};
    ports::ApiKeyRow bare;
    bare.id = ApiKeyId{2};
    bare.user = UserId{1};
    bare.account = AccountId{1};
    batch.api_keys = {full, bare};
    batch.key_policies = {{VaultId{1}, ports::KeyPolicy::Pinned, ApiKeyId{1}}};
}

class SqliteKeys : public testing::Test {
  protected:
    void SetUp() override {
        maker.resume(world.store().load(kShard).value());
        ports::Batch batch = maker.next();
        maker.open_vaults(batch, 1);
        fill_keys(batch);
        const auto report = commit(world, batch);
        ASSERT_EQ(report.status, ports::CommitStatus::Durable) << report.message;
    }
    // Each edit is found by a start, which names the place.
    void expect_found(const std::vector<std::string>& edits, const std::string& where) {
        for (const std::string& sql : edits) {
            const std::string said = world.start_says(sql);
            EXPECT_TRUE(contains(said, where)) << sql << "\n-> " << said;
        }
    }
    SqliteWorld world;
    BatchMaker maker;
};

}  // namespace

// A store that the release before this one made.
TEST(SqliteMigration, AccountsOfBeforeHaveNoKeysAndMayGetThem) {
    SqliteWorld world;
    world.make_old({kMigration0001, kMigration0002, kMigration0003, kMigration0004});
    world.edit(
        "INSERT INTO user VALUES (1, 'ann', 'member', 'USDT', 1, 'engine', 'active', 'keys');"
        "INSERT INTO account VALUES (1, 1, 'kraken', 'main', 2, 'u1');"
        "INSERT INTO vault VALUES (1, 1, 1, 'USDT', 'paper', 3, 'u1');"
        "INSERT INTO credential VALUES (1, 'h', 0, 4)");
    world.open();
    EXPECT_EQ(world.ask("PRAGMA user_version"), std::to_string(kMigrations.size()));
    const auto before = world.store().load(kShard).value();
    EXPECT_EQ(before.users.size(), 1U);
    EXPECT_EQ(before.accounts.size(), 1U);
    EXPECT_EQ(before.vaults.size(), 1U);
    EXPECT_EQ(before.identity.credentials.size(), 1U);
    EXPECT_TRUE(before.api_keys.empty());
    EXPECT_TRUE(before.key_policies.empty());
    BatchMaker maker;
    maker.resume(before);
    ports::Batch batch = maker.next();
    fill_keys(batch);
    ASSERT_EQ(commit(world, batch).status, ports::CommitStatus::Durable);
    const auto after = world.store().load(kShard).value();
    EXPECT_EQ(after.api_keys, batch.api_keys);
    EXPECT_EQ(after.key_policies, batch.key_policies);
    world.made->start_full_check();
    const auto report = world.made->await_full_check().value();
    EXPECT_TRUE(report.ok) << report.first_problem;
}

// Keys and secrets have no place in these tables: there is a column for each field of the row and
// none else, and what is made from a key is no text.
TEST_F(SqliteKeys, NoTextHoldsADigestAndNoColumnASecret) {
    EXPECT_EQ(world.count_values("text", kPlanted), 0);
    EXPECT_EQ(world.count_values("blob", kPlanted), 2);
    EXPECT_EQ(world.count_values("text", "AbCd…wXyZ"), 1);
    const auto columns = [this](const char* table) {
        return world.ask(fmt::format(
            "SELECT group_concat('\"' || name || '\"') FROM pragma_table_info('{}')", table));
    };
    EXPECT_EQ(columns("api_key"), column_list<ports::ApiKeyRow>());
    EXPECT_EQ(columns("key_policy"), column_list<ports::KeyPolicyRow>());
    EXPECT_EQ(world.ask("SELECT group_concat(name) FROM pragma_table_info('api_key') WHERE "
                        "type = 'BLOB'"),
              "digest,account_identity");
}

TEST_F(SqliteKeys, DamageOfTheTablesIsFoundByTheStart) {
    std::vector<std::string> edits;
    for (const char* set :
         {"digest = x'00'", "account_identity = x'00'", "checked = 0", "checked = 2",
          "check_at = NULL", "check_signature_accepted = NULL", "check_query_funds = NULL",
          "check_trade = NULL", "check_withdraw = NULL", "check_ip = NULL", "check_message = NULL",
          "check_signature_accepted = 2", "check_query_funds = 2", "check_trade = 2",
          "check_withdraw = 2", "withdrawal_allowed = 0", "withdrawal_allowed = 2",
          "withdrawal_by = NULL", "withdrawal_at = NULL"})
        edits.push_back(fmt::format("UPDATE api_key SET {} WHERE id = 1", set));
    // Of the bare key, of which these are NULL.
    for (const char* set : {"checked = 1", "check_at = 1", "check_ip = 'no'", "check_message = ''",
                            "check_expires_at = 1", "withdrawal_allowed = 1",
                            "withdrawal_by = 'ann'", "withdrawal_at = 1"})
        edits.push_back(fmt::format("UPDATE api_key SET {} WHERE id = 2", set));
    expect_found(edits, "table api_key");
    EXPECT_EQ(world.start_says("SELECT 1"), "");
}

TEST_F(SqliteKeys, DamagedValuesAreRefusedWithTheirColumn) {
    for (const auto& [column, value] :
         std::vector<std::pair<std::string, std::string>>{{"id", "4294967297"},
                                                          {"state", "'gone'"},
                                                          {"check_ip", "'maybe'"},
                                                          {"checks_without_answer", "-1"},
                                                          {"recent", "4294967296"},
                                                          {"auth_errors_in_row", "-1"},
                                                          {"rate_left_pct", "256"},
                                                          {"rate_left_pct", "-1"},
                                                          {"replaced_by", "4294967296"}})
        expect_found({fmt::format("UPDATE api_key SET {} = {} WHERE id = 1", column, value)},
                     "column " + column + " ");
    expect_found({"UPDATE key_policy SET policy = 'best'", "UPDATE key_policy SET policy = ''"},
                 "column policy ");
    expect_found({"UPDATE key_policy SET pinned = -1"}, "column pinned ");
    EXPECT_EQ(world.start_says("UPDATE api_key SET rate_left_pct = 255, label = 'x'"), "");
}

// The decoder asks for itself, whatever became of the CHECK.
TEST_F(SqliteKeys, AStructThatIsNotThereHasNoValues) {
    auto connection = Connection::open(world.options.path, Connection::Access::ReadOnly).value();
    for (const auto& [there, first] :
         {std::pair{"\"checked\"", "check_at"}, {"\"withdrawal_allowed\"", "withdrawal_by"}}) {
        std::string columns = column_list<ports::ApiKeyRow>();
        columns.replace(columns.find(there), std::string_view{there}.size(), "0");
        auto statement =
            Statement::prepare(connection, "SELECT " + columns + " FROM api_key ORDER BY id");
        ASSERT_TRUE(statement) << statement.error().message();
        ASSERT_TRUE(statement.value().step().value());
        const auto full = decode<ports::ApiKeyRow>(statement.value());
        ASSERT_FALSE(full);
        EXPECT_EQ(full.error().code(), Errc::StoreInvalid);
        EXPECT_TRUE(contains(full.error().message(), std::string{"column "} + first))
            << full.error().message();
        ASSERT_TRUE(statement.value().step().value());
        EXPECT_TRUE(decode<ports::ApiKeyRow>(statement.value()));
    }
}

TEST_F(SqliteKeys, ARetiredKeyStaysForEver) {
    const auto snapshot = world.store().load(kShard).value();
    auto keys = snapshot.api_keys;
    for (auto& key : keys)
        key.state = ports::KeyState::Retired;
    maker.resume(snapshot);
    ports::Batch batch = maker.next();
    batch.api_keys = keys;
    ASSERT_EQ(commit(world, batch).status, ports::CommitStatus::Durable);
    world.clock.set(kStart + std::chrono::hours{24 * 365 * 200});
    ASSERT_TRUE(world.made->prune());
    world.reopen();
    EXPECT_EQ(world.store().load(kShard).value().api_keys, keys);
}

}  // namespace vault::store::test
