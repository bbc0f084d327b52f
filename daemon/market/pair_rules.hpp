#pragma once
// Arithmetic of a pair's rules: price steps, lots, minima and how much a budget buys. All exact;
// every rounding is named and goes against us. Pure functions; any thread.
#include "common/domain/ids.hpp"
#include "common/domain/market.hpp"

namespace vault::market {

// To a whole price step; tick > 0.
Price tick_up(Decimal price, Decimal tick);
Price tick_down(Decimal price, Decimal tick);
// To a whole lot, down; lot > 0, quantity >= 0.
Quantity floor_lot(Decimal quantity, Decimal lot);

// price * (1 + slippage) for a buy, * (1 - slippage) for a sell, rounded to the tick away from us.
// 0 <= slippage < 1. A sell may come out as 0 where the price is under one tick.
// Errors: AmountTooLarge.
Result<Price> slipped_price(Side side, Price price, Decimal slippage, Decimal tick);

// The largest whole number of lots with quantity * price * (1 + fee_rate) <= fraction * cash.
// price > 0; fraction, cash, fee_rate >= 0. Errors: AmountTooLarge.
Result<Quantity> affordable(const PairRules& rules, Decimal fraction, Decimal cash, Price price,
                            Decimal fee_rate);

// quantity is 0 or under min_quantity, or price * quantity under min_cost.
bool below_minimum(const PairRules& rules, Price price, Quantity quantity);

// Rule 11 of design/domain.md: spend * cash < 1.1 * max(min_cost, min_quantity * price).
bool entry_too_small(const PairRules& rules, Decimal spend, Decimal cash, Price price);

}  // namespace vault::market
