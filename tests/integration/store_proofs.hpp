#pragma once
// StoreProofs: what the daemon itself finds in a store, by the same functions: those behind the
// commands `audit verify --head` and `ledger verify --all`, those of a start, and its full check.
// Reads through connections of its own; one thread at a time.
#include "daemon/ports/signer.hpp"
#include "daemon/report/audit_walk.hpp"
#include "daemon/store/sqlite/audit_seal.hpp"
#include "daemon/store/sqlite/heads.hpp"
#include "daemon/store/sqlite/sqlite_reader.hpp"

namespace vault::test {

// The first problem of each; empty: it found none.
struct Findings {
    std::string audit;   // audit verify --head
    std::string ledger;  // ledger verify --all
    std::string start;   // what keeps vaultd from starting

    // By somebody at the terminal.
    bool found() const { return !audit.empty() || !ledger.empty(); }
    bool clean() const { return !found() && start.empty(); }
};

class StoreProofs {
  public:
    // The signer outlives it.
    static Result<std::unique_ptr<StoreProofs>> open(const std::string& path,
                                                     const ports::Signer& signer);

    // Errors: a proof could not be done.
    Result<Findings> run(const ports::KeptHead& kept);
    // The store's full check of the whole file, which a start leaves to the background.
    Result<std::string> full_check();

  private:
    StoreProofs() = default;
    Result<void> start();

    std::string path_;
    std::unique_ptr<store::SqliteReader> reader_;
    std::optional<store::Connection> connection_;
    std::optional<store::Prover> prover_;
    std::optional<store::Heads> heads_;
    std::optional<store::AuditSeal> seal_;
};

}  // namespace vault::test
