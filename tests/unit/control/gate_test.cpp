// The gate over every method, caller and owner.
#include "daemon/control/gate.hpp"

#include "common/base/random.hpp"
#include "common/domain/ids.hpp"
#include "daemon/ports/absent.hpp"
#include "tests/unit/control/gate_world.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace vault::test {
namespace {

using control::Pass;
using protocol::Method;
using protocol::Ownership;
using Kind = ports::Principal::Kind;
using CallerKind = protocol::Caller::Kind;

constexpr std::array kRoles{Role::Admin, Role::Moderator, Role::Member, Role::Auditor};

// The parameter by which a method names its object; empty: it names none.
std::string_view naming(const Method& method) {
    for (const std::string_view name :
         {"vault", "order", "decision", "sweep", "trade", "account", "job", "user"})
        for (const protocol::Param& param : method.params)
            if (param.name == name) return name;
    for (const protocol::Param& param : method.params)
        if (param.name == "key" && method.object == protocol::Object::Key) return "key";
    const bool people = method.object == protocol::Object::User &&
                        method.right != protocol::Right::Open && !method.bootstrap;
    for (const protocol::Param& param : method.params)
        if (people && param.name == "name") return "name";
    return {};
}

std::string object_text(std::string_view param, std::uint32_t number) {
    static constexpr std::array<std::string_view, 3> kNames{"carol", "mia", "adam"};
    if (param == "user" || param == "name")
        return number <= 3 ? std::string{kNames[number - 1]} : "nobody";
    if (param == "account") return "a" + std::to_string(number);
    if (param == "trade") return "a" + std::to_string(number) + ":T17";
    if (param == "key") return "k" + std::to_string(number);
    if (param == "job") return "j" + std::to_string(number);
    const std::string vault = "v" + std::to_string(number);
    return param == "vault" ? vault : vault + ".flash.1";
}

struct Case {
    Ownership ownership = Ownership::None;
    std::uint32_t number = 0;
    bool beyond_paper = false;
};
constexpr std::array kCases{Case{Ownership::None, 0, false},    Case{Ownership::Own, 1, false},
                            Case{Ownership::Members, 2, false}, Case{Ownership::Foreign, 3, false},
                            Case{Ownership::Own, 4, true},      Case{Ownership::Absent, 9, false}};

json::object params_of(const Method& method, const Case& one) {
    const std::string_view param = naming(method);
    if (one.number == 0 || param.empty()) return {};
    return {{param, object_text(param, one.number)}};
}

// What the caller and the object are, said anew.
protocol::Decision declared(const ports::Principal& caller, const Method& method, const Case& one) {
    protocol::Caller who;
    who.kind = caller.kind == Kind::Person       ? CallerKind::Person
               : caller.kind == Kind::Robot      ? CallerKind::Robot
               : caller.kind == Kind::LastResort ? CallerKind::LastResort
                                                 : CallerKind::Nobody;
    who.role = caller.role;
    who.permissions = caller.permissions;
    who.in_scope = caller.in_scope;
    who.admin_exists = caller.admin_exists;
    protocol::Target target{one.ownership, one.beyond_paper};
    // What is made belongs to who makes it.
    const bool makes = method.mutates && (method.object == protocol::Object::Account ||
                                          method.object == protocol::Object::Preset);
    if (makes && target.ownership == Ownership::None) target.ownership = Ownership::Own;
    const std::string_view param = naming(method);
    // Live is said of vaults and what is in them.
    const bool in_vault = param == "vault" || param == "order" || param == "decision" ||
                          param == "sweep" || param == "job";
    target.beyond_paper = one.beyond_paper && in_vault;
    return protocol::decide(who, protocol::facts_of(method), target);
}

class GateTest : public testing::Test, protected GateWorld {
  protected:
    // One call: as declared, and a refusal leaves one note.
    void check(const Method& method, const Case& one) {
        SCOPED_TRACE(fmt::format("{} {} {}", method.name, to_text(one.ownership), one.number));
        const json::object params = params_of(method, one);
        const protocol::Decision wanted = declared(access.caller, method, one);
        const auto passed = admit(method, params);
        const auto told = notes();
        clock.advance(std::chrono::seconds{61});
        ++calls;
        EXPECT_EQ(passed.has_value(), wanted.allowed()) << to_text(wanted.refusal);
        if (passed) {
            EXPECT_EQ(passed.value().scope, wanted.scope);
            EXPECT_TRUE(told.empty());
            return;
        }
        ++refusals;
        ASSERT_EQ(told.size(), 1U);
        const auto& note = std::get<ports::cmd::Note>(told[0].value);
        EXPECT_FALSE(note.applied);
        EXPECT_EQ(note.message, passed.error().message());
        EXPECT_EQ(told[0].context.method, method.name);
        EXPECT_EQ(told[0].context.actor, control::actor_of(access.caller));
        EXPECT_EQ(told[0].context.user, access.caller.user);
        EXPECT_EQ(told[0].context.params_json, protocol::to_compact(params));
        EXPECT_TRUE(told[0].context.idem_key.empty());
        if (wanted.refusal == protocol::Refusal::Absent)
            EXPECT_EQ(passed.error().code(), Errc::NotFound);
        else
            EXPECT_EQ(passed.error(), protocol::refusal_error(wanted, protocol::facts_of(method)));
    }
    void check_all() {
        for (const Method& method : protocol::methods())
            for (const Case& one : kCases) {
                if (one.number > 0 && naming(method).empty()) continue;
                // Users have no mode.
                const bool of_user = naming(method) == "user" || naming(method) == "name";
                if (one.number == 4 && of_user) continue;
                check(method, one);
            }
    }

    long calls = 0, refusals = 0;
};

TEST_F(GateTest, EveryCallIsDecidedAsDeclared) {
    for (const Role role : kRoles) {
        SCOPED_TRACE(to_text(role));
        be(role);
        check_all();
        access.caller.permissions = {};
        check_all();
        be_robot(role, true);
        check_all();
        be_robot(role, false);
        check_all();
    }
    be(Role::Member);  // as the directory has carol
    be_nobody(Kind::Nobody);
    for (const Method& method : protocol::methods())
        for (const Case& one : kCases)
            if (one.ownership == Ownership::None || one.ownership == Ownership::Absent)
                check(method, naming(method).empty() ? Case{} : one);
    for (const bool admin : {true, false}) {
        be_nobody(Kind::LastResort);
        access.caller.admin_exists = admin;
        for (const Method& method : protocol::methods())
            check(method, Case{});
    }
    std::printf("gate: %ld calls, %ld refused, as declared\n", calls, refusals);
    EXPECT_GT(refusals, 1000);
    EXPECT_GT(calls - refusals, 1000);
}

// In code, message, field and hint, for every method that names an object.
TEST_F(GateTest, AForeignObjectIsRefusedAsAnAbsentOne) {
    long compared = 0;
    for (const Role role : {Role::Member, Role::Moderator}) {
        be(role);
        for (const Method& method : protocol::methods()) {
            const std::string_view param = naming(method);
            if (param.empty()) continue;
            for (const std::uint32_t number : {2U, 3U}) {
                const std::string foreign = object_text(param, number);
                const std::string absent = object_text(param, 9);
                const auto one = admit(method, {{param, foreign}});
                const auto other = admit(method, {{param, absent}});
                clock.advance(std::chrono::minutes{1});
                const Case as{number == 2 ? Ownership::Members : Ownership::Foreign, number, false};
                if (declared(access.caller, method, as).refusal != protocol::Refusal::Absent)
                    continue;
                ++compared;
                ASSERT_FALSE(one.has_value()) << method.name;
                ASSERT_FALSE(other.has_value()) << method.name;
                const auto text = [](const Error& error, const std::string& object) {
                    std::string all = fmt::format("{}|{}|{}|{}", static_cast<int>(error.code()),
                                                  error.message(), error.field(), error.hint());
                    const std::string name = object.substr(0, object.find_first_of(".:"));
                    for (std::size_t at; (at = all.find(name)) != std::string::npos;)
                        all.replace(at, name.size(), "X");
                    return all;
                };
                EXPECT_EQ(text(one.error(), foreign), text(other.error(), absent)) << method.name;
            }
        }
    }
    EXPECT_GT(compared, 100);
}

// However a text names an order: what the handlers would take for an order of a vault, the gate
// takes for that vault's.
TEST_F(GateTest, NoSpellingOfAnObjectGetsPastIt) {
    const Method& method = *protocol::find_method("order.show");
    be(Role::Member);
    Random random{20261129};
    long named = 0;
    for (int i = 0; i < 20'000; ++i) {
        static constexpr std::string_view kLetters = "v3.:@flashquiet109 +-V";
        std::string text = i % 2 == 0 ? "v3.flash.1" : "v3.quiet.17";
        for (std::uint64_t n = random.below(4); n > 0; --n) {
            const std::size_t at = random.below(text.size() + 1);
            const char letter = kLetters[random.below(kLetters.size())];
            if (random.below(2) == 0 && at < text.size())
                text[at] = letter;
            else
                text.insert(at, 1, letter);
        }
        const auto order = parse_order_id(text);
        if (!order || order.value().vault == VaultId{1} || order.value().vault == VaultId{4})
            continue;
        ++named;
        const auto passed = admit(method, {{"order", text}});
        EXPECT_FALSE(passed.has_value()) << text;
        clock.advance(std::chrono::seconds{2});
    }
    EXPECT_GT(named, 1000);
}

TEST_F(GateTest, TheFarthestOfSeveralObjectsCounts) {
    be(Role::Member);
    const Method& method = *protocol::find_method("order.list");
    EXPECT_TRUE(admit(method, {{"vault", "v1"}, {"account", "a1"}}).has_value());
    for (const json::object& params : {json::object{{"vault", "v1"}, {"account", "a2"}},
                                       {{"vault", "v3"}, {"account", "a1"}},
                                       {{"vault", "v1"}, {"user", "mia"}},
                                       {{"vault", "v1"}, {"user", "u3"}},
                                       {{"vault", "v1"}, {"account", "a9"}}}) {
        const auto passed = admit(method, params);
        ASSERT_FALSE(passed.has_value()) << protocol::to_compact(params);
        EXPECT_EQ(passed.error().code(), Errc::NotFound);
    }
    EXPECT_EQ(admit(method, {{"user", "u2"}}).error(), ports::no_user("u2"));
    EXPECT_EQ(admit(method, {{"user", "zoe"}}).error(), ports::no_user("zoe"));
}

TEST_F(GateTest, WhatIsRefusedSaysOfWhomItWas) {
    be(Role::Moderator);
    ASSERT_FALSE(
        admit(*protocol::find_method("vault.allocate"), {{"vault", "v2"}, {"quiet", "1"}}));
    auto told = notes();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(std::get<ports::cmd::Note>(told[0].value).user, kMember);
    EXPECT_EQ(std::get<ports::cmd::Note>(told[0].value).object, "v2");
    // Nobody's secret comes into the trail, not even by a refused call.
    be(Role::Member);
    ASSERT_FALSE(admit(*protocol::find_method("user.set_password"),
                       {{"name", "mia"}, {"password", "canary-1"}}));
    told = notes();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].context.params_json, R"({"name":"mia"})");
    // A token that opens nothing is told why in the trail alone.
    be_nobody(Kind::Nobody);
    access.caller.fault = "other_uid";
    const auto passed = admit(*protocol::find_method("vault.list"), {});
    ASSERT_FALSE(passed.has_value());
    EXPECT_EQ(passed.error().code(), Errc::AuthRequired);
    EXPECT_EQ(passed.error().message().find("other_uid"), std::string::npos);
    told = notes();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].context.actor, "uid:1000");
    EXPECT_NE(std::get<ports::cmd::Note>(told[0].value).message.find("(token: other_uid)"),
              std::string::npos);
}

TEST_F(GateTest, AMinuteHasRoomForSixtyRefusalsOfAUidWithoutASession) {
    be_nobody(Kind::Nobody);
    const Method& method = *protocol::find_method("vault.list");
    for (int i = 0; i < 200; ++i)
        EXPECT_FALSE(admit(method, {}).has_value());
    EXPECT_EQ(notes().size(), 60U);
    EXPECT_FALSE(admit(method, {}, 1001).has_value());  // another uid
    auto told = notes();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].context.actor, "uid:1001");
    // Of whom it is known who he is, each one is told: his calls are held to a rate.
    be_robot(Role::Member, false);
    for (int i = 0; i < 200; ++i)
        EXPECT_FALSE(admit(method, {}).has_value());
    EXPECT_EQ(notes().size(), 200U);
    be_nobody(Kind::Nobody);
    clock.advance(std::chrono::minutes{1});
    EXPECT_FALSE(admit(method, {}).has_value());
    EXPECT_FALSE(admit(method, {}).has_value());
    told = notes();
    ASSERT_EQ(told.size(), 2U);
    EXPECT_NE(std::get<ports::cmd::Note>(told[0].value).message.find("(140 refusals before it"),
              std::string::npos);
    EXPECT_EQ(std::get<ports::cmd::Note>(told[1].value).message.find("left out"),
              std::string::npos);
}

TEST_F(GateTest, WhatRaisesRiskNeedsAFactorThatWasShownLately) {
    long asked = 0;
    for (const Method& method : protocol::methods()) {
        be(Role::Admin);
        const Case own{naming(method).empty() ? Ownership::None : Ownership::Own,
                       naming(method).empty() ? 0U : 1U, false};
        const json::object params = params_of(method, own);
        const protocol::Decision wanted = declared(access.caller, method, own);
        if (!wanted.allowed()) continue;
        EXPECT_TRUE(admit(method, params).has_value()) << method.name << " without a factor";
        access.caller.has_factor = true;
        const auto stale = admit(method, params);
        EXPECT_EQ(stale.has_value(), !wanted.step_up) << method.name;
        if (!stale) {
            ++asked;
            EXPECT_EQ(stale.error().code(), Errc::MfaRequired);
            EXPECT_NE(stale.error().message().find(method.name), std::string::npos);
            EXPECT_NE(method.risk, protocol::Risk::Lowers) << method.name;
        }
        access.caller.fresh = true;
        EXPECT_TRUE(admit(method, params).has_value()) << method.name << " freshly shown";
        clock.advance(std::chrono::minutes{1});
    }
    EXPECT_GT(asked, 10);
    EXPECT_EQ(static_cast<long>(notes().size()), asked);
}

TEST_F(GateTest, ARobotThatCallsTooOftenIsToldItsRate) {
    be_robot(Role::Member, true);
    access.caller.too_many_calls = true;
    const auto passed = admit(*protocol::find_method("vault.list"), {});
    ASSERT_FALSE(passed.has_value());
    EXPECT_EQ(passed.error().code(), Errc::RateLimited);
    EXPECT_NE(passed.error().message().find("t3 makes at most 10"), std::string::npos);
}

TEST_F(GateTest, ListsAreCutToWhatTheRoleMayRead) {
    const Method& method = *protocol::find_method("vault.list");
    const auto visible = [&] { return admit(method, {}).value().visible; };
    be(Role::Admin);
    EXPECT_TRUE(visible().everyones);
    be(Role::Auditor);
    EXPECT_TRUE(visible().everyones);
    be(Role::Moderator);
    EXPECT_EQ(visible(), (ports::Visible{.everyones = false, .members = true, .own = kCaller}));
    be(Role::Member);
    EXPECT_EQ(visible(), (ports::Visible{.everyones = false, .members = false, .own = kCaller}));
    be_nobody(Kind::Nobody);  // what is open to all shows nobody's
    const auto health = admit(*protocol::find_method("health"), {});
    EXPECT_EQ(health.value().visible,
              (ports::Visible{.everyones = false, .members = false, .own = {}}));
}

TEST_F(GateTest, ASubscriptionGoesOnWhileItsCallerMay) {
    be(Role::Member);
    const Method& method = *protocol::find_method("vault.show");
    const json::object params{{"vault", "v1"}};
    const Pass pass = admit(method, params).value();
    EXPECT_TRUE(gate.still(method, params, pass.caller).has_value());
    EXPECT_FALSE(gate.still(method, {{"vault", "v2"}}, pass.caller).has_value());
    ports::Principal demoted = pass.caller;
    demoted.permissions = {};
    EXPECT_TRUE(gate.still(method, params, demoted).has_value());
    people.vaults[0].user = kMember;  // as after another load
    directory.load(people);
    EXPECT_FALSE(gate.still(method, params, pass.caller).has_value());
    EXPECT_TRUE(notes().empty());
}

TEST_F(GateTest, ActorsAreNamed) {
    be(Role::Member);
    EXPECT_EQ(control::actor_of(access.caller), "carol");
    be_robot(Role::Member, true);
    EXPECT_EQ(control::actor_of(access.caller), "carol:t3");
    be_nobody(Kind::LastResort);
    access.caller.uid = 990;
    EXPECT_EQ(control::actor_of(access.caller), "uid:990");
}

}  // namespace
}  // namespace vault::test
