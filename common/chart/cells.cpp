#include "common/chart/cells.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace vault::chart {
namespace {

// How many dots a cell has across and down.
struct Dots {
    int across, down;
};
Dots dots_of(Style style) {
    switch (style) {
        case Style::Braille: return {2, 4};
        case Style::Block: return {1, 2};
        case Style::Ascii: return {1, 1};
    }
    return {1, 1};
}

struct Range {
    Decimal least, greatest;
};

Range range_of(const std::vector<Point>& points) {
    Range range{points.front().value, points.front().value};
    for (const Point& point : points) {
        range.least = min(range.least, point.value);
        range.greatest = max(range.greatest, point.value);
    }
    return range;
}

// Row of dots from the bottom, 0 to rows - 1. A flat series lies in the middle.
int row_of(Decimal value, const Range& range, int rows) {
    if (range.least == range.greatest) return rows / 2;
    // Halves, because the distance of two Decimals may not fit; then few enough bits to multiply.
    Decimal::Raw span = range.greatest.raw() / 2 - range.least.raw() / 2;
    Decimal::Raw above = value.raw() / 2 - range.least.raw() / 2;
    while (span >= Decimal::kOne * Decimal::kOne / 16) {
        span /= 16;
        above /= 16;
    }
    if (span == 0) return rows / 2;
    const auto row = (above * (rows - 1) * 2 + span) / (span * 2);
    return std::clamp(static_cast<int>(row), 0, rows - 1);
}

class Grid {
  public:
    Grid(int columns, int rows)
        : columns_(columns), dots_(static_cast<std::size_t>(columns * rows)) {}
    // Sets the dots of a column between two rows, both included.
    void line(int column, int from, int to) {
        for (int row = std::min(from, to); row <= std::max(from, to); ++row)
            dots_[static_cast<std::size_t>(row * columns_ + column)] = 1;
    }
    bool at(int column, int row) const {
        return dots_[static_cast<std::size_t>(row * columns_ + column)] != 0;
    }

  private:
    int columns_;
    std::vector<std::uint8_t> dots_;
};

Grid plot(const std::vector<Point>& points, const Range& range, int columns, int rows) {
    Grid grid(columns, rows);
    int last = -1;
    const auto sampled = sample(points, columns);
    for (int x = 0; x < columns; ++x) {
        const Column& column = sampled[static_cast<std::size_t>(x)];
        if (column.empty) {
            if (last >= 0) grid.line(x, last, last);
            continue;
        }
        grid.line(x, row_of(column.least, range, rows), row_of(column.greatest, range, rows));
        const int first = row_of(column.first, range, rows);
        if (last >= 0) grid.line(x, last, first);
        last = row_of(column.last, range, rows);
    }
    return grid;
}

void append_utf8(std::string& out, unsigned code) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
}

void append_braille(std::string& out, const Grid& grid, int x, int y) {
    // Bits of U+2800 by column and by row from the bottom.
    static constexpr std::array<std::array<unsigned, 4>, 2> kBits{
        {{0x40, 0x04, 0x02, 0x01}, {0x80, 0x20, 0x10, 0x08}}};
    unsigned bits = 0;
    for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 4; ++j)
            if (grid.at(x * 2 + i, y * 4 + j))
                bits |= kBits[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
    append_utf8(out, 0x2800 + bits);
}

void append_cell(std::string& out, const Grid& grid, Style style, int x, int y) {
    switch (style) {
        case Style::Braille: append_braille(out, grid, x, y); return;
        case Style::Block: {
            const bool low = grid.at(x, y * 2);
            const bool high = grid.at(x, y * 2 + 1);
            out += low && high ? "█" : low ? "▄" : high ? "▀" : " ";
            return;
        }
        case Style::Ascii: out += grid.at(x, y) ? '*' : ' '; return;
    }
}

std::string label(Decimal value) {
    // Few decimals are enough beside an axis; the figures themselves are in the tables.
    const Decimal size = value.abs();
    const int places = size >= Decimal::from_int(1000) ? 2 : size >= kOne ? 4 : 8;
    return round_places(value, places, Rounding::Down).text();
}

Decimal middle(const Range& range) {
    return Decimal::from_raw(range.least.raw() / 2 + range.greatest.raw() / 2);
}

std::string time_axis(const std::vector<Point>& points, int left, int cells, bool ascii) {
    const std::string first = format_utc(points.front().time).substr(0, 10);
    const std::string last = format_utc(points.back().time).substr(0, 10);
    std::string rule;
    for (int i = 0; i < cells; ++i)
        rule += ascii ? "-" : "─";
    const int gap = cells - static_cast<int>(first.size() + last.size());
    return fmt::format("{:>{}} {}{}\n{:>{}} {}{:{}}{}\n", "", left, ascii ? "+" : "└", rule, "",
                       left + 1, first, "", std::max(1, gap), last);
}

}  // namespace

std::vector<Column> sample(const std::vector<Point>& points, int columns) {
    std::vector<Column> sampled(static_cast<std::size_t>(columns));
    if (points.empty()) return sampled;
    const auto begin = points.front().time;
    const auto span = (points.back().time - begin).count();
    for (const Point& point : points) {
        const auto since = (point.time - begin).count();
        const auto index = span == 0 ? 0 : since * (columns - 1) / span;
        Column& column =
            sampled[static_cast<std::size_t>(std::clamp<std::int64_t>(index, 0, columns - 1))];
        if (column.empty) column = {false, point.value, point.value, point.value, point.value};
        column.least = min(column.least, point.value);
        column.greatest = max(column.greatest, point.value);
        column.last = point.value;
    }
    return sampled;
}

std::string draw_panel(const Series& series, const CellOptions& options) {
    if (series.points.empty()) return fmt::format("{}: no points\n", series.name);
    const int height = std::clamp(options.height, 3, 100);
    const Range range = range_of(series.points);
    const std::array<std::string, 3> labels{label(range.greatest), label(middle(range)),
                                            label(range.least)};
    std::size_t left = 0;
    for (const auto& text : labels)
        left = std::max(left, text.size());
    const int cells = std::max(20, std::clamp(options.width, 30, 400) - static_cast<int>(left) - 2);
    const Dots dots = dots_of(options.style);
    const Grid grid = plot(series.points, range, cells * dots.across, height * dots.down);
    const bool ascii = options.style == Style::Ascii;

    std::string out = fmt::format("{}  last {}  least {}  greatest {}\n", series.name,
                                  label(series.points.back().value), labels[2], labels[0]);
    for (int row = height - 1; row >= 0; --row) {
        const bool is_flat = range.least == range.greatest;
        std::string text;
        if (row == height - 1 && !is_flat) text = labels[0];
        if (row == height / 2) text = labels[1];
        if (row == 0 && !is_flat) text = labels[2];
        out += fmt::format("{:>{}} {}", text, left, ascii ? "|" : "│");
        for (int x = 0; x < cells; ++x)
            append_cell(out, grid, options.style, x, row);
        while (out.ends_with(' '))
            out.pop_back();
        out += '\n';
    }
    return out + time_axis(series.points, static_cast<int>(left), cells, ascii);
}

}  // namespace vault::chart
