// chart price: what it asks of the daemon for which options, and what it makes of the answers.
#include "cli/command/price_series.hpp"
#include "common/protocol/codec.hpp"
#include "tests/unit/cli/fake_terminal.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <gtest/gtest.h>

namespace vault::command {
namespace {

using protocol::encode_reply;
using protocol::Request;
using test::call;
using test::FakeServer;
using test::FakeTerminal;
using test::Ran;

const UtcTime kStart = parse_utc("2024-01-01").value();
constexpr Duration kDay = std::chrono::days{1};

json::object candle(UtcTime at, const char* open, const char* high, const char* low,
                    const char* close) {
    return {{"at", format_utc(at)}, {"open", open},   {"high", high},
            {"low", low},           {"close", close}, {"prices", 60}};
}

json::object trade(UtcTime at, const char* side, const char* price) {
    return {{"at", format_utc(at)}, {"side", side}, {"price", price}};
}

// Three candles, each of the length that is asked for; a buy and a sell.
std::string answer(const Request& request, json::array pairs) {
    if (request.method == "vault.show")
        return encode_reply(
            request.id,
            {{"id", "v1"}, {"account", "a1"}, {"asset", "USDT"}, {"pairs", std::move(pairs)}});
    if (request.method == "trade.list")
        return encode_reply(request.id, json::array{trade(kStart + kDay, "buy", "95"),
                                                    trade(kStart + kDay * 2, "sell", "109.5")});
    const Duration length =
        parse_duration(std::string_view(request.params.at("interval").as_string())).value();
    const auto* to = request.params.if_contains("to");
    const UtcTime end =
        to == nullptr ? kStart + kDay * 3 : parse_utc(std::string_view(to->as_string())).value();
    if (request.params.at("limit") == 1)
        return encode_reply(request.id,
                            json::array{candle(end - length, "108", "109", "107", "108.5")});
    return encode_reply(request.id,
                        json::array{candle(kStart, "100", "104", "91.25", "101"),
                                    candle(kStart + kDay, "101", "102", "95", "96"),
                                    candle(kStart + kDay * 2, "96", "120.75", "96", "108.5")});
}

std::string one_pair(const Request& request) {
    return answer(request, {"ETH/USDT"});
}

// The parameters of the requests of one method, in their order.
std::vector<std::string> asked(const FakeServer& server, std::string_view method) {
    std::vector<std::string> found;
    for (const Request& request : server.requests())
        if (request.method == method) found.push_back(protocol::to_compact(request.params));
    return found;
}

TEST(PriceSeries, AnIntervalMakesAtMost1500Candles) {
    EXPECT_EQ(candle_interval(Duration{0}), std::chrono::minutes{1});
    EXPECT_EQ(candle_interval(kDay), std::chrono::minutes{1});
    EXPECT_EQ(candle_interval(kDay * 30), std::chrono::minutes{30});
    EXPECT_EQ(candle_interval(kDay * 365), std::chrono::hours{8});
    EXPECT_EQ(candle_interval(kDay * 365 * 5), std::chrono::days{2});
    for (std::int64_t days = 0; days < 40'000; days += 13)
        EXPECT_LE(kDay * days, candle_interval(kDay * days) * 1'500) << days;
}

TEST(PriceSeries, EveryExtremeIsAPointAndTheCloseIsTheLast) {
    const json::array candles{candle(kStart, "100", "104", "91.000000000000000001", "101")};
    const auto series = price_series(candles);
    ASSERT_TRUE(series);
    std::string text;
    for (const chart::Point& point : series.value().points) {
        EXPECT_EQ(point.time, kStart);
        text += point.value.text() + " ";
    }
    EXPECT_EQ(text, "100 91.000000000000000001 104 101 ");
    EXPECT_EQ(protocol::to_compact(price_rows(candles)),
              R"([{"at":"2024-01-01T00:00:00.000Z","open":"100","high":"104",)"
              R"("low":"91.000000000000000001","close":"101"}])");
}

TEST(PriceSeries, AnAnswerThatLacksAFigureIsRefused) {
    for (const char* gone : {"at", "open", "high", "low", "close"}) {
        json::object broken = candle(kStart, "1", "2", "1", "2");
        broken.erase(gone);
        const auto series = price_series({broken});
        ASSERT_FALSE(series) << gone;
        EXPECT_EQ(series.error().code(), Errc::Internal);
    }
    for (const char* gone : {"at", "side", "price"}) {
        json::object broken = trade(kStart, "buy", "2");
        broken.erase(gone);
        EXPECT_FALSE(trade_marks(json::array{broken})) << gone;
    }
    EXPECT_FALSE(trade_marks(json::array{trade(kStart, "swap", "2")}));
    EXPECT_FALSE(trade_marks(json::object{}));
}

TEST(ChartPrice, TheTimeThereIsPicksTheInterval) {
    const FakeServer server(one_pair);
    const Ran ran = call(&server, "chart price v1");
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(asked(server, "market.candles"),
              (std::vector<std::string>{
                  R"({"pair":"ETH/USDT","account":"a1","interval":"1m","limit":1})",
                  R"({"pair":"ETH/USDT","account":"a1","interval":"1d","limit":2000})",
                  R"({"pair":"ETH/USDT","account":"a1","interval":"5m","limit":2000})"}));
    EXPECT_EQ(asked(server, "trade.list"),
              (std::vector<std::string>{
                  R"({"vault":"v1","pair":"ETH/USDT","since":"2024-01-01T00:00:00.000Z",)"
                  R"("until":"2024-01-03T00:05:00.000Z","limit":10000})"}));
    EXPECT_NE(ran.out.find("v1 ETH/USDT price, 5m candles  last"), std::string::npos) << ran.out;
    EXPECT_NE(ran.out.find("last 108.5  least 91.25  greatest 120.75"), std::string::npos)
        << ran.out;
    EXPECT_NE(ran.out.find("^ buys 1  v sells 1"), std::string::npos) << ran.out;
}

TEST(ChartPrice, ASpanIsPassedOn) {
    const FakeServer server(one_pair);
    EXPECT_EQ(
        call(&server, "chart price v1 --from 2024-01-01T10:00:00Z --to 2024-01-01T12:00:00Z").code,
        0);
    const auto candles = asked(server, "market.candles");
    ASSERT_EQ(candles.size(), 3U);
    // The day in which it begins is asked for from its midnight.
    EXPECT_EQ(candles[1], R"({"pair":"ETH/USDT","account":"a1","interval":"1d","limit":2000,)"
                          R"("from":"2024-01-01T00:00:00.000Z","to":"2024-01-01T12:00:00.000Z"})");
    EXPECT_EQ(candles[2], R"({"pair":"ETH/USDT","account":"a1","interval":"1m","limit":2000,)"
                          R"("from":"2024-01-01T10:00:00.000Z","to":"2024-01-01T12:00:00.000Z"})");
}

TEST(ChartPrice, SinceCountsBackFromTheNewestPrice) {
    const FakeServer server(one_pair);
    EXPECT_EQ(call(&server, "chart price v1 --since 6h --interval 15m").code, 0);
    EXPECT_EQ(asked(server, "market.candles"),
              (std::vector<std::string>{
                  R"({"pair":"ETH/USDT","account":"a1","interval":"1m","limit":1})",
                  R"({"pair":"ETH/USDT","account":"a1","interval":"15m","limit":2000,)"
                  R"("from":"2024-01-03T17:59:00.000Z"})"}));
    const FakeServer all(one_pair);
    EXPECT_EQ(call(&all, "chart price v1 --since 36500d --interval 1d").code, 0);
    EXPECT_NE(asked(all, "market.candles")[1].find("1970-01-01"), std::string::npos);
}

TEST(ChartPrice, DataIsTheCandles) {
    const FakeServer server(one_pair);
    EXPECT_EQ(call(&server, "chart price v1 --interval 1d -o csv").out,
              "at,open,high,low,close\r\n"
              "2024-01-01T00:00:00.000Z,100,104,91.25,101\r\n"
              "2024-01-02T00:00:00.000Z,101,102,95,96\r\n"
              "2024-01-03T00:00:00.000Z,96,120.75,96,108.5\r\n");
    const std::string document = call(&server, "chart price v1 --interval 1d --json").out;
    EXPECT_TRUE(document.starts_with(
        R"({"schema":"vault.chart.price/1","ok":true,"data":{"vault":"v1","asset":"USDT",)"
        R"("account":"a1","pair":"ETH/USDT","interval":"1d","series":["price"],"rows":[{"at":)"))
        << document;
    EXPECT_EQ(call(&server, "chart price v1 -q").out, "108.5\n");
}

TEST(ChartPrice, APageHasThePictureTheTradesAndTheFigures) {
    const FakeServer server(one_pair);
    const std::string page = call(&server, "chart price v1 --interval 1d -o html").out;
    EXPECT_NE(page.find("buys 1"), std::string::npos);
    EXPECT_NE(page.find("<title>sells</title>"), std::string::npos);
    EXPECT_NE(page.find("120.75"), std::string::npos);
    EXPECT_NE(page.find("2024-01-03T00:00:00Z"), std::string::npos) << page;
}

TEST(ChartPrice, AVaultOfSeveralPairsNeedsOneNamed) {
    const FakeServer two([](const Request& request) {
        return answer(request, {"BTC/USDT", "ETH/USDT"});
    });
    const Ran several = call(&two, "chart price v1");
    EXPECT_EQ(several.code, 65);
    EXPECT_NE(several.err.find("BTC/USDT, ETH/USDT"), std::string::npos) << several.err;
    EXPECT_NE(several.err.find("--pair BTC/USDT"), std::string::npos) << several.err;
    EXPECT_EQ(call(&two, "chart price v1 --pair ETH/USDT").code, 0);
    const FakeServer none([](const Request& request) { return answer(request, {}); });
    const Ran empty = call(&none, "chart price v1");
    EXPECT_EQ(empty.code, 65);
    EXPECT_NE(empty.err.find("vaultctl vault pairs v1 --add"), std::string::npos) << empty.err;
}

TEST(ChartPrice, WhatDoesNotFitIsTold) {
    const FakeServer server([](const Request& request) {
        json::array rows;
        const std::int64_t limit = request.params.if_contains("limit") == nullptr
                                       ? 0
                                       : request.params.at("limit").as_int64();
        for (std::int64_t i = 0; i < limit; ++i)
            rows.emplace_back(request.method == "trade.list"
                                  ? trade(kStart + Duration{i}, i % 2 == 0 ? "buy" : "sell", "100")
                                  : candle(kStart + Duration{60'000} * i, "1", "2", "1", "2"));
        return request.method == "vault.show" ? one_pair(request)
                                              : encode_reply(request.id, std::move(rows));
    });
    const Ran ran = call(&server, "chart price v1 --interval 1m");
    EXPECT_EQ(ran.code, 0);
    EXPECT_NE(ran.err.find("only the newest 2000 candles"), std::string::npos) << ran.err;
    EXPECT_NE(ran.err.find("only the newest 10000 trades"), std::string::npos) << ran.err;
    const FakeServer few(one_pair);
    EXPECT_EQ(call(&few, "chart price v1 --interval 1m").err, "");
}

TEST(ChartPrice, WithoutPricesItSaysWhatTheDaemonSays) {
    const FakeServer server([](const Request& request) {
        if (request.method != "market.candles") return one_pair(request);
        return encode_reply(request.id, json::array{}, {"a1 has no recorded price"});
    });
    const Ran ran = call(&server, "chart price v1");
    EXPECT_EQ(ran.code, 0);
    EXPECT_EQ(ran.out, "");
    EXPECT_EQ(ran.err, "vaultctl: nothing to draw: a1 has no recorded price\n");
    EXPECT_TRUE(asked(server, "trade.list").empty());
    EXPECT_NE(call(&server, "chart price v1 --json").out.find(R"("rows":[])"), std::string::npos);
}

}  // namespace
}  // namespace vault::command
