#include "daemon/report/price_candles.hpp"

#include "daemon/report/pages.hpp"

#include <algorithm>
#include <ranges>

namespace vault::report {

PriceCandles::PriceCandles(const CandleFilter& filter) : filter_(filter) {
    page_.pair = filter.pair;
    page_.limit = kPageRows;
    if (filter.from) page_.from = first_at_or_after(*filter.from);
    if (filter.to) page_.to = first_at_or_after(*filter.to);
}

Result<bool> PriceCandles::step(ports::StoreReader& reader) {
    VAULT_TRY(const auto rows, reader.prices(filter_.account, page_));
    for (const ports::PriceRow& row : rows | std::views::reverse)
        if (!take(row)) return false;
    if (rows.size() < page_.limit) return false;
    // A pair has one price an instant, so no page cuts an instant in two.
    page_.to = rows.front().at;
    return true;
}

std::vector<PriceCandle> PriceCandles::candles() const {
    return {candles_.rbegin(), candles_.rend()};
}

UtcTime PriceCandles::first_at_or_after(UtcTime time) const {
    const Duration past = time.time_since_epoch() % filter_.interval;
    return past == Duration{} ? time : time - past + filter_.interval;
}

bool PriceCandles::take(const ports::PriceRow& row) {
    const UtcTime at = row.at - row.at.time_since_epoch() % filter_.interval;
    if (candles_.empty() || candles_.back().at != at) {
        cut_ = candles_.size() >= filter_.limit;
        if (cut_) return false;
        candles_.push_back({at, row.price, row.price, row.price, row.price, 0});
    }
    PriceCandle& candle = candles_.back();
    candle.open = row.price;
    candle.high = max(candle.high, row.price);
    candle.low = min(candle.low, row.price);
    ++candle.prices;
    return true;
}

}  // namespace vault::report
