#pragma once
// What a person can ask about exchange accounts and their wallets (command.hpp). Values; any
// thread.
#include "common/domain/asset.hpp"
#include "common/domain/ids.hpp"
#include "common/domain/order.hpp"

#include <optional>
#include <string>

namespace vault::ports::cmd {

struct AddAccount {
    std::string user;  // empty: the caller
    std::string exchange;
    std::string label;
};
struct ListAccounts {
    std::string user = {};  // empty: of all
};
struct RemoveAccount {
    AccountId account;
};
// What no vault of the account explains of an asset is a deposit of one, or is ignored from now on.
struct Attribute {
    AccountId account;
    Asset asset;
    std::optional<VaultId> to{};      // none: ignored, in the place of what was ignored before
    std::optional<Decimal> amount{};  // none: all of it
};
struct PaperFunding {  // deposit > 0, withdrawal < 0
    AccountId account;
    Asset asset;
    Decimal amount;
};
struct PaperTrade {  // a trade made by hand on the simulated exchange
    AccountId account;
    Pair pair;
    Side side = Side::Buy;
    Quantity quantity;
    std::optional<Price> price;  // none: the last price
};

}  // namespace vault::ports::cmd
