#pragma once
// Writes the rows of a batch with one prepared statement per kind, and drops what its changes of
// sign-in and secrets drop. Runs inside the caller's transaction on the store's writer thread; the
// first row that fails, or a condition that does not hold, ends it (StoreFailed).
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
    Result<void> prepare_people(Connection& connection);
    Result<void> write_identity(const ports::IdentityChanges& changes);
    Result<void> drop_identity(const ports::IdentityChanges& changes);
    Result<void> write_secrets(const ports::SecretChanges& changes);
    Result<void> drop_secrets(const ports::SecretChanges& changes);
    Result<void> check_keys(const ports::SecretChanges& changes);
    Result<std::int64_t> count(Statement& query);
    Result<void> reseal(const ports::Reseal& reseal);
    Result<void> check(const ports::NoFieldBelow& condition);

    std::tuple<RowStatement<ports::UserRow>, RowStatement<ports::AccountRow>,
               RowStatement<ports::VaultRow>, RowStatement<ports::EntryRow>,
               RowStatement<ports::BalanceRow>, RowStatement<ports::OrderRow>,
               RowStatement<ports::FillRow>, RowStatement<ports::DecisionRow>,
               RowStatement<ports::PriceRow>, RowStatement<ports::AllocationRow>,
               RowStatement<ports::SweepRow>, RowStatement<ports::PauseRow>,
               RowStatement<ports::CycleRow>, RowStatement<ports::DayCloseRow>,
               RowStatement<ports::EventRow>, RowStatement<ports::AuditRow>,
               RowStatement<ports::IdempotencyRow>, RowStatement<ports::StateRow>,
               RowStatement<ports::CredentialRow>, RowStatement<ports::SessionRow>,
               RowStatement<ports::RobotTokenRow>, RowStatement<ports::TotpRow>,
               RowStatement<ports::RecoveryCodeRow>, RowStatement<ports::AttemptRow>,
               RowStatement<ports::MasterRow>, RowStatement<ports::DataKeyRow>,
               RowStatement<ports::FieldRow>, RowStatement<ports::ApiKeyRow>,
               RowStatement<ports::KeyPolicyRow>>
        statements_;
    std::optional<Statement> drop_session_, remember_session_, drop_totp_, drop_recovery_codes_,
        drop_attempts_, drop_master_, drop_data_key_, drop_field_, reseal_, field_below_,
        key_below_;
#ifdef VAULT_TESTING
    FaultSites* faults_ = nullptr;
#endif
};

}  // namespace vault::store
