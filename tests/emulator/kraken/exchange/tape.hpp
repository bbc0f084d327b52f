#pragma once
// Tape: the public trades of one pair and the candles they make, at each of Kraken's intervals. An
// interval without a trade has a candle too: the previous close and no volume. One thread.
#include "common/domain/ids.hpp"
#include "tests/emulator/kraken/exchange/instruments.hpp"
#include "tests/emulator/kraken/exchange/moment.hpp"

#include <array>
#include <deque>
#include <optional>

namespace vault::kraken_emulator {

struct PublicTrade {
    PairNo pair = 0;
    std::uint64_t id = 0;   // from 1, per pair
    Moment time;            // later than the one before
    Side side = Side::Buy;  // the taker's
    bool market = true;     // the taker's order was a market order, else a limit order
    Decimal price, quantity;
};

struct CandleRow {
    Moment begin;
    Decimal open, high, low, close;
    Decimal volume{};    // base units
    Decimal turnover{};  // quote units
    std::uint32_t count = 0;

    Decimal vwap() const;  // 0 without a trade
};

// Figures over a span of time, as Ticker has them for today and for 24 hours.
struct TapeStats {
    Decimal volume, turnover, high, low, open;
    std::uint64_t count = 0;

    Decimal vwap() const;
};

inline constexpr std::array<int, 9> kIntervals{1, 5, 15, 30, 60, 240, 1440, 10080, 21600};  // min
std::optional<std::size_t> interval_index(int minutes);

class Tape {
  public:
    static constexpr std::size_t kTradesKept = 10'000;
    static constexpr std::size_t kCandlesKept = 1'441;  // a day of minutes, and the running one

    // The trade's id and time are set here: dense, and later than all before.
    const PublicTrade& add(PublicTrade trade);
    // Begins the candles of intervals that have begun by `now`.
    void roll(Moment now);

    const std::deque<PublicTrade>& trades() const { return trades_; }
    // Ascending; the last one is running. `index` into kIntervals.
    const std::deque<CandleRow>& candles(std::size_t index) const { return candles_[index]; }
    std::optional<PublicTrade> last() const;
    // Of the minutes that begin at `from` or later.
    TapeStats stats(Moment from) const;

  private:
    std::deque<PublicTrade> trades_;
    std::array<std::deque<CandleRow>, kIntervals.size()> candles_;
    std::uint64_t made_ = 0;
};

}  // namespace vault::kraken_emulator
