#pragma once
// LedgerAccount: the accounts of a vault's journal (design/domain.md, "Double entry"). Balances are
// debits less credits: what the vault owns is positive; `external`, `market`, `memo` and `realised`
// are the other side. `position` holds cost in the quote asset and free coins in a base asset;
// `held` coins that back a sell order. Values; any thread; only parse() fails.
#include "common/domain/ids.hpp"

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace vault::ledger {

enum class AccountKind : std::uint8_t {
    External,
    ExternalFees,
    Market,
    Memo,
    Reserve,
    Unallocated,
    Cash,  // from here on one per sleeve
    Locked,
    Pending,
    Position,
    Held,
    Fees,
    Realised,
    Principal,
};
inline constexpr std::size_t kAccountKinds = 14;
constexpr bool belongs_to_sleeve(AccountKind kind) {
    return kind >= AccountKind::Cash;
}

struct LedgerAccount {
    AccountKind kind = AccountKind::External;
    std::optional<SleeveKind> sleeve;  // set exactly when belongs_to_sleeve(kind)

    friend bool operator==(const LedgerAccount&, const LedgerAccount&) = default;
    friend auto operator<=>(const LedgerAccount&, const LedgerAccount&) = default;
};

constexpr LedgerAccount account(AccountKind kind) {
    return {kind, std::nullopt};
}
constexpr LedgerAccount account(SleeveKind sleeve, AccountKind kind) {
    return {kind, sleeve};
}

// "reserve", "flash.cash": static storage.
std::string_view to_text(const LedgerAccount& account);
// Errors: InvalidParams.
Result<LedgerAccount> parse_ledger_account(std::string_view text);

}  // namespace vault::ledger
