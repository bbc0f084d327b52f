// Backups of the whole store.
#include "common/protocol/method_tables.hpp"

namespace vault::protocol {
namespace {

using Words = std::string_view;

constexpr Param kVerify[] = {word("name", "of the backup, as backup list shows it")};

constexpr Words kCreateEx[] = {"vaultctl backup create"};
constexpr Words kListEx[] = {"vaultctl backup list"};
constexpr Words kVerifyEx[] = {"vaultctl backup verify vault-20260131T060000Z.backup"};

constexpr Method kTable[] = {
    {.name = "backup.create",
     .summary = "Copy the whole store into a sealed file, while it runs",
     .noun = "backup",
     .verb = "create",
     .right = Right::Admin,
     .mutates = true,
     .primary = "name",
     .examples = kCreateEx,
     .detail = "The copy is of one instant and lies in the folder backups.path; take it to another "
               "machine. It opens with the master key of now: keep an escrow copy of that key "
               "(secrets escrow), and make a new backup after each rotation. To put one back where "
               "no store is: vaultd --restore FILE."},
    {.name = "backup.list",
     .summary = "The backups that are there, oldest first",
     .noun = "backup",
     .verb = "list",
     .right = Right::Admin,
     .primary = "name",
     .examples = kListEx},
    {.name = "backup.verify",
     .summary = "Open a backup and prove the books inside",
     .noun = "backup",
     .verb = "verify",
     .params = kVerify,
     .right = Right::Admin,
     .primary = "ok",
     .examples = kVerifyEx,
     .detail = "Every piece is opened, every chain walked, every balance summed, and the ends are "
               "compared with those on the label. Exit code 0 if everything holds, 3 if the books "
               "inside do not."},
};

}  // namespace

std::span<const Method> backup_methods() {
    return kTable;
}

}  // namespace vault::protocol
