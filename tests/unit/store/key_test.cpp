// API keys and the key policies of vaults: each field comes back, with and without what may be
// missing, and nobody's rows are refused. The same on SQLite and in memory.
#include "tests/unit/store/store_world.hpp"

#include <algorithm>

namespace vault::store::test {

namespace {

using ports::ApiKeyRow;
using ports::Batch;
using ports::CommitStatus;
using ports::KeyPolicyRow;
using ports::KeyState;

UtcTime at(std::int64_t seconds) {
    return kStart + std::chrono::seconds{seconds};
}

// With everything that may be missing, and no two fields of a type alike.
ApiKeyRow full_key(std::uint32_t id) {
    ApiKeyRow row;
    row.id = ApiKeyId{id};
    row.user = UserId{1};
    row.account = AccountId{2};
    row.label = "main's é";
    row.key = {"AbCd…wXyZ", sha256("key " + std::to_string(id))};
    row.state = KeyState::Degraded;
    row.state_since = at(1);
    row.state_reason = "9 of 32 calls failed";
    row.created_at = at(2);
    row.created_by = "u1";
    row.check = {at(3), true, {true, false, true}, ports::IpRestriction::Yes, at(4), "too \"old\""};
    row.next_check_at = at(5);
    row.checks_without_answer = 0xfffffffeU;
    row.account_identity = sha256("kraken:iban");
    row.health = {0xffffffffffffffffULL, 7, 0x80000001U, 3, 250'000, at(6), "EAPI:Busy", 255};
    row.replaced_by = ApiKeyId{0xffffffffU};
    row.allow_withdrawal = ports::WithdrawalPermit{"ann", at(7)};
    return row;
}

ApiKeyRow bare_key(std::uint32_t id) {
    ApiKeyRow row;
    row.id = ApiKeyId{id};
    row.user = UserId{1};
    row.account = AccountId{1};
    return row;
}

KeyPolicyRow policy(std::uint32_t vault, ports::KeyPolicy rule = ports::KeyPolicy::Health) {
    return {VaultId{vault}, rule, {}};
}

}  // namespace

template <class World>
class KeyConformance : public testing::Test {
  protected:
    void SetUp() override {
        load();
        Batch batch = maker.next();
        maker.open_vaults(batch, 3);
        ASSERT_EQ(commit(world, batch).status, CommitStatus::Durable);
    }
    ports::Snapshot load() {
        auto loaded = world.store().load(kShard);
        EXPECT_TRUE(loaded) << loaded.error().message();
        maker.resume(loaded.value());
        return std::move(loaded).value();
    }
    // Commits one batch, and loads if it was refused.
    CommitStatus put(std::vector<ApiKeyRow> keys, std::vector<KeyPolicyRow> policies = {}) {
        Batch batch = maker.next();
        batch.api_keys = std::move(keys);
        batch.key_policies = std::move(policies);
        const auto report = commit(world, batch);
        if (report.status != CommitStatus::Durable) load();
        return report.status;
    }
    // Put alone and over what is there, it is what a load finds, also after a start.
    void expect_kept(const ApiKeyRow& row) {
        ASSERT_EQ(put({row}), CommitStatus::Durable);
        EXPECT_EQ(load().api_keys, std::vector{row});
        world.reopen();
        EXPECT_EQ(load().api_keys, std::vector{row});
    }
    World world;
    BatchMaker maker;
};

using Worlds = testing::Types<MemoryWorld, SqliteWorld>;
TYPED_TEST_SUITE(KeyConformance, Worlds);

TYPED_TEST(KeyConformance, AKeyComesBackWithAndWithoutWhatMayBeMissing) {
    this->expect_kept(full_key(1));
    this->expect_kept(bare_key(1));
    this->expect_kept(full_key(1));
    const auto without = [this](auto&& drop) {
        ApiKeyRow row = full_key(1);
        drop(row);
        this->expect_kept(row);
        row = bare_key(1);  // and that alone
        const ApiKeyRow full = full_key(1);
        row.check = full.check;
        row.allow_withdrawal = full.allow_withdrawal;
        drop(row);
        this->expect_kept(row);
    };
    without([](ApiKeyRow& row) { row.check.reset(); });
    without([](ApiKeyRow& row) { row.check->expires_at.reset(); });
    without([](ApiKeyRow& row) { row.next_check_at.reset(); });
    without([](ApiKeyRow& row) { row.account_identity.reset(); });
    without([](ApiKeyRow& row) { row.health.last_success.reset(); });
    without([](ApiKeyRow& row) { row.health.rate_left_pct.reset(); });
    without([](ApiKeyRow& row) { row.replaced_by.reset(); });
    without([](ApiKeyRow& row) { row.allow_withdrawal.reset(); });
}

// A struct that is there with nothing in it is another thing than none.
TYPED_TEST(KeyConformance, AnEmptyCheckIsNoMissingOne) {
    ApiKeyRow row = bare_key(1);
    row.check.emplace();
    row.account_identity.emplace();
    row.health.last_success.emplace();
    row.health.rate_left_pct = std::uint8_t{0};
    row.replaced_by.emplace();
    row.allow_withdrawal.emplace();
    row.next_check_at.emplace();
    this->expect_kept(row);
}

TYPED_TEST(KeyConformance, EveryWordAndEveryRightIsKept) {
    ApiKeyRow row = full_key(1);
    for (const KeyState state : {KeyState::New, KeyState::Valid, KeyState::Degraded,
                                 KeyState::Quarantined, KeyState::Retired}) {
        row.state = state;
        this->expect_kept(row);
    }
    using ports::IpRestriction;
    for (const auto ip : {IpRestriction::Unknown, IpRestriction::No, IpRestriction::Yes}) {
        row.check->ip = ip;
        this->expect_kept(row);
    }
    for (int bit = 0; bit < 4; ++bit) {
        row.check->signature_accepted = bit == 0;
        row.check->rights = {bit == 1, bit == 2, bit == 3};
        this->expect_kept(row);
    }
    using ports::KeyPolicy;
    std::vector<KeyPolicyRow> policies{policy(1, KeyPolicy::RoundRobin),
                                       policy(2, KeyPolicy::Health), policy(3, KeyPolicy::Pinned)};
    policies[2].pinned = ApiKeyId{0xffffffffU};
    ASSERT_EQ(this->put({}, policies), CommitStatus::Durable);
    this->world.reopen();
    EXPECT_EQ(this->load().key_policies, policies);
}

TYPED_TEST(KeyConformance, RowsComeInTheOrderOfTheirKeys) {
    std::vector<ApiKeyRow> keys;
    for (std::uint32_t id = 1; id <= 12; ++id)
        keys.push_back(id % 2 == 0 ? full_key(id) : bare_key(id));
    std::vector<KeyPolicyRow> policies{policy(1), policy(2), policy(3)};
    auto keys_back = keys;
    auto policies_back = policies;
    std::ranges::reverse(keys_back);
    std::ranges::reverse(policies_back);
    ASSERT_EQ(this->put(keys_back, policies_back), CommitStatus::Durable);
    const auto snapshot = this->load();
    EXPECT_EQ(snapshot.api_keys, keys);
    EXPECT_EQ(snapshot.key_policies, policies);
}

TYPED_TEST(KeyConformance, APutReplacesTheRowOfItsKeyAndNoOther) {
    ASSERT_EQ(this->put({full_key(1), full_key(2)}, {policy(1), policy(2)}), CommitStatus::Durable);
    // Twice in one batch: the later row counts.
    ApiKeyRow later = bare_key(2);
    later.state = KeyState::Retired;
    KeyPolicyRow pinned = policy(2, ports::KeyPolicy::Pinned);
    pinned.pinned = ApiKeyId{1};
    ASSERT_EQ(this->put({bare_key(2), later}, {policy(2, ports::KeyPolicy::RoundRobin), pinned}),
              CommitStatus::Durable);
    auto snapshot = this->load();
    EXPECT_EQ(snapshot.api_keys, (std::vector{full_key(1), later}));
    EXPECT_EQ(snapshot.key_policies, (std::vector{policy(1), pinned}));
    ASSERT_EQ(this->put({}, {policy(2)}), CommitStatus::Durable);  // the pin goes with its rule
    snapshot = this->load();
    EXPECT_EQ(snapshot.api_keys, (std::vector{full_key(1), later}));
    EXPECT_EQ(snapshot.key_policies, (std::vector{policy(1), policy(2)}));
}

// The old key names the new one, whichever comes first; the same key may come back under a new id
// once the old one is retired.
TYPED_TEST(KeyConformance, ARotationIsOneBatch) {
    ApiKeyRow old_key = full_key(1);
    ASSERT_EQ(this->put({old_key}), CommitStatus::Durable);
    old_key.replaced_by = ApiKeyId{2};
    old_key.state = KeyState::Retired;
    ApiKeyRow new_key = bare_key(2);
    new_key.key = old_key.key;
    ASSERT_EQ(this->put({new_key, old_key}), CommitStatus::Durable);
    EXPECT_EQ(this->load().api_keys, (std::vector{old_key, new_key}));
}

TYPED_TEST(KeyConformance, RowsOfUnknownUsersAccountsAndVaultsAreRefused) {
    ASSERT_EQ(this->put({full_key(1)}, {policy(1)}), CommitStatus::Durable);
    const std::string before = snapshot_text(this->load());
    ApiKeyRow nobodys = bare_key(2);
    nobodys.user = UserId{77};
    EXPECT_EQ(this->put({bare_key(2), nobodys}), CommitStatus::Failed);
    EXPECT_EQ(snapshot_text(this->load()), before);
    ApiKeyRow nowhere = full_key(1);
    nowhere.account = AccountId{77};
    EXPECT_EQ(this->put({nowhere}), CommitStatus::Failed);
    EXPECT_EQ(snapshot_text(this->load()), before);
    EXPECT_EQ(this->put({bare_key(2)}, {policy(2), policy(77)}), CommitStatus::Failed);
    EXPECT_EQ(snapshot_text(this->load()), before);
}

TYPED_TEST(KeyConformance, UserAccountAndVaultMayComeWithTheRowsThatNameThem) {
    Batch batch = this->maker.next();
    this->maker.open_vaults(batch, 1);
    batch.users[0].id = batch.accounts[0].user = batch.vaults[0].user = UserId{8};
    batch.users[0].name = "cy";
    batch.accounts[0].id = batch.vaults[0].account = AccountId{9};
    batch.vaults[0].id = VaultId{10};
    ApiKeyRow row = full_key(1);
    row.user = UserId{8};
    row.account = AccountId{9};
    batch.api_keys = {row};
    batch.key_policies = {policy(10)};
    const auto report = commit(this->world, batch);
    ASSERT_EQ(report.status, CommitStatus::Durable) << report.message;
    const auto snapshot = this->load();
    EXPECT_EQ(snapshot.api_keys, std::vector{row});
    EXPECT_EQ(snapshot.key_policies, std::vector{policy(10)});
}

// One row that may not be undoes the whole batch, and a batch that fails for another reason leaves
// no key behind.
TYPED_TEST(KeyConformance, KeysAreWholeOrNothingWithTheirBatch) {
    Batch batch = this->maker.next();
    this->maker.deposit(batch, VaultId{1});
    batch.api_keys = {full_key(1)};
    batch.key_policies = {policy(77)};
    EXPECT_EQ(commit(this->world, batch).status, CommitStatus::Failed);
    this->load();
    EXPECT_TRUE(this->world.reader().entries(VaultId{1}, 1, 9).value().empty());
    batch = this->maker.next();
    batch.api_keys = {full_key(1)};
    batch.key_policies = {policy(1)};
    batch.identity.credentials = {{UserId{77}, "", false, at(1)}};
    EXPECT_EQ(commit(this->world, batch).status, CommitStatus::Failed);
    const auto snapshot = this->load();
    EXPECT_TRUE(snapshot.api_keys.empty());
    EXPECT_TRUE(snapshot.key_policies.empty());
}

}  // namespace vault::store::test
