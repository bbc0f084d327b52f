// What Kraken's public socket says, by hand and as it was recorded.
#include "daemon/exchange/kraken/names.hpp"
#include "daemon/exchange/kraken/socket_messages.hpp"
#include "tests/support/shared_data.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

namespace vault::exchange::kraken {
namespace {

using vault::literals::operator""_dec;

Pair pair_of(std::string_view text) {
    return Pair::parse(text).value();
}

const Symbols& wanted() {
    static const Symbols symbols = symbols_of({pair_of("BTC/USD"), pair_of("ETH/USD")});
    return symbols;
}

template <class T>
T heard(std::string_view text) {
    const auto read = read_message(text, wanted());
    if (!read) {
        ADD_FAILURE() << text << ": " << read.error().message();
        return {};
    }
    const T* const told = std::get_if<T>(&read.value());
    if (told == nullptr) {
        ADD_FAILURE() << text << " is message " << read.value().index();
        return {};
    }
    return *told;
}

std::string ticker(std::string_view members, std::string_view type = "update") {
    return fmt::format(R"({{"channel":"ticker","type":"{}","data":[{{"symbol":"BTC/USD",{}}}]}})",
                       type, members);
}

// One pair among assets and pairs that are not wanted.
std::string instruments(std::string_view members, std::string_view type = "snapshot") {
    return fmt::format(
        R"({{"channel":"instrument","type":"{}",)"
        R"("data":{{"assets":[{{"id":"BTC","status":"enabled"}}],)"
        R"("pairs":[{{"symbol":"AAPLx/USD","status":"online"}},{{"symbol":"BTC/USD",{}}},)"
        R"({{"symbol":"SOL/USD","status":"online","price_increment":"nonsense"}}]}}}})",
        type, members);
}

constexpr std::string_view kGoodRules =
    R"("status":"online","qty_precision":8,"qty_increment":1e-08,"qty_min":5e-05,)"
    R"("price_precision":1,"price_increment":0.1,"cost_precision":5,"cost_min":0.5)";

TEST(KrakenSocketMessages, ATickerKeepsEachDigit) {
    const auto told = heard<Tickers>(
        ticker(R"("bid":71770.3,"bid_qty":0.03155564,"ask":7.17704e4,"last":71770.40000,)"
               R"("volume":636.8977771,"timestamp":"2026-03-15T11:25:19.200068Z")",
               "snapshot"));
    ASSERT_EQ(told.rows.size(), 1U);
    const QuoteRow& row = told.rows[0];
    EXPECT_TRUE(told.snapshot);
    EXPECT_EQ(row.pair, pair_of("BTC/USD"));
    EXPECT_EQ(row.bid, "71770.3"_dec);
    EXPECT_EQ(row.ask, "71770.4"_dec);
    EXPECT_EQ(row.last, "71770.4"_dec);
    EXPECT_EQ(row.volume, "636.8977771"_dec);
    EXPECT_EQ(row.stamp, StampTime{parse_utc("2026-03-15T11:25:19.200Z").value()} +
                             std::chrono::microseconds{68});
}

TEST(KrakenSocketMessages, SmallPricesAndExponentsAreExact) {
    const auto told = heard<Tickers>(ticker(R"("bid":1.446e-06,"ask":0.000001447,"last":5.1E-05)"));
    ASSERT_EQ(told.rows.size(), 1U);
    EXPECT_FALSE(told.snapshot);
    EXPECT_EQ(told.rows[0].bid, "0.000001446"_dec);
    EXPECT_EQ(told.rows[0].ask, "0.000001447"_dec);
    EXPECT_EQ(told.rows[0].last, "0.000051"_dec);
    EXPECT_EQ(told.rows[0].stamp, std::nullopt);
}

TEST(KrakenSocketMessages, ASideWhereNobodyOffersIsZero) {
    const auto told = heard<Tickers>(ticker(R"("bid":0.0,"ask":null,"last":null,"volume":null)"));
    ASSERT_EQ(told.rows.size(), 1U);
    EXPECT_TRUE(told.rows[0].bid.is_zero());
    EXPECT_TRUE(told.rows[0].ask.is_zero());
}

TEST(KrakenSocketMessages, StampsHaveAnyNumberOfDecimals) {
    struct Row {
        std::string_view text;
        std::int64_t microseconds;
    };
    const StampTime second{parse_utc("2026-09-24T03:54:18Z").value()};
    for (const Row& row : {Row{"2026-09-24T03:54:18Z", 0}, Row{"2026-09-24T03:54:18.5Z", 500'000},
                           Row{"2026-09-24T03:54:18.054886Z", 54'886},
                           Row{"2026-09-24T03:54:18.054886999Z", 54'886}}) {
        const auto told =
            heard<Tickers>(ticker(fmt::format(R"("bid":1,"ask":2,"timestamp":"{}")", row.text)));
        ASSERT_EQ(told.rows.size(), 1U);
        EXPECT_EQ(told.rows[0].stamp, second + std::chrono::microseconds{row.microseconds})
            << row.text;
    }
    EXPECT_EQ(heard<Tickers>(ticker(R"("bid":1,"ask":2,"timestamp":"soon")")).rows.at(0).stamp,
              std::nullopt);
}

TEST(KrakenSocketMessages, ARowThatMakesNoSenseIsAProblemOfItsPairAlone) {
    for (const std::string_view members :
         {R"("bid":-1,"ask":2)", R"("bid":1e16,"ask":2e16)", R"("bid":true,"ask":2)",
          R"("bid":[1],"ask":2)", R"("ask":2)", R"("bid":1)", R"("bid":1,"ask":"x")",
          R"("bid":1,"ask":2,"last":-3)", R"("bid":1,"ask":2,"volume":{})",
          R"("bid":1,"ask":1e-30)", R"("bid":1,"ask":2,"timestamp":true)"}) {
        const auto text =
            fmt::format(R"({{"channel":"ticker","type":"update","data":[{{"symbol":"BTC/USD",{}}},)"
                        R"({{"symbol":"ETH/USD","bid":2000,"ask":2001,"last":2000.5}}]}})",
                        members);
        const auto told = heard<Tickers>(text);
        ASSERT_EQ(told.rows.size(), 1U) << members;
        EXPECT_EQ(told.rows[0].pair, pair_of("ETH/USD"));
        ASSERT_EQ(told.problems.size(), 1U) << members;
        EXPECT_EQ(told.problems[0].pair, pair_of("BTC/USD"));
    }
}

TEST(KrakenSocketMessages, WhatCannotBeReadAsAWholeIsAnError) {
    const std::string good = ticker(R"("bid":1,"ask":2)");
    for (std::size_t size = 0; size < good.size(); ++size)
        EXPECT_FALSE(read_message(good.substr(0, size), wanted())) << good.substr(0, size);
    for (const std::string_view text :
         {"null",
          "7",
          "[]",
          "\"channel\"",
          "<html>",
          "{\"channel\":{}}",
          "\xff\xfe",
          R"({"channel":"ticker","data":[]})",
          R"({"channel":"ticker","type":"update"})",
          R"({"channel":"ticker","type":"update","data":{}})",
          R"({"channel":"ticker","type":"update","data":[7]})",
          R"({"channel":"ticker","type":"update","data":[{"bid":1,"ask":2}]})",
          R"({"channel":"ticker","type":"update","data":[{"symbol":["BTC/USD"]}]})",
          R"({"channel":"ticker","type":"newest","data":[]})",
          R"({"channel":"ticker","channel":"status","type":"update","data":[]})",
          R"({"channel":"instrument","type":"snapshot","data":[]})",
          R"({"channel":"instrument","type":"snapshot","data":{"assets":[]}})",
          R"({"channel":"instrument","type":"update","data":{"pairs":{}}})",
          R"({"channel":"status","type":"update","data":[{"version":"2.0.10"}]})",
          R"({"channel":"status","type":"update"})"})
        EXPECT_FALSE(read_message(text, wanted())) << text;
}

TEST(KrakenSocketMessages, InstrumentsGiveTheRulesOfWantedPairsAlone) {
    const auto told = heard<Instruments>(instruments(kGoodRules));
    EXPECT_TRUE(told.snapshot);
    EXPECT_TRUE(told.problems.empty());
    ASSERT_EQ(told.rows.size(), 1U);
    const PairRules rules{.pair = pair_of("BTC/USD"),
                          .tick = "0.1"_dec,
                          .lot = "0.00000001"_dec,
                          .min_cost = "0.5"_dec,
                          .min_quantity = "0.00005"_dec,
                          .status = PairStatus::Trading};
    EXPECT_EQ(told.rows[0], rules);
}

TEST(KrakenSocketMessages, RulesThatMakeNoSenseAreAProblem) {
    for (const auto& [was, is] : std::vector<std::pair<std::string, std::string>>{
             {R"("price_increment":0.1)", R"("price_increment":0)"},
             {R"("price_increment":0.1)", R"("price_increment":-0.1)"},
             {R"("price_increment":0.1)", R"("tick":0.1)"},
             {R"("qty_increment":1e-08)", R"("qty_increment":0e-8)"},
             {R"("qty_increment":1e-08)", R"("qty_increment":1e-19)"},
             {R"("qty_min":5e-05)", R"("qty_min":"few")"},
             {R"("cost_min":0.5)", R"("cost_min":1e30)"},
             {R"("cost_min":0.5)", R"("cost_min":1e16)"},
             {R"("cost_min":0.5)", R"("cost_min":null)"},
             {R"("status":"online")", R"("status":"auction")"},
             {R"("status":"online")", R"("status":1)"}}) {
        std::string members{kGoodRules};
        members.replace(members.find(was), was.size(), is);
        const auto told = heard<Instruments>(instruments(members));
        EXPECT_TRUE(told.rows.empty()) << is;
        ASSERT_EQ(told.problems.size(), 1U) << is;
        EXPECT_EQ(told.problems[0].pair, pair_of("BTC/USD"));
    }
}

TEST(KrakenSocketMessages, AnUpdateMayHaveAssetsAlone) {
    const auto told = heard<Instruments>(
        R"({"channel":"instrument","type":"update","data":{"assets":[{"id":"BTC"}]}})");
    EXPECT_FALSE(told.snapshot);
    EXPECT_TRUE(told.rows.empty());
}

TEST(KrakenSocketMessages, EachWordOfAStatusHasItsMeaning) {
    struct Row {
        std::string_view word;
        std::optional<PairStatus> status;
    };
    for (const Row& row :
         {Row{"online", PairStatus::Trading}, Row{"reduce_only", PairStatus::ReduceOnly},
          Row{"cancel_only", PairStatus::CancelOnly}, Row{"post_only", PairStatus::CancelOnly},
          Row{"limit_only", PairStatus::Trading}, Row{"maintenance", PairStatus::Halted},
          Row{"work_in_progress", PairStatus::Halted}, Row{"delisted", PairStatus::Delisted},
          Row{"Online", std::nullopt}, Row{"", std::nullopt}})
        EXPECT_EQ(status_of_word(row.word), row.status) << row.word;
}

TEST(KrakenSocketMessages, TheLastStatusOfTheSystemCounts) {
    const auto told = heard<SystemStatus>(
        R"({"channel":"status","type":"update","data":[{"system":"maintenance"},)"
        R"({"api_version":"v2","connection_id":13834774380200032777,"system":"online"}]})");
    EXPECT_EQ(told.status, PairStatus::Trading);
    EXPECT_EQ(told.word, "online");
    const auto odd =
        heard<SystemStatus>(R"({"channel":"status","type":"update","data":[{"system":"asleep"}]})");
    EXPECT_EQ(odd.status, PairStatus::CancelOnly);
    heard<Heartbeat>(R"({"channel":"status","type":"update","data":[]})");
}

TEST(KrakenSocketMessages, ARefusalNamesItsSymbolInAMemberOrInWords) {
    struct Row {
        std::string_view text, symbol, refusal;
    };
    for (const Row& row : {
             Row{R"({"method":"subscribe","result":{"channel":"ticker","symbol":"BTC/USD"},)"
                 R"("success":true,"time_in":"2026","time_out":"2026","req_id":2})",
                 "", ""},
             Row{R"({"error":"Currency pair not supported NOPE/USD","method":"subscribe",)"
                 R"("success":false,"symbol":"NOPE/USD"})",
                 "NOPE/USD", "Currency pair not supported NOPE/USD"},
             Row{R"({"error":"Currency pair not supported ETH/USD","method":"subscribe",)"
                 R"("success":false})",
                 "ETH/USD", "Currency pair not supported ETH/USD"},
             Row{R"({"error":"Exceeded msg rate"})", "", "Exceeded msg rate"},
             Row{R"({"method":"subscribe","success":false})", "", "refused without a reason"},
             Row{R"({"method":"pong","req_id":3,"time_in":"2026","time_out":"2026"})", "", ""},
         }) {
        const auto told = heard<SocketAnswer>(row.text);
        EXPECT_EQ(told.symbol, row.symbol) << row.text;
        EXPECT_EQ(told.refusal, row.refusal) << row.text;
    }
}

TEST(KrakenSocketMessages, WhatNobodyAskedForIsOdd) {
    heard<Heartbeat>(R"({"channel":"heartbeat"})");
    for (const std::string_view text :
         {"{}", R"({"channel":"gossip","data":"!"})", R"({"channel":"gossip","error":"!"})",
          R"({"channel":"trade","type":"update","data":[]})"})
        EXPECT_FALSE(heard<OddMessage>(text).what.empty()) << text;
}

TEST(KrakenSocketMessages, RequestsAreWhatTheReferenceSays) {
    EXPECT_EQ(subscribe_tickers({pair_of("BTC/USD"), pair_of("ETH/USD")}),
              R"({"method":"subscribe","params":{"channel":"ticker","event_trigger":"bbo",)"
              R"("snapshot":true,"symbol":["BTC/USD","ETH/USD"]},"req_id":2})");
    EXPECT_EQ(subscribe_instruments(),
              R"({"method":"subscribe","params":{"channel":"instrument","snapshot":true},)"
              R"("req_id":1})");
    EXPECT_EQ(ping_message(), R"({"method":"ping","req_id":3})");
}

// Recorded frames: status, answer, ticker, heartbeat, book, trade, ohlc; status, answer, refusal,
// ticker.
TEST(KrakenSocketMessages, RecordedFramesAreRead) {
    const auto file = vault::testing::shared_file("data/raw/kraken_ws_v2/misc_frames.jsonl");
    std::ifstream in{file};
    if (!in) GTEST_SKIP() << file << " is not there: set VAULT_SHARED to the customer's files";
    const Symbols symbols = symbols_of({pair_of("BTC/USD"), pair_of("USDT/USD")});
    std::vector<std::size_t> kinds;
    std::vector<QuoteRow> quotes;
    std::vector<SocketAnswer> refusals;
    for (std::string line; std::getline(in, line);) {
        const auto read = read_message(line, symbols);
        ASSERT_TRUE(read) << line << ": " << read.error().message();
        kinds.push_back(read.value().index());
        if (const auto* told = std::get_if<Tickers>(&read.value()))
            quotes.insert(quotes.end(), told->rows.begin(), told->rows.end());
        if (const auto* told = std::get_if<SocketAnswer>(&read.value()))
            if (!told->refusal.empty()) refusals.push_back(*told);
    }
    const std::vector<std::size_t> expected{3, 4, 1, 0, 5, 5, 5, 3, 4, 4, 1};
    EXPECT_EQ(kinds, expected);
    ASSERT_EQ(quotes.size(), 2U);
    EXPECT_EQ(quotes[0].bid, "71770.3"_dec);
    EXPECT_EQ(quotes[0].ask, "71770.4"_dec);
    EXPECT_EQ(quotes[1].bid, "0.9998"_dec);
    EXPECT_EQ(quotes[1].ask, "0.99981"_dec);
    EXPECT_EQ(quotes[1].volume, "270638277.50461281"_dec);
    ASSERT_EQ(refusals.size(), 1U);
    EXPECT_EQ(refusals[0].symbol, "NOPE/USD");
}

// Each cut of each recorded frame is an error or something that can be believed: nothing breaks.
TEST(KrakenSocketMessages, RecordedFramesCutAnywhereBreakNothing) {
    std::size_t frames = 0;
    for (const std::string_view name : {"misc_frames.jsonl", "btcusd_book10_20260719_wire.jsonl",
                                        "ethusd_book10_20250506_wire.jsonl"}) {
        const auto file = vault::testing::shared_file("data/raw/kraken_ws_v2") / name;
        std::ifstream in{file};
        if (!in) GTEST_SKIP() << file << " is not there: set VAULT_SHARED to the customer's files";
        for (std::string line; std::getline(in, line); ++frames) {
            if (line.find("\"channel\"") == std::string::npos) continue;
            EXPECT_TRUE(read_message(line, wanted())) << line;
            for (std::size_t size = 0; size < line.size(); size += 7)
                EXPECT_FALSE(read_message(line.substr(0, size), wanted())) << line.substr(0, size);
        }
    }
    EXPECT_GT(frames, 50U);
}

}  // namespace
}  // namespace vault::exchange::kraken
