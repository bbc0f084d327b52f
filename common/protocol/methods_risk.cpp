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

constexpr Param kTest[] = {
    maybe_word("vault", "the caps of this vault"),
    maybe_word("sleeve", "of this sleeve of it instead", Enum).among("quiet|flash"),
    flag("user", "the caps of all vaults of this user"),
    flag("since", "as if the caps had been set then", Time).need(),
    flag("set", "a cap otherwise than it is, once for each; off leaves it out", Map)};

constexpr Words kShowEx[] = {"vaultctl risk show", "vaultctl risk show v1 -o wide"};
constexpr Words kExplainEx[] = {"vaultctl risk explain v1 flash"};
constexpr Words kSetEx[] = {
    "vaultctl risk set --vault v1 max_daily_loss=50 max_daily_loss_on_trip=liquidate",
    "vaultctl risk set --vault v1 --sleeve flash max_position=500",
    "vaultctl risk set max_drawdown=0.1 caps_reset_daily=true"};

constexpr Words kTestEx[] = {
    "vaultctl risk test v1 flash --since 2024-01-01 --set max_daily_loss=20",
    "vaultctl risk test v1 --since 2024-01-01 --set max_drawdown=0.1 --set caps_reset_daily=true",
    "vaultctl risk test --user alice --since 2024-01-01 -o json"};

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
         "Caps of the whole daemon, of the user, of the vault and of its sleeves, and the rules "
         "that every order keeps: price_band, max_order, and of an account "
         "max_orders_per_minute. standing is "
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
    {.name = "risk.test",
     .summary = "When the caps would have tripped on the stored history",
     .noun = "risk",
     .verb = "test",
     .params = kTest,
     .object = Object::Vault,
     .primary = "rows.at",
     .examples = kTestEx,
     .detail =
         "Of a vault, with quiet or flash of that sleeve, with --user of all vaults of that user; "
         "without any of these of everything for admins and auditors, of all that is your own for "
         "others. The caps are those in force, changed by --set. The journal is booked anew, and "
         "each stored price and each buy since then is judged as the daemon does it, unrealised "
         "profit included. max_daily_loss and max_drawdown are latched: they end with the next UTC "
         "day (caps_reset_daily) or where somebody ended a cap of the level in truth. The other "
         "caps fire at the first buy that they refuse, until one passes. buys_blocked counts buys "
         "that were sent in truth. Between two stored prices nothing is seen, so earliest tells "
         "since when a trip may have been; and as a blocked buy changes what follows, all after "
         "the first trip is the history as it was. events is what the event log has."},
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
