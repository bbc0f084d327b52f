#pragma once
// Who may do what: one pure function over a row of the method table, the caller and the object that
// the call is about (design/domain.md, Roles). Control asks it before every call, lists are cut to
// the scope it answers, and the tests and pages about rights are made from it. What no rule allows
// is refused. Who owns an object is looked up by the daemon and never taken from a parameter. Any
// thread; cannot fail.
#include "common/base/error.hpp"
#include "common/domain/ids.hpp"
#include "common/domain/permission.hpp"
#include "common/protocol/registry.hpp"

#include <optional>
#include <string>

namespace vault::protocol {

// What the rules need of a Method. `name` is for messages only.
struct MethodFacts {
    std::string_view name;
    Object object = Object::Daemon;
    Right right = Right::Admin;
    Risk risk = Risk::Raises;
    bool mutates = true;
    bool moderated = false;
    bool sweeping = false;
    bool own_if_unnamed = false;
    bool bootstrap = false;
};
MethodFacts facts_of(const Method& method);

struct Caller {
    enum class Kind : std::uint8_t {
        Nobody,      // has no session
        LastResort,  // has none either, but is root or the daemon's own uid
        Person,      // a session
        Robot,       // a token made by `token create`
    };
    Kind kind = Kind::Nobody;
    Role role = Role::Member;     // Person, Robot: of the user
    PermissionSet permissions{};  // Person, Robot: of the user
    bool in_scope = false;        // Robot: one of the token's patterns covers the method
    bool admin_exists = true;     // LastResort: false until the first admin was created
    // Person: what has to be done first. Until then one's own sign-in and what lowers risk go.
    enum class Duty : std::uint8_t { None, ChangePassword, EnrollFactor };
    Duty duty = Duty::None;
};

// Whose the object is, as seen by the caller.
enum class Ownership : std::uint8_t {
    None,     // the call names no object: a list, or the daemon itself
    Own,      // the caller's, or will be when it is made
    Members,  // another user's whose role is member
    Foreign,  // another user's of any other role
    Absent,   // there is no such object
};
struct Target {
    Ownership ownership = Ownership::None;
    bool beyond_paper = false;  // is a vault, or in a vault, whose mode is not paper
};

// Whose objects a call without a named object is about.
enum class Scope : std::uint8_t { Nothing, Own, OwnAndMembers, Everyones };

enum class Refusal : std::uint8_t {
    None,        // allowed
    SignIn,      // needs a session
    Token,       // the token does not reach so far
    Role,        // the role never may
    Permission,  // the user's list lacks `missing`
    Absent,      // not there, or not to be seen by this caller: the answer is the same
    NotOwner,    // may be seen, but only its owner may do this
    Duty,        // after the caller's duty only
    Yourself,    // is for others only: one's own password is changed by passwd
};

struct Decision {
    Refusal refusal = Refusal::SignIn;
    Scope scope = Scope::Nothing;  // allowed without a named object: rows of these owners only
    bool step_up = false;          // allowed, once the second factor was shown lately
    std::optional<Permission> missing{};
    Caller::Duty duty = Caller::Duty::None;  // Refusal::Duty: which

    bool allowed() const { return refusal == Refusal::None; }
    friend bool operator==(const Decision&, const Decision&) = default;
};

// Whose objects a role may read.
Scope readable(Role role);

Decision decide(const Caller& caller, const MethodFacts& method, const Target& target);

// The error of a refusal; NotFound for Absent, which has to be the very answer that control gives
// for an object that does not exist. Not for a Decision that allows.
Error refusal_error(const Decision& decision, const MethodFacts& method);

// For help and manual, found by asking decide(): "Admins: any user's. Members: their own. Needs the
// permission trade. Asks for the second factor."
std::string who_may(const MethodFacts& method);

std::string_view to_text(Refusal refusal);
std::string_view to_text(Scope scope);
std::string_view to_text(Ownership ownership);

}  // namespace vault::protocol
