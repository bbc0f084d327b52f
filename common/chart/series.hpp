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

struct Span {
    UtcTime begin, end;
};

// From the earliest to the latest point of all the series; at least one must have a point.
Span span_of(const std::vector<Series>& series);

// Where an instant of the span falls, 0 to columns - 1. A span of one instant is the middle.
int column_of(UtcTime time, Span span, int columns);

struct Column {
    bool empty = true;  // no point falls on it
    Decimal least, greatest, first, last;
};
std::vector<Column> sample(const std::vector<Point>& points, Span span, int columns);

}  // namespace vault::chart
