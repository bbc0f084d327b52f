// The identity service against a store that takes what it proposes, or loses it.
#include "daemon/identity/service.hpp"

#include "daemon/identity/base32.hpp"
#include "daemon/identity/totp.hpp"
#include "tests/unit/identity/service_world.hpp"

#include <gtest/gtest.h>

#include <cstdio>

namespace vault::identity {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using Kind = ports::Principal::Kind;

constexpr UserId kPenny{3};
constexpr UserId kDora{4};
constexpr std::string_view kNewPassword = "seven tall lighthouses";

class ServiceTest : public testing::Test, protected ServiceWorld {
  protected:
    ServiceTest() {
        add(kAlice, "alice", Role::Admin);
        add(kBob, "bob", Role::Member);
        add(kPenny, "penny", Role::Member, UserStatus::Pending);
        add(kDora, "dora", Role::Member, UserStatus::Disabled);
    }

    static Errc code_of(const auto& proposal) {
        EXPECT_TRUE(proposal.command.refusal.has_value());
        return proposal.command.refusal ? proposal.command.refusal->code() : Errc::Internal;
    }
    std::string code_now(std::string_view seed, int steps = 0) const {
        const auto step = totp_step(clock.now(), 30) + static_cast<std::uint64_t>(steps);
        return totp_code(seed, step, {});
    }
    // Enrols the caller of this token; what is not confirmed yet is asked of nobody.
    std::string enrol(const std::string& token) {
        const ports::Principal caller = who(token);
        auto step = box.prepare(caller.user);
        keep({.user = caller.user, .object = {}, .secrets = step.value().changes});
        auto proposal = run(service.enroll(caller, secret(kPassword)));
        EXPECT_FALSE(proposal.command.refusal.has_value());
        keep(proposal.command);
        return from_base32(proposal.made.text.reveal()).value();
    }
    struct Factor {
        std::string seed;
        std::vector<std::string> recovery;
    };
    Factor enrol_and_confirm(const std::string& token) {
        Factor factor{enrol(token), {}};
        auto confirmed = service.confirm(who(token), secret(code_now(factor.seed)));
        EXPECT_FALSE(confirmed.command.refusal.has_value());
        keep(confirmed.command);
        for (const Secret& text : confirmed.made)
            factor.recovery.emplace_back(text.reveal());
        clock.advance(seconds{30});
        return factor;
    }
};

TEST_F(ServiceTest, TheRightPasswordOpensASessionOnceItIsKept) {
    auto proposal = try_sign_in("bob");
    ASSERT_FALSE(proposal.command.refusal.has_value());
    EXPECT_EQ(proposal.command.user, kBob);
    EXPECT_EQ(proposal.command.object, to_text(proposal.made.id));
    EXPECT_TRUE(proposal.command.once);  // it goes with a token
    ASSERT_EQ(proposal.command.rows.sessions.size(), 1U);
    EXPECT_EQ(proposal.command.rows.sessions[0].token_hash, sha256(proposal.secret.reveal()));
    EXPECT_EQ(who(proposal.secret.reveal()).kind, Kind::Nobody);
    keep(proposal.command);
    const ports::Principal caller = who(proposal.secret.reveal());
    EXPECT_EQ(caller.kind, Kind::Person);
    EXPECT_EQ(caller.user, kBob);
    EXPECT_EQ(caller.name, "bob");
    EXPECT_EQ(caller.role, Role::Member);
    EXPECT_EQ(caller.permissions, PermissionSet::all());
    ASSERT_TRUE(caller.session.has_value());
    EXPECT_EQ(caller.session->origin, "a test");
    EXPECT_TRUE(caller.fault.empty());
    const ports::SessionTimes times = service.times(*caller.session);
    EXPECT_EQ(times.idle_until, clock.now() + minutes{30});
    EXPECT_EQ(times.expires_at, clock.now() + hours{12});
    EXPECT_FALSE(times.stepped_up_until.has_value());
}

TEST_F(ServiceTest, ASignInThatTheStoreLostOpensNothing) {
    const auto lost = try_sign_in("bob");
    reload();
    EXPECT_EQ(who(lost.secret.reveal()).kind, Kind::Nobody);
    EXPECT_EQ(who(lost.secret.reveal()).fault, to_text(TokenFault::Unknown));
    EXPECT_EQ(who(sign_in("bob")).kind, Kind::Person);
    EXPECT_EQ(who(lost.secret.reveal()).kind, Kind::Nobody);
}

TEST_F(ServiceTest, WrongAndUnknownAreRefusedWithTheSameWords) {
    const auto wrong = try_sign_in("bob", "purple kettle 8 mountain");
    const auto unknown = try_sign_in("nobody");
    EXPECT_EQ(code_of(wrong), Errc::PermissionDenied);
    EXPECT_EQ(*wrong.command.refusal, *unknown.command.refusal);
    EXPECT_EQ(wrong.command.user, kBob) << "for bob's trail alone";
    EXPECT_EQ(unknown.command.user, UserId{});
    EXPECT_EQ(wrong.command.object, unknown.command.object);
    // Both tries are for the store, and nothing else.
    for (const auto* proposal : {&wrong, &unknown}) {
        EXPECT_EQ(proposal->command.rows.attempts.size(), 1U);
        EXPECT_EQ(proposal->command.rows.row_count(), 1U);
        EXPECT_TRUE(proposal->secret.reveal().empty());
    }
    EXPECT_EQ(wrong.command.rows.attempts[0].account, "bob");
    EXPECT_EQ(wrong.command.rows.attempts[0].uid, kUid);
}

TEST_F(ServiceTest, PendingAndDisabledLearnItByTheRightPasswordOnly) {
    EXPECT_NE(try_sign_in("penny").command.refusal->message().find("approval"), std::string::npos);
    EXPECT_NE(try_sign_in("dora").command.refusal->message().find("disabled"), std::string::npos);
    const auto bob = try_sign_in("bob", "wrong password 1").command.refusal;
    EXPECT_EQ(try_sign_in("penny", "wrong password 1").command.refusal, bob);
    EXPECT_EQ(try_sign_in("dora", "wrong password 1").command.refusal, bob);
}

TEST_F(ServiceTest, TriesCountWhateverTheStoreDoes) {
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(code_of(try_sign_in("bob", "wrong password 1")), Errc::PermissionDenied);
        reload();  // nothing of it was kept
    }
    EXPECT_EQ(code_of(try_sign_in("bob")), Errc::RateLimited);
    // From another uid he is not held up.
    EXPECT_FALSE(try_sign_in("bob", kPassword, "", 1001).command.refusal.has_value());
}

TEST_F(ServiceTest, ATokenIsOfItsUidAlone) {
    const std::string token = sign_in("bob");
    for (const ports::PeerUid uid : {1001U, 0U, 990U}) {
        const ports::Principal caller = who(token, uid);
        EXPECT_EQ(caller.kind, uid == 1001U ? Kind::Nobody : Kind::LastResort);
        EXPECT_EQ(caller.user, UserId{});
        EXPECT_EQ(caller.fault, to_text(TokenFault::OtherUid));
    }
    EXPECT_EQ(who(token).kind, Kind::Person);
}

TEST_F(ServiceTest, RootAndTheDaemonsOwnUidAreTheLastResort) {
    EXPECT_EQ(who("", 0).kind, Kind::LastResort);
    EXPECT_EQ(who("", 990).kind, Kind::LastResort);
    EXPECT_EQ(who("", 1000).kind, Kind::Nobody);
    EXPECT_TRUE(who("", 0).admin_exists);
    // With a token of his he is a person also then.
    EXPECT_EQ(who(sign_in("alice", "", 0), 0).kind, Kind::Person);
    ports::UserRow row;
    row.id = kAlice;
    row.name = "alice";
    row.role = Role::Admin;
    row.status = UserStatus::Disabled;
    put(row);
    EXPECT_FALSE(who("", 0).admin_exists);
}

TEST_F(ServiceTest, WhoIsDisabledIsOutAtOnceAndStaysOut) {
    const std::string token = sign_in("bob");
    ports::UserRow row;
    row.id = kBob;
    row.name = "bob";
    row.status = UserStatus::Disabled;
    put(row);
    EXPECT_EQ(who(token).kind, Kind::Nobody);
    row.status = UserStatus::Active;
    put(row);
    EXPECT_EQ(who(token).kind, Kind::Nobody);
    // The store learns that the session has ended.
    const auto command = service.housekeeping();
    ASSERT_TRUE(command.has_value());
    EXPECT_EQ(command->rows.ended_sessions, std::vector{SessionId{1}});
}

TEST_F(ServiceTest, RolesAndPermissionsAreThoseOfNow) {
    const std::string token = sign_in("bob");
    ports::UserRow row;
    row.id = kBob;
    row.name = "bob";
    row.role = Role::Auditor;
    row.permissions = {Permission::Reports};
    put(row);
    EXPECT_EQ(who(token).role, Role::Auditor);
    EXPECT_EQ(who(token).permissions, PermissionSet{Permission::Reports});
}

TEST_F(ServiceTest, SessionsAreListedAndEndedByTheirOwner) {
    const std::string one = sign_in("bob");
    const std::string two = sign_in("bob", "", 1001);
    const std::string his = sign_in("alice");
    EXPECT_EQ(service.sessions(kBob).size(), 2U);
    const ports::Principal bob = who(one);
    const auto foreign = service.end_sessions(bob, who(his).session->id);
    EXPECT_EQ(code_of(foreign), Errc::NotFound);
    EXPECT_EQ(foreign.command.refusal->field(), "session");
    EXPECT_EQ(service.end_sessions(bob, SessionId{99}).command.refusal->code(), Errc::NotFound);
    EXPECT_TRUE(foreign.command.rows.empty());
    const auto others = service.end_sessions(bob, std::nullopt);
    EXPECT_EQ(others.made, std::vector{SessionId{2}});
    EXPECT_EQ(who(two, 1001).kind, Kind::Person);  // until it is kept
    keep(others.command);
    EXPECT_EQ(who(two, 1001).kind, Kind::Nobody);
    EXPECT_EQ(who(one).kind, Kind::Person);
    keep(service.sign_out(who(one)).command);
    EXPECT_EQ(who(one).kind, Kind::Nobody);
    EXPECT_EQ(code_of(service.sign_out(who(one))), Errc::AuthRequired);
    EXPECT_EQ(who(his).kind, Kind::Person);
}

TEST_F(ServiceTest, AChangeOfPasswordEndsTheOtherSessions) {
    const std::string here = sign_in("bob");
    const std::string there = sign_in("bob", "", 1001);
    const auto refused = [&](std::string_view current, std::string_view next, Errc code,
                             std::string_view field) {
        const auto proposal =
            run(service.change_password(who(here), secret(current), secret(next)));
        EXPECT_EQ(code_of(proposal), code) << field;
        EXPECT_EQ(proposal.command.refusal->field(), field);
        EXPECT_TRUE(proposal.command.rows.credentials.empty());
        EXPECT_TRUE(proposal.command.rows.ended_sessions.empty());
    };
    refused("wrong password 1", kNewPassword, Errc::PermissionDenied, "password");
    refused(kPassword, "short", Errc::InvalidParams, "new_password");
    refused(kPassword, kPassword, Errc::InvalidParams, "new_password");
    const auto changed =
        run(service.change_password(who(here), secret(kPassword), secret(kNewPassword)));
    ASSERT_FALSE(changed.command.refusal.has_value());
    EXPECT_EQ(changed.command.rows.ended_sessions, std::vector{SessionId{2}});
    EXPECT_EQ(who(there, 1001).kind, Kind::Person);
    keep(changed.command);
    EXPECT_EQ(who(there, 1001).kind, Kind::Nobody);
    EXPECT_EQ(who(here).kind, Kind::Person);
    EXPECT_EQ(code_of(try_sign_in("bob")), Errc::PermissionDenied);
    EXPECT_FALSE(try_sign_in("bob", kNewPassword).command.refusal.has_value());
}

TEST_F(ServiceTest, APasswordThatSomebodyElseSetIsToBeChangedFirst) {
    const std::string token = sign_in("bob");
    const auto set = run(service.set_password(kBob, secret(kNewPassword)));
    ASSERT_FALSE(set.command.refusal.has_value());
    keep(set.command);
    EXPECT_EQ(who(token).kind, Kind::Nobody);
    auto again = try_sign_in("bob", kNewPassword);
    keep(again.command);
    EXPECT_TRUE(who(again.secret.reveal()).must_change);
    const auto changed = run(service.change_password(
        who(again.secret.reveal()), secret(kNewPassword), secret("nine small lighthouses")));
    keep(changed.command);
    EXPECT_FALSE(who(again.secret.reveal()).must_change);
    EXPECT_EQ(run(service.set_password(UserId{99}, secret(kNewPassword))).command.refusal->code(),
              Errc::NotFound);
    EXPECT_EQ(run(service.set_password(kBob, secret("password"))).command.refusal->field(),
              "password");
}

TEST_F(ServiceTest, AFirstPasswordFollowsTheRulesAndRegistrationsAreHeldBack) {
    const auto made = run(service.first_password("eve", secret(kNewPassword), true, std::nullopt));
    ASSERT_TRUE(made.has_value());
    EXPECT_TRUE(made.value().must_change);
    EXPECT_EQ(run(service.first_password("eve", secret("eve"), true, std::nullopt)).error().field(),
              "password");
    int taken = 0;
    for (int i = 0; i < 100; ++i)
        taken += run(service.first_password("eve", secret(kNewPassword), false, 1000)) ? 1 : 0;
    EXPECT_EQ(taken, 5);
    EXPECT_EQ(run(service.first_password("eve", secret(kNewPassword), false, 1000)).error().code(),
              Errc::RateLimited);
}

TEST_F(ServiceTest, AHashOfLessCostIsMadeAnew) {
    CountingHasher cheap{HashCost{19'456, 2}};
    keep({.user = kBob,
          .object = {},
          .rows = {.credentials = {
                       {.user = kBob, .password_hash = cheap.hash(secret(kPassword)).value()}}}});
    const auto proposal = try_sign_in("bob");
    ASSERT_EQ(proposal.command.rows.credentials.size(), 1U);
    EXPECT_EQ(cost_of(proposal.command.rows.credentials[0].password_hash), HashCost{});
    keep(proposal.command);
    EXPECT_TRUE(try_sign_in("bob").command.rows.credentials.empty());
}

TEST_F(ServiceTest, WhatChangedWhileAHashWasComputedCounts) {
    const auto disable = [&] {
        ports::UserRow row;
        row.id = kBob;
        row.name = "bob";
        row.status = UserStatus::Disabled;
        put(row);
    };
    hasher.while_hashing = disable;
    EXPECT_EQ(code_of(try_sign_in("bob")), Errc::PermissionDenied);
    // While the hash of more cost is made: everybody is loaded anew, and the password is another.
    CountingHasher cheap{HashCost{19'456, 2}};
    keep({.user = kAlice,
          .object = {},
          .rows = {.credentials = {
                       {.user = kAlice, .password_hash = cheap.hash(secret(kPassword)).value()}}}});
    hasher.while_hashing = [&] {      // the check
        hasher.while_hashing = [&] {  // the new hash
            keep({.user = kAlice,
                  .object = {},
                  .rows = {.credentials = {
                               {.user = kAlice,
                                .password_hash = cheap.hash(secret(kNewPassword)).value()}}}});
            reload();
        };
    };
    const auto proposal = try_sign_in("alice");
    EXPECT_TRUE(proposal.command.refusal.has_value());
    EXPECT_TRUE(proposal.command.rows.credentials.empty()) << "an old password is put back";
}

TEST_F(ServiceTest, ASecondFactorIsAskedForOnceItIsConfirmed) {
    const std::string token = sign_in("bob");
    EXPECT_EQ(code_of(run(service.enroll(who(token), secret("wrong password 1")))),
              Errc::PermissionDenied);
    EXPECT_EQ(code_of(run(service.enroll(who(token), secret(kPassword)))), Errc::WrongState)
        << "its data key is not kept yet";
    const std::string seed = enrol(token);
    EXPECT_FALSE(who(token).has_factor);
    EXPECT_FALSE(try_sign_in("bob").command.refusal.has_value());
    EXPECT_EQ(code_of(service.confirm(who(token), secret("000000"))), Errc::PermissionDenied);
    const auto confirmed = service.confirm(who(token), secret(code_now(seed)));
    ASSERT_FALSE(confirmed.command.refusal.has_value());
    EXPECT_EQ(confirmed.made.size(), 10U);
    EXPECT_FALSE(who(token).has_factor);
    keep(confirmed.command);
    EXPECT_TRUE(who(token).has_factor);
    EXPECT_EQ(service.factor(kBob).recovery_codes_left, 10U);
    EXPECT_EQ(code_of(run(service.enroll(who(token), secret(kPassword)))), Errc::Exists);

    EXPECT_EQ(code_of(try_sign_in("bob")), Errc::MfaRequired);
    EXPECT_EQ(try_sign_in("bob").command.refusal->field(), "code");
    EXPECT_EQ(code_of(try_sign_in("bob", "wrong password 1")), Errc::PermissionDenied)
        << "who does not know the password learns nothing of a factor";
    clock.advance(minutes{1});
    const auto opened = try_sign_in("bob", kPassword, code_now(seed));
    ASSERT_FALSE(opened.command.refusal.has_value());
    keep(opened.command);
    EXPECT_TRUE(who(opened.secret.reveal()).fresh);
    EXPECT_TRUE(who(token).fresh) << "it was shown to this session, when it was confirmed";
    clock.advance(minutes{5});
    EXPECT_FALSE(who(opened.secret.reveal()).fresh);
    EXPECT_FALSE(who(token).fresh);
}

TEST_F(ServiceTest, ACodeIsUsedUpEvenIfTheStoreLostIt) {
    const std::string token = sign_in("bob");
    const Factor factor = enrol_and_confirm(token);
    const std::string code = code_now(factor.seed);
    ASSERT_FALSE(try_sign_in("bob", kPassword, code).command.refusal.has_value());
    EXPECT_EQ(code_of(try_sign_in("bob", kPassword, code)), Errc::PermissionDenied);
    reload();  // its commit failed
    EXPECT_EQ(code_of(try_sign_in("bob", kPassword, code)), Errc::PermissionDenied);
    EXPECT_EQ(code_of(service.step_up(who(token), secret(code))), Errc::PermissionDenied);
    ASSERT_FALSE(try_sign_in("bob", kPassword, factor.recovery[0], 1001).command.refusal);
    reload();
    EXPECT_EQ(code_of(try_sign_in("bob", kPassword, factor.recovery[0], 1001)),
              Errc::PermissionDenied);
    EXPECT_EQ(service.factor(kBob).recovery_codes_left, 9U);
    ASSERT_FALSE(try_sign_in("bob", kPassword, factor.recovery[1], 1001).command.refusal);
}

TEST_F(ServiceTest, AStepUpRenewsTheToken) {
    const std::string token = sign_in("bob");
    EXPECT_EQ(code_of(service.step_up(who(token), secret("123456"))), Errc::WrongState);
    const Factor factor = enrol_and_confirm(token);
    auto renewed = service.step_up(who(token), secret(code_now(factor.seed)));
    ASSERT_FALSE(renewed.command.refusal.has_value());
    EXPECT_EQ(who(token).kind, Kind::Person);  // until it is kept
    keep(renewed.command);
    EXPECT_EQ(who(token).kind, Kind::Nobody);
    EXPECT_TRUE(who(renewed.secret.reveal()).fresh);
    EXPECT_EQ(who(renewed.secret.reveal()).session->id, SessionId{1});
    clock.advance(minutes{5});
    EXPECT_FALSE(who(renewed.secret.reveal()).fresh);
}

TEST_F(ServiceTest, AFactorCanBeDroppedUnlessEverybodyNeedsOne) {
    const std::string token = sign_in("bob");
    EXPECT_EQ(code_of(service.drop_factor(who(token))), Errc::WrongState);
    service.configure(true);
    EXPECT_TRUE(who(token).must_enroll);
    enrol_and_confirm(token);
    EXPECT_FALSE(who(token).must_enroll);
    EXPECT_EQ(code_of(service.drop_factor(who(token))), Errc::WrongState);
    service.configure(false);
    keep(service.drop_factor(who(token)).command);
    EXPECT_FALSE(who(token).has_factor);
    EXPECT_EQ(service.factor(kBob).recovery_codes_left, 0U);
    EXPECT_FALSE(try_sign_in("bob").command.refusal.has_value());
    // The seed is gone too; another enrolment has another one.
    EXPECT_TRUE(kept.whole().secrets.fields.empty());
    enrol_and_confirm(token);
    EXPECT_TRUE(who(token).has_factor);
}

TEST_F(ServiceTest, RobotsCallWhatTheyAreFor) {
    const std::string token = sign_in("bob");
    EXPECT_EQ(service.make_token(who(token), {"x", {"*"}, 10, hours{1}}).command.refusal->field(),
              "methods");
    auto made = service.make_token(who(token), {"nightly", {"report.*", "status"}, 2, hours{24}});
    ASSERT_FALSE(made.command.refusal.has_value());
    EXPECT_TRUE(made.command.once);
    const std::string robot{made.secret.reveal()};
    EXPECT_EQ(who(robot, kUid, "status").kind, Kind::Nobody);
    keep(made.command);
    const ports::Principal caller = who(robot, kUid, "report.pnl");
    EXPECT_EQ(caller.kind, Kind::Robot);
    EXPECT_EQ(caller.name, "bob");
    EXPECT_TRUE(caller.in_scope);
    EXPECT_FALSE(caller.fresh);
    const ports::Principal beyond = who(robot, kUid, "vault.list");
    EXPECT_EQ(beyond.kind, Kind::Robot);
    EXPECT_FALSE(beyond.in_scope);
    EXPECT_FALSE(who(robot, kUid, "status").too_many_calls);
    EXPECT_TRUE(who(robot, kUid, "status").too_many_calls);
    EXPECT_EQ(who(robot, 1001, "status").fault, to_text(TokenFault::OtherUid));
    // A call that goes on does not count, and ends with its token.
    EXPECT_TRUE(service.renewed(caller, "report.pnl").has_value());
    EXPECT_EQ(code_of(service.end_token(who(sign_in("alice")), made.made.id)), Errc::NotFound);
    keep(service.end_token(who(token), made.made.id).command);
    EXPECT_FALSE(service.renewed(caller, "report.pnl").has_value());
    EXPECT_EQ(who(robot, kUid, "status").kind, Kind::Nobody);
    EXPECT_EQ(who(robot, kUid, "status").fault, to_text(TokenFault::Revoked));
    EXPECT_EQ(service.tokens(kBob).size(), 1U);
    EXPECT_EQ(code_of(service.end_token(who(token), made.made.id)), Errc::NotFound);
}

TEST_F(ServiceTest, ACallThatGoesOnKeepsItsSessionAlive) {
    const ports::Principal caller = who(sign_in("bob"));
    for (int i = 0; i < 23; ++i) {
        clock.advance(minutes{29});
        const auto now = service.renewed(caller, "events");
        ASSERT_TRUE(now.has_value()) << i;
        EXPECT_EQ(now->user, kBob);
    }
    clock.advance(hours{1});
    EXPECT_FALSE(service.renewed(caller, "events").has_value());
    EXPECT_FALSE(service.renewed(who("", 0), "events").has_value());
}

TEST_F(ServiceTest, HousekeepingTellsWhatIsNotInTheStore) {
    EXPECT_FALSE(service.housekeeping().has_value());
    const std::string token = sign_in("bob");
    const std::string idle = sign_in("alice");
    EXPECT_FALSE(service.housekeeping().has_value());
    clock.advance(minutes{20});
    EXPECT_EQ(who(token).kind, Kind::Person);
    auto command = service.housekeeping();
    ASSERT_TRUE(command.has_value());
    EXPECT_TRUE(command->housekeeping);
    ASSERT_EQ(command->rows.sessions.size(), 1U);
    EXPECT_EQ(command->rows.sessions[0].last_used_at, clock.now());
    EXPECT_GT(command->rows.dropped_attempts_before, UtcTime{});
    keep(*command);
    EXPECT_FALSE(service.housekeeping().has_value());
    clock.advance(minutes{15});
    command = service.housekeeping();
    ASSERT_TRUE(command.has_value());
    EXPECT_EQ(command->rows.ended_sessions, std::vector{SessionId{2}});
    EXPECT_EQ(who(idle).kind, Kind::Nobody);
    EXPECT_EQ(who(token).kind, Kind::Person);
}

// What the service says of everybody, in words.
std::string all_answers(ServiceWorld& world, const std::vector<std::string>& tokens) {
    std::string text;
    for (const std::string& token : tokens)
        for (const ports::PeerUid uid : {1000U, 1001U, 0U}) {
            const ports::Principal caller = world.who(token, uid, "report.pnl");
            text += fmt::format("{} {} {} {}{}{}{}{}{} {}\n", static_cast<int>(caller.kind),
                                caller.name, to_text(caller.permissions), caller.in_scope,
                                caller.has_factor, caller.fresh, caller.must_change,
                                caller.must_enroll, caller.admin_exists, caller.fault);
        }
    for (const UserId user : {kAlice, kBob, kPenny, kDora}) {
        const ports::FactorState factor = world.service.factor(user);
        text += fmt::format("{} {} {} {}\n", factor.totp ? factor.totp->last_step : 0,
                            factor.recovery_codes_left, world.service.sessions(user).size(),
                            world.service.tokens(user).size());
    }
    return text;
}

TEST_F(ServiceTest, AReloadGivesTheSameAnswers) {
    std::vector<std::string> tokens{"", "nonsense", sign_in("alice"), sign_in("bob")};
    const Factor factor = enrol_and_confirm(tokens[3]);
    auto stepped = service.step_up(who(tokens[3]), secret(code_now(factor.seed)));
    keep(stepped.command);
    tokens.emplace_back(stepped.secret.reveal());
    for (const std::uint32_t rate : {600U, 500U}) {
        auto made = service.make_token(who(tokens[2]), {"cron", {"report.*"}, rate, hours{1}});
        keep(made.command);
        tokens.emplace_back(made.secret.reveal());
    }
    keep(service.end_token(who(tokens[2]), TokenId{1}).command);
    keep(run(service.set_password(kPenny, secret(kNewPassword))).command);
    const std::string code = factor.recovery[4];
    keep(try_sign_in("bob", kPassword, code).command);
    keep(try_sign_in("dora", "wrong password 1").command);
    if (auto command = service.housekeeping()) keep(*command);
    const std::string before = all_answers(*this, tokens);
    reload();
    EXPECT_EQ(all_answers(*this, tokens), before);
    EXPECT_EQ(code_of(try_sign_in("bob", kPassword, code)), Errc::PermissionDenied);
    // Another life of the daemon, which knows no more than the store.
    Service other{options, PasswordRules{}, hasher, box, entropy, clock};
    other.load(kept.whole());
    EXPECT_EQ(other.who(tokens[4], kUid, "x").user, kBob);
    EXPECT_EQ(other.who(tokens[3], kUid, "x").kind, Kind::Nobody);
    EXPECT_EQ(code_of(run(other.sign_in({"bob", secret(kPassword), secret(code), kUid, ""}))),
              Errc::PermissionDenied);
    const auto next = run(other.sign_in({"alice", secret(kPassword), secret(""), kUid, ""}));
    EXPECT_EQ(next.made.id, SessionId{4}) << "an id is given twice";
}

// 10,000 uses of what was good once: tokens that ended in every way, codes of both kinds, over
// commits that fail and reloads.
TEST_F(ServiceTest, TenThousandReplaysAndNoneAccepted) {
    constexpr std::uint64_t kSeed = 20261129;
    Random random{kSeed};
    std::string token = sign_in("bob");
    const Factor factor = enrol_and_confirm(token);
    std::vector<std::string> tokens, codes;
    long replays = 0, accepted = 0, rounds = 0;
    for (; replays < 10'000; ++rounds) {
        clock.advance(minutes{10});
        EXPECT_EQ(who(token).kind, Kind::Person);
        if (const auto uses = service.housekeeping()) keep(*uses);
        const std::string code = code_now(factor.seed);
        auto stepped = service.step_up(who(token), secret(code));
        ASSERT_FALSE(stepped.command.refusal.has_value()) << rounds;
        codes.push_back(code);
        if (random.below(3) == 0) {  // lost: the token goes on, its code does not
            tokens.emplace_back(stepped.secret.reveal());
            if (random.below(2) == 0) reload();
        } else {
            keep(stepped.command);
            tokens.push_back(std::exchange(token, std::string{stepped.secret.reveal()}));
        }
        if (rounds % 40 == 39) {  // a session lives for 12 hours at most
            clock.advance(minutes{10});
            codes.push_back(code_now(factor.seed));
            const std::string next = sign_in("bob", codes.back());
            keep(service.sign_out(who(token)).command);
            tokens.push_back(std::exchange(token, next));
        }
        for (int i = 0; i < 20; ++i, ++replays) {
            const std::string& old = tokens[random.below(tokens.size())];
            const auto uid = static_cast<ports::PeerUid>(1000 + random.below(2));
            accepted += who(old, uid).kind == Kind::Nobody ? 0 : 1;
        }
        // A code again at once, while its step is still the current one; a day takes 40 such tries.
        if (rounds % 5 > 0) continue;
        accepted += service.step_up(who(token), secret(codes.back())).command.refusal ? 0 : 1;
        ++replays;
    }
    for (const std::string& text : factor.recovery) {
        clock.advance(hours{1});
        auto opened = try_sign_in("bob", kPassword, text);
        ASSERT_FALSE(opened.command.refusal.has_value());
        if (random.below(2) == 0) keep(opened.command);
        if (random.below(2) == 0) reload();
        accepted += try_sign_in("bob", kPassword, text).command.refusal ? 0 : 1;
        ++replays;
    }
    std::printf("service: %ld replays of %zu tokens and %zu codes, %ld accepted, seed %llu\n",
                replays, tokens.size(), codes.size() + factor.recovery.size(), accepted,
                static_cast<unsigned long long>(kSeed));
    EXPECT_EQ(accepted, 0);
}

}  // namespace
}  // namespace vault::identity
