#pragma once
// What a person can ask about exchange accounts and their wallets (command.hpp). Values; any
// thread.
#include "common/domain/asset.hpp"
#include "common/domain/ids.hpp"
#include "common/domain/order.hpp"
#include "daemon/ports/account_history.hpp"

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
// The store is older than the world. Everything is halted, and where an API key could have sent
// orders, the account waits until it is known what happened on it since.
struct Amnesia {
    std::string why;
    UtcTime known_until;  // all that was done before is in the store
};
// What the exchange told of that.
struct SettleHistory {
    AccountId account;
    std::optional<AccountHistory> found{};  // of all the time that is wanted; none: not yet
    std::optional<ApiKeyId> with{};         // the key with which it was read
    std::string failure{};                  // why not
};
struct SkipHistory {  // goes on without
    AccountId account;
    std::string why;
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
