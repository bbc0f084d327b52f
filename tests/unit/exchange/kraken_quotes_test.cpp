#include "common/base/random.hpp"
#include "daemon/exchange/kraken/quotes.hpp"
#include "daemon/market/pair_rules.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace vault::exchange::kraken {
namespace {

using vault::literals::operator""_dec;

const Pair kBtc = Pair::parse("BTC/USD").value();
const Pair kEth = Pair::parse("ETH/USD").value();
const UtcTime kNoon = parse_utc("2026-11-30T12:00:00Z").value();

SteadyTime at(std::int64_t seconds) {
    return std::chrono::seconds{seconds};
}
UtcTime noon_and(std::int64_t seconds) {
    return kNoon + std::chrono::seconds{seconds};
}
StampTime stamp(std::int64_t milliseconds) {
    return StampTime{kNoon} + std::chrono::milliseconds{milliseconds};
}

QuoteRow row(const Pair& pair, Decimal bid, Decimal ask, Decimal last = kZero,
             Decimal volume = kZero) {
    return {.pair = pair, .bid = bid, .ask = ask, .last = last, .volume = volume};
}
Tickers update(QuoteRow row) {
    return {.snapshot = false, .rows = {std::move(row)}, .problems = {}};
}
Tickers snapshot(QuoteRow row) {
    return {.snapshot = true, .rows = {std::move(row)}, .problems = {}};
}

PairRules rules(const Pair& pair, PairStatus status = PairStatus::Trading) {
    return {.pair = pair,
            .tick = "0.1"_dec,
            .lot = "0.00000001"_dec,
            .min_cost = "0.5"_dec,
            .min_quantity = "0.00005"_dec,
            .status = status};
}
Instruments listing(std::vector<PairRules> rows, bool is_snapshot = true) {
    return {.snapshot = is_snapshot, .rows = std::move(rows), .problems = {}};
}

class KrakenQuotes : public ::testing::Test {
  protected:
    std::optional<Decimal> price(const Pair& pair, std::int64_t seconds) const {
        const auto found = quotes.price(pair, at(seconds));
        return found ? std::optional{found->value} : std::nullopt;
    }
    std::vector<PairStatus> statuses() const {
        std::vector<PairStatus> out;
        for (const PairRules& each : quotes.rules())
            out.push_back(each.status);
        return out;
    }

    Quotes quotes{{kBtc, kEth}};
};

TEST_F(KrakenQuotes, ThePriceIsTheExactMid) {
    EXPECT_EQ(price(kBtc, 0), std::nullopt);
    quotes.on_tickers(snapshot(row(kBtc, "71770.3"_dec, "71770.4"_dec)), at(0));
    EXPECT_EQ(price(kBtc, 0), "71770.35"_dec);
    EXPECT_EQ(price(kEth, 0), std::nullopt);
    quotes.on_tickers(update(row(kBtc, "0.000001446"_dec, "0.000001447"_dec)), at(1));
    EXPECT_EQ(price(kBtc, 1), "0.0000014465"_dec);
    const Decimal low = Decimal::from_raw(100), high = Decimal::from_raw(105);
    quotes.on_tickers(update(row(kBtc, low, high)), at(1));
    EXPECT_EQ(price(kBtc, 1), Decimal::from_raw(102)) << "half of the last place is cut";
    quotes.on_tickers(update(row(kBtc, kPriceMax, kPriceMax)), at(2));
    EXPECT_EQ(price(kBtc, 2), kPriceMax);
}

TEST_F(KrakenQuotes, ATickTellsHowFarBidAndAskAre) {
    const auto tick = [&](std::int64_t second) {
        const auto ticks = quotes.sample(noon_and(second), at(second));
        EXPECT_EQ(ticks.size(), 1U);
        return ticks.empty() ? Tick{} : ticks[0].second;
    };
    quotes.on_tickers(snapshot(row(kBtc, "99"_dec, "101"_dec, "100"_dec)), at(0));
    EXPECT_EQ(tick(0).ask_gap, "0.01"_dec);
    EXPECT_EQ(tick(0).bid_gap, "0.01"_dec);
    // So wide that the mid says nothing: the last trade does.
    quotes.on_tickers(update(row(kBtc, "50"_dec, "101"_dec, "100.5"_dec)), at(1));
    EXPECT_EQ(tick(1).price.value, "100.5"_dec);
    EXPECT_EQ(tick(1).ask_gap, "0.004975124378109452"_dec);
    EXPECT_EQ(tick(1).bid_gap, "0.502487562189054726"_dec);
    // Nobody sells, or buys.
    quotes.on_tickers(update(row(kBtc, "99"_dec, Decimal{}, "100"_dec)), at(2));
    EXPECT_EQ(tick(2).price.value, "100"_dec);
    EXPECT_EQ(tick(2).ask_gap, kOne);
    EXPECT_EQ(tick(2).bid_gap, "0.01"_dec);
    quotes.on_tickers(update(row(kBtc, Decimal{}, "100"_dec, "100.1"_dec)), at(3));
    EXPECT_EQ(tick(3).ask_gap, Decimal{}) << "somebody sells below the last trade";
    EXPECT_EQ(tick(3).bid_gap, kOne);
    quotes.on_tickers(update(row(kBtc, "99"_dec, "1000"_dec, "101"_dec)), at(4));
    EXPECT_EQ(tick(4).ask_gap, kOne) << "as good as nobody";
    EXPECT_TRUE(quotes.sample(noon_and(70), at(70)).empty()) << "the last trade is old by now";
}

TEST_F(KrakenQuotes, AQuoteCountsWhateverItsAge) {
    quotes.on_tickers(snapshot(row(kBtc, "100"_dec, "102"_dec)), at(0));
    EXPECT_EQ(price(kBtc, 1'000'000), "101"_dec);
}

TEST_F(KrakenQuotes, ASocketThatIsGoneTakesItsQuotesAlong) {
    quotes.on_tickers(snapshot(row(kBtc, "100"_dec, "102"_dec)), at(0));
    quotes.forget_prices();
    EXPECT_EQ(price(kBtc, 0), std::nullopt);
    quotes.on_tickers(snapshot(row(kBtc, "110"_dec, "112"_dec)), at(1));
    EXPECT_EQ(price(kBtc, 1), "111"_dec);
}

TEST_F(KrakenQuotes, WithoutABookAFreshTradeIsThePrice) {
    for (const auto& [bid, ask] : std::vector<std::pair<Decimal, Decimal>>{
             {kZero, kZero}, {"100"_dec, kZero}, {kZero, "102"_dec}, {"103"_dec, "102"_dec}}) {
        quotes.forget_prices();
        quotes.on_tickers(snapshot(row(kBtc, bid, ask, "99"_dec, "5"_dec)), at(0));
        EXPECT_EQ(price(kBtc, 0), std::nullopt) << "the trade of a snapshot is of unknown age";
        quotes.on_tickers(update(row(kBtc, bid, ask, "101"_dec, "4"_dec)), at(10));
        EXPECT_EQ(price(kBtc, 70), "101"_dec);
        EXPECT_EQ(price(kBtc, 71), std::nullopt);
        quotes.on_tickers(update(row(kBtc, bid, ask, "101"_dec, "4"_dec)), at(20));
        EXPECT_EQ(price(kBtc, 71), std::nullopt) << "nothing was traded";
        quotes.on_tickers(update(row(kBtc, bid, ask, "101"_dec, "3"_dec)), at(30));
        EXPECT_EQ(price(kBtc, 71), std::nullopt) << "a day's volume that shrank is no trade";
        quotes.on_tickers(update(row(kBtc, bid, ask, "101"_dec, "3.5"_dec)), at(40));
        EXPECT_EQ(price(kBtc, 100), "101"_dec) << "the same price was traded again";
    }
}

TEST_F(KrakenQuotes, AProblemCostsItsPairTheQuote) {
    quotes.on_tickers(snapshot(row(kBtc, "100"_dec, "102"_dec)), at(0));
    quotes.on_tickers(snapshot(row(kEth, "10.8"_dec, "11.2"_dec)), at(0));
    quotes.on_tickers({.snapshot = false, .rows = {}, .problems = {{kBtc, "odd"}}}, at(1));
    EXPECT_EQ(price(kBtc, 1), std::nullopt);
    EXPECT_EQ(price(kEth, 1), "11"_dec);
    quotes.on_tickers(update(row(kBtc, "101"_dec, "103"_dec)), at(2));
    EXPECT_EQ(price(kBtc, 2), "102"_dec);
}

TEST_F(KrakenQuotes, ARowThatComesLateIsLeftOut) {
    const auto stamped = [](Decimal bid, std::int64_t milliseconds) {
        QuoteRow out = row(kBtc, bid, bid);
        out.stamp = stamp(milliseconds);
        return out;
    };
    quotes.on_tickers(snapshot(stamped("100"_dec, 20'000)), at(0));
    quotes.on_tickers(update(stamped("101"_dec, 19'999)), at(1));
    EXPECT_EQ(price(kBtc, 1), "100"_dec);
    quotes.on_tickers(update(stamped("102"_dec, 20'000)), at(1));
    EXPECT_EQ(price(kBtc, 1), "102"_dec) << "of the same moment the one that comes last counts";
    quotes.on_tickers(update(stamped("103"_dec, 10'001)), at(2));
    EXPECT_EQ(price(kBtc, 2), "102"_dec);
    quotes.on_tickers(update(stamped("104"_dec, 10'000)), at(3));
    EXPECT_EQ(price(kBtc, 3), "104"_dec) << "Kraken's clock was put back";
    quotes.on_tickers(snapshot(stamped("105"_dec, 9'000)), at(4));
    EXPECT_EQ(price(kBtc, 4), "105"_dec) << "a snapshot is how it is";
    quotes.on_tickers(update(row(kBtc, "106"_dec, "106"_dec)), at(5));
    EXPECT_EQ(price(kBtc, 5), "106"_dec) << "not every ticker has a stamp";
}

TEST_F(KrakenQuotes, TicksAreNumberedAndNeverGoBack) {
    quotes.on_tickers(snapshot(row(kBtc, "100"_dec, "102"_dec)), at(0));
    const std::vector<std::int64_t> seconds{0, 1, 2, 10, 4, 11};
    const std::vector<std::int64_t> times{0, 1, 2, 10, 10, 11};
    for (std::size_t i = 0; i < seconds.size(); ++i) {
        const auto ticks = quotes.sample(noon_and(seconds[i]), at(seconds[i]));
        ASSERT_EQ(ticks.size(), 1U);
        const Tick expected{noon_and(times[i]),       Price{"101"_dec},        i, false,
                            "0.0099009900990099"_dec, "0.0099009900990099"_dec};
        EXPECT_EQ(ticks[0].second, expected) << i;
    }
    quotes.on_tickers(snapshot(row(kEth, "10.8"_dec, "11.2"_dec)), at(12));
    const auto ticks = quotes.sample(noon_and(12), at(12));
    ASSERT_EQ(ticks.size(), 2U);
    EXPECT_EQ(ticks[0].first, kBtc);
    EXPECT_EQ(ticks[0].second.position, 6U);
    EXPECT_EQ(ticks[1].second.position, 0U) << "each pair is a feed of its own";
}

TEST_F(KrakenQuotes, TheFirstPriceAfterMoreThan300SecondsWithoutOneIsAGap) {
    const auto gap_at = [&](std::int64_t second) {
        const auto ticks = quotes.sample(noon_and(second), at(second));
        return ticks.size() == 1 ? std::optional{ticks[0].second.gap} : std::nullopt;
    };
    EXPECT_EQ(gap_at(0), std::nullopt);
    quotes.on_tickers(snapshot(row(kBtc, "100"_dec, "102"_dec)), at(1'000));
    EXPECT_EQ(gap_at(1'000), false) << "the first of a run is none";
    EXPECT_EQ(gap_at(1'300), false);
    EXPECT_EQ(gap_at(1'601), true);
    EXPECT_EQ(gap_at(1'602), false);
    quotes.forget_prices();
    EXPECT_EQ(gap_at(1'700), std::nullopt);
    EXPECT_EQ(gap_at(1'903), std::nullopt);
    quotes.on_tickers(snapshot(row(kBtc, "100"_dec, "102"_dec)), at(1'903));
    EXPECT_EQ(gap_at(1'903), true) << "also across sockets";
}

TEST_F(KrakenQuotes, TheStricterStatusOfPairAndSystemIsInForce) {
    constexpr int kLast = static_cast<int>(PairStatus::Delisted);
    for (int own = 0; own <= kLast; ++own)
        for (int system = 0; system <= kLast; ++system) {
            quotes.on_instruments(listing({rules(kBtc, static_cast<PairStatus>(own))}));
            quotes.on_system(static_cast<PairStatus>(system));
            EXPECT_EQ(statuses(),
                      std::vector<PairStatus>{static_cast<PairStatus>(std::max(own, system))});
        }
}

TEST_F(KrakenQuotes, WhatDoesNotTradeHasNoPrice) {
    quotes.on_tickers(snapshot(row(kBtc, "100"_dec, "102"_dec)), at(0));
    for (const PairStatus status :
         {PairStatus::Trading, PairStatus::ReduceOnly, PairStatus::CancelOnly, PairStatus::Halted,
          PairStatus::Delisted}) {
        quotes.on_instruments(listing({rules(kBtc, status)}));
        EXPECT_EQ(price(kBtc, 1).has_value(), makes_prices(status)) << to_text(status);
    }
    quotes.on_instruments(listing({rules(kBtc)}));
    quotes.on_system(PairStatus::Halted);
    EXPECT_EQ(price(kBtc, 1), std::nullopt);
}

TEST_F(KrakenQuotes, RulesAreOfListedPairsInOrder) {
    EXPECT_TRUE(quotes.rules().empty());
    quotes.on_instruments(listing({rules(kEth)}));
    EXPECT_EQ(quotes.rules(), std::vector<PairRules>{rules(kEth)});
    EXPECT_EQ(quotes.unlisted(), std::vector<Pair>{kBtc});
    PairRules raised = rules(kEth);
    raised.min_quantity = "7"_dec;
    quotes.on_instruments(listing({raised, rules(kBtc)}, false));
    EXPECT_EQ(quotes.rules(), (std::vector<PairRules>{rules(kBtc), raised}));
    EXPECT_TRUE(quotes.unlisted().empty());
}

TEST_F(KrakenQuotes, WhatALaterSnapshotDoesNotHaveIsDelisted) {
    quotes.on_instruments(listing({rules(kBtc), rules(kEth)}));
    quotes.on_instruments(listing({rules(kEth)}, false));
    EXPECT_EQ(statuses(), (std::vector{PairStatus::Trading, PairStatus::Trading}));
    quotes.on_instruments(listing({rules(kEth)}));
    EXPECT_EQ(statuses(), (std::vector{PairStatus::Delisted, PairStatus::Trading}));
    quotes.on_instruments(listing({rules(kBtc), rules(kEth)}));
    EXPECT_EQ(statuses(), (std::vector{PairStatus::Trading, PairStatus::Trading}));
}

TEST_F(KrakenQuotes, RulesInDoubtTakeNoOrder) {
    quotes.on_instruments(listing({rules(kBtc), rules(kEth, PairStatus::Halted)}));
    quotes.on_instruments(
        {.snapshot = true, .rows = {}, .problems = {{kBtc, "odd"}, {kEth, "odd"}}});
    EXPECT_EQ(statuses(), (std::vector{PairStatus::CancelOnly, PairStatus::Halted}));
    quotes.on_instruments(listing({rules(kBtc)}, false));
    EXPECT_EQ(statuses(), (std::vector{PairStatus::Trading, PairStatus::Halted}));
}

// From any mix of rows, problems, lost sockets, statuses and clocks: times never go back, positions
// are dense, prices lie between bid and ask or were traded, and a gap is marked exactly where there
// was none for so long.
Decimal cents(std::uint64_t number) {
    return Decimal::from_raw(Decimal::kOne / 100 * number);
}
Decimal filled(Side side, Decimal gap, const Tick& tick, Decimal step) {
    return market::slipped_price(side, tick.price, gap, step).value().value;
}

TEST(KrakenQuotesProperty, TicksHoldWhatTheyPromise) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        Random chance{seed};
        Quotes quotes{{kBtc}};
        std::optional<Tick> before;
        std::int64_t now = 0, clock = 0;
        Decimal bid, ask;
        std::vector<Decimal> traded;
        for (int step = 0; step < 400; ++step) {
            const std::int64_t passed =
                static_cast<std::int64_t>(chance.below(chance.below(20) == 0 ? 700 : 3));
            now += passed;
            clock += passed - (chance.below(40) == 0 ? 5 : 0);
            switch (chance.below(8)) {
                case 0: quotes.forget_prices(); break;
                case 1:
                    quotes.on_tickers({.snapshot = false, .rows = {}, .problems = {{kBtc, "odd"}}},
                                      at(now));
                    break;
                case 2: quotes.on_system(static_cast<PairStatus>(chance.below(5))); break;
                default: {
                    bid = cents(chance.below(4) * 10'003);
                    ask = cents(chance.below(4) * 10'119);
                    traded.push_back(Decimal::from_int(1 + static_cast<std::int64_t>(step)));
                    quotes.on_tickers(update(row(kBtc, bid, ask, traded.back())), at(now));
                }
            }
            for (const auto& [pair, tick] : quotes.sample(noon_and(clock), at(now))) {
                const Decimal price = tick.price.value;
                const bool is_mid =
                    bid.is_positive() && bid <= ask && 20 * (ask - bid).raw() <= (ask + bid).raw();
                if (is_mid)
                    EXPECT_TRUE(bid <= price && price <= ask);
                else
                    EXPECT_EQ(price, traded.back());
                // Pairs have prices of such steps, and orders fill at bid or ask.
                const Decimal tick_size = "0.01"_dec;
                EXPECT_EQ(tick.ask_gap == kOne, ask.is_zero() || ask - price >= price);
                EXPECT_EQ(tick.bid_gap == kOne, bid.is_zero());
                if (ask > price && tick.ask_gap < kOne) {
                    EXPECT_EQ(filled(Side::Buy, tick.ask_gap, tick, tick_size), ask) << seed;
                }
                if (bid < price && tick.bid_gap < kOne) {
                    EXPECT_EQ(filled(Side::Sell, tick.bid_gap, tick, tick_size), bid) << seed;
                }
                if (before) {
                    EXPECT_GE(tick.time, before->time) << "seed " << seed;
                    EXPECT_EQ(tick.position, before->position + 1);
                    EXPECT_EQ(tick.gap, tick.time - before->time > std::chrono::seconds{300});
                } else {
                    EXPECT_EQ(tick.position, 0U);
                    EXPECT_FALSE(tick.gap);
                }
                before = tick;
            }
        }
        EXPECT_TRUE(before) << "seed " << seed;
    }
}

}  // namespace
}  // namespace vault::exchange::kraken
