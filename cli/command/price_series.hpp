#pragma once
// What the price chart of a vault shows, read from the daemon's answers to market.candles and
// trade.list. Exact decimals from end to end. Pure; errors: Internal for an answer that lacks a
// figure. A wrong line is worse than none, so nothing is skipped.
#include "common/chart/series.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <string_view>
#include <vector>

namespace vault::command {

namespace json = boost::json;

// The shortest of the usual lengths with which a span has at most 1500 candles.
Duration candle_interval(Duration span);

// Four points a candle, all of them where it opens: open, low, high, close. So no extreme is lost
// however many candles share a column, and the line goes on from the close.
Result<chart::Series> price_series(const json::array& candles);

// One object a candle: at, open, high, low, close. `candles` is what price_series() has read.
json::array price_rows(const json::array& candles);

// Buys, then sells, at their prices.
Result<std::vector<chart::Marks>> trade_marks(const json::value& trades);

}  // namespace vault::command
