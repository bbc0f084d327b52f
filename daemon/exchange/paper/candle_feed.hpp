#pragma once
// CandleFeed: ticks from a candle series, four per candle along open-low-high-close (or -high-low-)
// or one at the close, as design/strategy.md says under "How a candle becomes ticks". Random
// access: a position is a candle and a quarter. Owned by a paper account; the shard's thread.
#include "daemon/candles/series.hpp"
#include "daemon/ports/tick_feed.hpp"

#include <memory>

namespace vault::exchange {

enum class CandlePath : std::uint8_t { Ohlc4, Close };
std::string_view to_text(CandlePath path);
Result<CandlePath> parse_candle_path(std::string_view text);

class CandleFeed final : public ports::TickFeed {
  public:
    // Candles with from <= open < to; none: no bound. Errors: InvalidParams when no candle is left.
    // The series is owned jointly by all feeds that replay it.
    static Result<CandleFeed> create(std::shared_ptr<const candles::CandleSeries> series,
                                     CandlePath path, std::optional<UtcTime> from,
                                     std::optional<UtcTime> to);

    Pair pair() const override { return series_->info().pair; }
    std::string identity() const override;
    std::optional<Tick> next() override;
    std::optional<UtcTime> peek_time() override;
    std::uint64_t position() const override { return position_; }
    Result<void> seek(std::uint64_t position) override;
    std::uint64_t position_at(UtcTime time) const override;
    std::optional<std::uint64_t> size() const override { return ticks(); }
    Duration tick_every() const override;

  private:
    CandleFeed(std::shared_ptr<const candles::CandleSeries> series, CandlePath path,
               std::size_t first, std::size_t last);
    std::uint64_t per_candle() const { return path_ == CandlePath::Ohlc4 ? 4 : 1; }
    std::uint64_t ticks() const { return (last_ - first_) * per_candle(); }
    UtcTime time_of(std::uint64_t position) const;
    bool gap_before(std::size_t candle) const;

    std::shared_ptr<const candles::CandleSeries> series_;
    CandlePath path_;
    std::size_t first_;  // candle numbers [first_, last_)
    std::size_t last_;
    std::uint64_t position_ = 0;
    std::size_t loaded_ = SIZE_MAX;  // candle that path_prices_ belongs to
    std::array<Price, 4> prices_{};
};

}  // namespace vault::exchange
