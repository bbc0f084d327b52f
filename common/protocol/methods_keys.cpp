// API keys of exchange accounts.
#include "common/protocol/method_tables.hpp"

namespace vault::protocol {
namespace {

using Words = std::string_view;
using enum ParamType;

constexpr Param kApiKey = flag("api_key", "the key as the exchange gave it").kept_secret();
constexpr Param kSecret = flag("secret", "the secret that belongs to it").kept_secret();
constexpr Param kLabel = flag("label", "a name for people");
constexpr Param kAllow =
    flag("allow_withdrawal_permission", "take a key that can withdraw; kept with your name", Bool);
constexpr Param kKeyWord = word("key", "the key's id, such as k1");

constexpr Param kAdd[] = {
    flag("account", "the account that it belongs to").need(),
    Param(kApiKey).need(),
    Param(kSecret).need(),
    kLabel,
    kAllow,
};
constexpr Param kList[] = {flag("account", "only this account's")};
constexpr Param kKeyOnly[] = {kKeyWord};
constexpr Param kRotate[] = {kKeyWord, Param(kApiKey).need(), Param(kSecret).need(), kLabel,
                             kAllow};
constexpr Param kPolicy[] = {
    word("vault", "the vault, such as v1"),
    word("policy", "by which rule a key is picked for each call", Enum)
        .among("round-robin|health|pinned"),
    maybe_word("key", "of pinned: this key"),
};

constexpr Words kAddEx[] = {
    "vaultctl key add --account a1",
    "vaultctl key add --account a1 --api-key-file key --secret-file secret"};
constexpr Words kListEx[] = {"vaultctl key list --account a1"};
constexpr Words kValidateEx[] = {"vaultctl key validate k1"};
constexpr Words kRotateEx[] = {"vaultctl key rotate k1"};
constexpr Words kRetireEx[] = {"vaultctl key retire k1"};
constexpr Words kRemoveEx[] = {"vaultctl key remove k1"};
constexpr Words kPolicyEx[] = {"vaultctl key policy v1 round-robin",
                               "vaultctl key policy v1 pinned k2"};

constexpr Method kTable[] = {
    {.name = "key.add",
     .summary = "Add an API key to an account",
     .noun = "key",
     .verb = "add",
     .params = kAdd,
     .object = Object::Key,
     .right = Right::Keys,
     .risk = Risk::Raises,
     .mutates = true,
     .primary = "id",
     .examples = kAddEx,
     .detail = "The exchange is asked what the key is good for: it must be able to query funds and "
               "to trade, and must not be able to withdraw. A key that is refused is not kept. "
               "When the exchange cannot be asked, the key waits and is asked about again."},
    {.name = "key.list",
     .summary = "List API keys, their state and their health",
     .noun = "key",
     .verb = "list",
     .params = kList,
     .object = Object::Key,
     .primary = "id",
     .examples = kListEx,
     .detail = "Of a key no more than its first and last characters are ever shown, of a secret "
               "nothing."},
    {.name = "key.validate",
     .summary = "Ask the exchange about a key now",
     .noun = "key",
     .verb = "validate",
     .params = kKeyOnly,
     .object = Object::Key,
     .right = Right::Keys,
     .mutates = true,
     .primary = "state",
     .examples = kValidateEx,
     .detail = "Every key is asked about once a day anyway."},
    {.name = "key.rotate",
     .summary = "Replace a key by a new one while its vaults trade on",
     .noun = "key",
     .verb = "rotate",
     .params = kRotate,
     .object = Object::Key,
     .right = Right::Keys,
     .risk = Risk::Raises,
     .mutates = true,
     .primary = "id",
     .examples = kRotateEx,
     .detail = "The new key is validated first; then the vaults move over, what is under way with "
               "the old one ends, and the old one is retired."},
    {.name = "key.retire",
     .summary = "Use a key for nothing new, for good",
     .noun = "key",
     .verb = "retire",
     .params = kKeyOnly,
     .object = Object::Key,
     .right = Right::Keys,
     .risk = Risk::Lowers,
     .mutates = true,
     .primary = "state",
     .examples = kRetireEx},
    {.name = "key.remove",
     .summary = "Retire a key and destroy its secret",
     .noun = "key",
     .verb = "remove",
     .params = kKeyOnly,
     .object = Object::Key,
     .right = Right::Keys,
     .risk = Risk::Lowers,
     .mutates = true,
     .moderated = true,
     .primary = "state",
     .examples = kRemoveEx,
     .detail = "Delete it at the exchange too."},
    {.name = "key.policy",
     .summary = "Say by which rule a vault picks its API key",
     .noun = "key",
     .verb = "policy",
     .params = kPolicy,
     .object = Object::Vault,
     .right = Right::Keys,
     .risk = Risk::Raises,
     .mutates = true,
     .primary = "policy",
     .examples = kPolicyEx,
     .detail = "round-robin: in turn. health: the one with the fewest errors and the most calls "
               "left. pinned: one key, or none."},
};

}  // namespace

std::span<const Method> key_methods() {
    return kTable;
}

}  // namespace vault::protocol
