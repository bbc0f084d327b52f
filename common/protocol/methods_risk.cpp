// Risk caps of every level.
#include "common/protocol/method_tables.hpp"

namespace vault::protocol {
namespace {

using Words = std::string_view;
using enum ParamType;

constexpr Param kShow[] = {maybe_word("vault", "only what applies to this vault")};
constexpr Param kExplain[] = {kVaultWord, kSleeveWord};
constexpr Param kSet[] = {flag("vault", "the caps of this vault"),
                          flag("sleeve", "of this sleeve of it instead", Enum).among("quiet|flash"),
                          flag("user", "the caps of all vaults of this user; without: your own"),
                          word("settings", "the caps; off clears one", Map)};

constexpr Words kShowEx[] = {"vaultctl risk show", "vaultctl risk show v1 -o wide"};
constexpr Words kExplainEx[] = {"vaultctl risk explain v1 flash"};
constexpr Words kSetEx[] = {
    "vaultctl risk set --vault v1 max_daily_loss=50 max_daily_loss_on_trip=liquidate",
    "vaultctl risk set --vault v1 --sleeve flash max_position=500",
    "vaultctl risk set max_drawdown=0.1 caps_reset_daily=true"};

constexpr Method kTable[] = {
    {.name = "risk.show",
     .summary = "The risk caps that are set, and what each says now",
     .noun = "risk",
     .verb = "show",
     .params = kShow,
     .object = Object::Vault,
     .primary = "standing",
     .examples = kShowEx,
     .detail =
         "Caps of the whole daemon, of the user, of the vault and of its sleeves. standing is "
         "free, "
         "blocks, latched (it was reached, and holds until it is ended), unjudged (what it looks "
         "at "
         "is not known; it blocks nothing) or unresolved (a price is missing, so it blocks buys, "
         "and nothing trips on a guess). -o wide also tells what each blocks and how it ends."},
    {.name = "risk.explain",
     .summary = "The arithmetic of every cap that applies to a sleeve",
     .noun = "risk",
     .verb = "explain",
     .params = kExplain,
     .object = Object::Sleeve,
     .primary = "standing",
     .examples = kExplainEx},
    {.name = "risk.set",
     .summary = "Set or clear risk caps of a vault, a sleeve or a user",
     .noun = "risk",
     .verb = "set",
     .params = kSet,
     .object = Object::Vault,
     .right = Right::Trade,
     .risk = Risk::Neutral,
     .mutates = true,
     .own_if_unnamed = true,
     .primary = "standing",
     .examples = kSetEx,
     .detail =
         "max_daily_loss and max_drawdown (a fraction of the peak) count unrealised profit too, "
         "over all sleeves of the level, and are latched: what they block then, buys (entries), "
         "all orders (all) or everything after it was sold (liquidate), is "
         "max_daily_loss_on_trip and max_drawdown_on_trip; it ends with sleeve "
         "resume, vault resume or resume --user, and with caps_reset_daily=true also with the UTC "
         "day: that of each account's own clock, and above vaults not before today's loss is below "
         "the cap. A level begins to measure when "
         "its first loss cap is set. max_trades_per_day counts buys sent; max_exposure_per_base "
         "bounds the value of one coin over the user. The caps of a vault are in its asset, those "
         "of a user in risk.asset of the configuration, at the last prices of each account; while "
         "a price is missing nothing is bought and nothing trips. Caps of the whole daemon are in "
         "the section risk of the configuration. To raise or clear a cap asks for the second "
         "factor; to lower one never does."},
};

}  // namespace

std::span<const Method> risk_methods() {
    return kTable;
}

}  // namespace vault::protocol
