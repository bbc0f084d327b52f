#include "tests/integration/store_copy.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

namespace vault::test {
namespace {

using store::Statement;
using Type = Cell::Type;

std::string names(const Schema& schema) {
    std::vector<std::string> list;
    for (const Column& column : schema.columns)
        list.push_back(fmt::format("\"{}\"", column.name));
    return fmt::format("{}", fmt::join(list, ","));
}

std::string rows_of(const Schema& schema) {
    // Of meta the seal alone.
    const bool seal = schema.table == "meta";
    return fmt::format("SELECT {} FROM {} {} ORDER BY {}", names(schema), schema.table,
                       seal ? "WHERE key = 'audit_head'" : "", schema.columns[0].name);
}

std::string insert_into(const Schema& schema) {
    std::string marks(2 * schema.columns.size() - 1, '?');
    for (std::size_t i = 1; i < marks.size(); i += 2)
        marks[i] = ',';
    return fmt::format("INSERT INTO {}({}) VALUES({})", schema.table, names(schema), marks);
}

std::string delete_from(const Schema& schema) {
    std::string where;
    for (std::size_t i = 0; i < schema.key_columns; ++i)
        where.append(i == 0 ? "" : " AND ")
            .append(fmt::format("\"{}\" = ?", schema.columns[i].name));
    return fmt::format("DELETE FROM {} WHERE {}", schema.table, where);
}

void bind(Statement& statement, const Row& row, std::size_t columns) {
    for (std::size_t i = 0; i < columns; ++i) {
        const int index = static_cast<int>(i) + 1;
        switch (row[i].type) {
            case Type::Integer: statement.bind(index, row[i].number); break;
            case Type::Text: statement.bind_copy(index, row[i].bytes); break;
            case Type::Blob: statement.bind_blob(index, row[i].bytes); break;
        }
    }
}

std::vector<Row> without(std::vector<Row> rows, std::vector<Row> others) {
    std::ranges::sort(rows);
    std::ranges::sort(others);
    std::vector<Row> left;
    std::ranges::set_difference(rows, others, std::back_inserter(left));
    return left;
}

Result<void> run_each(Statement& statement, const std::vector<Row>& rows, std::size_t columns) {
    for (const Row& row : rows) {
        bind(statement, row, columns);
        VAULT_TRYV(statement.run());
    }
    return success();
}

}  // namespace

const Schema& schema_of(StoreCopy::Table table) {
    static const std::array<Schema, StoreCopy::kTables> kSchemas{
        Schema{"audit",
               {{"seq", Type::Integer},
                {"at", Type::Integer},
                {"actor", Type::Text},
                {"user", Type::Integer},
                {"action", Type::Text},
                {"object", Type::Text},
                {"outcome", Type::Text},
                {"message", Type::Text},
                {"params", Type::Text},
                {"prev_hash", Type::Blob},
                {"hash", Type::Blob}},
               1},
        Schema{"entry",
               {{"id", Type::Integer},
                {"tx", Type::Integer},
                {"kind", Type::Text},
                {"cause", Type::Text},
                {"at", Type::Integer},
                {"user", Type::Integer},
                {"account", Type::Integer},
                {"mode", Type::Text},
                {"actor", Type::Text},
                {"postings", Type::Text},
                {"prev_hash", Type::Blob},
                {"hash", Type::Blob}},
               1},
        Schema{"balance",
               {{"vault", Type::Integer},
                {"ledger_account", Type::Text},
                {"asset", Type::Text},
                {"amount", Type::Text}},
               3},
        Schema{"checkpoint",
               {{"vault", Type::Integer},
                {"seq", Type::Integer},
                {"hash", Type::Blob},
                {"balances", Type::Text},
                {"signature", Type::Blob}},
               1},
        Schema{"meta", {{"key", Type::Text}, {"value", Type::Text}}, 1},
    };
    return kSchemas[table];
}

// What keeps SQLite's own programs from writing nonsense keeps nobody else from it.
Result<StoreEditor> StoreEditor::open(const std::string& path) {
    StoreEditor editor;
    editor.path_ = path;
    VAULT_TRY(editor.connection_,
              store::Connection::open(path, store::Connection::Access::ReadWrite));
    VAULT_TRYV(
        editor.connection_->exec("PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; "
                                 "PRAGMA ignore_check_constraints = ON"));
    for (int i = 0; i < StoreCopy::kTables; ++i) {
        const Schema& schema = schema_of(static_cast<StoreCopy::Table>(i));
        VAULT_TRY(auto insert, Statement::prepare(*editor.connection_, insert_into(schema)));
        VAULT_TRY(auto remove, Statement::prepare(*editor.connection_, delete_from(schema)));
        editor.inserts_.push_back(std::move(insert));
        editor.deletes_.push_back(std::move(remove));
    }
    return editor;
}

Result<StoreCopy> StoreEditor::read() {
    StoreCopy copy;
    for (int i = 0; i < StoreCopy::kTables; ++i) {
        const auto table = static_cast<StoreCopy::Table>(i);
        const Schema& schema = schema_of(table);
        VAULT_TRY(auto statement, Statement::prepare(*connection_, rows_of(schema)));
        for (;;) {
            VAULT_TRY(const bool more, statement.step());
            if (!more) break;
            Row& row = copy[table].emplace_back();
            for (std::size_t k = 0; k < schema.columns.size(); ++k) {
                const Type type = schema.columns[k].type;
                const int column = static_cast<int>(k);
                if (type == Type::Integer)
                    row.push_back({type, statement.integer(column), {}});
                else
                    row.push_back({type, 0, std::string(statement.text(column))});
            }
        }
    }
    return copy;
}

Result<void> StoreEditor::change(const StoreCopy& from, const StoreCopy& to) {
    for (std::size_t i = 0; i < StoreCopy::kTables; ++i) {
        const auto table = static_cast<StoreCopy::Table>(i);
        if (from[table] == to[table]) continue;
        const Schema& schema = schema_of(table);
        VAULT_TRYV(run_each(deletes_[i], without(from[table], to[table]), schema.key_columns));
        VAULT_TRYV(run_each(inserts_[i], without(to[table], from[table]), schema.columns.size()));
    }
    return success();
}

Result<void> StoreEditor::write(const StoreCopy& from, const StoreCopy& to) {
    VAULT_TRYV(connection_->exec("BEGIN IMMEDIATE"));
    Result<void> changed = change(from, to);
    VAULT_TRYV(connection_->exec(changed ? "COMMIT" : "ROLLBACK"));
    return changed;
}

Result<void> StoreEditor::save_as(const std::string& path) {
    VAULT_TRYV(connection_->exec("PRAGMA wal_checkpoint(TRUNCATE)"));
    std::error_code fault;
    std::filesystem::copy_file(path_, path, fault);
    if (fault) return Error(Errc::Io, fmt::format("{}: {}", path, fault.message()));
    return success();
}

}  // namespace vault::test
