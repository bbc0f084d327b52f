#include "daemon/market/pair_rules.hpp"

#include "daemon/market/exact_compare.hpp"

namespace vault::market {

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

// Both sides times ten, so that nothing is rounded or divided: this runs in every buy check.
bool entry_too_small(const PairRules& rules, Decimal spend, Decimal cash, Price price) {
    constexpr Decimal kMost = Decimal::from_int(1'000'000'000'000'000'000);
    if (spend > kMost || rules.min_cost > kMost || rules.min_quantity > kMost) return true;
    const Decimal ten_spend = Decimal::from_raw(spend.raw() * 10);
    const auto eleven = [](Decimal x) { return Decimal::from_raw(x.raw() * 11); };
    return compare_exact(cash, ten_spend, eleven(rules.min_cost), kOne) < 0 ||
           compare_exact(cash, ten_spend, price.value, eleven(rules.min_quantity)) < 0;
}

}  // namespace vault::market
