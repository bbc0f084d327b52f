#pragma once
// PriceCandles: candles of a pair as an account's market saw it, folded from its recorded prices,
// the newest first and one page a step, so that a caller can let others in between. A candle covers
// [at, at + interval), counted from 1970 in UTC, and is always whole: the span of the question
// picks candles by their `at`, never a part of one. An interval without a price has no candle.
// Owned by one caller; step() runs on the thread that owns the reader. Errors: those of the reader.
#include "daemon/ports/store_reader.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace vault::report {

struct PriceCandle {
    UtcTime at;
    Decimal open, high, low, close;
    std::uint64_t prices = 0;  // recorded ones that made it
    friend bool operator==(const PriceCandle&, const PriceCandle&) = default;
};

struct CandleFilter {
    AccountId account;  // that the prices are recorded under
    Pair pair;
    Duration interval{};              // > 0
    std::optional<UtcTime> from, to;  // from <= at < to
    std::size_t limit = 100;          // the newest within the span
};

class PriceCandles {
  public:
    explicit PriceCandles(const CandleFilter& filter);
    // False when there are as many as asked for, or no older price.
    Result<bool> step(ports::StoreReader& reader);
    // Oldest first.
    std::vector<PriceCandle> candles() const;
    // True if the limit kept an older one out.
    bool cut() const { return cut_; }

  private:
    UtcTime first_at_or_after(UtcTime time) const;
    // False if the price belongs to a candle too many.
    bool take(const ports::PriceRow& row);

    CandleFilter filter_;
    ports::RowFilter page_;             // what is still unread
    std::vector<PriceCandle> candles_;  // newest first; the last one may grow
    bool cut_ = false;
};

}  // namespace vault::report
