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
               return item.is_structured() && !has_words(item);
           });
}

void add_path(std::vector<Shown>& shown, const std::string& path) {
    if (std::ranges::find(shown, path, &Shown::path) == shown.end()) shown.push_back({path, path});
}

// How far below a row its columns are looked for. A whole sleeve inside a vault's row is for
// programs: its 25 fields have a list of their own.
enum class Depth { Row, NoSleeves };

bool is_sleeve(const json::object& object) {
    return object.contains("idle_reason") && object.contains("positions");
}

void collect(const json::object& object, const std::string& prefix, Depth depth,
             std::vector<Shown>& shown) {
    for (const auto& member : object) {
        const std::string path = prefix + std::string(member.key());
        // A key with a dot in it cannot be a path.
        if (member.key().contains('.')) continue;
        if (depth != Depth::Row && member.value().is_object()) {
            if (!is_sleeve(member.value().get_object()))
                collect(member.value().get_object(), path + '.', depth, shown);
        } else if (is_plain(member.value())) {  // a list of objects is no cell
            add_path(shown, path);
        }
    }
}

// What some rows have nothing in place of: its parts are the columns, and are empty there.
void drop_wholes(std::vector<Shown>& shown) {
    const std::vector<Shown> all = shown;
    std::erase_if(shown, [&](const Shown& whole) {
        return std::ranges::any_of(
            all, [&](const Shown& part) { return part.path.starts_with(whole.path + '.'); });
    });
}

std::vector<Shown> named_columns(std::string_view list, const json::array& rows,
                                 std::size_t left_out) {
    std::vector<Shown> shown;
    for (const ColumnSpec& spec : columns_of(list)) {
        if (spec.spare && left_out > 0) {
            --left_out;
            continue;
        }
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

bool is_missing(const json::value* value) {
    return value == nullptr || value->is_null();
}

// At least one figure, and nothing but figures.
bool is_figure_column(const std::string& path, const json::array& rows) {
    bool seen = false;
    for (const auto& row : rows) {
        const auto* value = at_path(row, path);
        if (is_missing(value)) continue;
        if (!is_figure(*value)) return false;
        seen = true;
    }
    return seen;
}

// A part of every time of the column that says nothing: the midnight of a day, else zero
// milliseconds.
std::string_view idle_end(const std::string& path, const json::array& rows) {
    constexpr std::string_view kMidnight = "T00:00:00.000Z";
    constexpr std::string_view kNoMillis = ".000Z";
    const std::string_view end = path == "day" ? kMidnight : kNoMillis;
    for (const auto& row : rows) {
        const auto* value = at_path(row, path);
        if (is_missing(value)) continue;
        const auto* text = value->if_string();
        if (text == nullptr || !std::string_view(*text).ends_with(end)) return {};
    }
    return end;
}

std::string without_end(std::string text, std::string_view end) {
    if (end.empty() || !text.ends_with(end)) return text;
    text.resize(text.size() - end.size());
    return end.starts_with('.') ? text + 'Z' : text;
}

std::vector<std::string> column_of(const Shown& column, const json::array& rows,
                                   const Extent& extent) {
    std::vector<std::string> cells;
    const auto end = extent.all ? std::string_view() : idle_end(column.path, rows);
    for (const auto& row : rows) {
        const auto* value = at_path(row, column.path);
        cells.push_back(
            is_missing(value)
                ? "-"
                : without_end(cell_text(*value, places_in(column.path, extent.places)), end));
    }
    return cells;
}

void add_column(Grid& grid, const Shown& column, bool right, bool aligned,
                std::vector<std::string> cells) {
    grid.titles.push_back(column.title);
    grid.right.push_back(right);
    if (right && aligned) align_points(cells);
    for (std::size_t i = 0; i < cells.size(); ++i)
        grid.rows[i].push_back(std::move(cells[i]));
}

}  // namespace

Grid grid_of(std::string_view list, const json::array& rows, const Extent& extent) {
    std::vector<Shown> shown = named_columns(list, rows, extent.left_out);
    if (shown.size() < 2 || extent.all)
        for (const auto& row : rows)
            if (row.is_object())
                collect(row.get_object(), "", extent.all ? Depth::NoSleeves : Depth::Row, shown);
    if (extent.all) drop_wholes(shown);
    Grid grid;
    grid.rows.resize(rows.size());
    for (const Shown& column : shown)
        add_column(grid, column, is_figure_column(column.path, rows), extent.aligned,
                   column_of(column, rows, extent));
    return grid;
}

}  // namespace vault::render
