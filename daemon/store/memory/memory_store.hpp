#pragma once
// MemoryStore: the store port without a disk, for simulation and unit tests. Deterministic: no
// thread, no time of its own; a commit ends only inside step(), so a seeded scheduler decides when,
// and its seeded faults decide how. What was reported Durable is never lost; what was not reported
// may be applied or lost when crash() is called. One thread; the fault rates are per batch.
#include "common/base/clock.hpp"
#include "common/base/random.hpp"
#include "daemon/ports/store_reader.hpp"
#include "daemon/store/memory/memory_tables.hpp"

#include <deque>

namespace vault::store {

struct MemoryFaults {
    std::uint64_t seed = 1;
    std::uint32_t fail_per_million = 0;             // Failed, not applied
    std::uint32_t unknown_applied_per_million = 0;  // Unknown, but applied
    std::uint32_t unknown_lost_per_million = 0;     // Unknown, not applied
};

class MemoryStore final : public ports::Store, public ports::StoreReader {
  public:
    explicit MemoryStore(const Clock& clock, const MemoryFaults& faults = {});

    Result<ports::Snapshot> load(ShardId shard) override;
    Result<std::vector<ports::PriceRow>> read_prices(AccountId account, const Pair& pair,
                                                     UtcTime since) override;
    void commit(ports::Batch batch, Done done) override;
    void read_reply(const std::string& user, const std::string& key, ReplyRead done) override;
    ports::StoreHealth health() const override;
    void close() override;  // steps what is queued; load() opens it again

    // Ends the oldest queued commit and calls its `done`. False if none was queued.
    bool step();
    std::size_t queued() const { return queue_.size(); }
    // The last batch that is durable, whatever was reported of it.
    ports::ShardMark mark(ShardId shard) const;
    // The process dies: of the queued commits a random number, oldest first, was applied; nobody is
    // told. load() comes next.
    void crash();
    void set_faults(const MemoryFaults& faults);
    void set_health(const ports::StoreHealth& health) { health_ = health; }
    // Proves hash chains and balances of all vaults from the first entry, and the audit trail.
    // Errors: StoreInvalid.
    Result<void> prove() const;

    Result<std::vector<ports::EntryRow>> entries(VaultId vault, std::uint64_t from_seq,
                                                 std::uint32_t limit) override;
    Result<std::vector<ports::JournalHead>> journal_heads(VaultId from,
                                                          std::uint32_t limit) override;
    Result<std::vector<ports::BalanceRow>> balances(VaultId vault) override;
    Result<std::vector<ports::VaultRow>> vaults() override;
    Result<std::optional<ports::UserRow>> user(UserId id) override;
    Result<std::optional<ports::OrderRow>> order(const OrderId& id) override;
    Result<std::optional<ports::FillRow>> fill(AccountId account,
                                               const std::string& trade) override;
    Result<std::optional<ports::EntryRow>> entry(VaultId vault, const std::string& kind,
                                                 const std::string& cause) override;
    Result<std::vector<ports::OrderRow>> orders(const ports::RowFilter& filter) override;
    Result<std::vector<ports::FillRow>> fills(const ports::RowFilter& filter) override;
    Result<std::vector<ports::DecisionRow>> decisions(const ports::RowFilter& filter) override;
    Result<std::vector<ports::AllocationRow>> allocations(const ports::RowFilter& filter) override;
    Result<std::vector<ports::SweepRow>> sweeps(const ports::RowFilter& filter) override;
    Result<std::vector<ports::PauseRow>> pauses(const ports::RowFilter& filter) override;
    Result<std::vector<ports::CycleRow>> cycles(const ports::RowFilter& filter) override;
    Result<std::vector<ports::DayCloseRow>> day_closes(const ports::RowFilter& filter) override;
    Result<std::vector<ports::EventRow>> events(const ports::RowFilter& filter) override;
    Result<std::vector<ports::EventRow>> events_from(std::uint64_t from_seq,
                                                     std::uint32_t limit) override;
    Result<std::vector<ports::AuditRow>> audits(const ports::AuditFilter& filter) override;
    Result<std::vector<ports::AuditRow>> audits_from(std::uint64_t from_seq,
                                                     std::uint32_t limit) override;
    Result<std::vector<ports::PriceRow>> prices(AccountId account,
                                                const ports::RowFilter& filter) override;

  private:
    struct Queued {
        ports::Batch batch;
        Done done;
    };
    ports::CommitReport settle(const ports::Batch& batch);
    ports::CommitReport fence(const ports::Batch& batch) const;
    ports::CommitReport roll_faults(const ports::Batch& batch);

    const Clock& clock_;
    MemoryFaults faults_;
    Random random_;
    MemoryTables tables_;
    std::deque<Queued> queue_;
    std::map<ShardId, BatchNo> broken_;  // the first batch that was not reported durable
    ports::StoreHealth health_;
    bool closed_ = false;
};

}  // namespace vault::store
