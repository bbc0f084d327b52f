#include "daemon/exchange/kraken/quotes.hpp"

#include "common/base/check.hpp"

#include <algorithm>

namespace vault::exchange::kraken {
namespace {

void forget_price(auto& state) {
    state.quoted = false;
    state.traded.reset();
    state.stamp.reset();
}

// Both are at most kPriceMax. What half a unit of the 18th place would be is cut.
Price mid_of(Decimal bid, Decimal ask) {
    return Price{Decimal::from_raw((bid.raw() + ask.raw()) / 2)};
}

// What lies between a price and the best offer on one side, as a fraction of the price.
Decimal gap_of(Decimal between, Decimal price, bool offered) {
    if (!offered) return kOne;
    if (!between.is_positive()) return Decimal{};
    const auto gap = div(between, price, Rounding::Down);
    return gap ? std::min(gap.value(), kOne) : kOne;
}

}  // namespace

Quotes::Quotes(const std::vector<Pair>& pairs, QuoteLimits limits) : limits_(limits) {
    for (const Pair& pair : pairs)
        states_.push_back({.pair = pair});
}

Quotes::State* Quotes::find(const Pair& pair) {
    const auto found = std::ranges::find(states_, pair, &State::pair);
    return found == states_.end() ? nullptr : &*found;
}

const Quotes::State* Quotes::find(const Pair& pair) const {
    const auto found = std::ranges::find(states_, pair, &State::pair);
    return found == states_.end() ? nullptr : &*found;
}

void Quotes::on_tickers(const Tickers& told, SteadyTime heard) {
    for (const QuoteRow& row : told.rows)
        if (State* const state = find(row.pair)) take(*state, row, told.snapshot, heard);
    for (const RowProblem& problem : told.problems)
        if (State* const state = find(problem.pair)) forget_price(*state);
}

// A trade shows in the price of the last one or, at the same price, in a volume that grew. One that
// shrank is a day that moved on.
void Quotes::take(State& state, const QuoteRow& row, bool snapshot, SteadyTime heard) const {
    const bool stamped = row.stamp && state.stamp;
    const bool is_late = !snapshot && stamped && *row.stamp < *state.stamp &&
                         *state.stamp - *row.stamp < limits_.late_most;
    if (is_late) return;
    const bool traded = row.last != state.last || row.volume > state.volume;
    if (state.quoted && !snapshot && traded) state.traded = heard;
    state.bid = row.bid;
    state.ask = row.ask;
    state.last = row.last;
    state.volume = row.volume;
    state.stamp = row.stamp;
    state.quoted = true;
}

void Quotes::on_instruments(const Instruments& told) {
    std::vector<Pair> mentioned;
    for (const PairRules& row : told.rows) {
        mentioned.push_back(row.pair);
        if (State* const state = find(row.pair)) state->rules = row;
    }
    for (const RowProblem& problem : told.problems) {
        mentioned.push_back(problem.pair);
        State* const state = find(problem.pair);
        if (state != nullptr && state->rules)
            state->rules->status = std::max(state->rules->status, PairStatus::CancelOnly);
    }
    if (!told.snapshot) return;
    for (State& state : states_)
        if (state.rules && std::ranges::find(mentioned, state.pair) == mentioned.end())
            state.rules->status = PairStatus::Delisted;
}

void Quotes::forget_prices() {
    for (State& state : states_)
        forget_price(state);
}

PairStatus Quotes::status_of(const State& state) const {
    return state.rules ? std::max(state.rules->status, system_) : system_;
}

std::optional<Price> Quotes::price(const Pair& pair, SteadyTime now) const {
    const State* const state = find(pair);
    return state == nullptr ? std::nullopt : price_of(*state, now);
}

bool Quotes::has_mid(const State& state) const {
    if (!state.bid.is_positive() || state.bid > state.ask) return false;
    return state.ask.raw() - state.bid.raw() <=
           (state.ask.raw() + state.bid.raw()) / limits_.wide_part;
}

std::optional<Price> Quotes::price_of(const State& state, SteadyTime now) const {
    if (!state.quoted || !makes_prices(status_of(state))) return std::nullopt;
    if (has_mid(state)) return mid_of(state.bid, state.ask);
    const bool fresh = state.traded && now - *state.traded <= limits_.trade_most;
    if (!fresh || !state.last.is_positive()) return std::nullopt;
    return Price{state.last};
}

std::vector<std::pair<Pair, Tick>> Quotes::sample(UtcTime second, SteadyTime now) {
    std::vector<std::pair<Pair, Tick>> out;
    for (State& state : states_) {
        const auto price = price_of(state, now);
        if (!price) continue;
        state.newest = tick_after(state, second, *price);
        out.emplace_back(state.pair, *state.newest);
    }
    return out;
}

Tick Quotes::tick_after(const State& state, UtcTime second, Price price) const {
    Tick out{.time = second, .price = price};
    out.ask_gap = gap_of(state.ask - price.value, price.value, state.ask.is_positive());
    out.bid_gap = gap_of(price.value - state.bid, price.value, state.bid.is_positive());
    if (!state.newest) return out;
    out.time = std::max(second, state.newest->time);
    out.position = state.newest->position + 1;
    out.gap = out.time - state.newest->time > limits_.gap_after;
    return out;
}

std::vector<PairRules> Quotes::rules() const {
    std::vector<PairRules> out;
    for (const State& state : states_) {
        if (!state.rules) continue;
        out.push_back(*state.rules);
        out.back().status = status_of(state);
    }
    return out;
}

std::vector<Pair> Quotes::unlisted() const {
    std::vector<Pair> out;
    for (const State& state : states_)
        if (!state.rules) out.push_back(state.pair);
    return out;
}

}  // namespace vault::exchange::kraken
