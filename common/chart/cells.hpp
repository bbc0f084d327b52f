#pragma once
// Charts in terminal cells: one or two series in one panel of braille dots, block elements or plain
// ASCII, with a title, a legend, labels on both axes and a line at zero where values are negative.
// Down-sampling keeps every extreme (series.hpp). The same input gives the same bytes everywhere.
// Pure; any thread; cannot fail.
#include "common/chart/grid.hpp"
#include "common/chart/series.hpp"

#include <string>
#include <vector>

namespace vault::chart {

struct Plot {
    std::string title;  // printable ASCII
    std::vector<Series> series;
    bool from_zero = false;  // zero is part of the value axis, whatever the values
    // Those beyond the time of the series stand at its edge. Cells count them only, and say so,
    // where they would hide the line.
    std::vector<Marks> marks{};
};

struct CellOptions {
    int width = 80;   // columns of the whole panel, labels included; clamped to 20..1000
    int height = 24;  // lines of the whole panel; clamped to lines_least(series)..400
    Style style = Style::Braille;
    bool colored = false;
};

// No panel of so many series, and of marks, is lower than this.
int lines_least(std::size_t series, bool has_marks = false);

// Title, legend, plot, the axis and a line of times, each ending in '\n' and without blanks at the
// end. Without any point it is one line that says so.
std::string draw_panel(const Plot& plot, const CellOptions& options);

}  // namespace vault::chart
