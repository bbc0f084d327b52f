#pragma once
// What an order has to fulfil before any money is looked at: the pair's steps and minima, and which
// terms go together. Pure; any thread.
#include "tests/emulator/kraken/exchange/event.hpp"
#include "tests/emulator/kraken/exchange/refusal.hpp"

namespace vault::kraken_emulator {

// No quantity, price or cost is larger: sums stay far from the end of Decimal's range.
inline constexpr Decimal kAmountMax = Decimal::from_int(1'000'000'000'000);

// price * quantity in quote units, rounded to the step that money moves in. Both at most
// kAmountMax.
Decimal cost_of(const PairInfo& pair, Decimal price, Decimal quantity, Rounding rounding);

// `last` is the pair's last price: what the cost of an order without a price is judged by.
Answer<void> check_terms(const PairInfo& pair, const OrderTerms& terms, Decimal last, Moment now);

// Whether status of system and pair let this order in.
Answer<void> check_open(SystemStatus system, const PairInfo& pair, const OrderTerms& terms);

// Of the order's quote (a buy) or base (a sell) units, while it is open. The taker's rate, which is
// the higher one. A market order holds nothing: it ends at once.
Decimal hold_of(const PairInfo& pair, const Order& order);

}  // namespace vault::kraken_emulator
