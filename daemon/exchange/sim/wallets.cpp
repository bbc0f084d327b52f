#include "daemon/exchange/sim/wallets.hpp"

#include <fmt/format.h>

namespace vault::exchange {
namespace {

Error insufficient(const Asset& asset, Decimal has, Decimal needs) {
    return Error{Errc::InsufficientBalance,
                 fmt::format("the wallet has {} {} free, {} is needed", has.text(), asset.text(),
                             needs.text()),
                 "amount", "use a smaller amount or deposit first"};
}

}  // namespace

Balance Wallets::of(const Asset& asset) const {
    const auto at = balances_.find(asset);
    return at == balances_.end() ? Balance{} : at->second;
}

Result<void> Wallets::add(const Asset& asset, Decimal amount) {
    VAULT_CHECK(!amount.is_negative(), "a wallet gains no negative amount");
    const Balance now = of(asset);
    VAULT_TRY(const Decimal total, vault::add(now.total(), amount));
    if (total > kWalletMax)
        return Error{
            Errc::AmountTooLarge,
            fmt::format("the wallet would hold more than {} {}", kWalletMax.text(), asset.text()),
            "amount", "use a smaller amount"};
    if (!amount.is_zero()) balances_[asset].free = now.free + amount;
    return success();
}

Result<void> Wallets::take(const Asset& asset, Decimal amount) {
    VAULT_CHECK(!amount.is_negative(), "a wallet loses no negative amount");
    const Balance now = of(asset);
    if (now.free < amount) return insufficient(asset, now.free, amount);
    if (!amount.is_zero()) balances_[asset].free = now.free - amount;
    return success();
}

Result<void> Wallets::hold(const Asset& asset, Decimal amount) {
    VAULT_TRYV(take(asset, amount));
    if (!amount.is_zero()) balances_[asset].held += amount;
    return success();
}

void Wallets::release(const Asset& asset, Decimal amount) {
    spend_held(asset, amount);
    if (!amount.is_zero()) balances_[asset].free += amount;
}

void Wallets::spend_held(const Asset& asset, Decimal amount) {
    VAULT_CHECK(!amount.is_negative() && of(asset).held >= amount, "a hold covers what it pays");
    if (!amount.is_zero()) balances_[asset].held -= amount;
}

}  // namespace vault::exchange
