#include "common/chart/cells.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace vault::chart {
namespace {

constexpr int kRowsLeast = 3;
constexpr int kAxisLines = 2;
constexpr int kDayWidth = 10;  // 2024-01-31
constexpr int kColumnsPerTick = 20;
constexpr int kNoRow = -1;
constexpr std::array<std::string_view, 2> kColors{"\x1b[36m", "\x1b[33m"};
constexpr std::string_view kPlain = "\x1b[0m";

// The glyphs of the frame.
struct Frame {
    std::string_view side, corner, rule, tick, zero, zero_side;
};
constexpr Frame kLines{"│", "└", "─", "┴", "·", "├"};
constexpr Frame kAscii{"|", "+", "-", "+", "-", "+"};

// A panel being drawn: everything that its parts need to know of each other.
struct Panel {
    const Plot& plot;
    const CellOptions& options;
    Scale scale;
    Span span;
    int width, rows;  // columns of the whole, rows of the plot
    int zero_row;     // kNoRow: no line at zero
    int left;         // width of the labels
    std::vector<std::string> labels;

    int cells() const { return std::max(1, width - left - 2); }
    const Frame& frame() const { return options.style == Style::Ascii ? kAscii : kLines; }
};

int header_lines(std::size_t series) {
    return series < 2 ? 1 : 1 + static_cast<int>(series);
}

std::vector<std::string> figures_of(const std::vector<Point>& points) {
    if (points.empty()) return {"no points"};
    const auto by_value = [](const Point& a, const Point& b) { return a.value < b.value; };
    const auto [least, greatest] = std::minmax_element(points.begin(), points.end(), by_value);
    return {"last " + short_text(points.back().value), "least " + short_text(least->value),
            "greatest " + short_text(greatest->value)};
}

// `start` and as many of the figures as fit; `taken` columns stand before it already.
std::string fitted(std::string start, const std::vector<std::string>& figures, int taken,
                   int width) {
    const auto room = static_cast<std::size_t>(std::max(0, width - taken));
    if (start.size() > room) start.resize(room);
    for (const std::string& figure : figures) {
        if (start.size() + 2 + figure.size() > room) break;
        start += "  " + figure;
    }
    return start;
}

std::string painted(std::string_view text, std::size_t series, bool colored) {
    if (!colored) return std::string(text);
    return fmt::format("{}{}{}", kColors[std::min(series, kColors.size() - 1)], text, kPlain);
}

std::string header(const Plot& plot, const CellOptions& options, int width) {
    constexpr int kMarkWidth = 4;
    if (plot.series.size() == 1)
        return fitted(plot.title, figures_of(plot.series.front().points), 0, width) + '\n';
    std::string out = fitted(plot.title, {}, 0, width) + '\n';
    for (std::size_t i = 0; i < plot.series.size(); ++i) {
        const Series& series = plot.series[i];
        const std::string mark = legend_mark(options.style, i);
        out += fmt::format("{} {}\n", painted(mark, i, options.colored),
                           fitted(series.name, figures_of(series.points), kMarkWidth, width));
    }
    return out;
}

// The cells of one row, with colour changed where the series does, without blanks at the end.
std::string cells_text(const Panel& panel, const std::vector<Grid>& grids, int row) {
    std::string out;
    std::size_t end = 0;  // behind the last thing that is seen
    int color = -1;
    const auto change_color = [&](int wanted) {
        if (!panel.options.colored || wanted == color) return;
        if (color >= 0) out += kPlain;
        if (wanted >= 0) out += kColors[std::min<std::size_t>(static_cast<std::size_t>(wanted), 1)];
        color = wanted;
    };
    for (int x = 0; x < panel.cells(); ++x) {
        Cell cell = cell_at(grids, panel.options.style, x, row);
        const bool is_zero_line = cell.series < 0 && row == panel.zero_row;
        if (is_zero_line) cell.text = panel.frame().zero;
        change_color(cell.series);
        out += cell.text;
        if (cell.series >= 0 || is_zero_line) end = out.size();
    }
    out.resize(end);
    if (panel.options.colored && out.find('\x1b') != std::string::npos) out += kPlain;
    return out;
}

std::string plot_lines(const Panel& panel) {
    const CellDots dots = dots_of(panel.options.style);
    std::vector<Grid> grids;
    for (const Series& series : panel.plot.series) {
        Grid& grid = grids.emplace_back(panel.cells() * dots.across, panel.rows * dots.down);
        const bool dashed = panel.options.style == Style::Braille && grids.size() > 1;
        grid.draw(series.points, panel.span, panel.scale, dashed);
    }
    std::string out;
    for (int row = panel.rows - 1; row >= 0; --row) {
        const bool is_zero = row == panel.zero_row;
        out += fmt::format("{:>{}} {}{}\n", panel.labels[static_cast<std::size_t>(row)], panel.left,
                           is_zero ? panel.frame().zero_side : panel.frame().side,
                           cells_text(panel, grids, row));
    }
    return out;
}

// The days below the plot: the first, the last, and those between that have room. `ticks` are the
// columns that the axis marks.
std::string day_line(const Panel& panel, std::vector<int>& ticks) {
    const int cells = panel.cells();
    if (cells < kDayWidth) return {};
    std::string line(static_cast<std::size_t>(cells), ' ');
    const auto put = [&](UtcTime day, int column, int start) {
        line.replace(static_cast<std::size_t>(start), kDayWidth, format_utc(day), 0, kDayWidth);
        ticks.push_back(column);
    };
    const auto centred = [&](int column) {
        return std::clamp(column - kDayWidth / 2, 0, cells - kDayWidth);
    };
    const Span span = panel.span;
    const bool is_one_day = floor_day(span.begin) == floor_day(span.end);
    if (is_one_day || cells < 2 * kDayWidth + 1) {
        const int column = column_of(span.end, span, cells);
        put(span.end, column, centred(column));
        return line;
    }
    put(span.begin, 0, 0);
    put(span.end, cells - 1, cells - kDayWidth);
    const int steps = cells / kColumnsPerTick;
    for (int i = 1, taken = kDayWidth; i < steps; ++i) {
        const UtcTime day = floor_day(span.begin + (span.end - span.begin) / steps * i);
        const int column = column_of(day, span, cells);
        const int start = centred(column);
        if (start < taken + 2 || start + kDayWidth > cells - kDayWidth - 2) continue;
        put(day, column, start);
        taken = start + kDayWidth;
    }
    return line;
}

std::string time_axis(const Panel& panel) {
    std::vector<int> ticks;
    std::string days = day_line(panel, ticks);
    while (days.ends_with(' '))
        days.pop_back();
    std::string rule;
    for (int x = 0; x < panel.cells(); ++x)
        rule +=
            std::ranges::find(ticks, x) == ticks.end() ? panel.frame().rule : panel.frame().tick;
    const std::string below =
        days.empty() ? std::string() : std::string(static_cast<std::size_t>(panel.left) + 2, ' ');
    return fmt::format("{:>{}} {}{}\n{}{}\n", "", panel.left, panel.frame().corner, rule, below,
                       days);
}

}  // namespace

int lines_least(std::size_t series) {
    return header_lines(series) + kRowsLeast + kAxisLines;
}

std::string draw_panel(const Plot& plot, const CellOptions& options) {
    const bool has_points = std::ranges::any_of(
        plot.series, [](const Series& series) { return !series.points.empty(); });
    if (!has_points) return plot.title + ": no points\n";
    const int width = std::clamp(options.width, 20, 1000);
    const int least = lines_least(plot.series.size());
    const int rows = std::clamp(options.height, least, 400) - least + kRowsLeast;
    Panel panel{.plot = plot,
                .options = options,
                .scale = Scale(plot.series, plot.from_zero),
                .span = span_of(plot.series),
                .width = width,
                .rows = rows,
                .zero_row = kNoRow,
                .left = 0,
                .labels = {}};
    const int down = dots_of(options.style).down;
    if (panel.scale.has_negative()) panel.zero_row = panel.scale.row_of(kZero, rows * down) / down;
    panel.labels = axis_labels(panel.scale, rows, panel.zero_row);
    for (const std::string& label : panel.labels)
        panel.left = std::max(panel.left, static_cast<int>(label.size()));
    return header(plot, options, width) + plot_lines(panel) + time_axis(panel);
}

}  // namespace vault::chart
