#include "daemon/strategy/cycle.hpp"

#include <gtest/gtest.h>

#include <map>

namespace vault::strategy {
namespace {

using ports::Action;
using ports::Decision;
using ports::Reason;
using vault::literals::operator""_dec;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;
using Check = Decision::Check;

constexpr UtcTime kNow{std::chrono::sys_days{std::chrono::year{2024} / 3 / 4} + 12h};

// A market in which nothing speaks against a buy by `bounce` at the second check.
class Cycle : public ::testing::Test {
  protected:
    Cycle() {
        market.now = kNow;
        market.price = market.low = Price{"2000"_dec};
        market.reference = Price{"2000"_dec};
        market.closes_sum = "7900"_dec;
        market.closes_count = 4;
        market.warm = true;
        sleeve.free_cash = "1000"_dec;
        sleeve.fee_rate = "0.004"_dec;
        sleeve.rules = {Pair::parse("ETH/USDT").value(), "0.01"_dec, "0.0001"_dec, "5"_dec,
                        "0.0001"_dec};
    }

    void hold_position(Decimal quantity, Decimal cost) {
        sleeve.quantity = quantity;
        sleeve.cost = cost;
    }
    // The next check, a minute later, at this price.
    Decision at(Decimal price) {
        market.now += std::chrono::minutes{1};
        market.price = Price{price};
        return evaluate(params, market, sleeve, state);
    }
    void expect(const Decision& decision, Check check, Action action, Reason reason) {
        EXPECT_EQ(decision.check, check);
        EXPECT_EQ(decision.action, action);
        EXPECT_EQ(decision.reason, reason)
            << ports::to_text(decision.reason) << " for " << ports::to_text(reason);
    }
    void expect_hold(Reason reason) { expect(at("2004.01"_dec), Check::Buy, Action::Hold, reason); }

    CycleParams params;
    ports::MarketView market;
    ports::SleeveFigures sleeve;
    CycleState state;
};

TEST_F(Cycle, BouncesAboveTheTrackedLow) {
    expect(at("2000"_dec), Check::Buy, Action::Hold, Reason::NoSignal);
    EXPECT_EQ(state.tracked_low, "2000"_dec);
    expect(at("2004"_dec), Check::Buy, Action::Hold, Reason::NoSignal);  // not above
    expect(at("2004.01"_dec), Check::Buy, Action::Buy, Reason::Bounce);
}

TEST_F(Cycle, ABounceNeedsTheTrend) {
    at("2000"_dec);
    market.closes_sum = "8000.04"_dec;  // 4 * 2004.01 = 8016.04 < 1.002 * sum
    expect_hold(Reason::NoSignal);
    market.closes_sum = "8000"_dec;
    expect(at("2004"_dec), Check::Buy, Action::Hold, Reason::NoSignal);
    expect(at("2004.01"_dec), Check::Buy, Action::Buy, Reason::Bounce);
    market.closes_count = 3;
    expect_hold(Reason::NoSignal);
}

TEST_F(Cycle, ASpikeCountsFromEqualityOn) {
    state.tracked_low = kZero;
    market.low = Price{"1900"_dec};  // too far below for the low to be tracked
    expect(at("2024.99"_dec), Check::Buy, Action::Hold, Reason::NoSignal);
    expect(at("2025"_dec), Check::Buy, Action::Buy, Reason::Spike);
    market.closes_count = 0;
    expect(at("2025"_dec), Check::Buy, Action::Hold, Reason::NoSignal);
    params.spike_needs_trend = false;
    expect(at("2025"_dec), Check::Buy, Action::Buy, Reason::Spike);
}

TEST_F(Cycle, TheLowIsForgottenAwayFromTheLowestSample) {
    at("2010"_dec);
    EXPECT_EQ(state.tracked_low, "2010"_dec);
    at("2005"_dec);
    EXPECT_EQ(state.tracked_low, "2005"_dec);
    market.low = Price{"1960"_dec};
    market.reference.reset();
    at("1999.2"_dec);  // exactly 1.02 * low
    EXPECT_EQ(state.tracked_low, "1999.2"_dec);
    at("1999.21"_dec);
    EXPECT_EQ(state.tracked_low, kZero);
}

TEST_F(Cycle, GatesBiteInTheirOrder) {
    at("2000"_dec);
    sleeve.paused = true;
    market.stale = true;
    market.warm = false;
    params.trading_windows = TradingWindows::parse("sat 00:00-01:00").value();
    sleeve.ever_closed = true;
    sleeve.last_close = kNow;
    params.cooldown = 1h;
    sleeve.capped = true;
    sleeve.free_cash = "4"_dec;
    params.min_quote = "10"_dec;
    sleeve.fee_rate = "0.0071"_dec;
    market.slippage = "0.0031"_dec;
    expect_hold(Reason::Paused);
    sleeve.paused = false;
    expect_hold(Reason::StalePrice);
    market.stale = false;
    expect_hold(Reason::WarmingUp);
    market.warm = true;
    expect_hold(Reason::Window);
    params.trading_windows = {};
    expect_hold(Reason::Cooldown);
    params.cooldown = 0s;
    expect_hold(Reason::Caps);
    sleeve.capped = false;
    expect_hold(Reason::MinQuote);
    params.min_quote = kZero;
    expect_hold(Reason::FeeTooHigh);
    sleeve.fee_rate = "0.007"_dec;
    expect_hold(Reason::MaxSlippage);
    market.slippage = "0.003"_dec;
    params.max_move = "0.0001"_dec;
    expect_hold(Reason::MaxMove);
    params.max_move.reset();
    expect_hold(Reason::BelowMinimum);
    sleeve.free_cash = "1000"_dec;
    expect(at("2004.01"_dec), Check::Buy, Action::Buy, Reason::Bounce);
}

TEST_F(Cycle, NoBuyWhileThePriceIsFurtherFromP1ThanMaxMove) {
    market.reference = Price{"2000"_dec};
    params.max_move = "0.02"_dec;
    sleeve.free_cash = "1000"_dec;
    const auto reason_at = [&](const char* price) {
        state = {};
        return at(Decimal::parse(price).value()).reason;
    };
    EXPECT_NE(reason_at("2040"), Reason::MaxMove);  // exactly 2 %
    EXPECT_EQ(reason_at("2040.01"), Reason::MaxMove);
    EXPECT_NE(reason_at("1960"), Reason::MaxMove);
    EXPECT_EQ(reason_at("1959.99"), Reason::MaxMove);
    market.reference.reset();  // nobody can tell
    EXPECT_NE(reason_at("1959.99"), Reason::MaxMove);
}

TEST_F(Cycle, AClosedGateStillTracksTheLow) {
    sleeve.capped = true;
    at("1990"_dec);
    EXPECT_EQ(state.tracked_low, "1990"_dec);
    sleeve.order_pending = true;
    expect(at("1980"_dec), Check::Buy, Action::Hold, Reason::OrderPending);
    EXPECT_EQ(state.tracked_low, "1990"_dec);
    sleeve.order_pending = false;
    market.warm = false;
    at("1970"_dec);
    EXPECT_EQ(state.tracked_low, "1990"_dec);
}

TEST_F(Cycle, CooldownEndsAtItsLength) {
    at("2000"_dec);
    sleeve.ever_closed = true;
    sleeve.last_close = market.now;
    params.cooldown = std::chrono::minutes{2};
    params.loss_cooldown = std::chrono::minutes{3};
    sleeve.last_cycle_lost = true;
    expect_hold(Reason::Cooldown);
    expect_hold(Reason::Cooldown);
    expect(at("2004.01"_dec), Check::Buy, Action::Buy, Reason::Bounce);
    sleeve.last_close = market.now;
    sleeve.last_cycle_lost = false;
    expect_hold(Reason::Cooldown);
    expect(at("2004.01"_dec), Check::Buy, Action::Buy, Reason::Bounce);
}

TEST_F(Cycle, TimersRunWhateverIsHeld) {
    EXPECT_EQ(evaluate(params, market, sleeve, state).check, Check::Buy);
    market.now += 30s - 1ms;
    EXPECT_EQ(evaluate(params, market, sleeve, state).check, Check::None);
    market.now += 1ms;
    EXPECT_EQ(evaluate(params, market, sleeve, state).check, Check::Buy);
    market.now += 15s - 1ms;  // the sell side's interval
    hold_position("0.5"_dec, "1000"_dec);
    market.now += 16s;
    EXPECT_EQ(evaluate(params, market, sleeve, state).check, Check::Sell);
    EXPECT_EQ(state.last_buy_check, market.now);
}

TEST_F(Cycle, StopsAtExactlyTheLoss) {
    hold_position("0.5"_dec, "1000"_dec);  // average 2000: net = price / 2000 - 1 - 0.008
    expect(at("1984.01"_dec), Check::Sell, Action::Hold, Reason::NoSignal);
    expect(at("1984"_dec), Check::Sell, Action::Sell, Reason::StopLoss);
}

TEST_F(Cycle, AnUptrendHoldsEvenTheStopUnlessItComesFirst) {
    hold_position("0.5"_dec, "1000"_dec);
    market.reference = Price{"1900"_dec};
    expect(at("1950"_dec), Check::Sell, Action::Hold, Reason::HoldUptrend);
    params.stop_first = true;
    expect(at("1950"_dec), Check::Sell, Action::Sell, Reason::StopLoss);
    market.reference.reset();
    params.stop_first = false;
    expect(at("1950"_dec), Check::Sell, Action::Sell, Reason::StopLoss);
}

TEST_F(Cycle, TrailsFromTheArmOn) {
    hold_position("0.5"_dec, "1000"_dec);
    market.reference.reset();
    at("2017.99"_dec);
    EXPECT_EQ(state.tracked_high, kZero);
    at("2018"_dec);  // net = 0.001
    EXPECT_EQ(state.tracked_high, "2018"_dec);
    at("2030"_dec);
    EXPECT_EQ(state.tracked_high, "2030"_dec);
    expect(at("2029.99"_dec), Check::Sell, Action::Sell, Reason::Trailing);
    params.trail_drop = "0.01"_dec;
    params.trail_reset = "-1"_dec;
    expect(at("2009.7"_dec), Check::Sell, Action::Hold, Reason::NoSignal);
    expect(at("2009.69"_dec), Check::Sell, Action::Sell, Reason::Trailing);
}

TEST_F(Cycle, TheHighIsForgottenUnderTheReset) {
    hold_position("0.5"_dec, "1000"_dec);
    at("2030"_dec);
    EXPECT_EQ(state.tracked_high, "2030"_dec);
    expect(at("2015.99"_dec), Check::Sell, Action::Hold, Reason::NoSignal);  // net < 0
    EXPECT_EQ(state.tracked_high, kZero);
}

TEST_F(Cycle, SlippageDelaysATrailingSellButNoStop) {
    hold_position("0.5"_dec, "1000"_dec);
    market.reference.reset();
    market.slippage = "0.01"_dec;
    at("2030"_dec);
    expect(at("2029"_dec), Check::Sell, Action::Hold, Reason::MaxSlippage);
    expect(at("1900"_dec), Check::Sell, Action::Sell, Reason::StopLoss);
}

TEST_F(Cycle, WarmUpAndPauseKeepExits) {
    hold_position("0.5"_dec, "1000"_dec);
    market.warm = false;
    market.reference.reset();
    sleeve.paused = sleeve.capped = true;
    expect(at("1900"_dec), Check::Sell, Action::Sell, Reason::StopLoss);
    sleeve.order_pending = true;
    expect(at("1900"_dec), Check::Sell, Action::Hold, Reason::OrderPending);
    sleeve.order_pending = false;
    market.stale = true;
    expect(at("1900"_dec), Check::Sell, Action::Hold, Reason::StalePrice);
}

TEST_F(Cycle, ASellUnderTheMinimumIsHeld) {
    hold_position("0.0026"_dec, "5.2"_dec);
    market.reference.reset();
    expect(at("1900"_dec), Check::Sell, Action::Hold, Reason::BelowMinimum);
}

TEST_F(Cycle, WhatIsForgottenWhen) {
    const CycleState full{"1"_dec, "2"_dec, kNow, kNow};
    CycleState changed = full;
    on_buy_fill(changed);
    EXPECT_EQ(changed, (CycleState{kZero, "2"_dec, kNow, kNow}));
    changed = full;
    on_close(changed);
    EXPECT_EQ(changed, (CycleState{kZero, kZero, kNow, kNow}));
    changed = full;
    on_gap(changed);
    EXPECT_EQ(changed, (CycleState{kZero, kZero, kNow, kNow}));
    force_sell_check(changed);
    EXPECT_EQ(changed.last_sell_check, kNeverChecked);
}

TEST_F(Cycle, StateComesBackFromItsText) {
    for (const CycleState& s :
         {CycleState{}, CycleState{"1997.870000000000000001"_dec, kZero, kNow, kNeverChecked}}) {
        EXPECT_EQ(CycleState::load(s.save()).value(), s);
    }
    for (const char* const text :
         {"", "c1", "c2 0 0 - -", "c1 0 0 - - x", "c1 -1 0 - -", "c1 0 0 - 1.5", "c1 0 0 -"}) {
        EXPECT_FALSE(CycleState::load(text).has_value()) << text;
    }
}

TEST_F(Cycle, ExplainsWithTheFiguresOfItsCheck) {
    at("2000"_dec);
    const Decision bought = at("2004.01"_dec);
    std::map<std::string, std::string> figures;
    for (const Figure& f : explain(params, market, sleeve, state, bought))
        figures[f.name] = f.value;
    EXPECT_EQ(figures["price"], "2004.01");
    EXPECT_EQ(figures["tracked_low"], "2000");
    EXPECT_EQ(figures["bounce_above"], "2004");
    EXPECT_EQ(figures["spike_at"], "2025");
    EXPECT_EQ(figures["hourly_closes"], "4 of 4");
    hold_position("0.5"_dec, "1000"_dec);
    const Decision stopped = at("1984"_dec);
    for (const Figure& f : explain(params, market, sleeve, state, stopped))
        figures[f.name] = f.value;
    EXPECT_EQ(figures["net"], "-0.016");
    EXPECT_EQ(figures["average"], "2000");
    EXPECT_EQ(figures["stop_loss_at_net"], "-0.016");
}

}  // namespace
}  // namespace vault::strategy
