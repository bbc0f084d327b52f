#include "common/protocol/permissions.hpp"

#include "common/base/check.hpp"

#include <fmt/format.h>

#include <array>

namespace vault::protocol {
namespace {

constexpr std::array kRoles{Role::Admin, Role::Moderator, Role::Member, Role::Auditor};

Decision refused(Refusal refusal) {
    return {.refusal = refusal};
}

Decision lacks(Permission permission) {
    return {.refusal = Refusal::Permission, .missing = permission};
}

Decision allowed(const MethodFacts& method, Scope scope) {
    return {.refusal = Refusal::None, .scope = scope, .step_up = method.risk == Risk::Raises};
}

// What is a person's own and nobody else's, whatever the role.
bool is_personal(const MethodFacts& method) {
    return method.right == Right::Session || method.right == Right::Self;
}

bool is_read(const MethodFacts& method) {
    return !method.mutates && !is_personal(method);
}

// May this role ever do it, to any object?
bool role_may(Role role, const MethodFacts& method) {
    switch (method.right) {
        case Right::Open:
        case Right::Session: return true;
        case Right::Read: return !method.mutates;
        case Right::Trade:
        case Right::Allocate:
        case Right::Keys:
        case Right::Reports:
        case Right::Live: return !method.mutates || role != Role::Auditor;
        case Right::Self: return role != Role::Auditor;
        case Right::Audit: return !method.mutates && role != Role::Member;
        case Right::Moderate: return role == Role::Admin || role == Role::Moderator;
        case Right::Admin: return role == Role::Admin;
    }
    return false;
}

// To get out of the market, or to stand still, a user may always.
std::optional<Permission> needed(const MethodFacts& method) {
    switch (method.right) {
        case Right::Trade:
            if (method.risk == Risk::Lowers) return std::nullopt;
            return Permission::Trade;
        case Right::Allocate: return Permission::Allocate;
        case Right::Keys: return Permission::Keys;
        case Right::Reports: return Permission::Reports;
        case Right::Live: return Permission::Live;
        case Right::Open:
        case Right::Session:
        case Right::Read:
        case Right::Self:
        case Right::Audit:
        case Right::Moderate:
        case Right::Admin: return std::nullopt;
    }
    return std::nullopt;
}

// A token has nobody beside it who could show a second factor, and is no way to more tokens.
bool token_may(const Caller& caller, const MethodFacts& method) {
    return caller.in_scope && method.risk != Risk::Raises && !is_personal(method) &&
           method.right != Right::Moderate;
}

// An auditor cannot do either (domain.md: own password, MFA), so has no duty.
bool has_duty(const Caller& caller, const MethodFacts& method) {
    return caller.kind == Caller::Kind::Person && caller.duty != Caller::Duty::None &&
           caller.role != Role::Auditor && !is_personal(method) && method.risk != Risk::Lowers;
}

Decision without_object(const Caller& caller, const MethodFacts& method) {
    if (is_personal(method)) return allowed(method, Scope::Own);
    if (!method.mutates) return allowed(method, readable(caller.role));
    if (method.right == Right::Admin) return allowed(method, Scope::Everyones);
    if (method.own_if_unnamed) return allowed(method, Scope::Own);
    if (!method.sweeping) return refused(Refusal::NotOwner);
    return allowed(method, caller.role == Role::Admin ? Scope::Everyones : Scope::Own);
}

bool may_see(Role role, Ownership ownership) {
    switch (ownership) {
        case Ownership::None:
        case Ownership::Own: return true;
        case Ownership::Members: return readable(role) != Scope::Own;
        case Ownership::Foreign: return readable(role) == Scope::Everyones;
        case Ownership::Absent: return false;
    }
    return false;
}

// Of what belongs to others and may be seen: roles and their rights were looked at before.
bool may_touch_others(Role role, const MethodFacts& method) {
    if (is_read(method) || method.right == Right::Admin || method.right == Right::Moderate)
        return true;
    return method.moderated && (role == Role::Admin || role == Role::Moderator);
}

Decision with_object(const Caller& caller, const MethodFacts& method, const Target& target) {
    if (!may_see(caller.role, target.ownership)) return refused(Refusal::Absent);
    if (target.ownership == Ownership::Own) {
        if (method.right == Right::Moderate) return refused(Refusal::Yourself);
    } else if (!may_touch_others(caller.role, method)) {
        return refused(Refusal::NotOwner);
    }
    if (target.beyond_paper && method.mutates && method.risk != Risk::Lowers &&
        !caller.permissions.has(Permission::Live))
        return lacks(Permission::Live);
    return allowed(method, Scope::Nothing);
}

std::string_view roles_for(Right right) {
    switch (right) {
        case Right::Admin: return "an admin";
        case Right::Moderate: return "an admin or a moderator";
        case Right::Audit: return "an admin, a moderator or an auditor";
        case Right::Open:
        case Right::Session:
        case Right::Read:
        case Right::Self:
        case Right::Trade:
        case Right::Allocate:
        case Right::Keys:
        case Right::Reports:
        case Right::Live: return "somebody who has vaults; an auditor only reads";
    }
    return "";
}

std::string_view plural(Role role) {
    switch (role) {
        case Role::Admin: return "Admins";
        case Role::Moderator: return "Moderators";
        case Role::Member: return "Members";
        case Role::Auditor: return "Auditors";
    }
    return "";
}

bool has_owner(const MethodFacts& method) {
    return method.object != Object::Daemon && method.object != Object::Market;
}

// Whose objects a role with the whole permission list gets at; empty for none.
std::string_view reach(Role role, const MethodFacts& method) {
    const Caller caller{
        .kind = Caller::Kind::Person, .role = role, .permissions = PermissionSet::all()};
    const auto may = [&](Ownership ownership) {
        return decide(caller, method, {ownership, false}).allowed();
    };
    if (method.sweeping && role == Role::Admin) return "everybody's";
    const bool own = may(Ownership::Own);
    if (!has_owner(method) && !method.sweeping) return own ? "yes" : "";
    if (may(Ownership::Foreign)) return own ? "any user's" : "any other user's";
    if (may(Ownership::Members)) return own ? "their own and members'" : "members'";
    return own ? "their own" : "";
}

// "Admins: any user's. Members: their own."
std::string roles_in_words(const MethodFacts& method) {
    std::string text;
    std::size_t count = 0;
    for (const Role role : kRoles) {
        const auto whose = reach(role, method);
        if (whose.empty()) continue;
        ++count;
        if (!text.empty()) text += ' ';
        text += plural(role);
        if (whose != "yes") text += fmt::format(": {}", whose);
        text += '.';
    }
    const bool same_for_all = count == kRoles.size() && !has_owner(method) && !method.sweeping;
    return same_for_all ? "Whoever is signed in." : text;
}

}  // namespace

std::string who_may(const MethodFacts& method) {
    if (method.right == Right::Open) return "Whoever can connect, signed in or not.";
    std::string text = roles_in_words(method);
    if (const auto permission = needed(method))
        text += fmt::format(" Needs the permission {}.", to_text(*permission));
    if (method.risk == Risk::Raises) text += " Asks for the second factor.";
    if (method.bootstrap) text += " The first admin: root and the daemon's own user.";
    return text;
}

MethodFacts facts_of(const Method& method) {
    return {.name = method.name,
            .object = method.object,
            .right = method.right,
            .risk = method.risk,
            .mutates = method.mutates,
            .moderated = method.moderated,
            .sweeping = method.sweeping,
            .own_if_unnamed = method.own_if_unnamed,
            .bootstrap = method.bootstrap};
}

Scope readable(Role role) {
    switch (role) {
        case Role::Admin:
        case Role::Auditor: return Scope::Everyones;
        case Role::Moderator: return Scope::OwnAndMembers;
        case Role::Member: return Scope::Own;
    }
    return Scope::Nothing;
}

// What depends on the caller and the method alone comes first: only then is an object that the
// caller may not see refused like one that is not there, whatever the method.
Decision decide(const Caller& caller, const MethodFacts& method, const Target& target) {
    if (method.right == Right::Open) return allowed(method, Scope::Nothing);
    switch (caller.kind) {
        case Caller::Kind::Nobody: return refused(Refusal::SignIn);
        case Caller::Kind::LastResort:
            if (!method.bootstrap || caller.admin_exists) return refused(Refusal::SignIn);
            return {.refusal = Refusal::None};
        case Caller::Kind::Robot:
            if (!token_may(caller, method)) return refused(Refusal::Token);
            break;
        case Caller::Kind::Person: break;
    }
    if (has_duty(caller, method)) return {.refusal = Refusal::Duty, .duty = caller.duty};
    if (!role_may(caller.role, method)) return refused(Refusal::Role);
    const auto permission = needed(method);
    if (permission && !caller.permissions.has(*permission)) return lacks(*permission);
    if (target.ownership == Ownership::None) return without_object(caller, method);
    return with_object(caller, method, target);
}

Error refusal_error(const Decision& decision, const MethodFacts& method) {
    const auto denied = [](std::string message, std::string hint) {
        return Error{Errc::PermissionDenied, std::move(message), {}, std::move(hint)};
    };
    switch (decision.refusal) {
        case Refusal::None: break;
        case Refusal::SignIn:
            return Error{Errc::AuthRequired,
                         fmt::format("{} needs a session", method.name),
                         {},
                         "sign in with: vaultctl login NAME"};
        case Refusal::Token:
            return denied(fmt::format("the token does not reach as far as {}", method.name),
                          "tokens never raise risk; for the rest name the method in: "
                          "vaultctl token create --methods");
        case Refusal::Role:
            return denied(fmt::format("{} is not for your role but for {}", method.name,
                                      roles_for(method.right)),
                          "ask an admin; vaultctl whoami tells your role");
        case Refusal::Permission:
            VAULT_CHECK(decision.missing.has_value(), "a permission is missing that has no name");
            return denied(fmt::format("{} needs the permission '{}', which your list lacks",
                                      method.name, to_text(*decision.missing)),
                          "ask an admin to add it with: vaultctl user permit");
        case Refusal::Absent:
            return Error{Errc::NotFound,
                         fmt::format("there is no such {}", to_text(method.object))};
        case Refusal::NotOwner:
            return denied(fmt::format("{} is for the owner of the {} only", method.name,
                                      to_text(method.object)),
                          "ask its owner; the list verb tells who that is");
        case Refusal::Duty:
            if (decision.duty == Caller::Duty::ChangePassword)
                return denied("your password has to be changed first",
                              "change it with: vaultctl passwd");
            return denied("this daemon asks everybody for a second factor",
                          "set it up with: vaultctl mfa enroll");
        case Refusal::Yourself:
            return denied(fmt::format("{} is for other users", method.name),
                          "change your own password with: vaultctl passwd");
    }
    VAULT_CHECK(false, "a decision that allows has no error");
}

std::string_view to_text(Refusal refusal) {
    switch (refusal) {
        case Refusal::None: return "none";
        case Refusal::SignIn: return "sign_in";
        case Refusal::Token: return "token";
        case Refusal::Role: return "role";
        case Refusal::Permission: return "permission";
        case Refusal::Absent: return "absent";
        case Refusal::NotOwner: return "not_owner";
        case Refusal::Duty: return "duty";
        case Refusal::Yourself: return "yourself";
    }
    return "";
}

std::string_view to_text(Scope scope) {
    switch (scope) {
        case Scope::Nothing: return "nothing";
        case Scope::Own: return "own";
        case Scope::OwnAndMembers: return "own_and_members";
        case Scope::Everyones: return "everyones";
    }
    return "";
}

std::string_view to_text(Ownership ownership) {
    switch (ownership) {
        case Ownership::None: return "none";
        case Ownership::Own: return "own";
        case Ownership::Members: return "members";
        case Ownership::Foreign: return "foreign";
        case Ownership::Absent: return "absent";
    }
    return "";
}

}  // namespace vault::protocol
