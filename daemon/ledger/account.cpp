#include "daemon/ledger/account.hpp"

#include "common/base/check.hpp"
#include "common/base/excerpt.hpp"

#include <array>

namespace vault::ledger {
namespace {

constexpr std::array<std::string_view, 6> kVaultAccounts{
    "external", "external_fees", "market", "memo", "reserve", "unallocated"};
constexpr std::array<std::array<std::string_view, 8>, 2> kSleeveAccounts{{
    {"quiet.cash", "quiet.locked", "quiet.pending", "quiet.position", "quiet.held", "quiet.fees",
     "quiet.realised", "quiet.principal"},
    {"flash.cash", "flash.locked", "flash.pending", "flash.position", "flash.held", "flash.fees",
     "flash.realised", "flash.principal"},
}};
static_assert(kVaultAccounts.size() + kSleeveAccounts[0].size() == kAccountKinds);

}  // namespace

std::string_view to_text(const LedgerAccount& account) {
    const auto kind = static_cast<std::size_t>(account.kind);
    VAULT_CHECK(belongs_to_sleeve(account.kind) == account.sleeve.has_value(),
                "ledger account and sleeve disagree");
    if (!account.sleeve) return kVaultAccounts[kind];
    return kSleeveAccounts[index_of(*account.sleeve)][kind - kVaultAccounts.size()];
}

Result<LedgerAccount> parse_ledger_account(std::string_view text) {
    for (std::size_t i = 0; i < kVaultAccounts.size(); ++i) {
        if (kVaultAccounts[i] == text) return account(static_cast<AccountKind>(i));
    }
    for (const SleeveKind sleeve : kSleeveKinds) {
        const auto& names = kSleeveAccounts[index_of(sleeve)];
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (names[i] != text) continue;
            return account(sleeve, static_cast<AccountKind>(i + kVaultAccounts.size()));
        }
    }
    return Error{Errc::InvalidParams, "'" + excerpt(text, 40) + "' is no account", "account",
                 "use reserve, unallocated, flash.cash … (design/domain.md)"};
}

}  // namespace vault::ledger
