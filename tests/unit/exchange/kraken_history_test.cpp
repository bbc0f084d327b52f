// Rows of OpenOrders, ClosedOrders and TradesHistory, as Kraken's documents show them: what is read
// of each is exact, and a row that makes no sense is an error.
#include "daemon/exchange/kraken/history.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <regex>

namespace vault::exchange::kraken {
namespace {

using vault::literals::operator""_dec;

const std::string kOrder = R"({"refid":null,"userref":0,"cl_ord_id":null,"status":"closed",
    "opentm":1688666559.8974,"starttm":0,"expiretm":0,"descr":{"pair":"XBTUSD","type":"buy",
    "ordertype":"limit","price":"30010.0","price2":"0","leverage":"none",
    "order":"buy 1.25000000 XBTUSD @ limit 30010.0","close":""},"vol":"1.25000000",
    "vol_exec":"0.37500000","cost":"11253.7","fee":"0.00000","price":"30010.0",
    "stopprice":"0.00000","limitprice":"0.00000","misc":"","oflags":"fciq","reason":null,
    "closetm":1688666600.0009})";

const std::string kTrade = R"({"ordertxid":"OQCLML-BW3P3-BUCMWZ","postxid":"TKH2SE-M7IF5-CFI7LT",
    "pair":"XXBTZUSD","time":1688667796.8802,"type":"sell","ordertype":"limit",
    "price":"30010.00000","cost":"600.20000","fee":"-0.00001","vol":"0.02000000",
    "margin":"0.00000","misc":"","trade_id":40274859,"maker":true})";

std::string with(std::string row, std::string_view member, std::string_view value) {
    const std::regex at{fmt::format(R"re("{}":("[^"]*"|[^,}}]*))re", member)};
    const std::string changed = std::regex_replace(
        row, at, fmt::format(R"("{}":{})", member, value), std::regex_constants::format_first_only);
    EXPECT_NE(changed, row) << member;
    return changed;
}

UtcTime utc(std::string_view text) {
    return parse_utc(text).value();
}

TEST(KrakenHistory, AnOrderIsReadAsItIs) {
    const auto order = read_past_order("O1", kOrder);
    ASSERT_TRUE(order) << order.error().message();
    EXPECT_EQ(order.value().id, "O1");
    EXPECT_EQ(order.value().client_id, "");
    EXPECT_EQ(order.value().pair, "XBTUSD");
    EXPECT_EQ(order.value().side, Side::Buy);
    EXPECT_EQ(order.value().kind, "limit");
    EXPECT_EQ(order.value().state, "closed");
    EXPECT_EQ(order.value().quantity, "1.25"_dec);
    EXPECT_EQ(order.value().filled, "0.375"_dec);
    EXPECT_EQ(order.value().opened, utc("2023-07-06T18:02:39.897Z"));
    EXPECT_EQ(order.value().ended, utc("2023-07-06T18:03:20.000Z"));
}

TEST(KrakenHistory, AnOpenOrderHasNoEndAndMayHaveAMarkOfItsSender) {
    std::string open = with(with(kOrder, "closetm", "null"), "cl_ord_id", R"("vault-1")");
    const auto order = read_past_order("O1", open);
    ASSERT_TRUE(order) << order.error().message();
    EXPECT_EQ(order.value().client_id, "vault-1");
    EXPECT_FALSE(order.value().ended);
}

TEST(KrakenHistory, ATradeIsReadAsItIs) {
    const auto trade = read_past_trade("T1", kTrade);
    ASSERT_TRUE(trade) << trade.error().message();
    EXPECT_EQ(trade.value().id, "T1");
    EXPECT_EQ(trade.value().order, "OQCLML-BW3P3-BUCMWZ");
    EXPECT_EQ(trade.value().pair, "XXBTZUSD");
    EXPECT_EQ(trade.value().side, Side::Sell);
    EXPECT_EQ(trade.value().quantity, "0.02"_dec);
    EXPECT_EQ(trade.value().price, "30010"_dec);
    EXPECT_EQ(trade.value().cost, "600.2"_dec);
    EXPECT_EQ(trade.value().fee, "-0.00001"_dec) << "what a maker was given";
    EXPECT_EQ(trade.value().at, utc("2023-07-06T18:23:16.880Z"));
}

TEST(KrakenHistory, WhatMakesNoSenseIsAnError) {
    for (const auto& [member, value] : std::vector<std::pair<std::string, std::string>>{
             {"type", R"("hold")"},
             {"vol", R"("-1")"},
             {"vol_exec", "{}"},
             {"opentm", R"("soon")"},
             {"opentm", "-1"},
             {"closetm", "99999999999999"},
             {"pair", "null"},
             {"status", "[]"},
             {"status", '"' + std::string(81, 'x') + '"'},
             {"descr", "7,\"x\":{\"a\":1"}}) {
        const auto order = read_past_order("O1", with(kOrder, member, value));
        ASSERT_FALSE(order) << member << " " << value;
        EXPECT_EQ(order.error().code(), Errc::NotReady);
    }
    for (const auto& [member, value] :
         std::vector<std::pair<std::string, std::string>>{{"type", "1"},
                                                          {"ordertxid", "null"},
                                                          {"time", R"("")"},
                                                          {"price", R"("-30010")"},
                                                          {"cost", "1e30"},
                                                          {"vol", R"("much")"}}) {
        const auto trade = read_past_trade("T1", with(kTrade, member, value));
        ASSERT_FALSE(trade) << member << " " << value;
        EXPECT_EQ(trade.error().code(), Errc::NotReady);
    }
    EXPECT_FALSE(read_past_order("O1", "[]"));
    EXPECT_FALSE(read_past_trade("T1", "null"));
}

}  // namespace
}  // namespace vault::exchange::kraken
