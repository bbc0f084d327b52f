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
    return world.risk_rate(world.account_of(vault), vault.row.asset);
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

bool is_buying(const Vault& vault) {
    return std::ranges::any_of(kSleeveKinds, [&](SleeveKind kind) {
        return vault.books.sleeve(kind).locked.is_positive();
    });
}

// Cash in an asset that has no price yet, none of which is in a sum: it can lose nothing, and comes
// into the sums as a deposit does with the first price.
bool stands_apart(const Vault& vault, const VaultShare& share) {
    if (share.rate || share.open || is_buying(vault)) return false;
    const risk::Booked now = booked_of(vault);
    const auto owed = [&](Decimal risk::Booked::*figure) {
        return now.*figure - share.booked.*figure;
    };
    Decimal fee_float;
    for (const SleeveKind kind : kSleeveKinds)
        fee_float += vault.books.sleeve(kind).fee_float;
    return owed(&risk::Booked::principal) - owed(&risk::Booked::unearned) +
               owed(&risk::Booked::realised) - owed(&risk::Booked::swept) ==
           balance_of(vault) - fee_float;
}

// What was booked before anybody summed it up is in no sum.
VaultShare share_of(const World& world, const Vault& vault) {
    VaultShare share;
    share.seq = vault.books.head().seq;
    share.rate = rate_of(world, vault);
    share.booked = vault.share.summed ? vault.share.booked : booked_of(vault);
    share.of_user = vault.share.of_user;
    share.of_daemon = vault.share.of_daemon;
    share.summed = true;
    const auto unrealised = unrealised_of(world, vault, share.open);
    if (stands_apart(vault, share)) return share;
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

// Returns by what the sum grew: one that would leave the range of the books stays where it is.
Decimal grow(Decimal& sum, Decimal by, Decimal rate) {
    const auto value = mul(by, rate, Rounding::Floor);
    const auto next = value ? add(sum, value.value()) : value;
    if (!next || next.value().abs() > ledger::kBalanceMax) return kZero;
    sum = next.value();
    return value.value();
}

// What came unearned is no profit of the day: it moves from where the day is measured.
void grow(WideRisk& level, WideMark& mark, const risk::Booked& before, const risk::Booked& now,
          Decimal rate) {
    risk::Booked& sum = level.sums.booked;
    const Decimal realised = grow(sum.realised, now.realised - before.realised, rate);
    const Decimal unearned = grow(sum.unearned, now.unearned - before.unearned, rate);
    grow(sum.swept, now.swept - before.swept, rate);
    grow(sum.principal, now.principal - before.principal, rate);
    if (!level.measures_day()) return;
    mark.realised += realised;
    if (!mark.unrealised) return;
    *mark.unrealised += unearned;
    level.day.unrealised_before += unearned;
}

// The level's day, as far as this vault goes, begins with the share as it is.
void begin_mark(WideRisk& level, WideMark& mark, const VaultShare& share) {
    level.day.realised_before += mark.realised;
    level.day.unrealised_before += share.unrealised - mark.unrealised.value_or(kZero);
    mark = {kZero, share.resolved ? std::optional{share.unrealised} : std::nullopt};
}

struct LevelMark {
    WideRisk& level;
    WideMark& mark;
};
std::array<LevelMark, 2> marks_of(World& world, Vault& vault) {
    return {LevelMark{world.user_of(vault).risk, vault.share.of_user},
            LevelMark{world.daemon_risk, vault.share.of_daemon}};
}

void touch_levels(World& world, Recorder& recorder, Vault& vault) {
    recorder.touch(vault);
    if (world.user_of(vault).risk.follows()) recorder.touch(world.user_of(vault));
    if (world.daemon_risk.follows()) recorder.touch_daemon(world);
}

// The first price at which it is known what was open when the day began.
void settle_marks(World& world, Recorder& recorder, Vault& vault) {
    if (!vault.share.waits_for_mark() || !vault.share.resolved) return;
    for (const LevelMark& each : marks_of(world, vault)) {
        if (each.mark.unrealised) continue;
        each.mark.unrealised = vault.share.unrealised;
        if (each.level.measures_day()) each.level.day.unrealised_before += vault.share.unrealised;
    }
    touch_levels(world, recorder, vault);
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
        sum.principal += books.principal + vault.sleeve(kind).unearned;
        sum.unearned += vault.sleeve(kind).unearned;
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
                       !before.waits_for_mark() && before.seq == vault.books.head().seq &&
                       before.booked == booked && before.rate == rate_of(world, vault);
    if (still) return;
    if (!vault.watched) {  // a new one
        vault.watched = true;
        ++world.watched_vaults;
        ++world.watch_version;
    }
    const VaultShare old = std::exchange(vault.share, share_of(world, vault));
    VaultShare& now = vault.share;
    const bool moved = now.rate && booked != now.booked;
    for (const auto& [level, mark] : marks_of(world, vault)) {
        if (!level.follows()) continue;
        take_away(level.sums, old);
        add(level.sums, now);
        if (moved) grow(level, mark, now.booked, booked, *now.rate);
    }
    if (moved) {
        now.booked = booked;
        touch_levels(world, recorder, vault);  // it may have been stored as owed
    }
    settle_marks(world, recorder, vault);
}

void begin_day(World& world, Recorder& recorder, Vault& vault, UtcTime now) {
    for (const auto& [level, mark] : marks_of(world, vault)) {
        if (!level.measures_day()) continue;
        begin_mark(level, mark, vault.share);
        level.day.day = std::max(level.day.day, floor_day(now));
        touch_levels(world, recorder, vault);
    }
}

void begin_days(World& world, Recorder& recorder, std::optional<UserId> user) {
    for (Vault& vault : world.vaults) {
        if (user && vault.row.user != *user) continue;
        WideMark& mark = user ? vault.share.of_user : vault.share.of_daemon;
        const VaultShare& share = vault.share;
        const WideMark fresh{kZero,
                             share.resolved ? std::optional{share.unrealised} : std::nullopt};
        if (std::exchange(mark, fresh) != fresh) recorder.touch(vault);
    }
}

void count_buys(World& world, const Vault& vault, std::int64_t buys) {
    for (Sums* sums : {&world.user_of(vault).risk.sums, &world.daemon_risk.sums})
        sums->buys_today += static_cast<std::uint64_t>(buys);
}

void begin_sums(World& world, Recorder& recorder) {
    for (Vault& vault : world.vaults) {
        VaultShare& share = vault.share;
        if (share.summed || !is_summed(world, vault)) continue;
        if (rate_of(world, vault)) continue;
        share.booked = booked_of(vault);
        share.booked.principal -= balance_of(vault);
        share.summed = true;
        recorder.touch(vault);
    }
    rebuild_sums(world, recorder);
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
        for (const auto& [level, mark] : marks_of(world, vault))
            if (!level.follows_losses() && std::exchange(mark, {}) != WideMark{})
                recorder.touch(vault);
        if (was_owed != is_owed(vault)) recorder.touch(vault);
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
