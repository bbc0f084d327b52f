#include "daemon/engine/level_sums.hpp"

#include "daemon/ledger/market_value.hpp"

#include <algorithm>

namespace vault::engine {
namespace {

// A share above it is no worth but a wrong price; so many of them cannot leave Decimal's range.
constexpr Decimal kShareMax = Decimal::from_int(10'000'000'000'000);

const Tick* last_of(const World& world, const Vault& vault, const Pair& pair) {
    const PairMarket* const market = world.pair_market(world.account_of(vault), pair);
    return market == nullptr || !market->last ? nullptr : &*market->last;
}

std::optional<Decimal> rate_of(const World& world, const Vault& vault) {
    if (vault.row.asset == world.risk_asset) return kOne;
    const Tick* const last = last_of(world, vault, {vault.row.asset, world.risk_asset});
    return last == nullptr ? std::nullopt : std::optional{last->price.value};
}

std::optional<Decimal> converted(Decimal amount, Decimal rate, Rounding rounding) {
    const auto value = mul(amount, rate, rounding);
    if (!value || value.value().abs() > kShareMax) return std::nullopt;
    return value.value();
}

// Of the whole vault in its own asset; none: a coin has no price.
std::optional<Decimal> unrealised_of(const World& world, const Vault& vault, bool& open) {
    Decimal sum;
    bool priced = true;
    for (const Sleeve& sleeve : vault.sleeves)
        for (const ledger::Position& position : vault.books.sleeve(sleeve.kind).positions) {
            if (position.coins().is_zero()) continue;
            open = true;
            const Tick* const last = last_of(world, vault, {position.base, vault.row.asset});
            if (last == nullptr)
                priced = false;
            else
                sum += ledger::value_at_market(position.coins(), last->price,
                                               world.account_of(vault).venue.settings().fee_rate) -
                       position.cost;
        }
    return priced ? std::optional{sum} : std::nullopt;
}

Decimal balance_of(const Vault& vault) {
    return vault.books.balance(SleeveKind::Quiet) + vault.books.balance(SleeveKind::Flash);
}

VaultShare::Base& base_of(std::vector<VaultShare::Base>& bases, const Asset& base) {
    const auto found = std::ranges::find(bases, base, &VaultShare::Base::base);
    return found == bases.end() ? bases.emplace_back(base, kZero, true) : *found;
}

void add_value(VaultShare::Base& base, const std::optional<Decimal>& value) {
    base.resolved = base.resolved && value;
    if (value) base.value += *value;
    if (!base.resolved) base.value = kZero;
}

// Coins at the last price, and cash that live buys have locked.
std::vector<VaultShare::Base> bases_of(const World& world, const Vault& vault,
                                       const std::optional<Decimal>& rate) {
    std::vector<VaultShare::Base> bases;
    const auto worth = [&](Decimal amount) {
        return rate ? converted(amount, *rate, Rounding::Up) : std::nullopt;
    };
    for (const Sleeve& sleeve : vault.sleeves) {
        for (const ledger::Position& position : vault.books.sleeve(sleeve.kind).positions) {
            if (position.coins().is_zero()) continue;
            const Tick* const last = last_of(world, vault, {position.base, vault.row.asset});
            const auto here = last == nullptr
                                  ? std::nullopt
                                  : converted(position.coins(), last->price.value, Rounding::Up);
            add_value(base_of(bases, position.base), here ? worth(*here) : std::nullopt);
        }
        for (const Order& order : sleeve.orders)
            if (order.live() && order.request.side == Side::Buy && order.lock_left.is_positive())
                add_value(base_of(bases, order.request.pair.base), worth(order.lock_left));
    }
    return bases;
}

// What was booked before anybody summed it up is in no sum.
VaultShare share_of(const World& world, const Vault& vault) {
    VaultShare share;
    share.seq = vault.books.head().seq;
    share.rate = rate_of(world, vault);
    share.booked = vault.share.summed ? vault.share.booked : booked_of(vault);
    share.summed = true;
    const auto unrealised = unrealised_of(world, vault, share.open);
    const Decimal equity = balance_of(vault) + unrealised.value_or(kZero);
    const auto worth = share.rate ? converted(equity, *share.rate, Rounding::Floor) : std::nullopt;
    const auto gain = share.rate && unrealised
                          ? converted(*unrealised, *share.rate, Rounding::Floor)
                          : std::nullopt;
    share.resolved = (worth && gain) || (equity.is_zero() && !share.open);
    if (worth && gain) {
        share.equity = *worth;
        share.unrealised = *gain;
    }
    share.bases = bases_of(world, vault, share.rate);
    return share;
}

void add(Sums& sums, const VaultShare& share) {
    sums.equity += share.equity;
    sums.unrealised += share.unrealised;
    if (!share.resolved) ++sums.unresolved;
    for (const VaultShare::Base& each : share.bases) {
        Sums::Base& base = sums.bases[each.base];
        base.value += each.value;
        if (!each.resolved) ++base.unresolved;
    }
}

void take_away(Sums& sums, const VaultShare& share) {
    sums.equity -= share.equity;
    sums.unrealised -= share.unrealised;
    if (!share.resolved) --sums.unresolved;
    for (const VaultShare::Base& each : share.bases) {
        const auto base = sums.bases.find(each.base);
        base->second.value -= each.value;
        if (!each.resolved) --base->second.unresolved;
        if (base->second == Sums::Base{}) sums.bases.erase(base);
    }
}

// A sum that would leave the range of the books stays where it is.
void grow(Decimal& sum, Decimal by, Decimal rate) {
    const auto value = mul(by, rate, Rounding::Floor);
    const auto next = value ? add(sum, value.value()) : value;
    if (next && next.value().abs() <= ledger::kBalanceMax) sum = next.value();
}

void grow(Sums& sums, const risk::Booked& before, const risk::Booked& now, Decimal rate) {
    grow(sums.booked.realised, now.realised - before.realised, rate);
    grow(sums.booked.swept, now.swept - before.swept, rate);
    grow(sums.booked.principal, now.principal - before.principal, rate);
}

bool is_summed(const World& world, const Vault& vault) {
    return world.daemon_risk.follows() || world.user_of(vault).risk.follows();
}

}  // namespace

risk::Booked booked_of(const Vault& vault) {
    risk::Booked sum;
    for (const SleeveKind kind : kSleeveKinds) {
        const ledger::SleeveBooks& books = vault.books.sleeve(kind);
        sum.realised += books.realised;
        sum.swept += books.swept;
        sum.principal += books.principal;
    }
    return sum;
}

LevelFigures figures_of(const World& world, const Vault& vault) {
    bool open = false;
    const auto unrealised = unrealised_of(world, vault, open);
    const risk::Booked booked = booked_of(vault);
    const Decimal gain = unrealised.value_or(kZero);
    return {gain,
            {balance_of(vault) + gain, booked.swept, booked.principal},
            booked.realised,
            unrealised ? 0U : 1U};
}

LevelFigures figures_of(const WideRisk& level) {
    const Sums& sums = level.sums;
    return {sums.unrealised,
            {sums.equity, sums.booked.swept, sums.booked.principal},
            sums.booked.realised,
            sums.unresolved};
}

bool is_owed(const Vault& vault) {
    return vault.share.summed && vault.share.booked != booked_of(vault);
}

void measure(World& world, Recorder& recorder, Vault& vault) {
    if (!is_summed(world, vault)) return;
    const VaultShare& before = vault.share;
    const risk::Booked booked = booked_of(vault);
    const bool still = before.summed && !before.open && before.resolved &&
                       before.seq == vault.books.head().seq && before.booked == booked &&
                       before.rate == rate_of(world, vault);
    if (still) return;
    if (!vault.watched) {  // a new one
        vault.watched = true;
        ++world.watched_vaults;
        ++world.watch_version;
    }
    VaultShare now = share_of(world, vault);
    User& user = world.user_of(vault);
    const bool moved = now.rate && booked != now.booked;
    for (WideRisk* level : {&user.risk, &world.daemon_risk}) {
        if (!level->follows()) continue;
        take_away(level->sums, before);
        add(level->sums, now);
        if (moved) grow(level->sums, now.booked, booked, *now.rate);
    }
    if (moved) {
        now.booked = booked;
        recorder.touch(vault);  // it may have been stored as owed
        if (user.risk.follows()) recorder.touch(user);
        if (world.daemon_risk.follows()) recorder.touch_daemon(world);
    }
    vault.share = std::move(now);
}

void count_buys(World& world, const Vault& vault, std::int64_t buys) {
    for (Sums* sums : {&world.user_of(vault).risk.sums, &world.daemon_risk.sums})
        sums->buys_today += static_cast<std::uint64_t>(buys);
}

void rebuild_sums(World& world, Recorder& recorder) {
    const auto clear = [](Sums& sums) {
        const risk::Booked booked = sums.booked;
        sums = {};
        sums.booked = booked;
    };
    clear(world.daemon_risk.sums);
    for (User& user : world.users)
        clear(user.risk.sums);
    for (Vault& vault : world.vaults) {
        for (const Sleeve& sleeve : vault.sleeves)
            count_buys(world, vault, sleeve.day.buys);
        const bool was_owed = is_owed(vault);
        vault.share = is_summed(world, vault) ? share_of(world, vault) : VaultShare{};
        if (was_owed && !is_owed(vault)) recorder.touch(vault);
        for (WideRisk* level : {&world.user_of(vault).risk, &world.daemon_risk})
            if (level->follows()) add(level->sums, vault.share);
    }
}

void list_watched(World& world) {
    ++world.watch_version;
    world.watched_vaults = 0;
    for (Vault& vault : world.vaults) {
        vault.watched = vault.risk.follows_losses() || is_summed(world, vault);
        if (vault.watched) ++world.watched_vaults;
    }
}

}  // namespace vault::engine
