#pragma once
// VaultMark: a vault as the engine showed it at one instant, its books after entry `seq` and what
// its open positions are worth. A report is about its marks' vaults, and its figures end there:
// what was booked later is in none of them. Values; cannot fail.
#include "common/domain/ids.hpp"
#include "common/domain/market.hpp"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vault::report {

// Running totals of a sleeve, in the vault's asset. All of them are sums over journal entries, so
// what a span changed is the difference of two.
struct SleeveSums {
    Decimal balance;
    Decimal realised;   // fees inside
    Decimal fees;       // all, in quote value
    Decimal fee_float;  // of these in third assets
    Decimal swept;      // sweeps less their returns
    Decimal positions_cost;
    std::map<Asset, Decimal> coins;  // free and held; none of 0
    friend bool operator==(const SleeveSums&, const SleeveSums&) = default;
};

struct VaultSums {
    Decimal reserve, unallocated;
    std::array<SleeveSums, 2> sleeves;  // by index_of(SleeveKind)
    const SleeveSums& of(SleeveKind kind) const { return sleeves[index_of(kind)]; }
    SleeveSums& of(SleeveKind kind) { return sleeves[index_of(kind)]; }
    friend bool operator==(const VaultSums&, const VaultSums&) = default;
};

// Of each sleeve; none: a price is not known any more.
using Unrealised = std::array<std::optional<Decimal>, 2>;

struct VaultMark {
    VaultId vault;
    UserId user;
    std::string user_name;
    AccountId account;
    AccountId recorded_under;  // whose PriceRows its prices are
    Asset asset;
    Mode mode = Mode::Paper;
    std::uint64_t seq = 0;  // the last entry that is in the sums; 0: none
    UtcTime now;            // the account's clock: no entry up to seq is later
    Decimal fee_rate;       // of a sale, a fraction
    VaultSums sums;
    Unrealised unrealised;
    std::array<std::uint32_t, 2> cycles{};  // closed
    std::vector<std::string> frozen;        // what of unrealised is at an old price, and why
};

}  // namespace vault::report
