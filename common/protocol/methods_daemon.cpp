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
constexpr Param kWhyNot[] = {kVaultWord,
                             maybe_word("sleeve", "only this sleeve", Enum).among("quiet|flash")};
constexpr Param kUserCreate[] = {
    word("name", "login name"),
    flag("role", "what the user may do", Enum).among("admin|moderator|member|auditor").need(),
};
constexpr Param kUserWallets[] = {
    word("name", "login name or id"),
    flag("add", "select the wallets of this asset", Asset).many(),
    flag("remove", "deselect the wallets of this asset", Asset).many(),
};
constexpr Param kUserShow[] = {word("name", "login name")};
constexpr Param kAccountAdd[] = {
    flag("exchange", "where the account is", Enum).among("paper|kraken|binance|coinbase").need(),
    flag("label", "a name for people"),
    flag("user", "owner; the caller if absent"),
};
constexpr Param kAccountOnly[] = {kAccountWord};
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
constexpr Words kHealthEx[] = {"vaultctl health && echo ready"};
constexpr Words kHaltEx[] = {"vaultctl halt --why 'exchange misbehaves'"};
constexpr Words kResumeEx[] = {"vaultctl resume --why 'all clear'"};
constexpr Words kWhyNotEx[] = {"vaultctl why-not-trading v1", "vaultctl why-not-trading v1 flash"};
constexpr Words kVersionEx[] = {"vaultctl version", "vaultctl version --json"};
constexpr Words kDescribeEx[] = {"vaultctl api describe --json"};
constexpr Words kUserCreateEx[] = {"vaultctl user create alice --role member"};
constexpr Words kUserListEx[] = {"vaultctl user list -o csv"};
constexpr Words kUserShowEx[] = {"vaultctl user show alice"};
constexpr Words kUserWalletsEx[] = {"vaultctl user wallets alice --add USDT --add EUR",
                                    "vaultctl user wallets alice"};
constexpr Words kAccountAddEx[] = {"vaultctl account add --exchange paper --label practice"};
constexpr Words kAccountListEx[] = {"vaultctl account list"};
constexpr Words kAccountShowEx[] = {"vaultctl account show a1"};
constexpr Words kExchangesEx[] = {"vaultctl account exchanges"};
constexpr Words kUnattributedEx[] = {"vaultctl account unattributed a1"};
constexpr Words kDepositEx[] = {"vaultctl account deposit a1 USDT 1000"};
constexpr Words kWithdrawEx[] = {"vaultctl account withdraw a1 USDT 250.5"};
constexpr Words kTradeEx[] = {"vaultctl account trade a1 ETH/USDT sell 0.5 --price 2050"};

constexpr Method kTable[] = {
    {.name = "hello",
     .summary = "Open a connection: agree on the protocol",
     .noun = "",
     .verb = "",
     .params = kHello,
     .reserved = true},
    {.name = "status",
     .summary = "What the daemon is doing, on one page",
     .noun = "",
     .verb = "status",
     .reserved = true,
     .primary = "state",
     .examples = kStatusEx},
    {.name = "health",
     .summary = "Whether the daemon is fit to trade",
     .noun = "",
     .verb = "health",
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
     .primary = "state",
     .examples = kHaltEx},
    {.name = "resume",
     .summary = "Undo a halt or pause of the whole daemon",
     .noun = "",
     .verb = "resume",
     .params = kWhy,
     .right = Right::Admin,
     .risk = Risk::Raises,
     .mutates = true,
     .primary = "state",
     .examples = kResumeEx},
    {.name = "why_not_trading",
     .summary = "The first thing that keeps a vault from trading, and what removes it",
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
     .reserved = true,
     .primary = "version",
     .examples = kVersionEx,
     .detail = "Works without a daemon; its part is then missing."},
    {.name = "api.describe",
     .summary = "Methods and errors that the daemon knows",
     .noun = "api",
     .verb = "describe",
     .primary = "methods.name",
     .examples = kDescribeEx},
    {.name = "user.create",
     .summary = "Create a user",
     .noun = "user",
     .verb = "create",
     .params = kUserCreate,
     .object = Object::User,
     .right = Right::Admin,
     .risk = Risk::Raises,
     .mutates = true,
     .primary = "id",
     .examples = kUserCreateEx},
    {.name = "user.list",
     .summary = "List the users",
     .noun = "user",
     .verb = "list",
     .object = Object::User,
     .primary = "id",
     .examples = kUserListEx},
    {.name = "user.show",
     .summary = "Show a user: wallets, accounts, vaults and sums",
     .noun = "user",
     .verb = "show",
     .params = kUserShow,
     .object = Object::User,
     .primary = "id",
     .examples = kUserShowEx,
     .detail = "Amounts of different assets or modes are never added up."},
    {.name = "user.wallets",
     .summary = "Show or change a user's selected wallets",
     .noun = "user",
     .verb = "wallets",
     .params = kUserWallets,
     .object = Object::User,
     .right = Right::Allocate,
     .mutates = true,
     .primary = "wallets",
     .examples = kUserWalletsEx,
     .detail = "A vault can only be created on a wallet whose asset is selected."},
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
     .examples = kAccountAddEx},
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
     .summary = "List the exchanges and whether this version can use them",
     .noun = "account",
     .verb = "exchanges",
     .object = Object::Account,
     .primary = "exchange",
     .examples = kExchangesEx},
    {.name = "account.unattributed",
     .summary = "Show what no vault of an account explains",
     .noun = "account",
     .verb = "unattributed",
     .params = kAccountOnly,
     .object = Object::Account,
     .primary = "unattributed",
     .examples = kUnattributedEx,
     .detail =
         "One row for each asset whose balance on the exchange is not what the vaults hold of "
         "it: below 0, coins are missing."},
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
