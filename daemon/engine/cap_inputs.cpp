#include "daemon/engine/cap_inputs.hpp"

namespace vault::engine {
namespace {

const Tick* last_of(const World& world, const Account& account, const Pair& pair) {
    const PairMarket* const market = world.pair_market(account, pair);
    return market == nullptr || !market->last ? nullptr : &*market->last;
}

Pair in_usd(const Vault& vault) {
    static const Asset kUsd = Asset::parse("USD").value();
    return {vault.row.asset, kUsd};
}

// Coins of one base, and cash of the asked quote that live buys of it have locked.
struct Holdings {
    Decimal coins, cash;
};

// Adds what the sleeve has of `base` and is buying; false if a buy cannot be valued.
bool add_holdings(const World& world, const Vault& vault, const Sleeve& sleeve, const Pair& asked,
                  Holdings& sum) {
    const ledger::Position* const position = vault.books.position(sleeve.kind, asked.base);
    if (position != nullptr) sum.coins += position->coins();
    for (const Order& order : sleeve.orders) {
        const Pair& pair = order.request.pair;
        if (!order.live() || order.request.side != Side::Buy || pair.base != asked.base) continue;
        if (pair.quote == asked.quote) {
            sum.cash += order.lock_left;
            continue;
        }
        const Tick* const last = last_of(world, world.account_of(vault), pair);
        if (last == nullptr) return false;
        const auto coins = div(order.lock_left, last->price.value, Rounding::Up);
        if (!coins || coins.value() > ledger::kBalanceMax) return false;
        sum.coins += coins.value();
    }
    return true;
}

// Of all vaults of the user in the same mode; what is paper is no exposure of live money.
std::optional<Decimal> base_value(const World& world, const Vault& about, const Pair& asked) {
    Holdings sum;
    for (const Account& account : world.accounts) {
        if (account.row.user != about.row.user) continue;
        for (const VaultId id : account.vaults) {
            const Vault& vault = world.vaults[id.value - 1];
            if (vault.row.mode != about.row.mode) continue;
            for (const Sleeve& sleeve : vault.sleeves)
                if (!add_holdings(world, vault, sleeve, asked, sum)) return std::nullopt;
        }
    }
    if (sum.coins.is_zero()) return sum.cash;
    const Tick* const last = last_of(world, world.account_of(about), asked);
    if (last == nullptr) return std::nullopt;
    const auto value = mul(sum.coins, last->price.value, Rounding::Up);
    if (!value) return std::nullopt;
    const auto all = add(value.value(), sum.cash);
    return all ? std::optional{all.value()} : std::nullopt;
}

}  // namespace

Decimal buy_budget(const Sleeve& sleeve, Decimal free) {
    const auto spend = mul(sleeve.params->spend, free, Rounding::Up);
    return spend && spend.value().is_positive() ? min(ceil_8(spend.value()), free) : kZero;
}

risk::Exposure exposure_of(const Vault& vault, const Sleeve& sleeve) {
    const ledger::VaultBooks& books = vault.books;
    risk::Exposure exposure;
    exposure.budget = buy_budget(sleeve, books.free_cash(sleeve.kind));
    exposure.committed = books.positions_cost(sleeve.kind) + books.sleeve(sleeve.kind).locked;
    exposure.balance = books.balance(sleeve.kind);
    for (const PairSlot& slot : sleeve.slots)
        if (slot.view.quantity.is_positive() || slot.view.order_pending) ++exposure.open_positions;
    exposure.buys_today = sleeve.day.buys;
    return exposure;
}

risk::Stake stake_of(const Vault& vault, SleeveKind sleeve, Decimal unrealised) {
    const ledger::SleeveBooks& books = vault.books.sleeve(sleeve);
    return {vault.books.balance(sleeve) + unrealised, books.swept, books.principal};
}

risk::Outside outside_of(const World& world, const Vault& vault, const Asset& base) {
    risk::Outside out;
    const Pair usd = in_usd(vault);
    out.quote_is_usd = usd.base == usd.quote;
    if (const Tick* const last = last_of(world, world.account_of(vault), usd))
        out.quote_price = last->price.value;
    out.base_value = base_value(world, vault, {base, vault.row.asset});
    return out;
}

risk::ReadingInputs reading_inputs(const World& world, const Vault& vault, const Sleeve& sleeve,
                                   const risk::Caps& caps) {
    const ledger::SleeveBooks& books = vault.books.sleeve(sleeve.kind);
    const Decimal unrealised = unrealised_of(world, vault, sleeve);
    risk::ReadingInputs in{.asset = std::string{vault.row.asset.text()},
                           .capped_by = sleeve.capped_by,
                           .exposure = exposure_of(vault, sleeve),
                           .day = sleeve.day,
                           .realised = books.realised,
                           .unrealised = unrealised,
                           .drawdown = sleeve.drawdown,
                           .stake = stake_of(vault, sleeve.kind, unrealised),
                           .outside = {},
                           .quote_at = {},
                           .bases = {}};
    const Pair usd = in_usd(vault);
    in.outside.quote_is_usd = usd.base == usd.quote;
    if (const Tick* const last = last_of(world, world.account_of(vault), usd)) {
        in.outside.quote_price = last->price.value;
        in.quote_at = last->time;
    }
    if (caps.max_exposure_per_base)
        for (const PairSlot& slot : sleeve.slots)
            in.bases.push_back(
                {std::string{slot.pair.base.text()}, base_value(world, vault, slot.pair)});
    return in;
}

}  // namespace vault::engine
