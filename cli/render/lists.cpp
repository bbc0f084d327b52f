#include "cli/render/lists.hpp"

#include <algorithm>

namespace vault::render {
namespace {

constexpr int kQuantityPlaces = 8;

struct Shown {
    std::string path, title;
};

bool is_plain(const json::value& value) {
    if (value.is_object()) return false;
    const auto* items = value.if_array();
    return items == nullptr || std::ranges::none_of(*items, [](const json::value& item) {
               return item.is_structured();
           });
}

void add_path(std::vector<Shown>& shown, const std::string& path) {
    if (std::ranges::find(shown, path, &Shown::path) == shown.end()) shown.push_back({path, path});
}

void collect(const json::object& object, const std::string& prefix, bool deep,
             std::vector<Shown>& shown) {
    for (const auto& member : object) {
        const std::string path = prefix + std::string(member.key());
        // A key with a dot in it cannot be a path.
        if (member.key().contains('.')) continue;
        if (deep && member.value().is_object()) {
            collect(member.value().get_object(), path + '.', deep, shown);
        } else if (is_plain(member.value())) {  // a list of objects is no cell
            add_path(shown, path);
        }
    }
}

std::vector<Shown> named_columns(std::string_view list, const json::array& rows) {
    std::vector<Shown> shown;
    for (const ColumnSpec& spec : columns_of(list)) {
        const auto has = [&](const json::value& row) { return at_path(row, spec.path) != nullptr; };
        if (std::ranges::any_of(rows, has))
            shown.push_back({std::string(spec.path), std::string(spec.title)});
    }
    return shown;
}

// Coins come in small steps, so a quantity loses none of its figures to a narrow table.
int places_in(std::string_view path, int places) {
    return path.ends_with("quantity") ? std::max(places, kQuantityPlaces) : places;
}

Grid fill(const std::vector<Shown>& shown, const json::array& rows, int places, bool raw) {
    Grid grid;
    for (const Shown& column : shown) {
        grid.titles.push_back(column.title);
        bool figures = true;
        bool seen = false;
        for (const auto& row : rows) {
            const auto* value = at_path(row, column.path);
            if (value == nullptr || value->is_null()) continue;
            seen = true;
            figures = figures && is_figure(*value);
        }
        grid.right.push_back(seen && figures);
    }
    for (const auto& row : rows) {
        std::vector<std::string> cells;
        for (const Shown& column : shown) {
            const auto* value = at_path(row, column.path);
            const bool missing = value == nullptr || value->is_null();
            if (raw && missing) {
                cells.emplace_back();
            } else if (raw && value->is_bool()) {
                cells.emplace_back(value->get_bool() ? "true" : "false");
            } else if (raw && value->is_string()) {
                cells.emplace_back(value->get_string());
            } else {
                cells.push_back(missing ? "-" : cell_text(*value, places_in(column.path, places)));
            }
        }
        grid.rows.push_back(std::move(cells));
    }
    return grid;
}

}  // namespace

Grid grid_of(std::string_view list, const json::array& rows, bool all, int places) {
    std::vector<Shown> shown = named_columns(list, rows);
    if (shown.size() < 2 || all)
        for (const auto& row : rows)
            if (row.is_object()) collect(row.get_object(), "", all, shown);
    return fill(shown, rows, places, false);
}

Grid flat_grid(const json::array& rows) {
    std::vector<Shown> shown;
    for (const auto& row : rows)
        if (row.is_object()) collect(row.get_object(), "", true, shown);
    return fill(shown, rows, kAllPlaces, true);
}

}  // namespace vault::render
