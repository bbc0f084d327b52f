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

bool shows_minutes(Span span) {
    constexpr Duration kShort = std::chrono::days{4};
    if (span.begin == span.end || span.end - span.begin >= kShort) return false;
    return floor_day(span.begin) != span.begin || floor_day(span.end) != span.end;
}

std::string time_label(UtcTime time, Span span) {
    std::string text = format_utc(time);
    if (!shows_minutes(span)) return text.substr(0, 10);
    text[10] = ' ';
    return text.substr(0, 16);
}

UtcTime floor_label(UtcTime time, Span span) {
    if (!shows_minutes(span)) return floor_day(time);
    if (span.end - span.begin >= std::chrono::hours{12}) return floor_hour(time);
    return std::chrono::floor<std::chrono::minutes>(time);
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
