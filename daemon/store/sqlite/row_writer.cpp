#include "daemon/store/sqlite/row_writer.hpp"

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
    return writer;
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
    return write_rows(batch.states);
}

}  // namespace vault::store
