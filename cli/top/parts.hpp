#pragma once
// The parts that a frame is put together from. Private to this room; pure.
#include "cli/top/frame.hpp"

namespace vault::top {

inline constexpr int kHeaderLines = 4;

// The daemon's state and clock, and below it batches, store, rates and counts; `lines` of them.
std::vector<Line> header_lines(const Picture& picture, const ViewState& state, const Canvas& canvas,
                               int lines);
// Everything about one vault, as long as it is.
std::vector<Line> vault_lines(const json::object& document, std::string_view vault,
                              const Canvas& canvas);
std::vector<Line> help_lines(const Canvas& canvas);

// Left and right in one line; the left one is cut where both do not fit.
Line spread(Line left, Line right, int width, bool ascii);

// A number at a dotted path as text, "-" if there is none.
std::string count_at(const json::object& document, std::string_view path);

}  // namespace vault::top
