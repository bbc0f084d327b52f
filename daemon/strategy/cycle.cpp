#include "daemon/strategy/cycle.hpp"

#include "daemon/market/exact_compare.hpp"
#include "daemon/market/pair_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace vault::strategy {

using market::compare_exact;
using ports::Action;
using ports::Decision;
using ports::MarketView;
using ports::Reason;
using ports::SleeveFigures;
using vault::literals::operator""_dec;
using Check = Decision::Check;

namespace {

constexpr Decision hold(Check check, Reason reason) {
    return {check, Action::Hold, reason};
}

bool trend_holds(const CycleParams& p, const MarketView& m) {
    return m.closes_count >= p.trend_closes &&
           compare_exact(m.price.value, Decimal::from_int(p.trend_closes), m.closes_sum,
                         p.trend_min) >= 0;
}

void track_low(const CycleParams& p, const MarketView& m, CycleState& state) {
    if (compare_exact(m.price.value, kOne, m.low.value, p.near_low) > 0) {
        state.tracked_low = kZero;
    } else if (state.tracked_low.is_zero() || m.price.value < state.tracked_low) {
        state.tracked_low = m.price.value;
    }
}

bool cooling(const CycleParams& p, const MarketView& m, const SleeveFigures& s) {
    if (!s.ever_closed) return false;
    const Duration wait = s.last_cycle_lost ? std::max(p.cooldown, p.loss_cooldown) : p.cooldown;
    return m.now - s.last_close < wait;
}

// A market that moves too much to buy in. Without p1 nobody can tell.
bool moves_too_much(const CycleParams& p, const MarketView& m) {
    if (!p.max_move || !m.reference) return false;
    const Decimal p1 = m.reference->value;
    return compare_exact(m.price.value, kOne, p1, kOne + *p.max_move) > 0 ||
           compare_exact(m.price.value, kOne, p1, kOne - *p.max_move) < 0;
}

}  // namespace

Reason entry_gate(const CycleParams& p, const MarketView& m, const SleeveFigures& s,
                  Decimal spend) {
    if (s.paused) return Reason::Paused;
    if (!takes_orders(s.rules.status, Side::Buy)) return Reason::NotTrading;
    if (m.stale) return Reason::StalePrice;
    if (!m.warm) return Reason::WarmingUp;
    if (!p.trading_windows.contains(m.now)) return Reason::Window;
    if (cooling(p, m, s)) return Reason::Cooldown;
    if (s.capped) return Reason::Caps;
    if (s.free_cash < p.min_quote) return Reason::MinQuote;
    if (p.stop_loss < s.fee_rate + s.fee_rate + "0.002"_dec) return Reason::FeeTooHigh;
    if (m.slippage && *m.slippage > p.max_slippage) return Reason::MaxSlippage;
    if (moves_too_much(p, m)) return Reason::MaxMove;
    if (market::entry_too_small(s.rules, spend, s.free_cash, m.price)) return Reason::BelowMinimum;
    return Reason::None;
}

namespace {

Reason buy_signal(const CycleParams& p, const MarketView& m, const CycleState& state) {
    const bool spiked =
        m.reference && compare_exact(m.price.value, kOne, m.reference->value, p.spike) >= 0;
    const bool bounced = !state.tracked_low.is_zero() &&
                         compare_exact(m.price.value, kOne, state.tracked_low, p.bounce) > 0;
    if (!spiked && !bounced) return Reason::NoSignal;
    const bool trend = trend_holds(p, m);
    if (spiked && (trend || !p.spike_needs_trend)) return Reason::Spike;
    return bounced && trend ? Reason::Bounce : Reason::NoSignal;
}

Decision check_buy(const CycleParams& p, const MarketView& m, const SleeveFigures& s,
                   CycleState& state) {
    if (s.order_pending) return hold(Check::Buy, Reason::OrderPending);
    if (m.warm && !m.stale) track_low(p, m, state);
    if (const Reason shut = entry_gate(p, m, s, p.spend); shut != Reason::None)
        return hold(Check::Buy, shut);
    const Reason signal = buy_signal(p, m, state);
    return {Check::Buy, signal == Reason::NoSignal ? Action::Hold : Action::Buy, signal};
}

// The order of net = price * q / cost - 1 - 2 * fee_rate against x, without a quotient.
std::strong_ordering net_against(const MarketView& m, const SleeveFigures& s, Decimal x) {
    return compare_exact(m.price.value, s.quantity, s.cost, kOne + s.fee_rate + s.fee_rate + x);
}

void track_high(const CycleParams& p, const MarketView& m, const SleeveFigures& s,
                CycleState& state) {
    if (net_against(m, s, p.trail_reset) < 0) {
        state.tracked_high = kZero;
    } else if (!state.tracked_high.is_zero()) {
        state.tracked_high = max(state.tracked_high, m.price.value);
    } else if (net_against(m, s, p.trail_arm) >= 0) {
        state.tracked_high = m.price.value;
    }
}

Reason exit_signal(const CycleParams& p, const MarketView& m, const SleeveFigures& s,
                   const CycleState& state) {
    const bool stopped = net_against(m, s, -p.stop_loss) <= 0;
    if (p.stop_first && stopped) return Reason::StopLoss;
    if (m.reference && compare_exact(m.price.value, kOne, m.reference->value, p.hold_uptrend) >= 0)
        return Reason::HoldUptrend;
    if (stopped) return Reason::StopLoss;
    const bool fell =
        !state.tracked_high.is_zero() &&
        compare_exact(m.price.value, kOne, state.tracked_high, kOne - p.trail_drop) < 0;
    return fell ? Reason::Trailing : Reason::NoSignal;
}

Decision check_sell(const CycleParams& p, const MarketView& m, const SleeveFigures& s,
                    CycleState& state) {
    if (s.order_pending) return hold(Check::Sell, Reason::OrderPending);
    if (m.stale) return hold(Check::Sell, Reason::StalePrice);
    track_high(p, m, s, state);
    const Reason signal = exit_signal(p, m, s, state);
    if (signal != Reason::StopLoss && signal != Reason::Trailing) return hold(Check::Sell, signal);
    if (signal == Reason::Trailing && m.slippage && *m.slippage > p.max_slippage)
        return hold(Check::Sell, Reason::MaxSlippage);
    if (!takes_orders(s.rules.status, Side::Sell)) return hold(Check::Sell, Reason::NotTrading);
    const Quantity whole_lots = market::floor_lot(s.quantity, s.rules.lot);
    if (market::below_minimum(s.rules, m.price, whole_lots))
        return hold(Check::Sell, Reason::BelowMinimum);
    return {Check::Sell, Action::Sell, signal};
}

// Runs one side's timer; true when its check is due now.
bool run_timer(UtcTime now, Duration interval, UtcTime& last) {
    if (now - last < interval) return false;
    last = now;
    return true;
}

}  // namespace

Decision evaluate(const CycleParams& params, const MarketView& market, const SleeveFigures& sleeve,
                  CycleState& state) {
    const bool buy_due = run_timer(market.now, params.buy_check, state.last_buy_check);
    const bool sell_due = run_timer(market.now, params.sell_check, state.last_sell_check);
    if (sleeve.quantity.is_zero())
        return buy_due ? check_buy(params, market, sleeve, state) : Decision{};
    return sell_due ? check_sell(params, market, sleeve, state) : Decision{};
}

bool stop_loss_due(const CycleParams& params, const MarketView& market,
                   const SleeveFigures& sleeve) {
    return !market.stale && sleeve.quantity.is_positive() &&
           net_against(market, sleeve, -params.stop_loss) <= 0;
}

void on_gap(CycleState& state) {
    state.tracked_low = state.tracked_high = kZero;
}
void on_buy_fill(CycleState& state) {
    state.tracked_low = kZero;
}
void on_close(CycleState& state) {
    state.tracked_low = state.tracked_high = kZero;
}
void force_sell_check(CycleState& state) {
    state.last_sell_check = kNeverChecked;
}

MarketView market_view(const market::WindowFigures& figures) {
    MarketView view;
    view.now = figures.now;
    view.price = figures.price;
    view.reference = figures.reference;
    view.low = figures.low;
    view.closes_sum = figures.closes_sum;
    view.closes_count = figures.closes_count;
    view.warm = figures.warm;
    return view;
}

namespace {

std::string time_text(UtcTime time) {
    return time == kNeverChecked ? "-" : fmt::to_string(time.time_since_epoch().count());
}

std::string_view take_word(std::string_view& text) {
    const std::size_t blank = text.find(' ');
    const std::string_view word = text.substr(0, blank);
    text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
    return word;
}

Error bad_state() {
    return Error{Errc::InvalidParams, "this is no strategy state", "state",
                 "restore the store from a backup"};
}

Result<UtcTime> parse_time(std::string_view word) {
    if (word == "-") return kNeverChecked;
    std::int64_t ms = 0;
    const char* const end = word.data() + word.size();
    const auto [at, status] = std::from_chars(word.data(), end, ms);
    if (word.empty() || status != std::errc{} || at != end) return bad_state();
    return UtcTime{Duration{ms}};
}

}  // namespace

std::string CycleState::save() const {
    return fmt::format("c1 {} {} {} {}", tracked_low.text(), tracked_high.text(),
                       time_text(last_buy_check), time_text(last_sell_check));
}

Result<CycleState> CycleState::load(std::string_view text) {
    CycleState state;
    if (take_word(text) != "c1") return bad_state();
    VAULT_TRY(state.tracked_low, Decimal::parse(take_word(text)));
    VAULT_TRY(state.tracked_high, Decimal::parse(take_word(text)));
    VAULT_TRY(state.last_buy_check, parse_time(take_word(text)));
    VAULT_TRY(state.last_sell_check, parse_time(take_word(text)));
    if (!text.empty() || state.tracked_low.is_negative() || state.tracked_high.is_negative())
        return bad_state();
    return state;
}

}  // namespace vault::strategy
