#pragma once
// Writes the rows of a batch with one prepared statement per kind. Runs inside the caller's
// transaction on the store's writer thread; the first row that fails ends it (StoreFailed).
#include "daemon/store/sqlite/codec.hpp"
#include "daemon/store/sqlite/options.hpp"

#include <tuple>

namespace vault::store {

template <class Row>
struct RowStatement {
    std::optional<Statement> statement;
};

class RowWriter {
  public:
    static Result<RowWriter> create(Connection& connection, const SqliteOptions& options);
    Result<void> write(const ports::Batch& batch);

  private:
    template <class Row>
    Result<void> prepare(Connection& connection);
    template <class Row>
    Result<void> write_rows(const std::vector<Row>& rows);

    std::tuple<RowStatement<ports::UserRow>, RowStatement<ports::AccountRow>,
               RowStatement<ports::VaultRow>, RowStatement<ports::EntryRow>,
               RowStatement<ports::BalanceRow>, RowStatement<ports::OrderRow>,
               RowStatement<ports::FillRow>, RowStatement<ports::DecisionRow>,
               RowStatement<ports::PriceRow>, RowStatement<ports::AllocationRow>,
               RowStatement<ports::SweepRow>, RowStatement<ports::PauseRow>,
               RowStatement<ports::CycleRow>, RowStatement<ports::DayCloseRow>,
               RowStatement<ports::EventRow>, RowStatement<ports::AuditRow>,
               RowStatement<ports::IdempotencyRow>, RowStatement<ports::StateRow>>
        statements_;
#ifdef VAULT_TESTING
    FaultSites* faults_ = nullptr;
#endif
};

}  // namespace vault::store
