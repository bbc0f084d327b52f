#pragma once
// What coins are worth while they are held (design/domain.md, "equity"). Pure; any thread; cannot
// fail.
#include "common/domain/market.hpp"

namespace vault::ledger {

// What `coins` would give at `price`, less one side's fee (`fee_rate`, a fraction: 0.004), rounded
// down; never more than a balance can be, so that sums of values stay in range.
Decimal value_at_market(Decimal coins, Price price, Decimal fee_rate);

}  // namespace vault::ledger
