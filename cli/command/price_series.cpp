#include "cli/command/price_series.hpp"

#include <boost/json/object.hpp>

#include <array>

namespace vault::command {
namespace {

constexpr std::int64_t kMostCandles = 1'500;
constexpr std::array<Duration, 13> kIntervals{
    std::chrono::minutes{1},  std::chrono::minutes{5}, std::chrono::minutes{15},
    std::chrono::minutes{30}, std::chrono::hours{1},   std::chrono::hours{2},
    std::chrono::hours{4},    std::chrono::hours{8},   std::chrono::hours{12},
    std::chrono::days{1},     std::chrono::days{2},    std::chrono::days{7},
    std::chrono::days{30}};

Error broken(std::string_view what) {
    return Error{Errc::Internal, "the daemon's " + std::string(what) + " are not understood"};
}

Result<std::string_view> text_of(const json::value& row, std::string_view key) {
    const auto* object = row.if_object();
    const auto* value = object == nullptr ? nullptr : object->if_contains(key);
    if (value == nullptr || !value->is_string()) return broken("figures");
    return std::string_view(value->get_string());
}

Result<chart::Point> point_of(const json::value& row, std::string_view figure) {
    VAULT_TRY(const auto at_text, text_of(row, "at"));
    VAULT_TRY(const auto value_text, text_of(row, figure));
    VAULT_TRY(const UtcTime at, parse_utc(at_text));
    VAULT_TRY(const Decimal value, Decimal::parse(value_text));
    return chart::Point{at, value};
}

}  // namespace

Duration candle_interval(Duration span) {
    for (const Duration interval : kIntervals)
        if (span <= interval * kMostCandles) return interval;
    return kIntervals.back();
}

Result<chart::Series> price_series(const json::array& candles) {
    chart::Series series{"price", {}};
    for (const json::value& candle : candles)
        for (const std::string_view figure : {"open", "low", "high", "close"}) {
            VAULT_TRY(const chart::Point point, point_of(candle, figure));
            series.points.push_back(point);
        }
    return series;
}

json::array price_rows(const json::array& candles) {
    json::array rows;
    for (const json::value& candle : candles) {
        json::object row;
        for (const std::string_view key : {"at", "open", "high", "low", "close"})
            row[key] = candle.at(key);
        rows.emplace_back(std::move(row));
    }
    return rows;
}

Result<std::vector<chart::Marks>> trade_marks(const json::value& trades) {
    if (!trades.is_array()) return broken("trades");
    std::vector<chart::Marks> marks{{"buys", chart::MarkShape::Up, {}},
                                    {"sells", chart::MarkShape::Down, {}}};
    for (const json::value& trade : trades.get_array()) {
        VAULT_TRY(const auto side, text_of(trade, "side"));
        VAULT_TRY(const chart::Point point, point_of(trade, "price"));
        if (side != "buy" && side != "sell") return broken("trades");
        marks[side == "buy" ? 0 : 1].points.push_back(point);
    }
    return marks;
}

}  // namespace vault::command
