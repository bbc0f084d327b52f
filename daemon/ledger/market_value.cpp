#include "daemon/ledger/market_value.hpp"

#include "daemon/ledger/vault_books.hpp"

namespace vault::ledger {

Decimal value_at_market(Decimal coins, Price price, Decimal fee_rate) {
    const auto gross = mul(coins, price.value, Rounding::Down);
    if (!gross) return kBalanceMax;
    const auto net = mul(gross.value(), kOne - fee_rate, Rounding::Down);
    VAULT_CHECK(net.has_value(), "a part of a value is in range");
    return min(net.value(), kBalanceMax);
}

}  // namespace vault::ledger
