#include "daemon/store/sqlite/store_copy.hpp"

#include "common/base/hash.hpp"
#include "daemon/store/sqlite/connection.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <filesystem>

namespace vault::store {
namespace {

Result<Digest> digest_in(const Statement& row, int column) {
    Digest digest{};
    const std::string_view bytes = row.text(column);
    if (bytes.size() != digest.size())
        return Error{Errc::StoreInvalid, "a hash in the store has not 32 bytes", "store",
                     "restore the newest verified backup"};
    std::ranges::copy(bytes, reinterpret_cast<char*>(digest.data()));
    return digest;
}

Result<void> read_mark(Connection& connection, ports::StoreHeads& heads) {
    VAULT_TRY(auto row, Statement::prepare(connection, "SELECT n, epoch FROM shard WHERE id = 1"));
    VAULT_TRY(const bool there, row.step());
    if (!there) return success();
    heads.batch = static_cast<std::uint64_t>(row.integer(0));
    heads.epoch = static_cast<std::uint64_t>(row.integer(1));
    return success();
}

Result<void> read_audit(Connection& connection, ports::StoreHeads& heads) {
    VAULT_TRY(auto row, Statement::prepare(
                            connection, "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1"));
    VAULT_TRY(const bool there, row.step());
    if (!there) return success();
    heads.audit_seq = static_cast<std::uint64_t>(row.integer(0));
    VAULT_TRY(heads.audit_hash, digest_in(row, 1));
    return success();
}

Result<void> read_journal(Connection& connection, ports::StoreHeads& heads) {
    VAULT_TRY(auto row,
              Statement::prepare(connection,
                                 "SELECT v.id, e.seq, e.hash FROM vault v JOIN entry e ON e.id = "
                                 "(SELECT max(id) FROM entry WHERE id BETWEEN v.id << 32 AND (v.id "
                                 "<< 32) + 4294967295) ORDER BY v.id"));
    std::string all;
    for (;;) {
        VAULT_TRY(const bool there, row.step());
        if (!there) break;
        VAULT_TRY(const Digest hash, digest_in(row, 2));
        all += fmt::format("v{} {} {}\n", row.integer(0), row.integer(1), to_hex(hash));
        heads.entries += static_cast<std::uint64_t>(row.integer(1));
        ++heads.vaults;
    }
    heads.journal = sha256(all);
    return success();
}

}  // namespace

// One step reads one instant of the log, while commits go on.
Result<void> copy_store(const std::string& from, const std::string& to) {
    const auto copied = [&]() -> Result<void> {
        VAULT_TRY(auto source, Connection::open(from, Connection::Access::ReadOnly));
        VAULT_TRY(auto target, Connection::open(to, Connection::Access::ReadWrite));
        sqlite3_backup* const copy =
            sqlite3_backup_init(target.raw(), "main", source.raw(), "main");
        if (copy == nullptr) return target.error("cannot copy the store");
        sqlite3_backup_step(copy, -1);
        if (sqlite3_backup_finish(copy) != SQLITE_OK) return target.error("cannot copy the store");
        return target.exec("PRAGMA journal_mode = DELETE");  // it needs no log
    }();
    if (copied) return success();
    std::error_code ignored;
    std::filesystem::remove(to, ignored);
    return copied.error();
}

Result<ports::StoreHeads> heads_of(const std::string& path) {
    VAULT_TRY(auto connection, Connection::open(path, Connection::Access::ReadOnly));
    ports::StoreHeads heads;
    VAULT_TRYV(read_mark(connection, heads));
    VAULT_TRYV(read_audit(connection, heads));
    VAULT_TRYV(read_journal(connection, heads));
    return heads;
}

Result<void> note_restored(const std::string& path, const std::string& note, UtcTime made_at) {
    VAULT_TRY(auto connection, Connection::open(path, Connection::Access::ReadWrite));
    VAULT_TRY(auto write,
              Statement::prepare(connection,
                                 "INSERT INTO meta(key, value) VALUES('restored', ?), "
                                 "('restored_made_at', ?) "
                                 "ON CONFLICT(key) DO UPDATE SET value = excluded.value"));
    write.bind_copy(1, note);
    write.bind_copy(2, std::to_string(made_at.time_since_epoch().count()));
    return write.run();
}

UtcTime known_until(const std::string& path) {
    std::error_code fault;
    if (!std::filesystem::exists(path, fault)) return {};
    auto connection = Connection::open(path, Connection::Access::ReadOnly);
    if (!connection) return {};
    const auto at = connection.value().query_int(
        "SELECT coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'restored_made_at'), "
        "(SELECT at FROM audit ORDER BY seq DESC LIMIT 1), 0)");
    return at ? UtcTime{Duration{at.value()}} : UtcTime{};
}

std::string restored_note(const std::string& path) {
    std::error_code fault;
    if (!std::filesystem::exists(path, fault)) return {};
    auto connection = Connection::open(path, Connection::Access::ReadOnly);
    if (!connection) return {};
    const auto note =
        connection.value().query_text("SELECT value FROM meta WHERE key = 'restored'");
    return note ? note.value() : std::string{};
}

}  // namespace vault::store
