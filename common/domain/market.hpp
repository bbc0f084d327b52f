#pragma once
// What a market is made of: prices, quantities, candles, ticks and the rules of a pair.
// Values; any thread.
#include "common/base/strong.hpp"
#include "common/base/time.hpp"
#include "common/domain/asset.hpp"
#include "common/domain/decimal.hpp"
#include "common/domain/ids.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

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
// first tick after a hole of more than 300 s (design/strategy.md, "Gap"). `ask_gap` is how far
// above the price somebody sold then, `bid_gap` how far below it somebody bought, as fractions of
// it in [0, 1]; 1: nobody did. Both are 0 where no book is known.
struct Tick {
    UtcTime time;
    Price price;
    std::uint64_t position = 0;
    bool gap = false;
    Decimal ask_gap{}, bid_gap{};
    friend bool operator==(const Tick&, const Tick&) = default;
};

// What an exchange does with orders of a pair.
enum class PairStatus : std::uint8_t {
    Trading,
    ReduceOnly,  // takes sells alone
    CancelOnly,  // takes no order and matches none; those that are there stay until canceled
    Halted,      // takes no order and makes no price; those that were there have expired
    Delisted,    // likewise, for good
};
constexpr bool takes_orders(PairStatus status, Side side) {
    return status == PairStatus::Trading ||
           (status == PairStatus::ReduceOnly && side == Side::Sell);
}
constexpr bool matches_orders(PairStatus status) {
    return status <= PairStatus::ReduceOnly;
}
constexpr bool makes_prices(PairStatus status) {
    return status < PairStatus::Halted;
}
std::string_view to_text(PairStatus status);  // "cancel_only"
// Errors: InvalidParams.
Result<PairStatus> parse_pair_status(std::string_view text);

// An exchange's limits for one pair, and whether it trades.
struct PairRules {
    Pair pair;
    Decimal tick;          // price step, > 0
    Decimal lot;           // quantity step, > 0
    Decimal min_cost;      // smallest order in quote, >= 0
    Decimal min_quantity;  // smallest order in base, >= 0
    PairStatus status = PairStatus::Trading;
    std::optional<Pair> renamed_to = std::nullopt;  // delisted under this name alone
    friend bool operator==(const PairRules&, const PairRules&) = default;
};

}  // namespace vault
