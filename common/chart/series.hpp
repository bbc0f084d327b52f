#pragma once
// What a chart shows: named series of (time, value) points, and how points fall on columns. A
// column that stands for several points keeps their first, last, least and greatest value, so no
// extreme is lost however few columns there are. Pure; any thread; cannot fail.
#include "common/base/time.hpp"
#include "common/domain/decimal.hpp"

#include <string>
#include <vector>

namespace vault::chart {

struct Point {
    UtcTime time;
    Decimal value;
};

struct Series {
    std::string name;
    std::vector<Point> points;  // in order of time
};

// Instants that stand out on a plot, such as trades: an arrow below or above each point.
enum class MarkShape { Up, Down };
struct Marks {
    std::string name;
    MarkShape shape = MarkShape::Up;
    std::vector<Point> points;
};

struct Span {
    UtcTime begin, end;
};

// From the earliest to the latest point of all the series; at least one must have a point.
Span span_of(const std::vector<Series>& series);

// Where an instant of the span falls, 0 to columns - 1. A span of one instant is the middle.
int column_of(UtcTime time, Span span, int columns);

// How the instants of a span are written below it: by their day, or with the minute if the span is
// short and does not run from midnight to midnight.
bool shows_minutes(Span span);
std::string time_label(UtcTime time, Span span);  // "2024-01-31", "2024-01-31 08:15"
// The round instant at or before `time`, for a label between the ends.
UtcTime floor_label(UtcTime time, Span span);

struct Column {
    bool empty = true;  // no point falls on it
    Decimal least, greatest, first, last;
};
std::vector<Column> sample(const std::vector<Point>& points, Span span, int columns);

}  // namespace vault::chart
