#pragma once
// One row of a recording, from CSV or from Kraken's JSON. Errors: InvalidParams, with what is wrong
// in the row; the reader adds where it is. Pure; any thread.
#include "tests/emulator/kraken/market/recording.hpp"

#include <boost/json/array.hpp>

#include <variant>

namespace vault::kraken_emulator {

using RecordedRow = std::variant<RecordedCandle, RecordedTrade>;

// `before` is the price of the trade before it, 0 without one.
Result<RecordedRow> parse_csv_row(std::string_view line, Decimal before);
// [time, "open", …, count] of OHLC or ["price", "volume", time, "b", "l", …] of Trades.
Result<RecordedRow> parse_json_row(const boost::json::array& row);

}  // namespace vault::kraken_emulator
