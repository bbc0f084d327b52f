#include "common/chart/cells.hpp"

#include "common/base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <sstream>

namespace vault::chart {
namespace {

using vault::literals::operator""_dec;

UtcTime day(int n) {
    return UtcTime{} + std::chrono::hours(24 * n);
}

Series rising(int count) {
    Series series{"total", {}};
    for (int i = 0; i < count; ++i)
        series.points.push_back({day(i), Decimal::from_int(100 + i)});
    return series;
}

// One value a day.
Series daily(std::string name, std::initializer_list<Decimal> values) {
    Series series{std::move(name), {}};
    for (const Decimal value : values)
        series.points.push_back({day(static_cast<int>(series.points.size())), value});
    return series;
}

Plot of(Series series) {
    return {"x", {std::move(series)}};
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

TEST(Panel, AsciiIsExact) {
    const std::string panel =
        draw_panel({"total", {rising(26)}}, {.width = 31, .height = 8, .style = Style::Ascii});
    EXPECT_EQ(panel,
              "total  last 125  least 100\n"
              "125.0 |                    ****\n"
              "      |              *******\n"
              "112.5 |         ******\n"
              "      |   *******\n"
              "100.0 |****\n"
              "      ++----------------------+\n"
              "       1970-01-01    1970-01-26\n");
}

TEST(Panel, TwoSeriesAreToldApartWithoutColour) {
    const Plot plot{"both", {daily("up", {"0"_dec, "9"_dec}), daily("down", {"9"_dec, "0"_dec})}};
    EXPECT_EQ(draw_panel(plot, {.width = 33, .height = 8, .style = Style::Ascii}),
              "both\n"
              "*** up  last 9  least 0\n"
              "ooo down  last 0  least 0\n"
              "9.00 |oooooooooooooooooooooooooo@\n"
              "4.50 |                          @\n"
              "0.00 |**************************@\n"
              "     ++-------------------------+\n"
              "      1970-01-01       1970-01-02\n");
    const std::string dots = draw_panel(plot, {.width = 33, .height = 8});
    EXPECT_NE(dots.find("⠤⠤⠤ up"), std::string::npos) << dots;
    EXPECT_NE(dots.find("⠤ ⠤ down"), std::string::npos) << dots;
    EXPECT_NE(dots.find("⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀"), std::string::npos) << dots;
    EXPECT_NE(dots.find("⠉ ⠉ ⠉ ⠉ ⠉"), std::string::npos) << dots;
    EXPECT_EQ(dots.find('\x1b'), std::string::npos);
}

// Terminals give no colour back by themselves: every line ends as plain as it began.
TEST(Panel, ColourChangesNothingButColour) {
    const Plot plot{"both",
                    {daily("up", {"0"_dec, "9"_dec, "-4"_dec}), daily("down", {"9"_dec, "0"_dec})}};
    for (const Style style : {Style::Braille, Style::Block, Style::Ascii}) {
        const CellOptions plain{.width = 40, .height = 9, .style = style};
        CellOptions colored = plain;
        colored.colored = true;
        const std::string panel = draw_panel(plot, colored);
        for (const std::string& line : lines_of(panel)) {
            const auto last = line.rfind("\x1b[");
            if (last == std::string::npos) continue;
            EXPECT_EQ(line.substr(last, 4), "\x1b[0m") << line;
        }
        const std::string stripped = std::regex_replace(panel, std::regex("\x1b\\[[0-9]*m"), "");
        EXPECT_EQ(stripped, draw_panel(plot, plain));
    }
    EXPECT_NE(draw_panel(plot, {.colored = true}).find("\x1b[33m"), std::string::npos);
}

TEST(Panel, EqualValuesLieInTheMiddle) {
    const std::string panel = draw_panel(of(daily("x", {"5"_dec, "5"_dec, "5"_dec})),
                                         {.width = 30, .height = 6, .style = Style::Ascii});
    EXPECT_EQ(panel,
              "x  last 5  least 5  greatest 5\n"
              "  |\n"
              "5 |***************************\n"
              "  |\n"
              "  ++-------------------------+\n"
              "   1970-01-01       1970-01-03\n");
}

TEST(Panel, OnePointIsOneMark) {
    const std::string panel =
        draw_panel(of(daily("x", {"7"_dec})), {.width = 25, .height = 6, .style = Style::Ascii});
    EXPECT_EQ(panel,
              "x  last 7  least 7\n"
              "  |\n"
              "7 |           *\n"
              "  |\n"
              "  +-----------+----------\n"
              "         1970-01-01\n");
    EXPECT_EQ(draw_panel(of({"x", {}}), {}), "x: no points\n");
    EXPECT_EQ(draw_panel({"x", {}}, {}), "x: no points\n");
}

TEST(Panel, NegativeValuesShowTheLineAtZero) {
    const std::string panel = draw_panel(of(daily("x", {"-20"_dec, "10"_dec, "30"_dec})),
                                         {.width = 26, .height = 9, .style = Style::Ascii});
    EXPECT_EQ(panel,
              "x  last 30  least -20\n"
              " 30.0 |                  *\n"
              "      |                  *\n"
              "      |         **********\n"
              "  0.0 +---------*---------\n"
              "      |         *\n"
              "-20.0 |**********\n"
              "      +------------------+\n"
              "                1970-01-03\n")
        << panel;
    // All below zero: the line is the upper edge, and the losses hang from it.
    const auto below = lines_of(draw_panel(of(daily("x", {"-3"_dec, "-9"_dec})),
                                           {.width = 40, .height = 9, .style = Style::Braille}));
    EXPECT_TRUE(below[1].starts_with(" 0.00 ├··")) << below[1];
    // Above zero nothing is drawn, unless the chart asks for zero as its foot.
    const Plot gains{"x", {daily("x", {"50"_dec, "60"_dec})}, true};
    const auto lines = lines_of(draw_panel(gains, {.width = 40, .height = 9}));
    EXPECT_EQ(lines[6].substr(0, 5), " 0.0 ") << lines[6];
    EXPECT_EQ(draw_panel(gains, {}).find("·"), std::string::npos);
}

// A series of noise with one high and one low point somewhere.
struct Noise {
    explicit Noise(std::uint64_t seed) : random(seed) {
        // Every second one has fewer points than columns.
        const int count = 2 + static_cast<int>(random.below(seed % 2 == 0 ? 4000 : 28));
        high = static_cast<int>(random.below(static_cast<std::uint64_t>(count)));
        low = static_cast<int>(random.below(static_cast<std::uint64_t>(count)));
        if (low == high) low = (high + 1) % count;
        for (int i = 0; i < count; ++i) {
            const auto middling = Decimal::from_int(400 + static_cast<int>(random.below(200)));
            series.points.push_back({day(i), i == high  ? Decimal::from_int(999)
                                             : i == low ? Decimal::from_int(1)
                                                        : middling});
        }
    }
    Random random;
    int high, low;
    Series series{"noise", {}};
};

TEST(Sampling, EveryColumnKeepsItsExtremes) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        const Noise noise(seed);
        const auto& points = noise.series.points;
        const Span span = span_of({noise.series});
        const int columns = 1 + static_cast<int>(seed % 97);
        const auto sampled = sample(points, span, columns);
        ASSERT_EQ(sampled.size(), static_cast<std::size_t>(columns));
        for (int x = 0; x < columns; ++x) {
            std::vector<Decimal> bucket;
            for (const Point& point : points)
                if (column_of(point.time, span, columns) == x) bucket.push_back(point.value);
            const Column& column = sampled[static_cast<std::size_t>(x)];
            ASSERT_EQ(column.empty, bucket.empty()) << "seed " << seed << " column " << x;
            if (bucket.empty()) continue;
            EXPECT_EQ(column.least, *std::ranges::min_element(bucket)) << "seed " << seed;
            EXPECT_EQ(column.greatest, *std::ranges::max_element(bucket)) << "seed " << seed;
            EXPECT_EQ(column.first, bucket.front()) << "seed " << seed;
            EXPECT_EQ(column.last, bucket.back()) << "seed " << seed;
        }
    }
}

// The middle of some grids falls into the gap of a dash; a point is shown all the same.
TEST(Sampling, ALonePointIsSeenAlsoWhereTheLineIsDashed) {
    const Series lone = daily("x", {"7"_dec});
    for (int columns = 1; columns <= 16; ++columns) {
        Grid grid(columns, 3);
        grid.draw(lone.points, span_of({lone}), Scale({lone}, false), true);
        EXPECT_TRUE(grid.at(columns / 2, 1)) << columns;
    }
}

// What is sampled must also be seen: the highest and the lowest row show their single point in its
// own column, in every style and also where the line is dashed.
TEST(Sampling, ExtremesAreSeenInEveryStyle) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        const Noise noise(seed);
        const Span span = span_of({noise.series});
        const Scale scale({noise.series}, false);
        for (const bool dashed : {false, true})
            for (const Style style : {Style::Braille, Style::Block, Style::Ascii}) {
                const int columns = 30 * dots_of(style).across, rows = 5 * dots_of(style).down;
                Grid grid(columns, rows);
                grid.draw(noise.series.points, span, scale, dashed);
                const auto column = [&](int index) {
                    return column_of(noise.series.points[static_cast<std::size_t>(index)].time,
                                     span, columns);
                };
                EXPECT_TRUE(grid.at(column(noise.high), rows - 1)) << "seed " << seed << dashed;
                EXPECT_TRUE(grid.at(column(noise.low), 0)) << "seed " << seed << dashed;
            }
    }
}

TEST(Panel, SpikeIsVisibleInEveryStyle) {
    Series spike{"x", {}};
    for (int i = 0; i < 5000; ++i)
        spike.points.push_back({day(i), i == 2500 ? "9"_dec : "1"_dec});
    const auto top_row = [&](Style style) {
        return lines_of(draw_panel(of(spike), {.width = 60, .height = 7, .style = style}))[1];
    };
    EXPECT_NE(top_row(Style::Ascii).find('*'), std::string::npos);
    EXPECT_NE(top_row(Style::Block).find("█"), std::string::npos);
    const std::string dots = top_row(Style::Braille);
    EXPECT_TRUE(dots.find("\u2847") != std::string::npos ||
                dots.find("\u28b8") != std::string::npos)
        << dots;
}

TEST(Panel, HugeAndTinyFiguresDoNotOverflow) {
    const Decimal huge = Decimal::from_raw(Decimal::kLimit - 1);
    const Series wide = daily("x", {-huge, huge, "0"_dec});
    const Series tiny = daily("x", {Decimal::from_raw(1), Decimal::from_raw(3)});
    for (const auto& series : {wide, tiny}) {
        const auto lines = lines_of(draw_panel(of(series), {.width = 60, .height = 8}));
        EXPECT_EQ(lines.size(), 8U);
        const Scale scale({series}, false);
        EXPECT_EQ(scale.row_of(scale.least(), 20), 0);
        EXPECT_EQ(scale.row_of(scale.greatest(), 20), 19);
    }
}

TEST(Panel, ValuesOfRowsAreBetweenTheExtremes) {
    const Scale scale({daily("x", {"-7.5"_dec, "22.5"_dec})}, false);
    EXPECT_EQ(scale.value_at(0, 7).text(), "-7.5");
    EXPECT_EQ(scale.value_at(2, 7).text(), "2.5");
    EXPECT_EQ(scale.value_at(6, 7).text(), "22.5");
    for (int row = 0; row < 7; ++row)
        EXPECT_EQ(scale.row_of(scale.value_at(row, 7), 7), row);
}

TEST(Panel, HasTheAskedSizeAndNoBlanksAtTheEnd) {
    Series losses = rising(400);
    for (std::size_t i = 0; i < losses.points.size(); i += 3)
        losses.points[i].value = Decimal::from_int(-20);
    const Plot one{"a title that is longer than the narrowest panel", {rising(400)}};
    const Plot two{"two", {rising(400), losses}, true};
    for (const Style style : {Style::Braille, Style::Block, Style::Ascii})
        for (const Plot& plot : {one, two})
            for (const int width : {20, 30, 31, 57, 80, 200})
                for (const int height : {8, 9, 16, 24, 50}) {
                    const auto lines = lines_of(
                        draw_panel(plot, {.width = width, .height = height, .style = style}));
                    EXPECT_EQ(lines.size(), static_cast<std::size_t>(height));
                    for (const std::string& line : lines) {
                        EXPECT_LE(characters(line), width) << line;
                        EXPECT_FALSE(line.ends_with(' ')) << line;
                    }
                }
    EXPECT_EQ(lines_of(draw_panel(two, {.height = 1})).size(),
              static_cast<std::size_t>(lines_least(2)));
}

// What stands out is seen whatever is drawn below it; a cell that is both says so.
TEST(Panel, MarksStandWhereTheyBelong) {
    Plot plot{"x", {rising(26)}};
    plot.marks = {{"buys", MarkShape::Up, {{day(0), "100"_dec}, {day(25), "110"_dec}}},
                  {"sells",
                   MarkShape::Down,
                   {{day(25), "110"_dec}, {day(12), "125"_dec}, {day(300), "1"_dec}}}};
    EXPECT_EQ(draw_panel(plot, {.width = 31, .height = 9, .style = Style::Ascii}),
              "x  last 125  least 100\n"
              "^ buys 2  v sells 3  X both\n"
              "125.0 |           v        ****\n"
              "      |              *******\n"
              "112.5 |         ******        X\n"
              "      |   *******\n"
              "100.0 |^***                   v\n"
              "      ++----------------------+\n"
              "       1970-01-01    1970-01-26\n");
    for (const Style style : {Style::Braille, Style::Block, Style::Ascii})
        for (const int width : {20, 31, 80})
            for (const int height : {9, 24}) {
                const auto lines =
                    lines_of(draw_panel(plot, {.width = width, .height = height, .style = style}));
                EXPECT_EQ(lines.size(), static_cast<std::size_t>(height));
                for (const std::string& line : lines)
                    EXPECT_LE(characters(line), width) << line;
            }
    EXPECT_NE(draw_panel(plot, {}).find("▲ buys 2  ▼ sells 3"), std::string::npos);
    const std::string colored = draw_panel(plot, {.colored = true});
    EXPECT_NE(colored.find("\x1b[32m▲"), std::string::npos) << colored;
    EXPECT_EQ(std::regex_replace(colored, std::regex("\x1b\\[[0-9]*m"), ""), draw_panel(plot, {}));
}

TEST(Panel, MarksThatWouldHideTheLineAreCountedOnly) {
    Plot plot{"x", {rising(26)}};
    plot.marks = {{"buys", MarkShape::Up, {}}};
    for (int i = 0; i < 24; i += 2)
        plot.marks[0].points.push_back({day(i), Decimal::from_int(100 + i)});
    const CellOptions options{.width = 31, .height = 9, .style = Style::Ascii};
    EXPECT_EQ(std::ranges::count(draw_panel(plot, options), '^'), 1 + 12);  // one in the legend
    Plot without = plot;
    without.marks[0].points.clear();
    const std::string bare = draw_panel(without, options);
    plot.marks[0].points = {};
    for (int i = 0; i < 26; ++i)
        plot.marks[0].points.push_back({day(i), Decimal::from_int(100 + i)});
    const std::string crowded = draw_panel(plot, options);
    EXPECT_EQ(lines_of(crowded)[1], "^ buys 26");
    EXPECT_EQ(lines_of(crowded).size(), lines_of(bare).size());
    EXPECT_EQ(crowded.substr(crowded.find("125.0")), bare.substr(bare.find("125.0")));
    EXPECT_NE(draw_panel(plot, {.width = 40}).find("too many to be drawn here"), std::string::npos);
}

TEST(Panel, AShortTimeIsLabelledWithItsMinutes) {
    const UtcTime noon = day(10) + std::chrono::hours{12};
    const auto axis = [](UtcTime begin, UtcTime end) {
        const Plot plot = of({"x", {{begin, "1"_dec}, {end, "2"_dec}}});
        return lines_of(draw_panel(plot, {.width = 80, .height = 8, .style = Style::Ascii})).back();
    };
    const std::string hours = axis(noon, noon + std::chrono::hours{30});
    EXPECT_NE(hours.find("1970-01-11 12:00"), std::string::npos) << hours;
    EXPECT_TRUE(hours.ends_with("1970-01-12 18:00")) << hours;
    EXPECT_NE(hours.find(":00  "), std::string::npos) << hours;
    const std::string minutes = axis(noon + Duration{61'000}, noon + std::chrono::hours{1});
    EXPECT_NE(minutes.find("1970-01-11 12:01"), std::string::npos) << minutes;
    EXPECT_TRUE(minutes.ends_with("1970-01-11 13:00")) << minutes;
    EXPECT_EQ(axis(day(10), day(12)).find(':'), std::string::npos) << "days close at midnight";
    EXPECT_EQ(axis(noon, noon + std::chrono::hours{96}).find(':'), std::string::npos);
}

TEST(Panel, DaysOfAWidePanelStandBelowTheirTicks) {
    const auto lines =
        lines_of(draw_panel(of(rising(366)), {.width = 120, .height = 8, .style = Style::Ascii}));
    const std::string& rule = lines[6];
    const std::string& days = lines[7];
    EXPECT_EQ(std::ranges::count(rule, '+'), 7)  // the corner and six days
        << rule << '\n'
        << days;
    EXPECT_EQ(days.substr(rule.find('+') + 1, 10), "1970-01-01") << days;
    EXPECT_TRUE(days.ends_with("1971-01-01")) << days;
    const auto middle = days.find("1970-0", 18);
    ASSERT_NE(middle, std::string::npos) << days;
    EXPECT_EQ(rule[middle + 5], '+') << rule << '\n' << days;
}

}  // namespace
}  // namespace vault::chart
