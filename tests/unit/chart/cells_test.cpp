#include "common/chart/cells.hpp"

#include <gtest/gtest.h>

#include <algorithm>

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

TEST(Chart, AsciiPanelIsExact) {
    const std::string panel =
        draw_panel(rising(26), {.width = 31, .height = 5, .style = Style::Ascii});
    EXPECT_EQ(panel,
              "total  last 125  least 100  greatest 125\n"
              "  125 |                    ****\n"
              "      |              *******\n"
              "112.5 |         ******\n"
              "      |   *******\n"
              "  100 |****\n"
              "      +------------------------\n"
              "       1970-01-01    1970-01-26\n");
}

TEST(Chart, FlatSeriesLiesInTheMiddle) {
    Series flat{"x", {{day(0), "5"_dec}, {day(9), "5"_dec}}};
    const std::string panel = draw_panel(flat, {.width = 30, .height = 3, .style = Style::Ascii});
    EXPECT_NE(panel.find("5 |***************************\n"), std::string::npos) << panel;
}

TEST(Chart, NoPointsAndOnePoint) {
    EXPECT_EQ(draw_panel({"x", {}}, {}), "x: no points\n");
    const std::string one = draw_panel({"x", {{day(0), "7"_dec}}}, {});
    EXPECT_NE(one.find("last 7  least 7  greatest 7"), std::string::npos);
}

TEST(Chart, SamplingKeepsEveryExtreme) {
    std::vector<Point> points;
    for (int i = 0; i < 10'000; ++i)
        points.push_back({day(i), i == 5'003   ? Decimal::from_int(999)
                                  : i == 5'004 ? Decimal::from_int(-999)
                                               : Decimal::from_int(i % 7)});
    for (const int columns : {1, 2, 20, 73}) {
        Decimal least = Decimal::from_int(1000), greatest = Decimal::from_int(-1000);
        for (const Column& column : sample(points, columns)) {
            if (column.empty) continue;
            least = min(least, column.least);
            greatest = max(greatest, column.greatest);
        }
        EXPECT_EQ(least, Decimal::from_int(-999)) << columns;
        EXPECT_EQ(greatest, Decimal::from_int(999)) << columns;
    }
}

TEST(Chart, SpikeIsVisibleInEveryStyle) {
    Series spike{"x", {}};
    for (int i = 0; i < 5000; ++i)
        spike.points.push_back({day(i), i == 2500 ? "9"_dec : "1"_dec});
    const auto top_row = [&](Style style) {
        const std::string panel = draw_panel(spike, {.width = 60, .height = 4, .style = style});
        const auto first = panel.find('\n') + 1;
        return panel.substr(first, panel.find('\n', first) - first);
    };
    EXPECT_NE(top_row(Style::Ascii).find('*'), std::string::npos);
    EXPECT_NE(top_row(Style::Block).find("█"), std::string::npos);
    const std::string dots = top_row(Style::Braille);
    EXPECT_TRUE(dots.find("\u2847") != std::string::npos ||
                dots.find("\u28b8") != std::string::npos)
        << dots;
}

TEST(Chart, HugeAndTinyFiguresDoNotOverflow) {
    const Decimal huge = Decimal::from_raw(Decimal::kLimit - 1);
    const Series wide{"x", {{day(0), -huge}, {day(1), huge}, {day(2), "0"_dec}}};
    const Series tiny{"x", {{day(0), Decimal::from_raw(1)}, {day(1), Decimal::from_raw(3)}}};
    for (const auto& series : {wide, tiny}) {
        const std::string panel = draw_panel(series, {.width = 40, .height = 4});
        EXPECT_EQ(std::ranges::count(panel, '\n'), 7) << panel;
    }
}

TEST(Chart, PanelHasTheAskedSize) {
    for (const int width : {30, 78, 200})
        for (const int height : {3, 10}) {
            const std::string panel =
                draw_panel(rising(400), {.width = width, .height = height, .style = Style::Ascii});
            EXPECT_EQ(std::ranges::count(panel, '\n'), height + 3);
            for (std::size_t at = panel.find('\n') + 1; at < panel.size();) {
                const auto end = panel.find('\n', at);
                EXPECT_LE(end - at, static_cast<std::size_t>(width));
                at = end + 1;
            }
        }
}

}  // namespace
}  // namespace vault::chart
