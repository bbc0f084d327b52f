#pragma once
// Charts in terminal cells: a series of (time, value) points as one panel of braille dots, block
// elements or plain ASCII, with labels on both axes. A column that stands for several points shows
// their least and greatest value, so no extreme is lost however small the panel is. The same input
// gives the same bytes everywhere. Pure; any thread; cannot fail.
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

enum class Style { Braille, Block, Ascii };

struct CellOptions {
    int width = 78;   // columns of the whole panel, labels included; clamped to 30..400
    int height = 10;  // rows of the plot, without title and time axis; clamped to 3..100
    Style style = Style::Braille;
};

// A title line, `height` plot lines, the axis and a line of times, each ending in '\n'.
std::string draw_panel(const Series& series, const CellOptions& options);

// The least and the greatest value of the points that fall on one column of `columns`, and the last
// one; columns without a point are empty.
struct Column {
    bool empty = true;
    Decimal least, greatest, first, last;
};
std::vector<Column> sample(const std::vector<Point>& points, int columns);

}  // namespace vault::chart
