#include "daemon/store/sqlite/row_writer.hpp"

#include <fmt/format.h>

namespace vault::store {

namespace {

bool in_list(std::string_view list, std::string_view name) {
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        if (list.substr(0, comma) == name) return true;
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return false;
}

template <class Row>
std::string insert_sql() {
    std::string places, updates;
    const Row row{};
    const std::string_view key = kTable<Row>.key;
    fields(row, [&](const char* name, const auto&) {
        places.append(places.empty() ? "?" : ",?");
        if (in_list(key, name)) return;
        updates.append(updates.empty() ? "\"" : ",\"").append(name).append("\"=excluded.\"");
        updates.append(name).append("\"");
    });
    std::string sql = std::string{"INSERT INTO "} + kTable<Row>.table + "(" + column_list<Row>() +
                      ") VALUES(" + places + ")";
    if (!key.empty()) sql.append(" ON CONFLICT(").append(key).append(") DO UPDATE SET " + updates);
    return sql;
}

// vault and seq are computed from id, so the statement makes the id of both.
template <>
std::string insert_sql<ports::EntryRow>() {
    return "INSERT INTO entry(id,tx,kind,cause,at,user,account,mode,actor,postings,prev_hash,hash) "
           "VALUES((?1 << 32) | ?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)";
}

template <class... Keys>
Result<void> run(Statement& statement, const Keys&... keys) {
    int index = 0;
    (statement.bind(++index, keys), ...);
    return statement.run();
}

std::int64_t number(std::uint64_t value) {
    return static_cast<std::int64_t>(value);
}

}  // namespace

template <class Row>
Result<void> RowWriter::prepare(Connection& connection) {
    VAULT_TRY(auto statement, Statement::prepare(connection, insert_sql<Row>()));
    std::get<RowStatement<Row>>(statements_).statement = std::move(statement);
    return success();
}

Result<RowWriter> RowWriter::create(Connection& connection, const SqliteOptions& options) {
    RowWriter writer;
#ifdef VAULT_TESTING
    writer.faults_ = options.faults;
#else
    static_cast<void>(options);
#endif
    VAULT_TRYV(writer.prepare<ports::UserRow>(connection));
    VAULT_TRYV(writer.prepare<ports::AccountRow>(connection));
    VAULT_TRYV(writer.prepare<ports::VaultRow>(connection));
    VAULT_TRYV(writer.prepare<ports::EntryRow>(connection));
    VAULT_TRYV(writer.prepare<ports::BalanceRow>(connection));
    VAULT_TRYV(writer.prepare<ports::OrderRow>(connection));
    VAULT_TRYV(writer.prepare<ports::FillRow>(connection));
    VAULT_TRYV(writer.prepare<ports::DecisionRow>(connection));
    VAULT_TRYV(writer.prepare<ports::PriceRow>(connection));
    VAULT_TRYV(writer.prepare<ports::AllocationRow>(connection));
    VAULT_TRYV(writer.prepare<ports::SweepRow>(connection));
    VAULT_TRYV(writer.prepare<ports::PauseRow>(connection));
    VAULT_TRYV(writer.prepare<ports::CycleRow>(connection));
    VAULT_TRYV(writer.prepare<ports::DayCloseRow>(connection));
    VAULT_TRYV(writer.prepare<ports::EventRow>(connection));
    VAULT_TRYV(writer.prepare<ports::AuditRow>(connection));
    VAULT_TRYV(writer.prepare<ports::IdempotencyRow>(connection));
    VAULT_TRYV(writer.prepare<ports::StateRow>(connection));
    VAULT_TRYV(writer.prepare<ports::ApiKeyRow>(connection));
    VAULT_TRYV(writer.prepare<ports::KeyPolicyRow>(connection));
    VAULT_TRYV(writer.prepare_people(connection));
    return writer;
}

Result<void> RowWriter::prepare_people(Connection& connection) {
    VAULT_TRYV(prepare<ports::CredentialRow>(connection));
    VAULT_TRYV(prepare<ports::SessionRow>(connection));
    VAULT_TRYV(prepare<ports::RobotTokenRow>(connection));
    VAULT_TRYV(prepare<ports::TotpRow>(connection));
    VAULT_TRYV(prepare<ports::RecoveryCodeRow>(connection));
    VAULT_TRYV(prepare<ports::AttemptRow>(connection));
    VAULT_TRYV(prepare<ports::MasterRow>(connection));
    VAULT_TRYV(prepare<ports::DataKeyRow>(connection));
    VAULT_TRYV(prepare<ports::FieldRow>(connection));
    constexpr const char* kField = "user = ? AND account = ? AND api_key = ? AND name = ?";
    const auto make = [&connection](std::optional<Statement>& to,
                                    const std::string& sql) -> Result<void> {
        VAULT_TRY(to, Statement::prepare(connection, sql));
        return success();
    };
    VAULT_TRYV(make(drop_session_, "DELETE FROM session WHERE id = ?"));
    VAULT_TRYV(make(remember_session_,
                    "UPDATE sqlite_sequence SET seq = ?1 WHERE name = 'session' AND seq < ?1"));
    VAULT_TRYV(make(drop_totp_, "DELETE FROM totp WHERE user = ?"));
    VAULT_TRYV(make(drop_recovery_codes_, "DELETE FROM recovery_code WHERE user = ?"));
    VAULT_TRYV(make(drop_attempts_, "DELETE FROM attempt WHERE last_at < ?"));
    VAULT_TRYV(make(drop_master_, "DELETE FROM master_key WHERE version = ?"));
    VAULT_TRYV(make(drop_data_key_, "DELETE FROM data_key WHERE user = ? AND version = ?"));
    VAULT_TRYV(make(drop_field_, fmt::format("DELETE FROM secret_field WHERE {}", kField)));
    VAULT_TRYV(make(reseal_, fmt::format("UPDATE secret_field SET version = ?, nonce = ?, "
                                         "ciphertext = ? WHERE {} AND nonce = ?",
                                         kField)));
    VAULT_TRYV(make(key_below_, "SELECT count(*) FROM data_key WHERE master < ?"));
    return make(field_below_, "SELECT count(*) FROM secret_field WHERE user = ? AND version < ?");
}

template <class Row>
Result<void> RowWriter::write_rows(const std::vector<Row>& rows) {
    Statement& statement = *std::get<RowStatement<Row>>(statements_).statement;
    for (const Row& row : rows) {
#ifdef VAULT_TESTING
        if (faults_ != nullptr && FaultSites::fires(faults_->fail_write))
            return Error{Errc::StoreFailed, "test fault: write failed", "store", "none"};
#endif
        Binder binder{statement};
        fields(row, binder);
        VAULT_TRYV(statement.run());
    }
    return success();
}

Result<void> RowWriter::write(const ports::Batch& batch) {
    VAULT_TRYV(write_rows(batch.users));
    VAULT_TRYV(write_rows(batch.accounts));
    VAULT_TRYV(write_rows(batch.vaults));
    VAULT_TRYV(write_rows(batch.entries));
    VAULT_TRYV(write_rows(batch.balances));
    VAULT_TRYV(write_rows(batch.orders));
    VAULT_TRYV(write_rows(batch.fills));
    VAULT_TRYV(write_rows(batch.decisions));
    VAULT_TRYV(write_rows(batch.prices));
    VAULT_TRYV(write_rows(batch.allocations));
    VAULT_TRYV(write_rows(batch.sweeps));
    VAULT_TRYV(write_rows(batch.pauses));
    VAULT_TRYV(write_rows(batch.cycles));
    VAULT_TRYV(write_rows(batch.day_closes));
    VAULT_TRYV(write_rows(batch.events));
    VAULT_TRYV(write_rows(batch.audits));
    VAULT_TRYV(write_rows(batch.replies));
    VAULT_TRYV(write_rows(batch.states));
    VAULT_TRYV(write_rows(batch.api_keys));
    VAULT_TRYV(write_rows(batch.key_policies));
    VAULT_TRYV(write_identity(batch.identity));
    return write_secrets(batch.secrets);
}

Result<void> RowWriter::write_identity(const ports::IdentityChanges& changes) {
    VAULT_TRYV(drop_identity(changes));
    VAULT_TRYV(write_rows(changes.credentials));
    VAULT_TRYV(write_rows(changes.sessions));
    VAULT_TRYV(write_rows(changes.tokens));
    VAULT_TRYV(write_rows(changes.totps));
    VAULT_TRYV(write_rows(changes.recovery_codes));
    return write_rows(changes.attempts);
}

Result<void> RowWriter::drop_identity(const ports::IdentityChanges& changes) {
    for (const SessionId id : changes.ended_sessions) {
        VAULT_TRYV(run(*drop_session_, number(id.value)));
        // One that began and ended between two batches was never put, and yet its id was given.
        VAULT_TRYV(run(*remember_session_, number(id.value)));
    }
    for (const UserId user : changes.dropped_totps) {
        VAULT_TRYV(run(*drop_totp_, number(user.value)));
    }
    for (const UserId user : changes.dropped_recovery_codes) {
        VAULT_TRYV(run(*drop_recovery_codes_, number(user.value)));
    }
    const std::int64_t before = changes.dropped_attempts_before.time_since_epoch().count();
    return before > 0 ? run(*drop_attempts_, before) : success();
}

Result<void> RowWriter::write_secrets(const ports::SecretChanges& changes) {
    VAULT_TRYV(drop_secrets(changes));
    VAULT_TRYV(write_rows(changes.put_masters));
    VAULT_TRYV(write_rows(changes.put_data_keys));
    VAULT_TRYV(write_rows(changes.put_fields));
    for (const ports::Reseal& one : changes.reseals) {
        VAULT_TRYV(reseal(one));
    }
    VAULT_TRYV(check_keys(changes));
    return changes.only_if ? check(*changes.only_if) : success();
}

// A master key that goes may leave no data key behind: it would never open again.
Result<void> RowWriter::check_keys(const ports::SecretChanges& changes) {
    if (!changes.only_if_no_key_below) return success();
    key_below_->bind(1, number(changes.only_if_no_key_below->value));
    VAULT_TRY(const std::int64_t below, count(*key_below_));
    return below == 0 ? success() : Result<void>{key_is_below(*changes.only_if_no_key_below)};
}

Result<std::int64_t> RowWriter::count(Statement& query) {
    VAULT_TRYV(query.step());
    const std::int64_t found = query.integer(0);
    query.reset();
    return found;
}

Result<void> RowWriter::drop_secrets(const ports::SecretChanges& changes) {
    for (const ports::MasterVersion version : changes.drop_masters) {
        VAULT_TRYV(run(*drop_master_, number(version.value)));
    }
    for (const ports::DataKeyId& id : changes.drop_data_keys) {
        VAULT_TRYV(run(*drop_data_key_, number(id.user.value), number(id.version.value)));
    }
    for (const ports::FieldId& id : changes.drop_fields) {
        Binder binder{*drop_field_};
        fields(id, binder);
        VAULT_TRYV(drop_field_->run());
    }
    return success();
}

Result<void> RowWriter::reseal(const ports::Reseal& reseal) {
    Binder binder{*reseal_};
    binder("version", reseal.row.version);
    fields(reseal.row.value, binder);
    fields(reseal.row.id, binder);
    binder("nonce", reseal.was);
    return reseal_->run();
}

Result<void> RowWriter::check(const ports::NoFieldBelow& condition) {
    field_below_->bind(1, number(condition.user.value));
    field_below_->bind(2, number(condition.version.value));
    VAULT_TRY(const std::int64_t found, count(*field_below_));
    if (found == 0) return success();
    return field_is_below(condition);
}

}  // namespace vault::store
