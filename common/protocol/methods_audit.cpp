#include "common/protocol/method_tables.hpp"

namespace vault::protocol {
namespace {

using Words = std::string_view;
using enum ParamType;

constexpr Param kList[] = {
    flag("user", "only what was done to what belongs to this user"),
    flag("actor", "only what was done by this caller"),
    flag("object", "only what was done to this, such as v1, and what is in it"),
    flag("action", "only this method, such as vault.allocate; 'vault.*' is all of vault"),
    flag("outcome", "only what took effect, or was refused", Enum).among("applied|refused"),
    flag("since", "not before this instant", Time),
    flag("until", "before this instant", Time),
    flag("limit", "at most so many, the latest (default 100)", Integer).within(1, 10'000),
};
constexpr Param kVerify[] = {
    flag("head", "a file with what audit head printed, in any format; - is standard input", Json)
        .contents(),
};

constexpr Words kListEx[] = {"vaultctl audit list --user alice --since 2026-01-01",
                             "vaultctl audit list --action 'vault.*' --outcome refused"};
constexpr Words kVerifyEx[] = {"vaultctl audit verify", "vaultctl audit verify --head monday.head"};
constexpr Words kHeadEx[] = {"vaultctl audit head --quiet"};

constexpr Method kTable[] = {
    {.name = "audit.list",
     .summary = "Who did what, or was refused it, newest last",
     .noun = "audit",
     .verb = "list",
     .params = kList,
     .object = Object::Audit,
     .right = Right::Audit,
     .primary = "seq",
     .examples = kListEx,
     .detail = "Each command that changed something or was refused by a rule is one row, written "
               "together with its effect. Times are the wall clock's. Secrets are left out of the "
               "parameters."},
    {.name = "audit.verify",
     .summary = "Check that nobody has changed the audit trail",
     .noun = "audit",
     .verb = "verify",
     .params = kVerify,
     .object = Object::Audit,
     .right = Right::Audit,
     .primary = "ok",
     .examples = kVerifyEx,
     .detail = "Every row's hash covers the row before. A trail or a journal that was cut at its "
               "end, written anew or put back as a whole shows only beside a head that was kept "
               "elsewhere: --head. The entries of a journal up to there are for ledger verify to "
               "prove. Exit code 0 if everything holds, 3 if something does not."},
    {.name = "audit.head",
     .summary = "Signed ends of trail and journals, to be kept elsewhere",
     .noun = "audit",
     .verb = "head",
     .object = Object::Audit,
     .right = Right::Audit,
     .primary = "head",
     .examples = kHeadEx,
     .detail = "The last row of the audit trail and the last entry of each journal. Keep it where "
               "who can write the store cannot write: another machine, paper. Its signature is of "
               "this daemon's own key, so only it can check it."},
};

}  // namespace

std::span<const Method> audit_methods() {
    return kTable;
}

}  // namespace vault::protocol
