// Users and accounts: who there is and where their money lies.
#include "common/base/excerpt.hpp"
#include "daemon/engine/coin_deficit.hpp"
#include "daemon/engine/commander.hpp"
#include "daemon/engine/view_builder.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace vault::engine {
namespace {

constexpr std::size_t kNameMax = 32;
constexpr std::size_t kMostPending = 100;  // whoever can connect may register
constexpr std::array<std::string_view, 4> kFirstWallets{"USD", "USDC", "USDT", "EUR"};

bool valid_name(std::string_view name) {
    return !name.empty() && name.size() <= kNameMax &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
                      c == '.';
           });
}

Error bad_name(std::string_view name, std::string field) {
    return Error{Errc::InvalidParams, fmt::format("'{}' is not a valid name", excerpt(name, 40)),
                 std::move(field), "use 1 to 32 of a-z, 0-9, '-', '_', '.'"};
}

}  // namespace

Result<ports::View> Commander::on(const ports::cmd::CreateUser& c) {
    if (!valid_name(c.name)) return bad_name(c.name, "name");
    if (parse_user_id(c.name))
        return Error{Errc::InvalidParams, fmt::format("'{}' looks like the id of a user", c.name),
                     "name", "choose a name that is not u and a number"};
    if (world_.find_user(c.name) != nullptr)
        return Error{Errc::Exists, fmt::format("user '{}' exists already", c.name), "name",
                     "choose another name"};
    if (c.status == UserStatus::Pending && pending_users() >= kMostPending)
        return Error{Errc::WrongState, fmt::format("{} registrations wait already", kMostPending),
                     "name", "ask an admin or a moderator to look at: vaultctl user list"};
    User user;
    user.row = {.id = UserId{static_cast<std::uint32_t>(world_.users.size() + 1)},
                .name = c.name,
                .role = c.role,
                .status = c.status,
                .permissions = PermissionSet::all(),
                .wallets = {},
                .created_at = clock_.now(),
                .created_by = context_.actor};
    for (const std::string_view asset : kFirstWallets)
        user.row.wallets.push_back(Asset::parse(asset).value());
    if (c.credential) {
        recorder_.rows().identity.credentials.push_back(*c.credential);
        recorder_.rows().identity.credentials.back().user = user.row.id;
    }
    recorder_.rows().users.push_back(user.row);
    world_.users.push_back(std::move(user));
    recorder_.touch(world_.users.back());
    return view_of(world_.users.back());
}

Result<ports::View> Commander::on(const ports::cmd::ListUsers&) {
    std::vector<ports::UserView> views;
    for (const User& user : world_.users)
        if (sees(user.row.id)) views.push_back(view_of(user));
    return views;
}

std::size_t Commander::pending_users() const {
    return static_cast<std::size_t>(std::ranges::count(
        world_.users, UserStatus::Pending, [](const User& user) { return user.row.status; }));
}

// Without an active admin nobody could ever change anything here again.
Result<void> Commander::leaves_an_admin(const User& without) const {
    for (const User& user : world_.users)
        if (user.row.role == Role::Admin && user.row.status == UserStatus::Active &&
            user.row.id != without.row.id)
            return success();
    return Error{Errc::WrongState, fmt::format("{} is the only admin", without.row.name), "name",
                 "make another one first: vaultctl user set-role"};
}

Result<ports::View> Commander::on(const ports::cmd::SetStatus& c) {
    VAULT_TRY(User* const user, this->user(c.name));
    if (c.from && user->row.status != *c.from && user->row.status != c.status)
        return Error{Errc::WrongState, fmt::format("{} is {}", c.name, to_text(user->row.status)),
                     "name", "vaultctl user show tells more"};
    if (c.status != UserStatus::Active && user->row.role == Role::Admin) {
        VAULT_TRYV(leaves_an_admin(*user));
    }
    if (std::exchange(user->row.status, c.status) != c.status)
        recorder_.rows().users.push_back(user->row);
    return view_of(*user);
}

Result<ports::View> Commander::on(const ports::cmd::SetRole& c) {
    VAULT_TRY(User* const user, this->user(c.name));
    if (c.role != Role::Admin && user->row.role == Role::Admin) {
        VAULT_TRYV(leaves_an_admin(*user));
    }
    if (std::exchange(user->row.role, c.role) != c.role)
        recorder_.rows().users.push_back(user->row);
    return view_of(*user);
}

Result<ports::View> Commander::on(const ports::cmd::SetPermissions& c) {
    VAULT_TRY(User* const user, this->user(c.name));
    PermissionSet next = user->row.permissions;
    for (const Permission permission : c.add)
        next.add(permission);
    for (const Permission permission : c.remove)
        next.remove(permission);
    if (std::exchange(user->row.permissions, next) != next)
        recorder_.rows().users.push_back(user->row);
    return view_of(*user);
}

Result<void> Commander::may_have_more(std::size_t has, std::size_t most,
                                      std::string_view of_what) const {
    if (has < most) return success();
    return Error{Errc::WrongState,
                 fmt::format("there are {} {}, which is the most", has, of_what),
                 {},
                 "remove one that is not needed, or ask an admin to raise quota in the "
                 "configuration"};
}

Result<ports::View> Commander::on(const ports::cmd::ChangeIdentity& c) {
    if (c.refusal) return *c.refusal;
    recorder_.rows().identity = c.rows;
    recorder_.rows().secrets = c.secrets;
    return ports::DrawnView{c.reply_json};
}

Result<ports::View> Commander::on(const ports::cmd::SetWallets& c) {
    VAULT_TRY(User* const user, this->user(c.name));
    std::vector<Asset> wallets = user->row.wallets;
    for (const Asset& asset : c.add)
        if (std::find(wallets.begin(), wallets.end(), asset) == wallets.end())
            wallets.push_back(asset);
    for (const Asset& asset : c.remove) {
        if (std::erase(wallets, asset) == 0)
            return Error{Errc::NotFound,
                         fmt::format("{} is not a wallet of {}", asset.text(), c.name), "remove",
                         fmt::format("vaultctl user wallets {} shows the selected ones", c.name)};
        for (const Vault& vault : world_.vaults)
            if (vault.row.user == user->row.id && vault.row.asset == asset)
                return Error{Errc::WrongState,
                             fmt::format("{} has the vault {} in {}", c.name, to_text(vault.row.id),
                                         asset.text()),
                             "remove", "a wallet with a vault stays selected"};
    }
    if (wallets != user->row.wallets) {
        user->row.wallets = std::move(wallets);
        recorder_.rows().users.push_back(user->row);
    }
    return view_of(*user);
}

Result<ports::View> Commander::on(const ports::cmd::AddAccount& c) {
    if (c.user.empty())
        return Error{Errc::InvalidParams, "whose account?", "user", "add --user NAME"};
    VAULT_TRY(User* const user, this->user(c.user));
    if (c.exchange != kPaper && !options_.exchanges.contains(c.exchange))
        return Error{Errc::InvalidParams,
                     fmt::format("'{}' is not an exchange that this version knows", c.exchange),
                     "exchange", "vaultctl account exchanges lists those that it knows"};
    const std::string label = c.label.empty() ? c.exchange : c.label;
    if (!valid_name(label)) return bad_name(label, "label");
    for (const Account& other : world_.accounts)
        if (other.row.user == user->row.id && other.row.label == label)
            return Error{Errc::Exists,
                         other.removed
                             ? fmt::format("{} had an account '{}', now removed", c.user, label)
                             : fmt::format("{} has an account '{}' already", c.user, label),
                         "label", "choose another with --label"};
    const auto owned = std::ranges::count_if(world_.accounts, [&](const Account& other) {
        return other.row.user == user->row.id && !other.removed;
    });
    VAULT_TRYV(may_have_more(static_cast<std::size_t>(owned), options_.accounts_per_user,
                             "accounts of one user"));
    const AccountId id{static_cast<std::uint32_t>(world_.accounts.size() + 1)};
    exchange::SimSettings settings = options_.paper;
    settings.seed = settings.seed * 1'000'003 + id.value;
    Account account{{id, user->row.id, c.exchange, label, clock_.now(), context_.actor},
                    exchange::SimVenue{settings}};
    world_.join_market(account);
    recorder_.rows().accounts.push_back(account.row);
    world_.accounts.push_back(std::move(account));
    recorder_.touch(world_.accounts.back());
    return view_of(world_, world_.accounts.back());
}

Result<ports::View> Commander::on(const ports::cmd::ListAccounts& c) {
    if (!c.user.empty()) {
        VAULT_TRYV(this->user(c.user));
    }
    const User* const user = world_.user_called(c.user);
    std::vector<ports::AccountView> views;
    for (const Account& account : world_.accounts)
        if (!account.removed && (c.user.empty() || account.row.user == user->row.id) &&
            sees(account.row.user))
            views.push_back(view_of(world_, account));
    return views;
}

// Nothing of an account that is removed can be seen or moved any more, so nothing may be left in
// it.
Result<void> Commander::is_empty(const Account& account) const {
    const std::string name = to_text(account.row.id);
    if (!account.vaults.empty()) {
        std::vector<std::string> held;
        for (const VaultId id : account.vaults) {
            const Vault& vault = world_.vaults[id.value - 1];
            const auto live = std::ranges::count_if(
                vault.sleeves, [](const Sleeve& sleeve) { return has_live_order(sleeve); });
            held.push_back(fmt::format("{} with {} {}{}", to_text(id), vault.books.total().text(),
                                       vault.row.asset.text(), live > 0 ? " and open orders" : ""));
        }
        return Error{Errc::WrongState,
                     fmt::format("{} has the vault{} {}, which keep{} {} books", name,
                                 held.size() == 1 ? "" : "s", fmt::join(held, ", "),
                                 held.size() == 1 ? "s" : "", held.size() == 1 ? "its" : "their"),
                     "account",
                     "only an account without vaults can be removed; to stop its trading: "
                     "vaultctl vault pause V"};
    }
    for (const auto& [asset, balance] : account.venue.wallets().all()) {
        if (balance.total().is_zero()) continue;
        return Error{Errc::WrongState,
                     fmt::format("{} still has {} {}, which is in no vault", name,
                                 balance.total().text(), asset.text()),
                     "account",
                     fmt::format("take it out first: vaultctl account withdraw {} {} {}", name,
                                 asset.text(), balance.total().text())};
    }
    return success();
}

// Its row stays, for the records that name it.
Result<ports::View> Commander::on(const ports::cmd::RemoveAccount& c) {
    VAULT_TRY(Account* const account, this->account(c.account));
    const std::string name = to_text(c.account);
    VAULT_TRYV(is_empty(*account));
    const ReplayState replay = account->replay.state;
    if (replay == ReplayState::Ready || replay == ReplayState::Running)
        return Error{Errc::WrongState, fmt::format("{} has a replay", name), "account",
                     fmt::format("end it with: vaultctl replay stop --account {}", name)};
    VAULT_TRY(recorder_.rows().secrets, give_up_keys(c.account));
    if (account->row.history_unread_since) note_history(*account, std::nullopt, "");
    account->removed = true;
    recorder_.touch(*account);
    return view_of(world_, *account);
}

// Coins of a pair become a sleeve's by position adopt; here it is money of the vault's own asset.
Result<ports::View> Commander::on(const ports::cmd::Attribute& c) {
    VAULT_TRY(Account* const account, this->account(c.account));
    const std::string name = to_text(c.account), asset{c.asset.text()};
    const Decimal spare = max(kZero, unexplained(world_, *account, c.asset));
    const Decimal amount = c.amount.value_or(spare);
    if (amount > spare || (c.to && spare.is_zero()))
        return Error{Errc::InsufficientBalance,
                     fmt::format("{} has {} {} that no vault explains", name, spare.text(), asset),
                     c.amount ? "amount" : "asset",
                     fmt::format("vaultctl account unattributed {}", name)};
    recorder_.touch(*account);
    if (!c.to) {
        account->ignored.erase(c.asset);
        if (amount.is_positive()) account->ignored.emplace(c.asset, amount);
        return view_of(world_, *account);
    }
    VAULT_TRY(Vault* const vault, this->vault(*c.to));
    const std::string to = to_text(*c.to);
    if (vault->row.account != c.account)
        return Error{Errc::InvalidParams, fmt::format("{} is no vault of {}", to, name), "to",
                     fmt::format("vaultctl vault list --account {}", name)};
    if (vault->row.asset != c.asset)
        return Error{
            Errc::InvalidParams,
            fmt::format("{} is a vault of {}, not of {}", to, vault->row.asset.text(), asset), "to",
            fmt::format("coins that {} trades become a sleeve's: vaultctl position adopt {}", to,
                        to)};
    if (!amount.is_positive())
        return Error{Errc::InvalidParams, "the amount is 0", "amount", "give an amount above 0"};
    exchange::FundingRecord record;
    record.id = fmt::format("attribute.{}.{}", to, ++vault->commands);
    record.kind = "deposit";
    record.asset = c.asset;
    record.amount = amount;
    record.time = now(*vault);
    VAULT_TRYV(book_deposit(*vault, record));
    return view_of(world_, *account);
}

Result<ports::View> Commander::on(const ports::cmd::ShowMarket& c) {
    VAULT_TRY(Account* const account, this->account(c.account));
    if (world_.rules_of(*account, c.pair) == nullptr)
        return Error{Errc::NotFound,
                     fmt::format("{} is not a pair of this exchange", c.pair.text()), "pair",
                     "list the pairs with: vaultctl market pairs"};
    return view_of(world_, *account, c.pair);
}

}  // namespace vault::engine
