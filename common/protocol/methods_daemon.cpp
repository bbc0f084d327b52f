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
constexpr Param kUserCreate[] = {
    word("name", "login name"),
    flag("role", "what the user may do", Enum).among("admin|moderator|member|auditor").need(),
};
constexpr Param kUserWallets[] = {
    word("name", "login name or id"),
    flag("add", "select the wallets of this asset", Asset).many(),
    flag("remove", "deselect the wallets of this asset", Asset).many(),
};
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
constexpr Words kTopEx[] = {"vaultctl top", "vaultctl top --user alice --sort today",
                            "vaultctl top --once --sort state --limit 20",
                            "vaultctl top --json --vault v1"};
constexpr Words kHealthEx[] = {"vaultctl health && echo ready"};
constexpr Words kHaltEx[] = {"vaultctl halt --why 'exchange misbehaves'"};
constexpr Words kResumeEx[] = {"vaultctl resume --why 'all clear'"};
constexpr Words kVersionEx[] = {"vaultctl version", "vaultctl version --json"};
constexpr Words kDescribeEx[] = {"vaultctl api describe --json"};
constexpr Words kUserCreateEx[] = {"vaultctl user create alice --role member"};
constexpr Words kUserListEx[] = {"vaultctl user list -o csv"};
constexpr Words kUserWalletsEx[] = {"vaultctl user wallets alice --add USDT --add EUR",
                                    "vaultctl user wallets alice"};
constexpr Words kAccountAddEx[] = {"vaultctl account add --exchange paper --label practice"};
constexpr Words kAccountListEx[] = {"vaultctl account list"};
constexpr Words kAccountShowEx[] = {"vaultctl account show a1"};
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
