#pragma once
// SqliteReader: reports' own read-only connection to the store (query_only). Every call is one
// statement run to its end, so no snapshot outlives a call and the writer is never held up. One
// thread at a time; errors are StoreFailed, or StoreInvalid for a row that does not parse.
#include "daemon/ports/store_reader.hpp"
#include "daemon/store/sqlite/verify.hpp"

#include <memory>

namespace vault::store {

class SqliteReader final : public ports::StoreReader {
  public:
    // Errors: StoreFailed (no such file), StoreInvalid (not a store of this version).
    static Result<std::unique_ptr<SqliteReader>> open(const std::string& path);
    ~SqliteReader() override;

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

    // The full check of one vault or of all (verify.hpp), on a connection of its own; not bounded
    // to 200 ms.
    Result<VerifyReport> verify(std::optional<VaultId> vault, const VerifyProgress& progress) const;

  private:
    struct Impl;
    explicit SqliteReader(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace vault::store
