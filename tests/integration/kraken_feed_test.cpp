// The feed over a real socket against the emulator, a Kraken that others wrote: prices, rules, and
// what goes wrong in the life of a socket.
#include "daemon/exchange/kraken/feed.hpp"
#include "tests/support/kraken_emulator.hpp"
#include "tests/support/watched_feed.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace vault::exchange::kraken {
namespace {

using testing::KrakenEmulator;
using testing::WatchedFeed;
using vault::literals::operator""_dec;
using Seen = WatchedFeed::Seen;

const Pair kBtc = Pair::parse("BTC/USD").value();
const Pair kEth = Pair::parse("ETH/USD").value();
const Pair kNope = Pair::parse("NOPE/USD").value();

class KrakenFeedLive : public ::testing::Test {
  protected:
    FeedSettings settings() const {
        FeedSettings out;
        out.socket = parse_ws_url(kraken.socket_url()).value();
        out.reconnect = {.first = Duration{50}, .most = Duration{200}};
        return out;
    }
    void start(std::vector<Pair> pairs) { start(std::move(pairs), settings()); }
    void start(std::vector<Pair> pairs, FeedSettings with) {
        feed.emplace(std::move(with), Random{1}, clock, seen);
        feed->start(std::move(pairs), seen, seen);
    }

    // The first price of that member ("a", "b") in the REST API's ticker.
    Decimal figure(std::string_view answer, char member) const {
        const std::string key = fmt::format("\"{}\":[\"", member);
        const std::string_view rest = answer.substr(answer.find(key) + key.size());
        std::string digits{rest.substr(0, rest.find('"'))};
        return Decimal::parse(digits).value();
    }
    Decimal mid(std::string_view altname) const {
        const std::string answer = kraken.get(fmt::format("/0/public/Ticker?pair={}", altname));
        return div(figure(answer, 'a') + figure(answer, 'b'), Decimal::from_int(2), Rounding::Down)
            .value();
    }
    void trade(std::string_view altname, std::string_view price) const {
        kraken.drive("trade",
                     fmt::format(R"({{"pair":"{}","price":"{}","quantity":"1"}})", altname, price));
    }
    void strike_ticker(std::string_view mishap) const {
        kraken.drive("message_faults",
                     fmt::format(R"({{"faults":[{{"at":"ticker","mishap":"{}","times":1{}}}]}})",
                                 mishap, mishap == "late" ? R"(,"delay":"1500ms")" : ""));
    }

    bool tells(const Pair& pair, Decimal price) {
        return seen.wait([&](const Seen& all) {
            const auto ticks = all.ticks(pair);
            return !ticks.empty() && ticks.back().price.value == price;
        });
    }
    bool tells_more(const Pair& pair, std::size_t ticks) {
        const std::size_t had = seen.seen().ticks(pair).size();
        return seen.wait([&](const Seen& all) { return all.ticks(pair).size() >= had + ticks; });
    }
    bool logs(std::string_view event, std::size_t times = 1) {
        return seen.wait([&](const Seen& all) { return all.logged(event) >= times; });
    }
    // Of BTC/USD and ETH/USD, the newest.
    bool rules_are(PairStatus btc, PairStatus eth) {
        return seen.wait([&](const Seen& all) {
            return !all.rules.empty() && all.rules.back().size() == 2 &&
                   all.rules.back()[0].status == btc && all.rules.back()[1].status == eth;
        });
    }

    KrakenEmulator kraken{{"--market", "none"}};
    testing::AheadClock clock;
    WatchedFeed seen;
    std::optional<KrakenFeed> feed;
};

TEST_F(KrakenFeedLive, APriceOfEachPairComesEachSecond) {
    start({kBtc, kEth});
    ASSERT_TRUE(tells_more(kEth, 4));
    feed->stop();
    for (const auto& [pair, name] : {std::pair{kBtc, "XBTUSD"}, std::pair{kEth, "ETHUSD"}}) {
        const auto ticks = seen.seen().ticks(pair);
        ASSERT_GE(ticks.size(), 4U);
        for (std::size_t i = 0; i < ticks.size(); ++i) {
            EXPECT_EQ(ticks[i].price.value, mid(name));
            EXPECT_EQ(ticks[i].position, i);
            EXPECT_EQ(ticks[i].time.time_since_epoch() % std::chrono::seconds{1}, Duration{0});
            EXPECT_FALSE(ticks[i].gap);
            if (i == 0) continue;
            EXPECT_GT(ticks[i].time, ticks[i - 1].time);
        }
        // A machine that is busy may miss one.
        const auto span = std::chrono::seconds{std::ssize(ticks) - 1};
        EXPECT_LE(ticks.back().time - ticks.front().time, span + std::chrono::seconds{1});
        EXPECT_LT(clock.now() - ticks.back().time, std::chrono::seconds{5});
    }
    EXPECT_EQ(seen.seen().prices[0].exchange, "kraken");
    EXPECT_EQ(seen.seen().logged("prices_lost"), 0U);
    EXPECT_EQ(seen.seen().logged("prices_begin"), 1U);
}

TEST_F(KrakenFeedLive, ATradeMovesThePrice) {
    start({kBtc, kEth});
    ASSERT_TRUE(tells_more(kBtc, 1));
    const Decimal before = mid("XBTUSD");
    for (const std::string_view price : {"60000", "60123.4", "71000"}) {
        trade("XBTUSD", price);
        EXPECT_NE(mid("XBTUSD"), before);
        EXPECT_TRUE(tells(kBtc, mid("XBTUSD"))) << price;
    }
    EXPECT_TRUE(tells(kEth, mid("ETHUSD")));
}

TEST_F(KrakenFeedLive, RulesAreToldAtFirstAndAtEachChange) {
    start({kEth, kBtc});
    ASSERT_TRUE(rules_are(PairStatus::Trading, PairStatus::Trading));
    const PairRules expected{.pair = kBtc,
                             .tick = "0.1"_dec,
                             .lot = "0.00000001"_dec,
                             .min_cost = "0.5"_dec,
                             .min_quantity = "0.00005"_dec};
    EXPECT_EQ(seen.seen().rules.back()[0], expected);
    kraken.drive("pair", R"({"pair":"ETHUSD","order_min":"0.5"})");
    EXPECT_TRUE(
        seen.wait([&](const Seen& all) { return all.rules.back()[1].min_quantity == "0.5"_dec; }));
    kraken.drive("pair", R"({"pair":"XBTUSD","status":"reduce_only"})");
    EXPECT_TRUE(rules_are(PairStatus::ReduceOnly, PairStatus::Trading));
    kraken.drive("status", R"({"status":"post_only"})");
    EXPECT_TRUE(rules_are(PairStatus::CancelOnly, PairStatus::CancelOnly));
    kraken.drive("pair", R"({"pair":"XBTUSD","status":"delisted"})");
    EXPECT_TRUE(rules_are(PairStatus::Delisted, PairStatus::CancelOnly));
    kraken.drive("status", R"({"status":"online"})");
    EXPECT_TRUE(rules_are(PairStatus::Delisted, PairStatus::Trading));
    feed->stop();
    EXPECT_EQ(seen.seen().rules.size(), 6U) << "one for each change";
}

TEST_F(KrakenFeedLive, WhileAllStandsStillThereIsNoPrice) {
    start({kBtc, kEth});
    ASSERT_TRUE(tells_more(kBtc, 1));
    kraken.drive("status", R"({"status":"maintenance"})");
    ASSERT_TRUE(rules_are(PairStatus::Halted, PairStatus::Halted));
    const std::size_t told = seen.seen().prices.size();
    EXPECT_FALSE(seen.wait([&](const Seen& all) { return all.prices.size() > told; },
                           std::chrono::milliseconds{2'500}));
    kraken.drive("status", R"({"status":"cancel_only"})");
    ASSERT_TRUE(rules_are(PairStatus::CancelOnly, PairStatus::CancelOnly));
    EXPECT_TRUE(tells_more(kBtc, 1));
}

TEST_F(KrakenFeedLive, WhatKrakenDoesNotListIsLeftOutAndLoggedOnce) {
    start({kBtc, kNope});
    ASSERT_TRUE(tells_more(kBtc, 1));
    strike_ticker("disconnect");
    trade("XBTUSD", "60000");
    ASSERT_TRUE(logs("prices_back"));
    EXPECT_TRUE(tells(kBtc, mid("XBTUSD")));
    feed->stop();
    const Seen all = seen.seen();
    EXPECT_EQ(all.logged("pair_not_at_kraken"), 1U);
    EXPECT_TRUE(all.ticks(kNope).empty());
    ASSERT_EQ(all.rules.size(), 1U);
    ASSERT_EQ(all.rules[0].size(), 1U);
    EXPECT_EQ(all.rules[0][0].pair, kBtc);
}

TEST_F(KrakenFeedLive, NothingThatIsListedIsNoReasonToReconnect) {
    FeedSettings with = settings();
    with.answer_most = Duration{1'200};
    start({kNope}, with);
    ASSERT_TRUE(logs("prices_begin"));
    EXPECT_FALSE(seen.wait([](const Seen& all) { return all.logged("prices_lost") > 0; },
                           std::chrono::milliseconds{2'500}));
    EXPECT_EQ(seen.seen().rules, std::vector<std::vector<PairRules>>(1));
}

TEST_F(KrakenFeedLive, ALostSocketIsReplacedAtOnce) {
    start({kBtc});
    ASSERT_TRUE(tells_more(kBtc, 1));
    for (std::size_t round = 1; round <= 3; ++round) {
        strike_ticker("disconnect");
        trade("XBTUSD", fmt::format("{}", 60'000 + 1'000 * round));
        EXPECT_TRUE(logs("prices_back", round));
        EXPECT_TRUE(tells(kBtc, mid("XBTUSD"))) << round;
        EXPECT_EQ(seen.seen().logged("prices_lost"), round);
    }
    const auto ticks = seen.seen().ticks(kBtc);
    for (std::size_t i = 0; i < ticks.size(); ++i) {
        EXPECT_EQ(ticks[i].position, i);
        EXPECT_FALSE(ticks[i].gap);
    }
}

TEST_F(KrakenFeedLive, AfterAKilledKrakenThereIsNoPriceAndThenAGap) {
    start({kBtc});
    ASSERT_TRUE(tells_more(kBtc, 2));
    kraken.kill();
    ASSERT_TRUE(logs("prices_lost"));
    const std::size_t told = seen.seen().prices.size();
    clock.put_ahead(std::chrono::seconds{301});
    EXPECT_FALSE(seen.wait([&](const Seen& all) { return all.prices.size() > told; },
                           std::chrono::milliseconds{2'500}));
    EXPECT_EQ(seen.seen().logged("prices_lost"), 1U) << "many tries, one line";
    kraken.start_again();
    ASSERT_TRUE(logs("prices_back"));
    ASSERT_TRUE(tells_more(kBtc, 2));
    const auto ticks = seen.seen().ticks(kBtc);
    for (std::size_t i = 1; i < ticks.size(); ++i) {
        EXPECT_EQ(ticks[i].gap, i == told) << i;
        EXPECT_EQ(ticks[i].position, i);
        EXPECT_GT(ticks[i].time, ticks[i - 1].time);
    }
    EXPECT_EQ(seen.seen().rules.size(), 1U) << "they are as they were";
    EXPECT_EQ(seen.seen().logged("prices_back"), 1U);
}

TEST_F(KrakenFeedLive, AShortOutageIsNoGap) {
    start({kBtc});
    ASSERT_TRUE(tells_more(kBtc, 1));
    kraken.kill();
    ASSERT_TRUE(logs("prices_lost"));
    clock.put_ahead(std::chrono::seconds{250});
    kraken.start_again();
    ASSERT_TRUE(tells_more(kBtc, 2));
    for (const Tick& tick : seen.seen().ticks(kBtc))
        EXPECT_FALSE(tick.gap);
}

// A ticker that is lost, comes twice, late or behind the next: the newest price is told in the end,
// and stays.
TEST_F(KrakenFeedLive, MessagesThatGoWrongDoNoHarm) {
    start({kBtc});
    ASSERT_TRUE(tells_more(kBtc, 1));
    int price = 60'000;
    for (const std::string_view mishap : {"lost", "doubled", "late", "swapped"}) {
        strike_ticker(mishap);
        trade("XBTUSD", std::to_string(price += 500));
        trade("XBTUSD", std::to_string(price += 500));
        const Decimal newest = mid("XBTUSD");
        EXPECT_TRUE(tells(kBtc, newest)) << mishap;
        ASSERT_TRUE(tells_more(kBtc, 3)) << mishap;
        EXPECT_EQ(seen.seen().ticks(kBtc).back().price.value, newest) << mishap;
    }
    EXPECT_EQ(seen.seen().logged("prices_lost"), 0U);
}

// Kraken's clock is of no matter to ours.
TEST_F(KrakenFeedLive, AKrakenWhoseClockIsPutBackIsBelieved) {
    start({kBtc});
    ASSERT_TRUE(tells_more(kBtc, 1));
    kraken.drive("time", R"({"skew":"-45s"})");
    trade("XBTUSD", "61000");
    EXPECT_TRUE(tells(kBtc, mid("XBTUSD")));
}

}  // namespace
}  // namespace vault::exchange::kraken
