#include "tests/emulator/kraken/exchange/tape.hpp"

#include <gtest/gtest.h>

namespace vault::kraken_emulator {
namespace {

using vault::literals::operator""_dec;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""s;

constexpr Moment kStart{std::chrono::sys_days{std::chrono::year{2026} / 3 / 4}};

PublicTrade trade(Span after, Decimal price, Decimal quantity) {
    return {.time = kStart + after, .price = price, .quantity = quantity};
}

TEST(Tape, CandlesAreMadeOfTrades) {
    Tape tape;
    tape.add(trade(1s, "100"_dec, "1"_dec));
    tape.add(trade(20s, "104"_dec, "2"_dec));
    tape.add(trade(59s, "98"_dec, "1"_dec));
    const CandleRow& row = tape.candles(0).back();
    EXPECT_EQ(row.begin, kStart);
    EXPECT_EQ(row.open, "100"_dec);
    EXPECT_EQ(row.high, "104"_dec);
    EXPECT_EQ(row.low, "98"_dec);
    EXPECT_EQ(row.close, "98"_dec);
    EXPECT_EQ(row.volume, "4"_dec);
    EXPECT_EQ(row.vwap(), "101.5"_dec);
    EXPECT_EQ(row.count, 3U);
}

TEST(Tape, AnIntervalWithoutTradesRepeatsTheClose) {
    Tape tape;
    tape.add(trade(1s, "100"_dec, "1"_dec));
    tape.roll(kStart + 3min);
    ASSERT_EQ(tape.candles(0).size(), 4U);
    const CandleRow& row = tape.candles(0)[2];
    EXPECT_EQ(row.open, "100"_dec);
    EXPECT_EQ(row.close, "100"_dec);
    EXPECT_EQ(row.vwap(), kZero);
    EXPECT_EQ(row.count, 0U);
    tape.add(trade(3min + 1s, "90"_dec, "1"_dec));
    EXPECT_EQ(tape.candles(0).back().open, "90"_dec) << "a candle opens with its first trade";
    EXPECT_EQ(tape.candles(1).size(), 1U) << "all within one 5 minutes";
}

TEST(Tape, KeepsTheNewestCandlesAndSkipsALongSilence) {
    Tape tape;
    tape.add(trade(0s, "100"_dec, "1"_dec));
    tape.roll(kStart + 365 * 24h);
    ASSERT_EQ(tape.candles(0).size(), Tape::kCandlesKept);
    EXPECT_EQ(tape.candles(0).back().begin, kStart + 365 * 24h);
    EXPECT_EQ(tape.candles(0).front().begin, kStart + 365 * 24h - 24h);
}

TEST(Tape, TradesAreNumberedAndNeverShareATime) {
    Tape tape;
    const PublicTrade first = tape.add(trade(1s, "100"_dec, "1"_dec));
    const PublicTrade second = tape.add(trade(1s, "100"_dec, "1"_dec));
    EXPECT_EQ(first.id, 1U);
    EXPECT_EQ(second.id, 2U);
    EXPECT_GT(second.time, first.time);
}

TEST(Tape, StatsCoverTheMinutesAskedFor) {
    Tape tape;
    tape.add(trade(0s, "100"_dec, "1"_dec));
    tape.add(trade(10min, "110"_dec, "1"_dec));
    tape.add(trade(20min, "120"_dec, "3"_dec));
    const TapeStats stats = tape.stats(kStart + 10min);
    EXPECT_EQ(stats.open, "110"_dec);
    EXPECT_EQ(stats.low, "110"_dec);
    EXPECT_EQ(stats.high, "120"_dec);
    EXPECT_EQ(stats.volume, "4"_dec);
    EXPECT_EQ(stats.vwap(), "117.5"_dec);
    EXPECT_EQ(stats.count, 2U);
}

}  // namespace
}  // namespace vault::kraken_emulator
