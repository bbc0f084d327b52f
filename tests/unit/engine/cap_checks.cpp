// The watcher of the risk caps: each cap in a reading of our own, at each buy.
#include "tests/unit/engine/engine_checks.hpp"

#include <set>

namespace vault::engine::test {
namespace {

std::optional<Decimal> last_price(const EngineStep& step, const Vault& vault, const Pair& pair) {
    const PairMarket* market = step.world().pair_market(step.world().account_of(vault), pair);
    return market == nullptr || !market->last ? std::nullopt
                                              : std::optional{market->last->price.value};
}

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

struct CapsHold {
    std::map<std::pair<VaultId, SleeveKind>, std::pair<UtcTime, std::uint32_t>> sent;

    std::string operator()(const EngineStep& step) {
        return each_new_order(step,
                              [&](const Vault& vault, const Sleeve& sleeve,
                                  const ports::OrderRow& row, const Order& order) -> std::string {
                                  if (row.side != Side::Buy) return {};
                                  std::string bad = past_losses(step, vault, sleeve);
                                  if (bad.empty()) bad = past_sizes(vault, sleeve, row.decided_at);
                                  if (bad.empty()) bad = past_exposure(step, vault, sleeve, order);
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
