#include "daemon/app/checked_sleeve.hpp"

#include "daemon/market/pair_rules.hpp"

#include <fmt/format.h>

namespace vault::app {

using ports::Action;

CheckedSleeve::CheckedSleeve(const Settings& settings, std::uint32_t number)
    : settings_(settings),
      name_(fmt::format("v{}.flash", number)),
      number_(number),
      venue_(settings.sim) {
    figures_.free_cash = settings.cash;
    figures_.fee_rate = settings.sim.fee_rate;
    figures_.rules = settings.rules;
    const auto funded = venue_.deposit(settings.rules.pair.quote, settings.cash, UtcTime{});
    VAULT_CHECK(funded.has_value(), "the venue takes the cash that it was set up for");
}

void CheckedSleeve::on_tick(const Tick& tick) {
    if (tick.gap) {
        gap_ = true;
        strategy::on_gap(cycle_);
    }
    for (const exchange::VenueEvent& event : venue_.on_tick(tick, settings_.rules))
        apply(event);
}

ports::ScriptTick CheckedSleeve::show(std::uint64_t seq, const ports::MarketView& market) const {
    ports::ScriptTick tick;
    tick.seq = seq;
    tick.sleeve = name_;
    tick.market = market;
    tick.figures = figures_;
    tick.gap = gap_;
    tick.bought = bought_;
    tick.closed = closed_;
    tick.state = state_;
    tick.params = settings_.texts;
    return tick;
}

ports::Decision CheckedSleeve::built_in(const ports::MarketView& market) {
    return strategy::evaluate(settings_.params, market, figures_, cycle_);
}

void CheckedSleeve::decided(const ports::ScriptDecision& decision, UtcTime now) {
    gap_ = bought_ = closed_ = false;
    if (decision.state) state_ = *decision.state;
    const bool buys = decision.action == Action::Buy && figures_.quantity.is_zero();
    const bool sells = decision.action == Action::Sell && !figures_.quantity.is_zero();
    if ((!buys && !sells) || figures_.order_pending) return;
    OrderRequest request;
    request.id = {VaultId{number_}, SleeveKind::Flash, ++orders_};
    request.pair = settings_.rules.pair;
    request.decided_at = now;
    request.fee_rate = settings_.sim.fee_rate;
    request.side = buys ? Side::Buy : Side::Sell;
    if (buys) {
        request.spend_fraction = min(decision.fraction.value_or(kOne), settings_.params.spend);
        request.spend_base = figures_.free_cash;
    } else {
        const Result<Decimal> part =
            mul(figures_.quantity, decision.fraction.value_or(kOne), Rounding::Down);
        request.quantity = market::floor_lot(part.value(), settings_.rules.lot);
    }
    for (const exchange::VenueEvent& event : venue_.place(request))
        figures_.order_pending = std::holds_alternative<exchange::Accepted>(event);
}

void CheckedSleeve::apply(const exchange::VenueEvent& event) {
    if (const auto* fill = std::get_if<Fill>(&event)) book(*fill);
    const auto* ended = std::get_if<exchange::Ended>(&event);
    if (ended == nullptr) return;
    figures_.order_pending = false;
    if (in_cycle_ && figures_.quantity.is_zero()) close(ended->time);
}

void CheckedSleeve::book(const Fill& fill) {
    fills_.push_back(fill);
    if (fill.side == Side::Buy) {
        in_cycle_ = true;
        bought_ = true;
        strategy::on_buy_fill(cycle_);
        figures_.free_cash -= fill.cost + fill.fee;
        cycle_result_ -= fill.fee;
        figures_.quantity += fill.quantity.value;
        figures_.cost += fill.cost;
        return;
    }
    const bool all = fill.quantity.value == figures_.quantity;
    const Decimal out =
        all ? figures_.cost
            : mul_div(figures_.cost, fill.quantity.value, figures_.quantity, Rounding::Floor)
                  .value();
    figures_.free_cash += fill.cost - fill.fee;
    cycle_result_ += fill.cost - fill.fee - out;
    figures_.quantity -= fill.quantity.value;
    figures_.cost -= out;
}

void CheckedSleeve::close(UtcTime now) {
    strategy::on_close(cycle_);
    closed_ = true;
    in_cycle_ = false;
    figures_.ever_closed = true;
    figures_.last_close = now;
    figures_.last_cycle_lost = cycle_result_.is_negative();
    cycle_result_ = kZero;
}

}  // namespace vault::app
