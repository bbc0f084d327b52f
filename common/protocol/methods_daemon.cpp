#include "common/protocol/method_tables.hpp"

namespace vault::protocol {
namespace {

using Words = std::string_view;
using enum ParamType;

constexpr Param kHello[] = {
    flag("protocol", "range of protocol numbers {min, max}", Json).need(),
    flag("client", "name and version of the caller"),
    flag("caps", "capabilities {required: [], optional: []}", Json),
};
constexpr Param kWhy[] = {kWhyFlag};
constexpr Param kResume[] = {
    kWhyFlag, flag("user", "of all vaults of this user; without: all that you may hold at once")};
constexpr Param kWhyNot[] = {kVaultWord,
                             maybe_word("sleeve", "only this sleeve", Enum).among("quiet|flash")};
constexpr Param kConfigShow[] = {
    flag("origin", "also tell where each value comes from", Bool),
};
constexpr Param kTop[] = {
    flag("user", "only the vaults of this user"),
    flag("account", "only the vaults on this account"),
    flag("vault", "only this vault, and with it its last decisions"),
    flag("match", "only vaults with this text in id, user, account, asset, mode or state"),
    flag("sort", "order of the vaults (default id): texts rise, amounts fall", Enum)
        .among("id|user|state|total|tradeable|equity|today|unrealised|realised"),
    flag("reverse", "turn the order round", Bool),
    flag("limit", "rows of each list (default 200)", Integer).within(1, 2000),
};
constexpr Param kAccountAdd[] = {
    flag("exchange", "where the account is", Enum).among("paper|kraken|binance|coinbase").need(),
    flag("label", "a name for people"),
};
constexpr Param kAccountOnly[] = {kAccountWord};
constexpr Param kUnattributed[] = {kAccountWord,
                                   flag("all", "what is ignored as well", ParamType::Bool)};
constexpr Param kAttribute[] = {kAccountWord, word("asset", "which wallet of the account", Asset),
                                flag("to", "a vault of the account, or ignore").need(),
                                flag("amount", "so much of it (default: all)", Decimal).positive()};
constexpr Param kSkipHistory[] = {kAccountWord,
                                  flag("why", "the reason, kept with the event").need()};
constexpr Param kAccountMove[] = {
    kAccountWord,
    word("asset", "which wallet of the account", Asset),
    word("amount", "how much, in units of the asset", Decimal).positive(),
};
constexpr Param kAccountTrade[] = {
    kAccountWord,
    word("pair", "what is traded", Pair),
    word("side", "which way", Enum).among("buy|sell"),
    word("quantity", "base units", Decimal).positive(),
    flag("price", "quote per base; the market's if absent", Decimal).positive(),
};

constexpr Words kStatusEx[] = {"vaultctl status", "vaultctl status --json"};
constexpr Words kTopEx[] = {"vaultctl top", "vaultctl top --user alice --sort today",
                            "vaultctl top --once --sort state --limit 20",
                            "vaultctl top --json --vault v1"};
constexpr Words kHealthEx[] = {"vaultctl health && echo ready"};
constexpr Words kHaltEx[] = {"vaultctl halt --why 'exchange misbehaves'"};
constexpr Words kResumeEx[] = {"vaultctl resume --why 'all clear'"};
constexpr Words kWhyNotEx[] = {"vaultctl why-not-trading v1", "vaultctl why-not-trading v1 flash"};
constexpr Words kVersionEx[] = {"vaultctl version", "vaultctl version --json"};
constexpr Words kDescribeEx[] = {"vaultctl api describe --json"};
constexpr Words kMetricsEx[] = {"vaultctl metrics", "vaultctl metrics --json"};
constexpr Words kDoctorEx[] = {"vaultctl doctor", "vaultctl doctor --json"};
constexpr Words kConfigShowEx[] = {"vaultctl config show --origin"};
constexpr Words kConfigCheckEx[] = {"vaultctl config check", "vaultctl config check new.yaml"};
constexpr Words kConfigReloadEx[] = {"vaultctl config reload --wait",
                                     "vaultctl config reload --dry-run"};
constexpr Words kAccountAddEx[] = {"vaultctl account add --exchange paper --label practice",
                                   "vaultctl account add --exchange kraken"};
constexpr Words kAccountListEx[] = {"vaultctl account list"};
constexpr Words kAccountRemoveEx[] = {"vaultctl account remove a2"};
constexpr Words kAccountShowEx[] = {"vaultctl account show a1"};
constexpr Words kExchangesEx[] = {"vaultctl account exchanges"};
constexpr Words kUnattributedEx[] = {"vaultctl account unattributed a1"};
constexpr Words kAttributeEx[] = {"vaultctl account attribute a1 USDT --to v1",
                                  "vaultctl account attribute a1 ETH --to ignore"};
constexpr Words kSkipHistoryEx[] = {
    "vaultctl account skip-history a1 --why 'the key is gone, I looked myself'"};
constexpr Words kDepositEx[] = {"vaultctl account deposit a1 USDT 1000"};
constexpr Words kWithdrawEx[] = {"vaultctl account withdraw a1 USDT 250.5"};
constexpr Words kTradeEx[] = {"vaultctl account trade a1 ETH/USDT sell 0.5 --price 2050"};

constexpr Method kTable[] = {
    {.name = "hello",
     .summary = "Open a connection: agree on the protocol",
     .noun = "",
     .verb = "",
     .params = kHello,
     .right = Right::Open,
     .reserved = true},
    {.name = "status",
     .summary = "What the daemon is doing, on one page",
     .noun = "",
     .verb = "status",
     .reserved = true,
     .primary = "state",
     .examples = kStatusEx},
    {.name = "top",
     .summary = "Watch vaults, positions, orders and alerts live",
     .noun = "",
     .verb = "top",
     .params = kTop,
     .primary = "state",
     .examples = kTopEx,
     .detail =
         "Fills the terminal and asks the daemon every second; its keys are shown, ? explains "
         "them, q ends it. --once prints one picture as plain text, -o json and the other "
         "formats the document, once. Vaults, positions, orders and alerts are cut to the "
         "limit; matched tells how many there are. Amounts are in each vault's own asset."},
    {.name = "health",
     .summary = "Whether the daemon is fit to trade",
     .noun = "",
     .verb = "health",
     .right = Right::Open,
     .reserved = true,
     .primary = "state",
     .examples = kHealthEx,
     .detail = "Exit code 0 if every check passes, 3 if one does not, 69 if no daemon answers. The "
               "result has ok, true or false."},
    {.name = "halt",
     .summary = "Kill switch: cancel all orders and stop the exit rules",
     .noun = "",
     .verb = "halt",
     .params = kWhy,
     .right = Right::Trade,
     .risk = Risk::Lowers,
     .mutates = true,
     .reserved = true,
     .sweeping = true,
     .primary = "state",
     .examples = kHaltEx},
    {.name = "resume",
     .summary = "Undo a halt or pause of the whole daemon",
     .noun = "",
     .verb = "resume",
     .params = kResume,
     .right = Right::Trade,
     .risk = Risk::Raises,
     .mutates = true,
     .moderated = true,
     .sweeping = true,
     .primary = "state",
     .examples = kResumeEx,
     .detail = "Also ends what a risk cap of that level blocks; it measures anew from then on. "
               "Whoever is no admin resumes what is his own; a cap of the whole daemon is ended by "
               "an admin."},
    {.name = "why_not_trading",
     .summary = "What keeps a vault from trading, and the remedy",
     .noun = "",
     .verb = "why-not-trading",
     .params = kWhyNot,
     .object = Object::Vault,
     .primary = "blocked_by",
     .examples = kWhyNotEx,
     .detail = "Walks from the daemon down to the last decision of the sleeves. Exit code 0 if "
               "nothing of the vault and of at least one sleeve is in the way, 3 if something is. "
               "The result has ok and checks, each with name, of, ok, message and remedy."},
    {.name = "version",
     .summary = "Versions of this program and of the daemon",
     .noun = "",
     .verb = "version",
     .right = Right::Open,
     .reserved = true,
     .primary = "version",
     .examples = kVersionEx,
     .detail = "Works without a daemon; its part is then missing."},
    {.name = "api.describe",
     .summary = "Methods, errors and exit codes that the daemon knows",
     .noun = "api",
     .verb = "describe",
     .right = Right::Open,
     .primary = "methods.name",
     .examples = kDescribeEx},
    {.name = "metrics",
     .summary = "Figures of the daemon for a monitoring system",
     .noun = "",
     .verb = "metrics",
     .primary = "metrics.name",
     .examples = kMetricsEx,
     .detail =
         "Prints the Prometheus text format; -o json, jsonl and csv print the same figures. A "
         "textfile collector takes it as it is. No figure tells a user, a vault or an order."},
    {.name = "doctor",
     .summary = "Check the deployment, and say what mends it",
     .noun = "",
     .verb = "doctor",
     .primary = "state",
     .examples = kDoctorEx,
     .detail =
         "Checks the socket, who answers on it, versions, clock and unit from this side, and "
         "state, store, configuration and limits from the daemon's. It works without a daemon "
         "and then says why there is none. Exit code 0, also with warnings; 3 if a check "
         "failed."},
    {.name = "config.show",
     .summary = "Show every key of the configuration in force",
     .noun = "config",
     .verb = "show",
     .params = kConfigShow,
     .right = Right::Admin,
     .primary = "keys.value",
     .examples = kConfigShowEx,
     .detail = "A value comes from the command line of vaultd, else from a variable such as "
               "VAULTD_LOG_LEVEL, else from the file, else it is the default."},
    {.name = "config.check",
     .summary = "Say what is wrong with a configuration",
     .noun = "config",
     .verb = "check",
     .right = Right::Admin,
     .primary = "result",
     .examples = kConfigCheckEx,
     .detail = "Without a file the daemon tells what a reload would do. With one the vaultd beside "
               "this program checks it, and no daemon is needed. Exit code 78 if something is "
               "wrong."},
    {.name = "config.reload",
     .summary = "Read the configuration again and put it in force",
     .noun = "config",
     .verb = "reload",
     .right = Right::Admin,
     .mutates = true,
     .primary = "result",
     .examples = kConfigReloadEx,
     .detail =
         "All or nothing: with one fault nothing is changed and the exit code is 78. Each key "
         "that differs is applied or waits for a restart. The answer comes when every part of "
         "the daemon works with the new values, so --wait is not needed; it is accepted. "
         "SIGHUP does the same."},
    {.name = "account.add",
     .summary = "Add an exchange account",
     .noun = "account",
     .verb = "add",
     .params = kAccountAdd,
     .object = Object::Account,
     .right = Right::Keys,
     .risk = Risk::Raises,
     .mutates = true,
     .primary = "id",
     .examples = kAccountAddEx,
     .detail = "An account of paper sees what vaultctl replay shows it. One of kraken follows "
               "Kraken's live prices and rules, and its API keys are checked by Kraken; its "
               "vaults are filled on paper, no order is sent."},
    {.name = "account.remove",
     .summary = "Remove an account that has no vaults",
     .noun = "account",
     .verb = "remove",
     .params = kAccountOnly,
     .object = Object::Account,
     .right = Right::Keys,
     .risk = Risk::Lowers,
     .mutates = true,
     .primary = "id",
     .examples = kAccountRemoveEx,
     .detail = "An account with a vault, money or a replay is not removed. What was recorded of "
               "it stays, and its label stays taken."},
    {.name = "account.list",
     .summary = "List the accounts",
     .noun = "account",
     .verb = "list",
     .object = Object::Account,
     .primary = "id",
     .examples = kAccountListEx},
    {.name = "account.show",
     .summary = "Show an account and its wallets",
     .noun = "account",
     .verb = "show",
     .params = kAccountOnly,
     .object = Object::Account,
     .primary = "id",
     .examples = kAccountShowEx},
    {.name = "account.exchanges",
     .summary = "List the exchanges, and which this version can use",
     .noun = "account",
     .verb = "exchanges",
     .object = Object::Account,
     .primary = "exchange",
     .examples = kExchangesEx},
    {.name = "account.unattributed",
     .summary = "Show what no vault of an account explains",
     .noun = "account",
     .verb = "unattributed",
     .params = kUnattributed,
     .object = Object::Account,
     .primary = "unattributed",
     .examples = kUnattributedEx,
     .detail =
         "One row for each asset whose balance on the exchange is not what the vaults hold of "
         "it: below 0, coins are missing."},
    {.name = "account.attribute",
     .summary = "Say whose the money is that no vault explains",
     .noun = "account",
     .verb = "attribute",
     .params = kAttribute,
     .object = Object::Account,
     .right = Right::Allocate,
     .risk = Risk::Raises,
     .mutates = true,
     .primary = "id",
     .examples = kAttributeEx,
     .detail = "In a vault of that asset it is booked as a deposit, and may raise Tradeable as one "
               "does. What is ignored is listed by account unattributed --all alone. Coins that a "
               "vault trades become a sleeve's by position adopt."},
    {.name = "account.skip_history",
     .summary = "Let an account go on although its history is unread",
     .noun = "account",
     .verb = "skip-history",
     .params = kSkipHistory,
     .object = Object::Account,
     .right = Right::Trade,
     .risk = Risk::Raises,
     .mutates = true,
     .moderated = true,
     .primary = "id",
     .examples = kSkipHistoryEx,
     .detail = "After a restore an account that has an API key stays halted until the daemon has "
               "read, with that key, which orders and trades its exchange knows since the backup; "
               "account show says whether it has, and why not. It tries again by itself: skip it "
               "only if no key will ever work again, and look at the exchange yourself."},
    {.name = "account.deposit",
     .summary = "Put money into a paper account",
     .noun = "account",
     .verb = "deposit",
     .params = kAccountMove,
     .object = Object::Account,
     .right = Right::Allocate,
     .mutates = true,
     .primary = "id",
     .examples = kDepositEx},
    {.name = "account.withdraw",
     .summary = "Take money out of a paper account",
     .noun = "account",
     .verb = "withdraw",
     .params = kAccountMove,
     .object = Object::Account,
     .right = Right::Allocate,
     .mutates = true,
     .primary = "id",
     .examples = kWithdrawEx},
    {.name = "account.trade",
     .summary = "Trade by hand on a paper account",
     .noun = "account",
     .verb = "trade",
     .params = kAccountTrade,
     .object = Object::Account,
     .right = Right::Trade,
     .mutates = true,
     .primary = "id",
     .examples = kTradeEx,
     .detail = "Stands for a trade that the owner makes on the exchange behind the daemon's back."},
};

}  // namespace

std::span<const Method> daemon_methods() {
    return kTable;
}

}  // namespace vault::protocol
