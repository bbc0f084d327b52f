#pragma once
// What a market is made of: prices, quantities, candles, ticks and the rules of a pair.
// Values; any thread.
#include "common/base/strong.hpp"
#include "common/base/time.hpp"
#include "common/domain/asset.hpp"
#include "common/domain/decimal.hpp"

namespace vault {

using Price = Strong<Decimal, struct PriceTag>;        // quote units per base unit, > 0
using Quantity = Strong<Decimal, struct QuantityTag>;  // base units, >= 0

// No price of a feed or of a person is higher: sums of closes and values stay far from the end of
// Decimal's range.
inline constexpr Decimal kPriceMax = Decimal::from_int(1'000'000'000'000'000);

struct Candle {
    UtcTime open_time;
    Price open, high, low, close;
    Quantity volume;
    friend bool operator==(const Candle&, const Candle&) = default;
};

// One observed price. `position` is the tick's number in its feed, dense from 0; `gap` marks the
// first tick after a hole of more than 300 s (design/strategy.md, "Gap").
struct Tick {
    UtcTime time;
    Price price;
    std::uint64_t position = 0;
    bool gap = false;
    friend bool operator==(const Tick&, const Tick&) = default;
};

// An exchange's limits for one pair.
struct PairRules {
    Pair pair;
    Decimal tick;          // price step, > 0
    Decimal lot;           // quantity step, > 0
    Decimal min_cost;      // smallest order in quote, >= 0
    Decimal min_quantity;  // smallest order in base, >= 0
    friend bool operator==(const PairRules&, const PairRules&) = default;
};

}  // namespace vault
