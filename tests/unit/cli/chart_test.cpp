#include "cli/command/chart_series.hpp"
#include "common/protocol/codec.hpp"
#include "tests/unit/cli/fake_terminal.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <gtest/gtest.h>

#include <algorithm>

namespace vault::command {
namespace {

using protocol::encode_reply;
using protocol::Request;
using test::call;
using test::FakeServer;
using test::FakeTerminal;
using test::Ran;

constexpr const char* kCharts[] = {"balance", "pnl", "sweeps", "fees", "tradeable"};

// Nine days of both sleeves, told apart by every figure.
json::array history() {
    json::array series;
    for (const bool quiet : {true, false}) {
        json::array points;
        for (int i = 1; i <= 9; ++i)
            points.emplace_back(
                json::object{{"day", "2021-04-0" + std::to_string(i) + "T00:00:00.000Z"},
                             {"balance", quiet ? "5" : "7.5"},
                             {"realised", std::to_string(quiet ? i : -10 * i)},
                             {"unrealised", quiet ? "0.000000000000000001" : "2"},
                             {"swept", quiet ? "0" : std::to_string(i)},
                             {"fees", std::to_string(quiet ? 3 * i : i)},
                             {"vault_total", std::to_string(100 + i)},
                             {"vault_tradeable", "50"}});
        series.emplace_back(json::object{{"vault", "v1"},
                                         {"sleeve", quiet ? "quiet" : "flash"},
                                         {"mode", "paper"},
                                         {"points", points}});
    }
    return series;
}

std::string answer(const Request& request, json::array series) {
    if (request.method == "vault.show")
        return encode_reply(request.id, {{"id", "v1"}, {"account", "a1"}, {"asset", "USDT"}});
    return encode_reply(request.id, std::move(series));
}

std::string with_history(const Request& request) {
    return answer(request, history());
}

FakeTerminal window(int columns, int rows) {
    FakeTerminal terminal;
    terminal.window = Terminal::Size{columns, rows};
    terminal.variables["LANG"] = "en_GB.UTF-8";
    return terminal;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::istringstream stream(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

std::ptrdiff_t characters(std::string_view text) {
    return std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; });
}

TEST(ChartSeries, SumsSleevesExactlyAndCountsTheVaultOnce) {
    const auto pnl = chart_series(*find_chart("chart.pnl"), "", history());
    ASSERT_TRUE(pnl);
    ASSERT_EQ(pnl.value().size(), 2U);
    EXPECT_EQ(pnl.value()[0].name, "realised");
    EXPECT_EQ(pnl.value()[0].points.size(), 9U);
    EXPECT_EQ(pnl.value()[0].points[8].value.text(), "-81");
    EXPECT_EQ(pnl.value()[1].points[8].value.text(), "2.000000000000000001");
    const auto flash = chart_series(*find_chart("chart.pnl"), "flash", history());
    EXPECT_EQ(flash.value()[0].points[8].value.text(), "-90");
    const auto coins = chart_series(*find_chart("chart.tradeable"), "", history());
    EXPECT_EQ(coins.value()[0].points[8].value.text(), "109");
    EXPECT_EQ(coins.value()[1].points[8].value.text(), "50");
    const auto fees = chart_series(*find_chart("chart.fees"), "quiet", history());
    ASSERT_EQ(fees.value().size(), 1U);
    EXPECT_EQ(fees.value()[0].points[8].value.text(), "27");
    EXPECT_EQ(find_chart("chart.price"), nullptr);
}

// A line without a sleeve's share would be a wrong line.
TEST(ChartSeries, AnAnswerThatLacksAFigureIsRefused) {
    for (const char* gone : {"day", "realised"}) {
        json::array broken = history();
        broken[1].at("points").at(4).as_object().erase(gone);
        const auto series = chart_series(*find_chart("chart.pnl"), "", broken);
        ASSERT_FALSE(series) << gone;
        EXPECT_EQ(series.error().code(), Errc::Internal);
        EXPECT_TRUE(chart_series(*find_chart("chart.pnl"), "quiet", broken)) << gone;
    }
    EXPECT_FALSE(chart_series(*find_chart("chart.pnl"), "", json::object()));
    json::array huge = history();
    for (json::value& one : huge)
        one.at("points").at(0).at("realised") = "60000000000000000000";
    const auto sum = chart_series(*find_chart("chart.pnl"), "", huge);
    ASSERT_FALSE(sum);
    EXPECT_EQ(sum.error().code(), Errc::AmountTooLarge);
}

TEST(ChartSeries, SinceIsCountedBackFromTheNewestDay) {
    auto series = chart_series(*find_chart("chart.pnl"), "", history()).value();
    keep_since(series, std::chrono::hours{48});
    const json::array rows = chart_rows(series);
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(protocol::to_compact(rows[0]),
              R"({"day":"2021-04-07T00:00:00.000Z","realised":"-63",)"
              R"("unrealised":"2.000000000000000001"})");
    std::vector<chart::Series> none;
    keep_since(none, Duration{1});
    EXPECT_TRUE(none.empty());
}

TEST(ChartSeries, ADayThatOneSeriesLacksIsNull) {
    json::array uneven = history();
    uneven[1].at("points").as_array().pop_back();
    const auto series = chart_series(*find_chart("chart.balance"), "", uneven);
    const json::array rows = chart_rows(series.value());
    EXPECT_EQ(protocol::to_compact(rows.back()),
              R"({"day":"2021-04-09T00:00:00.000Z","quiet":"5","flash":null})");
}

TEST(Chart, EveryOneFitsItsTerminal) {
    const FakeServer server(with_history);
    for (const char* chart : kCharts)
        for (const auto& [columns, rows] : {std::pair{80, 24}, {200, 50}, {47, 15}}) {
            SCOPED_TRACE(std::string(chart) + " " + std::to_string(columns));
            FakeTerminal terminal = window(columns, rows);
            terminal.variables["NO_COLOR"] = "1";
            const Ran ran =
                call(&server, "chart " + std::string(chart) + " v1 --width 300", terminal);
            EXPECT_EQ(ran.code, 0) << ran.err;
            const auto lines = lines_of(ran.out);
            EXPECT_LE(lines.size(), static_cast<std::size_t>(rows - 1));
            EXPECT_GE(lines.size(), static_cast<std::size_t>(rows - 2));
            std::ptrdiff_t widest = 0;
            for (const std::string& line : lines)
                widest = std::max(widest, characters(line));
            EXPECT_EQ(widest, columns) << ran.out;
            EXPECT_NE(ran.out.find("USDT"), std::string::npos) << ran.out;
            EXPECT_NE(ran.out.find("2021-04-01"), std::string::npos) << ran.out;
            EXPECT_NE(ran.out.find("2021-04-09"), std::string::npos) << ran.out;
            EXPECT_EQ(ran.out.find('\x1b'), std::string::npos);
        }
}

TEST(Chart, WithoutATerminalItIs80By24) {
    const FakeServer server(with_history);
    FakeTerminal terminal;
    terminal.variables["LANG"] = "C.UTF-8";
    const auto lines = lines_of(call(&server, "chart pnl v1", terminal).out);
    EXPECT_EQ(lines.size(), 23U);
    EXPECT_EQ(characters(lines[lines.size() - 2]), 80);
    const auto asked =
        lines_of(call(&server, "chart pnl v1 --width 120 --height 30", terminal).out);
    EXPECT_EQ(asked.size(), 30U);
    EXPECT_EQ(characters(asked[28]), 120);
    EXPECT_EQ(call(&server, "chart pnl v1 -o wide", terminal).out,
              call(&server, "chart pnl v1", terminal).out);
}

TEST(Chart, ColourIsForTerminalsThatWantIt) {
    const FakeServer server(with_history);
    const auto is_colored = [&](const std::string& flags, FakeTerminal terminal) {
        return call(&server, "chart pnl v1" + flags, terminal).out.find('\x1b') !=
               std::string::npos;
    };
    EXPECT_TRUE(is_colored("", window(80, 24)));
    EXPECT_FALSE(is_colored(" --color never", window(80, 24)));
    EXPECT_FALSE(is_colored("", {}));
    EXPECT_TRUE(is_colored(" --color always", {}));
    FakeTerminal plain = window(80, 24);
    plain.variables["NO_COLOR"] = "1";
    EXPECT_FALSE(is_colored("", plain));
}

TEST(Chart, LocalesWithoutUtf8GetAscii) {
    const FakeServer server(with_history);
    const auto is_ascii = [&](const std::string& flags,
                              std::map<std::string, std::string> variables) {
        FakeTerminal terminal;
        terminal.variables = std::move(variables);
        const std::string out = call(&server, "chart pnl v1" + flags, terminal).out;
        EXPECT_FALSE(out.empty());
        return std::ranges::all_of(out, [](char c) { return (c & 0x80) == 0; });
    };
    EXPECT_TRUE(is_ascii("", {}));
    EXPECT_TRUE(is_ascii("", {{"LANG", "C"}}));
    EXPECT_TRUE(is_ascii("", {{"LANG", "de_DE.UTF-8"}, {"LC_ALL", "POSIX"}}));
    EXPECT_FALSE(is_ascii("", {{"LANG", "de_DE.UTF-8"}}));
    EXPECT_FALSE(is_ascii("", {{"LANG", "C"}, {"LC_CTYPE", "C.utf8"}}));
    EXPECT_FALSE(is_ascii(" --style braille", {}));
    EXPECT_TRUE(is_ascii(" --ascii", {{"LANG", "de_DE.UTF-8"}}));
    EXPECT_TRUE(is_ascii(" --style ascii", {{"LANG", "de_DE.UTF-8"}}));
}

TEST(Chart, DataIsTheSeries) {
    const FakeServer server(with_history);
    EXPECT_EQ(call(&server, "chart pnl v1 --since 1d -o csv").out,
              "day,realised,unrealised\r\n"
              "2021-04-08T00:00:00.000Z,-72,2.000000000000000001\r\n"
              "2021-04-09T00:00:00.000Z,-81,2.000000000000000001\r\n");
    EXPECT_EQ(call(&server, "chart fees v1 --since 0s -o jsonl").out,
              R"({"day":"2021-04-09T00:00:00.000Z","quiet":"27","flash":"9"})"
              "\n");
    EXPECT_EQ(call(&server, "chart sweeps v1 --sleeve flash --since 0s --json").out,
              R"({"schema":"vault.chart.sweeps/1","ok":true,"data":{"vault":"v1","asset":"USDT",)"
              R"("sleeve":"flash","series":["flash"],"rows":[{"day":"2021-04-09T00:00:00.000Z",)"
              R"("flash":"9"}]},"warnings":[]})"
              "\n");
    EXPECT_EQ(call(&server, "chart tradeable v1 -q").out, "109\n50\n");
}

TEST(Chart, ASleeveAndASpanAreAskedFor) {
    const FakeServer server(with_history);
    const Ran one =
        call(&server, "chart balance v1 --sleeve flash --from 2021-04-01 --to 2021-05-01");
    EXPECT_EQ(one.code, 0);
    EXPECT_NE(one.out.find("v1 flash balance, USDT  last 7.5"), std::string::npos) << one.out;
    EXPECT_EQ(one.out.find("quiet"), std::string::npos) << one.out;
    EXPECT_EQ(protocol::to_compact(server.requests().at(1).params),
              R"({"vault":"v1","from":"2021-04-01","to":"2021-05-01"})");
    EXPECT_EQ(call(&server, "chart balance v1 --sleeve loud").code, 65);
    EXPECT_EQ(call(&server, "chart pnl v1 --width 29").code, 65);
    EXPECT_EQ(call(&server, "chart pnl v1 --since soon").code, 65);
    EXPECT_EQ(call(&server, "chart tradeable v1 --sleeve quiet").code, 64);
    EXPECT_EQ(call(&server, "chart pnl v1 --since 1d --from 2021-04-01").code, 64);
    EXPECT_EQ(call(&server, "chart pnl v1 --ascii --style block").code, 64);
    EXPECT_EQ(call(&server, "chart pnl v1 --ascii --style ascii").code, 0);
}

TEST(Chart, WithoutDaysItSaysWhatToDo) {
    const FakeServer server([](const Request& request) { return answer(request, {}); });
    for (const char* chart : kCharts) {
        const Ran ran = call(&server, "chart " + std::string(chart) + " v1");
        EXPECT_EQ(ran.code, 0);
        EXPECT_EQ(ran.out, "");
        EXPECT_NE(ran.err.find("vaultctl replay run --account a1"), std::string::npos) << ran.err;
    }
    const Ran past = call(&server, "chart pnl v1 --to 2020-01-01 -q");
    EXPECT_EQ(past.code, 0);
    EXPECT_NE(past.err.find("vaultctl vault history v1"), std::string::npos) << past.err;
    EXPECT_NE(call(&server, "chart pnl v1 --json").out.find(R"("rows":[])"), std::string::npos);
    const FakeServer broken([](const Request& request) {
        return request.method == "vault.show"
                   ? answer(request, {})
                   : encode_reply(request.id, json::array{json::object{{"sleeve", "quiet"}}});
    });
    EXPECT_EQ(call(&broken, "chart pnl v1").code, 70);
}

}  // namespace
}  // namespace vault::command
