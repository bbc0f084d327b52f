// The half of SleeveMachine that books: what the venue reports, sales by hand, closes and sweeps.
#include "daemon/engine/planted_bug.hpp"
#include "daemon/engine/sleeve_machine.hpp"
#include "daemon/market/pair_rules.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::engine {
namespace {

using ports::Reason;

std::string end_cause(const Order& order) {
    return fmt::format("order:{}:end", to_text(order.request.id));
}

std::string fill_cause(const Fill& fill) {
    return "fill:paper:" + fill.trade_id;
}

OrderEvent ending_event(OrderState state) {
    return state == OrderState::Filled    ? OrderEvent::Complete
           : state == OrderState::Expired ? OrderEvent::Expire
                                          : OrderEvent::Cancel;
}

bool has_coins(const ledger::VaultBooks& books, SleeveKind sleeve, const Asset& base) {
    const ledger::Position* position = books.position(sleeve, base);
    return position != nullptr && position->coins().is_positive();
}

bool is_flat(const ledger::VaultBooks& books, SleeveKind sleeve, const Asset& base) {
    return !has_coins(books, sleeve, base) || books.position(sleeve, base)->dust;
}

// The slot's pair is flat: what belongs to the cycle that was is over.
void forget_cycle(Sleeve& sleeve, PairSlot& slot) {
    slot.cycle_cost = slot.cycle_proceeds = slot.cycle_fees = slot.cycle_realised = kZero;
    slot.standing_sell = Reason::None;
    slot.stuck = false;
    strategy::on_close(slot.state);
    if (sleeve.script) sleeve.script->slots[slot.pair].marks.closed = true;
}

}  // namespace

void SleeveMachine::on_accepted(Order& order, UtcTime now) {
    if (advance(order, OrderEvent::Acknowledge)) record_.order(vault_, order, now);
}

void SleeveMachine::on_refused(Order& order, const std::string& reason, UtcTime now) {
    book_end(order, {OrderEvent::Reject, reason}, now);
}

void SleeveMachine::on_ended(Order& order, const exchange::Ended& ended) {
    book_end(order, {ending_event(ended.state), ended.reason}, ended.time);
}

// Rule 11: judged once, when a sell order ends, at its last fill price.
void SleeveMachine::judge_dust(ledger::Transaction& tx, const Order& order) {
    const OrderId& id = order.request.id;
    if (order.request.side != Side::Sell || !order.last_price.is_positive()) return;
    const ledger::Position* left = tx.books().position(id.sleeve, order.request.pair.base);
    if (left == nullptr || left->dust || !left->coins().is_positive()) return;
    const PairSlot* slot = find_slot(vault_.sleeve(id.sleeve), order.request.pair);
    if (slot == nullptr) return;
    const PairRules& rules = slot->view.rules;
    const Quantity sellable = market::floor_lot(left->coins(), rules.lot);
    if (!market::below_minimum(rules, Price{order.last_price}, sellable)) return;
    const auto marked = tx.mark_dust(id.sleeve, order.request.pair.base);
    VAULT_CHECK(marked.has_value(), "a position that is there can be dust");
}

// Adds the order's end to the transaction; returns what was left of its lock or hold.
Result<Decimal> SleeveMachine::book_end_in(ledger::Transaction& tx, Order& order,
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

// Closes as it will be with the order `next`: a sleeve with a live order does not close.
Result<ledger::CloseFigures> SleeveMachine::close_in(ledger::Transaction& tx, const Order& next) {
    const Sleeve& sleeve = vault_.sleeve(next.request.id.sleeve);
    const bool live =
        next.live() ||
        std::any_of(sleeve.orders.begin(), sleeve.orders.end(), [&next](const Order& other) {
            return other.live() && other.request.id != next.request.id;
        });
    return tx.close_if_flat(sleeve.kind, live && !VAULT_ENGINE_PLANTED(SweepWithLiveOrder));
}

void SleeveMachine::book_end(Order& order, const Ending& ending, UtcTime now) {
    Sleeve& sleeve = vault_.sleeve(order.request.id.sleeve);
    Order next = order;
    ledger::Transaction tx{vault_.books, engine_context(vault_, end_cause(order), now)};
    const auto booked = [&]() -> Result<ledger::CloseFigures> {
        VAULT_TRYV(book_end_in(tx, next, ending));
        judge_dust(tx, next);
        return close_in(tx, next);
    }();
    if (!booked) return quarantine(now, booked.error());
    order = std::move(next);
    record_.adopt(vault_, std::move(tx));
    record_.order(vault_, order, now);
    record_.touch(vault_, sleeve);
    PairSlot* const slot = find_slot(sleeve, order.request.pair);
    if (slot != nullptr) close_cycle(sleeve, *slot, booked.value(), now, end_cause(order));
    refresh(sleeve);
}

// Adds the fill to the transaction and to the order.
Result<ledger::FillFigures> SleeveMachine::book_fill_in(ledger::Transaction& tx, Order& order,
                                                        const Fill& fill) {
    VAULT_TRYV(advance(order, OrderEvent::Fill));
    const bool buying = order.request.side == Side::Buy;
    Decimal& left = buying ? order.lock_left : order.hold_left;
    const ledger::FillTerms terms{order.request.pair.base, left, kZero};
    VAULT_TRY(const ledger::FillFigures figures,
              buying ? tx.buy_fill(fill, terms) : tx.sell_fill(fill, terms));
    left = figures.remaining;
    order.trade_ids.push_back(fill.trade_id);
    order.filled += fill.quantity.value;
    order.cost += fill.cost;
    order.fees += figures.fee_value;
    order.last_price = fill.price.value;
    return figures;
}

void SleeveMachine::on_fill(Order& order, const Fill& fill, const exchange::Ended* ended) {
    Sleeve& sleeve = vault_.sleeve(order.request.id.sleeve);
    std::string closing_cause = fill_cause(fill);
    Order next = order;
    ledger::FillFigures figures;
    ledger::Transaction tx{vault_.books, engine_context(vault_, closing_cause, fill.time)};
    const auto booked = [&]() -> Result<ledger::CloseFigures> {
        VAULT_TRY(figures, book_fill_in(tx, next, fill));
        if (ended != nullptr) {
            VAULT_TRY(const Decimal left,
                      book_end_in(tx, next, {ending_event(ended->state), ended->reason}));
            if (left.is_positive()) closing_cause = end_cause(next);
            judge_dust(tx, next);
        }
        return close_in(tx, next);
    }();
    if (!booked) {
        // The order stays open with its money until somebody has looked at it.
        order.fills_missing = true;
        record_.touch(vault_, sleeve);
        return quarantine(fill.time, booked.error());
    }
    order = std::move(next);
    record_.adopt(vault_, std::move(tx));
    record_.order(vault_, order, fill.time);
    record_.touch(vault_, sleeve);
    PairSlot* const slot = find_slot(sleeve, order.request.pair);
    if (slot != nullptr) {
        after_fill(sleeve, *slot, order, fill, figures);
        close_cycle(sleeve, *slot, booked.value(), fill.time, closing_cause);
    }
    refresh(sleeve);
}

Result<void> SleeveMachine::on_hand_sale(Sleeve& sleeve, const Pair& pair, Fill fill,
                                         const std::string& cause) {
    PairSlot* const slot = find_slot(sleeve, pair);
    VAULT_CHECK(slot != nullptr, "a position has a slot");
    Order order;
    order.request.id = {vault_.row.id, sleeve.kind, 0};
    order.request.pair = pair;
    order.request.side = Side::Sell;
    order.reason = "manual";
    order.last_price = fill.price.value;
    fill.order = order.request.id;
    ledger::Transaction tx{vault_.books, engine_context(vault_, cause, fill.time)};
    VAULT_TRY(const ledger::FillFigures figures, tx.sell_fill(fill, {pair.base, kZero, kZero}));
    judge_dust(tx, order);
    VAULT_TRY(const ledger::CloseFigures closed,
              tx.close_if_flat(sleeve.kind, has_live_order(sleeve)));
    record_.adopt(vault_, std::move(tx));
    record_.touch(vault_, sleeve);
    after_fill(sleeve, *slot, order, fill, figures);
    close_cycle(sleeve, *slot, closed, fill.time, cause);
    refresh(sleeve);
    return success();
}

Result<void> SleeveMachine::on_hand_purchase(Sleeve& sleeve, const Pair& pair, Fill fill,
                                             ledger::EntryContext context) {
    PairSlot* const slot = find_slot(sleeve, pair);
    VAULT_CHECK(slot != nullptr, "the pair is traded");
    const ledger::VaultBooks& books = vault_.books;
    if (books.sleeve(sleeve.kind).unallocate_requested.is_positive())
        return Error{Errc::WrongState, "money of this sleeve is to be unallocated when it closes",
                     "vault", "allocate as much again first, which cancels that"};
    Order order;
    order.request.id = {vault_.row.id, sleeve.kind, 0};
    order.request.pair = pair;
    order.request.side = Side::Buy;
    order.request.fee_rate = strategy::effective_fee(sleeve.params, around_.fee_rate);
    order.reason = "manual";
    fill.order = order.request.id;
    ledger::Transaction tx{books, std::move(context)};
    VAULT_TRYV(tx.deposit(fill.cost, ledger::AutoRaise{}, ledger::EntryKind::ManualTrade));
    VAULT_TRYV(tx.set_tradeable(tx.books().tradeable() + fill.cost, vault_.policy.reserve_pct));
    ledger::PerSleeve<Decimal> deltas;
    deltas.of(sleeve.kind) = fill.cost;
    ledger::PerSleeve<bool> live;
    for (const Sleeve& each : vault_.sleeves)
        live.of(each.kind) = has_live_order(each);
    VAULT_TRYV(tx.allocate(deltas, live));
    VAULT_TRYV(tx.buy_intent(sleeve.kind, fill.cost));
    VAULT_TRY(const ledger::FillFigures figures, tx.buy_fill(fill, {pair.base, fill.cost, kZero}));
    record_.adopt(vault_, std::move(tx));
    record_.touch(vault_, sleeve);
    after_fill(sleeve, *slot, order, fill, figures);
    return success();
}

void SleeveMachine::after_fill(Sleeve& sleeve, PairSlot& slot, const Order& order, const Fill& fill,
                               const ledger::FillFigures& figures) {
    if (order.request.side == Side::Buy) {
        // Coins sold by hand while their buy goes on do not end the cycle; what dust gave since the
        // last one is of this one, as its cost would have been.
        const bool opens = !slot.view.quantity.is_positive() && !slot.cycle_cost.is_positive();
        if (opens) {
            slot.opened_at = fill.time;
            slot.entry_fee_rate = order.request.fee_rate;
        }
        slot.cycle_cost += figures.cost;
        strategy::on_buy_fill(slot.state);
        if (sleeve.script) sleeve.script->slots[slot.pair].marks.bought = true;
    } else {
        slot.cycle_proceeds += fill.cost;
    }
    slot.cycle_fees += figures.fee_value;
    slot.cycle_realised += figures.realised;
    sleeve.last_fill = fill.time;
    record_.rows().fills.push_back({.owner = owner_of(vault_, "engine"),
                                    .fill = fill,
                                    .pair = slot.pair,
                                    .reason = order.reason,
                                    .realised = figures.realised,
                                    .cycle = sleeve.cycles + 1});
    refresh(sleeve);
}

void SleeveMachine::close_cycle(Sleeve& sleeve, PairSlot& slot, const ledger::CloseFigures& figures,
                                UtcTime now, const std::string& cause) {
    const ports::Owner owner = owner_of(vault_, "engine");
    const bool slot_flat = is_flat(vault_.books, sleeve.kind, slot.pair.base);
    const bool was_open = slot.cycle_cost.is_positive();
    if (slot_flat && was_open && !has_live_order(sleeve, slot.pair)) {
        ++sleeve.cycles;
        sleeve.last_close = now;
        sleeve.ever_closed = true;
        sleeve.last_cycle_lost = slot.cycle_realised.is_negative();
        record_.rows().cycles.push_back({vault_.row.id, sleeve.kind, owner, sleeve.cycles,
                                         slot.pair, slot.opened_at, now, slot.cycle_cost,
                                         slot.cycle_proceeds, slot.cycle_fees, slot.cycle_realised,
                                         figures.swept});
        forget_cycle(sleeve, slot);
    }
    pass_attention_on(sleeve, slot);
    record_close(sleeve, figures, now, cause);
}

void SleeveMachine::on_coins_missing(Sleeve& sleeve, PairSlot& slot, const std::string& note,
                                     UtcTime now, const std::string& actor) {
    if (slot.attention == note) return;
    slot.attention = note;
    record_.touch(vault_, sleeve);
    record_.event(owner_of(vault_, actor), now, "alert", "position_unexplained",
                  sleeve_name(vault_, sleeve.kind), note + "; vaultctl position resolve decides");
    refresh(sleeve);
}

// Dust that the exchange does not have still needs a person.
void SleeveMachine::pass_attention_on(Sleeve& sleeve, PairSlot& slot) {
    if (slot.attention.empty() || has_coins(vault_.books, sleeve.kind, slot.pair.base)) return;
    slot.attention.clear();
    effects_.released.push_back(slot.pair.base);
}

// What a close did besides ending a cycle.
void SleeveMachine::record_close(Sleeve& sleeve, const ledger::CloseFigures& figures, UtcTime now,
                                 const std::string& cause) {
    const ports::Owner owner = owner_of(vault_, "engine");
    const auto allocation = [&](std::string kind, Decimal amount) {
        record_.rows().allocations.push_back(
            {vault_.row.id, owner, now, std::move(kind), std::string{to_text(sleeve.kind)}, amount,
             vault_.books.tradeable(), vault_.books.unallocated(),
             vault_.books.balance(SleeveKind::Quiet), vault_.books.balance(SleeveKind::Flash)});
    };
    if (figures.swept.is_positive())
        record_.rows().sweeps.push_back({vault_.row.id, sleeve.kind, owner, now, "flash_sweep",
                                         figures.swept, cause, sleeve.cycles});
    if (figures.returned.is_positive()) allocation("request_paid", figures.returned);
    if (figures.lapsed.is_positive()) {
        allocation("request_lapsed", figures.lapsed);
        record_.event(owner, now, "warning", "unallocate_request_lapsed",
                      sleeve_name(vault_, sleeve.kind),
                      fmt::format("{} {} of the unallocate request could not be paid: the "
                                  "sleeve closed with less cash",
                                  figures.lapsed.text(), vault_.row.asset.text()));
    }
    sweep_if_due(sleeve, now);
    if (figures.closed) end_liquidation(sleeve);
}

Result<void> SleeveMachine::on_correction(ledger::Transaction tx, UtcTime now) {
    ledger::PerSleeve<ledger::CloseFigures> closes;
    for (const SleeveKind kind : kSleeveKinds) {
        if (vault_.books.flat(kind) || !tx.books().flat(kind)) continue;
        VAULT_TRY(closes.of(kind), tx.close_if_flat(kind, has_live_order(vault_.sleeve(kind))));
    }
    VAULT_CHECK(!tx.entries().empty(), "a correction books an entry");
    const std::string cause = tx.entries().front().cause;
    record_.adopt(vault_, std::move(tx));
    for (Sleeve& sleeve : vault_.sleeves) {
        for (PairSlot& slot : sleeve.slots) {
            if (is_flat(vault_.books, sleeve.kind, slot.pair.base) && slot.cycle_cost.is_positive())
                forget_cycle(sleeve, slot);
            pass_attention_on(sleeve, slot);
        }
        record_.touch(vault_, sleeve);
        refresh(sleeve);
        record_close(sleeve, closes.of(sleeve.kind), now, cause);
        refresh(sleeve);
    }
    return success();
}

void SleeveMachine::on_day_over(UtcTime day, UtcTime now,
                                const ledger::PerSleeve<Decimal>& unrealised) {
    for (Sleeve& sleeve : vault_.sleeves) {
        const ledger::SleeveBooks& books = std::as_const(vault_.books).sleeve(sleeve.kind);
        const Decimal balance = std::as_const(vault_.books).balance(sleeve.kind);
        const Decimal open = unrealised.of(sleeve.kind);
        record_.rows().day_closes.push_back({.vault = vault_.row.id,
                                             .sleeve = sleeve.kind,
                                             .owner = owner_of(vault_, "engine"),
                                             .day = day,
                                             .balance = balance,
                                             .equity = balance + open,
                                             .realised = books.realised,
                                             .unrealised = open,
                                             .fees = books.fees,
                                             .swept = books.swept,
                                             .principal = books.principal,
                                             .vault_total = vault_.books.total(),
                                             .vault_tradeable = vault_.books.tradeable()});
        sleeve.day = {floor_day(now), books.realised, open, 0};
        if (sleeve.caps.caps_reset_daily && !sleeve.capped_by.empty())
            end_cap(sleeve, open, now, "engine");
        const auto due = last_due(sleeve.sweep_plan.every, now);
        if (due && *due > day) sleeve.sweep_due = due;
        sweep_if_due(sleeve, now);
        refresh(sleeve);
        record_.touch(vault_, sleeve);
    }
}

// The quiet sweep that fell due, as soon as the sleeve is flat; does nothing before.
void SleeveMachine::sweep_if_due(Sleeve& sleeve, UtcTime now) {
    if (!sleeve.sweep_due || !vault_.attention.empty() || !vault_.books.flat(sleeve.kind) ||
        has_live_order(sleeve))
        return;
    const std::string cause = fmt::format("schedule:{}:{}", sleeve_name(vault_, sleeve.kind),
                                          format_utc(*sleeve.sweep_due).substr(0, 10));
    ledger::Transaction tx{vault_.books, engine_context(vault_, cause, now)};
    const auto swept = tx.quiet_sweep(sleeve.sweep_plan.share, false);
    if (!swept) return quarantine(now, swept.error());
    sleeve.sweep_due.reset();
    record_.touch(vault_, sleeve);
    if (!swept.value().is_positive()) return;
    record_.adopt(vault_, std::move(tx));
    record_.rows().sweeps.push_back({vault_.row.id, sleeve.kind, owner_of(vault_, "engine"), now,
                                     "quiet_sweep", swept.value(), cause, sleeve.cycles});
    refresh(sleeve);
}

// By the levels' own state, not by what is in force: a wider halt may cover a liquidation while its
// last position closes.
void SleeveMachine::end_liquidation(Sleeve& sleeve) {
    if (VAULT_ENGINE_PLANTED(LiquidationNeverEnds)) return;
    const bool all_flat =
        std::all_of(kSleeveKinds.begin(), kSleeveKinds.end(), [&](SleeveKind kind) {
            return vault_.books.flat(kind) && !has_live_order(vault_.sleeve(kind));
        });
    const bool vault_done = all_flat && vault_.hold.kind == HoldKind::Liquidating;
    if (sleeve.hold.kind != HoldKind::Liquidating && !vault_done) return;
    sleeve.hold = next_hold(sleeve.hold, HoldRequest::Liquidated, {});
    if (vault_done) vault_.hold = next_hold(vault_.hold, HoldRequest::Liquidated, {});
    record_.touch(vault_);
    record_.touch(vault_, sleeve);
    for (Sleeve& each : vault_.sleeves)
        refresh(each);
}

}  // namespace vault::engine
