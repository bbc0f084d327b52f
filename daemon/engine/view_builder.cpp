#include "daemon/engine/view_builder.hpp"

#include "daemon/engine/cap_inputs.hpp"
#include "daemon/engine/pair_watch.hpp"
#include "daemon/engine/sleeve_settings.hpp"
#include "daemon/engine/sleeve_trader.hpp"
#include "daemon/ledger/market_value.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::engine {
namespace {

bool has_open_position(const Vault& vault, const Sleeve& sleeve) {
    return !vault.books.flat(sleeve.kind);
}

const Order* live_order(const Sleeve& sleeve, Side side) {
    for (const Order& order : sleeve.orders)
        if (order.live() && order.request.side == side) return &order;
    return nullptr;
}

bool any_warm(const Sleeve& sleeve) {
    return std::any_of(sleeve.slots.begin(), sleeve.slots.end(), [](const PairSlot& slot) {
        return slot.window != nullptr && !slot.window->empty() && slot.window->figures().warm;
    });
}

// Of the daemon, the user or the vault. What a coin may be worth depends on the coin: left out
// here.
std::string wider_cap_in_the_way(const World& world, const Vault& vault) {
    const auto latch = latched_above(wider_holds(world, vault), vault);
    if (latch)
        return fmt::format("risk cap {} of the {} was reached: vaultctl risk show {}", latch->cap,
                           risk::to_text(latch->level), to_text(vault.row.id));
    const auto above = cap_above(world, {.vault = &vault, .base = {}, .budget = {}});
    if (!above) return {};
    return fmt::format("risk cap {} of the {}: vaultctl risk show {}", above->reading.key,
                       risk::to_text(above->level), to_text(vault.row.id));
}

// With its arithmetic. An exposure is a sum over all vaults of the user: too much for a list.
std::string cap_in_the_way(const World& world, const Vault& vault, const Sleeve& sleeve) {
    if (std::string wider = wider_cap_in_the_way(world, vault); !wider.empty()) return wider;
    if (sleeve.capped_by.empty() && !sleeve.caps.quote_band &&
        risk::blocking_cap(sleeve.caps, exposure_of(vault, sleeve)).empty())
        return {};
    risk::Caps caps = sleeve.caps;
    caps.max_exposure_per_base.reset();
    for (const risk::CapReading& each :
         risk::read_caps(caps, reading_inputs(world, vault, sleeve, caps))) {
        if (each.standing == risk::Standing::Latched)
            return fmt::format(
                "risk cap {} was reached: {}; it ends with {}", each.key,
                each.trip.arithmetic.empty() ? each.arithmetic : each.trip.arithmetic, each.ends);
        if (each.standing == risk::Standing::Blocks)
            return fmt::format("risk cap {}: {}", each.key, each.arithmetic);
    }
    return {};
}

bool has_prices(const World& world, const Vault& vault) {
    const Account& account = world.account_of(vault);
    return std::any_of(vault.pairs.begin(), vault.pairs.end(), [&](const Pair& pair) {
        const PairMarket* market = world.pair_market(account, pair);
        return market != nullptr && market->last.has_value();
    });
}

// Empty while one of its pairs does.
std::string no_pair_trades(const World& world, const Vault& vault) {
    std::string all;
    for (const Pair& pair : vault.pairs) {
        const std::string why = pair_trouble(world, world.account_of(vault), pair);
        if (why.empty()) return {};
        all += (all.empty() ? "" : "; ") + why;
    }
    return all;
}

ports::AutoRaiseView auto_raise_view(const ledger::AutoRaise& policy) {
    switch (policy.kind) {
        case ledger::AutoRaise::Kind::Off: return {"off", std::nullopt, policy.ceiling};
        case ledger::AutoRaise::Kind::Full: return {"full", std::nullopt, policy.ceiling};
        case ledger::AutoRaise::Kind::Percent: return {"percent", policy.percent, policy.ceiling};
    }
    return {};
}

}  // namespace

std::string vault_state(const World& world, const Vault& vault) {
    if (!vault.attention.empty()) return "needs_attention";
    if (vault.books.underfunded()) return "underfunded";
    const WiderHolds wider = wider_holds(world, vault);
    HoldKind capped = HoldKind::Halted;
    for (const Sleeve& sleeve : vault.sleeves)
        capped = std::min(capped, hold_of_caps(wider, vault, sleeve));
    const HoldKind held =
        std::max(effective({&wider.daemon, &wider.user, &wider.account, &vault.hold}), capped);
    if (held != HoldKind::Paused) return std::string{to_text(held)};
    for (const Sleeve& sleeve : vault.sleeves)
        if (sleeve_state(world, vault, sleeve) == "pausing") return "pausing";
    return "paused";
}

std::string needed_attention(const Vault& vault, const Sleeve& sleeve) {
    for (const PairSlot& slot : sleeve.slots)
        if (!slot.attention.empty())
            return fmt::format(
                "{}; decide: vaultctl position resolve {} {} --as "
                "sold|withdrawn|kept",
                slot.attention, to_text(vault.row.id), to_text(sleeve.kind));
    if (vault.attention.empty()) return {};
    return fmt::format("the vault was stopped: {}; check it, then: vaultctl vault resume {}",
                       vault.attention, to_text(vault.row.id));
}

ports::UserView view_of(const User& user) {
    return {user.row.id,          user.row.name,    user.row.role,      user.row.status,
            user.row.permissions, user.row.wallets, user.row.created_at};
}

ports::ApiKeyView view_of(const World& world, const ports::ApiKeyRow& row) {
    return {row, world.users[row.user.value - 1].row.name,
            world.accounts[row.account.value - 1].row.exchange};
}

ports::AccountView view_of(const World& world, const Account& account) {
    ports::AccountView view{.id = account.row.id,
                            .user = world.users[account.row.user.value - 1].row.name,
                            .exchange = account.row.exchange,
                            .label = account.row.label,
                            .wallets = {},
                            .vaults = account.vaults,
                            .now = world.market_of(account).now,
                            .created_at = account.row.created_at,
                            .history_unread_since = account.row.history_unread_since,
                            .history = account.row.history};
    for (const auto& [asset, balance] : account.venue.wallets().all()) {
        Decimal explained;
        for (const VaultId id : account.vaults) {
            const Vault& vault = world.vaults[id.value - 1];
            if (vault.row.asset == asset)
                explained += vault.books.wallet_cash() - vault.books.shortfall();
            for (const SleeveKind kind : kSleeveKinds) {
                const ledger::Position* position = vault.books.position(kind, asset);
                if (position != nullptr) explained += position->coins();
            }
        }
        const Decimal rest = balance.total() - explained;
        const auto ignored = account.ignored.find(asset);
        view.wallets.push_back(
            {asset, balance.free, balance.held, balance.total(), rest,
             ignored == account.ignored.end() ? kZero : max(kZero, min(ignored->second, rest))});
    }
    return view;
}

ports::PauseView hold_view(std::string level, std::string target, const Hold& hold) {
    ports::PauseView view;
    view.level = std::move(level);
    view.target = std::move(target);
    view.state = to_text(hold.kind);
    view.by = hold.by;
    view.why = hold.why;
    if (hold.kind != HoldKind::None) view.since = hold.since;
    return view;
}

std::vector<ports::PauseView> holds_of(const World& world, const Vault& vault,
                                       const Sleeve* sleeve) {
    std::vector<ports::PauseView> out;
    const auto add = [&](std::string level, std::string target, const Hold& hold) {
        if (hold.kind != HoldKind::None)
            out.push_back(hold_view(std::move(level), std::move(target), hold));
    };
    const User& user = world.user_of(vault);
    add("daemon", "", world.daemon_hold);
    add("user", user.row.name, user.hold);
    add("account", to_text(vault.row.account), world.account_of(vault).hold);
    add("vault", to_text(vault.row.id), vault.hold);
    if (sleeve != nullptr) add("sleeve", sleeve_name(vault, sleeve->kind), sleeve->hold);
    return out;
}

namespace {

std::string script_in_the_way(const World& world, const Vault& vault, const Sleeve& sleeve) {
    if (!sleeve.script) return {};
    const ScriptHealth health = world.health_of(*sleeve.script);
    const std::string why = health.fault ? " (" + fault_text(*health.fault) + ")" : "";
    switch (health.phase) {
        case ports::ScriptPhase::Ready: return {};
        case ports::ScriptPhase::Starting:
        case ports::ScriptPhase::Waiting: return "its script is being started" + why;
        case ports::ScriptPhase::GaveUp:
        case ports::ScriptPhase::Stopped:
            return fmt::format(
                "its script was given up{}; mend it, then vaultctl sleeve resume {} {}", why,
                to_text(vault.row.id), to_text(sleeve.kind));
    }
    return {};
}

std::optional<ports::ScriptView> script_view(const World& world, const Sleeve& sleeve) {
    if (!sleeve.script) return std::nullopt;
    const ScriptSetting& setting = sleeve.script->setting;
    const ScriptHealth health = world.health_of(*sleeve.script);
    return ports::ScriptView{setting.command,
                             setting.folder,
                             setting.deadline,
                             setting.memory_mib,
                             std::string{ports::to_text(health.phase)},
                             health.fault ? fault_text(*health.fault) : std::string{}};
}

}  // namespace

std::string_view sleeve_state(const World& world, const Vault& vault, const Sleeve& sleeve) {
    const HoldKind held = effective_hold(world, vault, sleeve);
    const bool open = has_open_position(vault, sleeve);
    const bool stuck = std::ranges::any_of(sleeve.slots, is_stuck);
    if (!needed_attention(vault, sleeve).empty()) return "needs_attention";
    if (held == HoldKind::Liquidating) return "liquidating";
    if (held == HoldKind::Halted) return "halted";
    if (held == HoldKind::Paused) return open || has_live_order(sleeve) ? "pausing" : "paused";
    if (live_order(sleeve, Side::Sell) != nullptr) return "selling";
    if (live_order(sleeve, Side::Buy) != nullptr) return "buying";
    if (stuck) return "stuck";
    if (open) return "holding";
    if (vault.books.underfunded()) return "underfunded";
    if (!idle_reason(world, vault, sleeve).empty()) return "idle";
    return any_warm(sleeve) ? "watching" : "warming_up";
}

// Of the first position that nothing sells now.
std::string stuck_reason(const Vault& vault, const Sleeve& sleeve) {
    const auto slot = std::ranges::find_if(sleeve.slots, is_stuck);
    return slot == sleeve.slots.end() ? "" : stuck_reason(vault, sleeve, *slot);
}

std::string stuck_reason(const Vault& vault, const Sleeve& sleeve, const PairSlot& slot) {
    if (!slot.stuck) return status_text(slot.view.rules) + stuck_text(vault, sleeve, slot);
    std::string text = fmt::format("{} is too little to be sold", slot.pair.text());
    if (sleeve.held == HoldKind::Liquidating)
        text += fmt::format(
            ": the liquidation waits for a higher price; what else ends it: vaultctl "
            "why-not-trading {} {}",
            to_text(vault.row.id), to_text(sleeve.kind));
    return text;
}

std::string idle_reason(const World& world, const Vault& vault, const Sleeve& sleeve) {
    if (vault.books.tradeable().is_zero()) return "tradeable is 0";
    if (vault.books.free_cash(sleeve.kind).is_zero() && vault.books.flat(sleeve.kind) &&
        !has_live_order(sleeve))
        return "nothing is allocated to it";
    if (vault.pairs.empty()) return "no pair is selected";
    if (std::string why = no_pair_trades(world, vault); !why.empty()) return why;
    const std::string& exchange = world.market_of(world.account_of(vault)).exchange;
    if (!has_prices(world, vault))
        return exchange.empty() ? "no price yet: start a replay"
                                : fmt::format("no price yet: {} has told none", exchange);
    if (!world.no_buys.empty()) return "no buys: " + world.no_buys;
    if (std::string why = script_in_the_way(world, vault, sleeve); !why.empty()) return why;
    return cap_in_the_way(world, vault, sleeve);
}

std::vector<ports::PositionView> positions_of(const World& world, const Vault& vault,
                                              const Sleeve& sleeve) {
    std::vector<ports::PositionView> out;
    const Account& account = world.account_of(vault);
    for (const ledger::Position& position : vault.books.sleeve(sleeve.kind).positions) {
        if (position.coins().is_zero() && position.cost.is_zero()) continue;
        const Pair pair{position.base, vault.row.asset};
        const auto slot = std::find_if(sleeve.slots.begin(), sleeve.slots.end(),
                                       [&](const PairSlot& s) { return s.pair == pair; });
        const bool known = slot != sleeve.slots.end();
        ports::PositionView view;
        view.vault = vault.row.id;
        view.sleeve = sleeve.kind;
        view.pair = pair;
        view.state = known && !slot->attention.empty() ? "needs_attention"
                     : position.dust                   ? "dust"
                     : known && is_stuck(*slot)        ? "stuck"
                                                       : "open";
        view.quantity = position.coins();
        view.held = position.held;
        view.cost = position.cost;
        const auto average = div(position.cost, position.coins(), Rounding::Down);
        if (average) view.average_price = round_places(average.value(), 8, Rounding::Down);
        const PairMarket* market = world.pair_market(account, pair);
        if (market != nullptr && market->last) {
            view.price = market->last->price.value;
            view.value = ledger::value_at_market(position.coins(), market->last->price,
                                                 account.venue.settings().fee_rate);
            view.unrealised = view.value - position.cost;
            view.price_at = market->last->time;
            view.price_frozen = price_frozen(*market);
        } else {
            view.price_stale = true;
            view.value = position.cost;
        }
        if (known && slot->opened_at != UtcTime{}) view.opened_at = slot->opened_at;
        if (known) view.kept_exits = kept_exits(sleeve, *slot);
        out.push_back(std::move(view));
    }
    return out;
}

ports::SleeveView view_of(const World& world, const Vault& vault, const Sleeve& sleeve) {
    const ledger::SleeveBooks& books = vault.books.sleeve(sleeve.kind);
    ports::SleeveView view;
    view.vault = vault.row.id;
    view.sleeve = sleeve.kind;
    view.state = sleeve_state(world, vault, sleeve);
    const bool capped = hold_of_caps(wider_holds(world, vault), vault, sleeve) != HoldKind::None;
    if (view.state == "idle" || capped) view.idle_reason = idle_reason(world, vault, sleeve);
    if (std::string stuck = stuck_reason(vault, sleeve);
        !stuck.empty() && (view.state == "stuck" || view.state == "liquidating"))
        view.idle_reason = std::move(stuck);
    if (view.state == "needs_attention") view.idle_reason = needed_attention(vault, sleeve);
    view.cash = books.cash;
    view.locked = books.locked;
    view.pending = books.pending;
    view.unallocate_requested = books.unallocate_requested;
    view.positions_cost = vault.books.positions_cost(sleeve.kind);
    view.balance = vault.books.balance(sleeve.kind);
    view.principal = books.principal;
    view.realised = books.realised;
    view.unrealised = unrealised_of(world, vault, sleeve);
    view.equity = view.balance + view.unrealised;
    view.fees = books.fees;
    view.fee_float = books.fee_float;
    view.swept = books.swept;
    view.positions = positions_of(world, vault, sleeve);
    for (const Order& order : sleeve.orders)
        if (order.live()) view.orders.push_back(to_text(order.request.id));
    view.cycles = sleeve.cycles;
    view.strategy = sleeve.script ? "script" : "cycle";
    view.script = script_view(world, sleeve);
    view.mode = "rules";
    view.preset = sleeve.preset;
    view.settings = settings_of(sleeve);
    if (sleeve.last_fill != UtcTime{}) view.last_fill_at = sleeve.last_fill;
    view.pauses = holds_of(world, vault, &sleeve);
    return view;
}

ports::VaultView view_of(const World& world, const Vault& vault) {
    ports::VaultView view;
    view.id = vault.row.id;
    view.user = world.user_of(vault).row.name;
    view.account = vault.row.account;
    view.asset = vault.row.asset;
    view.mode = vault.row.mode;
    view.state = vault_state(world, vault);
    view.total = vault.books.total();
    view.tradeable = vault.books.tradeable();
    view.reserve = vault.books.reserve();
    view.unallocated = vault.books.unallocated();
    view.quiet = view_of(world, vault, vault.sleeve(SleeveKind::Quiet));
    view.flash = view_of(world, vault, vault.sleeve(SleeveKind::Flash));
    view.equity = view.total + view.quiet.unrealised + view.flash.unrealised;
    view.shortfall = vault.books.shortfall();
    view.reserve_pct = vault.policy.reserve_pct;
    if (vault.policy.reserve_pct) {
        const auto cap = mul_div(view.total, Decimal::from_int(100) - *vault.policy.reserve_pct,
                                 Decimal::from_int(100), Rounding::Floor);
        if (cap) view.reserve_cap = floor_8(cap.value());
    }
    view.pairs = vault.pairs;
    view.auto_raise = auto_raise_view(vault.policy);
    view.pauses = holds_of(world, vault, nullptr);
    view.attention = vault.attention;
    view.created_at = vault.row.created_at;
    view.updated_at = vault.updated_at;
    return view;
}

namespace {

ports::SleeveMarkView mark_of(const World& world, const Vault& vault, const Sleeve& sleeve) {
    const ledger::SleeveBooks& books = vault.books.sleeve(sleeve.kind);
    ports::SleeveMarkView mark;
    mark.balance = vault.books.balance(sleeve.kind);
    mark.unrealised = unrealised_of(world, vault, sleeve);
    mark.realised = books.realised;
    mark.fees = books.fees;
    mark.fee_float = books.fee_float;
    mark.swept = books.swept;
    mark.positions_cost = vault.books.positions_cost(sleeve.kind);
    for (const ledger::Position& position : books.positions)
        mark.coins.push_back({position.base, position.coins()});
    mark.cycles = sleeve.cycles;
    return mark;
}

// "0.5 ETH is valued at 2000 of 2024-01-01T00:00:00Z: halted", of each such position.
std::vector<std::string> frozen_values(const World& world, const Vault& vault) {
    std::vector<std::string> out;
    for (const Sleeve& sleeve : vault.sleeves)
        for (const ports::PositionView& position : positions_of(world, vault, sleeve))
            if (!position.price_frozen.empty())
                out.push_back(fmt::format("{} {} is valued at {} of {}: {}",
                                          position.quantity.text(), position.pair.base.text(),
                                          position.price->text(), format_utc(*position.price_at),
                                          position.price_frozen));
    return out;
}

}  // namespace

ports::VaultMarkView mark_of(const World& world, const Vault& vault) {
    const Account& account = world.account_of(vault);
    const Market& market = world.market_of(account);
    return {.vault = vault.row.id,
            .user = vault.row.user,
            .user_name = world.user_of(vault).row.name,
            .account = vault.row.account,
            .recorded_under = recorded_under(market),
            .asset = vault.row.asset,
            .mode = vault.row.mode,
            .seq = vault.books.head().seq,
            .now = market.now,
            .fee_rate = account.venue.settings().fee_rate,
            .reserve = vault.books.reserve(),
            .unallocated = vault.books.unallocated(),
            .quiet = mark_of(world, vault, vault.sleeve(SleeveKind::Quiet)),
            .flash = mark_of(world, vault, vault.sleeve(SleeveKind::Flash)),
            .frozen = frozen_values(world, vault)};
}

ports::ReplayView view_of(const World& world, const Account& account, const Replay& replay) {
    ports::ReplayView view;
    view.account = account.row.id;
    view.state = to_text(replay.state);
    view.source = replay.source.name;
    view.pair = replay.source.pair;
    view.interval = replay.source.interval;
    view.seed = replay.source.seed;
    view.now = world.market_of(account).now;
    view.until = replay.until;
    view.speed = replay.speed;
    if (replay.feed != nullptr) {
        view.position = replay.feed->position();
        view.ticks = replay.feed->size().value_or(0);
    }
    view.first = replay.first;
    view.last = replay.last;
    return view;
}

ports::PairMarketView view_of(const World& world, const Account& account, const Pair& pair) {
    ports::PairMarketView view;
    view.account = account.row.id;
    view.recorded_under = recorded_under(world.market_of(account));
    view.pair = pair;
    const PairMarket* seen = world.pair_market(account, pair);
    if (seen == nullptr || !seen->last) return view;
    view.price = seen->last->price;
    view.price_at = seen->last->time;
    return view;
}

ports::PairView view_of(const World& world, const Vault& vault, const PairRules& rules) {
    ports::PairView view;
    view.rules = rules;
    view.selected = std::ranges::find(vault.pairs, rules.pair) != vault.pairs.end();
    const Account& account = world.account_of(vault);
    const auto& standings = world.catalogue_of(account).standings;
    const auto standing = standings.find(rules.pair);
    if (standing != standings.end()) view.status_since = standing->second.since;
    view.trouble = pair_trouble(world, account, rules.pair);
    const PairMarket* market = world.pair_market(account, rules.pair);
    if (market == nullptr) return view;
    view.price_frozen = price_frozen(*market);
    if (!market->last) return view;
    view.price = market->last->price;
    view.price_at = market->last->time;
    return view;
}

namespace {

// How far a running job is; nothing of one that ended, whose object may do something else now.
std::string progress_of(const World& world, const Job& job) {
    if (outcome(world, job) != JobState::Running) return {};
    if (const auto vault = parse_vault_id(job.object)) {
        const Vault& about = world.vaults[vault.value().value - 1];
        const auto open = std::ranges::count_if(
            about.sleeves, [&](const Sleeve& sleeve) { return has_open_position(about, sleeve); });
        return fmt::format("{}, {} of 2 sleeves hold coins", vault_state(world, about), open);
    }
    const Account& about = world.accounts[parse_account_id(job.object).value().value - 1];
    const Replay& replay = about.replay;
    std::string text = "at " + format_utc(world.market_of(about).now);
    if (replay.until) return text + ", runs until " + format_utc(*replay.until);
    return text;
}

}  // namespace

ports::JobView view_of(const World& world, const Job& job) {
    return {.id = job.id,
            .method = job.method,
            .object = job.object,
            .state = std::string{to_text(outcome(world, job))},
            .by = job.by,
            .detail = progress_of(world, job),
            .started_at = job.started_at,
            .ended_at = job.ended_at};
}

}  // namespace vault::engine
