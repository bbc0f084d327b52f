#include "daemon/risk/drawdown.hpp"

#include "daemon/ledger/vault_books.hpp"

namespace vault::risk {

Drawdown begin_drawdown(const Stake& now, UtcTime at) {
    return {now.equity, now.swept, now.principal, at, at};
}

Decimal value_of(const Drawdown& mark, const Stake& now) {
    return now.equity + now.swept - mark.swept_before;
}

void follow(Drawdown& mark, const Stake& now, UtcTime at) {
    const Decimal value = value_of(mark, now);
    const Decimal moved = now.principal - mark.principal;
    mark.principal = now.principal;
    if (!moved.is_zero()) {
        const Decimal before = value - moved;
        const bool both = before.is_positive() && value.is_positive();
        const auto scaled = both ? mul_div(mark.peak, value, before, Rounding::Up) : value;
        mark.peak = scaled && scaled.value() <= ledger::kBalanceMax ? scaled.value() : value;
    }
    if (value <= mark.peak) return;
    mark.peak = value;
    mark.peak_at = at;
}

bool drawdown_reached(const Drawdown& mark, const Stake& now, Decimal most) {
    const Decimal fallen = mark.peak - value_of(mark, now);
    return fallen.is_positive() && compare_products(fallen, kOne, most, mark.peak) >= 0;
}

}  // namespace vault::risk
