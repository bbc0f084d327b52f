#include "daemon/market/pair_rules.hpp"

namespace vault::market {

using vault::literals::operator""_dec;

Price tick_up(Decimal price, Decimal tick) {
    return Price{round_step(price, tick, Rounding::Ceil)};
}
Price tick_down(Decimal price, Decimal tick) {
    return Price{round_step(price, tick, Rounding::Floor)};
}
Quantity floor_lot(Decimal quantity, Decimal lot) {
    return Quantity{round_step(quantity, lot, Rounding::Floor)};
}

Result<Price> slipped_price(Side side, Price price, Decimal slippage, Decimal tick) {
    const bool buy = side == Side::Buy;
    const Decimal factor = buy ? kOne + slippage : kOne - slippage;
    VAULT_TRY(const Decimal exact,
              mul(price.value, factor, buy ? Rounding::Ceil : Rounding::Floor));
    return buy ? tick_up(exact, tick) : tick_down(exact, tick);
}

// Rounding the unit price up and the quotient down keeps the promise; where the unit price is
// exact, the floor at 18 places and then at the lot is the exact floor, as a lot is a multiple of
// 10^-18.
Result<Quantity> affordable(const PairRules& rules, Decimal fraction, Decimal cash, Price price,
                            Decimal fee_rate) {
    VAULT_TRY(const Decimal unit, mul(price.value, kOne + fee_rate, Rounding::Up));
    VAULT_TRY(const Decimal most, mul_div(fraction, cash, unit, Rounding::Down));
    return floor_lot(most, rules.lot);
}

bool below_minimum(const PairRules& rules, Price price, Quantity quantity) {
    return quantity.value.is_zero() || quantity.value < rules.min_quantity ||
           compare_products(price.value, quantity.value, rules.min_cost, kOne) < 0;
}

bool entry_too_small(const PairRules& rules, Decimal spend, Decimal cash, Price price) {
    constexpr Decimal kMargin = "1.1"_dec;
    if (compare_products(spend, cash, kMargin, rules.min_cost) < 0) return true;
    const Result<Decimal> least = mul(kMargin, rules.min_quantity, Rounding::Up);
    return !least || compare_products(spend, cash, least.value(), price.value) < 0;
}

}  // namespace vault::market
