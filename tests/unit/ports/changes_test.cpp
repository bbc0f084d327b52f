// Changes that share a batch: drops come before puts there, so the one that comes first must not
// put what the later one drops. Compared with what a store has after both, one batch each.
#include "common/base/random.hpp"
#include "daemon/ports/identity_rows.hpp"
#include "daemon/ports/secret_rows.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace vault::ports {
namespace {

constexpr UserId kAnn{1};
constexpr UserId kBob{2};

SessionRow session(std::uint64_t id, std::string origin = {}) {
    SessionRow row;
    row.id = SessionId{id};
    row.user = kAnn;
    row.origin = std::move(origin);
    return row;
}

FieldId field(UserId user, std::string name) {
    return {.user = user, .account = {}, .api_key = {}, .name = std::move(name)};
}

FieldRow field_row(UserId user, std::string name, std::string value, std::uint8_t nonce = 0) {
    FieldRow row{field(user, std::move(name)), DataKeyVersion{1}, {{}, std::move(value)}};
    row.value.nonce.fill(nonce);
    return row;
}

IdentityChanges joined(IdentityChanges first, IdentityChanges later) {
    append(first, std::move(later));
    return first;
}

TEST(IdentityAppend, ASessionThatEndsIsNotPutByTheCallBefore) {
    IdentityChanges login, logout;
    login.sessions = {session(1), session(2)};
    logout.ended_sessions = {SessionId{1}};
    const auto both = joined(login, logout);
    ASSERT_EQ(both.sessions.size(), 1U);
    EXPECT_EQ(both.sessions[0].id, SessionId{2});
    EXPECT_EQ(both.ended_sessions, std::vector{SessionId{1}});
}

TEST(IdentityAppend, APutAfterADropStays) {
    IdentityChanges drop, put;
    drop.ended_sessions = {SessionId{1}};
    drop.dropped_totps = {kAnn};
    drop.dropped_recovery_codes = {kAnn};
    put.sessions = {session(1)};
    put.totps = {{.user = kAnn}};
    put.recovery_codes = {{.user = kAnn}};
    const auto both = joined(drop, put);
    EXPECT_EQ(both.sessions.size(), 1U);
    EXPECT_EQ(both.totps.size(), 1U);
    EXPECT_EQ(both.recovery_codes.size(), 1U);
    EXPECT_EQ(both.dropped_totps, std::vector{kAnn});
}

TEST(IdentityAppend, AFactorThatIsDroppedTakesWhatWasPutAlong) {
    IdentityChanges enroll, disable;
    enroll.totps = {{.user = kAnn}, {.user = kBob}};
    enroll.recovery_codes = {{.user = kAnn}, {.user = kBob}};
    disable.dropped_totps = {kAnn};
    disable.dropped_recovery_codes = {kAnn};
    const auto both = joined(enroll, disable);
    ASSERT_EQ(both.totps.size(), 1U);
    EXPECT_EQ(both.totps[0].user, kBob);
    ASSERT_EQ(both.recovery_codes.size(), 1U);
    EXPECT_EQ(both.recovery_codes[0].user, kBob);
}

TEST(IdentityAppend, OldTriesGoAndTheLaterLimitCounts) {
    const UtcTime now{std::chrono::seconds{1'000'000}};
    IdentityChanges tries, sweep;
    tries.attempts = {{.account = "old", .last_at = now - std::chrono::hours{1}},
                      {.account = "new", .last_at = now}};
    tries.dropped_attempts_before = now - std::chrono::hours{9};
    sweep.dropped_attempts_before = now;
    const auto both = joined(tries, sweep);
    ASSERT_EQ(both.attempts.size(), 1U);
    EXPECT_EQ(both.attempts[0].account, "new");
    EXPECT_EQ(both.dropped_attempts_before, now);
    EXPECT_EQ(joined(sweep, tries).dropped_attempts_before, now);
}

// A store of the rows that these tests put: what a batch does to it, drops first.
struct Kept {
    std::map<SessionId, std::string> sessions;
    std::map<UserId, std::uint64_t> totps;
    std::map<std::pair<UserId, int>, bool> codes;
    std::map<std::string, std::string> fields;
    friend bool operator==(const Kept&, const Kept&) = default;

    static std::string key(const FieldId& id) { return to_text(id.user) + id.name; }
    void apply(const IdentityChanges& changes, const SecretChanges& secrets) {
        for (const SessionId id : changes.ended_sessions)
            sessions.erase(id);
        for (const UserId user : changes.dropped_totps)
            totps.erase(user);
        for (const UserId user : changes.dropped_recovery_codes)
            std::erase_if(codes, [&](const auto& item) { return item.first.first == user; });
        for (const SessionRow& row : changes.sessions)
            sessions[row.id] = row.origin;
        for (const TotpRow& row : changes.totps)
            totps[row.user] = row.last_step;
        for (const RecoveryCodeRow& row : changes.recovery_codes)
            codes[{row.user, row.code_hash[0]}] = row.used_at.has_value();
        for (const FieldId& id : secrets.drop_fields)
            fields.erase(key(id));
        for (const FieldRow& row : secrets.put_fields)
            fields[key(row.id)] = row.value.ciphertext;
    }
};

IdentityChanges any_identity(Random& random, int step) {
    IdentityChanges changes;
    const auto user = [&] { return UserId{static_cast<std::uint32_t>(1 + random.below(2))}; };
    if (random.below(2) == 0)
        changes.sessions.push_back(session(1 + random.below(3), std::to_string(step)));
    if (random.below(2) == 0) changes.ended_sessions.push_back(SessionId{1 + random.below(3)});
    if (random.below(3) == 0)
        changes.totps.push_back({.user = user(), .last_step = static_cast<std::uint64_t>(step)});
    if (random.below(3) == 0) changes.dropped_totps.push_back(user());
    if (random.below(3) == 0) {
        RecoveryCodeRow row{.user = user()};
        row.code_hash[0] = static_cast<std::uint8_t>(random.below(3));
        if (random.below(2) == 0) row.used_at = UtcTime{};
        changes.recovery_codes.push_back(row);
    }
    if (random.below(3) == 0) changes.dropped_recovery_codes.push_back(user());
    return changes;
}

SecretChanges any_secrets(Random& random, int step) {
    SecretChanges changes;
    const auto name = [&] { return std::string(1, static_cast<char>('a' + random.below(3))); };
    if (random.below(2) == 0)
        changes.put_fields.push_back(field_row(kAnn, name(), std::to_string(step)));
    if (random.below(2) == 0) changes.drop_fields.push_back(field(kAnn, name()));
    return changes;
}

TEST(Append, OneBatchComesToWhatTwoDo) {
    constexpr std::uint64_t kSeed = 20261129;
    Random random{kSeed};
    for (int life = 0; life < 2'000; ++life) {
        Kept apart, together;
        IdentityChanges identity;
        SecretChanges secrets;
        for (int step = 0; step < 6; ++step) {
            IdentityChanges next = any_identity(random, step);
            SecretChanges sealed = any_secrets(random, step);
            apart.apply(next, sealed);
            append(identity, std::move(next));
            append(secrets, std::move(sealed));
        }
        together.apply(identity, secrets);
        ASSERT_EQ(together, apart) << "seed " << kSeed << ", life " << life;
    }
}

TEST(SecretAppend, ADropTakesPutsAndResealsAlong) {
    SecretChanges first, later;
    first.put_fields = {field_row(kAnn, "a", "1"), field_row(kAnn, "b", "2")};
    first.reseals = {{.was = {}, .row = field_row(kAnn, "a", "3")}};
    first.put_masters = {{MasterVersion{1}, MasterVersion{1}, {}}};
    first.put_data_keys = {{{kAnn, DataKeyVersion{1}}, DataKeyVersion{1}, MasterVersion{1}, {}}};
    later.drop_fields = {field(kAnn, "a")};
    later.drop_masters = {MasterVersion{1}};
    later.drop_data_keys = {{kAnn, DataKeyVersion{1}}};
    later.only_if = NoFieldBelow{kAnn, DataKeyVersion{2}};
    append(first, std::move(later));
    ASSERT_EQ(first.put_fields.size(), 1U);
    EXPECT_EQ(first.put_fields[0].id.name, "b");
    EXPECT_TRUE(first.reseals.empty());
    EXPECT_TRUE(first.put_masters.empty());
    EXPECT_TRUE(first.put_data_keys.empty());
    EXPECT_EQ(first.drop_masters, std::vector{MasterVersion{1}});
    ASSERT_TRUE(first.only_if.has_value());
    EXPECT_EQ(first.only_if->version, DataKeyVersion{2});
}

TEST(Append, NothingChangesNothing) {
    IdentityChanges identity;
    identity.sessions = {session(1)};
    append(identity, {});
    EXPECT_EQ(identity.row_count(), 1U);
    SecretChanges secrets;
    secrets.put_fields = {field_row(kAnn, "a", "1")};
    append(secrets, {});
    EXPECT_EQ(secrets.row_count(), 1U);
    EXPECT_FALSE(secrets.only_if.has_value());
}

}  // namespace
}  // namespace vault::ports
