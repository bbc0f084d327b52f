#include "daemon/engine/sleeve_machine.hpp"

#include "daemon/engine/alerts.hpp"
#include "daemon/engine/figures.hpp"
#include "daemon/engine/pair_watch.hpp"
#include "daemon/engine/planted_bug.hpp"
#include "daemon/market/pair_rules.hpp"
#include "daemon/risk/loss_caps.hpp"
#include "daemon/risk/readings.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::engine {
namespace {

using ports::Action;
using ports::Reason;

// A sell decision stands until flat, whatever the rules say later; what stops the order itself is
// no rule.
bool can_repeat_sell(Reason held_for) {
    return held_for != Reason::BelowMinimum && held_for != Reason::StalePrice &&
           held_for != Reason::OrderPending && held_for != Reason::NotTrading;
}

Reason reason_of(risk::OrderRule rule) {
    switch (rule) {
        case risk::OrderRule::PriceBand: return Reason::PriceBand;
        case risk::OrderRule::MaxOrder: return Reason::MaxOrder;
        case risk::OrderRule::MaxOrdersPerMinute: return Reason::MaxOrdersPerMinute;
        case risk::OrderRule::SelfCross: return Reason::SelfCross;
    }
    return Reason::None;
}

// Rule 11: the minima are tested for every sell, a standing one and a liquidation's included.
bool sellable(const ports::SleeveFigures& figures, Price price) {
    return !market::below_minimum(figures.rules, price,
                                  market::floor_lot(figures.quantity, figures.rules.lot));
}

}  // namespace

void SleeveMachine::refresh(Sleeve& sleeve) {
    const Decimal free = vault_.books.free_cash(sleeve.kind);
    sleeve.held = effective_hold(around_.holds, vault_, sleeve);
    const bool held_back = asked_hold(around_.holds, vault_, sleeve) != HoldKind::None &&
                           !VAULT_ENGINE_PLANTED(BuyWhilePaused);
    const bool no_buys = held_back || !vault_.attention.empty() || vault_.books.underfunded() ||
                         around_.buys_stopped;
    for (PairSlot& slot : sleeve.slots) {
        const ledger::Position* position =
            std::as_const(vault_.books).position(sleeve.kind, slot.pair.base);
        const bool held = position != nullptr && !position->dust && position->coins().is_positive();
        if (!held) slot.kept_params.reset();
        slot.view.quantity = held ? position->coins() : kZero;
        slot.view.cost = held ? position->cost : kZero;
        slot.view.fee_rate =
            held ? slot.entry_fee_rate : strategy::effective_fee(sleeve.params, around_.fee_rate);
        slot.view.free_cash = free;
        slot.view.last_close = sleeve.last_close;
        slot.view.ever_closed = sleeve.ever_closed;
        slot.view.last_cycle_lost = sleeve.last_cycle_lost;
        slot.view.order_pending = has_live_order(sleeve, slot.pair);
        slot.view.paused = no_buys || !slot.attention.empty();
    }
    sleeve.follows_losses = risk::follows_losses(sleeve.caps);
    const bool capped = !sleeve.capped_by.empty() || latched_above(around_.holds, vault_) ||
                        !risk::blocking_cap(sleeve.caps, exposure_of(vault_, sleeve)).empty();
    for (PairSlot& slot : sleeve.slots)
        slot.view.capped = capped;
}

void SleeveMachine::quarantine(UtcTime now, const Error& why) {
    vault_.attention = why.message();
    record_.touch(vault_);
    record_.event(owner_of(vault_, "engine"), now, "alert", "vault_quarantined",
                  to_text(vault_.row.id),
                  fmt::format("{} is stopped: {}; look at it, then resume it",
                              to_text(vault_.row.id), why.message()));
    for (Sleeve& sleeve : vault_.sleeves)
        refresh(sleeve);
}

std::optional<ports::Decision> SleeveMachine::look(Vault& vault, Sleeve& sleeve, PairSlot& slot,
                                                   const ports::MarketView& view,
                                                   Recorder& record) {
    const auto trackers = [&slot] {
        return std::pair{slot.state.tracked_low, slot.state.tracked_high};
    };
    const auto before = trackers();
    ++sleeve.looks;
    const ports::Decision decision =
        strategy::evaluate(params_of(sleeve, slot), view, slot.view, slot.state);
    if (trackers() != before) record.touch(vault, sleeve);
    if (must_sell(vault, sleeve, slot))
        return ports::Decision{ports::Decision::Check::Sell, Action::Sell, Reason::Liquidate};
    if (decision.check == ports::Decision::Check::None) return std::nullopt;
    return decision;
}

bool SleeveMachine::must_sell(const Vault& vault, const Sleeve& sleeve, const PairSlot& slot) {
    return sleeve.held == HoldKind::Liquidating && slot.view.quantity.is_positive() &&
           !slot.view.order_pending && vault.attention.empty();
}

// Before the strategy is asked: a fill of this very tick may have used up what may be lost.
void SleeveMachine::check_loss_caps(Sleeve& sleeve, Decimal unrealised, UtcTime now) {
    const risk::Stake stake = stake_of(vault_, sleeve.kind, unrealised);
    const Decimal realised = std::as_const(vault_.books).sleeve(sleeve.kind).realised;
    const auto before = sleeve.drawdown;
    const std::string_view cap = risk::reached(sleeve.caps, sleeve.capped_by, sleeve.day,
                                               sleeve.drawdown, {realised, unrealised, stake}, now);
    if (sleeve.drawdown != before) record_.touch(vault_, sleeve);
    if (cap.empty()) return;
    const std::string_view asset = vault_.row.asset.text();
    trip(sleeve, cap,
         cap == "max_daily_loss"
             ? risk::daily_loss_text(sleeve.caps, sleeve.day, realised, unrealised, asset)
             : risk::drawdown_text(sleeve.caps, *sleeve.drawdown, stake, asset),
         now);
}

// As a pause would, it ends the buys that are on their way.
void SleeveMachine::trip(Sleeve& sleeve, std::string_view cap, const std::string& arithmetic,
                         UtcTime now) {
    sleeve.capped_by = cap;
    sleeve.trip = {now, arithmetic};
    record_.touch(vault_, sleeve);
    record_.event(owner_of(vault_, "engine"), now, "alert", "cap_tripped",
                  sleeve_name(vault_, sleeve.kind),
                  fmt::format("{}: {}; it blocks {} until {}", cap, arithmetic,
                              risk::blocked_words(risk::on_trip(sleeve.caps, cap)),
                              risk::end_words(risk::Level::Sleeve, sleeve.caps,
                                              "vaultctl " + resume_command(vault_, sleeve))));
    const bool all = risk::on_trip(sleeve.caps, cap) != risk::OnTrip::Entries;
    cancel(sleeve, all ? std::nullopt : std::optional{Side::Buy}, cap);
    for (PairSlot& slot : sleeve.slots)
        if (all) slot.standing_sell = Reason::None;
    refresh(sleeve);
}

void SleeveMachine::end_cap(Sleeve& sleeve, Decimal unrealised, UtcTime now,
                            const std::string& actor) {
    const std::string cap = std::exchange(sleeve.capped_by, "");
    sleeve.trip = {};
    const Decimal realised = std::as_const(vault_.books).sleeve(sleeve.kind).realised;
    if (cap == "max_daily_loss") {
        sleeve.day.realised_before = realised;
        sleeve.day.unrealised_before = unrealised;
    }
    if (sleeve.caps.max_drawdown && cap == "max_drawdown")
        sleeve.drawdown = risk::begin_drawdown(stake_of(vault_, sleeve.kind, unrealised), now);
    refresh(sleeve);
    for (PairSlot& slot : sleeve.slots)
        if (sleeve.held != HoldKind::Liquidating && slot.standing_sell == Reason::Liquidate)
            slot.standing_sell = Reason::None;
    record_.touch(vault_, sleeve);
    record_.event(owner_of(vault_, actor), now, "info", "cap_ended",
                  sleeve_name(vault_, sleeve.kind),
                  fmt::format("{} holds no longer and measures from {} on", cap, format_utc(now)));
}

// The cap that forbids the buy which a rule wants; empty if none does.
std::string_view SleeveMachine::cap_on_buy(const Sleeve& sleeve) const {
    if (around_.cap_above) return around_.cap_above->reading.key;
    if (!risk::looks_outside(sleeve.caps)) return {};
    VAULT_CHECK(around_.outside.has_value(), "a cap is not shown what it looks at");
    return risk::blocking_outside(sleeve.caps, *around_.outside,
                                  exposure_of(vault_, sleeve).budget);
}

Reason SleeveMachine::why_stopped(const Sleeve& sleeve) const {
    const bool by_cap = asked_hold(around_.holds, vault_, sleeve) != HoldKind::Halted &&
                        hold_of_caps(around_.holds, vault_, sleeve) == HoldKind::Halted;
    return by_cap ? Reason::Caps : Reason::Paused;
}

void SleeveMachine::act(Sleeve& sleeve, PairSlot& slot, const ports::MarketView& view,
                        ports::Decision decision) {
    held_back_.reset();
    const bool selling = decision.check == ports::Decision::Check::Sell;
    const bool stopped =
        sleeve.held == HoldKind::Halted || !vault_.attention.empty() || !slot.attention.empty();
    if (selling && decision.action == Action::Hold && slot.standing_sell != Reason::None &&
        !slot.view.order_pending && can_repeat_sell(decision.reason))
        decision = {decision.check, Action::Sell, slot.standing_sell};
    if (selling && stopped && decision.action == Action::Sell)
        decision = {decision.check, Action::Hold, why_stopped(sleeve)};
    if (decision.action == Action::Sell && !takes_orders(slot.view.rules.status, Side::Sell))
        decision = {decision.check, Action::Hold, Reason::NotTrading};
    if (decision.action == Action::Sell && !sellable(slot.view, view.price))
        decision = {decision.check, Action::Hold, Reason::BelowMinimum};
    if (selling) set_stuck(sleeve, slot, decision.reason == Reason::BelowMinimum, view.now);
    if (VAULT_ENGINE_PLANTED(StuckLoops) && slot.stuck) decision.action = Action::Sell;
    if (decision.action == Action::Buy && !cap_on_buy(sleeve).empty())
        decision = {decision.check, Action::Hold, Reason::Caps};
    std::uint32_t order_number = 0;
    const ports::SleeveFigures shown = slot.view;
    if (decision.action == Action::Buy) order_number = buy(sleeve, slot, decision.reason, view);
    if (decision.action == Action::Sell) order_number = sell(sleeve, slot, decision.reason, view);
    if (held_back_) decision = {decision.check, Action::Hold, reason_of(held_back_->rule)};
    remember(sleeve, slot, view, shown, decision, order_number);
}

void SleeveMachine::set_stuck(const Sleeve& sleeve, PairSlot& slot, bool stuck, UtcTime now) {
    if (stuck && !slot.stuck && sleeve.held == HoldKind::Liquidating)
        record_.event(owner_of(vault_, "engine"), now, "warning", std::string{kLiquidationStuck},
                      sleeve_name(vault_, sleeve.kind),
                      fmt::format("{} is less than the exchange sells of {}: the liquidation waits "
                                  "for a higher price",
                                  slot.view.quantity.text(), slot.pair.text()));
    slot.stuck = stuck;
}

void SleeveMachine::remember(Sleeve& sleeve, PairSlot& slot, const ports::MarketView& view,
                             const ports::SleeveFigures& shown, const ports::Decision& decision,
                             std::uint32_t order_number) {
    const bool buying = decision.check == ports::Decision::Check::Buy;
    DecisionMemory& memory = buying ? slot.last_buy : slot.last_sell;
    const bool same_word = says_the_same(sleeve, slot, decision);
    const bool same =
        memory.action == decision.action && memory.reason == decision.reason && same_word;
    if (order_number == 0 && same) {
        ++memory.repeats;
        return;
    }
    record_.rows().decisions.push_back(
        {.vault = vault_.row.id,
         .sleeve = sleeve.kind,
         .owner = owner_of(vault_, "engine"),
         .pair = slot.pair,
         .at = view.now,
         .check = buying ? "buy" : "sell",
         .action = std::string{ports::to_text(decision.action)},
         .reason = word_of(sleeve, slot, decision),
         .repeats = memory.repeats,
         .figures_json = figures_of(sleeve, slot, view, shown, decision),
         .order_number = order_number});
    memory = {decision.action, decision.reason, 0};
    record_.touch(vault_, sleeve);
}

// The narrowest cap in the way, and what it saw.
void SleeveMachine::add_cap(std::vector<strategy::Figure>& figures, const Sleeve& sleeve) const {
    const risk::Exposure exposure = exposure_of(vault_, sleeve);
    std::string_view cap = sleeve.capped_by;
    if (cap.empty()) cap = risk::blocking_cap(sleeve.caps, exposure);
    const auto latch = cap.empty() ? latched_above(around_.holds, vault_) : std::nullopt;
    if (latch) {
        figures.push_back({"cap", std::string{latch->cap}});
        figures.push_back({"cap_level", std::string{risk::to_text(latch->level)}});
        return;
    }
    if (cap.empty() && around_.cap_above) {
        const risk::CapReading& reading = around_.cap_above->reading;
        const bool of_daemon = around_.cap_above->level == risk::Level::Daemon;
        figures.push_back({"cap", std::string{reading.key}});
        figures.push_back({"cap_level", std::string{risk::to_text(around_.cap_above->level)}});
        figures.push_back({"cap_limit", reading.limit});
        // What all users have together is for admins.
        if (!of_daemon) figures.push_back({"cap_arithmetic", reading.arithmetic});
        return;
    }
    if (cap.empty()) cap = cap_on_buy(sleeve);
    figures.push_back({"cap", std::string{cap}});
    figures.push_back({"cap_level", "sleeve"});
    figures.push_back({"cap_limit", risk::cap_text(sleeve.caps, cap)});
    figures.push_back({"next_buy", exposure.budget.text()});
    figures.push_back({"committed", exposure.committed.text()});
    figures.push_back({"balance", exposure.balance.text()});
    figures.push_back({"buys_today", std::to_string(exposure.buys_today)});
    if (around_.outside && around_.outside->quote_price)
        figures.push_back({"quote_price", around_.outside->quote_price->text()});
    if (around_.outside && sleeve.caps.max_exposure_per_base)
        figures.push_back({"base_value", around_.outside->base_value
                                             ? around_.outside->base_value->text()
                                             : "unresolved"});
}

// What the strategy decided from; of a buy that a cap forbids, what the cap saw too.
std::string SleeveMachine::figures_of(const Sleeve& sleeve, const PairSlot& slot,
                                      const ports::MarketView& view,
                                      const ports::SleeveFigures& shown,
                                      const ports::Decision& decision) const {
    const bool own = decision.reason == Reason::Script;  // not by the built-in rules' figures
    auto figures = strategy::explain(params_of(sleeve, slot), view, shown, slot.state,
                                     own ? ports::Decision{} : decision);
    if (answer_ != nullptr) add_script_figures(figures, shown, decision);
    if (decision.reason == Reason::Caps) add_cap(figures, sleeve);
    if (held_back_) {
        figures.push_back({"order_limit", held_back_->limit});
        figures.push_back({"order_found", held_back_->found});
    }
    if (decision.reason == Reason::NotTrading)
        figures.push_back({"pair_status", std::string{to_text(shown.rules.status)}});
    return figures_json(figures);
}

// A sleeve that has neither coins nor money in it is not concerned.
void SleeveMachine::on_pair_status(Sleeve& sleeve, PairSlot& slot, const ports::MarketView& view) {
    using Check = ports::Decision::Check;
    const PairRules& rules = slot.view.rules;
    const bool holds = slot.view.quantity.is_positive();
    const bool open = takes_orders(rules.status, holds ? Side::Sell : Side::Buy);
    if (!open)
        remember(sleeve, slot, view, slot.view,
                 {holds ? Check::Sell : Check::Buy, Action::Hold, Reason::NotTrading}, 0);
    record_.touch(vault_, sleeve);  // a repeat is counted
    if (!vault_.books.balance(sleeve.kind).is_positive()) return;
    const bool trades = rules.status == PairStatus::Trading;
    const std::string_view severity = trades ? "info" : holds && !open ? "alert" : "warning";
    record_.event(owner_of(vault_, "engine"), view.now, std::string{severity},
                  std::string{trades ? kPairTrading : kPairNotTrading},
                  sleeve_name(vault_, sleeve.kind),
                  trades ? fmt::format("{} trades again", rules.pair.text())
                         : status_text(rules) + stuck_text(vault_, sleeve, slot));
}

// By a rule of orders. What has to get out of the market is urgent.
bool SleeveMachine::is_held_back(const OrderRequest& order, Reason reason,
                                 const ports::MarketView& view) {
    VAULT_CHECK(around_.look_at_order != nullptr, "an order is looked at before it is sent");
    const bool urgent = reason == Reason::StopLoss || reason == Reason::Liquidate;
    held_back_ = around_.look_at_order(order, view.price, urgent);
    // An entry must not keep another sleeve from leaving: it is canceled, and the exit tried again.
    if (held_back_ && urgent && held_back_->crossed)
        effects_.cancels.push_back(*held_back_->crossed);
    return held_back_.has_value();
}

std::uint32_t SleeveMachine::buy(Sleeve& sleeve, PairSlot& slot, Reason reason,
                                 const ports::MarketView& view) {
    const UtcTime now = view.now;
    if (vault_.books.wallet_cash() > around_.wallet) {
        quarantine(now, Error{Errc::InvariantBroken,
                              fmt::format("the books hold {} {}, the exchange only {}",
                                          vault_.books.wallet_cash().text(),
                                          vault_.row.asset.text(), around_.wallet.text())});
        return 0;
    }
    const Decimal free = vault_.books.free_cash(sleeve.kind);
    const Decimal budget = buy_budget(sleeve, free);
    if (!budget.is_positive()) return 0;
    Order order;
    order.reason = word_of(sleeve, slot, {ports::Decision::Check::Buy, Action::Buy, reason});
    order.lock_left = budget;
    order.request = {.id = {vault_.row.id, sleeve.kind, sleeve.last_order + 1},
                     .pair = slot.pair,
                     .side = Side::Buy,
                     .spend_fraction = min(sleeve.params->spend, fraction_said()),
                     .spend_base = free,
                     .fee_rate = slot.view.fee_rate,
                     .quantity = {},
                     .limit = {},
                     .decided_at = now};
    if (is_held_back(order.request, reason, view)) return 0;
    ledger::Transaction tx{vault_.books,
                           engine_context(vault_, "order:" + to_text(order.request.id), now)};
    const auto joined = tx.buy_intent(sleeve.kind, order.lock_left);
    if (!joined) {
        quarantine(now, joined.error());
        return 0;
    }
    ++sleeve.day.buys;
    return send(sleeve, std::move(order), std::move(tx), now);
}

std::uint32_t SleeveMachine::sell(Sleeve& sleeve, PairSlot& slot, Reason reason,
                                  const ports::MarketView& view) {
    const UtcTime now = view.now;
    const Decimal part = reason == Reason::Script ? fraction_said() : kOne;
    const auto wanted = mul(slot.view.quantity, part, Rounding::Down);
    VAULT_CHECK(wanted.has_value(), "a part of a quantity is a quantity");
    const Quantity quantity = market::floor_lot(wanted.value(), slot.view.rules.lot);
    if (!quantity.value.is_positive()) return 0;
    Order order;
    order.reason = word_of(sleeve, slot, {ports::Decision::Check::Sell, Action::Sell, reason});
    order.hold_left = quantity.value;
    order.request = {.id = {vault_.row.id, sleeve.kind, sleeve.last_order + 1},
                     .pair = slot.pair,
                     .side = Side::Sell,
                     .spend_fraction = {},
                     .spend_base = {},
                     .fee_rate = slot.view.fee_rate,
                     .quantity = quantity,
                     .limit = {},
                     .decided_at = now};
    // A sale that is held back stands, and is tried again. A part is sold once.
    if (part == kOne) slot.standing_sell = reason;
    if (is_held_back(order.request, reason, view)) return 0;
    ledger::Transaction tx{vault_.books,
                           engine_context(vault_, "order:" + to_text(order.request.id), now)};
    const auto held = tx.sell_intent(sleeve.kind, slot.pair.base, quantity.value);
    if (!held) {
        quarantine(now, held.error());
        return 0;
    }
    return send(sleeve, std::move(order), std::move(tx), now);
}

// Returns the order's number.
std::uint32_t SleeveMachine::send(Sleeve& sleeve, Order order, ledger::Transaction intent,
                                  UtcTime now) {
    record_.adopt(vault_, std::move(intent));
    ++sleeve.last_order;
    std::erase_if(sleeve.orders, [](const Order& old) { return !old.live(); });
    VAULT_CHECK(advance(order, OrderEvent::Permit).has_value(), "a new order can be sent");
    effects_.orders.push_back(order.request);
    record_.order(vault_, order, now);
    record_.touch(vault_, sleeve);
    sleeve.orders.push_back(std::move(order));
    refresh(sleeve);
    return sleeve.last_order;
}

void SleeveMachine::cancel(Sleeve& sleeve, std::optional<Side> side, std::string_view why,
                           const Pair* only) {
    for (Order& order : sleeve.orders) {
        if (!order.live() || (side && order.request.side != *side)) continue;
        if (only != nullptr && order.request.pair != *only) continue;
        order.cancel_requested = true;
        order.end_reason = why;
        effects_.cancels.push_back(order.request.id);
        record_.touch(vault_, sleeve);
    }
}

}  // namespace vault::engine
