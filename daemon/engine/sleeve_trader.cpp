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

std::string sleeve_name(const Vault& vault, const Sleeve& sleeve) {
    return fmt::format("{}.{}", to_text(vault.row.id), to_text(sleeve.kind));
}

ledger::EntryContext context(const Vault& vault, std::string cause, UtcTime at) {
    return {std::move(cause), vault.row.mode, at, "engine"};
}

std::string end_cause(const Order& order) {
    return fmt::format("order:{}:end", to_text(order.request.id));
}

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

OrderEvent ending_event(OrderState state) {
    return state == OrderState::Filled    ? OrderEvent::Complete
           : state == OrderState::Expired ? OrderEvent::Expire
                                          : OrderEvent::Cancel;
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
        const Decimal kept = kOne - account.venue.settings().fee_rate;
        const auto gross = mul(position.coins(), market->last->price.value, Rounding::Down);
        if (!gross) continue;
        const auto net = mul(gross.value(), kept, Rounding::Down);
        if (net) sum += net.value() - position.cost;
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
    ledger::Transaction tx{vault.books, context(vault, "order:" + to_text(order.request.id), now)};
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
    ledger::Transaction tx{vault.books, context(vault, "order:" + to_text(order.request.id), now)};
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

void SleeveTrader::on_venue_events(Account& account,
                                   const std::vector<exchange::VenueEvent>& events, UtcTime now) {
    const auto find = [&](const OrderId& id) -> std::pair<Vault*, Order*> {
        Vault* vault = world_.find_vault(id.vault);
        if (vault == nullptr) return {nullptr, nullptr};
        return {vault, find_order(vault->sleeve(id.sleeve), id)};
    };
    if (!events.empty()) recorder_.touch(account);
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (const auto* accepted = std::get_if<exchange::Accepted>(&events[i])) {
            const auto [vault, order] = find(accepted->order);
            if (order == nullptr) continue;
            if (advance(*order, OrderEvent::Acknowledge)) recorder_.order(*vault, *order, now);
        } else if (const auto* refused = std::get_if<exchange::Refused>(&events[i])) {
            const auto [vault, order] = find(refused->order);
            if (order != nullptr)
                book_end(*vault, *order, {OrderEvent::Reject, refused->reason}, now);
        } else if (const auto* fill = std::get_if<Fill>(&events[i])) {
            const auto [vault, order] = find(fill->order);
            if (order == nullptr || order->knows(fill->trade_id)) continue;
            const exchange::Ended* ended =
                i + 1 < events.size() ? std::get_if<exchange::Ended>(&events[i + 1]) : nullptr;
            if (ended != nullptr && ended->order == fill->order) {
                const Ending ending{ending_event(ended->state), ended->reason};
                book_fill(*vault, *order, *fill, &ending);
                ++i;
            } else {
                book_fill(*vault, *order, *fill, nullptr);
            }
        } else if (const auto* ended = std::get_if<exchange::Ended>(&events[i])) {
            const auto [vault, order] = find(ended->order);
            if (order != nullptr)
                book_end(*vault, *order, {ending_event(ended->state), ended->reason}, ended->time);
        }
    }
}

// Rule 11: judged once, when a sell order ends, at its last fill price.
void SleeveTrader::judge_dust(ledger::Transaction& tx, const Vault& vault, const Order& order) {
    const OrderId& id = order.request.id;
    if (order.request.side != Side::Sell || !order.last_price.is_positive()) return;
    const ledger::Position* left = tx.books().position(id.sleeve, order.request.pair.base);
    if (left == nullptr || left->dust || !left->coins().is_positive()) return;
    const PairMarket* market = world_.pair_market(world_.account_of(vault), order.request.pair);
    if (market == nullptr) return;
    const Quantity sellable = market::floor_lot(left->coins(), market->rules.lot);
    if (!market::below_minimum(market->rules, Price{order.last_price}, sellable)) return;
    const auto marked = tx.mark_dust(id.sleeve, order.request.pair.base);
    VAULT_CHECK(marked.has_value(), "a position that is there can be dust");
}

// Adds the order's end to the transaction; returns what was left of its lock or hold.
Result<Decimal> SleeveTrader::book_end_in(ledger::Transaction& tx, Order& order,
                                          const Ending& ending) {
    const OrderId id = order.request.id;
    const Decimal left = order.request.side == Side::Buy ? order.lock_left : order.hold_left;
    if (ending.event == OrderEvent::Reject) {
        VAULT_TRYV(advance(order, ending.event));
    } else {
        VAULT_TRYV(finish(order, ending.event, order.filled));
    }
    if (order.end_reason.empty()) order.end_reason = ending.reason;
    if (left.is_positive() && !VAULT_ENGINE_PLANTED(LockKeptAtEnd)) {
        tx.set_cause(end_cause(order));
        if (order.request.side == Side::Buy) {
            VAULT_TRYV(tx.buy_end(id.sleeve, left));
        } else {
            VAULT_TRYV(tx.sell_end(id.sleeve, order.request.pair.base, left));
        }
    }
    order.lock_left = kZero;
    order.hold_left = kZero;
    return left;
}

void SleeveTrader::book_end(Vault& vault, Order& order, const Ending& ending, UtcTime now) {
    Sleeve& sleeve = vault.sleeve(order.request.id.sleeve);
    PairSlot* slot = find_slot(sleeve, order.request.pair);
    Order next = order;
    ledger::Transaction tx{vault.books, context(vault, end_cause(order), now)};
    const auto booked = [&]() -> Result<ledger::CloseFigures> {
        VAULT_TRYV(book_end_in(tx, next, ending));
        judge_dust(tx, vault, next);
        const Order old = std::exchange(order, next);
        const bool live = has_live_order(sleeve) && !VAULT_ENGINE_PLANTED(SweepWithLiveOrder);
        order = old;
        return tx.close_if_flat(sleeve.kind, live);
    }();
    if (!booked) return quarantine(vault, now, booked.error());
    order = std::move(next);
    recorder_.adopt(world_, vault, std::move(tx));
    recorder_.order(vault, order, now);
    recorder_.touch(vault, sleeve);
    if (slot != nullptr) close_cycle(vault, sleeve, *slot, booked.value(), now, end_cause(order));
    refresh(vault, sleeve);
}

void SleeveTrader::book_fill(Vault& vault, Order& order, const Fill& fill, const Ending* ending) {
    Sleeve& sleeve = vault.sleeve(order.request.id.sleeve);
    PairSlot* slot = find_slot(sleeve, order.request.pair);
    const std::string cause = "fill:paper:" + fill.trade_id;
    std::string closing_cause = cause;
    Order next = order;
    ledger::FillFigures figures;
    ledger::Transaction tx{vault.books, context(vault, cause, fill.time)};
    const auto booked = [&]() -> Result<ledger::CloseFigures> {
        VAULT_TRYV(advance(next, OrderEvent::Fill));
        const bool buying = next.request.side == Side::Buy;
        const ledger::FillTerms terms{next.request.pair.base,
                                      buying ? next.lock_left : next.hold_left, kZero};
        VAULT_TRY(figures, buying ? tx.buy_fill(fill, terms) : tx.sell_fill(fill, terms));
        (buying ? next.lock_left : next.hold_left) = figures.remaining;
        next.trade_ids.push_back(fill.trade_id);
        next.filled += fill.quantity.value;
        next.cost += fill.cost;
        next.fees += figures.fee_value;
        next.last_price = fill.price.value;
        if (ending != nullptr) {
            VAULT_TRY(const Decimal left, book_end_in(tx, next, *ending));
            if (left.is_positive()) closing_cause = end_cause(next);
            judge_dust(tx, vault, next);
        }
        const Order old = std::exchange(order, next);
        const bool live = has_live_order(sleeve) && !VAULT_ENGINE_PLANTED(SweepWithLiveOrder);
        order = old;
        return tx.close_if_flat(sleeve.kind, live);
    }();
    if (!booked) return quarantine(vault, fill.time, booked.error());
    order = std::move(next);
    recorder_.adopt(world_, vault, std::move(tx));
    recorder_.order(vault, order, fill.time);
    recorder_.touch(vault, sleeve);
    if (slot != nullptr) {
        after_fill(vault, sleeve, *slot, order, fill, figures);
        close_cycle(vault, sleeve, *slot, booked.value(), fill.time, closing_cause);
    }
    refresh(vault, sleeve);
}

Result<void> SleeveTrader::book_hand_sale(Vault& vault, Sleeve& sleeve, const Pair& pair, Fill fill,
                                          const std::string& cause) {
    PairSlot* const slot = find_slot(sleeve, pair);
    VAULT_CHECK(slot != nullptr, "a position has a slot");
    Order order;
    order.request.id = {vault.row.id, sleeve.kind, 0};
    order.request.pair = pair;
    order.request.side = Side::Sell;
    order.reason = "manual";
    order.last_price = fill.price.value;
    fill.order = order.request.id;
    ledger::Transaction tx{vault.books, context(vault, cause, fill.time)};
    VAULT_TRY(const ledger::FillFigures figures, tx.sell_fill(fill, {pair.base, kZero, kZero}));
    judge_dust(tx, vault, order);
    VAULT_TRY(const ledger::CloseFigures closed,
              tx.close_if_flat(sleeve.kind, has_live_order(sleeve)));
    recorder_.adopt(world_, vault, std::move(tx));
    recorder_.touch(vault, sleeve);
    after_fill(vault, sleeve, *slot, order, fill, figures);
    close_cycle(vault, sleeve, *slot, closed, fill.time, cause);
    refresh(vault, sleeve);
    return success();
}

void SleeveTrader::after_fill(Vault& vault, Sleeve& sleeve, PairSlot& slot, const Order& order,
                              const Fill& fill, const ledger::FillFigures& figures) {
    if (order.request.side == Side::Buy) {
        // Coins sold by hand while their buy goes on do not end the cycle.
        const bool opens = !slot.view.quantity.is_positive() && !slot.cycle_cost.is_positive();
        if (opens) {
            slot.opened_at = fill.time;
            slot.entry_fee_rate = order.request.fee_rate;
            slot.cycle_cost = slot.cycle_proceeds = slot.cycle_fees = slot.cycle_realised = kZero;
        }
        slot.cycle_cost += figures.cost;
        strategy::on_buy_fill(slot.state);
    } else {
        slot.cycle_proceeds += fill.cost;
    }
    slot.cycle_fees += figures.fee_value;
    slot.cycle_realised += figures.realised;
    sleeve.last_fill = fill.time;
    recorder_.rows().fills.push_back({.owner = owner_of(vault, "engine"),
                                      .fill = fill,
                                      .pair = slot.pair,
                                      .reason = order.reason,
                                      .realised = figures.realised,
                                      .cycle = sleeve.cycles + 1});
    refresh(vault, sleeve);
}

void SleeveTrader::close_cycle(Vault& vault, Sleeve& sleeve, PairSlot& slot,
                               const ledger::CloseFigures& figures, UtcTime now,
                               const std::string& cause) {
    const ports::Owner owner = owner_of(vault, "engine");
    const ledger::Position* left = std::as_const(vault.books).position(sleeve.kind, slot.pair.base);
    const bool slot_flat = left == nullptr || left->dust || !left->coins().is_positive();
    const bool was_open = slot.cycle_cost.is_positive();
    if (slot_flat && was_open && !has_live_order(sleeve, slot.pair)) {
        ++sleeve.cycles;
        sleeve.last_close = now;
        sleeve.ever_closed = true;
        sleeve.last_cycle_lost = slot.cycle_realised.is_negative();
        slot.standing_sell = Reason::None;
        slot.stuck = false;
        slot.attention.clear();
        strategy::on_close(slot.state);
        recorder_.rows().cycles.push_back({vault.row.id, sleeve.kind, owner, sleeve.cycles,
                                           slot.pair, slot.opened_at, now, slot.cycle_cost,
                                           slot.cycle_proceeds, slot.cycle_fees,
                                           slot.cycle_realised, figures.swept});
        slot.cycle_cost = slot.cycle_proceeds = slot.cycle_fees = slot.cycle_realised = kZero;
    }
    const auto allocation = [&](std::string kind, Decimal amount) {
        recorder_.rows().allocations.push_back(
            {vault.row.id, owner, now, std::move(kind), std::string{to_text(sleeve.kind)}, amount,
             vault.books.tradeable(), vault.books.unallocated(),
             vault.books.balance(SleeveKind::Quiet), vault.books.balance(SleeveKind::Flash)});
    };
    if (figures.swept.is_positive())
        recorder_.rows().sweeps.push_back({vault.row.id, sleeve.kind, owner, now, "flash_sweep",
                                           figures.swept, cause, sleeve.cycles});
    if (figures.returned.is_positive()) allocation("request_paid", figures.returned);
    if (figures.lapsed.is_positive()) {
        allocation("request_lapsed", figures.lapsed);
        recorder_.notice(owner, now, "warning", "unallocate_request_lapsed",
                         sleeve_name(vault, sleeve),
                         fmt::format("{} {} of the unallocate request could not be paid: the "
                                     "sleeve closed with less cash",
                                     figures.lapsed.text(), vault.row.asset.text()));
    }
    sweep_if_due(vault, sleeve, now);
    if (figures.closed) end_liquidation(vault, sleeve);
}

void SleeveTrader::sweep_if_due(Vault& vault, Sleeve& sleeve, UtcTime now) {
    if (!sleeve.sweep_due || !vault.attention.empty() || !vault.books.flat(sleeve.kind) ||
        has_live_order(sleeve))
        return;
    const std::string cause = fmt::format("schedule:{}:{}", sleeve_name(vault, sleeve),
                                          format_utc(*sleeve.sweep_due).substr(0, 10));
    ledger::Transaction tx{vault.books, context(vault, cause, now)};
    const auto swept = tx.quiet_sweep(sleeve.sweep_plan.share, false);
    if (!swept) return quarantine(vault, now, swept.error());
    sleeve.sweep_due.reset();
    recorder_.touch(vault, sleeve);
    if (!swept.value().is_positive()) return;
    recorder_.adopt(world_, vault, std::move(tx));
    recorder_.rows().sweeps.push_back({vault.row.id, sleeve.kind, owner_of(vault, "engine"), now,
                                       "quiet_sweep", swept.value(), cause, sleeve.cycles});
    refresh(vault, sleeve);
}

// By the levels' own state, not by what is in force: a wider halt may cover a liquidation while its
// last position closes.
void SleeveTrader::end_liquidation(Vault& vault, Sleeve& sleeve) {
    if (VAULT_ENGINE_PLANTED(LiquidationNeverEnds)) return;
    const bool all_flat =
        std::all_of(kSleeveKinds.begin(), kSleeveKinds.end(), [&](SleeveKind kind) {
            return vault.books.flat(kind) && !has_live_order(vault.sleeve(kind));
        });
    const bool vault_done = all_flat && vault.hold.kind == HoldKind::Liquidating;
    if (sleeve.hold.kind != HoldKind::Liquidating && !vault_done) return;
    sleeve.hold = next_hold(sleeve.hold, HoldRequest::Liquidated, {});
    if (vault_done) vault.hold = next_hold(vault.hold, HoldRequest::Liquidated, {});
    recorder_.touch(vault);
    recorder_.touch(vault, sleeve);
    for (Sleeve& each : vault.sleeves)
        refresh(vault, each);
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
                     sleeve_name(*at.vault, sleeve),
                     fmt::format("max_daily_loss: lost {} {} today, the cap is {}; no buys until "
                                 "the sleeve is resumed",
                                 risk::loss_today(sleeve.day, realised, unrealised).text(),
                                 at.vault->row.asset.text(), sleeve.caps.max_daily_loss->text()));
    refresh(*at.vault, sleeve);
}

}  // namespace vault::engine
