#pragma once
// LedgerVerifier: proves a store's books from its journal: every entry follows the chain, belongs
// to the user and account of its vault, is unique by kind and cause, is accepted by the ledger in
// order (so every identity held after it), and the balances that are stored are the ones the
// journal makes. It works in steps of one page, so that a caller can let other reads in between,
// show progress, or stop; it is right while the engine goes on booking, because a vault's balances
// are read between two reads of its journal's end. Belongs to one caller; step() runs on the thread
// that owns the reader. Errors: StoreFailed; what is wrong with the books is a problem in the
// result, not an error.
#include "daemon/ledger/vault_books.hpp"
#include "daemon/ports/store_reader.hpp"

#include <memory>
#include <unordered_set>

namespace vault::report {

struct VerifyProblem {
    VaultId vault;
    std::uint64_t seq = 0;  // 0: not about one entry
    std::string what;       // chain owner entry balance duplicate
    std::string message;
};

struct VerifyResult {
    std::uint64_t vaults = 0;             // checked to their end
    std::uint64_t entries = 0;            // checked
    std::vector<VerifyProblem> problems;  // at most one per vault, the first
    bool ok() const { return problems.empty(); }
};

class LedgerVerifier {
  public:
    // none: every vault. Else these, of which the first has to be there.
    explicit LedgerVerifier(std::optional<std::vector<VaultId>> among);
    ~LedgerVerifier();

    // False when everything has been checked. Errors: also NotFound for an unknown vault.
    Result<bool> step(ports::StoreReader& reader);
    const VerifyResult& result() const { return result_; }

  private:
    struct Walk;
    Result<void> begin(ports::StoreReader& reader);
    Result<void> walk(ports::StoreReader& reader, bool& ended);

    std::optional<std::vector<VaultId>> among_;
    bool begun_ = false;
    std::vector<ports::VaultRow> left_;  // the next one last
    std::unique_ptr<Walk> walk_;
    VerifyResult result_;
};

}  // namespace vault::report
