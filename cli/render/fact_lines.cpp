#include "cli/render/fact_lines.hpp"

#include "cli/render/columns.hpp"
#include "cli/render/fold.hpp"
#include "cli/render/table.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace vault::render {

std::string fact_of(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    if (value == nullptr || value->is_null()) return {};
    const auto* list = value->if_array();
    if (list == nullptr) return printable(cell_text(*value, kAllPlaces));
    std::string out;
    for (const auto& item : *list) {
        if (!out.empty()) out += ", ";
        out += printable(cell_text(item, kAllPlaces));
    }
    return out;
}

const json::object* part_of(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value == nullptr ? nullptr : value->if_object();
}

std::string FactLines::text() const {
    std::size_t width = 0;
    for (const auto& [name, text] : lines_)
        width = std::max(width, name.size());
    std::string out;
    for (const auto& [name, text] : lines_)
        out += folded(text, fmt::format("{:<{}}  ", name, width), width + 2);
    return out;
}

}  // namespace vault::render
