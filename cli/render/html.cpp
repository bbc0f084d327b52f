#include "cli/render/html.hpp"

#include "cli/render/columns.hpp"
#include "cli/render/lists.hpp"
#include "common/chart/page.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace vault::render {
namespace {

std::string spoken(std::string_view name) {
    std::string text = printable(name);
    std::ranges::replace(text, '_', ' ');
    return text;
}

bool is_list(const json::value& value) {
    const auto* items = value.if_array();
    return items != nullptr && (items->empty() || items->front().is_object());
}

chart::Table table_of(std::string_view list, const json::array& rows) {
    chart::Table table;
    const Grid grid = grid_of(list, rows, {.left_out = 0, .places = kAllPlaces, .aligned = false});
    for (std::size_t i = 0; i < grid.titles.size(); ++i)
        table.columns.push_back({grid.titles[i], grid.right[i]});
    for (const auto& row : grid.rows) {
        auto& cells = table.rows.emplace_back();
        for (const std::string& cell : row)
            cells.push_back(printable(cell));
    }
    return table;
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kTitles{
    {{"report.vault", "Vault report"},
     {"report.pnl", "Profit and loss"},
     {"report.fees", "Fees"},
     {"report.sweeps", "Sweeps"}}};

// "report.daily" -> "Report: daily", of a release that has more reports.
std::string name_of(std::string_view method) {
    for (const auto& [known, title] : kTitles)
        if (known == method) return std::string(title);
    std::string title(method);
    const auto dot = title.find('.');
    if (dot != std::string::npos) title.replace(dot, 1, ": ");
    if (!title.empty() && title[0] >= 'a' && title[0] <= 'z')
        title[0] = static_cast<char>(title[0] - 'a' + 'A');
    return title;
}

// "2024-01-05T00:00:00.000Z" -> "2024-01-05"; a minute keeps its time.
std::string instant_at(const json::value& data, std::string_view key) {
    const auto* value = at_path(data, key);
    if (value == nullptr || !value->is_string()) return {};
    std::string text = printable(std::string_view(value->get_string()));
    for (const std::string_view idle : {"T00:00:00.000Z", ".000Z"})
        if (text.ends_with(idle)) {
            text.resize(text.size() - idle.size());
            return idle[0] == '.' ? text + 'Z' : text;
        }
    return text;
}

std::string period_of(const json::value& data) {
    const std::string from = instant_at(data, "from"), to = instant_at(data, "to");
    if (from.empty() && to.empty()) return "all time";
    if (from.empty()) return "until " + to;
    return to.empty() ? "since " + from : fmt::format("{} to {}", from, to);
}

std::string title_of(const Document& document) {
    std::string title = name_of(document.method);
    if (!document.subject.empty()) title += " of " + printable(document.subject);
    return title + ", " + period_of(*document.data);
}

}  // namespace

std::string html_page(const Document& document) {
    chart::Page page(title_of(document));
    if (!document.made.empty()) page.add_note(document.made);
    for (const std::string& warning : document.warnings)
        page.add_note(warning);
    if (is_list(*document.data)) {
        page.add_table("", table_of(document.method, document.data->get_array()));
        return page.text();
    }
    const auto* object = document.data->if_object();
    if (object == nullptr) return page.text();
    std::vector<std::pair<std::string, std::string>> facts;
    for (const auto& member : *object)
        if (!member.value().is_structured() && !member.value().is_null())
            facts.emplace_back(spoken(member.key()),
                               printable(cell_text(member.value(), kAllPlaces)));
    page.add_facts(facts);
    for (const auto& member : *object) {
        if (!is_list(member.value())) continue;
        const std::string_view name = member.key();
        page.add_table(spoken(name), table_of(fmt::format("{}.{}", document.method, name),
                                              member.value().get_array()));
    }
    return page.text();
}

}  // namespace vault::render
