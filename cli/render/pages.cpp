#include "cli/render/pages.hpp"

#include "cli/render/columns.hpp"
#include "cli/render/fold.hpp"
#include "cli/render/lists.hpp"
#include "common/base/time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace vault::render {
namespace {

constexpr int kShownPlaces = 8;

std::string spaced(std::string_view key) {
    std::string text = printable(key);
    std::ranges::replace(text, '_', ' ');
    return text;
}

bool is_table(const json::value& value) {
    const auto* items = value.if_array();
    return items != nullptr && !items->empty() && items->front().is_object();
}

std::string heading(std::string_view text, const Look& look) {
    return look.bold ? fmt::format("\x1b[1m{}\x1b[0m\n", text) : fmt::format("{}\n", text);
}

int places_of(const Look& look) {
    return look.format == Format::Wide ? kAllPlaces : kShownPlaces;
}

std::string shown(const json::value& value, const Look& look) {
    return printable(cell_text(value, places_of(look)));
}

// `first` and a text behind it; what does not fit goes on below the beginning of the text.
std::string text_lines(const std::string& first, const std::string& text, std::size_t indent) {
    if (width_of(first + text) <= static_cast<int>(kTerminalColumns)) return first + text + '\n';
    return folded(text, first, indent);
}

// The same for a list: short items behind each other, sentences below each other.
std::string item_lines(std::string first, const json::array& items, const Look& look) {
    constexpr std::size_t kSentence = 40;
    const std::size_t indent = first.size();
    std::vector<std::string> texts;
    for (const auto& item : items)
        texts.push_back(shown(item, look));
    if (texts.empty()) texts.emplace_back("-");
    std::string out;
    if (std::ranges::any_of(texts, [&](const auto& text) { return text.size() > kSentence; })) {
        for (const auto& text : texts) {
            out += text_lines(first, text, indent);
            first.assign(indent, ' ');
        }
        return out;
    }
    for (std::size_t i = 0; i + 1 < texts.size(); ++i)
        texts[i] += ',';
    return folded_pieces(texts, first, indent);
}

// Nobody reads the milliseconds of a minute.
Duration readable(Duration span) {
    constexpr Duration kSecond{1'000};
    return span < 10 * kSecond ? span : span - span % kSecond;
}

// Scalars of an object, then its objects indented; lists of objects are left to the caller.
void append_fields(std::string& out, const json::object& object, int indent, const Look& look) {
    int width = 0;
    for (const auto& member : object)
        if (!member.value().is_object() && !is_table(member.value()))
            width = std::max(width, width_of(std::string_view(member.key())));
    for (const auto& member : object) {
        if (member.value().is_object() || is_table(member.value())) continue;
        std::string key = spaced(member.key());
        std::string value = shown(member.value(), look);
        if (key.ends_with(" ms") && member.value().is_int64()) {  // people read 2h5m, not 7500000
            key.resize(key.size() - 3);
            value = format_duration(readable(Duration{member.value().get_int64()}));
        }
        const std::string first =
            fmt::format("{:{}}{}{:{}}  ", "", indent, key, "", std::max(0, width - width_of(key)));
        out += member.value().is_array() ? item_lines(first, member.value().get_array(), look)
                                         : text_lines(first, value, first.size());
    }
    for (const auto& member : object) {
        if (!member.value().is_object() || member.value().get_object().empty()) continue;
        out += fmt::format("{:{}}{}\n", "", indent, spaced(member.key()));
        append_fields(out, member.value().get_object(), indent + 2, look);
    }
}

void append_tables(std::string& out, std::string_view method, const json::object& object,
                   const Look& look) {
    for (const auto& member : object) {
        if (member.value().is_object())
            append_tables(out, fmt::format("{}.{}", method, std::string_view(member.key())),
                          member.value().get_object(), look);
        if (!is_table(member.value())) continue;
        out += '\n';
        out += heading(spaced(member.key()), look);
        out += list_table(fmt::format("{}.{}", method, std::string_view(member.key())),
                          member.value().get_array(), look);
    }
}

std::string field(const json::object& object, std::string_view key, const Look& look) {
    const auto* value = object.if_contains(key);
    return value == nullptr ? "-" : shown(*value, look);
}

constexpr std::array<std::string_view, 8> kVaultFigures{"total",       "tradeable", "reserve",
                                                        "unallocated", "equity",    "reserve_pct",
                                                        "reserve_cap", "shortfall"};
constexpr std::array<std::string_view, 14> kSleeveFigures{
    "state",          "balance",   "cash",     "locked",     "pending", "unallocate_requested",
    "positions_cost", "principal", "realised", "unrealised", "equity",  "fees",
    "fee_float",      "swept"};

std::string vault_figures(const json::object& vault, const Look& look) {
    std::vector<std::string> keys, values;
    for (const auto key : kVaultFigures) {
        const auto* value = vault.if_contains(key);
        if (value == nullptr || value->is_null()) continue;
        keys.push_back(spaced(key));
        values.push_back(shown(*value, look));
    }
    align_points(values);
    int width = 0;
    for (const auto& value : values)
        width = std::max(width, width_of(value));
    std::string out;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        std::string line = fmt::format("  {:<22}{:>{}}", keys[i], values[i], width);
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + '\n';
    }
    return out;
}

// Why a sleeve does not trade, below the figures: such a text would push their columns apart.
std::string idle_lines(const json::object& quiet, const json::object& flash, const Look& look) {
    std::string out;
    for (const auto& [name, sleeve] : {std::pair{"quiet", &quiet}, std::pair{"flash", &flash}}) {
        const std::string why = field(*sleeve, "idle_reason", look);
        if (why != "-")
            out +=
                text_lines(fmt::format("  {} {}: ", name, field(*sleeve, "state", look)), why, 4);
    }
    return out.empty() ? out : '\n' + out;
}

std::string sleeves_side_by_side(const json::object& vault, const Look& look) {
    const auto* quiet = vault.if_contains("quiet");
    const auto* flash = vault.if_contains("flash");
    if (quiet == nullptr || flash == nullptr || !quiet->is_object() || !flash->is_object())
        return {};
    const auto& left = quiet->get_object();
    const auto& right = flash->get_object();
    std::vector<std::string> keys, lefts, rights;
    for (const auto key : kSleeveFigures) {
        if (!left.contains(key) && !right.contains(key)) continue;
        keys.push_back(spaced(key));
        lefts.push_back(field(left, key, look));
        rights.push_back(field(right, key, look));
    }
    align_points(lefts);
    align_points(rights);
    Grid grid{.titles = {"sleeve", "quiet", "flash"}, .right = {false, true, true}, .rows = {}};
    for (std::size_t i = 0; i < keys.size(); ++i)
        grid.rows.push_back({keys[i], lefts[i], rights[i]});
    return '\n' + to_table(grid, look.bold) + idle_lines(left, right, look);
}

json::array positions_of(const json::object& vault) {
    json::array rows;
    for (const std::string_view sleeve : {"quiet", "flash"}) {
        const auto* held = vault.if_contains(sleeve);
        const auto* list = held == nullptr || !held->is_object()
                               ? nullptr
                               : held->get_object().if_contains("positions");
        if (list == nullptr || !list->is_array()) continue;
        for (const auto& position : list->get_array()) {
            if (!position.is_object()) continue;
            json::object row = position.get_object();
            row["sleeve"] = sleeve;
            rows.emplace_back(std::move(row));
        }
    }
    return rows;
}

// The titles alone say what there is none of.
std::string no_rows(std::string_view list, const Look& look) {
    Grid grid;
    for (const ColumnSpec& column : columns_of(list)) {
        grid.titles.emplace_back(column.title);
        grid.right.push_back(false);
    }
    return grid.titles.empty() ? std::string() : to_table(grid, look.bold);
}

}  // namespace

std::string list_table(std::string_view list, const json::array& rows, const Look& look) {
    if (rows.empty()) return no_rows(list, look);
    if (look.format == Format::Wide) return to_table(grid_of(list, rows, {.all = true}), look.bold);
    // Decimals go first, then the columns' tidy points, then columns.
    constexpr std::array kSteps{std::pair{kShownPlaces, true}, std::pair{6, true},
                                std::pair{4, true}, std::pair{2, true}, std::pair{2, false}};
    Grid grid;
    const auto spares = std::ranges::count(columns_of(list), true, &ColumnSpec::spare);
    for (std::size_t left_out = 0; left_out <= static_cast<std::size_t>(spares); ++left_out)
        for (const auto& [places, aligned] : kSteps) {
            grid =
                grid_of(list, rows, {.left_out = left_out, .places = places, .aligned = aligned});
            if (width_of(grid) <= static_cast<int>(kTerminalColumns))
                return to_table(grid, look.bold);
        }
    return to_table(grid, look.bold);
}

// An explanation is told before anything else, a sentence a paragraph, without a name in front.
// Its figures have all their places: the arithmetic holds to the last digit.
std::string told_page(std::string_view method, json::object object, const Look& look) {
    const Look exact{Format::Wide, look.bold};
    const json::value story = object.at("story");
    object.erase("story");
    std::string out;
    for (const auto& sentence : story.as_array())
        out += text_lines("", shown(sentence, exact), 2);
    out += '\n';
    append_fields(out, object, 0, exact);
    for (const auto& member : object) {
        if (!is_table(member.value())) continue;
        const std::string_view name = member.key();
        const json::array& rows = member.value().get_array();
        out += '\n' + heading(spaced(name), look);
        out += to_table(grid_of(fmt::format("{}.{}", method, name), rows,
                                {.left_out = 0, .places = kAllPlaces, .aligned = true}),
                        look.bold);
    }
    return out;
}

// Checks with a sentence each: the first that fails and what removes it, then all of them.
std::string checks_page(const json::object& object, const json::array& checks, const Look& look) {
    std::string out;
    const auto fact = [&](std::string_view title, std::string_view key) {
        const std::string value = field(object, key, look);
        if (value != "-") out += text_lines(fmt::format("{:<12}", title), value, 12);
    };
    fact("trading", "ok");
    fact("blocked by", "blocked_by");
    fact("because", "message");
    fact("remedy", "remedy");
    out += '\n';
    for (const auto& check : checks) {
        const json::object& row = check.as_object();
        const auto* ok = row.if_contains("ok");
        const bool fine = ok != nullptr && ok->is_bool() && ok->get_bool();
        const std::string first = fmt::format("{:<8}{:<10} {:<11} ", fine ? "ok" : "blocked",
                                              field(row, "of", look), field(row, "name", look));
        out += text_lines(first, field(row, "message", look), first.size());
        const std::string remedy = field(row, "remedy", look);
        if (remedy != "-") out += text_lines(std::string(first.size(), ' '), remedy, first.size());
    }
    return out;
}

std::string object_page(std::string_view method, const json::object& object, const Look& look) {
    const auto* checks = object.if_contains("checks");
    if (checks != nullptr && is_table(*checks) && object.contains("blocked_by"))
        return checks_page(object, checks->get_array(), look);
    const auto* story = object.if_contains("story");
    if (story != nullptr && story->is_array()) return told_page(method, object, look);
    std::string out;
    append_fields(out, object, 0, look);
    append_tables(out, method, object, look);
    return out;
}

std::string vault_page(const json::object& vault, const Look& look) {
    std::string out =
        heading(fmt::format("{}  {}  {}  {}  user {}  account {}", field(vault, "id", look),
                            field(vault, "asset", look), field(vault, "mode", look),
                            field(vault, "state", look), field(vault, "user", look),
                            field(vault, "account", look)),
                look);
    if (const std::string why = field(vault, "attention", look); why != "-")
        out += '\n' + text_lines("  needs attention: ", why, 4);
    out += '\n' + vault_figures(vault, look) + sleeves_side_by_side(vault, look);
    const json::array positions = positions_of(vault);
    if (!positions.empty()) out += '\n' + list_table("position.list", positions, look);
    const auto* pairs = vault.if_contains("pairs");
    const bool listed = pairs != nullptr && pairs->is_array();
    out += '\n' + item_lines("  pairs       ", listed ? pairs->get_array() : json::array(), look);
    const auto* raise = vault.if_contains("auto_raise");
    if (raise != nullptr && raise->is_object()) {
        out += "  auto raise\n";
        append_fields(out, raise->get_object(), 4, look);
    } else {
        out += fmt::format("  auto raise  {}\n", field(vault, "auto_raise", look));
    }
    out += fmt::format("  updated at  {}\n", field(vault, "updated_at", look));
    const auto* pauses = vault.if_contains("pauses");
    if (pauses != nullptr && is_table(*pauses))
        out += '\n' + list_table("pauses", pauses->get_array(), look);
    return out;
}

}  // namespace vault::render
