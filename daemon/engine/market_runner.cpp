#include "daemon/engine/market_runner.hpp"

#include <algorithm>

namespace vault::engine {

void MarketRunner::on_tick(Market& market, const Pair& pair, const Tick& tick) {
    const auto found = market.pairs.find(pair);
    if (found == market.pairs.end()) return;
    PairMarket& at = found->second;
    advance_clock(market, tick.time);
    snapshot(market, pair, at, tick);
    at.last = tick;
    if (tick.gap)
        for (const Listener& listener : at.listeners)
            strategy::on_gap(listener.slot->state);
    SleeveTrader trader{world_, recorder_};
    for (const AccountId id : market.accounts) {
        Account& account = *world_.find_account(id);
        const auto events = account.venue.on_tick(tick, at.rules);
        if (!events.empty()) trader.on_venue_events(account, events, tick.time);
    }
    at.windows.add(tick);
    const market::PriceWindow* shown = nullptr;
    ports::MarketView view;
    for (const Listener& listener : at.listeners) {
        if (listener.slot->window != shown) {
            shown = listener.slot->window;
            view = strategy::market_view(shown->figures());
        }
        trader.on_tick(listener, at, view);
    }
}

void MarketRunner::advance_clock(Market& market, UtcTime now) {
    if (market.now != UtcTime{} && floor_day(now) > floor_day(market.now))
        close_day(market, floor_day(market.now));
    market.now = now;
}

void MarketRunner::snapshot(const Market& market, const Pair& pair, const PairMarket& at,
                            const Tick& tick) {
    const auto slice = [&](UtcTime time) { return time.time_since_epoch() / snapshot_every_; };
    if (at.last && slice(at.last->time) == slice(tick.time)) return;
    recorder_.rows().prices.push_back({market.accounts.front(), pair, tick.time, tick.price.value});
}

void MarketRunner::close_day(Market& market, UtcTime day) {
    for (const AccountId id : market.accounts)
        for (const VaultId vault : world_.find_account(id)->vaults)
            close_day(*world_.find_vault(vault), day);
}

void MarketRunner::close_day(Vault& vault, UtcTime day) {
    SleeveTrader trader{world_, recorder_};
    for (Sleeve& sleeve : vault.sleeves) {
        const ledger::SleeveBooks& books = std::as_const(vault.books).sleeve(sleeve.kind);
        const Decimal balance = std::as_const(vault.books).balance(sleeve.kind);
        const Decimal unrealised = unrealised_of(world_, vault, sleeve);
        recorder_.rows().day_closes.push_back({.vault = vault.row.id,
                                               .sleeve = sleeve.kind,
                                               .owner = owner_of(vault, "engine"),
                                               .day = day,
                                               .balance = balance,
                                               .equity = balance + unrealised,
                                               .realised = books.realised,
                                               .unrealised = unrealised,
                                               .fees = books.fees,
                                               .swept = books.swept,
                                               .principal = books.principal,
                                               .vault_total = vault.books.total(),
                                               .vault_tradeable = vault.books.tradeable()});
        sleeve.day = {day + std::chrono::days{1}, books.realised, unrealised, 0};
        if (sleeve.caps.caps_reset_daily) sleeve.capped_by.clear();
        trader.refresh(vault, sleeve);
        recorder_.touch(vault, sleeve);
    }
}

Result<void> MarketRunner::refill(PairMarket& market, ports::TickFeed& feed) {
    const std::uint64_t position = feed.position();
    if (position == 0) return success();
    Duration back{0};
    for (const Listener& listener : market.listeners)
        back = std::max(back,
                        fold_back(window_spec(listener.sleeve->params, false), feed.tick_every()));
    VAULT_TRYV(feed.seek(position - 1));
    const std::optional<Tick> last = feed.next();
    VAULT_CHECK(last.has_value(), "a tick that was done is still there");
    VAULT_TRYV(feed.seek(std::min(position - 1, feed.position_at(last->time - back))));
    while (feed.position() < position) {
        const std::optional<Tick> tick = feed.next();
        VAULT_CHECK(tick.has_value(), "the feed's past is still there");
        market.windows.add(*tick);
    }
    market.last = last;
    return success();
}

Result<void> MarketRunner::rebind(Account& account) {
    Market& market = world_.market_of(account);
    SleeveTrader trader{world_, recorder_};
    std::map<Pair, std::optional<Tick>> last;
    for (const auto& [pair, at] : market.pairs)
        last[pair] = at.last;
    market.pairs.clear();
    const auto ensure = [&](const Pair& pair) -> PairMarket* {
        const PairRules* rules = world_.rules_of(pair);
        if (rules == nullptr) return nullptr;
        const auto [found, added] = market.pairs.try_emplace(pair, *rules);
        if (added) found->second.last = last[pair];
        return &found->second;
    };
    for (const AccountId id : market.accounts) {
        for (const VaultId vault_id : world_.find_account(id)->vaults) {
            Vault& vault = *world_.find_vault(vault_id);
            for (Sleeve& sleeve : vault.sleeves) {
                for (PairSlot& slot : sleeve.slots) {
                    PairMarket* at = ensure(slot.pair);
                    VAULT_CHECK(at != nullptr, "a vault's pair is in the catalogue");
                    slot.view.rules = at->rules;
                    slot.window = &at->windows.acquire(window_spec(sleeve.params, false));
                    at->listeners.push_back({&vault, &sleeve, &slot});
                }
                trader.refresh(vault, sleeve);
            }
        }
    }
    for (const auto& [pair, tick] : last)
        if (tick) ensure(pair);  // a price that was seen is not forgotten
    if (account.replay.feed == nullptr) return success();
    PairMarket* fed = ensure(account.replay.source.pair);
    VAULT_CHECK(fed != nullptr, "a replay's pair is in the catalogue");
    return refill(*fed, *account.replay.feed);
}

void end_replay(World& world, Recorder& recorder, Account& account, ReplayState state) {
    account.replay.state = state;
    SleeveTrader trader{world, recorder};
    for (const VaultId id : account.vaults) {
        Vault& vault = *world.find_vault(id);
        for (Sleeve& sleeve : vault.sleeves)
            trader.cancel_orders(vault, sleeve, std::nullopt, world.market_of(account).now,
                                 "replay_ended");
    }
    recorder.touch(account);
}

}  // namespace vault::engine
