// The full matrix of rights, made from the method table and compared with what design/domain.md
// ("Roles") says. The policy below is written down anew, as letters, and shares nothing with the
// rules in permissions.cpp.
#include "common/protocol/permissions.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

namespace vault::protocol {
namespace {

// One line of the policy: what each role gets when the call names no object, an own one, a
// member's, another user's, one that is not there.
//   y allowed    o m e allowed for own rows, own and members', everybody's
//   R role       N not the owner    A as if it were not there    S for others only
struct Line {
    char letter;
    std::string_view what;
    std::array<std::string_view, 4> cells;  // admin, moderator, member, auditor
};
constexpr std::array kLines{
    Line{'O', "whoever can connect", {"yyyyy", "yyyyy", "yyyyy", "yyyyy"}},
    Line{'V', "own vaults, keys", {"NyNNA", "NyNAA", "NyAAA", "RRRRR"}},
    Line{'F', "own password, MFA", {"oyNNA", "oyNAA", "oyAAA", "RRRRR"}},
    Line{'S', "own sessions", {"oyNNA", "oyNAA", "oyAAA", "oyNNA"}},
    Line{'L', "read any user's vaults, reports", {"eyyyA", "myyAA", "oyAAA", "eyyyA"}},
    Line{'U', "read the audit log", {"eyyyA", "myyAA", "RRRRR", "eyyyA"}},
    Line{'P', "pause/resume members' sleeves, remove a key", {"NyyyA", "NyyAA", "NyAAA", "RRRRR"}},
    Line{'M', "approve, reset a password", {"NSyyA", "NSyAA", "RRRRR", "RRRRR"}},
    Line{'A', "what is an admin's alone", {"eyyyA", "RRRRR", "RRRRR", "RRRRR"}},
    Line{'H', "halt everything; anyone else what is theirs", {"eyNNA", "oyNAA", "oyAAA", "RRRRR"}},
    Line{'G', "resume everything, or what a member has", {"eyyyA", "oyyAA", "oyAAA", "RRRRR"}},
    Line{'C', "own caps", {"oyNNA", "oyNAA", "oyAAA", "RRRRR"}},
};

// What the policy says of a method: its line, the word of the permission list that it needs, and
// what it does to the risk: ^ raises, v lowers, = neither, r is a read.
struct Said {
    std::string_view method;
    char line;
    std::string_view permission;
    char risk;
};
constexpr std::array kSaid{
    Said{"hello", 'O', "", 'r'},
    Said{"status", 'L', "", 'r'},
    Said{"top", 'L', "", 'r'},
    Said{"health", 'O', "", 'r'},
    Said{"halt", 'H', "", 'v'},
    Said{"resume", 'G', "trade", '^'},
    Said{"why_not_trading", 'L', "", 'r'},
    Said{"version", 'O', "", 'r'},
    Said{"api.describe", 'O', "", 'r'},
    Said{"whoami", 'O', "", 'r'},
    Said{"metrics", 'L', "", 'r'},
    Said{"doctor", 'L', "", 'r'},
    Said{"config.show", 'A', "", 'r'},
    Said{"config.check", 'A', "", 'r'},
    Said{"config.reload", 'A', "", '='},
    Said{"user.create", 'A', "", '^'},
    Said{"user.list", 'L', "", 'r'},
    Said{"user.show", 'L', "", 'r'},
    Said{"user.wallets", 'V', "allocate", '='},
    Said{"account.add", 'V', "keys", '^'},
    Said{"account.remove", 'V', "keys", 'v'},
    Said{"account.list", 'L', "", 'r'},
    Said{"account.show", 'L', "", 'r'},
    Said{"account.exchanges", 'L', "", 'r'},
    Said{"account.unattributed", 'L', "", 'r'},
    Said{"account.attribute", 'V', "allocate", '^'},
    Said{"account.skip_history", 'P', "trade", '^'},
    Said{"account.deposit", 'V', "allocate", '='},
    Said{"account.withdraw", 'V', "allocate", '='},
    Said{"account.trade", 'V', "trade", '='},
    Said{"vault.create", 'V', "allocate", '='},
    Said{"vault.list", 'L', "", 'r'},
    Said{"vault.show", 'L', "", 'r'},
    Said{"vault.history", 'L', "", 'r'},
    Said{"vault.set_tradeable", 'V', "allocate", '^'},
    Said{"vault.allocate", 'V', "allocate", '^'},
    Said{"vault.unallocate", 'V', "allocate", 'v'},
    Said{"vault.release", 'V', "allocate", 'v'},
    Said{"vault.reserve", 'V', "allocate", '='},
    Said{"vault.auto_raise", 'V', "allocate", '^'},
    Said{"vault.pairs", 'V', "trade", '='},
    Said{"vault.refresh", 'V', "trade", '='},
    Said{"vault.pause", 'P', "", 'v'},
    Said{"vault.resume", 'P', "trade", '^'},
    Said{"vault.liquidate", 'V', "", 'v'},
    Said{"vault.mode", 'V', "live", '^'},
    Said{"sleeve.list", 'L', "", 'r'},
    Said{"sleeve.show", 'L', "", 'r'},
    Said{"sleeve.set", 'V', "trade", '^'},
    Said{"sleeve.history", 'L', "", 'r'},
    Said{"preset.list", 'L', "", 'r'},
    Said{"preset.show", 'L', "", 'r'},
    Said{"preset.diff", 'L', "", 'r'},
    Said{"preset.create", 'V', "trade", '='},
    Said{"preset.remove", 'V', "trade", '='},
    Said{"preset.apply", 'V', "trade", '^'},
    Said{"sleeve.pause", 'P', "", 'v'},
    Said{"sleeve.resume", 'P', "trade", '^'},
    Said{"sleeve.strategy", 'V', "trade", '^'},
    Said{"sleeve.mode", 'V', "trade", '^'},
    Said{"position.list", 'L', "", 'r'},
    Said{"position.show", 'L', "", 'r'},
    Said{"position.resolve", 'V', "trade", '^'},
    Said{"position.write_down", 'V', "trade", '='},
    Said{"risk.show", 'L', "", 'r'},
    Said{"risk.explain", 'L', "", 'r'},
    Said{"risk.test", 'L', "", 'r'},
    Said{"risk.set", 'C', "trade", '='},
    Said{"position.adopt", 'V', "trade", '^'},
    Said{"market.import", 'A', "", '='},
    Said{"market.pairs", 'L', "", 'r'},
    Said{"market.prices", 'L', "", 'r'},
    Said{"market.candles", 'L', "", 'r'},
    Said{"replay.start", 'V', "trade", '='},
    Said{"replay.run", 'V', "trade", '='},
    Said{"replay.status", 'L', "", 'r'},
    Said{"replay.stop", 'V', "trade", '='},
    Said{"job.list", 'L', "", 'r'},
    Said{"job.show", 'L', "", 'r'},
    Said{"job.cancel", 'V', "", 'v'},
    Said{"ledger.list", 'L', "", 'r'},
    Said{"ledger.verify", 'L', "", 'r'},
    Said{"ledger.export", 'L', "reports", 'r'},
    Said{"ledger.correct", 'A', "", '^'},
    Said{"decision.why", 'L', "", 'r'},
    Said{"decision.list", 'L', "", 'r'},
    Said{"decision.show", 'L', "", 'r'},
    Said{"decision.explain", 'L', "", 'r'},
    Said{"order.list", 'L', "", 'r'},
    Said{"order.show", 'L', "", 'r'},
    Said{"order.explain", 'L', "", 'r'},
    Said{"trade.list", 'L', "", 'r'},
    Said{"trade.show", 'L', "", 'r'},
    Said{"trade.explain", 'L', "", 'r'},
    Said{"sweep.list", 'L', "", 'r'},
    Said{"sweep.show", 'L', "", 'r'},
    Said{"sweep.explain", 'L', "", 'r'},
    Said{"report.vault", 'L', "reports", 'r'},
    Said{"report.fees", 'L', "reports", 'r'},
    Said{"report.sweeps", 'L', "reports", 'r'},
    Said{"report.pnl", 'L', "reports", 'r'},
    Said{"events", 'L', "", 'r'},
    Said{"sub.open", 'L', "", 'r'},
    Said{"sub.credit", 'L', "", 'r'},
    Said{"sub.close", 'L', "", 'r'},
    Said{"login", 'O', "", '='},
    Said{"logout", 'S', "", 'v'},
    Said{"session.list", 'S', "", 'r'},
    Said{"session.revoke", 'S', "", 'v'},
    Said{"passwd", 'F', "", '^'},
    Said{"register", 'O', "", '='},
    Said{"mfa.enroll", 'F', "", '='},
    Said{"mfa.confirm", 'F', "", '='},
    Said{"mfa.verify", 'S', "", '='},
    Said{"mfa.status", 'S', "", 'r'},
    Said{"mfa.disable", 'F', "", '^'},
    Said{"token.create", 'F', "", '^'},
    Said{"token.list", 'F', "", 'r'},
    Said{"token.revoke", 'F', "", 'v'},
    Said{"user.approve", 'M', "", '^'},
    Said{"user.set_password", 'M', "", '^'},
    Said{"user.set_role", 'A', "", '^'},
    Said{"user.disable", 'A', "", 'v'},
    Said{"user.enable", 'A', "", '^'},
    Said{"user.permit", 'A', "", '^'},
    Said{"audit.list", 'U', "", 'r'},
    Said{"audit.verify", 'U', "", 'r'},
    Said{"audit.head", 'U', "", 'r'},
    Said{"key.add", 'V', "keys", '^'},
    Said{"key.list", 'L', "", 'r'},
    Said{"key.validate", 'V', "keys", '='},
    Said{"key.rotate", 'V', "keys", '^'},
    Said{"key.retire", 'V', "keys", 'v'},
    Said{"key.remove", 'P', "keys", 'v'},
    Said{"key.policy", 'V', "keys", '^'},
    Said{"secrets.show", 'A', "", 'r'},
    Said{"secrets.rotate", 'A', "", '^'},
    Said{"secrets.escrow", 'A', "", '^'},
    Said{"secrets.drill", 'A', "", 'r'},
    Said{"alert.list", 'L', "", 'r'},
    Said{"alert.ack", 'A', "", '='},
    Said{"alert.test", 'A', "", '='},
    Said{"backup.create", 'A', "", '='},
    Said{"backup.list", 'A', "", 'r'},
    Said{"backup.verify", 'A', "", 'r'},
};

std::vector<MethodFacts> all_facts() {
    std::vector<MethodFacts> facts;
    for (const Method& method : methods())
        facts.push_back(facts_of(method));
    return facts;
}

constexpr std::array kOwnerships{Ownership::None, Ownership::Own, Ownership::Members,
                                 Ownership::Foreign, Ownership::Absent};
constexpr std::array kRoles{Role::Admin, Role::Moderator, Role::Member, Role::Auditor};

PermissionSet set_of(unsigned bits) {
    PermissionSet set;
    for (const Permission permission : kPermissions)
        if ((bits >> static_cast<unsigned>(permission) & 1U) != 0) set.add(permission);
    return set;
}

const Said* said_of(std::string_view method) {
    for (const Said& said : kSaid)
        if (said.method == method) return &said;
    return nullptr;
}

const Line& line_of(char letter) {
    for (const Line& line : kLines)
        if (line.letter == letter) return line;
    throw std::out_of_range{"no such line"};
}

// What the policy gives, as a letter; T token, P permission, I sign in first.
char declared(const Said& said, const Caller& caller, std::size_t column, bool beyond_paper) {
    if (said.line == 'O') return 'y';
    if (caller.kind == Caller::Kind::Nobody) return 'I';
    if (caller.kind == Caller::Kind::LastResort)
        return said.method == "user.create" && !caller.admin_exists ? 'y' : 'I';
    const bool private_line = said.line == 'S' || said.line == 'F' || said.line == 'M';
    if (caller.kind == Caller::Kind::Robot &&
        (!caller.in_scope || said.risk == '^' || private_line))
        return 'T';
    const char cell = line_of(said.line).cells[static_cast<std::size_t>(caller.role)][column];
    if (cell == 'R') return 'R';
    if (!said.permission.empty() &&
        !caller.permissions.has(parse_permission(said.permission).value()))
        return 'P';
    const bool acts = said.risk == '=' || said.risk == '^';
    if (column != 0 && beyond_paper && acts && cell == 'y' &&
        !caller.permissions.has(Permission::Live))
        return 'P';
    return cell;
}

char letter_of(const Decision& decision) {
    switch (decision.refusal) {
        case Refusal::None:
            return decision.scope == Scope::Nothing         ? 'y'
                   : decision.scope == Scope::Own           ? 'o'
                   : decision.scope == Scope::OwnAndMembers ? 'm'
                                                            : 'e';
        case Refusal::SignIn: return 'I';
        case Refusal::Token: return 'T';
        case Refusal::Role: return 'R';
        case Refusal::Permission: return 'P';
        case Refusal::Absent: return 'A';
        case Refusal::NotOwner: return 'N';
        case Refusal::Duty: return 'D';
        case Refusal::Yourself: return 'S';
    }
    return '?';
}

std::vector<Caller> all_callers() {
    using Kind = Caller::Kind;
    std::vector<Caller> callers{{.kind = Kind::Nobody},
                                {.kind = Kind::LastResort, .admin_exists = true},
                                {.kind = Kind::LastResort, .admin_exists = false}};
    for (const Role role : kRoles)
        for (unsigned bits = 0; bits < 32; ++bits) {
            Caller caller{.kind = Kind::Person, .role = role, .permissions = set_of(bits)};
            callers.push_back(caller);
            caller.kind = Kind::Robot;
            callers.push_back(caller);
            caller.in_scope = true;
            callers.push_back(caller);
        }
    return callers;
}

struct Counts {
    std::map<char, long> by_letter;
    long cells = 0;
    long wrong = 0;
};

void compare(const Said& said, const MethodFacts& facts, const Caller& caller, Counts& counts) {
    for (std::size_t column = 0; column < kOwnerships.size(); ++column)
        for (const bool beyond_paper : {false, true}) {
            const Target target{kOwnerships[column], beyond_paper};
            const Decision decision = decide(caller, facts, target);
            const char expected = declared(said, caller, column, beyond_paper);
            const char found = letter_of(decision);
            ++counts.cells;
            ++counts.by_letter[found];
            const bool first_admin = caller.kind == Caller::Kind::LastResort;
            const bool asks = decision.allowed() && said.risk == '^' && !first_admin;
            if (found == expected && decision.step_up == asks) continue;
            if (++counts.wrong <= 20)
                ADD_FAILURE() << said.method << " by " << to_text(caller.role) << " kind "
                              << static_cast<int>(caller.kind) << " with "
                              << to_text(caller.permissions) << " on " << to_text(target.ownership)
                              << ": " << found << ", declared " << expected << ", step-up "
                              << decision.step_up;
        }
}

TEST(Permissions, TheWholeMatrixIsAsDeclared) {
    Counts counts;
    const auto facts = all_facts();
    const auto callers = all_callers();
    std::size_t in_table = 0;
    for (const MethodFacts& method : facts) {
        const Said* said = said_of(method.name);
        ASSERT_NE(said, nullptr) << method.name << " has no line in the declared policy";
        in_table += find_method(method.name) != nullptr ? 1 : 0;
        for (const Caller& caller : callers)
            compare(*said, method, caller, counts);
    }
    EXPECT_EQ(in_table, methods().size());
    EXPECT_EQ(facts.size(), kSaid.size()) << "the policy names a method that is not there";
    std::printf(
        "matrix: %zu methods (%zu of the table) x %zu callers x 10 targets = %ld cells, "
        "%ld wrong\n",
        facts.size(), in_table, callers.size(), counts.cells, counts.wrong);
    for (const auto& [letter, count] : counts.by_letter)
        std::printf("  %c %8ld\n", letter, count);
    EXPECT_EQ(counts.wrong, 0);
}

TEST(Permissions, AForeignObjectLooksLikeOneThatIsNotThere) {
    long pairs = 0;
    for (const MethodFacts& method : all_facts())
        for (const Caller& caller : all_callers())
            for (const Ownership ownership : {Ownership::Members, Ownership::Foreign}) {
                const bool sees = readable(caller.role) == Scope::Everyones ||
                                  (readable(caller.role) == Scope::OwnAndMembers &&
                                   ownership == Ownership::Members);
                if (sees) continue;
                const Decision there = decide(caller, method, {ownership, true});
                const Decision absent = decide(caller, method, {Ownership::Absent, false});
                EXPECT_EQ(there, absent) << method.name;
                if (!there.allowed()) {
                    EXPECT_EQ(refusal_error(there, method), refusal_error(absent, method));
                }
                ++pairs;
            }
    EXPECT_GT(pairs, 10'000);
}

TEST(Permissions, WhatLowersRiskAsksForNeitherTradeNorSecondFactor) {
    const Caller bare{.kind = Caller::Kind::Person, .role = Role::Member};
    for (const char* name : {"halt", "vault.pause", "sleeve.pause", "vault.liquidate"}) {
        const Method& method = *find_method(name);
        const Target own{method.sweeping ? Ownership::None : Ownership::Own, true};
        const Decision decision = decide(bare, facts_of(method), own);
        EXPECT_TRUE(decision.allowed()) << name;
        EXPECT_FALSE(decision.step_up) << name;
    }
    for (const Method& method : methods())
        if (method.risk == Risk::Lowers) {
            EXPECT_FALSE(decide({.kind = Caller::Kind::Person,
                                 .role = Role::Admin,
                                 .permissions = PermissionSet::all()},
                                facts_of(method), {Ownership::Own, true})
                             .step_up)
                << method.name;
        }
}

TEST(Permissions, WhatNothingIsSaidAboutIsRefused) {
    EXPECT_FALSE(Decision{}.allowed());
    const MethodFacts unsaid;
    for (const Role role : {Role::Moderator, Role::Member, Role::Auditor})
        EXPECT_FALSE(
            decide(
                {.kind = Caller::Kind::Person, .role = role, .permissions = PermissionSet::all()},
                unsaid, {Ownership::Own, false})
                .allowed());
    EXPECT_EQ(decide({}, unsaid, {}).refusal, Refusal::SignIn);
    // A change of which nobody said what it is allowed by.
    const MethodFacts loose{.name = "x", .right = Right::Read, .mutates = true};
    EXPECT_EQ(
        decide({.kind = Caller::Kind::Person, .role = Role::Admin}, loose, {Ownership::Own, false})
            .refusal,
        Refusal::Role);
}

// Who has to change the password, or to enrol, can do that, look after sessions and lower risk.
TEST(Permissions, ADutyComesFirst) {
    for (const Caller::Duty duty : {Caller::Duty::ChangePassword, Caller::Duty::EnrollFactor})
        for (const Role role : kRoles)
            for (const MethodFacts& method : all_facts())
                for (const Ownership ownership : kOwnerships) {
                    Caller caller{
                        .kind = Caller::Kind::Person, .role = role, .permissions = set_of(31)};
                    const Decision free = decide(caller, method, {ownership, false});
                    caller.duty = duty;
                    const Decision bound = decide(caller, method, {ownership, false});
                    const Said& said = *said_of(method.name);
                    const bool stays = said.line == 'O' || said.line == 'F' || said.line == 'S' ||
                                       said.risk == 'v' || role == Role::Auditor;
                    if (stays) {
                        EXPECT_EQ(bound, free) << method.name;
                    } else {
                        EXPECT_EQ(bound.refusal, Refusal::Duty) << method.name;
                        EXPECT_EQ(bound.duty, duty);
                        EXPECT_NE(refusal_error(bound, method).hint().find("vaultctl"),
                                  std::string::npos);
                    }
                }
}

TEST(Permissions, InWords) {
    const auto words = [](std::string_view name) {
        for (const MethodFacts& method : all_facts())
            if (method.name == name) return who_may(method);
        return std::string{};
    };
    EXPECT_EQ(words("version"), "Whoever can connect, signed in or not.");
    EXPECT_EQ(words("vault.show"),
              "Admins: any user's. Moderators: their own and members'. Members: their own. "
              "Auditors: any user's.");
    EXPECT_EQ(words("vault.allocate"),
              "Admins: their own. Moderators: their own. Members: their own. "
              "Needs the permission allocate. Asks for the second factor.");
    EXPECT_EQ(words("sleeve.pause"),
              "Admins: any user's. Moderators: their own and members'. Members: their own.");
    EXPECT_EQ(words("halt"), "Admins: everybody's. Moderators: their own. Members: their own.");
    EXPECT_EQ(words("config.show"), "Admins.");
    EXPECT_EQ(words("status"), "Whoever is signed in.");
    EXPECT_EQ(words("user.set_password"),
              "Admins: any other user's. Moderators: members'. Asks for the second factor.");
    EXPECT_EQ(words("user.create"),
              "Admins: any user's. Asks for the second factor. "
              "The first admin: root and the daemon's own user.");
}

TEST(Permissions, EveryRefusalSaysWhatToDo) {
    const MethodFacts allocate = facts_of(*find_method("vault.allocate"));
    const Caller member{.kind = Caller::Kind::Person, .role = Role::Member};
    const Error lacking =
        refusal_error(decide(member, allocate, {Ownership::Own, false}), allocate);
    EXPECT_EQ(lacking.code(), Errc::PermissionDenied);
    EXPECT_NE(lacking.message().find("'allocate'"), std::string::npos) << lacking.message();
    for (const Refusal refusal : {Refusal::SignIn, Refusal::Token, Refusal::Role, Refusal::Absent,
                                  Refusal::NotOwner, Refusal::Yourself}) {
        const Error error = refusal_error({.refusal = refusal}, allocate);
        EXPECT_FALSE(error.message().empty());
        EXPECT_EQ(error.code(), refusal == Refusal::Absent   ? Errc::NotFound
                                : refusal == Refusal::SignIn ? Errc::AuthRequired
                                                             : Errc::PermissionDenied);
        if (refusal != Refusal::Absent) {
            EXPECT_FALSE(error.hint().empty()) << to_text(refusal);
        }
    }
}

}  // namespace
}  // namespace vault::protocol
