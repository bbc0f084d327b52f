#include "tests/bench/bare_store.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cstdlib>

namespace vault::bench {
namespace {

// Those of daemon/store/sqlite/schema.cpp, apply_settings().
constexpr const char* kSettings =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
    "PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -16384;"
    "PRAGMA journal_size_limit = 67108864";

void text(sqlite3_stmt* statement, int index, std::string_view value) {
    sqlite3_bind_text(statement, index, value.data(), static_cast<int>(value.size()),
                      SQLITE_STATIC);
}

}  // namespace

BareBatch::BareBatch(const ports::Batch& from) : batch(&from) {
    for (const ports::BalanceRow& row : from.balances)
        amounts.push_back(row.amount.text());
}

BareStore::BareStore(const std::string& path) {
    check(sqlite3_open_v2(path.c_str(), &db_,
                          SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                          nullptr));
    check(sqlite3_exec(db_, kSettings, nullptr, nullptr, nullptr));
    begin_ = prepare("BEGIN IMMEDIATE");
    commit_ = prepare("COMMIT");
    shard_ = prepare("UPDATE shard SET n = n + 1 WHERE id = ? AND n = ? AND epoch = ?");
    entry_ = prepare(
        "INSERT INTO entry(id,tx,kind,cause,at,user,account,mode,actor,postings,prev_hash,hash) "
        "VALUES(?,?,?,?,?,?,?,?,?,?,?,?)");
    balance_ = prepare(
        "INSERT INTO balance VALUES(?,?,?,?) ON CONFLICT(vault,ledger_account,asset) "
        "DO UPDATE SET amount=excluded.amount");
}

BareStore::~BareStore() {
    for (auto* statement : {begin_, commit_, shard_, entry_, balance_})
        sqlite3_finalize(statement);
    sqlite3_close(db_);
}

void BareStore::check(int code) const {
    if (code == SQLITE_OK) return;
    fmt::print(stderr, "bare loop: {}\n", sqlite3_errmsg(db_));
    std::exit(1);
}

sqlite3_stmt* BareStore::prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
    return statement;
}

std::string BareStore::setting(const char* pragma) const {
    sqlite3_stmt* statement = nullptr;
    check(
        sqlite3_prepare_v2(db_, fmt::format("PRAGMA {}", pragma).c_str(), -1, &statement, nullptr));
    std::string value;
    if (sqlite3_step(statement) == SQLITE_ROW)
        value = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    return value;
}

void BareStore::run(sqlite3_stmt* statement) const {
    if (sqlite3_step(statement) != SQLITE_DONE) check(SQLITE_ERROR);
    sqlite3_reset(statement);
}

void BareStore::write(const BareBatch& bare) {
    const ports::Batch& batch = *bare.batch;
    run(begin_);
    sqlite3_bind_int64(shard_, 1, 1);
    sqlite3_bind_int64(shard_, 2, static_cast<std::int64_t>(batch.n.value) - 1);
    sqlite3_bind_int64(shard_, 3, static_cast<std::int64_t>(batch.epoch));
    run(shard_);
    if (sqlite3_changes(db_) != 1) check(SQLITE_ERROR);
    for (const ports::EntryRow& row : batch.entries)
        write(row);
    for (std::size_t i = 0; i < batch.balances.size(); ++i) {
        sqlite3_bind_int64(balance_, 1, batch.balances[i].vault.value);
        text(balance_, 2, batch.balances[i].account);
        text(balance_, 3, batch.balances[i].asset.text());
        text(balance_, 4, bare.amounts[i]);
        run(balance_);
    }
    run(commit_);
}

void BareStore::write(const ports::EntryRow& row) const {
    sqlite3_bind_int64(entry_, 1,
                       static_cast<std::int64_t>((std::uint64_t{row.vault.value} << 32) | row.seq));
    sqlite3_bind_int64(entry_, 2, static_cast<std::int64_t>(row.tx));
    text(entry_, 3, row.kind);
    text(entry_, 4, row.cause);
    sqlite3_bind_int64(entry_, 5, row.at.time_since_epoch().count());
    sqlite3_bind_int64(entry_, 6, row.owner.user.value);
    sqlite3_bind_int64(entry_, 7, row.owner.account.value);
    text(entry_, 8, to_text(row.owner.mode));
    text(entry_, 9, row.owner.actor);
    text(entry_, 10, row.postings_json);
    sqlite3_bind_blob(entry_, 11, row.prev_hash.data(), 32, SQLITE_STATIC);
    sqlite3_bind_blob(entry_, 12, row.hash.data(), 32, SQLITE_STATIC);
    run(entry_);
}

}  // namespace vault::bench
