#pragma once
// Proof of the books from the stored journal: entries are walked in order, their hash chain checked
// and their postings folded onto the balances of a start point (the empty vault or a signed
// checkpoint). The result is compared with the balance rows. Start-up, checkpoints and the full
// check all use this one walk. One thread at a time; errors are StoreInvalid naming vault and seq.
#include "daemon/ledger/chain.hpp"
#include "daemon/ports/signer.hpp"
#include "daemon/store/balance_fold.hpp"
#include "daemon/store/sqlite/connection.hpp"

#include <memory>
#include <optional>

namespace vault::store {

struct Checkpoint {
    VaultId vault;
    ledger::ChainHead head;
    std::string balances;  // BalanceFold::text()
};
// What the signer signs.
std::string checkpoint_bytes(const Checkpoint& checkpoint);

// One vault on its way through the walk.
struct ProofState {
    explicit ProofState(VaultId id)
        : vault(id), chain(std::make_unique<ledger::ChainVerifier>(id)) {}
    ProofState(const Checkpoint& checkpoint, BalanceFold start)
        : vault(checkpoint.vault),
          chain(std::make_unique<ledger::ChainVerifier>(checkpoint.vault, checkpoint.head)),
          fold(std::move(start)) {}
    Checkpoint checkpoint() const { return {vault, chain->head(), fold.text()}; }

    VaultId vault;
    std::unique_ptr<ledger::ChainVerifier> chain;  // does not move
    BalanceFold fold;
};

class Prover {
  public:
    // The signer and the connection must outlive the prover; null signer: checkpoints are ignored.
    static Result<Prover> create(Connection& connection, const ports::Signer* signer);

    // The state at the vault's checkpoint after checking signature and head, or at its beginning.
    Result<ProofState> start(VaultId vault);
    // Walks on, at most `limit` entries up to `until_seq`. Returns how many were walked.
    Result<std::uint64_t> advance(ProofState& state, std::uint64_t until_seq, std::uint64_t limit);
    // Compares the sums with the balance rows, which must be as of state's head.
    Result<void> compare_balances(const ProofState& state);
    // The highest stored seq and its hash; seq 0 if there is none.
    Result<ledger::ChainHead> stored_head(VaultId vault);
    Result<std::uint64_t> checkpoint_seq(VaultId vault);
    // Upserts the signed checkpoint, in the caller's transaction.
    Result<void> write_checkpoint(const Checkpoint& checkpoint);

  private:
    Prover() = default;
    const ports::Signer* signer_ = nullptr;
    std::optional<Statement> entries_, balances_, head_, at_seq_, read_, write_;
};

}  // namespace vault::store
