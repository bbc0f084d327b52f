// Prints what the rights policy declares, a JSON object a line: every method, every kind of caller,
// every owner an object can have. matrix.py holds a live daemon against it.
#include "common/protocol/permissions.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdio>

namespace {

using vault::PermissionSet;
using vault::Role;
using vault::protocol::Caller;
using vault::protocol::Ownership;

struct Column {
    std::string_view name;
    Caller caller;
};

Caller person(Role role, PermissionSet permissions = PermissionSet::all()) {
    return {.kind = Caller::Kind::Person, .role = role, .permissions = permissions};
}

Caller robot(bool in_scope) {
    return {.kind = Caller::Kind::Robot,
            .role = Role::Member,
            .permissions = PermissionSet::all(),
            .in_scope = in_scope};
}

}  // namespace

int main() {
    const std::array<Column, 9> columns{{
        Column{"nobody", Caller{}},
        Column{"last_resort", Caller{.kind = Caller::Kind::LastResort}},
        Column{"admin", person(Role::Admin)},
        Column{"moderator", person(Role::Moderator)},
        Column{"member", person(Role::Member)},
        Column{"auditor", person(Role::Auditor)},
        Column{"bare", person(Role::Member, PermissionSet{})},
        Column{"robot", robot(true)},
        Column{"robot_out_of_scope", robot(false)},
    }};
    for (const auto& method : vault::protocol::methods())
        for (const Column& column : columns)
            for (const Ownership whose : {Ownership::None, Ownership::Own, Ownership::Members,
                                          Ownership::Foreign, Ownership::Absent}) {
                const auto decision = vault::protocol::decide(
                    column.caller, vault::protocol::facts_of(method), {whose, false});
                fmt::print(R"({{"method":"{}","caller":"{}","whose":"{}","refusal":"{}",)"
                           R"("scope":"{}"}})"
                           "\n",
                           method.name, column.name, to_text(whose), to_text(decision.refusal),
                           to_text(decision.scope));
            }
    return 0;
}
