#include "tests/emulator/kraken/exchange/street.hpp"

#include "tests/emulator/kraken/exchange/id_maker.hpp"

namespace vault::kraken_emulator {
namespace {

using vault::literals::operator""_dec;

Decimal grid_of(const PairInfo& pair) {
    const Decimal about = mul(pair.start_price, "0.0001"_dec, Rounding::Down).value();
    return max(pair.tick, round_step(about, pair.tick, Rounding::Up));
}

Decimal times(Decimal step, std::uint64_t count) {
    return Decimal::from_raw(step.raw() * static_cast<Decimal::Raw>(count));
}

Decimal quantity_at(const PairInfo& pair, Decimal price, std::uint64_t seed) {
    const auto bits = static_cast<std::uint64_t>(price.raw());
    const auto more = static_cast<std::uint64_t>(price.raw() >> 64);
    const std::uint64_t hash = scatter(scatter(seed ^ bits) + more);
    const Decimal whole = times(pair.order_min, 100 + hash % 4'000);
    return whole + times(pair.lot(), (hash >> 32) % 9'973);
}

}  // namespace

Street street_around(const PairInfo& pair, Decimal price, std::size_t levels, std::uint64_t seed) {
    const Decimal grid = grid_of(pair);
    Street out;
    Decimal bid = round_step(price, grid, Rounding::Floor);
    if (bid == price) bid -= grid;
    for (; out.bids.size() < levels && bid.is_positive(); bid -= grid)
        out.bids.emplace(bid, quantity_at(pair, bid, seed));
    Decimal ask = round_step(price, grid, Rounding::Floor) + grid;
    for (; out.asks.size() < levels; ask += grid)
        out.asks.emplace(ask, quantity_at(pair, ask, seed));
    return out;
}

}  // namespace vault::kraken_emulator
