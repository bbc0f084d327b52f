#pragma once
// The fee schedule of crypto pairs, recorded in 2026-02: percent by the account's volume of the
// last 30 days in USD. Pure; any thread.
#include "common/domain/decimal.hpp"

#include <array>
#include <cstdint>

namespace vault::kraken_emulator {

struct FeeTier {
    std::int64_t volume;   // USD, from here on
    Decimal taker, maker;  // percent
};

inline constexpr std::size_t kFeeTiers = 10;
const std::array<FeeTier, kFeeTiers>& fee_schedule();

// Index into the schedule; `volume` in USD, >= 0.
std::size_t fee_tier_of(Decimal volume);

// percent of `amount`, cut to `places`: a fee never takes more than its rate, so that what an order
// holds always covers its fills.
Decimal fee_on(Decimal amount, Decimal percent, int places);

}  // namespace vault::kraken_emulator
