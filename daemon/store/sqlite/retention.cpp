#include "daemon/store/sqlite/retention.hpp"

#include <fmt/format.h>

#include <charconv>

namespace vault::store {

Result<void> Pruner::begin_round() {
    tasks_.clear();
    VAULT_TRYV(collect_prices());
    VAULT_TRYV(collect_aged("decision", "vault", retention_.decisions));
    // The newest number stays, however old: the next event takes the one after it.
    VAULT_TRYV(collect_aged("event", "user", retention_.events,
                            " AND seq < (SELECT max(seq) FROM event)"));
    const std::int64_t oldest = (clock_.now() - retention_.replies).time_since_epoch().count();
    tasks_.emplace_back([this, oldest]() -> Result<std::int64_t> {
        VAULT_TRYV(connection_.exec(
            fmt::format("DELETE FROM reply WHERE (user_name, key) IN (SELECT user_name, key FROM "
                        "reply WHERE at < {} LIMIT {})",
                        oldest, kPruneSlice)
                .c_str()));
        deleted_ = connection_.changes();
        return deleted_;
    });
    return success();
}

// The owners come from a loose scan of the index (owner, at): one seek per owner, not one per row.
Result<void> Pruner::collect_aged(const char* table, const char* owner, Duration age,
                                  const char* but) {
    const std::string next = fmt::format(
        "SELECT \"{0}\" FROM {1} WHERE \"{0}\" > ? ORDER BY \"{0}\" LIMIT 1", owner, table);
    const std::string last = fmt::format("SELECT max(at) FROM {} WHERE \"{}\" = ?", table, owner);
    VAULT_TRY(auto owners, Statement::prepare(connection_, next));
    VAULT_TRY(auto newest, Statement::prepare(connection_, last));
    for (std::int64_t id = -1;;) {
        owners.bind(1, id);
        VAULT_TRY(const bool row, owners.step());
        if (!row) return success();
        id = owners.integer(0);
        owners.reset();
        newest.bind(1, id);
        VAULT_TRYV(newest.step());
        const std::int64_t oldest = newest.integer(0) - age.count();
        newest.reset();
        tasks_.emplace_back([this, table, owner, id, oldest, but] {
            return remove(table, fmt::format("\"{}\" = {} AND at < {}{}", owner, id, oldest, but));
        });
    }
}

Result<std::int64_t> Pruner::remove(const char* table, const std::string& where) {
    VAULT_TRYV(connection_.exec(fmt::format("DELETE FROM {0} WHERE rowid IN (SELECT rowid FROM {0} "
                                            "WHERE {1} LIMIT {2})",
                                            table, where, kPruneSlice)
                                    .c_str()));
    deleted_ = connection_.changes();
    return deleted_;
}

Result<void> Pruner::collect_prices() {
    VAULT_TRY(auto feeds,
              Statement::prepare(connection_,
                                 "SELECT account, pair FROM price WHERE (account, pair) "
                                 "> (?, ?) ORDER BY account, pair LIMIT 1"));
    VAULT_TRY(auto newest, Statement::prepare(connection_,
                                              "SELECT max(at) FROM price WHERE account = ? AND "
                                              "pair = ?"));
    std::int64_t account = -1;
    std::string pair;
    for (;;) {
        feeds.bind(1, account);
        feeds.bind_copy(2, pair);
        VAULT_TRY(const bool row, feeds.step());
        if (!row) return success();
        account = feeds.integer(0);
        pair = feeds.text(1);
        feeds.reset();
        newest.bind(1, account);
        newest.bind(2, pair);
        VAULT_TRYV(newest.step());
        const std::int64_t last = newest.integer(0);
        newest.reset();
        tasks_.emplace_back(
            [this, account, pair, last] { return thin_prices(account, pair, last); });
        tasks_.emplace_back(
            [this, account, pair, last] { return drop_prices(account, pair, last); });
    }
}

Result<std::int64_t> Pruner::drop_prices(std::int64_t account, const std::string& pair,
                                         std::int64_t newest) {
    VAULT_TRY(auto drop,
              Statement::prepare(connection_,
                                 "DELETE FROM price WHERE account = ?1 AND pair = ?2 AND at IN "
                                 "(SELECT at FROM price WHERE account = ?1 AND pair = ?2 "
                                 "AND at < ?3 ORDER BY at LIMIT ?4)"));
    drop.bind(1, account);
    drop.bind(2, pair);
    drop.bind(3, newest - retention_.prices.count());
    drop.bind(4, kPruneSlice);
    VAULT_TRYV(drop.run());
    deleted_ = connection_.changes();
    return deleted_;
}

std::int64_t Pruner::interval_of(std::int64_t at) const {
    const std::int64_t every = retention_.prices_thinned_every.count();
    return at / every * every;
}

// Looks at the next slice after the mark that meta keeps, deletes all but the first of each
// interval and moves the mark to the last row looked at, in one transaction.
Result<std::int64_t> Pruner::thin_prices(std::int64_t account, const std::string& pair,
                                         std::int64_t newest) {
    const std::string key = fmt::format("thinned:{}:{}", account, pair);
    VAULT_TRY(auto mark, Statement::prepare(connection_, "SELECT value FROM meta WHERE key = ?"));
    mark.bind(1, key);
    VAULT_TRY(const bool marked, mark.step());
    std::int64_t seen = INT64_MIN;
    if (marked) {
        const std::string_view text = mark.text(0);
        const auto read = std::from_chars(text.data(), text.data() + text.size(), seen);
        if (read.ec != std::errc{} || read.ptr != text.data() + text.size())
            return Error{Errc::StoreInvalid, fmt::format("meta '{}' is no time: '{}'", key, text),
                         "store", "restore the newest verified backup"};
    }
    mark.reset();
    VAULT_TRY(auto rows, Statement::prepare(connection_,
                                            "SELECT at FROM price WHERE account = ? AND pair = ? "
                                            "AND at > ? AND at < ? ORDER BY at LIMIT ?"));
    rows.bind(1, account);
    rows.bind(2, pair);
    rows.bind(3, seen);
    rows.bind(4, interval_of(newest - retention_.prices_full.count()));
    rows.bind(5, kPruneSlice);
    std::vector<std::int64_t> extra;
    std::int64_t looked = 0;
    for (bool first = !marked;; first = false, ++looked) {
        VAULT_TRY(const bool row, rows.step());
        if (!row) break;
        const std::int64_t at = rows.integer(0);
        if (!first && interval_of(at) == interval_of(seen)) extra.push_back(at);
        seen = at;
    }
    rows.reset();
    deleted_ = 0;
    if (looked == 0) return looked;
    VAULT_TRYV(connection_.exec("BEGIN IMMEDIATE"));
    VAULT_TRY(auto drop, Statement::prepare(connection_,
                                            "DELETE FROM price WHERE account = ? AND "
                                            "pair = ? AND at = ?"));
    for (const std::int64_t at : extra) {
        drop.bind(1, account);
        drop.bind(2, pair);
        drop.bind(3, at);
        VAULT_TRYV(drop.run());
    }
    VAULT_TRY(auto note, Statement::prepare(connection_,
                                            "INSERT INTO meta(key, value) VALUES(?,?) ON "
                                            "CONFLICT(key) DO UPDATE SET value = "
                                            "excluded.value"));
    const std::string value = std::to_string(seen);
    note.bind(1, key);
    note.bind(2, value);
    VAULT_TRYV(note.run());
    VAULT_TRYV(connection_.exec("COMMIT"));
    deleted_ = static_cast<std::int64_t>(extra.size());
    return looked;
}

Result<std::optional<std::int64_t>> Pruner::slice() {
    while (!tasks_.empty()) {
        auto looked = tasks_.back()();
        if (!looked) {
            tasks_.pop_back();
            if (connection_.in_transaction()) {
                VAULT_TRYV(connection_.exec("ROLLBACK"));
            }
            return looked.error();
        }
        if (looked.value() < kPruneSlice) tasks_.pop_back();
        if (looked.value() > 0) return std::optional<std::int64_t>{deleted_};
    }
    return std::optional<std::int64_t>{};
}

}  // namespace vault::store
