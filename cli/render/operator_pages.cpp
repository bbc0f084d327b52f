#include "cli/render/operator_pages.hpp"

#include "cli/render/columns.hpp"
#include "cli/render/fold.hpp"
#include "cli/render/pages.hpp"
#include "cli/render/table.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace vault::render {
namespace {

std::string text_of(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value == nullptr || !value->is_string() ? std::string()
                                                   : std::string(value->get_string());
}

// As the format asks: a backslash, a line feed, and in a label the quote.
std::string escaped(std::string_view text, bool label) {
    std::string out;
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (c == '\\' || (label && c == '"')) out += '\\';
        out += c;
    }
    return out;
}

std::string labels_of(const json::object& sample) {
    const auto* labels = sample.if_contains("labels");
    if (labels == nullptr || !labels->is_object()) return {};
    std::string out;
    for (const auto& label : labels->get_object()) {
        if (!label.value().is_string()) continue;
        out += fmt::format("{}{}=\"{}\"", out.empty() ? "" : ",", std::string_view(label.key()),
                           escaped(std::string_view(label.value().get_string()), true));
    }
    return out;
}

const json::array& list_of(const json::value& value, std::string_view name) {
    static const json::array none;
    const auto* list = value.is_object() ? value.get_object().if_contains(name) : nullptr;
    return list == nullptr || !list->is_array() ? none : list->get_array();
}

std::string section_of(const json::object& row) {
    const std::string key = text_of(row, "key");
    return key.substr(0, key.find('.'));
}

// The rows of the keys, those of a section behind each other.
json::array section_rows(const json::object& data) {
    const auto* keys = data.if_contains("keys");
    if (keys == nullptr || !keys->is_array()) return {};
    std::vector<std::string> sections;
    for (const auto& key : keys->get_array())
        if (key.is_object() &&
            std::ranges::find(sections, section_of(key.get_object())) == sections.end())
            sections.push_back(section_of(key.get_object()));
    json::array rows;
    for (const std::string& section : sections)
        for (const auto& key : keys->get_array())
            if (key.is_object() && section_of(key.get_object()) == section) rows.push_back(key);
    return rows;
}

Grid section_grid(const std::string& section, const json::array& rows) {
    Grid grid{.titles = {section}, .right = {false}, .rows = {}};
    for (const auto& row : rows)
        grid.rows.push_back({printable(
            text_of(row.get_object(), "key")
                .substr(std::min(section.size() + 1, text_of(row.get_object(), "key").size())))});
    for (const ColumnSpec& column : columns_of("config.show.keys")) {
        if (column.path == "key") continue;
        const bool any = std::ranges::any_of(
            rows, [&](const auto& row) { return row.get_object().contains(column.path); });
        if (!any) continue;
        grid.titles.emplace_back(column.title);
        grid.right.push_back(false);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const std::string text = text_of(rows[i].get_object(), column.path);
            grid.rows[i].push_back(text.empty() ? "-" : printable(text));
        }
    }
    return grid;
}

std::string check_lines(const json::object& check, std::size_t width, const Look& look) {
    const std::string status = text_of(check, "status");
    std::string first = fmt::format("{:<9}", printable(status));
    if (look.bold && status != "ok") first = fmt::format("\x1b[1m{}\x1b[0m", first);
    const std::string name = printable(text_of(check, "name"));
    const std::size_t indent = 9 + width + 2;
    // The escapes of bold type take no column.
    std::string out = folded(printable(text_of(check, "message")),
                             fmt::format("{:<9}{:<{}}  ", "", name, width), indent);
    out.replace(0, 9, first);
    const std::string fix = printable(text_of(check, "fix"));
    if (!fix.empty()) out += folded(fix, fmt::format("{:{}}fix: ", "", indent), indent + 5);
    return out;
}

std::int64_t exit_code_of(const json::value& row) {
    const auto* code = row.is_object() ? row.get_object().if_contains("exit_code") : nullptr;
    return code == nullptr || !code->is_int64() ? -1 : code->get_int64();
}

// "vault v1", "sleeve v1.flash", "daemon".
std::string level_of(const json::object& cap) {
    const std::string of = text_of(cap, "of");
    return printable(text_of(cap, "level") + (of.empty() ? "" : " " + of));
}

}  // namespace

std::string prometheus_text(const json::value& data) {
    std::string out;
    for (const auto& family : list_of(data, "metrics")) {
        if (!family.is_object()) continue;
        const std::string name = text_of(family.get_object(), "name");
        out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name,
                           escaped(text_of(family.get_object(), "help"), false), name,
                           text_of(family.get_object(), "type"));
        for (const auto& sample : list_of(family, "samples")) {
            if (!sample.is_object()) continue;
            const std::string labels = labels_of(sample.get_object());
            out += text_of(sample.get_object(), "name");
            if (!labels.empty()) out += fmt::format("{{{}}}", labels);
            out += fmt::format(" {}\n", text_of(sample.get_object(), "value"));
        }
    }
    return out;
}

json::array metric_rows(const json::value& data) {
    json::array rows;
    for (const auto& family : list_of(data, "metrics"))
        for (const auto& sample : list_of(family, "samples"))
            if (sample.is_object())
                rows.push_back(json::object{{"name", text_of(sample.get_object(), "name")},
                                            {"labels", labels_of(sample.get_object())},
                                            {"value", text_of(sample.get_object(), "value")}});
    return rows;
}

std::string config_page(const json::object& data, const Look& look) {
    json::object head = data;
    head.erase("keys");
    std::string out = object_page("config.show", head, look);
    const json::array rows = section_rows(data);
    for (std::size_t at = 0; at < rows.size();) {
        const std::string section = section_of(rows[at].get_object());
        json::array part;
        for (; at < rows.size() && section_of(rows[at].get_object()) == section; ++at)
            part.push_back(rows[at]);
        out += '\n' + to_table(section_grid(section, part), look.bold);
    }
    return out;
}

std::string doctor_page(const json::object& data, const Look& look) {
    const auto* list = data.if_contains("checks");
    if (list == nullptr || !list->is_array()) return {};
    std::size_t width = 0;
    for (const auto& check : list->get_array())
        if (check.is_object()) width = std::max(width, text_of(check.get_object(), "name").size());
    std::map<std::string, int> counts;
    std::string out;
    for (const auto& check : list->get_array()) {
        if (!check.is_object()) continue;
        ++counts[text_of(check.get_object(), "status")];
        out += check_lines(check.get_object(), width, look);
    }
    return out + fmt::format("\n{} failed, {} warning{}, {} ok\n", counts["failed"],
                             counts["warning"], counts["warning"] == 1 ? "" : "s", counts["ok"]);
}

std::string caps_page(const json::array& caps, const Look& look) {
    constexpr std::size_t kIndent = 4;
    const auto line = [](const std::string& what, const std::string& text) {
        return text.empty() ? "" : folded(printable(text), "    " + what, kIndent);
    };
    std::string out, level;
    for (const auto& item : caps) {
        if (!item.is_object()) continue;
        const json::object& cap = item.get_object();
        const std::string here = level_of(cap);
        if (here != level)
            out += fmt::format("{}{}{}{}\n", out.empty() ? "" : "\n", look.bold ? "\x1b[1m" : "",
                               here, look.bold ? "\x1b[0m" : "");
        level = here;
        out += fmt::format("  {} {}: {}\n", printable(text_of(cap, "cap")),
                           printable(text_of(cap, "limit")), printable(text_of(cap, "standing")));
        const std::string at = text_of(cap, "tripped_at");
        out += line("at " + at + ": ", text_of(cap, "tripped"));
        out += line(at.empty() ? "" : "now: ", text_of(cap, "arithmetic"));
        const std::string left = text_of(cap, "headroom");
        out += line("left before it blocks: ", left.empty() ? "" : left);
        if (text_of(cap, "standing") == "free") continue;
        out += line("blocks: ", text_of(cap, "blocks"));
        out += line("ends with: ", text_of(cap, "ends"));
        out += line("remedy: ", text_of(cap, "remedy"));
    }
    return out.empty() ? "no cap is set\n" : out;
}

std::string errors_page(const json::object& data) {
    constexpr std::size_t kHintColumn = 37;
    std::string out;
    const json::value all(data);
    for (const auto& exit : list_of(all, "exits")) {
        if (!exit.is_object()) continue;
        const std::int64_t code = exit_code_of(exit);
        out += folded(text_of(exit.get_object(), "meaning"), fmt::format("{:>4}  ", code), 6);
        for (const auto& error : list_of(all, "errors"))
            if (exit_code_of(error) == code)
                out += folded(text_of(error.get_object(), "hint"),
                              fmt::format("      {:<30} ", text_of(error.get_object(), "code")),
                              kHintColumn);
    }
    return out;
}

}  // namespace vault::render
