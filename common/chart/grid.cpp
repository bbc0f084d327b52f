#include "common/chart/grid.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace vault::chart {
namespace {

constexpr int kDash = 4;  // dots of a dash and its gap together

void append_utf8(std::string& out, unsigned code) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
}

std::string braille(const std::vector<Grid>& grids, int x, int y) {
    // Bits of U+2800 by column and by row from the bottom.
    static constexpr std::array<std::array<unsigned, 4>, 2> kBits{
        {{0x40, 0x04, 0x02, 0x01}, {0x80, 0x20, 0x10, 0x08}}};
    unsigned bits = 0;
    for (const Grid& grid : grids)
        for (int i = 0; i < 2; ++i)
            for (int j = 0; j < 4; ++j)
                if (grid.at(x * 2 + i, y * 4 + j))
                    bits |= kBits[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
    std::string text;
    append_utf8(text, 0x2800 + bits);
    return text;
}

bool any_dot(const Grid& grid, CellDots dots, int x, int y) {
    for (int i = 0; i < dots.across; ++i)
        for (int j = 0; j < dots.down; ++j)
            if (grid.at(x * dots.across + i, y * dots.down + j)) return true;
    return false;
}

std::string block(const Grid& grid, int x, int y) {
    const bool low = grid.at(x, y * 2);
    const bool high = grid.at(x, y * 2 + 1);
    return low && high ? "█" : low ? "▄" : "▀";
}

}  // namespace

CellDots dots_of(Style style) {
    switch (style) {
        case Style::Braille: return {2, 4};
        case Style::Block: return {1, 2};
        case Style::Ascii: return {1, 1};
    }
    return {1, 1};
}

Grid::Grid(int columns, int rows)
    : columns_(columns),
      rows_(rows),
      dots_(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows)) {}

void Grid::stroke(int column, int from, int to, bool dashed) {
    const int low = std::min(from, to), high = std::max(from, to);
    for (int row = low; row <= high; ++row) {
        const bool inside = row != low && row != high;
        if (!dashed || !inside || row % kDash < kDash / 2) dots_[index(column, row)] = 1;
    }
}

void Grid::draw(const std::vector<Point>& points, Span span, const Scale& scale, bool dashed) {
    if (points.empty()) return;
    const auto sampled = sample(points, span, columns_);
    const int end = column_of(points.back().time, span, columns_);
    int last = -1;
    for (int x = 0; x <= end; ++x) {
        const Column& column = sampled[static_cast<std::size_t>(x)];
        const bool gap = dashed && x % kDash >= kDash / 2;
        if (column.empty) {
            if (last >= 0 && !gap) stroke(x, last, last, dashed);
            continue;
        }
        const int low = scale.row_of(column.least, rows_);
        const int high = scale.row_of(column.greatest, rows_);
        const int first = scale.row_of(column.first, rows_);
        const bool level = low == high && low == last;
        if (!level || !gap) stroke(x, low, high, dashed);
        if (last >= 0 && last != first) stroke(x, last, first, dashed);
        last = scale.row_of(column.last, rows_);
    }
}

Cell cell_at(const std::vector<Grid>& grids, Style style, int x, int y) {
    Cell cell;
    bool several = false;
    for (std::size_t i = 0; i < grids.size(); ++i)
        if (any_dot(grids[i], dots_of(style), x, y)) {
            several = cell.series >= 0;
            cell.series = static_cast<int>(i);
        }
    if (cell.series < 0) return cell;
    const bool is_first = cell.series == 0;
    switch (style) {
        case Style::Braille: cell.text = braille(grids, x, y); break;
        case Style::Block:
            cell.text = several ? "▓" : is_first ? block(grids.front(), x, y) : "░";
            break;
        case Style::Ascii: cell.text = several ? "@" : is_first ? "*" : "o"; break;
    }
    return cell;
}

std::string legend_mark(Style style, std::size_t series) {
    static constexpr std::array<std::array<std::string_view, 2>, 3> kMarks{
        {{"⠤⠤⠤", "⠤ ⠤"}, {"▀▀▀", "░░░"}, {"***", "ooo"}}};
    return std::string(kMarks[static_cast<std::size_t>(style)][std::min<std::size_t>(series, 1)]);
}

}  // namespace vault::chart
