#pragma once
// The street: what everybody else offers around a price, a pure function of seed, pair and price.
// Its levels lie on a grid of about 0.01 % of the pair's start price, so that a book moves by a few
// levels when the price does. Pure; any thread.
#include "tests/emulator/kraken/exchange/book.hpp"

namespace vault::kraken_emulator {

struct Street {
    Ladder bids;  // all below the price
    Ladder asks;  // all above it
};

// `levels` per side; fewer bids where the grid reaches 0. Quantities are whole lots, between 100
// and 4,100 times the smallest order.
Street street_around(const PairInfo& pair, Decimal price, std::size_t levels, std::uint64_t seed);

}  // namespace vault::kraken_emulator
