#include "common/chart/page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace vault::chart {
namespace {

constexpr std::string_view kStyle =
    ":root{color-scheme:light dark}"
    "body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem}"
    "h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}"
    ".wide{overflow-x:auto}"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums}"
    "th,td{padding:.3rem .8rem;text-align:left;border-bottom:1px solid #8886;vertical-align:top}"
    "th{border-bottom:2px solid #888}"
    "h1,td,dd{overflow-wrap:anywhere}td{min-width:4ch}"
    ".n{text-align:right;white-space:nowrap}"
    "dl{display:grid;grid-template-columns:max-content auto;gap:.2rem 1.5rem}dd{margin:0}"
    "dt,.note{opacity:.75}"
    "svg{max-width:100%;height:auto}"
    "@media print{body{margin:0;max-width:none}}";

struct Entity {
    char character;
    std::string_view text;
};
constexpr std::array kEntities{Entity{'&', "&amp;"}, Entity{'<', "&lt;"}, Entity{'>', "&gt;"},
                               Entity{'"', "&quot;"}, Entity{'\'', "&#39;"}};

}  // namespace

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto entity = std::ranges::find(kEntities, c, &Entity::character);
        const bool control = (c >= 0 && c < 0x20 && c != '\n' && c != '\t') || c == 0x7f;
        if (entity != kEntities.end())
            out += entity->text;
        else
            out += control ? '?' : c;
    }
    return out;
}

Page::Page(std::string_view title) : title_(escaped(title)) {}

void Page::add_note(std::string_view text) {
    body_ += fmt::format("<p class=\"note\">{}</p>\n", escaped(text));
}

void Page::add_facts(const std::vector<std::pair<std::string, std::string>>& facts) {
    if (facts.empty()) return;
    body_ += "<dl>\n";
    for (const auto& [name, value] : facts)
        body_ += fmt::format("<dt>{}</dt><dd>{}</dd>\n", escaped(name), escaped(value));
    body_ += "</dl>\n";
}

void Page::add_table(std::string_view heading, const Table& table) {
    if (!heading.empty()) body_ += fmt::format("<h2>{}</h2>\n", escaped(heading));
    if (table.rows.empty()) {
        add_note("none");
        return;
    }
    const auto mark = [&](std::size_t column) {
        return table.columns[column].right ? " class=\"n\"" : "";
    };
    body_ += "<div class=\"wide\"><table>\n<thead><tr>";
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        body_ +=
            fmt::format("<th scope=\"col\"{}>{}</th>", mark(i), escaped(table.columns[i].title));
    body_ += "</tr></thead>\n<tbody>\n";
    for (const auto& row : table.rows) {
        body_ += "<tr>";
        for (std::size_t i = 0; i < row.size() && i < table.columns.size(); ++i)
            body_ += fmt::format("<td{}>{}</td>", mark(i), escaped(row[i]));
        body_ += "</tr>\n";
    }
    body_ += "</tbody>\n</table></div>\n";
}

void Page::add_figure(std::string_view svg) {
    body_ += fmt::format("<figure style=\"margin:1rem 0\">\n{}</figure>\n", svg);
}

std::string Page::text() const {
    return fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"/>\n"
        "<title>{0}</title>\n<style>{1}</style>\n</head>\n<body>\n<h1>{0}</h1>\n{2}</body>\n"
        "</html>\n",
        title_, kStyle, body_);
}

}  // namespace vault::chart
