#pragma once
// Lists of objects as grids. Private to this room. Pure; any thread.
#include "cli/render/columns.hpp"
#include "cli/render/table.hpp"

#include <boost/json/array.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace vault::render {

// How much of a list a table shows.
struct Extent {
    bool all = false;          // every scalar field behind the named columns, times in full
    std::size_t left_out = 0;  // so many of the spare columns
    int places = kAllPlaces;   // decimals
    bool aligned = true;       // the points of a column stand below each other
};

// The columns named for `list` that at least one row has; all scalar fields if none is named, or
// after them if `all`.
Grid grid_of(std::string_view list, const json::array& rows, const Extent& extent);

}  // namespace vault::render
