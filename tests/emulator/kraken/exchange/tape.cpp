#include "tests/emulator/kraken/exchange/tape.hpp"

#include <algorithm>

namespace vault::kraken_emulator {
namespace {

Decimal quotient(Decimal turnover, Decimal volume) {
    if (volume.is_zero()) return kZero;
    return div(turnover, volume, Rounding::Down).value();
}

// Intervals count from 1970, as Kraken's do.
Moment begin_of(Moment time, Span interval) {
    return time - (time.time_since_epoch() % interval);
}

CandleRow quiet(Moment begin, Decimal price) {
    return {.begin = begin, .open = price, .high = price, .low = price, .close = price};
}

// Only the newest candles are kept, so a long silence is skipped.
void extend(std::deque<CandleRow>& rows, Moment begin, Span interval) {
    const auto missing = (begin - rows.back().begin) / interval;
    const auto skipped = missing - static_cast<std::int64_t>(Tape::kCandlesKept);
    Moment next = rows.back().begin + interval * std::max<std::int64_t>(1, skipped);
    for (; next <= begin; next += interval) {
        rows.push_back(quiet(next, rows.back().close));
        if (rows.size() > Tape::kCandlesKept) rows.pop_front();
    }
}

void add_to(CandleRow& row, const PublicTrade& trade) {
    if (row.count == 0) row = quiet(row.begin, trade.price);
    row.high = max(row.high, trade.price);
    row.low = min(row.low, trade.price);
    row.close = trade.price;
    row.volume += trade.quantity;
    row.turnover += mul(trade.price, trade.quantity, Rounding::Down).value();
    ++row.count;
}

}  // namespace

Decimal CandleRow::vwap() const {
    return quotient(turnover, volume);
}

Decimal TapeStats::vwap() const {
    return quotient(turnover, volume);
}

std::optional<std::size_t> interval_index(int minutes) {
    const auto* at = std::find(kIntervals.begin(), kIntervals.end(), minutes);
    if (at == kIntervals.end()) return std::nullopt;
    return static_cast<std::size_t>(at - kIntervals.begin());
}

const PublicTrade& Tape::add(PublicTrade trade) {
    trade.id = ++made_;
    if (!trades_.empty())
        trade.time = std::max(trade.time, trades_.back().time + std::chrono::microseconds{1});
    for (std::size_t i = 0; i < kIntervals.size(); ++i) {
        const Span interval = std::chrono::minutes{kIntervals[i]};
        const Moment begin = begin_of(trade.time, interval);
        std::deque<CandleRow>& rows = candles_[i];
        if (rows.empty()) rows.push_back(quiet(begin, trade.price));
        extend(rows, begin, interval);
        add_to(rows.back(), trade);
    }
    trades_.push_back(trade);
    if (trades_.size() > kTradesKept) trades_.pop_front();
    return trades_.back();
}

// All intervals begin with a minute, so within one nothing begins.
void Tape::roll(Moment now) {
    const std::deque<CandleRow>& minutes = candles_.front();
    if (minutes.empty() || now - minutes.back().begin < std::chrono::minutes{1}) return;
    for (std::size_t i = 0; i < kIntervals.size(); ++i) {
        const Span interval = std::chrono::minutes{kIntervals[i]};
        extend(candles_[i], begin_of(now, interval), interval);
    }
}

std::optional<PublicTrade> Tape::last() const {
    if (trades_.empty()) return std::nullopt;
    return trades_.back();
}

TapeStats Tape::stats(Moment from) const {
    TapeStats out;
    const std::deque<CandleRow>& minutes = candles_.front();
    const auto first =
        std::lower_bound(minutes.begin(), minutes.end(), from,
                         [](const CandleRow& row, Moment time) { return row.begin < time; });
    if (first == minutes.end()) return out;
    out.open = first->open;
    out.high = first->high;
    out.low = first->low;
    for (auto row = first; row != minutes.end(); ++row) {
        out.high = max(out.high, row->high);
        out.low = min(out.low, row->low);
        out.volume += row->volume;
        out.turnover += row->turnover;
        out.count += row->count;
    }
    return out;
}

}  // namespace vault::kraken_emulator
