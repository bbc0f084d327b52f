// Presets: named sets of the strategy's parameters.
#include "common/protocol/method_tables.hpp"

namespace vault::protocol {
namespace {

using Words = std::string_view;
using enum ParamType;

constexpr Param kPresetWord = word("preset", "its name, such as quiet, flash or one of your own");
constexpr Param kWhose = flag("user", "whose, if not your own");
constexpr Param kVaultFlag = flag("vault", "a vault, whose sleeve is taken");
constexpr Param kSleeveFlag = flag("sleeve", "which sleeve of it", Enum).among("quiet|flash");

constexpr Param kList[] = {flag("user", "only this user's, beside the built-in ones")};
constexpr Param kShow[] = {kPresetWord, kWhose};
constexpr Param kDiff[] = {kPresetWord, maybe_word("other", "the preset to compare it with"),
                           kVaultFlag, kSleeveFlag, kWhose};
constexpr Param kCreate[] = {
    word("preset", "its name: 1 to 32 of a-z, 0-9, '.', '_' and '-', a letter first"),
    maybe_word("settings", "what is to be otherwise", Map),
    flag("from", "the preset that it begins as"),
    kVaultFlag,
    kSleeveFlag,
    flag("note", "what it is for, kept with it").may_be_blank()};
constexpr Param kRemove[] = {word("preset", "its name")};
constexpr Param kApply[] = {kPresetWord, kVaultWord, kSleeveWord, kApplyToOpenFlag, kWhyFlag};

constexpr Words kListEx[] = {"vaultctl preset list"};
constexpr Words kShowEx[] = {"vaultctl preset show quiet"};
constexpr Words kDiffEx[] = {"vaultctl preset diff flash quiet",
                             "vaultctl preset diff quiet --vault v1 --sleeve flash"};
constexpr Words kCreateEx[] = {
    "vaultctl preset create calm --from quiet stop_loss=0.04 cooldown=6h --note 'for USDC'",
    "vaultctl preset create mine --vault v1 --sleeve flash"};
constexpr Words kRemoveEx[] = {"vaultctl preset remove calm"};
constexpr Words kApplyEx[] = {"vaultctl preset apply quiet v1 flash --why 'fewer trades'"};

constexpr Method kTable[] = {
    {.name = "preset.list",
     .summary = "Named settings: the built-in ones and users' own",
     .noun = "preset",
     .verb = "list",
     .params = kList,
     .object = Object::Preset,
     .primary = "name",
     .examples = kListEx},
    {.name = "preset.show",
     .summary = "Show every setting of a preset",
     .noun = "preset",
     .verb = "show",
     .params = kShow,
     .object = Object::Preset,
     .primary = "name",
     .examples = kShowEx},
    {.name = "preset.diff",
     .summary = "How two presets differ, or a preset and a sleeve",
     .noun = "preset",
     .verb = "diff",
     .params = kDiff,
     .object = Object::Preset,
     .primary = "key",
     .examples = kDiffEx,
     .detail = "Give another preset, or --vault and --sleeve. Only the strategy's settings are "
               "compared: a preset has no caps."},
    {.name = "preset.create",
     .summary = "Make a preset of your own from another or from a sleeve",
     .noun = "preset",
     .verb = "create",
     .params = kCreate,
     .object = Object::Preset,
     .right = Right::Trade,
     .mutates = true,
     .primary = "name",
     .examples = kCreateEx,
     .detail = "It begins as --from NAME or as a sleeve is set now (--vault and --sleeve), and "
               "KEY=VALUE changes what is to be otherwise; the keys are those that preset show "
               "lists. A preset is never changed in place: make another one. A user has at most "
               "100."},
    {.name = "preset.remove",
     .summary = "Remove a preset of your own",
     .noun = "preset",
     .verb = "remove",
     .params = kRemove,
     .object = Object::Preset,
     .right = Right::Trade,
     .mutates = true,
     .primary = "name",
     .examples = kRemoveEx,
     .detail = "Sleeves that it was applied to keep their settings."},
    {.name = "preset.apply",
     .summary = "Set a sleeve as a preset says",
     .noun = "preset",
     .verb = "apply",
     .params = kApply,
     .object = Object::Sleeve,
     .right = Right::Trade,
     .risk = Risk::Raises,
     .mutates = true,
     .primary = "state",
     .examples = kApplyEx,
     .detail =
         "All settings of the strategy are taken from the preset: one of the vault's owner, "
         "or else of the caller; the caps and the sweep plan stay. Buys follow it at once. An "
         "open position keeps the exit settings that it was opened with until it closes "
         "(position show -o wide lists them), unless --apply-to-open is given. To see first: "
         "preset diff, or --dry-run."},
};

}  // namespace

std::span<const Method> preset_methods() {
    return kTable;
}

}  // namespace vault::protocol
