// Commands about people and what they sign in with, and lists cut to what their caller may see.
#include "tests/unit/engine/shard_desk.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace vault::engine::test {
namespace {

constexpr UserId kAnn{1};
constexpr UserId kBob{2};

ports::SessionRow session(std::uint64_t id, UserId user) {
    ports::SessionRow row;
    row.id = SessionId{id};
    row.user = user;
    row.token_hash = sha256(std::to_string(id));
    return row;
}

class PeopleTest : public testing::Test {
  protected:
    PeopleTest() {
        desk.must(cmd::CreateUser{"ann", Role::Admin});
        desk.must(cmd::CreateUser{"bob", Role::Member});
    }
    const ports::UserRow& user(UserId id) const { return desk.world().users[id.value - 1].row; }
    std::vector<ports::AuditRow> trail() { return desk.reader().audits({}).value(); }
    // Everything that a start would read of sign-in.
    ports::IdentityRows kept() {
        return store::MemoryStore{desk.store()}.load(ShardId{1}).value().identity;
    }
    Errc refused(const ports::Command& command) {
        const std::string before = describe(desk.world());
        const auto error = desk.apply(command);
        EXPECT_TRUE(error.has_value());
        EXPECT_EQ(describe(desk.world()), before);
        EXPECT_EQ(trail().back().outcome, "refused");
        return error ? error->code() : Errc::Internal;
    }

    ShardDesk desk;
};

TEST_F(PeopleTest, WhoIsMadeHasWhatTheCommandSays) {
    cmd::CreateUser command{"cleo", Role::Auditor, UserStatus::Pending};
    command.credential = ports::CredentialRow{.password_hash = "a hash", .must_change = true};
    desk.must(command);
    EXPECT_EQ(user(UserId{3}).role, Role::Auditor);
    EXPECT_EQ(user(UserId{3}).status, UserStatus::Pending);
    EXPECT_EQ(user(UserId{3}).permissions, PermissionSet::all());
    EXPECT_EQ(user(UserId{3}).created_by, "ann");
    ASSERT_EQ(kept().credentials.size(), 1U);
    EXPECT_EQ(kept().credentials[0].user, UserId{3});
    EXPECT_EQ(kept().credentials[0].password_hash, "a hash");
    EXPECT_TRUE(desk.restart()) << desk.difference();
    EXPECT_EQ(user(UserId{3}).status, UserStatus::Pending);
    for (const char* name : {"", "Cleo", "a b", "u7", "u", "ann"})
        if (std::string_view{name} != "u") {
            EXPECT_NE(refused(cmd::CreateUser{name, Role::Member}), Errc::Internal) << name;
        }
}

TEST_F(PeopleTest, AHundredRegistrationsWaitAtMost) {
    for (int i = 0; i < 100; ++i)
        desk.must(cmd::CreateUser{"p" + std::to_string(i), Role::Member, UserStatus::Pending});
    EXPECT_EQ(refused(cmd::CreateUser{"late", Role::Member, UserStatus::Pending}),
              Errc::WrongState);
    desk.must(cmd::CreateUser{"active", Role::Member});
    desk.must(cmd::SetStatus{"p7", UserStatus::Active, UserStatus::Pending});
    desk.must(cmd::CreateUser{"late", Role::Member, UserStatus::Pending});
}

TEST_F(PeopleTest, AStatusChangesFromWhatItHasToBe) {
    desk.must(cmd::CreateUser{"cleo", Role::Member, UserStatus::Pending});
    EXPECT_EQ(refused(cmd::SetStatus{"cleo", UserStatus::Active, UserStatus::Disabled}),
              Errc::WrongState);
    desk.must(cmd::SetStatus{"cleo", UserStatus::Active, UserStatus::Pending});
    EXPECT_EQ(user(UserId{3}).status, UserStatus::Active);
    ASSERT_EQ(desk.last().users.size(), 1U);
    desk.must(cmd::SetStatus{"cleo", UserStatus::Active, UserStatus::Pending});  // it is so
    EXPECT_TRUE(desk.last().users.empty());
    desk.must(cmd::SetStatus{"u3", UserStatus::Disabled, std::nullopt});
    EXPECT_TRUE(desk.restart()) << desk.difference();
    EXPECT_EQ(user(UserId{3}).status, UserStatus::Disabled);
    EXPECT_EQ(refused(cmd::SetStatus{"nobody", UserStatus::Active, std::nullopt}), Errc::NotFound);
}

TEST_F(PeopleTest, TheLastActiveAdminStays) {
    for (const Role role : {Role::Moderator, Role::Member, Role::Auditor})
        EXPECT_EQ(refused(cmd::SetRole{"ann", role}), Errc::WrongState);
    EXPECT_EQ(refused(cmd::SetStatus{"ann", UserStatus::Disabled, std::nullopt}), Errc::WrongState);
    EXPECT_EQ(refused(cmd::SetStatus{"u1", UserStatus::Pending, std::nullopt}), Errc::WrongState);
    desk.must(cmd::SetRole{"ann", Role::Admin});
    // A second one who is not active is no help.
    desk.must(cmd::SetRole{"bob", Role::Admin});
    desk.must(cmd::SetStatus{"bob", UserStatus::Disabled, std::nullopt});
    EXPECT_EQ(refused(cmd::SetRole{"ann", Role::Member}), Errc::WrongState);
    desk.must(cmd::SetStatus{"bob", UserStatus::Active, UserStatus::Disabled});
    desk.must(cmd::SetRole{"ann", Role::Member});
    EXPECT_EQ(refused(cmd::SetRole{"bob", Role::Member}), Errc::WrongState);
    EXPECT_TRUE(desk.restart()) << desk.difference();
    EXPECT_EQ(user(kAnn).role, Role::Member);
    EXPECT_EQ(user(kBob).role, Role::Admin);
}

TEST_F(PeopleTest, PermissionsAreTakenAndGiven) {
    desk.must(cmd::SetPermissions{"bob", {}, {Permission::Live, Permission::Keys}});
    EXPECT_EQ(user(kBob).permissions,
              (PermissionSet{Permission::Trade, Permission::Allocate, Permission::Reports}));
    desk.must(cmd::SetPermissions{"bob", {Permission::Keys}, {Permission::Trade}});
    EXPECT_TRUE(desk.restart()) << desk.difference();
    EXPECT_EQ(user(kBob).permissions,
              (PermissionSet{Permission::Allocate, Permission::Keys, Permission::Reports}));
    desk.must(cmd::SetPermissions{"bob", {Permission::Keys}, {}});
    EXPECT_TRUE(desk.last().users.empty());
    EXPECT_EQ(trail().back().object, "u2");
    EXPECT_EQ(trail().back().user, kBob);
}

// A user may be named by id: then too a dry run changes nothing, and the trail says whose it was.
TEST_F(PeopleTest, AnIdIsAsGoodAsAName) {
    const std::string before = describe(desk.world());
    const auto statuses = [&] {
        return std::vector{user(kBob).status == UserStatus::Active, user(kBob).role == Role::Member,
                           user(kBob).permissions == PermissionSet::all()};
    };
    for (const std::string& name : {std::string{"bob"}, std::string{"u2"}}) {
        const std::vector<ports::Command> commands{
            cmd::SetStatus{name, UserStatus::Disabled, std::nullopt},
            cmd::SetRole{name, Role::Auditor}, cmd::SetPermissions{name, {}, {Permission::Trade}},
            cmd::SetWallets{name, {}, {asset("EUR")}}, cmd::Pause{user_target(name), "tea"}};
        for (const ports::Command& command : commands) {
            EXPECT_FALSE(desk.apply(command, "", true).has_value()) << name;
            EXPECT_EQ(describe(desk.world()), before) << name;
            EXPECT_EQ(statuses(), (std::vector{true, true, true})) << name;
        }
    }
    desk.must(cmd::SetRole{"u2", Role::Auditor});
    EXPECT_EQ(trail().back().object, "u2");
    EXPECT_EQ(trail().back().user, kBob);
}

TEST_F(PeopleTest, WhatIdentityProposesIsKeptWithItsRow) {
    cmd::ChangeIdentity login{.user = kBob, .object = "s1"};
    login.rows.sessions = {session(1, kBob)};
    login.rows.attempts = {{.account = "bob", .uid = 7}};
    login.secrets.put_fields = {{.id = {kBob, {}, {}, "totp_seed"},
                                 .version = ports::DataKeyVersion{1},
                                 .value = {{}, "sealed"}}};
    desk.must(login);
    EXPECT_EQ(kept().sessions, std::vector{session(1, kBob)});
    EXPECT_EQ(kept().attempts.size(), 1U);
    EXPECT_EQ(kept().next_session, SessionId{2});
    EXPECT_EQ(trail().back().object, "s1");
    EXPECT_EQ(trail().back().user, kBob);
    EXPECT_EQ(trail().back().outcome, "applied");
    cmd::ChangeIdentity logout{.user = kBob, .object = "s1"};
    logout.rows.ended_sessions = {SessionId{1}};
    logout.secrets.drop_fields = {{kBob, {}, {}, "totp_seed"}};
    desk.must(logout);
    EXPECT_TRUE(kept().sessions.empty());
    EXPECT_EQ(kept().next_session, SessionId{2});
    EXPECT_TRUE(desk.store().prove());
}

TEST_F(PeopleTest, ARefusalIsInTheTrailAndKeepsItsRows) {
    cmd::ChangeIdentity wrong{.user = {}, .object = "session"};
    wrong.rows.attempts = {{.account = "bob", .uid = 7, .failures = 3}};
    wrong.refusal = Error{Errc::PermissionDenied, "the name or the password is wrong"};
    const auto error = desk.apply(wrong, "k1");
    ASSERT_TRUE(error.has_value());
    EXPECT_EQ(*error, *wrong.refusal);
    ASSERT_EQ(kept().attempts.size(), 1U);
    EXPECT_EQ(kept().attempts[0].failures, 3U);
    EXPECT_EQ(trail().back().outcome, "refused");
    EXPECT_EQ(trail().back().message, "the name or the password is wrong");
    EXPECT_EQ(trail().back().object, "session");
    // The same key again: it is tried again, and counted again.
    wrong.rows.attempts[0].failures = 4;
    ASSERT_TRUE(desk.apply(wrong, "k1").has_value());
    EXPECT_EQ(kept().attempts[0].failures, 4U);
}

TEST_F(PeopleTest, HousekeepingIsNotInTheTrail) {
    const auto before = trail().size();
    cmd::ChangeIdentity uses{.user = {}, .object = {}};
    uses.housekeeping = true;
    uses.rows.sessions = {session(4, kBob)};
    desk.must(uses);
    EXPECT_EQ(trail().size(), before);
    EXPECT_EQ(kept().sessions.size(), 1U);
}

TEST_F(PeopleTest, WhatWentWithASecretIsNotAnsweredTwice) {
    cmd::ChangeIdentity made{.user = kBob, .object = "t1"};
    made.once = true;
    made.reply_json = R"({"token":"t1"})";
    made.rows.sessions = {session(1, kBob)};
    ASSERT_FALSE(desk.apply(made, "k1").has_value());
    const auto before = trail().size();
    made.rows.sessions = {session(2, kBob)};
    const auto again = desk.apply(made, "k1");
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->code(), Errc::ReplyNotRepeatable);
    EXPECT_EQ(kept().sessions.size(), 1U);
    EXPECT_TRUE(desk.restart()) << desk.difference();
    // From now on the store alone has the reply, an empty one, which the loop refuses.
    EXPECT_FALSE(desk.apply(made, "k1").has_value());
    EXPECT_EQ(kept().sessions.size(), 1U) << "after a reload it is done again";
    EXPECT_LE(trail().size(), before + 2);
    // No reply that the store keeps has anything of it.
    EXPECT_TRUE(std::ranges::all_of(desk.all().replies, [](const auto& reply) {
        return reply.key != "k1" || reply.reply_json.empty();
    }));
}

// The last view that was drawn.
ports::View& drawn() {
    static ports::View view;
    return view;
}
std::string remember(const ports::View& view) {
    drawn() = view;
    return "{}";
}

// ann an admin, bob and cleo members, max a moderator; each has account, vault and replay N.
class VisibleTest : public testing::Test {
  protected:
    VisibleTest() {
        const std::array<std::pair<const char*, Role>, 4> people{{{"ann", Role::Admin},
                                                                  {"bob", Role::Member},
                                                                  {"cleo", Role::Member},
                                                                  {"max", Role::Moderator}}};
        for (std::uint32_t i = 0; i < people.size(); ++i) {
            const AccountId account{i + 1};
            desk.must(cmd::CreateUser{people[i].first, people[i].second});
            desk.must(cmd::AddAccount{people[i].first, "paper", ""});
            desk.start_replay(account, kEthUsdt, "2000");
            desk.must(cmd::CreateVault{account, asset("USDT"), dec("1000")});
        }
    }
    // What the list shows to who sees that: the ids of its rows.
    template <class Row>
    std::vector<std::string> listed(const ports::Command& command, ports::Visible visible,
                                    std::string (*id)(const Row&)) {
        ports::CallContext context;
        context.actor = "caller";
        context.visible = visible;
        const auto done = desk.shard().apply(context, command, remember);
        EXPECT_TRUE(done.has_value());
        std::vector<std::string> ids;
        for (const Row& row : std::get<std::vector<Row>>(drawn()))
            ids.push_back(id(row));
        return ids;
    }
    template <class V>
    V one(const ports::Command& command, ports::Visible visible) {
        ports::CallContext context;
        context.visible = visible;
        EXPECT_TRUE(desk.shard().apply(context, command, remember).has_value());
        return std::get<V>(drawn());
    }

    static constexpr ports::Visible kAll{};
    static constexpr ports::Visible kOwn{.everyones = false, .members = false, .own = UserId{2}};
    static constexpr ports::Visible kMembers{.everyones = false, .members = true, .own = UserId{4}};
    static constexpr ports::Visible kNone{.everyones = false, .members = false, .own = {}};

    ShardDesk desk;
};

TEST_F(VisibleTest, ListsAreCut) {
    using Ids = std::vector<std::string>;
    const auto expect = [&]<class Row>(const ports::Command& command, std::string (*id)(const Row&),
                                       const char* letter) {
        const auto ids = [&](std::initializer_list<int> numbers) {
            Ids out;
            for (const int number : numbers)
                out.push_back(letter + std::to_string(number));
            return out;
        };
        const auto seen = [&](ports::Visible visible) {
            Ids all = listed<Row>(command, visible, id);
            all.erase(std::unique(all.begin(), all.end()), all.end());
            return all;
        };
        EXPECT_EQ(seen(kAll), ids({1, 2, 3, 4}));
        EXPECT_EQ(seen(kOwn), ids({2}));
        EXPECT_EQ(seen(kMembers), ids({2, 3, 4}));
        EXPECT_EQ(seen(kNone), Ids{});
    };
    expect(
        cmd::ListUsers{}, +[](const ports::UserView& v) { return to_text(v.id); }, "u");
    expect(
        cmd::ListAccounts{}, +[](const ports::AccountView& v) { return to_text(v.id); }, "a");
    expect(
        cmd::ListVaults{}, +[](const ports::VaultView& v) { return to_text(v.id); }, "v");
    expect(
        cmd::ListMarks{}, +[](const ports::VaultMarkView& v) { return to_text(v.vault); }, "v");
    expect(
        cmd::ListSleeves{}, +[](const ports::SleeveView& v) { return to_text(v.vault); }, "v");
    expect(
        cmd::ReplayStatus{}, +[](const ports::ReplayView& v) { return to_text(v.account); }, "a");
}

TEST_F(VisibleTest, CountsAndTopAreCutToo) {
    EXPECT_EQ(one<ports::StatusView>(cmd::ShowStatus{}, kAll).vaults, 4U);
    const auto own = one<ports::StatusView>(cmd::ShowStatus{}, kOwn);
    EXPECT_EQ(own.users, 1U);
    EXPECT_EQ(own.accounts, 1U);
    EXPECT_EQ(own.vaults, 1U);
    EXPECT_EQ(own.sleeves, 2U);
    EXPECT_EQ(one<ports::StatusView>(cmd::ShowStatus{}, kMembers).users, 3U);
    EXPECT_EQ(one<ports::StatusView>(cmd::ShowStatus{}, kNone).vaults, 0U);
    EXPECT_EQ(one<ports::TopView>(cmd::ShowTop{}, kAll).vaults.size(), 4U);
    EXPECT_EQ(one<ports::TopView>(cmd::ShowTop{}, kOwn).vaults.size(), 1U);
    EXPECT_EQ(one<ports::TopView>(cmd::ShowTop{}, kNone).vaults.size(), 0U);
    EXPECT_EQ(one<ports::TopView>(cmd::ShowTop{}, kNone).status.users, 0U);
}

// A pause of somebody else's is nobody else's business.
TEST_F(VisibleTest, PausesAndJobsOfOthersAreNotTold) {
    desk.must(cmd::Pause{user_target("cleo"), "holiday"});
    desk.must(cmd::Pause{user_target("u1"), "lunch"});
    EXPECT_EQ(one<ports::StatusView>(cmd::ShowStatus{}, kAll).pauses.size(), 2U);
    EXPECT_EQ(one<ports::StatusView>(cmd::ShowStatus{}, kOwn).pauses.size(), 0U);
    EXPECT_EQ(one<ports::StatusView>(cmd::ShowStatus{}, kMembers).pauses.size(), 1U);
    desk.must(cmd::Pause{daemon_target(), "storm"});  // concerns everybody
    EXPECT_EQ(one<ports::StatusView>(cmd::ShowStatus{}, kOwn).pauses.size(), 1U);
    desk.must(cmd::Liquidate{vault_target(VaultId{3}), "out"});
    const auto jobs = [&](ports::Visible visible) {
        return listed<ports::JobView>(
            cmd::ListJobs{}, visible, +[](const ports::JobView& v) { return v.object; });
    };
    EXPECT_EQ(jobs(kMembers), std::vector<std::string>{"v3"});
    EXPECT_TRUE(jobs(kOwn).empty());
}

// An id is as good as a name, in each list.
TEST_F(VisibleTest, ListsOfOneUser) {
    for (const std::string user : {"bob", "u2"}) {
        EXPECT_EQ(listed<ports::VaultView>(
                      cmd::ListVaults{{.user = user}}, kAll,
                      +[](const ports::VaultView& v) { return v.user; }),
                  std::vector<std::string>{"bob"});
        EXPECT_EQ(listed<ports::VaultMarkView>(
                      cmd::ListMarks{{.user = user}}, kAll,
                      +[](const ports::VaultMarkView& v) { return v.user_name; }),
                  std::vector<std::string>{"bob"});
        EXPECT_EQ(
            listed<ports::AccountView>(
                cmd::ListAccounts{user}, kAll, +[](const ports::AccountView& v) { return v.user; }),
            std::vector<std::string>{"bob"});
        cmd::ShowTop top;
        top.user = user;
        EXPECT_EQ(one<ports::TopView>(top, kAll).vaults.size(), 1U);
    }
}

// By name too: as if it were not there.
TEST_F(VisibleTest, WhatIsNotSeenIsNotThere) {
    const auto error = [&](const ports::Command& command, ports::Visible visible) {
        ports::CallContext context;
        context.visible = visible;
        const auto done = desk.shard().apply(context, command, remember);
        return done ? Errc::Internal : done.error().code();
    };
    EXPECT_EQ(error(cmd::ShowVault{VaultId{1}}, kOwn), Errc::NotFound);
    EXPECT_EQ(error(cmd::ShowVault{VaultId{1}}, kMembers), Errc::NotFound);
    EXPECT_EQ(error(cmd::ShowVault{VaultId{3}}, kMembers), Errc::Internal);
    EXPECT_EQ(error(cmd::ShowSleeve{VaultId{1}, kFlash}, kOwn), Errc::NotFound);
    EXPECT_EQ(error(cmd::ListAccounts{"ann"}, kOwn), Errc::NotFound);
    EXPECT_EQ(error(cmd::ListVaults{{.user = "u1"}}, kOwn), Errc::NotFound);
    EXPECT_EQ(error(cmd::Pause{vault_target(VaultId{3}), ""}, kOwn), Errc::NotFound);
    EXPECT_EQ(error(cmd::Pause{user_target("ann"), ""}, kMembers), Errc::NotFound);
}

}  // namespace
}  // namespace vault::engine::test
