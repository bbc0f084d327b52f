#include "cli/command/session.hpp"
#include "common/chart/cells.hpp"
#include "common/protocol/validate.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace vault::command {
namespace {

constexpr int kPanelHeight = 8;

void add_points(const json::value& one, std::string_view key, chart::Series& series) {
    const auto* points = one.is_object() ? one.get_object().if_contains("points") : nullptr;
    if (points == nullptr || !points->is_array()) return;
    for (const auto& point : points->get_array()) {
        const auto* row = point.if_object();
        const auto* day = row == nullptr ? nullptr : row->if_contains("day");
        const auto* figure = row == nullptr ? nullptr : row->if_contains(key);
        if (day == nullptr || figure == nullptr || !day->is_string() || !figure->is_string())
            continue;
        const auto at = parse_utc(std::string_view(day->get_string()));
        const auto value = Decimal::parse(std::string_view(figure->get_string()));
        if (at && value) series.points.push_back({at.value(), value.value()});
    }
}

bool is_sleeve(const json::value& one, std::string_view sleeve) {
    const auto* name = one.is_object() ? one.get_object().if_contains("sleeve") : nullptr;
    return name != nullptr && name->is_string() && name->get_string() == sleeve;
}

// The figure `key` of the day closes: of one sleeve's series, or of all if `sleeve` is empty (a
// vault's own figures stand in both; a day that is there twice draws the same dot).
chart::Series series_of(const json::array& data, std::string_view sleeve, std::string_view key,
                        std::string name) {
    chart::Series series{std::move(name), {}};
    for (const auto& one : data)
        if (sleeve.empty() || is_sleeve(one, sleeve)) add_points(one, key, series);
    std::ranges::stable_sort(series.points, {}, &chart::Point::time);
    return series;
}

struct Panel {
    std::string_view sleeve, key, title;
};
constexpr std::array kPanels{
    Panel{"", "vault_total", "total"}, Panel{"", "vault_tradeable", "tradeable"},
    Panel{"quiet", "balance", "quiet"}, Panel{"flash", "balance", "flash"}};

chart::CellOptions options_of(const json::object& params) {
    chart::CellOptions options;
    options.height = kPanelHeight;
    if (const auto* width = params.if_contains("width"))
        options.width = static_cast<int>(width->get_int64());
    if (const auto* height = params.if_contains("height"))
        options.height = static_cast<int>(height->get_int64());
    if (const auto* style = params.if_contains("style")) {
        if (style->get_string() == "block") options.style = chart::Style::Block;
        if (style->get_string() == "ascii") options.style = chart::Style::Ascii;
    }
    return options;
}

}  // namespace

int chart_balance(Session& session) {
    const Invocation& asked = session.invocation();
    // Some of these the daemon never sees, so all are judged here.
    if (const auto fine = protocol::validate_params(*asked.command, asked.params); !fine)
        return session.fail(fine.error());
    json::object params{{"vault", asked.params.at("vault")}};
    for (const std::string_view name : {"from", "to"})
        if (const auto* value = asked.params.if_contains(name)) params[name] = *value;
    const auto reply = session.call("vault.history", std::move(params), false);
    if (reply.failure) return session.fail(*reply.failure);
    if (asked.globals.format != render::Format::Table)
        return session.succeed("chart.balance", "total", reply);

    const json::array none;
    const json::array& rows = reply.data.is_array() ? reply.data.get_array() : none;
    const auto options = options_of(asked.params);
    const std::string vault(asked.params.at("vault").get_string());
    const auto* sleeve = asked.params.if_contains("sleeve");
    std::string page;
    for (const Panel& panel : kPanels) {
        if (sleeve != nullptr && sleeve->get_string() != panel.sleeve) continue;
        const auto series =
            series_of(rows, panel.sleeve, panel.key, fmt::format("{} {}", vault, panel.title));
        if (series.points.empty()) continue;
        if (!page.empty()) page += '\n';
        page += chart::draw_panel(series, options);
    }
    if (page.empty())
        session.terminal().note(asked.params.contains("from") || asked.params.contains("to")
                                    ? "vaultctl: no day closed in that time: nothing to draw\n"
                                    : "vaultctl: no day has closed yet: nothing to draw\n");
    return session.print(page);
}

}  // namespace vault::command
