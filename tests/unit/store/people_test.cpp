// Rows of sign-in and of secrets: what is put comes back, what is dropped is gone, and a change of
// keys that was overtaken changes nothing. The same on SQLite and in memory.
#include "tests/unit/store/store_world.hpp"

#include <algorithm>

namespace vault::store::test {

namespace {

using ports::Batch;
using ports::CommitStatus;
using std::string_literals::operator""s;

constexpr UserId kAnn{1}, kBob{2}, kNobody{77};

UtcTime at(std::int64_t seconds) {
    return kStart + std::chrono::seconds{seconds};
}

ports::Sealed sealed(std::uint8_t seed, const std::string& ciphertext = "sealed\xff\x00..."s) {
    ports::Sealed made;
    made.nonce.fill(seed);
    made.nonce.back() = 0;
    made.ciphertext = ciphertext;
    return made;
}

ports::FieldRow secret(const std::string& name, std::uint32_t version, std::uint8_t seed) {
    return {{kAnn, AccountId{3}, ApiKeyId{4}, name}, ports::DataKeyVersion{version}, sealed(seed)};
}

ports::SessionRow session(std::uint64_t id, UserId user = kAnn) {
    return {
        SessionId{id},  sha256("session " + std::to_string(id)), user, 1000, at(1), at(2), at(3),
        "vaultctl on é"};
}

ports::RobotTokenRow token(std::uint64_t id) {
    return {TokenId{id}, sha256("token " + std::to_string(id)),
            kAnn,        4294967295U,
            "cron's",    {"report.*", "9:odd, one", "", "vault.show"},
            600,         at(1),
            at(2),       at(3),
            at(4)};
}

ports::TotpRow totp() {
    return {kAnn, ports::TotpHash::Sha512, 8, 60, true, 57'000'000, at(5)};
}

ports::RecoveryCodeRow code(UserId user, int n) {
    return {user, sha256(std::to_string(n)), {}};
}

ports::AttemptRow attempt(const std::string& account, UtcTime last) {
    return {account, 1000, {at(1), at(2)}, 7, last, at(4)};
}

ports::IdentityChanges some_identity() {
    ports::IdentityChanges changes;
    changes.credentials = {{kAnn, "$argon2id$v=19$m=65536,t=3,p=1$c2FsdA$aGFzaA", true, at(1)},
                           {kBob, "", false, at(2)}};
    changes.sessions = {session(2), session(7, kBob)};
    changes.sessions[1].stepped_up_at.reset();
    changes.tokens = {token(1), token(9)};
    changes.tokens[1].patterns.clear();
    changes.tokens[1].revoked_at.reset();
    changes.tokens[1].last_used_at.reset();
    changes.totps = {totp(), {kBob}};
    changes.recovery_codes = {code(kAnn, 1), code(kAnn, 2)};  // in the order of their hashes
    changes.recovery_codes[1].used_at = at(9);
    changes.attempts = {attempt("", at(3)), attempt("ann", at(3)), attempt("\xff\0b"s, at(3))};
    changes.attempts[1].checks.clear();
    changes.attempts[1].succeeded_at.reset();
    return changes;
}

ports::SecretChanges some_secrets() {
    ports::SecretChanges changes;
    changes.put_masters = {{ports::MasterVersion{1}, ports::MasterVersion{1}, sealed(1)},
                           {ports::MasterVersion{2}, ports::MasterVersion{1}, sealed(2, "")}};
    changes.put_data_keys = {{{kAnn, ports::DataKeyVersion{1}},
                              ports::DataKeyVersion{1},
                              ports::MasterVersion{2},
                              sealed(3)},
                             {{kAnn, ports::DataKeyVersion{2}},
                              ports::DataKeyVersion{1},
                              ports::MasterVersion{1},
                              sealed(4)},
                             {{kBob, ports::DataKeyVersion{1}},
                              ports::DataKeyVersion{1},
                              ports::MasterVersion{2},
                              sealed(5)}};
    changes.put_fields = {secret("api_secret", 1, 6), secret("totp_seed", 2, 7)};
    return changes;
}

ports::IdentityChanges backwards(ports::IdentityChanges changes) {
    std::ranges::reverse(changes.credentials);
    std::ranges::reverse(changes.sessions);
    std::ranges::reverse(changes.tokens);
    std::ranges::reverse(changes.totps);
    std::ranges::reverse(changes.recovery_codes);
    std::ranges::reverse(changes.attempts);
    return changes;
}

ports::SecretChanges backwards(ports::SecretChanges changes) {
    std::ranges::reverse(changes.put_masters);
    std::ranges::reverse(changes.put_data_keys);
    std::ranges::reverse(changes.put_fields);
    return changes;
}

void expect_same(const ports::IdentityRows& found, const ports::IdentityChanges& put) {
    EXPECT_EQ(found.credentials, put.credentials);
    EXPECT_EQ(found.sessions, put.sessions);
    EXPECT_EQ(found.tokens, put.tokens);
    EXPECT_EQ(found.totps, put.totps);
    EXPECT_EQ(found.recovery_codes, put.recovery_codes);
    EXPECT_EQ(found.attempts, put.attempts);
}

void expect_same(const ports::SecretRows& found, const ports::SecretChanges& put) {
    EXPECT_EQ(found.masters, put.put_masters);
    EXPECT_EQ(found.data_keys, put.put_data_keys);
    EXPECT_EQ(found.fields, put.put_fields);
}

}  // namespace

template <class World>
class PeopleConformance : public testing::Test {
  protected:
    void SetUp() override {
        load();
        Batch batch = maker.next();
        maker.open_vaults(batch, 1);
        batch.users.push_back({kBob,
                               "bob",
                               Role::Moderator,
                               UserStatus::Pending,
                               {Permission::Reports, Permission::Trade},
                               {},
                               at(0),
                               "u1"});
        ASSERT_EQ(commit(world, batch).status, CommitStatus::Durable);
    }
    ports::Snapshot load() {
        auto loaded = world.store().load(kShard);
        EXPECT_TRUE(loaded) << loaded.error().message();
        maker.resume(loaded.value());
        return std::move(loaded).value();
    }
    // Commits one batch, and loads if it was refused.
    ports::CommitReport change(ports::IdentityChanges identity, ports::SecretChanges secrets = {}) {
        Batch batch = maker.next();
        batch.identity = std::move(identity);
        batch.secrets = std::move(secrets);
        const auto report = commit(world, batch);
        if (report.status != CommitStatus::Durable) load();
        return report;
    }
    ports::CommitReport change(ports::SecretChanges secrets) {
        return change(ports::IdentityChanges{}, std::move(secrets));
    }
    void expect_refused(const ports::CommitReport& report) {
        EXPECT_EQ(report.status, CommitStatus::Failed);
        EXPECT_FALSE(report.message.empty());
    }
    World world;
    BatchMaker maker;
};

using Worlds = testing::Types<MemoryWorld, SqliteWorld>;
TYPED_TEST_SUITE(PeopleConformance, Worlds);

TYPED_TEST(PeopleConformance, WhatIsPutComesBackInTheOrderOfItsKeys) {
    const auto identity = some_identity();
    const auto secrets = some_secrets();
    ASSERT_EQ(this->change(backwards(identity), backwards(secrets)).status, CommitStatus::Durable);
    for (int start = 0; start < 2; ++start) {
        const auto snapshot = this->load();
        expect_same(snapshot.identity, identity);
        expect_same(snapshot.secrets, secrets);
        EXPECT_EQ(snapshot.identity.next_session, SessionId{8});
        this->world.reopen();
    }
}

TYPED_TEST(PeopleConformance, AUsersStatusAndPermissionsAreKept) {
    const auto users = this->load().users;
    ASSERT_EQ(users.size(), 2U);
    EXPECT_EQ(users[0].status, UserStatus::Active);
    EXPECT_EQ(users[0].permissions, PermissionSet::all());
    EXPECT_EQ(users[1].status, UserStatus::Pending);
    EXPECT_EQ(users[1].permissions, (PermissionSet{Permission::Trade, Permission::Reports}));
    Batch batch = this->maker.next();
    batch.users = {users[1]};
    batch.users[0].status = UserStatus::Disabled;
    batch.users[0].permissions = {};
    ASSERT_EQ(commit(this->world, batch).status, CommitStatus::Durable);
    const auto bob = this->world.reader().user(kBob).value().value();
    EXPECT_EQ(bob.status, UserStatus::Disabled);
    EXPECT_TRUE(bob.permissions.empty());
    EXPECT_EQ(bob.wallets, users[1].wallets);
    EXPECT_EQ(bob.created_by, "u1");
}

TYPED_TEST(PeopleConformance, APutReplacesTheRowOfItsKey) {
    ASSERT_EQ(this->change(some_identity(), some_secrets()).status, CommitStatus::Durable);
    auto identity = some_identity();
    auto secrets = some_secrets();
    identity.credentials[0] = {kAnn, "other", false, at(20)};
    identity.sessions[0] = {SessionId{2}, sha256("new"), kBob, 5, at(21), at(22), {}, "web"};
    identity.tokens[0] = {TokenId{1}, sha256("new"), kBob,   6,  "x", {"status"},
                          1,          at(23),        at(24), {}, {}};
    identity.totps[0] = {kAnn, ports::TotpHash::Sha256, 6, 30, false, 0, at(25)};
    identity.recovery_codes[0].used_at = at(26);
    identity.recovery_codes[1].used_at.reset();
    identity.attempts[0] = {"", 1000, {}, 0, at(27), {}};
    secrets.put_masters[0].least = ports::MasterVersion{9};
    secrets.put_masters[0].canary = sealed(9, "c");
    secrets.put_data_keys[1] = {{kAnn, ports::DataKeyVersion{2}},
                                ports::DataKeyVersion{2},
                                ports::MasterVersion{7},
                                sealed(8, "k")};
    secrets.put_fields[0].version = ports::DataKeyVersion{8};
    secrets.put_fields[0].value = sealed(8, "f");
    // Each key twice in one change: the later row counts.
    auto twice = some_secrets();
    twice.put_fields.insert(twice.put_fields.end(), secrets.put_fields.begin(),
                            secrets.put_fields.end());
    twice.put_masters = secrets.put_masters;
    twice.put_data_keys = secrets.put_data_keys;
    ASSERT_EQ(this->change(identity, twice).status, CommitStatus::Durable);
    const auto snapshot = this->load();
    expect_same(snapshot.identity, identity);
    expect_same(snapshot.secrets, secrets);
}

// Users, accounts, API keys and names are told apart, each by itself.
TYPED_TEST(PeopleConformance, EachPartOfAKeyCounts) {
    ports::SecretChanges secrets;
    secrets.put_fields = {secret("a", 1, 1), secret("b", 1, 2)};
    for (const auto& [user, account, key] :
         {std::tuple{1U, 3U, 5U}, {1U, 4U, 4U}, {2U, 3U, 4U}, {2U, 0U, 0U}}) {
        auto row = secret("a", 1, 3);
        row.id.user = UserId{user};
        row.id.account = AccountId{account};
        row.id.api_key = ApiKeyId{key};
        secrets.put_fields.push_back(row);
    }
    ports::IdentityChanges identity;
    identity.recovery_codes = {code(kAnn, 1), code(kBob, 1)};
    identity.attempts = {attempt("ann", at(1)), attempt("ann", at(1)), attempt("bob", at(1))};
    identity.attempts[1].uid = 1001;
    ASSERT_EQ(this->change(identity, secrets).status, CommitStatus::Durable);
    std::swap(secrets.put_fields[4], secrets.put_fields[5]);  // 2 0 0 before 2 3 4
    const auto snapshot = this->load();
    expect_same(snapshot.identity, identity);
    expect_same(snapshot.secrets, secrets);
    ports::SecretChanges drop;
    drop.drop_fields = {secrets.put_fields[0].id};
    ASSERT_EQ(this->change(drop).status, CommitStatus::Durable);
    secrets.put_fields.erase(secrets.put_fields.begin());
    expect_same(this->load().secrets, secrets);
}

TYPED_TEST(PeopleConformance, DropsTakeWhatTheyNameAndNoMore) {
    auto identity = some_identity();
    auto secrets = some_secrets();
    identity.recovery_codes.push_back(code(kBob, 5));
    ASSERT_EQ(this->change(identity, secrets).status, CommitStatus::Durable);
    ports::IdentityChanges drops;
    drops.ended_sessions = {SessionId{2}, SessionId{5}};
    drops.dropped_totps = {kAnn};
    drops.dropped_recovery_codes = {kAnn};
    ports::SecretChanges gone;
    gone.drop_masters = {ports::MasterVersion{1}};
    gone.drop_data_keys = {{kAnn, ports::DataKeyVersion{1}}, {kBob, ports::DataKeyVersion{2}}};
    gone.drop_fields = {secrets.put_fields[1].id, secret("no such", 1, 1).id};
    ASSERT_EQ(this->change(drops, gone).status, CommitStatus::Durable);
    identity.sessions.erase(identity.sessions.begin());
    identity.totps.erase(identity.totps.begin());
    identity.recovery_codes = {code(kBob, 5)};
    secrets.put_masters.erase(secrets.put_masters.begin());
    secrets.put_data_keys.erase(secrets.put_data_keys.begin());
    secrets.put_fields.pop_back();
    const auto snapshot = this->load();
    expect_same(snapshot.identity, identity);
    expect_same(snapshot.secrets, secrets);
}

TYPED_TEST(PeopleConformance, AttemptsGoThatEndedBeforeATime) {
    ports::IdentityChanges identity;
    identity.attempts = {attempt("a", at(9)), attempt("b", at(10)), attempt("c", at(11))};
    ASSERT_EQ(this->change(identity).status, CommitStatus::Durable);
    ASSERT_EQ(this->change(ports::IdentityChanges{}).status, CommitStatus::Durable);
    EXPECT_EQ(this->load().identity.attempts.size(), 3U);
    ports::IdentityChanges sweep;
    sweep.dropped_attempts_before = at(10);
    ASSERT_EQ(this->change(sweep).status, CommitStatus::Durable);
    identity.attempts.erase(identity.attempts.begin());
    expect_same(this->load().identity, identity);
}

TYPED_TEST(PeopleConformance, DropsComeBeforePuts) {
    auto identity = some_identity();
    auto secrets = some_secrets();
    ASSERT_EQ(this->change(identity, secrets).status, CommitStatus::Durable);
    identity.totps[0].digits = 7;
    identity.recovery_codes = {code(kAnn, 7)};
    secrets.put_fields[0].value = sealed(99);
    auto both = identity;
    both.ended_sessions = {SessionId{2}, SessionId{7}};
    both.dropped_totps = {kAnn};
    both.dropped_recovery_codes = {kAnn};
    both.dropped_attempts_before = at(1'000);
    auto all = secrets;
    all.drop_masters = {ports::MasterVersion{1}, ports::MasterVersion{2}};
    for (const auto& row : secrets.put_data_keys)
        all.drop_data_keys.push_back(row.id);
    for (const auto& row : secrets.put_fields)
        all.drop_fields.push_back(row.id);
    ASSERT_EQ(this->change(both, all).status, CommitStatus::Durable);
    const auto snapshot = this->load();
    expect_same(snapshot.identity, identity);
    expect_same(snapshot.secrets, secrets);
}

TYPED_TEST(PeopleConformance, AnIdOfASessionIsNeverGivenTwice) {
    EXPECT_EQ(this->load().identity.next_session, SessionId{1});
    ports::IdentityChanges opened;
    opened.sessions = {session(1), session(4)};
    ASSERT_EQ(this->change(opened).status, CommitStatus::Durable);
    ports::IdentityChanges ended;
    ended.ended_sessions = {SessionId{1}, SessionId{4}};
    ASSERT_EQ(this->change(ended).status, CommitStatus::Durable);
    EXPECT_TRUE(this->load().identity.sessions.empty());
    EXPECT_EQ(this->load().identity.next_session, SessionId{5});
    this->world.reopen();
    EXPECT_EQ(this->load().identity.next_session, SessionId{5});
    // Opened and ended between two batches: no row, and yet the id was given.
    ended.ended_sessions = {SessionId{6}, SessionId{2}};
    ASSERT_EQ(this->change(ended).status, CommitStatus::Durable);
    this->world.reopen();
    EXPECT_EQ(this->load().identity.next_session, SessionId{7});
    // A refused batch gives none.
    opened.sessions = {session(50), session(60, kNobody)};
    this->expect_refused(this->change(opened));
    EXPECT_EQ(this->load().identity.next_session, SessionId{7});
}

TYPED_TEST(PeopleConformance, RowsOfUnknownUsersAndTokensGivenTwiceAreRefused) {
    ASSERT_EQ(this->change(some_identity(), some_secrets()).status, CommitStatus::Durable);
    const std::string before = snapshot_text(this->load());
    const auto refused = [&](auto&& spoil) {
        ports::IdentityChanges identity;
        ports::SecretChanges secrets;
        spoil(identity, secrets);
        this->expect_refused(this->change(identity, secrets));
        EXPECT_EQ(snapshot_text(this->load()), before);
    };
    refused([](auto& identity, auto&) { identity.credentials = {{kNobody, "", false, at(1)}}; });
    refused([](auto& identity, auto&) { identity.sessions = {session(30, kNobody)}; });
    refused([](auto& identity, auto&) {
        identity.tokens = {token(30)};
        identity.tokens[0].user = kNobody;
    });
    refused([](auto& identity, auto&) {
        identity.totps = {totp()};
        identity.totps[0].user = kNobody;
    });
    refused([](auto& identity, auto&) { identity.recovery_codes = {code(kNobody, 1)}; });
    refused([](auto&, auto& secrets) {
        secrets.put_data_keys = some_secrets().put_data_keys;
        secrets.put_data_keys[0].id.user = kNobody;
    });
    refused([](auto&, auto& secrets) {
        secrets.put_fields = {secret("x", 1, 1)};
        secrets.put_fields[0].id.user = kNobody;
    });
    refused([](auto& identity, auto&) {
        identity.sessions = {session(30)};
        identity.sessions[0].token_hash = session(2).token_hash;
    });
    refused([](auto& identity, auto&) {
        identity.tokens = {token(30)};
        identity.tokens[0].token_hash = token(1).token_hash;
    });
    // A user may come with the rows that name it.
    Batch batch = this->maker.next();
    batch.users.resize(1);
    batch.users.front().id = kNobody;
    batch.users.front().name = "cy";
    batch.identity.credentials = {{kNobody, "h", false, at(1)}};
    EXPECT_EQ(commit(this->world, batch).status, CommitStatus::Durable);
}

TYPED_TEST(PeopleConformance, AResealReplacesOnlyTheValueThatItRead) {
    ports::SecretChanges secrets;
    secrets.put_fields = {secret("a", 1, 1), secret("b", 1, 2), secret("c", 1, 3)};
    ASSERT_EQ(this->change(secrets).status, CommitStatus::Durable);
    ports::SecretChanges newer;
    newer.put_fields = {secret("b", 2, 20)};
    ASSERT_EQ(this->change(newer).status, CommitStatus::Durable);
    ports::SecretChanges reseals;
    reseals.reseals = {{sealed(1).nonce, secret("a", 2, 11)},
                       {sealed(2).nonce, secret("b", 2, 12)},
                       {sealed(3).nonce, secret("c", 2, 13)},
                       {sealed(3).nonce, secret("c", 2, 14)},
                       {sealed(4).nonce, secret("no such", 2, 15)}};
    ASSERT_EQ(this->change(reseals).status, CommitStatus::Durable);
    const std::vector<ports::FieldRow> expected{secret("a", 2, 11), secret("b", 2, 20),
                                                secret("c", 2, 13)};
    EXPECT_EQ(this->load().secrets.fields, expected);
}

TYPED_TEST(PeopleConformance, AConditionThatFailsUndoesTheWholeBatch) {
    ports::SecretChanges secrets = some_secrets();  // fields of versions 1 and 2
    ASSERT_EQ(this->change(secrets).status, CommitStatus::Durable);
    const std::string before = snapshot_text(this->load());
    Batch batch = this->maker.next();
    this->maker.deposit(batch, VaultId{1});
    batch.identity.sessions = {session(9)};
    batch.secrets.drop_data_keys = {{kAnn, ports::DataKeyVersion{1}}};
    batch.secrets.put_fields = {secret("new", 2, 30)};
    batch.secrets.only_if = {kAnn, ports::DataKeyVersion{2}};
    const auto report = commit(this->world, batch);
    this->expect_refused(report);
    EXPECT_NE(report.message.find("u1"), std::string::npos) << report.message;
    EXPECT_EQ(snapshot_text(this->load()), before);
    EXPECT_TRUE(this->world.reader().entries(VaultId{1}, 1, 9).value().empty());
}

TYPED_TEST(PeopleConformance, AConditionIsJudgedByWhatItsBatchLeaves) {
    ASSERT_EQ(this->change(some_secrets()).status, CommitStatus::Durable);
    const auto only_if = [](UserId user, std::uint32_t version) {
        ports::SecretChanges changes;
        changes.only_if = {user, ports::DataKeyVersion{version}};
        return changes;
    };
    this->expect_refused(this->change(only_if(kAnn, 2)));
    EXPECT_EQ(this->change(only_if(kAnn, 1)).status, CommitStatus::Durable);
    EXPECT_EQ(this->change(only_if(kBob, 9)).status, CommitStatus::Durable);
    auto reseal = only_if(kAnn, 2);
    reseal.reseals = {{sealed(5).nonce, secret("api_secret", 2, 40)}};  // misses
    this->expect_refused(this->change(reseal));
    reseal.reseals = {{sealed(6).nonce, secret("api_secret", 2, 40)}};
    reseal.drop_data_keys = {{kAnn, ports::DataKeyVersion{1}}};
    EXPECT_EQ(this->change(reseal).status, CommitStatus::Durable);
    EXPECT_EQ(this->load().secrets.data_keys.size(), 2U);
    auto drop = only_if(kAnn, 3);
    drop.drop_fields = {secret("api_secret", 0, 0).id};
    this->expect_refused(this->change(drop));
    drop.drop_fields.push_back(secret("totp_seed", 0, 0).id);
    EXPECT_EQ(this->change(drop).status, CommitStatus::Durable);
    // No data key is left behind a master key that goes.
    ports::SecretChanges retire;
    retire.only_if_no_key_below = ports::MasterVersion{999};
    this->expect_refused(this->change(retire));
    retire.only_if_no_key_below = ports::MasterVersion{1};
    EXPECT_EQ(this->change(retire).status, CommitStatus::Durable);
    // What one batch of a group may not do spoils none before it.
    Batch good = this->maker.next();
    good.secrets.put_fields = {secret("x", 1, 1)};
    Batch bad = this->maker.next();
    bad.secrets = only_if(kAnn, 2);
    const auto reports = commit(this->world, {good, bad});
    ASSERT_EQ(reports.size(), 2U);
    EXPECT_EQ(reports[0].status, CommitStatus::Durable);
    EXPECT_EQ(reports[1].status, CommitStatus::Failed);
}

}  // namespace vault::store::test
