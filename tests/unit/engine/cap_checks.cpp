// The watcher of the risk caps: each cap in a reading of our own, at each buy.
#include "tests/unit/engine/engine_checks.hpp"

#include <set>

namespace vault::engine::test {
std::optional<Decimal> last_price(const EngineStep& step, const Vault& vault, const Pair& pair) {
    const PairMarket* market = step.world().pair_market(step.world().account_of(vault), pair);
    return market == nullptr || !market->last ? std::nullopt
                                              : std::optional{market->last->price.value};
}

std::optional<Decimal> rate(const EngineStep& step, const Vault& vault) {
    const Asset& risk = step.world().risk_asset;
    if (vault.row.asset == risk) return kOne;
    if (const auto direct = last_price(step, vault, {vault.row.asset, risk})) return direct;
    const auto inverse = last_price(step, vault, {risk, vault.row.asset});
    if (!inverse) return std::nullopt;
    return div(kOne, *inverse, Rounding::Down).value();
}

namespace {

// Sleeves are shown a price in this order; what comes later was not there yet for who decides.
bool comes_after(const Order& order, const Order& other) {
    const OrderId &a = order.request.id, &b = other.request.id;
    return order.request.decided_at == other.request.decided_at &&
           std::pair{a.vault, a.sleeve} < std::pair{b.vault, b.sleeve};
}

// Our own sum over the user: what his coins and his live buys of the base are worth here.
std::string past_exposure(const EngineStep& step, const Vault& vault, const Sleeve& sleeve,
                          const Order& order) {
    if (!sleeve.caps.max_exposure_per_base) return {};
    const Pair& pair = order.request.pair;
    Decimal coins, cash;
    for (const Vault& each : step.world().vaults) {
        if (each.row.user != vault.row.user) continue;
        for (const Sleeve& other : each.sleeves) {
            for (const ledger::Position& position : each.books.sleeve(other.kind).positions)
                if (position.base == pair.base) coins += position.coins();
            for (const Order& live : other.orders) {
                if (!live.live() || live.request.side != Side::Buy) continue;
                if (live.request.pair.base != pair.base || comes_after(order, live)) continue;
                if (each.row.asset == vault.row.asset) {
                    cash += live.lock_left;
                    continue;
                }
                const auto price = last_price(step, each, live.request.pair);
                if (!price) return "a buy whose exposure nobody knows";
                coins += div(live.lock_left, *price, Rounding::Up).value();
            }
        }
    }
    const auto here = last_price(step, vault, pair);
    if (!here) return "a buy without a price";
    const Decimal value = mul(coins, *here, Rounding::Up).value() + cash;
    return value > *sleeve.caps.max_exposure_per_base ? "a buy above max_exposure_per_base" : "";
}

std::string off_the_band(const EngineStep& step, const Vault& vault, const Sleeve& sleeve) {
    if (!sleeve.caps.quote_band || vault.row.asset == asset("USD")) return {};
    const auto price = last_price(step, vault, {vault.row.asset, asset("USD")});
    const bool off = price && (*price > kOne + *sleeve.caps.quote_band ||
                               *price < kOne - *sleeve.caps.quote_band);
    return off ? "a buy while the quote is off its band" : "";
}

// What the latched caps measure, with what the sleeve is worth now.
std::string past_losses(const EngineStep& step, const Vault& vault, const Sleeve& sleeve) {
    if (!sleeve.capped_by.empty()) return "a buy under " + sleeve.capped_by;
    const ledger::SleeveBooks& books = vault.books.sleeve(sleeve.kind);
    const Decimal unrealised = unrealised_of(step.world(), vault, sleeve);
    const Decimal today =
        books.realised + unrealised - sleeve.day.realised_before - sleeve.day.unrealised_before;
    if (sleeve.caps.max_daily_loss && -today >= *sleeve.caps.max_daily_loss)
        return "a buy after the day's loss reached its cap";
    if (!sleeve.caps.max_drawdown) return {};
    if (!sleeve.drawdown) return "a buy before its drawdown is followed";
    const Decimal value =
        vault.books.balance(sleeve.kind) + unrealised + books.swept - sleeve.drawdown->swept_before;
    const Decimal least =
        mul(sleeve.drawdown->peak, kOne - *sleeve.caps.max_drawdown, Rounding::Down).value();
    return value < sleeve.drawdown->peak && value <= least ? "a buy after its drawdown" : "";
}

// A level above the sleeves, and whose vaults are in it.
struct LevelOf {
    std::string name;
    const LevelRisk& risk;
    std::optional<VaultId> vault;
    std::optional<UserId> user;
    const Sums* sums = nullptr;  // none: a vault
    bool has(const Vault& each) const {
        return (!vault || each.row.id == *vault) && (!user || each.row.user == *user);
    }
};

std::vector<LevelOf> levels_above(const World& world, const Vault& vault) {
    const User& user = world.users[vault.row.user.value - 1];
    return {{"daemon", world.daemon_risk, {}, {}, &world.daemon_risk.sums},
            {"user", user.risk, {}, user.row.id, &user.risk.sums},
            {"vault", vault.risk, vault.row.id, {}, nullptr}};
}

// Our own sums over a level, from nothing but books and prices.
struct Worth {
    Decimal unrealised, equity;
    std::uint32_t unresolved = 0;
};

void add_worth(const EngineStep& step, const Vault& vault, bool converted, Worth& sum) {
    Decimal gain;
    bool priced = true, open = false;
    for (const Sleeve& sleeve : vault.sleeves)
        for (const ledger::Position& position : vault.books.sleeve(sleeve.kind).positions) {
            if (position.coins().is_zero()) continue;
            open = true;
            priced = priced && last_price(step, vault, {position.base, vault.row.asset});
        }
    for (const Sleeve& sleeve : vault.sleeves)
        gain += unrealised_of(step.world(), vault, sleeve);
    const Decimal equity = vault.books.balance(kQuiet) + vault.books.balance(kFlash) + gain;
    const auto at = converted ? rate(step, vault) : std::optional{kOne};
    const bool buying =
        (vault.books.sleeve(kQuiet).locked + vault.books.sleeve(kFlash).locked).is_positive();
    if (!at && !open && !buying) return;  // idle cash, which can lose nothing
    if (!at || !priced) {
        ++sum.unresolved;
        return;
    }
    sum.unrealised += mul(gain, *at, Rounding::Floor).value();
    sum.equity += mul(equity, *at, Rounding::Floor).value();
}

Worth worth_of(const EngineStep& step, const LevelOf& level) {
    Worth sum;
    for (const Vault& each : step.world().vaults)
        if (level.has(each)) add_worth(step, each, level.sums != nullptr, sum);
    return sum;
}

std::string past_level_losses(const EngineStep& step, const Vault& vault, const LevelOf& level) {
    const LevelRisk& risk = level.risk;
    if (!risk.capped_by.empty()) return "a buy under " + risk.capped_by;
    if (!risk::follows_losses(risk.caps)) return {};
    const Worth worth = worth_of(step, level);
    if (worth.unresolved > 0) return "a buy while nobody knows what the level is worth";
    risk::Booked booked;
    if (level.sums != nullptr) booked = level.sums->booked;
    for (const SleeveKind kind : kSleeveKinds) {
        if (level.sums != nullptr) break;
        booked.realised += vault.books.sleeve(kind).realised;
        booked.swept += vault.books.sleeve(kind).swept;
    }
    const Decimal today =
        booked.realised + worth.unrealised - risk.day.realised_before - risk.day.unrealised_before;
    if (risk.caps.max_daily_loss && -today >= *risk.caps.max_daily_loss)
        return "a buy after the day's loss reached its cap";
    if (!risk.caps.max_drawdown) return {};
    if (!risk.drawdown) return "a buy before its drawdown is followed";
    const Decimal value = worth.equity + booked.swept - risk.drawdown->swept_before;
    const Decimal least =
        mul(risk.drawdown->peak, kOne - *risk.caps.max_drawdown, Rounding::Down).value();
    return value < risk.drawdown->peak && value <= least ? "a buy after its drawdown" : "";
}

std::string past_level_trades(const EngineStep& step, const LevelOf& level) {
    if (!level.risk.caps.max_trades_per_day) return {};
    std::uint64_t sent = 0;
    for (const Vault& each : step.world().vaults)
        for (const Sleeve& sleeve : each.sleeves)
            if (level.has(each)) sent += sleeve.day.buys;
    return sent > *level.risk.caps.max_trades_per_day ? "more buys in a day than allowed" : "";
}

std::string past_level_exposure(const EngineStep& step, const LevelOf& level, const Order& order) {
    if (!level.risk.caps.max_exposure_per_base || level.sums == nullptr) return {};
    Decimal sum;
    const auto add = [&](Decimal amount, const std::optional<Decimal>& at) {
        if (at) sum += mul(amount, *at, Rounding::Up).value();
        return at.has_value();
    };
    for (const Vault& each : step.world().vaults) {
        if (!level.has(each)) continue;
        const auto to_level = rate(step, each);
        for (const Sleeve& sleeve : each.sleeves) {
            for (const ledger::Position& position : each.books.sleeve(sleeve.kind).positions) {
                if (position.base != order.request.pair.base || position.coins().is_zero())
                    continue;
                const auto here = last_price(step, each, {position.base, each.row.asset});
                if (!here || !add(mul(position.coins(), *here, Rounding::Up).value(), to_level))
                    return "a buy whose exposure nobody knows";
            }
            for (const Order& live : sleeve.orders) {
                if (!live.live() || live.request.side != Side::Buy) continue;
                if (live.request.pair.base != order.request.pair.base || comes_after(order, live))
                    continue;
                if (!add(live.lock_left, to_level)) return "a buy whose exposure nobody knows";
            }
        }
    }
    return sum > *level.risk.caps.max_exposure_per_base ? "a buy above max_exposure_per_base" : "";
}

std::string past_levels(const EngineStep& step, const Vault& vault, const Order& order) {
    for (const LevelOf& level : levels_above(step.world(), vault)) {
        std::string bad = past_level_losses(step, vault, level);
        if (bad.empty()) bad = past_level_trades(step, level);
        if (bad.empty()) bad = past_level_exposure(step, level, order);
        if (!bad.empty()) return bad + " of the " + level.name;
    }
    return {};
}

// What is kept as vaults change is what they are.
std::string sums_drift(const EngineStep& step) {
    for (const Vault& vault : step.world().vaults)
        for (const LevelOf& level : levels_above(step.world(), vault)) {
            const bool followed =
                risk::follows_losses(level.risk.caps) || level.risk.caps.max_exposure_per_base;
            if (level.sums == nullptr || !followed) continue;
            const Worth worth = worth_of(step, level);
            if (worth.unresolved != level.sums->unresolved ||
                worth.unrealised != level.sums->unrealised || worth.equity != level.sums->equity)
                return "the sums of the " + level.name +
                       " are not those of its vaults: " + describe(*level.sums) +
                       worth.equity.text() + " " + worth.unrealised.text() + " " +
                       std::to_string(worth.unresolved);
        }
    return {};
}

struct CapsHold {
    std::map<std::pair<VaultId, SleeveKind>, std::pair<UtcTime, std::uint32_t>> sent;

    std::string operator()(const EngineStep& step) {
        if (std::string bad = sums_drift(step); !bad.empty()) return bad;
        return each_new_order(step,
                              [&](const Vault& vault, const Sleeve& sleeve,
                                  const ports::OrderRow& row, const Order& order) -> std::string {
                                  if (row.side != Side::Buy) return {};
                                  std::string bad = past_losses(step, vault, sleeve);
                                  if (bad.empty()) bad = past_sizes(vault, sleeve, row.decided_at);
                                  if (bad.empty()) bad = past_exposure(step, vault, sleeve, order);
                                  if (bad.empty()) bad = past_levels(step, vault, order);
                                  if (bad.empty()) bad = off_the_band(step, vault, sleeve);
                                  return bad;
                              });
    }

    std::string past_sizes(const Vault& vault, const Sleeve& sleeve, UtcTime at) {
        auto& [day, count] = sent[{vault.row.id, sleeve.kind}];
        if (std::exchange(day, floor_day(at)) != floor_day(at)) count = 0;
        ++count;
        if (sleeve.caps.max_trades_per_day && count > *sleeve.caps.max_trades_per_day)
            return "more buys in a day than allowed";
        Decimal cost;
        std::set<Pair> open;
        for (const ledger::Position& position : vault.books.sleeve(sleeve.kind).positions) {
            cost += position.cost;
            if (!position.dust && position.coins().is_positive())
                open.insert({position.base, vault.row.asset});
        }
        for (const Order& each : sleeve.orders) {
            if (!each.live()) continue;
            open.insert(each.request.pair);
            if (each.request.side == Side::Buy) cost += each.lock_left;
        }
        if (open.size() > sleeve.caps.max_open_positions) return "more positions than allowed";
        if (sleeve.caps.max_position && cost > *sleeve.caps.max_position)
            return "a buy above max_position";
        const Decimal balance = vault.books.balance(sleeve.kind);
        if (sleeve.caps.max_position_pct &&
            compare_products(cost, Decimal::from_int(100), *sleeve.caps.max_position_pct, balance) >
                0)
            return "a buy above max_position_pct";
        return {};
    }
};

}  // namespace

Watcher cap_watcher() {
    return CapsHold{};
}

}  // namespace vault::engine::test
