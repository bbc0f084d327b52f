// Pages and pictures: every text is escaped, every tag is closed, every value is inside the panel.
#include "common/chart/page.hpp"

#include "common/chart/svg.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <random>

namespace vault::chart {
namespace {

const std::string kHostile = "<script>alert(1)</script>\"'&\x01\x7f";

// The tags in order; false if one is not closed in its place.
bool is_balanced(std::string_view text) {
    std::vector<std::string> open;
    for (auto at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1)) {
        if (text[at + 1] == '!') continue;
        const auto end = text.find('>', at);
        if (end == std::string_view::npos) return false;
        const std::string_view tag = text.substr(at + 1, end - at - 1);
        const std::string name(
            tag.substr(tag[0] == '/', tag.find_first_of(" ", 1) - (tag[0] == '/' ? 1 : 0)));
        if (tag[0] == '/') {
            if (open.empty() || open.back() != name) return false;
            open.pop_back();
        } else if (!tag.ends_with('/')) {
            open.push_back(name);
        }
    }
    return open.empty();
}

TEST(Page, EscapesEveryText) {
    EXPECT_EQ(escaped("a<b>&\"'\x02"), "a&lt;b&gt;&amp;&quot;&#39;?");
    EXPECT_EQ(escaped("caf\xc3\xa9"), "caf\xc3\xa9");
    Page page(kHostile);
    page.add_note(kHostile);
    page.add_facts({{kHostile, kHostile}});
    page.add_table(kHostile, {{{kHostile, true}}, {{kHostile}, {kHostile}}});
    page.add_table("empty", {{{"a", false}}, {}});
    page.add_figure(
        draw_svg(Plot{kHostile, {{kHostile, {{UtcTime{}, kOne}}}, {"b", {}}}, true}, SvgOptions{}));
    const std::string text = page.text();
    EXPECT_EQ(text.find("<script"), std::string::npos);
    EXPECT_EQ(text.find('\x01'), std::string::npos);
    EXPECT_TRUE(is_balanced(text)) << text;
    EXPECT_NE(text.find("none"), std::string::npos) << "a table without rows says so";
}

TEST(Svg, SaysThatThereIsNothing) {
    const std::string text = draw_svg(Plot{"empty", {{"a", {}}}, false}, SvgOptions{});
    EXPECT_NE(text.find("no points"), std::string::npos);
    EXPECT_TRUE(is_balanced(text));
}

TEST(Svg, MarksAreArrowsWithTheirTipsAtThePoint) {
    Plot plot{"x", {{"a", {{UtcTime{}, kOne}, {UtcTime{} + Duration{1'000}, kOne + kOne}}}}, false};
    const std::string without = draw_svg(plot, SvgOptions{});
    EXPECT_EQ(without.find("<title>buys"), std::string::npos);
    plot.marks = {{"buys", MarkShape::Up, {{UtcTime{}, kOne}, {UtcTime{}, kOne}}},
                  {"<sells>", MarkShape::Down, {{UtcTime{} + Duration{1'000}, kOne + kOne}}},
                  {"none", MarkShape::Up, {}}};
    const std::string text = draw_svg(plot, SvgOptions{});
    EXPECT_TRUE(is_balanced(text)) << text;
    EXPECT_NE(text.find("buys 2"), std::string::npos);
    EXPECT_NE(text.find("&lt;sells&gt; 1"), std::string::npos);
    EXPECT_EQ(text.find("<title>none"), std::string::npos) << "what has no point is not drawn";
    // Two marks of one pixel are one arrow.
    const auto buys = text.rfind("<path d=\"M", text.find("<title>buys"));
    const std::string arrow = text.substr(buys, text.find('"', buys + 9) - buys);
    EXPECT_EQ(std::ranges::count(arrow, 'M'), 1) << arrow;
    EXPECT_NE(arrow.find("l-4 8h8z"), std::string::npos) << arrow;
}

// All numbers behind M, H and V of a path stay inside the panel.
void expect_inside(std::string_view path, const SvgOptions& size, std::uint64_t seed) {
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (path[i] != 'H' && path[i] != 'V') continue;
        int value = -1;
        std::from_chars(path.data() + i + 1, path.data() + path.size(), value);
        EXPECT_GE(value, 0) << "seed " << seed << path.substr(i, 12);
        EXPECT_LE(value, path[i] == 'H' ? size.width : size.height)
            << "seed " << seed << " " << path.substr(i, 12);
    }
}

TEST(Svg, EveryPointOfAnySeriesIsInsideThePanel) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        std::mt19937_64 random(seed);
        Plot plot{"panel", {}, random() % 2 == 0};
        for (std::size_t s = 0; s < 1 + random() % 2; ++s) {
            Series series{fmt::format("s{}", s), {}};
            UtcTime at = parse_utc("2024-01-01").value();
            for (std::size_t i = 0; i < 1 + random() % 3000; ++i) {
                const auto scale = static_cast<std::int64_t>(random() % 1'000'000);
                const auto value = Decimal::from_int(scale - 400'000);
                series.points.push_back({at, random() % 9 == 0 ? kZero : value});
                at += Duration{static_cast<std::int64_t>(random() % 90'000'000)};
            }
            plot.series.push_back(std::move(series));
        }
        const SvgOptions size{300 + static_cast<int>(random() % 900),
                              160 + static_cast<int>(random() % 500)};
        const std::string text = draw_svg(plot, size);
        ASSERT_TRUE(is_balanced(text)) << "seed " << seed;
        ASSERT_EQ(text, draw_svg(plot, size)) << "seed " << seed;
        for (auto at = text.find(" d=\""); at != std::string::npos; at = text.find(" d=\"", at + 4))
            expect_inside(std::string_view(text).substr(at + 4, text.find('"', at + 4) - at - 4),
                          size, seed);
    }
}

TEST(Svg, PanelsStandBelowEachOther) {
    const Plot one{"a", {{"a", {{UtcTime{}, kOne}}}}, false};
    const std::string text = draw_svg(std::vector{one, one, one}, SvgOptions{500, 200});
    EXPECT_NE(text.find("height=\"600\""), std::string::npos);
    EXPECT_NE(text.find("translate(0 400)"), std::string::npos);
    EXPECT_TRUE(is_balanced(text));
}

}  // namespace
}  // namespace vault::chart
