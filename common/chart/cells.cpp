#include "common/chart/cells.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <utility>

namespace vault::chart {
namespace {

constexpr int kRowsLeast = 3;
constexpr int kAxisLines = 2;
constexpr int kColumnsPerTick = 20;
constexpr int kNoRow = -1;
// Of the series, then of what points up, down, and both.
constexpr std::array<std::string_view, 5> kColors{"\x1b[36m", "\x1b[33m", "\x1b[32m", "\x1b[31m",
                                                  "\x1b[35m"};
constexpr int kMarkColor = 2;
constexpr std::string_view kPlain = "\x1b[0m";

// The glyphs of the frame.
struct Frame {
    std::string_view side, corner, rule, tick, zero, zero_side;
};
constexpr Frame kLines{"│", "└", "─", "┴", "·", "├"};
constexpr Frame kAscii{"|", "+", "-", "+", "-", "+"};

// What points up, down, and where both share a cell.
using Shapes = std::array<std::string_view, 3>;
constexpr Shapes kArrows{"▲", "▼", "◆"};
constexpr Shapes kAsciiArrows{"^", "v", "X"};

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
    std::map<std::pair<int, int>, std::size_t> marks{};  // by cell and row: which of the shapes
    bool crowded = false;                                // too many marks to draw

    int cells() const { return std::max(1, width - left - 2); }
    const Frame& frame() const { return options.style == Style::Ascii ? kAscii : kLines; }
    const Shapes& shapes() const { return options.style == Style::Ascii ? kAsciiArrows : kArrows; }
};

int header_lines(std::size_t series, bool has_marks) {
    return (series < 2 ? 1 : 1 + static_cast<int>(series)) + (has_marks ? 1 : 0);
}

// Where there would be more of them than half the columns they hide what they mark, so none is
// placed.
void place_marks(Panel& panel) {
    const CellDots dots = dots_of(panel.options.style);
    for (const Marks& marks : panel.plot.marks)
        for (const Point& point : marks.points) {
            const int column = column_of(point.time, panel.span, panel.cells() * dots.across);
            const int row = panel.scale.row_of(point.value, panel.rows * dots.down);
            const std::size_t shape = marks.shape == MarkShape::Up ? 0 : 1;
            const auto [at, is_new] =
                panel.marks.try_emplace({column / dots.across, row / dots.down}, shape);
            if (!is_new && at->second != shape) at->second = 2;
        }
    if (panel.marks.size() <= static_cast<std::size_t>(panel.cells() / 2)) return;
    panel.marks.clear();
    panel.crowded = true;
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

// How many marks of each kind there are, and what stands for both; or that none is drawn.
std::string mark_line(const Panel& panel) {
    if (panel.plot.marks.empty()) return {};
    std::string out;
    int left = panel.width;
    const auto put = [&](std::string_view sign, std::size_t color, const std::string& text) {
        const int taken = static_cast<int>(text.size()) + (sign.empty() ? 2 : 4);
        if (taken > left + 2) return;
        left -= taken;
        if (!out.empty()) out += "  ";
        if (!sign.empty()) out += painted(sign, color, panel.options.colored) + ' ';
        out += text;
    };
    const auto put_shape = [&](std::size_t shape, const std::string& text) {
        put(panel.shapes()[shape], kMarkColor + shape, text);
    };
    for (const Marks& marks : panel.plot.marks)
        put_shape(marks.shape == MarkShape::Up ? 0 : 1,
                  fmt::format("{} {}", marks.name, marks.points.size()));
    if (std::ranges::any_of(panel.marks, [](const auto& mark) { return mark.second == 2; }))
        put_shape(2, "both");
    if (panel.crowded) put({}, 0, "too many to be drawn here");
    return out + '\n';
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
        if (wanted >= 0) out += kColors[static_cast<std::size_t>(wanted)];
        color = wanted;
    };
    for (int x = 0; x < panel.cells(); ++x) {
        Cell cell = cell_at(grids, panel.options.style, x, row);
        const bool is_zero_line = cell.series < 0 && row == panel.zero_row;
        if (is_zero_line) cell.text = panel.frame().zero;
        if (const auto mark = panel.marks.find({x, row}); mark != panel.marks.end()) {
            cell.text = panel.shapes()[mark->second];
            cell.series = kMarkColor + static_cast<int>(mark->second);
        }
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

// The times below the plot: the first, the last, and those between that have room. `ticks` are the
// columns that the axis marks.
std::string label_line(const Panel& panel, std::vector<int>& ticks) {
    const int cells = panel.cells();
    const Span span = panel.span;
    const int width = static_cast<int>(time_label(span.end, span).size());
    if (cells < width) return {};
    std::string line(static_cast<std::size_t>(cells), ' ');
    const auto put = [&](UtcTime time, int column, int start) {
        line.replace(static_cast<std::size_t>(start), static_cast<std::size_t>(width),
                     time_label(time, span));
        ticks.push_back(column);
    };
    const auto centred = [&](int column) {
        return std::clamp(column - width / 2, 0, cells - width);
    };
    const bool is_one = time_label(span.begin, span) == time_label(span.end, span);
    if (is_one || cells < 2 * width + 1) {
        const int column = column_of(span.end, span, cells);
        put(span.end, column, centred(column));
        return line;
    }
    put(span.begin, 0, 0);
    put(span.end, cells - 1, cells - width);
    const int steps = cells / kColumnsPerTick;
    for (int i = 1, taken = width; i < steps; ++i) {
        const UtcTime time = floor_label(span.begin + (span.end - span.begin) / steps * i, span);
        const int column = column_of(time, span, cells);
        const int start = centred(column);
        if (start < taken + 2 || start + width > cells - width - 2) continue;
        put(time, column, start);
        taken = start + width;
    }
    return line;
}

std::string time_axis(const Panel& panel) {
    std::vector<int> ticks;
    std::string labels = label_line(panel, ticks);
    while (labels.ends_with(' '))
        labels.pop_back();
    std::string rule;
    for (int x = 0; x < panel.cells(); ++x)
        rule +=
            std::ranges::find(ticks, x) == ticks.end() ? panel.frame().rule : panel.frame().tick;
    const std::string below =
        labels.empty() ? std::string() : std::string(static_cast<std::size_t>(panel.left) + 2, ' ');
    return fmt::format("{:>{}} {}{}\n{}{}\n", "", panel.left, panel.frame().corner, rule, below,
                       labels);
}

}  // namespace

int lines_least(std::size_t series, bool has_marks) {
    return header_lines(series, has_marks) + kRowsLeast + kAxisLines;
}

std::string draw_panel(const Plot& plot, const CellOptions& options) {
    const bool has_points = std::ranges::any_of(
        plot.series, [](const Series& series) { return !series.points.empty(); });
    if (!has_points) return plot.title + ": no points\n";
    const int width = std::clamp(options.width, 20, 1000);
    const int least = lines_least(plot.series.size(), !plot.marks.empty());
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
    place_marks(panel);
    return header(plot, options, width) + mark_line(panel) + plot_lines(panel) + time_axis(panel);
}

}  // namespace vault::chart
