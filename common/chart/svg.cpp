#include "common/chart/svg.hpp"

#include "common/chart/page.hpp"
#include "common/chart/scale.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace vault::chart {
namespace {

constexpr int kTop = 34;  // title
constexpr int kLegendLine = 18;
constexpr int kBottom = 30;  // times
constexpr int kRight = 14;
constexpr int kCharacter = 7;  // of an axis label, about
constexpr int kLabelEvery = 45;
// Of a label of the time axis, and the room around it.
constexpr int kDayRoom = 130, kMinuteRoom = 190;
constexpr int kArrow = 8;
// Told apart by colour, and the second also by dashes.
constexpr std::array<std::string_view, 2> kColors{"#1f77b4", "#d98200"};
constexpr std::array<std::string_view, 2> kDashes{"", " stroke-dasharray=\"6 3\""};
constexpr std::string_view kUpColor = "#2a9d3a", kDownColor = "#d03030";
constexpr std::string_view kEmpty = "<text x=\"0\" y=\"16\">no points</text>\n";

bool has_points(const Plot& plot) {
    return std::ranges::any_of(plot.series, [](const Series& one) { return !one.points.empty(); });
}

class Panel {
  public:
    Panel(const Plot& plot, const SvgOptions& options)
        : plot_(plot),
          scale_(plot.series, plot.from_zero),
          span_(span_of(plot.series)),
          legend_(plot.series.size() > 1 ? kLegendLine * lines() : 0),
          top_(kTop + legend_ + (plot.marks.empty() ? 0 : kLegendLine)),
          rows_(options.height - top_ - kBottom),
          width_(options.width) {
        const int steps = std::max(3, rows_ / kLabelEvery);
        const int zero = scale_.has_negative() ? scale_.row_of(kZero, steps * 3 + 1) : -1;
        labels_ = axis_labels(scale_, steps * 3 + 1, zero);
        std::size_t longest = 1;
        for (const std::string& label : labels_)
            longest = std::max(longest, label.size());
        left_ = static_cast<int>(longest) * kCharacter + 12;
        columns_ = std::max(50, width_ - left_ - kRight);
    }

    std::string draw() const {
        return heading() + mark_legend() + value_axis() + time_axis() + lines_text() + marks_text();
    }

  private:
    int lines() const { return static_cast<int>(plot_.series.size()); }
    int y_of(int row, int of) const { return top_ + rows_ - 1 - row * (rows_ - 1) / (of - 1); }
    int y_of(Decimal value) const { return top_ + rows_ - 1 - scale_.row_of(value, rows_); }

    std::string heading() const {
        std::string out = fmt::format("<text x=\"{}\" y=\"20\" font-weight=\"600\">{}</text>\n",
                                      left_, escaped(plot_.title));
        if (plot_.series.size() < 2) return out;
        for (std::size_t i = 0; i < plot_.series.size(); ++i) {
            const int y = kTop + kLegendLine * static_cast<int>(i);
            const std::vector<Point>& points = plot_.series[i].points;
            const std::string last =
                points.empty() ? "no points" : "last " + short_text(points.back().value);
            out += fmt::format(
                "<path d=\"M{0} {1}H{2}\" stroke=\"{3}\" stroke-width=\"2\"{4}/>"
                "<text x=\"{5}\" y=\"{6}\">{7}, {8}</text>\n",
                left_, y, left_ + 24, kColors[i % 2], kDashes[i % 2], left_ + 30, y + 4,
                escaped(plot_.series[i].name), escaped(last));
        }
        return out;
    }

    std::string mark_legend() const {
        std::string out;
        int x = left_ + kArrow;
        const int y = kTop + legend_;
        for (const Marks& marks : plot_.marks) {
            const std::string text = fmt::format("{} {}", marks.name, marks.points.size());
            const int tip = marks.shape == MarkShape::Up ? y - kArrow / 2 : y + kArrow / 2;
            out += fmt::format("<path d=\"{}\" fill=\"{}\"/><text x=\"{}\" y=\"{}\">{}</text>\n",
                               arrow(marks.shape, x, tip), color_of(marks.shape), x + 10, y + 4,
                               escaped(text));
            x += kCharacter * static_cast<int>(text.size()) + 40;
        }
        return out;
    }

    std::string value_axis() const {
        std::string out;
        const int of = static_cast<int>(labels_.size());
        for (int row = 0; row < of; ++row) {
            const std::string& label = labels_[static_cast<std::size_t>(row)];
            if (label.empty()) continue;
            const int y = scale_.flat() ? y_of(scale_.least()) : y_of(row, of);
            out += fmt::format(
                "<path d=\"M{0} {1}H{2}\" stroke=\"currentColor\" stroke-opacity=\".15\"/>"
                "<text x=\"{3}\" y=\"{4}\" text-anchor=\"end\">{5}</text>\n",
                left_, y, left_ + columns_, left_ - 6, y + 4, escaped(label));
        }
        if (scale_.has_negative())
            out += fmt::format("<path d=\"M{} {}H{}\" stroke=\"currentColor\"/>\n", left_,
                               y_of(kZero), left_ + columns_);
        return out;
    }

    std::string label(UtcTime time, std::string_view anchor) const {
        const int x = left_ + column_of(time, span_, columns_);
        const int y = top_ + rows_;
        return fmt::format(
            "<path d=\"M{0} {1}v5\" stroke=\"currentColor\"/>"
            "<text x=\"{0}\" y=\"{2}\" text-anchor=\"{3}\">{4}</text>\n",
            x, y, y + 20, anchor, time_label(time, span_));
    }

    std::string time_axis() const {
        std::string out =
            fmt::format("<path d=\"M{0} {1}V{2}H{3}\" fill=\"none\" stroke=\"currentColor\"/>\n",
                        left_, top_, top_ + rows_, left_ + columns_);
        if (time_label(span_.begin, span_) == time_label(span_.end, span_))
            return out + label(span_.end, "middle");
        out += label(span_.begin, "start");
        const int room = shows_minutes(span_) ? kMinuteRoom : kDayRoom;
        const int steps = columns_ / room;
        UtcTime before = floor_label(span_.begin, span_);
        for (int i = 1; i < steps; ++i) {
            const UtcTime at =
                floor_label(span_.begin + (span_.end - span_.begin) / steps * i, span_);
            if (at <= before || at <= span_.begin) continue;
            before = at;
            const int column = column_of(at, span_, columns_);
            if (column < room || column > columns_ - room) continue;
            out += label(at, "middle");
        }
        return out + label(span_.end, "end");
    }

    // Steps: a value stands until the next point. A column of several points shows all of their
    // range.
    std::string line(const Series& series, std::size_t index) const {
        if (series.points.empty()) return {};
        std::string path;
        const std::vector<Column> columns = sample(series.points, span_, columns_);
        for (int x = 0; x < columns_; ++x) {
            const Column& column = columns[static_cast<std::size_t>(x)];
            if (column.empty) continue;
            path += path.empty() ? fmt::format("M{} {}", left_ + x, y_of(column.first))
                                 : fmt::format("H{}V{}", left_ + x, y_of(column.first));
            if (column.least != column.greatest)
                path += fmt::format("V{}V{}V{}", y_of(column.least), y_of(column.greatest),
                                    y_of(column.last));
        }
        return fmt::format(
            "<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.6\" "
            "stroke-linecap=\"round\"{}/>\n",
            path, kColors[index % 2], kDashes[index % 2]);
    }

    std::string lines_text() const {
        std::string out;
        for (std::size_t i = 0; i < plot_.series.size(); ++i)
            out += line(plot_.series[i], i);
        return out;
    }

    static std::string_view color_of(MarkShape shape) {
        return shape == MarkShape::Up ? kUpColor : kDownColor;
    }

    // Its tip is the point that it marks.
    static std::string arrow(MarkShape shape, int x, int y) {
        return fmt::format("M{} {}l{} {}h{}z", x, y, -kArrow / 2,
                           shape == MarkShape::Up ? kArrow : -kArrow, kArrow);
    }

    // Marks of one pixel are one.
    std::string marks_text() const {
        std::string out;
        for (const Marks& marks : plot_.marks) {
            std::set<std::pair<int, int>> tips;
            for (const Point& point : marks.points)
                tips.emplace(left_ + column_of(point.time, span_, columns_), y_of(point.value));
            std::string path;
            for (const auto& [x, y] : tips)
                path += arrow(marks.shape, x, y);
            if (!path.empty())
                out += fmt::format(
                    "<path d=\"{}\" fill=\"{}\" fill-opacity=\".7\"><title>{}</title></path>\n",
                    path, color_of(marks.shape), escaped(marks.name));
        }
        return out;
    }

    const Plot& plot_;
    Scale scale_;
    Span span_;
    int legend_, top_, rows_, width_;
    int left_ = 0, columns_ = 0;
    std::vector<std::string> labels_;
};

SvgOptions clamped(const SvgOptions& options) {
    return {std::clamp(options.width, 300, 4000), std::clamp(options.height, 160, 4000)};
}

}  // namespace

std::string draw_svg(const Plot& plot, const SvgOptions& options) {
    return draw_svg(std::vector{plot}, options);
}

std::string draw_svg(const std::vector<Plot>& plots, const SvgOptions& options) {
    const SvgOptions size = clamped(options);
    const int height = size.height * static_cast<int>(std::max<std::size_t>(plots.size(), 1));
    std::string out = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" "
        "viewBox=\"0 0 {0} {1}\" role=\"img\" font-family=\"system-ui,sans-serif\" "
        "font-size=\"12\" fill=\"currentColor\">\n",
        size.width, height);
    for (std::size_t i = 0; i < plots.size(); ++i)
        out +=
            fmt::format("<g transform=\"translate(0 {})\">\n<title>{}</title>\n{}</g>\n",
                        size.height * static_cast<int>(i), escaped(plots[i].title),
                        has_points(plots[i]) ? Panel(plots[i], size).draw() : std::string(kEmpty));
    return out + "</svg>\n";
}

}  // namespace vault::chart
