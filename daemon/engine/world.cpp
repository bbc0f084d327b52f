#include "daemon/engine/world.hpp"

#include "common/base/check.hpp"
#include "daemon/ledger/market_value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace vault::engine {

std::string_view to_text(ReplayState state) {
    switch (state) {
        case ReplayState::None: return "none";
        case ReplayState::Ready: return "ready";
        case ReplayState::Running: return "running";
        case ReplayState::Finished: return "finished";
        case ReplayState::Stopped: return "stopped";
    }
    return "";
}

void World::join_market(Account& account) {
    const bool shared = account.row.exchange != kPaper;
    Market* const live = shared ? live_market(account.row.exchange) : nullptr;
    if (live != nullptr) {
        const auto at = std::find_if(markets.begin(), markets.end(),
                                     [live](const Market& market) { return &market == live; });
        account.market = static_cast<std::uint32_t>(at - markets.begin());
    } else {
        account.market = static_cast<std::uint32_t>(markets.size());
        markets.emplace_back();
        if (shared) markets.back().exchange = account.row.exchange;
    }
    markets[account.market].accounts.push_back(account.row.id);
}

Market* World::live_market(std::string_view exchange) {
    for (Market& market : markets)
        if (!market.exchange.empty() && market.exchange == exchange) return &market;
    return nullptr;
}

Error not_repeatable() {
    return Error{Errc::ReplyNotRepeatable,
                 "the call was carried out before, and its answer went with a secret", "idem_key",
                 "what it made is in the list; if the secret is lost, make a new one"};
}

Digest reply_key(std::string_view user, std::string_view key) {
    std::string both{user};
    both += '\0';
    both += key;
    return sha256(both);
}

std::size_t DigestHash::operator()(const Digest& digest) const {
    std::size_t first = 0;
    std::memcpy(&first, digest.data(), sizeof first);
    return first;
}

User* World::find_user(std::string_view name) {
    for (User& user : users)
        if (user.row.name == name) return &user;
    return nullptr;
}

User* World::user_called(std::string_view text) {
    const auto id = parse_user_id(text);
    return id ? find_user(id.value()) : find_user(text);
}

const User* World::user_called(std::string_view text) const {
    return const_cast<World*>(this)->user_called(text);
}

User* World::find_user(UserId id) {
    return id.value >= 1 && id.value <= users.size() ? &users[id.value - 1] : nullptr;
}

const User* World::find_user(UserId id) const {
    return id.value >= 1 && id.value <= users.size() ? &users[id.value - 1] : nullptr;
}

Account* World::find_account(AccountId id) {
    return id.value >= 1 && id.value <= accounts.size() ? &accounts[id.value - 1] : nullptr;
}

ports::ApiKeyRow* World::find_api_key(ApiKeyId id) {
    return id.value >= 1 && id.value <= api_keys.size() ? &api_keys[id.value - 1] : nullptr;
}

Vault* World::find_vault(VaultId id) {
    return id.value >= 1 && id.value <= vaults.size() ? &vaults[id.value - 1] : nullptr;
}

User& World::user_of(const Vault& vault) {
    return users[vault.row.user.value - 1];
}
const User& World::user_of(const Vault& vault) const {
    return users[vault.row.user.value - 1];
}
Account& World::account_of(const Vault& vault) {
    return accounts[vault.row.account.value - 1];
}
const Account& World::account_of(const Vault& vault) const {
    return accounts[vault.row.account.value - 1];
}

const PairMarket* World::pair_market(const Account& account, const Pair& pair) const {
    const Market& market = market_of(account);
    const auto found = market.pairs.find(pair);
    return found == market.pairs.end() ? nullptr : &found->second;
}

Decimal World::slippage_of(const Account& account, const Pair& pair, Side side) const {
    const PairMarket* const market = pair_market(account, pair);
    if (market == nullptr || !market->last) return account.venue.settings().slippage;
    return account.venue.slippage_at(side, *market->last);
}

Decimal World::slippage_of(const Account& account, const Pair& pair) const {
    return std::max(slippage_of(account, pair, Side::Buy), slippage_of(account, pair, Side::Sell));
}

ScriptHealth World::health_of(const ScriptUse& script) const {
    const auto found = scripts.find(script.name);
    return found == scripts.end() ? ScriptHealth{} : found->second;
}

bool World::waits_for_scripts(const Market& market) const {
    if (market.awaited > 0) return true;
    return std::any_of(market.scripts.begin(), market.scripts.end(), [&](const std::string& name) {
        const auto found = scripts.find(name);
        return found == scripts.end() || found->second.phase == ports::ScriptPhase::Waiting ||
               found->second.phase == ports::ScriptPhase::Starting;
    });
}

const Catalogue& World::catalogue_of(const Account& account) const {
    static const Catalogue kNothing;
    const auto found = catalogues.find(account.row.exchange);
    return found == catalogues.end() ? kNothing : found->second;
}

const PairRules* World::rules_of(const Account& account, const Pair& pair) const {
    const auto& pairs = catalogue_of(account).pairs;
    const auto found = pairs.find(pair);
    return found == pairs.end() ? nullptr : &found->second;
}

std::optional<Decimal> World::risk_rate(const Account& account, const Asset& asset) const {
    if (asset == risk_asset) return kOne;
    const PairMarket* const direct = pair_market(account, {asset, risk_asset});
    if (direct != nullptr && direct->last) return direct->last->price.value;
    const PairMarket* const inverse = pair_market(account, {risk_asset, asset});
    if (inverse == nullptr || !inverse->last) return std::nullopt;
    const auto rate = div(kOne, inverse->last->price.value, Rounding::Down);
    return rate && rate.value().is_positive() ? std::optional{rate.value()} : std::nullopt;
}

std::uint64_t World::entries() const {
    std::uint64_t sum = 0;
    for (const Vault& vault : vaults)
        sum += vault.books.head().seq;
    return sum;
}

Decimal lacking_cash(const World& world, const Vault& vault) {
    const Decimal there = world.account_of(vault).venue.balance(vault.row.asset).total();
    return max(kZero, vault.books.wallet_cash() - vault.books.shortfall() - there);
}

Decimal unrealised_of(const World& world, const Vault& vault, const Sleeve& sleeve) {
    const Account& account = world.account_of(vault);
    Decimal sum;
    for (const ledger::Position& position : vault.books.sleeve(sleeve.kind).positions) {
        const PairMarket* market = world.pair_market(account, Pair{position.base, vault.row.asset});
        if (market == nullptr || !market->last) continue;
        sum += ledger::value_at_market(position.coins(), market->last->price,
                                       account.venue.settings().fee_rate) -
               position.cost;
    }
    return sum;
}

bool sees(const World& world, const ports::Visible& visible, UserId owner) {
    if (visible.everyones || owner == visible.own) return true;
    const User* const user = visible.members ? world.find_user(owner) : nullptr;
    return user != nullptr && user->row.role == Role::Member;
}

UserId owner_of(const World& world, const Job& job) {
    if (const auto vault = parse_vault_id(job.object))
        return world.vaults[vault.value().value - 1].row.user;
    const auto account = parse_account_id(job.object);
    VAULT_CHECK(account.has_value(), "a job is about a vault or an account");
    return world.accounts[account.value().value - 1].row.user;
}

Hold World::hold_of(const Account& account) const {
    const ports::AccountRow& row = account.row;
    if (!row.history_unread_since) return {};
    const bool had_key =
        std::ranges::find(api_keys, row.id, &ports::ApiKeyRow::account) != api_keys.end();
    if (!had_key) return {};
    return {HoldKind::Halted, "restore",
            fmt::format("amnesia: what happened on {} at {} since {} was not read yet",
                        to_text(row.id), row.exchange, format_utc(*row.history_unread_since)),
            *row.history_unread_since};
}

WiderHolds wider_holds(const World& world, const Vault& vault) {
    const User& user = world.user_of(vault);
    return {world.daemon_hold, user.hold, world.account_of(vault).hold, world.daemon_risk,
            user.risk};
}

HoldKind effective_hold(const World& world, const Vault& vault, const Sleeve& sleeve) {
    return effective_hold(wider_holds(world, vault), vault, sleeve);
}

}  // namespace vault::engine
