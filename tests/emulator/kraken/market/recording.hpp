#pragma once
// Recording: the candles or the trades of one pair, read from a file as a whole. Files may be gzip.
// Forms, told apart by their first row:
//   CSV  time,open,high,low,close,volume[,count]    candles
//   CSV  time,price,quantity[,buyer_is_maker]       trades; without the last column a trade that
//                                                   raises the price bought, else it sold
//   JSON as Kraken's OHLC or Trades answers, of one pair
// Times are seconds since 1970, of a candle its begin; a header line may come first. Errors: Io for
// what cannot be read, InvalidParams for what is wrong in it, with file and line (in JSON: row).
// Values; any thread.
#include "common/base/result.hpp"
#include "tests/emulator/kraken/exchange/order.hpp"

#include <string>
#include <vector>

namespace vault::kraken_emulator {

struct RecordedCandle {
    Moment begin;
    Decimal open, high, low, close;
    Decimal volume;           // base units
    std::uint32_t count = 0;  // trades in it; 0: not known, or none
};

struct RecordedTrade {
    Moment time;
    Side taker = Side::Buy;
    bool market = true;
    Decimal price, quantity;
};

struct Recording {
    std::string file;
    Span interval{};                      // of a candle: the smallest distance of two
    std::vector<RecordedCandle> candles;  // begins ascend, on the interval's grid
    std::vector<RecordedTrade> trades;    // times never fall; one of both lists is empty

    std::size_t rows() const { return candles.size() + trades.size(); }
    Moment time_of(std::size_t row) const {
        return trades.empty() ? candles[row].begin : trades[row].time;
    }
    // The first price at `row`.
    Decimal price_of(std::size_t row) const {
        return trades.empty() ? candles[row].open : trades[row].price;
    }
    // The first row that is not before `time`; rows() if all are.
    std::size_t row_from(Moment time) const;
};

// At least one row; of candles two.
Result<Recording> read_recording(const std::string& file);

}  // namespace vault::kraken_emulator
