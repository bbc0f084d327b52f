#include "daemon/market/pair_rules.hpp"
#include "daemon/strategy/cycle.hpp"

#include <fmt/format.h>

namespace vault::strategy {
namespace {

using ports::Decision;
using ports::MarketView;
using ports::SleeveFigures;

// Figures are for people: a threshold or ratio is shown to 8 places, a decision never uses it.
std::string product_text(Decimal a, Decimal b) {
    const Result<Decimal> product = mul(a, b, Rounding::Down);
    return product ? round_places(product.value(), 8, Rounding::Down).text() : "too large";
}

std::string ratio_text(Decimal a, Decimal b, Decimal divisor, Decimal less) {
    const Result<Decimal> ratio = mul_div(a, b, divisor, Rounding::Floor);
    return ratio ? round_places(ratio.value() - less, 8, Rounding::Floor).text() : "unknown";
}

class Figures {
  public:
    void add(std::string name, std::string value) {
        list_.push_back({std::move(name), std::move(value)});
    }
    void add(std::string name, Decimal value) { add(std::move(name), value.text()); }
    // 0 stands for none in the trackers.
    void tracker(std::string name, Decimal value) {
        add(std::move(name), value.is_zero() ? "none" : value.text());
    }
    std::vector<Figure> take() { return std::move(list_); }

  private:
    std::vector<Figure> list_;
};

void market_figures(const CycleParams& p, const MarketView& m, Figures& out) {
    out.add("time", format_utc(m.now));
    out.add("price", m.price.value);
    out.add("p1", m.reference ? m.reference->value.text() : "none");
    out.add("low", m.low.value);
    out.add("hourly_closes", fmt::format("{} of {}", m.closes_count, p.trend_closes));
    if (m.closes_count > 0) {
        out.add("closes_sum", m.closes_sum);
        out.add("trend",
                ratio_text(m.price.value, Decimal::from_int(m.closes_count), m.closes_sum, kZero));
    }
    out.add("trend_min", p.trend_min);
    if (m.slippage) {
        out.add("expected_slippage", *m.slippage);
        out.add("max_slippage", p.max_slippage);
    }
}

void buy_figures(const CycleParams& p, const MarketView& m, const SleeveFigures& s,
                 const CycleState& state, Figures& out) {
    if (m.reference) out.add("spike_at", product_text(p.spike, m.reference->value));
    out.add("near_low_up_to", product_text(p.near_low, m.low.value));
    out.tracker("tracked_low", state.tracked_low);
    if (!state.tracked_low.is_zero())
        out.add("bounce_above", product_text(state.tracked_low, p.bounce));
    out.add("free_cash", s.free_cash);
    out.add("min_quote", p.min_quote);
    if (p.max_move) out.add("max_move", *p.max_move);
    out.add("fee_rate", s.fee_rate);
    out.add("min_cost", s.rules.min_cost);
    out.add("min_quantity", s.rules.min_quantity);
    if (s.ever_closed) {
        out.add("last_close", format_utc(s.last_close));
        out.add("last_cycle", s.last_cycle_lost ? "lost" : "did not lose");
    }
}

void sell_figures(const CycleParams& p, const MarketView& m, const SleeveFigures& s,
                  const CycleState& state, Figures& out) {
    out.add("quantity", s.quantity);
    out.add("cost", s.cost);
    out.add("average", ratio_text(s.cost, kOne, s.quantity, kZero));
    out.add("fee_rate", s.fee_rate);
    out.add("net", ratio_text(m.price.value, s.quantity, s.cost, kOne + s.fee_rate + s.fee_rate));
    if (m.reference) out.add("hold_uptrend_at", product_text(p.hold_uptrend, m.reference->value));
    out.add("stop_loss_at_net", -p.stop_loss);
    out.tracker("tracked_high", state.tracked_high);
    if (!state.tracked_high.is_zero())
        out.add("trailing_below", product_text(state.tracked_high, kOne - p.trail_drop));
    out.add("trail_arm_at_net", p.trail_arm);
    out.add("trail_reset_below_net", p.trail_reset);
}

}  // namespace

std::vector<Figure> explain(const CycleParams& params, const MarketView& market,
                            const SleeveFigures& sleeve, const CycleState& state,
                            const Decision& decision) {
    Figures out;
    market_figures(params, market, out);
    switch (decision.check) {
        case Decision::Check::Buy: buy_figures(params, market, sleeve, state, out); break;
        case Decision::Check::Sell: sell_figures(params, market, sleeve, state, out); break;
        case Decision::Check::None: break;
    }
    return out.take();
}

}  // namespace vault::strategy
