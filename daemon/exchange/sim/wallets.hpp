#pragma once
// Wallets: the balances of one simulated account, free and held per asset. Every change is checked:
// no amount is ever negative, and none passes kWalletMax. A value inside SimVenue; the shard's
// thread. Errors: InsufficientBalance, AmountTooLarge; a failed call changes nothing.
#include "common/domain/asset.hpp"
#include "common/domain/decimal.hpp"

#include <map>

namespace vault::exchange {

// The ledger books no balance past 10^17; a simulated wallet stays under the same bound.
inline constexpr Decimal kWalletMax = Decimal::from_int(100'000'000'000'000'000);

struct Balance {
    Decimal free;  // >= 0
    Decimal held;  // >= 0, backs live orders
    Decimal total() const { return free + held; }
    friend bool operator==(const Balance&, const Balance&) = default;
};

class Wallets {
  public:
    Balance of(const Asset& asset) const;
    const std::map<Asset, Balance>& all() const { return balances_; }

    Result<void> add(const Asset& asset, Decimal amount);   // to free; amount >= 0
    Result<void> take(const Asset& asset, Decimal amount);  // from free
    Result<void> hold(const Asset& asset, Decimal amount);  // free to held
    void release(const Asset& asset, Decimal amount);       // held to free; held covers it
    void spend_held(const Asset& asset, Decimal amount);    // held covers it

    void restore(const Asset& asset, const Balance& balance) { balances_[asset] = balance; }
    friend bool operator==(const Wallets&, const Wallets&) = default;

  private:
    std::map<Asset, Balance> balances_;
};

}  // namespace vault::exchange
