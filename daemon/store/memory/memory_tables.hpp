#pragma once
// The durable rows of the in-memory store, with the same promises as the SQLite schema: unique
// keys, references, chain links and the fence are checked before anything of a batch is applied, so
// a batch is applied whole or not at all. Used by MemoryStore alone; one thread.
#include "daemon/store/memory/people_tables.hpp"

#include <set>

namespace vault::store {

struct MemoryTables {
    std::map<ShardId, ports::ShardMark> shards;
    std::map<UserId, ports::UserRow> users;
    std::map<AccountId, ports::AccountRow> accounts;
    std::map<VaultId, ports::VaultRow> vaults;
    std::map<VaultId, std::vector<ports::EntryRow>> entries;
    std::map<std::tuple<VaultId, std::string, Asset>, ports::BalanceRow> balances;
    std::vector<ports::OrderRow> orders;
    std::map<OrderId, std::size_t> order_index;
    std::vector<ports::FillRow> fills;
    std::vector<ports::DecisionRow> decisions;
    std::map<std::tuple<AccountId, UtcTime, std::string>, ports::PriceRow> prices;
    std::vector<ports::AllocationRow> allocations;
    std::vector<ports::SweepRow> sweeps;
    std::vector<ports::PauseRow> pauses;
    std::vector<ports::CycleRow> cycles;
    std::vector<ports::DayCloseRow> day_closes;
    std::vector<ports::EventRow> events;
    std::vector<ports::AuditRow> audits;
    std::map<std::pair<std::string, std::string>, ports::IdempotencyRow> replies;
    std::map<std::pair<std::string, std::string>, ports::StateRow> states;
    std::map<ApiKeyId, ports::ApiKeyRow> api_keys;
    std::map<VaultId, ports::KeyPolicyRow> key_policies;
    IdentityTables identity;
    SecretTables secrets;

    std::set<std::tuple<VaultId, std::string, std::string>> causes;
    std::set<std::pair<AccountId, std::string>> trades;
    std::set<std::tuple<VaultId, SleeveKind, UtcTime>> days;

    // Errors: StoreFailed naming the row that may not be; then nothing was changed.
    Result<void> apply(const ports::Batch& batch);
    ports::ChainHead head(VaultId vault) const;
    ports::ChainHead audit_head() const;

  private:
    Result<void> check_owners(const ports::Batch& batch) const;
    Result<void> check_entries(const ports::Batch& batch) const;
    Result<void> check_unique(const ports::Batch& batch) const;
    Result<void> check_audit(const ports::Batch& batch) const;
    Result<void> check_keys(const ports::Batch& batch) const;
    void put(const ports::Batch& batch);
    void put_history(const ports::Batch& batch);
};

}  // namespace vault::store
