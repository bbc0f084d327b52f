#include "daemon/store/sqlite/verify.hpp"

#include "daemon/store/sqlite/audit_seal.hpp"
#include "daemon/store/sqlite/codec.hpp"
#include "daemon/store/sqlite/proof.hpp"
#include "daemon/store/sqlite/schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <thread>

namespace vault::store {

namespace {

constexpr std::uint64_t kSlice =
    50'000;                       // entries per read transaction, so that the WAL can shrink
constexpr unsigned kThreads = 2;  // at most: a check is background work

struct Step {
    enum class Kind { Walk, Causes, Schema, Strays, Audit, Table };
    Kind kind = Kind::Walk;
    VaultId vault;      // Walk and Causes
    std::string table;  // Table
};

// What the threads share: who does which step, and what was found. The steps lie in the order in
// which their problems are told, so the report does not depend on who was faster.
class Work {
  public:
    Work(std::vector<Step> steps, const VerifyProgress& progress)
        : steps_(std::move(steps)), progress_(progress), found_at_(steps_.size()) {}

    // nullptr: nothing is left to do.
    const Step* next() {
        const std::lock_guard lock{mutex_};
        if (next_ >= found_at_ || report_.aborted) return nullptr;
        return &steps_[next_++];
    }
    // Counts entries; false: the step's outcome no longer matters.
    bool go_on(const Step& step, std::uint64_t more) {
        const std::lock_guard lock{mutex_};
        report_.entries += more;
        if (progress_ && !report_.aborted && !progress_(report_.entries)) report_.aborted = true;
        return !report_.aborted && number(step) < found_at_;
    }
    void done(const Step& step) {
        const std::lock_guard lock{mutex_};
        if (step.kind != Step::Kind::Walk && step.kind != Step::Kind::Causes) return;
        if (++half_done_[step.vault] == 2) ++report_.vaults;
    }
    void failed(const Step& step, Error error) {
        const std::lock_guard lock{mutex_};
        if (number(step) >= found_at_) return;
        found_at_ = number(step);
        error_ = std::move(error);
    }
    // The check itself cannot run.
    void broke(Error error) {
        const std::lock_guard lock{mutex_};
        found_at_ = 0;
        error_ = std::move(error);
    }
    // After all threads have ended.
    Result<VerifyReport> result() {
        if (error_ && error_->code() != Errc::StoreInvalid) return *error_;
        if (error_) report_.first_problem = error_->message();
        report_.ok = !error_ && !report_.aborted;
        return report_;
    }

  private:
    std::size_t number(const Step& step) const {
        return static_cast<std::size_t>(&step - steps_.data());
    }
    const std::vector<Step> steps_;
    const VerifyProgress& progress_;
    std::mutex mutex_;  // guards the rest
    std::size_t next_ = 0;
    std::size_t found_at_;  // the first step that has failed
    std::optional<Error> error_;
    std::map<VaultId, int> half_done_;
    VerifyReport report_;
};

// One thread's connection.
struct Check {
    Connection& connection;
    Prover& prover;
    Work& work;
};

Result<std::vector<VaultId>> vaults_of(Connection& connection) {
    std::vector<VaultId> vaults;
    VAULT_TRY(auto statement, Statement::prepare(connection, "SELECT id FROM vault ORDER BY id"));
    for (;;) {
        VAULT_TRY(const bool row, statement.step());
        if (!row) return vaults;
        vaults.push_back(VaultId{static_cast<std::uint32_t>(statement.integer(0))});
    }
}

// Of one vault, or of all and of the file itself. SQLite's own check skips the table entry: the
// walk reads each of its rows and the check of causes its index.
Result<std::vector<Step>> steps_of(Connection& connection, std::optional<VaultId> only) {
    std::vector<VaultId> vaults;
    if (only) {
        vaults.push_back(*only);
    } else {
        VAULT_TRY(vaults, vaults_of(connection));
    }
    std::vector<Step> steps;
    for (const VaultId vault : vaults) {
        steps.push_back({Step::Kind::Walk, vault, {}});
        steps.push_back({Step::Kind::Causes, vault, {}});
    }
    if (only) return steps;
    steps.push_back({Step::Kind::Schema, {}, {}});
    steps.push_back({Step::Kind::Strays, {}, {}});
    steps.push_back({Step::Kind::Audit, {}, {}});
    VAULT_TRY(auto tables, Statement::prepare(connection,
                                              "SELECT name FROM sqlite_schema WHERE type = 'table' "
                                              "AND name <> 'entry' ORDER BY name"));
    for (;;) {
        VAULT_TRY(const bool row, tables.step());
        if (!row) return steps;
        steps.push_back({Step::Kind::Table, {}, std::string{tables.text(0)}});
    }
}

// The journal up to the head of now, then, in one snapshot, what came meanwhile and the balances.
Result<void> check_walk(Check& check, const Step& step) {
    ProofState state{step.vault};
    VAULT_TRY(const auto head, check.prover.stored_head(step.vault));
    while (state.chain->head().seq < head.seq) {
        VAULT_TRY(const auto walked, check.prover.advance(state, head.seq, kSlice));
        if (!check.work.go_on(step, walked)) return success();
        if (walked == 0) break;
    }
    VAULT_TRYV(check.connection.exec("BEGIN"));
    const auto rest = check.prover.advance(state, 0xffffffffU, 0xffffffffU);
    auto compared = rest ? check.prover.compare_balances(state) : Result<void>{rest.error()};
    VAULT_TRYV(check.connection.exec("COMMIT"));
    VAULT_TRYV(compared);
    check.work.go_on(step, rest.value());
    return success();
}

// Reads the unique index in its own order: a pair of equal neighbours is a fact booked twice. It
// must hold each entry up to the head, all of which the walk finds.
Result<void> check_causes(Check& check, const Step& step) {
    VAULT_TRY(const auto head, check.prover.stored_head(step.vault));
    VAULT_TRY(auto statement,
              Statement::prepare(check.connection,
                                 "SELECT kind, cause, id & 4294967295 FROM entry "
                                 "INDEXED BY entry_cause WHERE vault = ? ORDER BY kind, cause"));
    statement.bind(1, std::int64_t{step.vault.value});
    std::string kind, cause;
    std::uint64_t found = 0;
    for (std::uint64_t read = 1;; ++read) {
        VAULT_TRY(const bool row, statement.step());
        if (!row) break;
        if (statement.text(1) == cause && statement.text(0) == kind)
            return Error{Errc::StoreInvalid,
                         fmt::format("{}, entry {}: {} {} is booked twice", to_text(step.vault),
                                     statement.integer(2), kind, cause)};
        if (static_cast<std::uint64_t>(statement.integer(2)) <= head.seq) ++found;
        kind = statement.text(0);
        cause = statement.text(1);
        if (read % kSlice == 0 && !check.work.go_on(step, 0)) return success();
    }
    if (found == head.seq) return success();
    return Error{Errc::StoreInvalid,
                 fmt::format("{}, entry {}: the index of causes holds {} of {} entries",
                             to_text(step.vault), head.seq, found, head.seq)};
}

// Every vault that the journal names exists; a seek each, as the index begins with the vault.
Result<void> check_strays(Check& check) {
    VAULT_TRY(auto next,
              Statement::prepare(check.connection,
                                 "SELECT e.vault, (SELECT 1 FROM vault v WHERE v.id = e.vault) "
                                 "FROM entry e INDEXED BY entry_cause WHERE e.vault > ? "
                                 "ORDER BY e.vault LIMIT 1"));
    for (std::int64_t vault = -1;;) {
        next.bind(1, vault);
        VAULT_TRY(const bool row, next.step());
        if (!row) return success();
        vault = next.integer(0);
        if (next.is_null(1))
            return Error{
                Errc::StoreInvalid,
                fmt::format("v{}, entry 1: the journal names a vault that does not exist", vault)};
        next.reset();
    }
}

// The whole audit trail, in slices so that the WAL can shrink.
Result<void> check_audit(Check& check, const Step& step) {
    VAULT_TRY(
        auto slice,
        Statement::prepare(check.connection,
                           fmt::format("SELECT {} FROM audit WHERE seq > ? ORDER BY seq LIMIT {}",
                                       column_list<ports::AuditRow>(), kSlice)));
    VAULT_TRY(const auto sealed, sealed_head(check.connection));
    ports::AuditVerifier verifier;
    bool reached = !sealed;
    for (std::uint64_t before = 0, read = 1; read > 0;) {
        slice.bind(1, static_cast<std::int64_t>(before));
        for (read = 0;; ++read) {
            VAULT_TRY(const bool more, slice.step());
            if (!more) break;
            VAULT_TRY(const auto row, decode<ports::AuditRow>(slice));
            VAULT_TRYV(verifier.next(row));
            reached = reached || verifier.head() == *sealed;
        }
        slice.reset();
        before = verifier.head().seq;
        if (!check.work.go_on(step, 0)) return success();
    }
    if (reached) return success();
    return Error{Errc::StoreInvalid,
                 fmt::format("audit trail, row {}: the trail ends before it, or it is not the row "
                             "that was sealed",
                             sealed->seq)};
}

Result<void> check_table(Check& check, const std::string& path, const std::string& table) {
    VAULT_TRY(const auto quick,
              check.connection.query_text(fmt::format("PRAGMA quick_check({})", table).c_str()));
    if (quick == "ok") return success();
    return Error{Errc::StoreInvalid,
                 fmt::format("{} is damaged in table {}: {}", path, table, quick)};
}

Result<void> run_step(Check& check, const std::string& path, const Step& step) {
    switch (step.kind) {
        case Step::Kind::Walk: return check_walk(check, step);
        case Step::Kind::Causes: return check_causes(check, step);
        case Step::Kind::Schema: return check_schema(check.connection, path);
        case Step::Kind::Strays: return check_strays(check);
        case Step::Kind::Audit: return check_audit(check, step);
        case Step::Kind::Table: return check_table(check, path, step.table);
    }
    return success();
}

Result<void> run_steps(const std::string& path, Work& work) {
    VAULT_TRY(auto connection, Connection::open(path, Connection::Access::ReadOnly));
    VAULT_TRYV(connection.exec("PRAGMA query_only = ON"));
    VAULT_TRY(auto prover, Prover::create(connection, nullptr));
    Check check{connection, prover, work};
    while (const Step* step = work.next()) {
        auto outcome = run_step(check, path, *step);
        if (!outcome)
            work.failed(*step, outcome.error());
        else if (work.go_on(*step, 0))
            work.done(*step);
    }
    return success();
}

}  // namespace

Result<VerifyReport> verify(const std::string& path, std::optional<VaultId> vault,
                            const VerifyProgress& progress) {
    VAULT_TRY(auto connection, Connection::open(path, Connection::Access::ReadOnly));
    VAULT_TRY(auto steps, steps_of(connection, vault));
    Work work{std::move(steps), progress};
    const auto run = [&] {
        if (auto ran = run_steps(path, work); !ran) work.broke(ran.error());
    };
    std::vector<std::thread> others;
    while (others.size() + 1 < std::min(kThreads, std::thread::hardware_concurrency()))
        others.emplace_back(run);
    run();
    for (std::thread& other : others)
        other.join();
    return work.result();
}

}  // namespace vault::store
