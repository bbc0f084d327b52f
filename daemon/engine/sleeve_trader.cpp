#include "daemon/engine/sleeve_trader.hpp"

#include "daemon/engine/planted_bug.hpp"
#include "daemon/ledger/canonical.hpp"
#include "daemon/market/pair_rules.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::engine {
namespace {

using ports::Action;
using ports::Reason;

std::string figures_json(const std::vector<strategy::Figure>& figures) {
    std::string out = "{";
    for (const strategy::Figure& figure : figures) {
        if (out.size() > 1) out += ',';
        ledger::append_json_string(out, figure.name);
        out += ':';
        ledger::append_json_string(out, figure.value);
    }
    out += '}';
    return out;
}

// A sell decision stands until flat, whatever the rules say later; what stops the order itself is
// no rule.
bool can_repeat_sell(Reason held_for) {
    return held_for != Reason::BelowMinimum && held_for != Reason::StalePrice &&
           held_for != Reason::OrderPending;
}

// Rule 11: the minima are tested for every sell, a standing one and a liquidation's included.
bool sellable(const PairSlot& slot, const PairMarket& market, Price price) {
    return !market::below_minimum(market.rules, price,
                                  market::floor_lot(slot.view.quantity, market.rules.lot));
}

}  // namespace

PairSlot* find_slot(Sleeve& sleeve, const Pair& pair) {
    const auto found = std::find_if(sleeve.slots.begin(), sleeve.slots.end(),
                                    [&](const PairSlot& slot) { return slot.pair == pair; });
    return found == sleeve.slots.end() ? nullptr : &*found;
}

Order* find_order(Sleeve& sleeve, const OrderId& id) {
    const auto found = std::find_if(sleeve.orders.begin(), sleeve.orders.end(),
                                    [&](const Order& order) { return order.request.id == id; });
    return found == sleeve.orders.end() ? nullptr : &*found;
}

bool has_live_order(const Sleeve& sleeve) {
    return std::any_of(sleeve.orders.begin(), sleeve.orders.end(),
                       [](const Order& order) { return order.live(); });
}

bool has_live_order(const Sleeve& sleeve, const Pair& pair) {
    return std::any_of(sleeve.orders.begin(), sleeve.orders.end(), [&](const Order& order) {
        return order.live() && order.request.pair == pair;
    });
}

Decimal unrealised_of(const World& world, const Vault& vault, const Sleeve& sleeve) {
    const Account& account = world.account_of(vault);
    Decimal sum;
    for (const ledger::Position& position : vault.books.sleeve(sleeve.kind).positions) {
        const PairMarket* market = world.pair_market(account, Pair{position.base, vault.row.asset});
        if (market == nullptr || !market->last) continue;
        sum += value_at_market(position.coins(), market->last->price,
                               account.venue.settings().fee_rate) -
               position.cost;
    }
    return sum;
}

void SleeveTrader::refresh(Vault& vault, Sleeve& sleeve) {
    const Account& account = world_.account_of(vault);
    const Decimal tier_fee = account.venue.settings().fee_rate;
    const Decimal free = vault.books.free_cash(sleeve.kind);
    sleeve.held = effective_hold(world_, vault, sleeve);
    const bool held_back = sleeve.held != HoldKind::None && !VAULT_ENGINE_PLANTED(BuyWhilePaused);
    const bool no_buys =
        held_back || !vault.attention.empty() || vault.books.underfunded() || world_.buys_stopped;
    std::uint32_t open = 0;
    for (PairSlot& slot : sleeve.slots) {
        const ledger::Position* position =
            std::as_const(vault.books).position(sleeve.kind, slot.pair.base);
        const bool held = position != nullptr && !position->dust && position->coins().is_positive();
        slot.view.quantity = held ? position->coins() : kZero;
        slot.view.cost = held ? position->cost : kZero;
        slot.view.fee_rate =
            held ? slot.entry_fee_rate : strategy::effective_fee(sleeve.params, tier_fee);
        slot.view.free_cash = free;
        slot.view.last_close = sleeve.last_close;
        slot.view.ever_closed = sleeve.ever_closed;
        slot.view.last_cycle_lost = sleeve.last_cycle_lost;
        slot.view.order_pending = has_live_order(sleeve, slot.pair);
        slot.view.paused = no_buys || !slot.attention.empty();
        if (held || slot.view.order_pending) ++open;
    }
    const auto budget = mul(sleeve.params->spend, free, Rounding::Up);
    const risk::Exposure exposure{budget ? budget.value() : free,
                                  vault.books.positions_cost(sleeve.kind), open};
    const bool capped =
        !sleeve.capped_by.empty() || !risk::blocking_cap(sleeve.caps, exposure).empty();
    for (PairSlot& slot : sleeve.slots)
        slot.view.capped = capped;
}

void SleeveTrader::quarantine(Vault& vault, UtcTime now, const Error& why) {
    vault.attention = why.message();
    recorder_.touch(vault);
    recorder_.notice(owner_of(vault, "engine"), now, "alert", "vault_quarantined",
                     to_text(vault.row.id),
                     fmt::format("{} is stopped: {}; look at it, then resume it",
                                 to_text(vault.row.id), why.message()));
    for (Sleeve& sleeve : vault.sleeves)
        refresh(vault, sleeve);
}

void SleeveTrader::on_tick(const Listener& at, const PairMarket& market,
                           const ports::MarketView& view) {
    const bool loss_capped = at.sleeve->caps.max_daily_loss.has_value();
    if (loss_capped && !VAULT_ENGINE_PLANTED(CapTripsTooLate)) check_loss_cap(at, view.now);
    const auto trackers = [&at] {
        return std::pair{at.slot->state.tracked_low, at.slot->state.tracked_high};
    };
    const auto before = trackers();
    const ports::Decision decision =
        strategy::evaluate(at.sleeve->params, view, at.slot->view, at.slot->state);
    if (trackers() != before) recorder_.touch(*at.vault, *at.sleeve);
    const bool must_sell = at.sleeve->held == HoldKind::Liquidating &&
                           at.slot->view.quantity.is_positive() && !at.slot->view.order_pending &&
                           at.vault->attention.empty();
    if (must_sell) {
        decide(at, market, view, {ports::Decision::Check::Sell, Action::Sell, Reason::Liquidate});
    } else if (decision.check != ports::Decision::Check::None) {
        decide(at, market, view, decision);
    }
    if (loss_capped && VAULT_ENGINE_PLANTED(CapTripsTooLate)) check_loss_cap(at, view.now);
}

void SleeveTrader::decide(const Listener& at, const PairMarket& market,
                          const ports::MarketView& view, ports::Decision decision) {
    PairSlot& slot = *at.slot;
    const bool selling = decision.check == ports::Decision::Check::Sell;
    const bool stopped = at.sleeve->held == HoldKind::Halted || !at.vault->attention.empty() ||
                         !slot.attention.empty();
    if (selling && decision.action == Action::Hold && slot.standing_sell != Reason::None &&
        can_repeat_sell(decision.reason))
        decision = {decision.check, Action::Sell, slot.standing_sell};
    if (selling && stopped && decision.action == Action::Sell)
        decision = {decision.check, Action::Hold, Reason::Paused};
    if (decision.action == Action::Sell && !sellable(slot, market, view.price))
        decision = {decision.check, Action::Hold, Reason::BelowMinimum};
    if (selling) slot.stuck = decision.reason == Reason::BelowMinimum;
    if (VAULT_ENGINE_PLANTED(StuckLoops) && slot.stuck) decision.action = Action::Sell;
    std::uint32_t order_number = 0;
    const ports::SleeveFigures shown = slot.view;
    if (decision.action == Action::Buy) order_number = buy(at, decision.reason, view.now);
    if (decision.action == Action::Sell) order_number = sell(at, decision.reason, view.now);
    const ports::SleeveFigures after = std::exchange(slot.view, shown);
    remember(at, view, decision, order_number);
    slot.view = after;
}

void SleeveTrader::remember(const Listener& at, const ports::MarketView& view,
                            const ports::Decision& decision, std::uint32_t order_number) {
    const bool buying = decision.check == ports::Decision::Check::Buy;
    DecisionMemory& memory = buying ? at.slot->last_buy : at.slot->last_sell;
    if (order_number == 0 && memory.action == decision.action && memory.reason == decision.reason) {
        ++memory.repeats;
        return;
    }
    recorder_.rows().decisions.push_back(
        {.vault = at.vault->row.id,
         .sleeve = at.sleeve->kind,
         .owner = owner_of(*at.vault, "engine"),
         .pair = at.slot->pair,
         .at = view.now,
         .check = buying ? "buy" : "sell",
         .action = std::string{ports::to_text(decision.action)},
         .reason = std::string{ports::to_text(decision.reason)},
         .repeats = memory.repeats,
         .figures_json = figures_json(
             strategy::explain(at.sleeve->params, view, at.slot->view, at.slot->state, decision)),
         .order_number = order_number});
    memory = {decision.action, decision.reason, 0};
    recorder_.touch(*at.vault, *at.sleeve);
}

std::uint32_t SleeveTrader::buy(const Listener& at, Reason reason, UtcTime now) {
    Vault& vault = *at.vault;
    Sleeve& sleeve = *at.sleeve;
    const Decimal wallet = world_.account_of(vault).venue.balance(vault.row.asset).total();
    if (vault.books.wallet_cash() > wallet) {
        quarantine(
            vault, now,
            Error{Errc::InvariantBroken, fmt::format("the books hold {} {}, the exchange only {}",
                                                     vault.books.wallet_cash().text(),
                                                     vault.row.asset.text(), wallet.text())});
        return 0;
    }
    const Decimal free = vault.books.free_cash(sleeve.kind);
    const auto spend = mul(sleeve.params->spend, free, Rounding::Up);
    if (!spend || !spend.value().is_positive()) return 0;
    Order order;
    order.reason = ports::to_text(reason);
    order.lock_left = min(ceil_8(spend.value()), free);
    order.request = {.id = {vault.row.id, sleeve.kind, sleeve.last_order + 1},
                     .pair = at.slot->pair,
                     .side = Side::Buy,
                     .spend_fraction = sleeve.params->spend,
                     .spend_base = free,
                     .fee_rate = at.slot->view.fee_rate,
                     .quantity = {},
                     .limit = {},
                     .decided_at = now};
    ledger::Transaction tx{vault.books,
                           engine_context(vault, "order:" + to_text(order.request.id), now)};
    const auto joined = tx.buy_intent(sleeve.kind, order.lock_left);
    if (!joined) {
        quarantine(vault, now, joined.error());
        return 0;
    }
    ++sleeve.day.buys;
    return send(at, std::move(order), std::move(tx), now) ? sleeve.last_order : 0;
}

std::uint32_t SleeveTrader::sell(const Listener& at, Reason reason, UtcTime now) {
    Vault& vault = *at.vault;
    Sleeve& sleeve = *at.sleeve;
    const Quantity quantity = market::floor_lot(at.slot->view.quantity, at.slot->view.rules.lot);
    if (!quantity.value.is_positive()) return 0;
    Order order;
    order.reason = ports::to_text(reason);
    order.hold_left = quantity.value;
    order.request = {.id = {vault.row.id, sleeve.kind, sleeve.last_order + 1},
                     .pair = at.slot->pair,
                     .side = Side::Sell,
                     .spend_fraction = {},
                     .spend_base = {},
                     .fee_rate = at.slot->view.fee_rate,
                     .quantity = quantity,
                     .limit = {},
                     .decided_at = now};
    ledger::Transaction tx{vault.books,
                           engine_context(vault, "order:" + to_text(order.request.id), now)};
    const auto held = tx.sell_intent(sleeve.kind, at.slot->pair.base, quantity.value);
    if (!held) {
        quarantine(vault, now, held.error());
        return 0;
    }
    at.slot->standing_sell = reason;
    return send(at, std::move(order), std::move(tx), now) ? sleeve.last_order : 0;
}

// The simulated venue is part of the shard: the intent, the permit and the venue's answer are in
// one batch, so nothing is sent that a crash could forget.
bool SleeveTrader::send(const Listener& at, Order order, ledger::Transaction intent, UtcTime now) {
    Vault& vault = *at.vault;
    Sleeve& sleeve = *at.sleeve;
    Account& account = world_.account_of(vault);
    recorder_.adopt(world_, vault, std::move(intent));
    ++sleeve.last_order;
    std::erase_if(sleeve.orders, [](const Order& old) { return !old.live(); });
    VAULT_CHECK(advance(order, OrderEvent::Permit).has_value(), "a new order can be sent");
    sleeve.orders.push_back(std::move(order));
    recorder_.order(vault, sleeve.orders.back(), now);
    recorder_.touch(vault, sleeve);
    recorder_.touch(account);
    const OrderRequest request = sleeve.orders.back().request;
    on_venue_events(account, account.venue.place(request), now);
    if (VAULT_ENGINE_PLANTED(IntentSentTwice)) {
        OrderRequest again = request;
        again.id.number += 1'000'000;
        account.venue.place(again);
    }
    refresh(vault, sleeve);
    return true;
}

void SleeveTrader::cancel_orders(Vault& vault, Sleeve& sleeve, std::optional<Side> side,
                                 UtcTime now, std::string_view why) {
    Account& account = world_.account_of(vault);
    std::vector<OrderId> ids;
    for (Order& order : sleeve.orders) {
        if (!order.live() || (side && order.request.side != *side)) continue;
        order.cancel_requested = true;
        order.end_reason = why;
        ids.push_back(order.request.id);
    }
    if (ids.empty()) return;
    recorder_.touch(vault, sleeve);
    recorder_.touch(account);
    for (const OrderId& id : ids)
        on_venue_events(account, account.venue.cancel(id, now), now);
}

// Before the strategy is asked: a fill of this very tick may have used up what the day may lose.
void SleeveTrader::check_loss_cap(const Listener& at, UtcTime now) {
    Sleeve& sleeve = *at.sleeve;
    if (!sleeve.capped_by.empty()) return;
    const Decimal realised = std::as_const(at.vault->books).sleeve(sleeve.kind).realised;
    const Decimal unrealised = unrealised_of(world_, *at.vault, sleeve);
    if (!risk::daily_loss_reached(sleeve.caps, sleeve.day, realised, unrealised)) return;
    sleeve.capped_by = "max_daily_loss";
    recorder_.touch(*at.vault, sleeve);
    recorder_.notice(owner_of(*at.vault, "engine"), now, "alert", "cap_tripped",
                     sleeve_name(*at.vault, sleeve.kind),
                     fmt::format("max_daily_loss: lost {} {} today, the cap is {}; no buys until "
                                 "the sleeve is resumed",
                                 risk::loss_today(sleeve.day, realised, unrealised).text(),
                                 at.vault->row.asset.text(), sleeve.caps.max_daily_loss->text()));
    refresh(*at.vault, sleeve);
}

}  // namespace vault::engine
