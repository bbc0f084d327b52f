#include "tests/unit/secrets/row_store.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <stdexcept>
#include <string_view>

namespace vault::secrets {
namespace {

constexpr const char* kSchema = R"(
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;  -- a kill, not a power cut
CREATE TABLE IF NOT EXISTS masters (version INTEGER PRIMARY KEY, least INTEGER, nonce BLOB,
    ciphertext BLOB);
CREATE TABLE IF NOT EXISTS data_keys (user INTEGER, version INTEGER, least INTEGER,
    master INTEGER, nonce BLOB, ciphertext BLOB, PRIMARY KEY (user, version));
CREATE TABLE IF NOT EXISTS fields (user INTEGER, account INTEGER, api_key INTEGER, name TEXT,
    version INTEGER, nonce BLOB, ciphertext BLOB, PRIMARY KEY (user, account, api_key, name));
)";

[[noreturn]] void fail(sqlite3* database) {
    throw std::runtime_error{sqlite3_errmsg(database)};
}

class Statement {
  public:
    Statement(sqlite3* database, const char* text) : database_(database) {
        if (sqlite3_prepare_v2(database, text, -1, &handle_, nullptr) != SQLITE_OK) fail(database);
    }
    ~Statement() { sqlite3_finalize(handle_); }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    Statement& bind(std::uint32_t number) {
        sqlite3_bind_int64(handle_, ++bound_, number);
        return *this;
    }
    Statement& bind(const std::string& text) {
        sqlite3_bind_text(handle_, ++bound_, text.data(), static_cast<int>(text.size()),
                          SQLITE_TRANSIENT);
        return *this;
    }
    Statement& bind(const Nonce& nonce) {
        sqlite3_bind_blob(handle_, ++bound_, nonce.data(), static_cast<int>(nonce.size()),
                          SQLITE_TRANSIENT);
        return *this;
    }
    Statement& bind(const Sealed& sealed) {
        bind(sealed.nonce);
        sqlite3_bind_blob(handle_, ++bound_, sealed.ciphertext.data(),
                          static_cast<int>(sealed.ciphertext.size()), SQLITE_TRANSIENT);
        return *this;
    }
    bool step() {
        read_ = 0;
        const int status = sqlite3_step(handle_);
        if (status != SQLITE_ROW && status != SQLITE_DONE) fail(database_);
        return status == SQLITE_ROW;
    }
    std::uint32_t number() {
        return static_cast<std::uint32_t>(sqlite3_column_int64(handle_, read_++));
    }
    std::string text() {
        const auto* const bytes = static_cast<const char*>(sqlite3_column_blob(handle_, read_));
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, read_++));
        return {bytes, size};
    }
    Sealed sealed() {
        Sealed out;
        const std::string nonce = text();
        std::copy_n(nonce.begin(), out.nonce.size(), out.nonce.begin());
        out.ciphertext = text();
        return out;
    }

  private:
    sqlite3* database_;
    sqlite3_stmt* handle_ = nullptr;
    int bound_ = 0;
    int read_ = 0;
};

std::vector<FieldRow> read_fields(Statement& statement) {
    std::vector<FieldRow> rows;
    while (statement.step()) {
        FieldRow& row = rows.emplace_back();
        row.id.user.value = statement.number();
        row.id.account.value = statement.number();
        row.id.api_key.value = statement.number();
        row.id.name = statement.text();
        row.version.value = statement.number();
        row.value = statement.sealed();
    }
    return rows;
}

}  // namespace

void RowStore::Close::operator()(sqlite3* database) const {
    sqlite3_close(database);
}

RowStore::RowStore(const std::string& path) {
    sqlite3* database = nullptr;
    const int status = sqlite3_open(path.c_str(), &database);
    database_.reset(database);
    if (status != SQLITE_OK) fail(database);
    sqlite3_busy_timeout(database, 5000);
    run(kSchema);
}

void RowStore::run(const char* statement) {
    if (sqlite3_exec(database_.get(), statement, nullptr, nullptr, nullptr) != SQLITE_OK)
        fail(database_.get());
}

bool RowStore::holds(const NoFieldBelow& condition) const {
    Statement found{database_.get(), "SELECT 1 FROM fields WHERE user = ? AND version < ?"};
    return !found.bind(condition.user.value).bind(condition.version.value).step();
}

bool RowStore::commit(const RowChanges& changes) {
    sqlite3* const db = database_.get();
    run("BEGIN IMMEDIATE");
    for (const MasterRow& row : changes.put_masters)
        Statement{db, "REPLACE INTO masters VALUES (?, ?, ?, ?)"}
            .bind(row.version.value)
            .bind(row.least.value)
            .bind(row.canary)
            .step();
    for (const MasterVersion version : changes.drop_masters)
        Statement{db, "DELETE FROM masters WHERE version = ?"}.bind(version.value).step();
    for (const DataKeyRow& row : changes.put_data_keys)
        Statement{db, "REPLACE INTO data_keys VALUES (?, ?, ?, ?, ?, ?)"}
            .bind(row.id.user.value)
            .bind(row.id.version.value)
            .bind(row.least.value)
            .bind(row.master.value)
            .bind(row.key)
            .step();
    for (const DataKeyId& id : changes.drop_data_keys)
        Statement{db, "DELETE FROM data_keys WHERE user = ? AND version = ?"}
            .bind(id.user.value)
            .bind(id.version.value)
            .step();
    for (const auto& [was, row] : changes.reseals)
        Statement{db,
                  "UPDATE fields SET version = ?, nonce = ?, ciphertext = ? WHERE user = ? AND "
                  "account = ? AND api_key = ? AND name = ? AND nonce = ?"}
            .bind(row.version.value)
            .bind(row.value)
            .bind(row.id.user.value)
            .bind(row.id.account.value)
            .bind(row.id.api_key.value)
            .bind(row.id.name)
            .bind(was)
            .step();
    const bool in_force = !changes.only_if || holds(*changes.only_if);
    run(in_force ? "COMMIT" : "ROLLBACK");
    return in_force;
}

void RowStore::put(const std::vector<FieldRow>& rows) {
    run("BEGIN IMMEDIATE");
    for (const FieldRow& row : rows)
        put(row);
    run("COMMIT");
}

void RowStore::put(const FieldRow& row) {
    Statement{database_.get(), "REPLACE INTO fields VALUES (?, ?, ?, ?, ?, ?, ?)"}
        .bind(row.id.user.value)
        .bind(row.id.account.value)
        .bind(row.id.api_key.value)
        .bind(row.id.name)
        .bind(row.version.value)
        .bind(row.value)
        .step();
}

std::vector<MasterRow> RowStore::masters() const {
    Statement rest{database_.get(), "SELECT * FROM masters"};
    std::vector<MasterRow> rows;
    while (rest.step()) {
        MasterRow& row = rows.emplace_back();
        row.version.value = rest.number();
        row.least.value = rest.number();
        row.canary = rest.sealed();
    }
    return rows;
}

std::vector<DataKeyRow> RowStore::data_keys() const {
    Statement rest{database_.get(), "SELECT * FROM data_keys"};
    std::vector<DataKeyRow> rows;
    while (rest.step()) {
        DataKeyRow& row = rows.emplace_back();
        row.id.user.value = rest.number();
        row.id.version.value = rest.number();
        row.least.value = rest.number();
        row.master.value = rest.number();
        row.key = rest.sealed();
    }
    return rows;
}

std::vector<FieldRow> RowStore::fields() const {
    Statement all{database_.get(), "SELECT * FROM fields"};
    return read_fields(all);
}

std::vector<FieldRow> RowStore::outdated(UserId user, DataKeyVersion below,
                                         std::size_t at_most) const {
    Statement some{database_.get(), "SELECT * FROM fields WHERE user = ? AND version < ? LIMIT ?"};
    some.bind(user.value).bind(below.value).bind(static_cast<std::uint32_t>(at_most));
    return read_fields(some);
}

}  // namespace vault::secrets
