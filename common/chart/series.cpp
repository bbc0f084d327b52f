#include "common/chart/series.hpp"

#include "common/base/check.hpp"

#include <algorithm>
#include <optional>

namespace vault::chart {

Span span_of(const std::vector<Series>& series) {
    std::optional<Span> span;
    for (const Series& one : series) {
        if (one.points.empty()) continue;
        const UtcTime begin = one.points.front().time, end = one.points.back().time;
        if (!span) span = Span{begin, end};
        span = Span{std::min(span->begin, begin), std::max(span->end, end)};
    }
    VAULT_CHECK(span, "a span needs a point");
    return *span;
}

int column_of(UtcTime time, Span span, int columns) {
    const std::int64_t length = (span.end - span.begin).count();
    if (length <= 0) return columns / 2;
    const std::int64_t column = (time - span.begin).count() * (columns - 1) / length;
    return static_cast<int>(std::clamp<std::int64_t>(column, 0, columns - 1));
}

std::vector<Column> sample(const std::vector<Point>& points, Span span, int columns) {
    std::vector<Column> sampled(static_cast<std::size_t>(columns));
    for (const Point& point : points) {
        Column& column = sampled[static_cast<std::size_t>(column_of(point.time, span, columns))];
        if (column.empty) column = {false, point.value, point.value, point.value, point.value};
        column.least = min(column.least, point.value);
        column.greatest = max(column.greatest, point.value);
        column.last = point.value;
    }
    return sampled;
}

}  // namespace vault::chart
