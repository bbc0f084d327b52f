#include "tests/emulator/kraken/market/synthetic_market.hpp"

#include "tests/emulator/kraken/exchange/id_maker.hpp"

#include <algorithm>

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

SyntheticMarket::SyntheticMarket(const Instruments& instruments, std::uint64_t seed, Moment start) {
    for (PairNo no = 0; no < instruments.pairs().size(); ++no) {
        Random random{scatter(seed) + no};
        const Moment first = start + gap(random);
        const PairInfo& pair = instruments.pair(no);
        walks_.push_back({pair, random, first, pair.start_price});
    }
}

// Rounded toward no change, so that up and down are alike.
void SyntheticMarket::step(Walk& walk) {
    constexpr std::int64_t kMost = 30;
    const auto drawn = static_cast<std::int64_t>(walk.random.below(2 * kMost + 1)) - kMost;
    const Decimal part = div(walk.price, Decimal::from_int(100'000), Rounding::Down).value();
    const Decimal tenth = div(walk.pair.tick, Decimal::from_int(10), Rounding::Down).value();
    const Decimal change = mul(max(part, tenth), Decimal::from_int(drawn), Rounding::Down).value();
    const Decimal next = walk.price + round_step(change, walk.pair.tick, Rounding::Down);
    const Decimal low = div(walk.pair.start_price, Decimal::from_int(4), Rounding::Up).value();
    const Decimal high = times(walk.pair.start_price, 4);
    // A price that was set beyond them finds back.
    const bool rises = next > walk.price;
    if ((next >= low || rises) && (next <= high || !rises)) walk.price = next;
}

std::optional<MarketTrade> SyntheticMarket::next_by(Moment until) {
    const auto first = std::min_element(
        walks_.begin(), walks_.end(), [](const Walk& a, const Walk& b) { return a.next < b.next; });
    if (first == walks_.end() || first->next > until) return std::nullopt;
    MarketTrade out;
    out.pair = static_cast<PairNo>(first - walks_.begin());
    out.time = first->next;
    const Decimal before = first->price;
    step(*first);
    out.taker = first->price >= before ? Side::Buy : Side::Sell;
    out.price = first->price;
    out.quantity = times(first->pair.lot(), 1 + first->random.below(9'973)) +
                   times(first->pair.order_min, 1 + first->random.below(400));
    first->next += gap(first->random);
    return out;
}

}  // namespace vault::kraken_emulator
