#include "tests/emulator/kraken/market/synthetic_walk.hpp"

#include "tests/emulator/kraken/exchange/id_maker.hpp"

namespace vault::kraken_emulator {
namespace {

Span gap(Random& random) {
    return std::chrono::seconds{1} +
           std::chrono::milliseconds{static_cast<std::int64_t>(random.below(8'000))};
}

Decimal times(Decimal step, std::uint64_t count) {
    return Decimal::from_raw(step.raw() * static_cast<Decimal::Raw>(count));
}

}  // namespace

SyntheticWalk::SyntheticWalk(PairNo no, const PairInfo& pair, std::uint64_t seed, Moment start)
    : no_(no), pair_(pair), random_(scatter(seed) + no), price_(pair.start_price) {
    next_ = start + gap(random_);
}

// Rounded toward no change, so that up and down are alike.
void SyntheticWalk::step() {
    constexpr std::int64_t kMost = 30;
    const auto drawn = static_cast<std::int64_t>(random_.below(2 * kMost + 1)) - kMost;
    const Decimal part = div(price_, Decimal::from_int(100'000), Rounding::Down).value();
    const Decimal tenth = div(pair_.tick, Decimal::from_int(10), Rounding::Down).value();
    const Decimal change = mul(max(part, tenth), Decimal::from_int(drawn), Rounding::Down).value();
    const Decimal next = price_ + round_step(change, pair_.tick, Rounding::Down);
    const Decimal low = div(pair_.start_price, Decimal::from_int(4), Rounding::Up).value();
    const Decimal high = times(pair_.start_price, 4);
    // A price that was set beyond them finds back.
    const bool rises = next > price_;
    if ((next >= low || rises) && (next <= high || !rises)) price_ = next;
}

MarketTrade SyntheticWalk::take() {
    MarketTrade out;
    out.pair = no_;
    out.time = next_;
    const Decimal before = price_;
    step();
    out.taker = price_ >= before ? Side::Buy : Side::Sell;
    out.price = price_;
    out.quantity = times(pair_.lot(), 1 + random_.below(9'973)) +
                   times(pair_.order_min, 1 + random_.below(400));
    next_ += gap(random_);
    return out;
}

}  // namespace vault::kraken_emulator
