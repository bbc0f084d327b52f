#include "daemon/store/memory/memory_tables.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::store {

namespace {

Error refused(std::string message) {
    return Error{Errc::StoreFailed, std::move(message), "store", "reload the shard from the store"};
}

template <class T>
void append(std::vector<T>& to, const std::vector<T>& from) {
    to.insert(to.end(), from.begin(), from.end());
}

// The row is there, or comes with the batch.
template <class Id, class Row>
bool is_known(Id id, const std::map<Id, Row>& there, const std::vector<Row>& coming) {
    return there.contains(id) ||
           std::any_of(coming.begin(), coming.end(), [id](const Row& row) { return row.id == id; });
}

}  // namespace

ports::ChainHead MemoryTables::head(VaultId vault) const {
    const auto at = entries.find(vault);
    if (at == entries.end() || at->second.empty()) return {};
    return {at->second.back().seq, at->second.back().hash};
}

// Names, labels and assets are unique; references lead to rows that exist or come with the batch.
Result<void> MemoryTables::check_owners(const ports::Batch& batch) const {
    auto all_users = users;
    for (const auto& row : batch.users)
        all_users[row.id] = row;
    auto all_accounts = accounts;
    for (const auto& row : batch.accounts)
        all_accounts[row.id] = row;
    auto all_vaults = vaults;
    for (const auto& row : batch.vaults)
        all_vaults[row.id] = row;
    std::set<std::string> names;
    for (const auto& [id, row] : all_users)
        if (!names.insert(row.name).second) return refused("two users are named " + row.name);
    std::set<std::pair<UserId, std::string>> labels;
    for (const auto& [id, row] : all_accounts) {
        if (!labels.emplace(row.user, row.label).second)
            return refused("two accounts are labelled " + row.label);
        if (all_users.count(row.user) == 0) return refused(to_text(id) + " has no user");
    }
    std::set<std::pair<AccountId, Asset>> wallets;
    for (const auto& [id, row] : all_vaults) {
        if (!wallets.emplace(row.account, row.asset).second)
            return refused(to_text(id) + " is the second vault of its wallet");
        if (all_accounts.count(row.account) == 0 || all_users.count(row.user) == 0)
            return refused(to_text(id) + " has no account or no user");
    }
    return success();
}

Result<void> MemoryTables::check_entries(const ports::Batch& batch) const {
    std::set<VaultId> fresh;
    for (const auto& row : batch.vaults)
        fresh.insert(row.id);
    std::map<VaultId, ports::ChainHead> heads;
    std::set<std::tuple<VaultId, std::string, std::string>> booked;
    for (const auto& row : batch.entries) {
        if (vaults.count(row.vault) == 0 && fresh.count(row.vault) == 0)
            return refused(to_text(row.vault) + " does not exist");
        auto& last = heads.emplace(row.vault, head(row.vault)).first->second;
        if (row.seq != last.seq + 1 || row.prev_hash != last.hash)
            return refused(fmt::format("{}, entry {}: does not continue the journal",
                                       to_text(row.vault), row.seq));
        last = {row.seq, row.hash};
        const auto key = std::make_tuple(row.vault, row.kind, row.cause);
        if (causes.count(key) != 0 || !booked.insert(key).second)
            return refused(fmt::format("{}: {} {} is booked already", to_text(row.vault), row.kind,
                                       row.cause));
    }
    for (const auto& row : batch.balances)
        if (vaults.count(row.vault) == 0 && fresh.count(row.vault) == 0)
            return refused(to_text(row.vault) + " does not exist");
    return success();
}

Result<void> MemoryTables::check_unique(const ports::Batch& batch) const {
    std::set<std::pair<AccountId, std::string>> traded;
    for (const auto& row : batch.fills) {
        const auto key = std::make_pair(row.owner.account, row.fill.trade_id);
        if (trades.count(key) != 0 || !traded.insert(key).second)
            return refused("trade " + row.fill.trade_id + " is booked already");
    }
    std::set<std::tuple<VaultId, SleeveKind, UtcTime>> closed;
    for (const auto& row : batch.day_closes) {
        const auto key = std::make_tuple(row.vault, row.sleeve, row.day);
        if (days.count(key) != 0 || !closed.insert(key).second)
            return refused("the day close of " + format_utc(row.day) + " is there already");
    }
    return success();
}

ports::ChainHead MemoryTables::audit_head() const {
    if (audits.empty()) return {};
    return {audits.back().seq, audits.back().hash};
}

Result<void> MemoryTables::check_audit(const ports::Batch& batch) const {
    ports::ChainHead last = audit_head();
    for (const auto& row : batch.audits) {
        if (row.seq != last.seq + 1 || row.prev_hash != last.hash)
            return refused(fmt::format("audit trail, row {}: does not continue it", row.seq));
        last = {row.seq, row.hash};
    }
    return success();
}

Result<void> MemoryTables::check_keys(const ports::Batch& batch) const {
    for (const auto& row : batch.api_keys)
        if (!is_known(row.user, users, batch.users) ||
            !is_known(row.account, accounts, batch.accounts))
            return refused(to_text(row.id) + " has no account or no user");
    for (const auto& row : batch.key_policies)
        if (!is_known(row.vault, vaults, batch.vaults))
            return refused(to_text(row.vault) + " has a key policy and does not exist");
    return success();
}

Result<void> MemoryTables::apply(const ports::Batch& batch) {
    if (!batch.users.empty() || !batch.accounts.empty() || !batch.vaults.empty()) {
        VAULT_TRYV(check_owners(batch));
    }
    VAULT_TRYV(check_entries(batch));
    VAULT_TRYV(check_unique(batch));
    VAULT_TRYV(check_audit(batch));
    VAULT_TRYV(check_keys(batch));
    const auto is_user = [this, &batch](UserId user) { return is_known(user, users, batch.users); };
    std::optional<IdentityTables> next_identity;
    if (!batch.identity.empty()) {
        VAULT_TRY(next_identity, identity.after(batch.identity, is_user));
    }
    const bool has_condition = batch.secrets.only_if || batch.secrets.only_if_no_key_below;
    if (!batch.secrets.empty() || has_condition) {
        VAULT_TRY(secrets, secrets.after(batch.secrets, is_user));
    }
    if (next_identity) identity = std::move(*next_identity);
    put(batch);
    put_history(batch);
    return success();
}

void MemoryTables::put(const ports::Batch& batch) {
    for (const auto& row : batch.users)
        users[row.id] = row;
    for (const auto& row : batch.accounts)
        accounts[row.id] = row;
    for (const auto& row : batch.vaults)
        vaults[row.id] = row;
    for (const auto& row : batch.entries) {
        entries[row.vault].push_back(row);
        causes.emplace(row.vault, row.kind, row.cause);
    }
    for (const auto& row : batch.balances)
        balances[{row.vault, row.account, row.asset}] = row;
    for (const auto& row : batch.orders) {
        const auto [at, added] = order_index.emplace(row.id, orders.size());
        if (added)
            orders.push_back(row);
        else
            orders[at->second] = row;
    }
    for (const auto& row : batch.prices)
        prices[{row.account, row.at, row.pair.text()}] = row;
    for (const auto& row : batch.replies)
        replies[{row.user, row.key}] = row;
    for (const auto& row : batch.states)
        states[{row.kind, row.id}] = row;
    for (const auto& row : batch.api_keys)
        api_keys[row.id] = row;
    for (const auto& row : batch.key_policies)
        key_policies[row.vault] = row;
}

void MemoryTables::put_history(const ports::Batch& batch) {
    for (const auto& row : batch.fills)
        trades.emplace(row.owner.account, row.fill.trade_id);
    for (const auto& row : batch.day_closes)
        days.emplace(row.vault, row.sleeve, row.day);
    append(fills, batch.fills);
    append(decisions, batch.decisions);
    append(allocations, batch.allocations);
    append(sweeps, batch.sweeps);
    append(pauses, batch.pauses);
    append(cycles, batch.cycles);
    append(day_closes, batch.day_closes);
    append(events, batch.events);
    append(audits, batch.audits);
}

}  // namespace vault::store
