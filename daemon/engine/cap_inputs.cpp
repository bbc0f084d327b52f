#include "daemon/engine/cap_inputs.hpp"

#include "daemon/engine/level_sums.hpp"

#include <fmt/format.h>

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
    return {vault.books.balance(sleeve) + unrealised, books.swept,
            books.principal + vault.sleeve(sleeve).unearned};
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

std::string resume_command(const Vault& vault, const Sleeve& sleeve) {
    return fmt::format("sleeve resume {} {}", to_text(vault.row.id), to_text(sleeve.kind));
}

risk::ReadingInputs reading_inputs(const World& world, const Vault& vault, const Sleeve& sleeve,
                                   const risk::Caps& caps) {
    const ledger::SleeveBooks& books = vault.books.sleeve(sleeve.kind);
    const Decimal unrealised = unrealised_of(world, vault, sleeve);
    const std::string name = fmt::format("{} {}", to_text(vault.row.id), to_text(sleeve.kind));
    risk::ReadingInputs in{.level = risk::Level::Sleeve,
                           .asset = std::string{vault.row.asset.text()},
                           .resume = resume_command(vault, sleeve),
                           .set = "vaultctl sleeve set " + name,
                           .capped_by = sleeve.capped_by,
                           .trip = sleeve.trip,
                           .unresolved = 0,
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

risk::Level kind_of(const CapLevel& level) {
    if (level.vault) return risk::Level::Vault;
    return level.user ? risk::Level::User : risk::Level::Daemon;
}

const LevelRisk& risk_of(const World& world, const CapLevel& level) {
    if (level.vault) return world.vaults[level.vault->value - 1].risk;
    return level.user ? world.find_user(*level.user)->risk : world.daemon_risk;
}

LevelFigures figures_of(const World& world, const CapLevel& level) {
    if (level.vault) return figures_of(world, world.vaults[level.vault->value - 1]);
    return figures_of(level.user ? world.find_user(*level.user)->risk : world.daemon_risk);
}

std::string name_of(const World& world, const CapLevel& level) {
    if (level.vault) return to_text(*level.vault);
    return level.user ? world.find_user(*level.user)->row.name : "";
}

std::string asset_of(const World& world, const CapLevel& level) {
    const Asset& asset =
        level.vault ? world.vaults[level.vault->value - 1].row.asset : world.risk_asset;
    return std::string{asset.text()};
}

UtcTime newest_time(const World& world, const CapLevel& level) {
    UtcTime newest;
    if (level.vault)
        return world.market_of(world.account_of(world.vaults[level.vault->value - 1])).now;
    for (const Account& account : world.accounts)
        if (!level.user || account.row.user == *level.user)
            newest = std::max(newest, world.market_of(account).now);
    return newest;
}

std::string resume_command(const World& world, const CapLevel& level) {
    if (level.vault) return "vault resume " + to_text(*level.vault);
    return level.user ? "resume --user " + name_of(world, level) : "resume";
}

namespace {

std::string set_command(const World& world, const CapLevel& level) {
    switch (kind_of(level)) {
        case risk::Level::Sleeve:
        case risk::Level::Vault: return "vaultctl risk set --vault " + name_of(world, level);
        case risk::Level::User: return "vaultctl risk set --user " + name_of(world, level);
        case risk::Level::Daemon: break;
    }
    return "vaultctl config reload, after the section risk of the configuration has";
}

const Sums& sums_of(const World& world, const CapLevel& level) {
    return level.user ? world.find_user(*level.user)->risk.sums : world.daemon_risk.sums;
}

std::uint64_t buys_today(const World& world, const CapLevel& level) {
    if (!level.vault) return sums_of(world, level).buys_today;
    std::uint64_t sum = 0;
    for (const Sleeve& sleeve : world.vaults[level.vault->value - 1].sleeves)
        sum += sleeve.day.buys;
    return sum;
}

// The worth of the next buy in the level's asset; none: nobody knows.
std::optional<Decimal> worth_of(const World& world, const CapLevel& level, const NextBuy& next) {
    if (next.vault == nullptr) return kZero;
    if (level.vault || next.vault->row.asset == world.risk_asset) return next.budget;
    const auto rate = world.risk_rate(world.account_of(*next.vault), next.vault->row.asset);
    if (!rate) return std::nullopt;
    const auto worth = mul(next.budget, *rate, Rounding::Up);
    return worth && worth.value() <= ledger::kBalanceMax ? std::optional{worth.value()}
                                                         : std::nullopt;
}

std::vector<risk::BaseValue> bases_of(const Sums& sums, const NextBuy& next, bool worth_known) {
    std::vector<risk::BaseValue> out;
    for (const auto& [base, total] : sums.bases) {
        if (next.vault != nullptr && base != next.base) continue;
        out.push_back({std::string{base.text()},
                       total.unresolved == 0 ? std::optional{total.value} : std::nullopt});
    }
    if (next.vault != nullptr && out.empty()) out.push_back({std::string{next.base.text()}, kZero});
    if (!worth_known)
        for (risk::BaseValue& each : out)
            each.value.reset();
    return out;
}

}  // namespace

risk::ReadingInputs reading_inputs(const World& world, const CapLevel& level, const NextBuy& next) {
    const LevelRisk& risk = risk_of(world, level);
    const LevelFigures now = figures_of(world, level);
    const auto worth = worth_of(world, level, next);
    risk::ReadingInputs in{.level = kind_of(level),
                           .asset = asset_of(world, level),
                           .resume = resume_command(world, level),
                           .set = set_command(world, level),
                           .capped_by = risk.capped_by,
                           .trip = risk.trip,
                           .unresolved = now.unresolved,
                           .exposure = {},
                           .day = risk.day,
                           .realised = now.realised,
                           .unrealised = now.unrealised,
                           .drawdown = risk.drawdown,
                           .stake = now.stake,
                           .outside = {},
                           .quote_at = {},
                           .bases = {}};
    if (!worth && in.unresolved == 0) in.unresolved = 1;  // what it buys cannot be judged
    in.exposure.budget = worth.value_or(kZero);
    in.exposure.buys_today =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(buys_today(world, level), UINT32_MAX));
    if (!level.vault) in.bases = bases_of(sums_of(world, level), next, worth.has_value());
    return in;
}

std::vector<risk::CapReading> read_level(const World& world, const CapLevel& level,
                                         const NextBuy& next) {
    return risk::read_caps(risk_of(world, level).caps, reading_inputs(world, level, next));
}

std::optional<CapAbove> cap_above(const World& world, const NextBuy& next) {
    for (const CapLevel& level : {CapLevel{}, CapLevel{.user = next.vault->row.user},
                                  CapLevel{.vault = next.vault->row.id}}) {
        const risk::Caps& caps = risk_of(world, level).caps;
        const bool any =
            risk::follows_losses(caps) || caps.max_trades_per_day || caps.max_exposure_per_base;
        if (!any) continue;
        for (risk::CapReading& each : read_level(world, level, next))
            if (each.standing == risk::Standing::Blocks ||
                each.standing == risk::Standing::Unresolved)
                return CapAbove{kind_of(level), std::move(each)};
    }
    return std::nullopt;
}

}  // namespace vault::engine
