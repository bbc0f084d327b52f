#include "daemon/engine/coin_deficit.hpp"

namespace vault::engine {

std::vector<Holder> holders_of(World& world, const Account& account, const Asset& base) {
    std::vector<Holder> out;
    for (const VaultId id : account.vaults) {
        Vault& vault = *world.find_vault(id);
        for (Sleeve& sleeve : vault.sleeves) {
            const ledger::Position* position =
                std::as_const(vault.books).position(sleeve.kind, base);
            if (position != nullptr && position->coins().is_positive())
                out.push_back({&vault, &sleeve, position->coins(), position->dust});
        }
    }
    return out;
}

Vault* vault_in(World& world, const Account& account, const Asset& asset) {
    for (const VaultId id : account.vaults)
        if (world.find_vault(id)->row.asset == asset) return world.find_vault(id);
    return nullptr;
}

Decimal positions_in(World& world, const Account& account, const Asset& base) {
    Decimal sum;
    for (const Holder& holder : holders_of(world, account, base))
        sum += holder.coins;
    return sum;
}

Decimal unexplained(World& world, const Account& account, const Asset& asset) {
    const Vault* const vault = vault_in(world, account, asset);
    const Decimal cash =
        vault == nullptr ? kZero : vault->books.wallet_cash() - vault->books.shortfall();
    return account.venue.balance(asset).total() - cash - positions_in(world, account, asset);
}

Decimal lacking(World& world, const Account& account, const Asset& base) {
    const Decimal held = positions_in(world, account, base);
    if (held.is_zero()) return kZero;
    const Decimal there = account.venue.balance(base).total();
    return max(kZero, max(held - there, -unexplained(world, account, base)));
}

}  // namespace vault::engine
