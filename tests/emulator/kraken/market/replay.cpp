#include "tests/emulator/kraken/market/replay.hpp"

#include <algorithm>

namespace vault::kraken_emulator {
namespace {

// The way that the price took, without the corners that say nothing where `corners` is too few for
// all four.
std::vector<Decimal> path_of(const RecordedCandle& candle, std::uint64_t corners) {
    const bool rose = candle.close >= candle.open;
    std::vector<Decimal> path{candle.open, rose ? candle.low : candle.high,
                              rose ? candle.high : candle.low, candle.close};
    if (corners >= path.size()) return path;
    std::vector<Decimal> out;
    for (const Decimal price : path)
        if (out.empty() || price != out.back()) out.push_back(price);
    return out;
}

}  // namespace

Replay::Replay(PairNo no, const PairInfo& pair, std::shared_ptr<const Recording> recording,
               std::size_t row, Span shift)
    : no_(no), pair_(pair), recording_(std::move(recording)), row_(row), shift_(shift) {
    load();
}

Decimal nearest_tick(const PairInfo& pair, Decimal price) {
    const Decimal half = Decimal::from_raw(pair.tick.raw() / 2);
    return max(pair.tick, round_step(price + half, pair.tick, Rounding::Floor));
}

Decimal Replay::on_tick(Decimal price) {
    const Decimal rounded = nearest_tick(pair_, price);
    finer_ |= rounded != price;
    return rounded;
}

Decimal Replay::in_lots(Decimal quantity) {
    const Decimal rounded = max(pair_.lot(), round_step(quantity, pair_.lot(), Rounding::Floor));
    finer_ |= rounded != quantity;
    return rounded;
}

// Each trade of the candle stands for a part of the path and has a part of the volume; what does
// not divide goes to the last. Never less than a lot each.
void Replay::load(const RecordedCandle& candle) {
    RecordedCandle rounded = candle;
    for (Decimal* price : {&rounded.open, &rounded.high, &rounded.low, &rounded.close})
        *price = on_tick(*price);
    const Decimal volume = in_lots(candle.volume);
    const auto lots = static_cast<std::uint64_t>(
        std::min<Decimal::Raw>(volume.raw() / pair_.lot().raw(), UINT32_MAX));
    const std::uint64_t wanted = candle.count == 0 ? std::min<std::uint64_t>(lots, 4)
                                                   : std::min<std::uint64_t>(lots, candle.count);
    const std::vector<Decimal> path = path_of(rounded, wanted);
    const std::uint64_t count = std::max<std::uint64_t>(wanted, path.size());
    finer_ |= count > lots;
    const Decimal even =
        div(volume, Decimal::from_int(static_cast<std::int64_t>(count)), Rounding::Down).value();
    const Decimal part = max(pair_.lot(), round_step(even, pair_.lot(), Rounding::Floor));
    Decimal left = volume;
    for (std::uint64_t i = 0; i < count; ++i) {
        Tick tick;
        tick.time = candle.begin + recording_->interval / static_cast<std::int64_t>(count) *
                                       static_cast<std::int64_t>(i);
        tick.price = path[i * path.size() / count];
        tick.quantity = i + 1 == count && left.is_positive() ? left : part;
        left -= tick.quantity;
        ticks_.push_back(tick);
    }
}

void Replay::load(const RecordedTrade& trade) {
    ticks_.push_back(
        {trade.time, trade.taker, trade.market, on_tick(trade.price), in_lots(trade.quantity)});
}

void Replay::load() {
    ticks_.clear();
    tick_ = 0;
    for (; row_ < recording_->rows() && ticks_.empty(); ++row_) {
        finer_ = false;
        if (!recording_->trades.empty())
            load(recording_->trades[row_]);
        else if (recording_->candles[row_].volume.is_positive())
            load(recording_->candles[row_]);
        if (finer_) ++rounded_;
    }
}

std::optional<Moment> Replay::next() const {
    if (tick_ >= ticks_.size()) return std::nullopt;
    return ticks_[tick_].time + shift_;
}

MarketTrade Replay::take() {
    const Tick tick = ticks_[tick_++];
    MarketTrade out;
    out.pair = no_;
    out.time = tick.time + shift_;
    out.market = tick.market;
    out.price = tick.price;
    out.quantity = tick.quantity;
    const bool known = !recording_->trades.empty();
    out.taker = known ? tick.taker : out.price >= last_ ? Side::Buy : Side::Sell;
    last_ = out.price;
    if (tick_ == ticks_.size()) load();
    return out;
}

SourceState Replay::state() const {
    SourceState out{.kind = "replay", .file = recording_->file};
    out.rows = recording_->rows();
    out.ended = ticks_.empty();
    out.done = row_ - (out.ended ? 0 : 1);
    out.rounded = rounded_;
    return out;
}

}  // namespace vault::kraken_emulator
