#include "daemon/engine/market_runner.hpp"

#include "daemon/engine/level_watch.hpp"
#include "daemon/engine/pair_watch.hpp"
#include "daemon/engine/planted_bug.hpp"
#include "daemon/market/price_guard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace vault::engine {
namespace {

constexpr std::size_t kHolesMax = 256;
constexpr Duration kGapAfter = std::chrono::seconds{300};  // design/strategy.md, "Gap"

std::optional<Price> price_of(const std::optional<Tick>& tick) {
    return tick ? std::optional{tick->price} : std::nullopt;
}

struct ByAccount {
    bool operator()(const Listener& a, AccountId b) const { return a.account < b; }
    bool operator()(AccountId a, const Listener& b) const { return a < b.account; }
};

}  // namespace

// Of a live exchange every listed pair is kept: its price may be the rate of somebody's asset.
PairMarket* MarketRunner::known(Market& market, const Pair& pair) {
    const auto found = market.pairs.find(pair);
    if (found != market.pairs.end()) return &found->second;
    const auto listed = world_.catalogues.find(market.exchange);
    if (listed == world_.catalogues.end()) return nullptr;
    const auto rules = listed->second.pairs.find(pair);
    if (rules == listed->second.pairs.end()) return nullptr;
    ++world_.watch_version;
    return &market.pairs.try_emplace(pair, rules->second).first->second;
}

void MarketRunner::on_tick(Market& market, const Pair& pair, Tick tick) {
    PairMarket* const found = known(market, pair);
    if (found == nullptr) return;
    PairMarket& at = *found;
    const bool live = !market.exchange.empty();
    if (live) tick.time = market.now;
    if (live && at.last && tick.time <= at.last->time) return;
    advance_clock(market, tick.time);
    // Nobody was there to tell of it.
    if (live && at.last && tick.time - at.last->time > kGapAfter) tick.gap = true;
    if (!makes_prices(at.rules.status) || !believe(market, at, tick)) return;
    if (live && tick.gap) mark_break(market, at, tick);
    if (live && at.last && floor_hour(at.last->time) < floor_hour(tick.time))
        record(market, at, *at.last);
    snapshot(market, at, tick);
    at.last = tick;
    ++world_.activity.ticks;
    world_.activity.evaluations += at.listeners.size();
    if (tick.gap)
        for (const Listener& listener : at.listeners) {
            strategy::on_gap(listener.slot->state);
            if (!listener.sleeve->script) continue;
            ScriptMarks& marks = listener.sleeve->script->slots[pair].marks;
            marks.gap = true;
            marks.judge_exits = marks.judge_exits || !market.exchange.empty();
        }
    SleeveTrader trader{world_, recorder_};
    if (tick.ask_gap.is_positive() && !tick.gap)
        for (const Listener& listener : at.listeners)
            trader.drop_buys_in_wide_book(listener, tick);
    for (const AccountId id : market.accounts) {
        Account& account = *world_.find_account(id);
        const auto events = account.venue.on_tick(tick, at.rules);
        if (!events.empty()) trader.on_venue_events(account, events, tick.time);
    }
    const bool sampled = at.windows.add(tick);
    if (live && sampled) record(market, at, tick);
    LevelWatch{world_, recorder_}.on_price(market, at, pair, tick.time);
    const Listener* shown = nullptr;  // whom `view` fits: many have the same window
    ports::MarketView view;
    for (const Listener& listener : at.listeners) {
        if (shown == nullptr || listener.slot->window != shown->slot->window)
            view = market_view(world_, listener);
        else if (listener.account != shown->account)
            view.slippage = world_.slippage_of(*world_.find_account(listener.account), pair);
        shown = &listener;
        trader.on_tick(listener, view);
    }
}

// A restart folds no price of before it.
void MarketRunner::mark_break(const Market& market, PairMarket& at, const Tick& tick) {
    at.past.since_time = tick.time;
    touch_accounts(market);
}

// A live price is nowhere but in the store: what a window sampled, and the last one of an hour.
void MarketRunner::record(const Market& market, PairMarket& at, const Tick& tick) {
    if (at.recorded && *at.recorded >= tick.time) return;
    recorder_.rows().prices.push_back(
        {recorded_under(market), at.rules.pair, tick.time, tick.price.value});
    at.recorded = tick.time;
}

std::vector<MarketRunner::PastWanted> MarketRunner::past_wanted(const World& world, UtcTime now) {
    std::vector<PastWanted> wanted;
    for (const Market& market : world.markets)
        for (const auto& [pair, at] : market.pairs) {
            if (market.exchange.empty() || at.past.begins_anew) continue;
            Duration back{0};
            for (const Listener& listener : at.listeners)
                back = std::max(back,
                                market::fold_back(listener.window, listener.window.sample_every));
            if (back == Duration{0}) continue;
            wanted.push_back(
                {recorded_under(market), pair, std::max(now - back, at.past.since_time)});
        }
    return wanted;
}

void MarketRunner::fold_past(World& world, const PastWanted& wanted,
                             const std::vector<ports::PriceRow>& rows) {
    Market& market = world.market_of(*world.find_account(wanted.account));
    PairMarket& at = market.pairs.at(wanted.pair);
    for (const ports::PriceRow& row : rows) {
        const Tick tick{row.at, Price{row.price}, 0, false};
        at.windows.add(tick);
        at.recorded = row.at;
        if (!at.last || at.last->time < row.at) at.last = tick;  // an account keeps an older one
    }
}

ports::MarketView market_view(const World& world, const Listener& at) {
    ports::MarketView view = strategy::market_view(at.slot->window->figures());
    view.slippage = world.slippage_of(world.accounts[at.account.value - 1], at.slot->pair);
    return view;
}

// False: it is refused, which is told once. The first good one after a break is a gap's end.
bool MarketRunner::believe(Market& market, PairMarket& at, Tick& tick) {
    FeedPast& past = at.past;
    std::optional<market::DoubtedPrice> doubted;
    if (past.refused) doubted = {past.refused->price, past.agreeing};
    const auto verdict = market::judge_price(
        tick.price, past.unanchored ? std::nullopt : price_of(at.last), doubted);
    if (verdict == market::PriceVerdict::Good) {
        if (past.refused || past.begins_anew || past.unanchored) touch_accounts(market);
        past.refused.reset();
        past.agreeing = 0;
        past.unanchored = false;
        if (!std::exchange(past.begins_anew, false)) return true;
        tick.gap = true;
        past.since = tick.position;
        past.holes.clear();
        return true;
    }
    past.agreeing = market::agreeing_with(tick.price, doubted);
    const bool told = std::exchange(past.refused, tick).has_value();
    if (!told) tell_refused(market, at);
    past.holes.push_back(tick.position);
    // A gap that this tick told of is not forgotten; a feed of wrong prices has no past.
    if (tick.gap || past.holes.size() > kHolesMax) begin_anew(market, at);
    touch_accounts(market);
    return false;
}

void MarketRunner::tell_refused(const Market& market, const PairMarket& at) {
    for (const AccountId id : market.accounts) {
        const ports::AccountRow& account = world_.find_account(id)->row;
        recorder_.event({account.user, id, Mode::Paper, "engine"}, market.now, "warning",
                        "price_refused", at.rules.pair.text(),
                        fmt::format("{}: {}", to_text(id), refused_text(at)));
    }
}

void MarketRunner::begin_anew(Market& market, PairMarket& at) {
    at.windows.clear();
    at.past.holes.clear();
    at.past.begins_anew = true;
    for (const Listener& listener : at.listeners)
        if (listener.sleeve->script) listener.sleeve->script->slots[at.rules.pair].forget_tick();
    count_scripts(market);
}

void MarketRunner::touch_accounts(const Market& market) {
    for (const AccountId id : market.accounts)
        recorder_.touch(*world_.find_account(id));
}

void MarketRunner::advance_clock(Market& market, UtcTime now) {
    if (market.now != UtcTime{} && floor_day(now) > floor_day(market.now))
        close_day(market, floor_day(market.now), now);
    if (!VAULT_ENGINE_PLANTED(DayClosedTwice) || floor_day(now) == floor_day(market.now))
        market.now = now;
}

void MarketRunner::snapshot(const Market& market, PairMarket& at, const Tick& tick) {
    const auto slice = [&](UtcTime time) { return time.time_since_epoch() / snapshot_every_; };
    if (!at.last || slice(at.last->time) != slice(tick.time)) record(market, at, tick);
}

void MarketRunner::close_day(Market& market, UtcTime day, UtcTime now) {
    SleeveTrader trader{world_, recorder_};
    for (const AccountId id : market.accounts) {
        Account& account = *world_.find_account(id);
        recorder_.touch(account);
        for (const VaultId vault : account.vaults)
            trader.on_day_over(*world_.find_vault(vault), day, now);
    }
    LevelWatch{world_, recorder_}.on_day_over(market, now);
}

Result<void> MarketRunner::refill(PairMarket& market, ports::TickFeed& feed) {
    const std::uint64_t position = feed.position();
    if (position == 0) return success();
    Duration back{0};
    for (const Listener& listener : market.listeners)
        back =
            std::max(back, market::fold_back(strategy::window_spec(listener.sleeve->params, false),
                                             feed.tick_every()));
    market.windows.clear();
    VAULT_TRYV(feed.seek(position - 1));
    const std::optional<Tick> newest = feed.next();
    VAULT_CHECK(newest.has_value(), "a tick that was done is still there");
    const FeedPast& past = market.past;
    if (past.begins_anew) return success();
    if (!market.last) market.last = newest;
    // What was refused is missing where the window would have looked.
    back += static_cast<Duration::rep>(past.holes.size()) * feed.tick_every();
    const std::uint64_t first = std::max(past.since, feed.position_at(market.last->time - back));
    VAULT_TRYV(feed.seek(std::min(position - 1, first)));
    while (feed.position() < position) {
        const bool hole = std::ranges::binary_search(past.holes, feed.position());
        const std::optional<Tick> tick = feed.next();
        VAULT_CHECK(tick.has_value(), "the feed's past is still there");
        if (!hole) market.windows.add(*tick);
    }
    return success();
}

void MarketRunner::forget_past(Market& market) {
    for (auto& [pair, at] : market.pairs) {
        at.windows.clear();
        at.past = {};
        at.past.begins_anew = !makes_prices(at.rules.status);
        at.past.unanchored = true;
    }
}

// What the account listened to; its windows are still held.
std::vector<MarketRunner::HeldWindow> MarketRunner::take_listeners(Market& market,
                                                                   AccountId account) {
    std::vector<HeldWindow> held;
    for (auto& [pair, at] : market.pairs) {
        const auto [first, last] =
            std::equal_range(at.listeners.begin(), at.listeners.end(), account, ByAccount{});
        for (auto it = first; it != last; ++it)
            held.push_back({&at.windows, it->window});
        at.listeners.erase(first, last);
    }
    return held;
}

// What a script is shown of the sleeve's parameters; pairs that are gone are forgotten.
void MarketRunner::bind_script(const Vault& vault, Sleeve& sleeve) {
    ScriptUse& script = *sleeve.script;
    script.name = script_name(vault.row.user, script.setting);
    script.params.clear();
    for (const strategy::KeyInfo& key : strategy::cycle_keys())
        script.params.emplace_back(key.name, strategy::get(sleeve.params, key.name).value());
    std::erase_if(script.slots,
                  [&sleeve](const auto& slot) { return find_slot(sleeve, slot.first) == nullptr; });
    for (const PairSlot& slot : sleeve.slots)
        script.slots.try_emplace(slot.pair);
}

// Of a replay, which has few listeners and waits for their scripts.
void MarketRunner::count_scripts(Market& market) {
    market.scripts.clear();
    market.awaited = 0;
    if (!market.exchange.empty()) return;
    std::set<std::string> names;
    for (const auto& [pair, at] : market.pairs)
        for (const Listener& listener : at.listeners) {
            if (!listener.sleeve->script) continue;
            names.insert(listener.sleeve->script->name);
            const ScriptSlot& own = listener.sleeve->script->slots.at(pair);
            if (own.asked && own.seq != 0 && !own.answer) ++market.awaited;
        }
    market.scripts.assign(names.begin(), names.end());
}

// True if a window had to be made.
bool MarketRunner::add_listeners(Market& market, Vault& vault) {
    bool made = false;
    for (Sleeve& sleeve : vault.sleeves) {
        if (sleeve.script) bind_script(vault, sleeve);
        for (PairSlot& slot : sleeve.slots) {
            const PairRules* rules = world_.rules_of(world_.account_of(vault), slot.pair);
            VAULT_CHECK(rules != nullptr, "a vault's pair is in the catalogue");
            PairMarket& at = market.pairs.try_emplace(slot.pair, *rules).first->second;
            const market::WindowSpec spec =
                strategy::window_spec(sleeve.params, !market.exchange.empty());
            made = made || at.windows.find(spec) == nullptr;
            slot.view.rules = *rules;
            slot.window = &at.windows.acquire(spec);
            const Listener listener{vault.row.account, &vault, &sleeve, &slot, spec};
            at.listeners.insert(std::upper_bound(at.listeners.begin(), at.listeners.end(),
                                                 vault.row.account, ByAccount{}),
                                listener);
        }
    }
    return made;
}

Result<void> MarketRunner::rebind(Account& account) {
    Market& market = world_.market_of(account);
    SleeveTrader trader{world_, recorder_};
    ++world_.watch_version;
    const std::vector<HeldWindow> before = take_listeners(market, account.row.id);
    bool made = false;
    for (const VaultId id : account.vaults) {
        Vault& vault = *world_.find_vault(id);
        made = add_listeners(market, vault) || made;
        for (Sleeve& sleeve : vault.sleeves)
            trader.refresh(vault, sleeve);
    }
    count_scripts(market);
    // Only now: a window that is still wanted keeps its past.
    for (const HeldWindow& held : before)
        held.windows->release(held.spec);
    const Replay& replay = account.replay;
    // A price that was seen is not forgotten.
    std::erase_if(market.pairs, [&](const auto& entry) {
        return entry.second.listeners.empty() && !entry.second.last;
    });
    if (replay.feed == nullptr) return success();
    const PairRules* rules = world_.rules_of(account, replay.source.pair);
    VAULT_CHECK(rules != nullptr, "a replay's pair is in the catalogue");
    PairMarket& fed = market.pairs.try_emplace(replay.source.pair, *rules).first->second;
    return made || !fed.last ? refill(fed, *replay.feed) : success();
}

void end_replay(World& world, Recorder& recorder, Account& account, ReplayState state) {
    account.replay.state = state;
    world.market_of(account).awaited = 0;
    SleeveTrader trader{world, recorder};
    for (const VaultId id : account.vaults) {
        Vault& vault = *world.find_vault(id);
        for (Sleeve& sleeve : vault.sleeves) {
            if (sleeve.script)
                for (auto& [pair, slot] : sleeve.script->slots)
                    slot.forget_tick();
            trader.cancel_orders(vault, sleeve, std::nullopt, world.market_of(account).now,
                                 "replay_ended");
        }
    }
    recorder.touch(account);
}

}  // namespace vault::engine
