#pragma once
// What the charts of a vault show: which figures of the day closes make which series, and the
// series themselves, read from the daemon's answer to vault.history. Exact decimals from end to
// end. Pure; errors: Internal for an answer that lacks a figure, AmountTooLarge for a sum that does
// not fit. A wrong line is worse than none, so nothing is skipped.
#include "common/chart/cells.hpp"

#include <boost/json/value.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vault::command {

namespace json = boost::json;

struct SeriesKind {
    std::string_view name;    // in the legend; the field's name in JSON and CSV
    std::string_view sleeve;  // whose figure; empty: see `figure`
    std::string_view figure;  // of a day close; "vault_…" is the vault's own, others are summed up
};

struct ChartKind {
    std::string_view method;  // "chart.pnl"
    std::string_view title;
    std::span<const SeriesKind> series;
    bool apart = false;      // every series has a panel and a scale of its own
    bool from_zero = false;  // what is counted from nothing
};
const ChartKind* find_chart(std::string_view method);

// All series of the chart, oldest day first. `sleeve` narrows it to one of them; empty: both.
Result<std::vector<chart::Series>> chart_series(const ChartKind& kind, std::string_view sleeve,
                                                const json::value& history);

// Only the points that lie at most so much before the newest one of all.
void keep_since(std::vector<chart::Series>& series, Duration since);

// One object a day: {"day", and each series' value or null}.
json::array chart_rows(const std::vector<chart::Series>& series);

}  // namespace vault::command
