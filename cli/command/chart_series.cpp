#include "cli/command/chart_series.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <array>
#include <map>

namespace vault::command {
namespace {

constexpr SeriesKind kBalances[] = {{"quiet", "quiet", "balance"}, {"flash", "flash", "balance"}};
constexpr SeriesKind kPnl[] = {{"realised", "", "realised"}, {"unrealised", "", "unrealised"}};
constexpr SeriesKind kSwept[] = {{"quiet", "quiet", "swept"}, {"flash", "flash", "swept"}};
constexpr SeriesKind kFees[] = {{"quiet", "quiet", "fees"}, {"flash", "flash", "fees"}};
constexpr SeriesKind kCoins[] = {{"total", "", "vault_total"},
                                 {"tradeable", "", "vault_tradeable"}};

constexpr std::array kCharts{
    ChartKind{"chart.balance", "balance", kBalances, true, false},
    ChartKind{"chart.pnl", "profit and loss so far", kPnl, false, true},
    ChartKind{"chart.sweeps", "swept so far", kSwept, false, true},
    ChartKind{"chart.fees", "fees so far", kFees, false, true},
    ChartKind{"chart.tradeable", "Total and Tradeable", kCoins, false, false},
};

using Days = std::map<UtcTime, Decimal>;

Error broken() {
    return Error{Errc::Internal, "the daemon's history is not understood"};
}

Result<std::string_view> text_of(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    if (value == nullptr || !value->is_string()) return broken();
    return std::string_view(value->get_string());
}

// Adds a day close to what the other sleeve had on that day; the vault's own figure stands in both
// sleeves' rows and counts once.
Result<void> take_day(const json::value& point, std::string_view figure, Days& days) {
    const auto* row = point.if_object();
    if (row == nullptr) return broken();
    VAULT_TRY(const auto day_text, text_of(*row, "day"));
    VAULT_TRY(const auto value_text, text_of(*row, figure));
    VAULT_TRY(const UtcTime day, parse_utc(day_text));
    VAULT_TRY(const Decimal value, Decimal::parse(value_text));
    const auto [known, is_new] = days.emplace(day, value);
    if (is_new || figure.starts_with("vault_")) return success();
    VAULT_TRY(const Decimal sum, add(known->second, value));
    known->second = sum;
    return success();
}

Result<chart::Series> read_series(const SeriesKind& kind, std::string_view sleeve,
                                  const json::array& history) {
    Days days;
    for (const auto& one : history) {
        const auto* object = one.if_object();
        if (object == nullptr) return broken();
        VAULT_TRY(const auto whose, text_of(*object, "sleeve"));
        if (!sleeve.empty() && whose != sleeve) continue;
        const auto* points = object->if_contains("points");
        if (points == nullptr || !points->is_array()) return broken();
        for (const auto& point : points->get_array()) {
            VAULT_TRYV(take_day(point, kind.figure, days));
        }
    }
    chart::Series series{std::string(kind.name), {}};
    for (const auto& [day, value] : days)
        series.points.push_back({day, value});
    return series;
}

}  // namespace

const ChartKind* find_chart(std::string_view method) {
    const auto found = std::ranges::find(kCharts, method, &ChartKind::method);
    return found == kCharts.end() ? nullptr : &*found;
}

Result<std::vector<chart::Series>> chart_series(const ChartKind& kind, std::string_view sleeve,
                                                const json::value& history) {
    if (!history.is_array()) return broken();
    std::vector<chart::Series> all;
    for (const SeriesKind& wanted : kind.series) {
        if (!sleeve.empty() && !wanted.sleeve.empty() && wanted.sleeve != sleeve) continue;
        const auto whose = wanted.sleeve.empty() ? sleeve : wanted.sleeve;
        VAULT_TRY(auto series, read_series(wanted, whose, history.get_array()));
        all.push_back(std::move(series));
    }
    return all;
}

void keep_since(std::vector<chart::Series>& series, Duration since) {
    const bool any =
        std::ranges::any_of(series, [](const auto& one) { return !one.points.empty(); });
    if (!any) return;
    const UtcTime newest = chart::span_of(series).end;
    for (chart::Series& one : series)
        std::erase_if(one.points,
                      [&](const chart::Point& point) { return newest - point.time > since; });
}

json::array chart_rows(const std::vector<chart::Series>& series) {
    std::map<UtcTime, json::object> days;
    for (const chart::Series& one : series)
        for (const chart::Point& point : one.points)
            days[point.time][one.name] = point.value.text();
    json::array rows;
    for (const auto& [day, values] : days) {
        json::object row{{"day", format_utc(day)}};
        for (const chart::Series& one : series) {
            const auto* value = values.if_contains(one.name);
            row[one.name] = value == nullptr ? json::value(nullptr) : *value;
        }
        rows.emplace_back(std::move(row));
    }
    return rows;
}

}  // namespace vault::command
