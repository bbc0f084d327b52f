// The half of SleeveTrader that books: what the venue reports, sales by hand, closes and sweeps.
#include "daemon/engine/coin_deficit.hpp"
#include "daemon/engine/planted_bug.hpp"
#include "daemon/engine/sleeve_trader.hpp"
#include "daemon/market/pair_rules.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::engine {
namespace {

using ports::Reason;

std::string end_cause(const Order& order) {
    return fmt::format("order:{}:end", to_text(order.request.id));
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
void forget_cycle(PairSlot& slot) {
    slot.cycle_cost = slot.cycle_proceeds = slot.cycle_fees = slot.cycle_realised = kZero;
    slot.standing_sell = Reason::None;
    slot.stuck = false;
    strategy::on_close(slot.state);
}

}  // namespace

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
    ledger::Transaction tx{vault.books, engine_context(vault, end_cause(order), now)};
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
    ledger::Transaction tx{vault.books, engine_context(vault, cause, fill.time)};
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
    ledger::Transaction tx{vault.books, engine_context(vault, cause, fill.time)};
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
        // Coins sold by hand while their buy goes on do not end the cycle; what dust gave since the
        // last one is of this one, as its cost would have been.
        const bool opens = !slot.view.quantity.is_positive() && !slot.cycle_cost.is_positive();
        if (opens) {
            slot.opened_at = fill.time;
            slot.entry_fee_rate = order.request.fee_rate;
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
    const bool slot_flat = is_flat(vault.books, sleeve.kind, slot.pair.base);
    const bool was_open = slot.cycle_cost.is_positive();
    if (slot_flat && was_open && !has_live_order(sleeve, slot.pair)) {
        ++sleeve.cycles;
        sleeve.last_close = now;
        sleeve.ever_closed = true;
        sleeve.last_cycle_lost = slot.cycle_realised.is_negative();
        recorder_.rows().cycles.push_back({vault.row.id, sleeve.kind, owner, sleeve.cycles,
                                           slot.pair, slot.opened_at, now, slot.cycle_cost,
                                           slot.cycle_proceeds, slot.cycle_fees,
                                           slot.cycle_realised, figures.swept});
        forget_cycle(slot);
    }
    pass_attention_on(vault, sleeve, slot, now);
    record_close(vault, sleeve, figures, now, cause);
}

void SleeveTrader::tell_lacking(Account& account, const Asset& base, UtcTime at,
                                const std::string& actor) {
    const Decimal missing = lacking(world_, account, base);
    if (!missing.is_positive()) return;
    std::vector<Holder> holders = holders_of(world_, account, base);
    Decimal open;
    for (const Holder& holder : holders)
        if (!holder.dust) open += holder.coins;
    if (missing <= open) std::erase_if(holders, [](const Holder& holder) { return holder.dust; });
    const std::string note =
        fmt::format("{} {} are missing on the exchange after a trade or a withdrawal by hand",
                    missing.text(), base.text());
    for (const Holder& holder : holders) {
        PairSlot* const slot = find_slot(*holder.sleeve, {base, holder.vault->row.asset});
        VAULT_CHECK(slot != nullptr, "a position has a slot");
        if (slot->attention == note) continue;
        slot->attention = note;
        recorder_.touch(*holder.vault, *holder.sleeve);
        recorder_.notice(owner_of(*holder.vault, actor), at, "alert", "position_unexplained",
                         sleeve_name(*holder.vault, holder.sleeve->kind),
                         note + "; vaultctl position resolve decides");
        refresh(*holder.vault, *holder.sleeve);
    }
}

// Dust that the exchange does not have still needs a person.
void SleeveTrader::pass_attention_on(Vault& vault, Sleeve& sleeve, PairSlot& slot, UtcTime now) {
    if (slot.attention.empty() || has_coins(vault.books, sleeve.kind, slot.pair.base)) return;
    slot.attention.clear();
    tell_lacking(world_.account_of(vault), slot.pair.base, now, "engine");
}

// What a close did besides ending a cycle.
void SleeveTrader::record_close(Vault& vault, Sleeve& sleeve, const ledger::CloseFigures& figures,
                                UtcTime now, const std::string& cause) {
    const ports::Owner owner = owner_of(vault, "engine");
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
                         sleeve_name(vault, sleeve.kind),
                         fmt::format("{} {} of the unallocate request could not be paid: the "
                                     "sleeve closed with less cash",
                                     figures.lapsed.text(), vault.row.asset.text()));
    }
    sweep_if_due(vault, sleeve, now);
    if (figures.closed) end_liquidation(vault, sleeve);
}

Result<void> SleeveTrader::book_correction(Vault& vault, ledger::Transaction tx, UtcTime now) {
    ledger::PerSleeve<ledger::CloseFigures> closes;
    for (const SleeveKind kind : kSleeveKinds) {
        if (vault.books.flat(kind) || !tx.books().flat(kind)) continue;
        VAULT_TRY(closes.of(kind), tx.close_if_flat(kind, has_live_order(vault.sleeve(kind))));
    }
    VAULT_CHECK(!tx.entries().empty(), "a correction books an entry");
    const std::string cause = tx.entries().front().cause;
    recorder_.adopt(world_, vault, std::move(tx));
    for (Sleeve& sleeve : vault.sleeves) {
        for (PairSlot& slot : sleeve.slots) {
            if (is_flat(vault.books, sleeve.kind, slot.pair.base) && slot.cycle_cost.is_positive())
                forget_cycle(slot);
            pass_attention_on(vault, sleeve, slot, now);
        }
        recorder_.touch(vault, sleeve);
        refresh(vault, sleeve);
        record_close(vault, sleeve, closes.of(sleeve.kind), now, cause);
        refresh(vault, sleeve);
    }
    return success();
}

void SleeveTrader::sweep_if_due(Vault& vault, Sleeve& sleeve, UtcTime now) {
    if (!sleeve.sweep_due || !vault.attention.empty() || !vault.books.flat(sleeve.kind) ||
        has_live_order(sleeve))
        return;
    const std::string cause = fmt::format("schedule:{}:{}", sleeve_name(vault, sleeve.kind),
                                          format_utc(*sleeve.sweep_due).substr(0, 10));
    ledger::Transaction tx{vault.books, engine_context(vault, cause, now)};
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

}  // namespace vault::engine
