#pragma once
// A panel as SVG: the same plot that cells.hpp draws in a terminal, with a title, a legend, both
// axes and a line at zero where values are negative. Exact until the pixel: a value stands until
// the next point. Down-sampling keeps every extreme (series.hpp). Well-formed XML, no script,
// nothing from outside; text and lines take the colour of the page, so it reads in light and dark.
// The same input gives the same bytes. Pure; any thread; cannot fail.
#include "common/chart/cells.hpp"

#include <string>

namespace vault::chart {

struct SvgOptions {
    int width = 900;   // pixels of the whole panel; clamped to 300..4000
    int height = 360;  // clamped to 160..4000
};

// An <svg> element with its line end. Without any point it says so.
std::string draw_svg(const Plot& plot, const SvgOptions& options);

// The panels below each other in one document.
std::string draw_svg(const std::vector<Plot>& plots, const SvgOptions& options);

}  // namespace vault::chart
