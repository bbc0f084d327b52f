#include "daemon/exchange/paper/candle_feed.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::exchange {
namespace {

// design/strategy.md, "Gap": more than this between a candle's end and the next one's open.
constexpr Duration kGap = std::chrono::seconds{300};

}  // namespace

std::string_view to_text(CandlePath path) {
    switch (path) {
        case CandlePath::Ohlc4: return "ohlc4";
        case CandlePath::Close: return "close";
    }
    return "";
}

Result<CandlePath> parse_candle_path(std::string_view text) {
    if (text == "ohlc4") return CandlePath::Ohlc4;
    if (text == "close") return CandlePath::Close;
    return Error{Errc::InvalidParams, fmt::format("'{}' is no candle path", text), "path",
                 "use ohlc4 or close"};
}

CandleFeed::CandleFeed(std::shared_ptr<const candles::CandleSeries> series, CandlePath path,
                       std::size_t first, std::size_t last)
    : series_(std::move(series)), path_(path), first_(first), last_(last) {}

Result<CandleFeed> CandleFeed::create(std::shared_ptr<const candles::CandleSeries> series,
                                      CandlePath path, std::optional<UtcTime> from,
                                      std::optional<UtcTime> to) {
    const std::size_t first = from ? series->lower_bound(*from) : 0;
    const std::size_t last = to ? series->lower_bound(*to) : series->size();
    if (first >= last)
        return Error{Errc::InvalidParams, "no candle lies in the asked range", "from",
                     fmt::format("the series runs from {} to {}", format_utc(series->time(0)),
                                 format_utc(series->time(series->size() - 1)))};
    return CandleFeed{std::move(series), path, first, last};
}

std::string CandleFeed::identity() const {
    const candles::SeriesInfo& info = series_->info();
    return fmt::format("candles:{}:{}:{}:{}:{}:{}", info.pair.text(),
                       format_duration(info.interval), to_hex(info.rows_hash), to_text(path_),
                       first_, last_);
}

UtcTime CandleFeed::time_of(std::uint64_t position) const {
    const UtcTime open = series_->time(first_ + position / per_candle());
    const Duration interval = series_->info().interval;
    // The full end of the candle, as the shared vectors have it, so it opens the next hour.
    if (path_ == CandlePath::Close) return open + interval;
    return open + interval * static_cast<std::int64_t>(position % 4) / 4;
}

// The first candle of the range has no past, as a backtest sees no row before its start.
bool CandleFeed::gap_before(std::size_t candle) const {
    return candle > first_ &&
           series_->time(candle) - (series_->time(candle - 1) + series_->info().interval) > kGap;
}

std::optional<Tick> CandleFeed::next() {
    if (position_ >= ticks()) return std::nullopt;
    const std::size_t candle = first_ + position_ / per_candle();
    const std::size_t part = position_ % per_candle();
    if (candle != loaded_) {
        const Candle c = (*series_)[candle];
        loaded_ = candle;
        if (path_ == CandlePath::Close) {
            prices_[0] = c.close;
        } else if (c.close >= c.open) {
            prices_ = {c.open, c.low, c.high, c.close};
        } else {
            prices_ = {c.open, c.high, c.low, c.close};
        }
    }
    const Tick tick{time_of(position_), prices_[part], position_, part == 0 && gap_before(candle)};
    ++position_;
    return tick;
}

std::optional<UtcTime> CandleFeed::peek_time() {
    if (position_ >= ticks()) return std::nullopt;
    return time_of(position_);
}

Result<void> CandleFeed::seek(std::uint64_t position) {
    if (position > ticks())
        return Error{Errc::InvalidParams,
                     fmt::format("position {} is past the feed's {} ticks", position, ticks()),
                     "position", "the candle file is not the one that was replayed before"};
    position_ = position;
    return success();
}

std::uint64_t CandleFeed::position_at(UtcTime time) const {
    const std::size_t at = std::clamp(series_->lower_bound(time), first_, last_);
    std::uint64_t position = (at - first_) * per_candle();
    if (position > 0 && time_of(position - 1) >= time) {
        position -= per_candle();
        while (time_of(position) < time)
            ++position;
    }
    return position;
}

Duration CandleFeed::tick_every() const {
    const Duration interval = series_->info().interval;
    return path_ == CandlePath::Close ? interval + kGap : interval / 4 + kGap;
}

}  // namespace vault::exchange
