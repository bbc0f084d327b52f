#pragma once
// What people see of an account and its wallets. Values; any thread.
#include "common/base/time.hpp"
#include "common/domain/asset.hpp"
#include "common/domain/ids.hpp"

#include <optional>
#include <string>
#include <vector>

namespace vault::ports {

struct WalletView {
    Asset asset;
    Decimal free, held, total;
    Decimal unattributed;  // total less what vaults explain
    Decimal ignored;       // of it, what its owner does not want to hear of
};

struct AccountView {
    AccountId id;
    std::string user;
    std::string exchange;
    std::string label;
    std::vector<WalletView> wallets;
    std::vector<VaultId> vaults;
    UtcTime now;  // the account's clock
    UtcTime created_at;
    std::optional<UtcTime> history_unread_since;  // AccountRow
    std::string history;
};

}  // namespace vault::ports
