#include "tests/support/backtest.hpp"

#include "daemon/market/pair_rules.hpp"

namespace vault::testing {
namespace {

using exchange::VenueEvent;

class Runner {
  public:
    explicit Runner(const BacktestSettings& settings)
        : s_(settings),
          venue_(settings.sim),
          window_(strategy::window_spec(settings.params, false)) {
        result_.final_cash = settings.cash;
        sleeve_.fee_rate = settings.sim.fee_rate;
        sleeve_.rules = settings.rules;
        const auto funded = venue_.deposit(settings.rules.pair.quote, settings.cash, UtcTime{});
        VAULT_CHECK(funded.has_value(), "the backtest is funded");
    }

    void tick(const Tick& tick) {
        if (tick.gap) strategy::on_gap(state_);
        for (const VenueEvent& event : venue_.on_tick(tick, s_.rules))
            apply(event);
        window_.add(tick);
        result_.last_price = tick.price;
        ++result_.ticks;
        sleeve_.free_cash = result_.final_cash;
        sleeve_.quantity = result_.position_quantity;
        sleeve_.cost = result_.position_cost;
        const ports::Decision decision = strategy::evaluate(
            s_.params, strategy::market_view(window_.figures()), sleeve_, state_);
        if (decision.action != ports::Action::Hold) order(decision, tick.time);
    }

    void reload() {
        venue_ = exchange::SimVenue::load(venue_.save()).value();
        state_ = strategy::CycleState::load(state_.save()).value();
    }

    BacktestResult finish() {
        result_.venue_state = venue_.save();
        return std::move(result_);
    }

  private:
    void order(const ports::Decision& decision, UtcTime now) {
        OrderRequest request;
        request.id = {VaultId{1}, s_.flash ? SleeveKind::Flash : SleeveKind::Quiet, ++orders_};
        request.pair = s_.rules.pair;
        request.decided_at = now;
        request.fee_rate = s_.sim.fee_rate;
        if (decision.action == ports::Action::Buy) {
            request.side = Side::Buy;
            request.spend_fraction = s_.params.spend;
            request.spend_base = result_.final_cash;
        } else {
            request.side = Side::Sell;
            request.quantity = market::floor_lot(result_.position_quantity.abs(), s_.rules.lot);
        }
        reason_ = std::string{ports::to_text(decision.reason)};
        for (const VenueEvent& event : venue_.place(request))
            sleeve_.order_pending = std::holds_alternative<exchange::Accepted>(event);
    }

    void apply(const VenueEvent& event) {
        if (const auto* fill = std::get_if<Fill>(&event)) book(*fill);
        if (const auto* ended = std::get_if<exchange::Ended>(&event)) {
            sleeve_.order_pending = false;
            if (result_.position_quantity.is_zero() && cost_in_ > kZero) close(ended->time);
        }
    }

    void book(const Fill& fill) {
        result_.fills.push_back({fill, reason_});
        result_.fees += fill.fee;
        if (fill.side == Side::Buy) {
            strategy::on_buy_fill(state_);
            result_.final_cash -= fill.cost + fill.fee;
            result_.realised -= fill.fee;
            cycle_ -= fill.fee;
            result_.position_quantity += fill.quantity.value;
            result_.position_cost += fill.cost;
            cost_in_ += fill.cost;
            return;
        }
        const bool all = fill.quantity.value == result_.position_quantity;
        const Decimal out = all ? result_.position_cost
                                : mul_div(result_.position_cost, fill.quantity.value,
                                          result_.position_quantity, Rounding::Floor)
                                      .value();
        const Decimal gain = fill.cost - fill.fee - out;
        result_.final_cash += fill.cost - fill.fee;
        result_.realised += gain;
        cycle_ += gain;
        result_.position_quantity -= fill.quantity.value;
        result_.position_cost -= out;
    }

    void close(UtcTime now) {
        strategy::on_close(state_);
        sleeve_.ever_closed = true;
        sleeve_.last_close = now;
        sleeve_.last_cycle_lost = cycle_.is_negative();
        ++result_.cycles;
        if (cycle_.is_positive()) ++result_.won;
        cycle_ = cost_in_ = kZero;
        if (!s_.flash) return;
        const Decimal profit = min(result_.final_cash - s_.cash, result_.final_cash);
        if (!profit.is_positive()) return;
        result_.swept += profit;
        result_.final_cash -= profit;
    }

    const BacktestSettings& s_;
    exchange::SimVenue venue_;
    market::PriceWindow window_;
    strategy::CycleState state_;
    ports::SleeveFigures sleeve_;
    BacktestResult result_;
    std::string reason_;
    std::uint32_t orders_ = 0;
    Decimal cycle_;    // realised of the running cycle
    Decimal cost_in_;  // bought in it
};

}  // namespace

BacktestResult run_backtest(const BacktestSettings& settings, ports::TickFeed& feed) {
    Runner runner{settings};
    std::uint64_t count = 0;
    while (const std::optional<Tick> tick = feed.next()) {
        runner.tick(*tick);
        if (settings.reload_every > 0 && ++count % settings.reload_every == 0) runner.reload();
    }
    return runner.finish();
}

}  // namespace vault::testing
