#pragma once
// Lists of objects as grids. Private to this room. Pure; any thread.
#include "cli/render/columns.hpp"
#include "cli/render/table.hpp"

#include <boost/json/array.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace vault::render {

// The columns named for `list` that at least one row has; all scalar fields if none is named, or
// after them if `all`.
Grid grid_of(std::string_view list, const json::array& rows, bool all, int places);

// Every scalar field of the rows with nested objects flattened to dotted names, in order of first
// appearance; lists of objects as compact JSON. Nothing is cut.
Grid flat_grid(const json::array& rows);

}  // namespace vault::render
