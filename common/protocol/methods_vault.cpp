#include "common/protocol/method_tables.hpp"

namespace vault::protocol {
namespace {

using Words = std::string_view;
using enum ParamType;

constexpr Param kCreate[] = {
    flag("account", "whose wallet").need(),
    flag("asset", "which wallet", Asset).need(),
    flag("balance", "opening balance of a paper wallet", Decimal).not_negative(),
};
constexpr Param kList[] = {flag("user", "only this user's"),
                           flag("account", "only this account's")};
constexpr Param kVaultOnly[] = {kVaultWord};
constexpr Param kHistory[] = {kVaultWord, flag("from", "first day", Time),
                              flag("to", "last day", Time)};
constexpr Param kSetTradeable[] = {
    kVaultWord, word("amount", "the new Tradeable Coins, absolute", Decimal).not_negative()};
constexpr Param kRelease[] = {kVaultWord,
                              word("amount", "how much is to be freed", Decimal).positive()};
constexpr Param kMoves[] = {
    kVaultWord,
    flag("quiet", "amount for the quiet sleeve", Decimal).positive(),
    flag("flash", "amount for the flash sleeve", Decimal).positive(),
};
constexpr Param kReserve[] = {
    kVaultWord,
    word("pct", "per cent of Total Coins that stay out of Tradeable, or off", Decimal)
        .among("off")
        .not_negative(),
};
constexpr Param kAutoRaise[] = {
    kVaultWord,
    word("mode", "how much of a deposit becomes Tradeable", Enum).among("off|full|percent"),
    maybe_word("percent", "0 to 100, with mode percent", Decimal).not_negative(),
    flag("cap", "Tradeable never rises above this by itself", Decimal).not_negative(),
};
constexpr Param kPairs[] = {
    kVaultWord,
    flag("add", "trade this pair", Pair).many(),
    flag("remove", "stop trading this pair", Pair).many(),
    flag("available", "list what the exchange offers instead", Bool),
};
constexpr Param kPause[] = {kVaultWord, kWhyFlag};
constexpr Param kLiquidate[] = {kVaultWord, kWhyFlag,
                                flag("confirm", "the caller was asked", Bool).hidden()};
constexpr Param kMode[] = {kVaultWord,
                           word("mode", "the new mode", Enum).among("paper|validate|live")};
constexpr Param kSleeveList[] = {flag("vault", "only this vault's"),
                                 flag("user", "only this user's")};
constexpr Param kSleeveOnly[] = {kVaultWord, kSleeveWord};
constexpr Param kSleeveSet[] = {kVaultWord, kSleeveWord,
                                word("settings", "settings of the strategy and its caps", Map),
                                kApplyToOpenFlag, kWhyFlag};
constexpr Param kSleeveHistory[] = {
    kVaultWord, kSleeveWord, flag("since", "not before this instant", Time),
    flag("until", "before this instant", Time),
    flag("limit", "at most so many, the latest", Integer).within(1, 10'000)};
constexpr Param kSleevePause[] = {kVaultWord, kSleeveWord, kWhyFlag};
constexpr Param kStrategy[] = {
    kVaultWord,
    kSleeveWord,
    word("strategy", "what decides", Enum).among("cycle|script"),
    maybe_word("preset", "settings to start from, such as quiet or flash"),
    flag("command", "script: the program and its words"),
    flag("folder", "script: where it lies, below your folder of scripts"),
    flag("deadline", "script: of each decision, 10ms to 10s (default 1s)", Duration),
    flag("memory_mib", "script: MiB of each of its processes (default 512)", Integer)
        .within(16, 2048),
    kWhyFlag};
constexpr Param kSleeveMode[] = {
    kVaultWord, kSleeveWord,
    word("mode", "who has the last word", Enum).among("rules|ml-assisted")};
constexpr Param kPositionList[] = {flag("vault", "only this vault's"),
                                   flag("sleeve", "only this sleeve's", Enum).among("quiet|flash"),
                                   flag("pair", "only this pair's", Pair)};
constexpr Param kResolve[] = {
    kVaultWord, kSleeveWord,
    flag("as", "what happened to the coins", Enum).among("sold|withdrawn|kept").need(),
    flag("price", "for sold: quote per base", Decimal).positive(),
    flag("pair", "which position, if the sleeve has several", Pair)};
constexpr Param kWriteDown[] = {kVaultWord, kSleeveWord,
                                flag("pair", "which position, if the sleeve has several", Pair)};

constexpr Param kAdopt[] = {
    kVaultWord,
    kSleeveWord,
    flag("qty", "how many coins, in units of the base", Decimal).positive().need(),
    flag("cost", "what all of them cost, in the vault's asset", Decimal).positive().need(),
    flag("pair", "which pair, if the vault trades several", Pair),
    flag("confirm", "the caller was asked", Bool).hidden()};

constexpr Words kCreateEx[] = {"vaultctl vault create --account a1 --asset USDT --balance 10000"};
constexpr Words kListEx[] = {"vaultctl vault list", "vaultctl vault list --user alice -o csv"};
constexpr Words kShowEx[] = {"vaultctl vault show v1", "vaultctl vault show v1 --json"};
constexpr Words kHistoryEx[] = {"vaultctl vault history v1 --from 2025-01-01"};
constexpr Words kSetTradeableEx[] = {"vaultctl vault set-tradeable v1 5000"};
constexpr Words kAllocateEx[] = {"vaultctl vault allocate v1 --quiet 3000 --flash 1500"};
constexpr Words kUnallocateEx[] = {"vaultctl vault unallocate v1 --flash 500"};
constexpr Words kReleaseEx[] = {"vaultctl vault release v1 2000"};
constexpr Words kReserveEx[] = {"vaultctl vault reserve v1 10", "vaultctl vault reserve v1 off"};
constexpr Words kAutoRaiseEx[] = {"vaultctl vault auto-raise v1 percent 50 --cap 8000",
                                  "vaultctl vault auto-raise v1 off"};
constexpr Words kPairsEx[] = {"vaultctl vault pairs v1 --add ETH/USDT",
                              "vaultctl vault pairs v1 --available"};
constexpr Words kRefreshEx[] = {"vaultctl vault refresh v1"};
constexpr Words kPauseEx[] = {"vaultctl vault pause v1 --why 'news day'"};
constexpr Words kResumeEx[] = {"vaultctl vault resume v1"};
constexpr Words kLiquidateEx[] = {"vaultctl vault liquidate v1 --yes"};
constexpr Words kModeEx[] = {"vaultctl vault mode v1 paper"};
constexpr Words kSleeveListEx[] = {"vaultctl sleeve list --vault v1"};
constexpr Words kSleeveShowEx[] = {"vaultctl sleeve show v1 flash"};
constexpr Words kSleeveSetEx[] = {
    "vaultctl sleeve set v1 flash max_position=500 stop_loss=0.02",
    "vaultctl sleeve set v1 quiet quiet_sweep=weekly quiet_sweep_share=0.5",
    "vaultctl sleeve set v1 flash preset=quiet"};
constexpr Words kSleeveHistoryEx[] = {"vaultctl sleeve history v1 flash --limit 20"};
constexpr Words kSleevePauseEx[] = {"vaultctl sleeve pause v1 flash"};
constexpr Words kSleeveResumeEx[] = {"vaultctl sleeve resume v1 flash"};
constexpr Words kStrategyEx[] = {
    "vaultctl sleeve strategy v1 quiet cycle",
    "vaultctl sleeve strategy v1 flash script --command ./mine.py --folder dips"};
constexpr Words kSleeveModeEx[] = {"vaultctl sleeve mode v1 quiet rules"};
constexpr Words kPositionListEx[] = {"vaultctl position list --vault v1"};
constexpr Words kPositionShowEx[] = {"vaultctl position show v1 flash"};
constexpr Words kResolveEx[] = {"vaultctl position resolve v1 flash --as sold --price 2050"};
constexpr Words kAdoptEx[] = {"vaultctl position adopt v1 flash --qty 0.5 --cost 1015"};
constexpr Words kWriteDownEx[] = {"vaultctl position write-down v1 flash"};

constexpr Method kVaultTable[] = {
    {.name = "vault.create",
     .summary = "Open a vault on one wallet of an account",
     .noun = "vault",
     .verb = "create",
     .params = kCreate,
     .object = Object::Vault,
     .right = Right::Allocate,
     .mutates = true,
     .primary = "id",
     .examples = kCreateEx,
     .detail = "All of the opening balance is reserve until vault set-tradeable says otherwise."},
    {.name = "vault.list",
     .summary = "List the vaults",
     .noun = "vault",
     .verb = "list",
     .params = kList,
     .object = Object::Vault,
     .primary = "id",
     .examples = kListEx},
    {.name = "vault.show",
     .summary = "Show a vault and its two sleeves",
     .noun = "vault",
     .verb = "show",
     .params = kVaultOnly,
     .object = Object::Vault,
     .primary = "state",
     .examples = kShowEx},
    {.name = "vault.history",
     .summary = "Day closes of a vault and its sleeves",
     .noun = "vault",
     .verb = "history",
     .params = kHistory,
     .object = Object::Vault,
     .primary = "points.balance",
     .examples = kHistoryEx},
    {.name = "vault.set_tradeable",
     .summary = "Set how much of a vault is put at risk",
     .noun = "vault",
     .verb = "set-tradeable",
     .params = kSetTradeable,
     .object = Object::Vault,
     .right = Right::Allocate,
     .risk = Risk::Raises,
     .mutates = true,
     .primary = "tradeable",
     .examples = kSetTradeableEx},
    {.name = "vault.allocate",
     .summary = "Move unallocated money to the sleeves",
     .noun = "vault",
     .verb = "allocate",
     .params = kMoves,
     .object = Object::Vault,
     .right = Right::Allocate,
     .risk = Risk::Raises,
     .mutates = true,
     .primary = "unallocated",
     .examples = kAllocateEx,
     .detail =
         "All or nothing. With a position open the money waits in pending until the next buy."},
    {.name = "vault.unallocate",
     .summary = "Take money back from the sleeves",
     .noun = "vault",
     .verb = "unallocate",
     .params = kMoves,
     .object = Object::Vault,
     .right = Right::Allocate,
     .risk = Risk::Lowers,
     .mutates = true,
     .primary = "unallocated",
     .examples = kUnallocateEx,
     .detail = "What an open position holds becomes a request that is paid when the cycle closes."},
    {.name = "vault.release",
     .summary = "Free money of both sleeves, now or as they close",
     .noun = "vault",
     .verb = "release",
     .params = kRelease,
     .object = Object::Vault,
     .right = Right::Allocate,
     .risk = Risk::Lowers,
     .mutates = true,
     .primary = "unallocated",
     .examples = kReleaseEx,
     .detail = "Takes at once what lies free in sleeves that hold nothing, and asks those with a "
               "position for the rest, which returns as unallocated when it closes; each sleeve "
               "gives in proportion to what it has. Follow it in unallocate_requested, and keep it "
               "out of new trades with vault set-tradeable."},
    {.name = "vault.reserve",
     .summary = "Keep a share of Total Coins out of Tradeable",
     .noun = "vault",
     .verb = "reserve",
     .params = kReserve,
     .object = Object::Vault,
     .right = Right::Allocate,
     .mutates = true,
     .primary = "reserve_pct",
     .examples = kReserveEx},
    {.name = "vault.auto_raise",
     .summary = "Raise Tradeable by itself when money comes in",
     .noun = "vault",
     .verb = "auto-raise",
     .params = kAutoRaise,
     .object = Object::Vault,
     .right = Right::Allocate,
     .risk = Risk::Raises,
     .mutates = true,
     .primary = "auto_raise.mode",
     .examples = kAutoRaiseEx},
    {.name = "vault.pairs",
     .summary = "Show or change the pairs that a vault trades",
     .noun = "vault",
     .verb = "pairs",
     .params = kPairs,
     .object = Object::Vault,
     .right = Right::Trade,
     .mutates = true,
     .primary = "pairs.pair",
     .examples = kPairsEx},
    {.name = "vault.refresh",
     .summary = "Look for deposits and withdrawals now",
     .noun = "vault",
     .verb = "refresh",
     .params = kVaultOnly,
     .object = Object::Vault,
     .right = Right::Trade,
     .mutates = true,
     .primary = "total",
     .examples = kRefreshEx},
    {.name = "vault.pause",
     .summary = "No new buys; open positions keep their exit rules",
     .noun = "vault",
     .verb = "pause",
     .params = kPause,
     .object = Object::Vault,
     .right = Right::Trade,
     .risk = Risk::Lowers,
     .mutates = true,
     .reserved = true,
     .moderated = true,
     .primary = "state",
     .examples = kPauseEx},
    {.name = "vault.resume",
     .summary = "Undo a pause, halt or liquidation of a vault",
     .noun = "vault",
     .verb = "resume",
     .params = kPause,
     .object = Object::Vault,
     .right = Right::Trade,
     .risk = Risk::Raises,
     .mutates = true,
     .moderated = true,
     .primary = "state",
     .examples = kResumeEx},
    {.name = "vault.liquidate",
     .summary = "Cancel all orders, sell everything, end halted",
     .noun = "vault",
     .verb = "liquidate",
     .params = kLiquidate,
     .object = Object::Vault,
     .right = Right::Trade,
     .risk = Risk::Lowers,
     .mutates = true,
     .long_job = true,
     .primary = "state",
     .examples = kLiquidateEx,
     .detail = "Asks for confirmation on a terminal; elsewhere --yes is needed."},
    {.name = "vault.mode",
     .summary = "Change between paper, validate and live",
     .noun = "vault",
     .verb = "mode",
     .params = kMode,
     .object = Object::Vault,
     .right = Right::Live,
     .risk = Risk::Raises,
     .mutates = true,
     .primary = "mode",
     .examples = kModeEx},
    {.name = "sleeve.list",
     .summary = "List the sleeves",
     .noun = "sleeve",
     .verb = "list",
     .params = kSleeveList,
     .object = Object::Sleeve,
     .primary = "vault sleeve",
     .examples = kSleeveListEx},
    {.name = "sleeve.show",
     .summary = "Show a sleeve: money, position, settings, state",
     .noun = "sleeve",
     .verb = "show",
     .params = kSleeveOnly,
     .object = Object::Sleeve,
     .primary = "state",
     .examples = kSleeveShowEx},
    {.name = "sleeve.set",
     .summary = "Change settings of a sleeve's strategy and caps",
     .noun = "sleeve",
     .verb = "set",
     .params = kSleeveSet,
     .object = Object::Sleeve,
     .right = Right::Trade,
     .risk = Risk::Raises,
     .mutates = true,
     .primary = "state",
     .examples = kSleeveSetEx,
     .detail =
         "The keys are those that sleeve show lists; preset=NAME first takes the strategy's "
         "settings from a preset, as preset apply does. Buys follow at once; an open position "
         "keeps the exit settings that it was opened with until it closes, unless --apply-to-open "
         "is given: hold_uptrend, stop_first, stop_loss, trail_arm, trail_drop, trail_reset and "
         "max_slippage. The quiet sleeve can give a share of its profit back to Tradeable by "
         "itself: quiet_sweep is off, daily, weekly or monthly, quiet_sweep_share is above 0 and "
         "at most 1. Caps hold buys and keep exits; all amounts are in the vault's asset. "
         "max_position and max_position_pct (of the sleeve's balance) bound what its positions "
         "and live buys cost; max_trades_per_day counts the buys sent since midnight UTC. "
         "max_daily_loss and max_drawdown (a fraction of the peak) count unrealised profit too "
         "and are latched: once reached, the sleeve buys nothing until sleeve resume, or until "
         "the next UTC day with caps_reset_daily=true. max_exposure_per_base bounds the value of "
         "one coin in all vaults of the user, and blocks while a part of it has no price. "
         "quote_band holds buys while a stablecoin is off 1 USD by more; without a price of it "
         "against USD in the account's market it cannot judge, and blocks nothing."},
    {.name = "sleeve.history",
     .summary = "How a sleeve was set: what changed, by whom and why",
     .noun = "sleeve",
     .verb = "history",
     .params = kSleeveHistory,
     .object = Object::Sleeve,
     .primary = "key from to",
     .examples = kSleeveHistoryEx,
     .detail = "One row for each setting that was changed, the latest last; --limit counts the "
               "commands that did it. Read from the audit trail, which nobody can change unseen; "
               "the time is the wall "
               "clock's."},
    {.name = "sleeve.pause",
     .summary = "No new buys of this sleeve",
     .noun = "sleeve",
     .verb = "pause",
     .params = kSleevePause,
     .object = Object::Sleeve,
     .right = Right::Trade,
     .risk = Risk::Lowers,
     .mutates = true,
     .reserved = true,
     .moderated = true,
     .primary = "state",
     .examples = kSleevePauseEx},
    {.name = "sleeve.resume",
     .summary = "Undo a pause of this sleeve",
     .noun = "sleeve",
     .verb = "resume",
     .params = kSleevePause,
     .object = Object::Sleeve,
     .right = Right::Trade,
     .risk = Risk::Raises,
     .mutates = true,
     .moderated = true,
     .primary = "state",
     .examples = kSleeveResumeEx},
    {.name = "sleeve.strategy",
     .summary = "Choose the strategy of a sleeve",
     .noun = "sleeve",
     .verb = "strategy",
     .params = kStrategy,
     .object = Object::Sleeve,
     .right = Right::Trade,
     .risk = Risk::Raises,
     .mutates = true,
     .primary = "strategy",
     .examples = kStrategyEx,
     .detail = "cycle is the built-in rules with their parameters; script is a program of yours "
               "(vaultd-script(7)), which lies in your folder of scripts: the one of your name in "
               "runner.scripts of the configuration. Sleeves with the same script share one "
               "process. Whatever it says, holds, caps, gates and minima of the sleeve stay in "
               "force, a buy spends at most the sleeve's spend, and while the script does not "
               "answer the sleeve holds and an open position keeps the built-in stop-loss. Choose "
               "it again, or resume the sleeve, to start a script anew that was given up; try it "
               "first with script check."},
    {.name = "sleeve.mode",
     .summary = "Rules alone, or rules with a model's advice",
     .noun = "sleeve",
     .verb = "mode",
     .params = kSleeveMode,
     .object = Object::Sleeve,
     .right = Right::Trade,
     .risk = Risk::Raises,
     .mutates = true,
     .primary = "mode",
     .examples = kSleeveModeEx},
    {.name = "position.list",
     .summary = "List the open positions",
     .noun = "position",
     .verb = "list",
     .params = kPositionList,
     .object = Object::Position,
     .primary = "pair",
     .examples = kPositionListEx},
    {.name = "position.show",
     .summary = "Show the open positions of a sleeve",
     .noun = "position",
     .verb = "show",
     .params = kSleeveOnly,
     .object = Object::Position,
     .primary = "quantity",
     .examples = kPositionShowEx},
    {.name = "position.resolve",
     .summary = "Say what became of coins that are missing",
     .noun = "position",
     .verb = "resolve",
     .params = kResolve,
     .object = Object::Position,
     .right = Right::Trade,
     .risk = Risk::Raises,
     .mutates = true,
     .primary = "state",
     .examples = kResolveEx},
    {.name = "position.write_down",
     .summary = "Write unsellable dust off",
     .noun = "position",
     .verb = "write-down",
     .params = kWriteDown,
     .object = Object::Position,
     .right = Right::Trade,
     .risk = Risk::Neutral,
     .mutates = true,
     .primary = "state",
     .examples = kWriteDownEx},
    {.name = "position.adopt",
     .summary = "Give a sleeve coins that no vault has",
     .noun = "position",
     .verb = "adopt",
     .params = kAdopt,
     .object = Object::Position,
     .right = Right::Trade,
     .risk = Risk::Raises,
     .mutates = true,
     .primary = "state",
     .examples = kAdoptEx,
     .detail =
         "For coins that were bought or sent by hand; account unattributed lists what there is. "
         "The "
         "cost comes into the vault as funding, is added to Tradeable and to the sleeve, and is "
         "spent on the coins at once: no profit or loss, and none to a risk cap either, whatever "
         "the coins are worth at the last price. The exit rules judge the position by that cost "
         "from the next price on, so a cost far above the price sells at the stop-loss: one that "
         "is more than 20 % off the price needs --yes."},
};

}  // namespace

std::span<const Method> vault_methods() {
    return kVaultTable;
}

}  // namespace vault::protocol
