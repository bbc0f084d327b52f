#include "daemon/engine/sleeve_trader.hpp"

#include "daemon/engine/cap_inputs.hpp"
#include "daemon/engine/coin_deficit.hpp"
#include "daemon/engine/level_sums.hpp"
#include "daemon/engine/order_desk.hpp"
#include "daemon/engine/planted_bug.hpp"

#include <fmt/format.h>

namespace vault::engine {

Surroundings SleeveTrader::around(const Vault& vault) const {
    const exchange::SimVenue& venue = world_.account_of(vault).venue;
    const auto look = [&world = world_](const OrderRequest& order, Price decided_on, bool urgent) {
        return OrderDesk{world}.refuse(order, decided_on, urgent);
    };
    return {.holds = wider_holds(world_, vault),
            .fee_rate = venue.settings().fee_rate,
            .wallet = venue.balance(vault.row.asset).total(),
            .buys_stopped = !world_.no_buys.empty(),
            .look_at_order = look};
}

void SleeveTrader::carry_out(Account& account, UtcTime now) {
    for (const OrderRequest& order : std::exchange(effects_.orders, {})) {
        effects_.record.touch(account);
        note_sent(world_, account, now);
        if (order.side == Side::Buy) count_buys(world_, *world_.find_vault(order.id.vault), 1);
        on_venue_events(account, account.venue.place(order), now);
        if (VAULT_ENGINE_PLANTED(IntentSentTwice)) {
            OrderRequest again = order;
            again.id.number += 1'000'000;
            account.venue.place(again);
        }
    }
    for (const OrderId& order : std::exchange(effects_.cancels, {})) {
        effects_.record.touch(account);
        on_venue_events(account, account.venue.cancel(order, now), now);
    }
    for (const Asset& base : std::exchange(effects_.released, {}))
        tell_lacking(account, base, now, "engine");
}

void SleeveTrader::on_tick(const Listener& at, const ports::MarketView& view) {
    const bool late = VAULT_ENGINE_PLANTED(CapTripsTooLate);
    if (at.sleeve->follows_losses && !late) check_loss_caps(at, view.now);
    if (at.sleeve->script) {
        show_script(at, view);
    } else if (const auto due =
                   SleeveMachine::look(*at.vault, *at.sleeve, *at.slot, view, effects_.record)) {
        act(at, view, *due);
    }
    if (at.sleeve->follows_losses && late) check_loss_caps(at, view.now);
}

// For a decision to buy under a cap that looks at other vaults and pairs, with what it sees there.
Surroundings SleeveTrader::around_buy(const Listener& at, bool buys) const {
    Surroundings surroundings = around(*at.vault);
    if (!buys) return surroundings;
    const Asset& base = at.slot->pair.base;
    if (risk::looks_outside(at.sleeve->caps))
        surroundings.outside = outside_of(world_, *at.vault, base);
    const Decimal free = std::as_const(*at.vault).books.free_cash(at.sleeve->kind);
    surroundings.cap_above = cap_above(world_, {at.vault, base, buy_budget(*at.sleeve, free)});
    return surroundings;
}

// Measured at once, for who decides after it.
void SleeveTrader::carry_out_orders(const Listener& at, UtcTime now) {
    if (effects_.orders.empty() && effects_.cancels.empty()) return;
    carry_out(world_.account_of(*at.vault), now);
    measure(world_, effects_.record, *at.vault);
}

void SleeveTrader::act(const Listener& at, const ports::MarketView& view,
                       const ports::Decision& decision) {
    const Surroundings surroundings = around_buy(at, decision.action == ports::Action::Buy);
    SleeveMachine{*at.vault, surroundings, effects_}.act(*at.sleeve, *at.slot, view, decision);
    carry_out_orders(at, view.now);
}

// One tick of a sleeve is in flight at most: what comes meanwhile is shown after the answer, the
// newest alone.
void SleeveTrader::show_script(const Listener& at, const ports::MarketView& view) {
    using Check = ports::Decision::Check;
    ScriptUse& script = *at.sleeve->script;
    ScriptSlot& own = script.slots[at.slot->pair];
    if (SleeveMachine::must_sell(*at.vault, *at.sleeve, *at.slot))
        return act(at, view, {Check::Sell, ports::Action::Sell, ports::Reason::Liquidate});
    if (own.asked) {
        own.missed = true;
        return;
    }
    const ScriptHealth health = world_.health_of(script);
    if (health.phase != ports::ScriptPhase::Ready)
        return on_script_answer(
            at, view,
            {std::nullopt, health.fault.value_or(ports::ScriptComplaint{
                               ports::ScriptFault::NotRunning, "it is being started"})});
    own.asked = true;
    own.missed = false;
    own.shown = std::exchange(own.marks, {});
    own.seq = ++world_.last_seq;
    Market& market = world_.market_of(world_.account_of(*at.vault));
    if (market.exchange.empty()) ++market.awaited;
    effects_.record.touch(*at.vault, *at.sleeve);
    effects_.record.ask({script.name, at.vault->row.id, at.sleeve->kind, at.slot->pair,
                         SleeveMachine::show(*at.vault, *at.sleeve, *at.slot, view)});
}

void SleeveTrader::show_again(const Listener& at, const ports::MarketView& view) {
    ScriptSlot& own = at.sleeve->script->slots[at.slot->pair];
    own.marks.add(own.shown);
    own.asked = false;
    show_script(at, view);
}

void SleeveTrader::on_script_answer(const Listener& at, const ports::MarketView& view,
                                    const ScriptAnswer& answer) {
    const bool buys = answer.decision && answer.decision->action == ports::Action::Buy;
    const Surroundings surroundings = around_buy(at, buys);
    SleeveMachine machine{*at.vault, surroundings, effects_};
    machine.on_script_answer(*at.sleeve, *at.slot, view, answer);
    carry_out_orders(at, view.now);
    if (std::exchange(at.sleeve->script->slots[at.slot->pair].missed, false)) show_script(at, view);
}

void SleeveTrader::check_loss_caps(const Listener& at, UtcTime now) {
    const Decimal unrealised = unrealised_of(world_, *at.vault, *at.sleeve);
    const Surroundings surroundings = around(*at.vault);
    SleeveMachine{*at.vault, surroundings, effects_}.check_loss_caps(*at.sleeve, unrealised, now);
    if (!effects_.cancels.empty()) carry_out(world_.account_of(*at.vault), now);
}

void SleeveTrader::on_venue_events(Account& account,
                                   const std::vector<exchange::VenueEvent>& events, UtcTime now) {
    if (!events.empty()) effects_.record.touch(account);
    for (auto event = events.begin(); event != events.end(); ++event) {
        const OrderId id = exchange::order_of(*event);
        Vault* const vault = world_.find_vault(id.vault);
        Order* const order = vault == nullptr ? nullptr : find_order(vault->sleeve(id.sleeve), id);
        if (order == nullptr) continue;
        const Surroundings surroundings = around(*vault);
        SleeveMachine machine{*vault, surroundings, effects_};
        UtcTime at = now;
        if (std::holds_alternative<exchange::Accepted>(*event)) {
            machine.on_accepted(*order, now);
        } else if (const auto* refused = std::get_if<exchange::Refused>(&*event)) {
            machine.on_refused(*order, refused->reason, now);
        } else if (const auto* ended = std::get_if<exchange::Ended>(&*event)) {
            machine.on_ended(*order, *ended);
            at = ended->time;
        } else if (const auto* fill = std::get_if<Fill>(&*event)) {
            if (order->knows(fill->trade_id)) continue;
            const auto next = std::next(event);
            const exchange::Ended* last =
                next == events.end() ? nullptr : std::get_if<exchange::Ended>(&*next);
            if (last != nullptr && last->order != id) last = nullptr;
            machine.on_fill(*order, *fill, last);
            at = fill->time;
            if (last != nullptr) ++event;
        }
        carry_out(account, at);
    }
}

void SleeveTrader::on_pair_status(const Listener& at, const ports::MarketView& view) {
    const Surroundings surroundings = around(*at.vault);
    SleeveMachine{*at.vault, surroundings, effects_}.on_pair_status(*at.sleeve, *at.slot, view);
}

void SleeveTrader::on_day_over(Vault& vault, UtcTime day, UtcTime now) {
    ledger::PerSleeve<Decimal> unrealised;
    for (const Sleeve& sleeve : vault.sleeves)
        unrealised.of(sleeve.kind) = unrealised_of(world_, vault, sleeve);
    for (const Sleeve& sleeve : vault.sleeves)
        count_buys(world_, vault, -std::int64_t{sleeve.day.buys});
    const Surroundings surroundings = around(vault);
    SleeveMachine{vault, surroundings, effects_}.on_day_over(day, now, unrealised);
}

Result<void> SleeveTrader::book_hand_sale(Vault& vault, Sleeve& sleeve, const Pair& pair,
                                          const Fill& fill, const std::string& cause) {
    const Surroundings surroundings = around(vault);
    SleeveMachine machine{vault, surroundings, effects_};
    VAULT_TRYV(machine.on_hand_sale(sleeve, pair, fill, cause));
    carry_out(world_.account_of(vault), fill.time);
    return success();
}

Result<void> SleeveTrader::book_hand_purchase(Vault& vault, Sleeve& sleeve, const Pair& pair,
                                              const Fill& fill, ledger::EntryContext context) {
    const Surroundings surroundings = around(vault);
    SleeveMachine machine{vault, surroundings, effects_};
    const Decimal before = unrealised_of(world_, vault, sleeve);
    VAULT_TRYV(machine.on_hand_purchase(sleeve, pair, fill, std::move(context)));
    keep_apart(vault, sleeve, unrealised_of(world_, vault, sleeve) - before);
    return success();
}

// The levels above vaults take it with what the books add up.
void SleeveTrader::keep_apart(Vault& vault, Sleeve& sleeve, Decimal gain) {
    sleeve.unearned += gain;
    sleeve.day.unrealised_before += gain;
    if (vault.risk.day.day != UtcTime{}) vault.risk.day.unrealised_before += gain;
    effects_.record.touch(vault, sleeve);
    effects_.record.touch(vault);
}

Result<void> SleeveTrader::book_correction(Vault& vault, ledger::Transaction tx, UtcTime now) {
    const Surroundings surroundings = around(vault);
    SleeveMachine machine{vault, surroundings, effects_};
    VAULT_TRYV(machine.on_correction(std::move(tx), now));
    carry_out(world_.account_of(vault), now);
    return success();
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
        const Surroundings surroundings = around(*holder.vault);
        SleeveMachine{*holder.vault, surroundings, effects_}.on_coins_missing(*holder.sleeve, *slot,
                                                                              note, at, actor);
    }
}

void SleeveTrader::pass_attention_on(Vault& vault, Sleeve& sleeve, PairSlot& slot, UtcTime now) {
    const Surroundings surroundings = around(vault);
    SleeveMachine{vault, surroundings, effects_}.pass_attention_on(sleeve, slot);
    carry_out(world_.account_of(vault), now);
}

void SleeveTrader::end_cap(Vault& vault, Sleeve& sleeve, UtcTime now, const std::string& actor) {
    const Surroundings surroundings = around(vault);
    SleeveMachine{vault, surroundings, effects_}.end_cap(
        sleeve, unrealised_of(world_, vault, sleeve), now, actor);
}

void SleeveTrader::cancel_orders(Vault& vault, Sleeve& sleeve, std::optional<Side> side,
                                 UtcTime now, std::string_view why) {
    const Surroundings surroundings = around(vault);
    SleeveMachine{vault, surroundings, effects_}.cancel(sleeve, side, why);
    carry_out(world_.account_of(vault), now);
}

void SleeveTrader::drop_buys_in_wide_book(const Listener& at, const Tick& tick) {
    if (tick.ask_gap <= params_of(*at.sleeve, *at.slot).max_slippage) return;
    const Surroundings surroundings = around(*at.vault);
    SleeveMachine{*at.vault, surroundings, effects_}.cancel(
        *at.sleeve, Side::Buy, ports::to_text(ports::Reason::MaxSlippage), &at.slot->pair);
    carry_out(world_.account_of(*at.vault), tick.time);
}

void SleeveTrader::refresh(Vault& vault, Sleeve& sleeve) {
    const Surroundings surroundings = around(vault);
    SleeveMachine{vault, surroundings, effects_}.refresh(sleeve);
}

void SleeveTrader::quarantine(Vault& vault, UtcTime now, const Error& why) {
    const Surroundings surroundings = around(vault);
    SleeveMachine{vault, surroundings, effects_}.quarantine(now, why);
}

}  // namespace vault::engine
