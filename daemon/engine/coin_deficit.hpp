#pragma once
// What the exchange has of an asset against what an account's vaults and positions say it should
// have (design/domain.md, rules 9 and 10). Pure arithmetic over the World; the caller decides what
// follows from it. The shard's thread. Nothing fails.
#include "daemon/engine/world.hpp"

#include <vector>

namespace vault::engine {

// A sleeve of the account that holds coins of the base.
struct Holder {
    Vault* vault = nullptr;
    Sleeve* sleeve = nullptr;
    Decimal coins;
    bool dust = false;
};
std::vector<Holder> holders_of(World& world, const Account& account, const Asset& base);

Vault* vault_in(World& world, const Account& account, const Asset& asset);  // null: none
Decimal positions_in(World& world, const Account& account, const Asset& base);
// What the exchange has of the asset beyond what vaults and positions say; < 0: it has less.
Decimal unexplained(World& world, const Account& account, const Asset& asset);
// Rule 9's deficit; the money of the coin's own vault is not there to fill it.
Decimal lacking(World& world, const Account& account, const Asset& base);

}  // namespace vault::engine
