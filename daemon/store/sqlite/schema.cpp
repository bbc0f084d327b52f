#include "daemon/store/sqlite/schema.hpp"

#include "common/base/hash.hpp"
#include "daemon/store/sqlite/migrations.hpp"

namespace vault::store {

namespace {

constexpr std::int64_t kFull = 2;  // PRAGMA synchronous

Error invalid(std::string message, std::string hint) {
    return Error{Errc::StoreInvalid, std::move(message), "store", std::move(hint)};
}

Result<Digest> fingerprint(Connection& connection) {
    VAULT_TRY(
        auto statement,
        Statement::prepare(connection,
                           "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema "
                           "WHERE name NOT LIKE 'sqlite_stat%' ORDER BY type, name"));
    std::string text;
    for (;;) {
        VAULT_TRY(const bool row, statement.step());
        if (!row) return sha256(text);
        for (int column = 0; column < 4; ++column)
            text.append(statement.text(column)).push_back('\0');
    }
}

Result<void> run_migration(Connection& connection, std::size_t index) {
    const std::string sql = "BEGIN IMMEDIATE;" + std::string{kMigrations[index]} +
                            "PRAGMA application_id = " + std::to_string(kApplicationId) +
                            ";PRAGMA user_version = " + std::to_string(index + 1) + ";COMMIT;";
    auto done = connection.exec(sql.c_str());
    if (done) return success();
    if (connection.in_transaction()) {
        VAULT_TRYV(connection.exec("ROLLBACK"));
    }
    return Error{Errc::StoreFailed,
                 "migration " + std::to_string(index + 1) + " failed: " + done.error().message(),
                 "store", "nothing was changed; " + done.error().hint()};
}

Result<Digest> expected_fingerprint() {
    VAULT_TRY(auto memory, Connection::open_memory());
    for (std::size_t i = 0; i < kMigrations.size(); ++i) {
        VAULT_TRYV(run_migration(memory, i));
    }
    return fingerprint(memory);
}

}  // namespace

std::int64_t schema_version() {
    return static_cast<std::int64_t>(kMigrations.size());
}

Result<void> apply_settings(Connection& connection) {
    VAULT_TRYV(connection.exec(
        "PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
        "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;"
        "PRAGMA trusted_schema = OFF; PRAGMA cache_size = -16384;"
        "PRAGMA journal_size_limit = 67108864"));
    return check_settings(connection);
}

Result<void> check_settings(Connection& connection) {
    VAULT_TRY(const auto journal, connection.query_text("PRAGMA journal_mode"));
    if (journal != "wal")
        return invalid("journal_mode of the store is " + journal + ", not wal",
                       "put the store on a local file system that supports shared memory files");
    VAULT_TRY(const auto synchronous, connection.query_int("PRAGMA synchronous"));
    if (synchronous < kFull)
        return invalid("synchronous of the store is " + std::to_string(synchronous) +
                           ", below FULL: a power cut could forget what was booked",
                       "use the SQLite library of the distribution, built with its defaults");
    VAULT_TRY(const auto keys, connection.query_int("PRAGMA foreign_keys"));
    if (keys != 1)
        return invalid("foreign_keys of the store is off",
                       "use the SQLite library of the distribution, built with its defaults");
    return success();
}

Result<void> identify(Connection& connection, const std::string& path) {
    const auto application = connection.query_int("PRAGMA application_id");
    const auto objects = connection.query_int("SELECT count(*) FROM sqlite_schema");
    const auto version = connection.query_int("PRAGMA user_version");
    if (!application || !objects || !version)
        return invalid(
            "cannot read " + path + ": " +
                (!application ? application
                 : !objects   ? objects
                              : version)
                    .error()
                    .message(),
            "if it is a store, restore the newest verified backup; else give the store a "
            "path of its own");
    const bool empty = application.value() == 0 && objects.value() == 0 && version.value() == 0;
    if (application.value() != kApplicationId && !empty)
        return invalid(path + " is a database of another program (application_id " +
                           std::to_string(application.value()) + ")",
                       "give the store a path of its own, or move that file away");
    if (version.value() > schema_version())
        return invalid(path + " has schema version " + std::to_string(version.value()) +
                           ", this program knows up to " + std::to_string(schema_version()),
                       "start the newer vaultd that wrote it, or restore a backup of version " +
                           std::to_string(schema_version()));
    return success();
}

Result<void> migrate(Connection& connection) {
    VAULT_TRY(const auto version, connection.query_int("PRAGMA user_version"));
    for (auto next = static_cast<std::size_t>(version); next < kMigrations.size(); ++next) {
        VAULT_TRYV(run_migration(connection, next));
    }
    return success();
}

Result<void> check_schema(Connection& connection, const std::string& path) {
    VAULT_TRY(const auto expected, expected_fingerprint());
    VAULT_TRY(const auto found, fingerprint(connection));
    if (found == expected) return success();
    return invalid("the schema of " + path + " is not what its version says (hash " +
                       to_hex(found).substr(0, 12) + ", expected " +
                       to_hex(expected).substr(0, 12) + "): a table or index was changed by hand",
                   "restore the newest verified backup");
}

}  // namespace vault::store
