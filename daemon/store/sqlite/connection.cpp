#include "daemon/store/sqlite/connection.hpp"

#include "common/base/check.hpp"

#include <sqlite3.h>

namespace vault::store {

namespace {

constexpr int kBusyTimeoutMs = 5'000;

std::string hint_for(int code) {
    switch (code & 0xff) {
        case SQLITE_FULL: return "make room on the disk of the store; it continues by itself";
        case SQLITE_IOERR: return "look at the disk and the kernel log before restarting";
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB: return "restore the newest verified backup";
        case SQLITE_READONLY:
        case SQLITE_CANTOPEN:
        case SQLITE_PERM: return "check that the directory exists and that vaultd may write to it";
        case SQLITE_BUSY: return "another program holds the database; stop it and try again";
    }
    return "see the log of vaultd";
}

Error failure(sqlite3* db, std::string_view doing) {
    const int code = db == nullptr ? SQLITE_NOMEM : sqlite3_extended_errcode(db);
    const char* text = db == nullptr ? "out of memory" : sqlite3_errmsg(db);
    return Error{Errc::StoreFailed,
                 std::string{doing} + ": " + text + " (SQLite " + std::to_string(code) + ")",
                 "store", hint_for(code)};
}

}  // namespace

void Connection::Closer::operator()(sqlite3* db) const {
    sqlite3_close_v2(db);
}

Result<Connection> Connection::open(const std::string& path, Access access) {
    // Nobody reads SQLite's memory statistics, and keeping them costs a lock in each allocation.
    static const int kNoStatistics = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    static_cast<void>(kNoStatistics);
    const int flags = (access == Access::ReadOnly ? SQLITE_OPEN_READONLY
                                                  : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
                      SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    sqlite3* db = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &db, flags, nullptr);
    Connection connection;
    connection.db_.reset(db);
    if (code != SQLITE_OK) return failure(db, "cannot open " + path);
    sqlite3_busy_timeout(db, kBusyTimeoutMs);
    return connection;
}

Result<Connection> Connection::open_memory() {
    return open(":memory:", Access::ReadWrite);
}

Result<void> Connection::exec(const char* sql) {
    if (sqlite3_exec(raw(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        return error(std::string_view{sql}.substr(0, 60));
    return success();
}

Result<std::int64_t> Connection::query_int(const char* sql) {
    VAULT_TRY(auto statement, Statement::prepare(*this, sql));
    VAULT_TRY(const bool row, statement.step());
    return row ? statement.integer(0) : std::int64_t{0};
}

Result<std::string> Connection::query_text(const char* sql) {
    VAULT_TRY(auto statement, Statement::prepare(*this, sql));
    VAULT_TRY(const bool row, statement.step());
    return row ? std::string{statement.text(0)} : std::string{};
}

int Connection::code() const {
    return sqlite3_errcode(raw()) & 0xff;
}

Error Connection::error(std::string_view doing) const {
    return failure(raw(), doing);
}

bool Connection::in_transaction() const {
    return sqlite3_get_autocommit(raw()) == 0;
}

int Connection::changes() const {
    return sqlite3_changes(raw());
}

void Statement::Finalizer::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

Result<Statement> Statement::prepare(Connection& connection, std::string_view sql) {
    sqlite3_stmt* raw = nullptr;
    const int code = sqlite3_prepare_v3(connection.raw(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
    Statement statement;
    statement.statement_.reset(raw);
    if (code != SQLITE_OK) return connection.error("cannot prepare " + std::string{sql});
    return statement;
}

void Statement::bind(int index, std::int64_t value) {
    VAULT_CHECK(sqlite3_bind_int64(statement_.get(), index, value) == SQLITE_OK, "bind");
}

void Statement::bind(int index, std::string_view text) {
    const char* data = text.data() == nullptr ? "" : text.data();
    VAULT_CHECK(sqlite3_bind_text64(statement_.get(), index, data, text.size(), SQLITE_STATIC,
                                    SQLITE_UTF8) == SQLITE_OK,
                "bind");
}

void Statement::bind_copy(int index, std::string_view text) {
    // SQLITE_TRANSIENT is an old-style cast; its value is a destructor of -1.
    static const auto kTransient =
        reinterpret_cast<sqlite3_destructor_type>(static_cast<std::intptr_t>(-1));
    VAULT_CHECK(sqlite3_bind_text64(statement_.get(), index, text.data(), text.size(), kTransient,
                                    SQLITE_UTF8) == SQLITE_OK,
                "bind");
}

void Statement::bind_blob(int index, std::string_view bytes) {
    VAULT_CHECK(sqlite3_bind_blob64(statement_.get(), index, bytes.data(), bytes.size(),
                                    SQLITE_STATIC) == SQLITE_OK,
                "bind");
}

void Statement::bind_null(int index) {
    VAULT_CHECK(sqlite3_bind_null(statement_.get(), index) == SQLITE_OK, "bind");
}

Result<bool> Statement::step() {
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    const Error error = failure(sqlite3_db_handle(statement_.get()), "store statement failed");
    sqlite3_reset(statement_.get());
    return error;
}

Result<void> Statement::run() {
    const auto stepped = step();
    if (!stepped) return stepped.error();
    sqlite3_reset(statement_.get());
    return success();
}

void Statement::reset() {
    sqlite3_reset(statement_.get());
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::text(int column) const {
    // Blob access leaves text as it is stored (UTF-8) and serves both kinds.
    const void* data = sqlite3_column_blob(statement_.get(), column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
    return {static_cast<const char*>(data), size};
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

}  // namespace vault::store
