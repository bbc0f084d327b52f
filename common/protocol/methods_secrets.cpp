// The keys by which users' secrets are sealed.
#include "common/protocol/method_tables.hpp"

namespace vault::protocol {
namespace {

using Words = std::string_view;
using enum ParamType;

constexpr Param kPassphrase =
    flag("passphrase", "a passphrase of at least 15 characters").kept_secret();

constexpr Param kRotate[] = {
    word("what", "the master key, or the users' data keys below it", Enum)
        .among("master-key|data-keys"),
    flag("user", "of data-keys: this user's alone"),
    flag("passphrase", "what locks the file of the new master key; each start asks for it")
        .kept_secret(),
};
constexpr Param kEscrow[] = {Param(kPassphrase).need()};
constexpr Param kDrill[] = {
    flag("copy", "the file that secrets escrow wrote; - is standard input", Json).contents().need(),
    Param(kPassphrase).need(),
};

constexpr Words kShowEx[] = {"vaultctl secrets show"};
constexpr Words kRotateEx[] = {"vaultctl secrets rotate master-key",
                               "vaultctl secrets rotate data-keys --user alice"};
constexpr Words kEscrowEx[] = {"vaultctl secrets escrow --out master.copy"};
constexpr Words kDrillEx[] = {"vaultctl secrets drill --copy master.copy"};

constexpr Method kTable[] = {
    {.name = "secrets.show",
     .summary = "Which master key seals all secrets, and any rotation",
     .noun = "secrets",
     .verb = "show",
     .right = Right::Admin,
     .primary = "master_key",
     .examples = kShowEx,
     .detail = "A secret (an API key, the seed of a second factor) is sealed by its user's data "
               "key, and that by the master key, which the store does not have."},
    {.name = "secrets.rotate",
     .summary = "Seal all secrets by a new master key, or new data keys",
     .noun = "secrets",
     .verb = "rotate",
     .params = kRotate,
     .right = Right::Admin,
     .risk = Risk::Raises,
     .mutates = true,
     .primary = "state",
     .examples = kRotateEx,
     .detail = "Trading and sign-in go on meanwhile, and a rotation that is cut off goes on by "
               "itself after a restart. At its end the old key opens nothing any more, so make a "
               "new escrow copy. A master key in a file is replaced by a new one there; one that "
               "systemd gives is followed by the credential master.key.next."},
    {.name = "secrets.escrow",
     .summary = "The master key under a passphrase, to be kept elsewhere",
     .noun = "secrets",
     .verb = "escrow",
     .params = kEscrow,
     .right = Right::Admin,
     .risk = Risk::Raises,
     .mutates = true,
     .primary = "copy",
     .examples = kEscrowEx,
     .detail = "With it and a backup of the store an installation can be brought back whose "
               "machine is gone: put it where security.master_key_file says, and vaultd asks for "
               "the passphrase when it starts at a terminal. Each rotation outdates it."},
    {.name = "secrets.drill",
     .summary = "Prove that an escrow copy would bring every secret back",
     .noun = "secrets",
     .verb = "drill",
     .params = kDrill,
     .right = Right::Admin,
     .primary = "ok",
     .examples = kDrillEx,
     .detail = "The copy is unlocked and compared with the key in use, and every secret is opened "
               "once. Nothing is shown of them. Exit code 0 if all open, 3 if some do not."},
};

}  // namespace

std::span<const Method> secret_methods() {
    return kTable;
}

}  // namespace vault::protocol
