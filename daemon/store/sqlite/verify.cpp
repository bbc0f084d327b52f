#include "daemon/store/sqlite/verify.hpp"

#include "daemon/store/sqlite/audit.hpp"
#include "daemon/store/sqlite/schema.hpp"

#include <fmt/format.h>

namespace vault::store {

namespace {

constexpr std::uint64_t kSlice =
    50'000;  // entries per read transaction, so that the WAL can shrink

struct Check {
    Connection& connection;
    Auditor& auditor;
    const VerifyProgress& progress;
    VerifyReport report;

    bool go_on(std::uint64_t more) {
        report.entries += more;
        report.aborted = report.aborted || (progress && !progress(report.entries));
        return !report.aborted;
    }
};

Result<std::vector<VaultId>> vaults_of(Connection& connection, std::optional<VaultId> only) {
    if (only) return std::vector<VaultId>{*only};
    std::vector<VaultId> vaults;
    VAULT_TRY(auto statement, Statement::prepare(connection, "SELECT id FROM vault ORDER BY id"));
    for (;;) {
        VAULT_TRY(const bool row, statement.step());
        if (!row) return vaults;
        vaults.push_back(VaultId{static_cast<std::uint32_t>(statement.integer(0))});
    }
}

// The journal up to the head of now, then, in one snapshot, what came meanwhile and the balances.
// Returns the last seq.
Result<std::uint64_t> check_vault(Check& check, VaultId vault) {
    AuditState state{vault};
    VAULT_TRY(const auto head, check.auditor.stored_head(vault));
    while (state.chain->head().seq < head.seq) {
        VAULT_TRY(const auto walked, check.auditor.advance(state, head.seq, kSlice));
        if (!check.go_on(walked)) return state.chain->head().seq;
        if (walked == 0) break;
    }
    VAULT_TRYV(check.connection.exec("BEGIN"));
    const auto rest = check.auditor.advance(state, 0xffffffffU, 0xffffffffU);
    auto compared = rest ? check.auditor.compare_balances(state) : Result<void>{rest.error()};
    VAULT_TRYV(check.connection.exec("COMMIT"));
    VAULT_TRYV(compared);
    check.go_on(rest.value());
    return state.chain->head().seq;
}

// Reads the unique index in its own order: a pair of equal neighbours is a fact booked twice. It
// must hold each of the first `last` entries.
Result<void> check_causes(Check& check, VaultId vault, std::uint64_t last) {
    VAULT_TRY(auto statement,
              Statement::prepare(check.connection,
                                 "SELECT kind, cause, id & 4294967295 FROM entry "
                                 "INDEXED BY entry_cause WHERE vault = ? ORDER BY kind, cause"));
    statement.bind(1, std::int64_t{vault.value});
    std::string kind, cause;
    std::uint64_t found = 0;
    for (;;) {
        VAULT_TRY(const bool row, statement.step());
        if (!row) break;
        if (statement.text(1) == cause && statement.text(0) == kind)
            return Error{Errc::StoreInvalid,
                         fmt::format("{}, entry {}: {} {} is booked twice", to_text(vault),
                                     statement.integer(2), kind, cause)};
        if (static_cast<std::uint64_t>(statement.integer(2)) <= last) ++found;
        kind = statement.text(0);
        cause = statement.text(1);
    }
    if (found == last) return success();
    return Error{Errc::StoreInvalid,
                 fmt::format("{}, entry {}: the index of causes holds {} of {} entries",
                             to_text(vault), last, found, last)};
}

Result<void> check_strays(Check& check) {
    VAULT_TRY(const auto vault, check.connection.query_int(
                                    "SELECT coalesce(min(e.vault), -1) FROM (SELECT DISTINCT vault "
                                    "FROM entry INDEXED BY entry_cause) e WHERE e.vault NOT IN "
                                    "(SELECT id FROM vault)"));
    if (vault < 0) return success();
    return Error{Errc::StoreInvalid,
                 fmt::format("v{}, entry 1: the journal names a vault that does not exist", vault)};
}

// SQLite's own check of every table but entry: the walk has read each of its rows and of its index.
Result<void> check_file(Check& check, const std::string& path) {
    VAULT_TRYV(check_schema(check.connection, path));
    VAULT_TRYV(check_strays(check));
    VAULT_TRY(auto tables, Statement::prepare(check.connection,
                                              "SELECT name FROM sqlite_schema WHERE type = 'table' "
                                              "AND name <> 'entry' ORDER BY name"));
    for (;;) {
        VAULT_TRY(const bool row, tables.step());
        if (!row || !check.go_on(0)) return success();
        const std::string table{tables.text(0)};
        VAULT_TRY(const auto quick, check.connection.query_text(
                                        fmt::format("PRAGMA quick_check({})", table).c_str()));
        if (quick != "ok")
            return Error{Errc::StoreInvalid,
                         fmt::format("{} is damaged in table {}: {}", path, table, quick)};
    }
}

Result<void> check_all(Check& check, const std::vector<VaultId>& vaults) {
    for (const VaultId vault : vaults) {
        VAULT_TRY(const auto last, check_vault(check, vault));
        if (check.report.aborted) return success();
        VAULT_TRYV(check_causes(check, vault, last));
        if (!check.go_on(0)) return success();
        ++check.report.vaults;
    }
    return success();
}

}  // namespace

Result<VerifyReport> verify(const std::string& path, std::optional<VaultId> vault,
                            const VerifyProgress& progress) {
    VAULT_TRY(auto connection, Connection::open(path, Connection::Access::ReadOnly));
    VAULT_TRYV(connection.exec("PRAGMA query_only = ON"));
    VAULT_TRY(auto auditor, Auditor::create(connection, nullptr));
    VAULT_TRY(const auto vaults, vaults_of(connection, vault));
    Check check{connection, auditor, progress, {}};
    auto checked = check_all(check, vaults);
    if (checked && !vault && !check.report.aborted) checked = check_file(check, path);
    if (!checked && checked.error().code() != Errc::StoreInvalid) return checked.error();
    if (!checked) check.report.first_problem = checked.error().message();
    check.report.ok = static_cast<bool>(checked) && !check.report.aborted;
    return check.report;
}

}  // namespace vault::store
