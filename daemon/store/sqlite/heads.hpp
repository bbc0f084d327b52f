#pragma once
// The head of every vault's chain as the writer knows it, read from the file when first asked for.
// Changes are staged while a transaction runs and kept or dropped with it. Also knows how far each
// vault is past its checkpoint. Writer thread only.
#include "daemon/ports/store.hpp"
#include "daemon/store/sqlite/proof.hpp"

#include <set>
#include <unordered_map>

namespace vault::store {

class Heads {
  public:
    Heads(Prover& prover, std::uint64_t checkpoint_every)
        : prover_(prover), every_(checkpoint_every) {}

    // Checks that the entry continues its vault's chain and stages it. Errors: StoreFailed,
    // StoreInvalid.
    Result<void> stage(const ports::EntryRow& entry);
    void keep_staged();
    void drop_staged() { staged_.clear(); }
    // Forgets everything: the file is asked again.
    void forget();

    // How often a checkpoint is due from here on.
    void checkpoint_every(std::uint64_t every);
    Result<void> learn(VaultId vault);
    void checkpointed(VaultId vault, std::uint64_t seq);
    // No further checkpoints of this vault: its books are not right.
    void give_up(VaultId vault);

    // Entries past the checkpoint, 0 for an unknown vault.
    std::uint64_t since_checkpoint(VaultId vault) const;
    // A vault whose checkpoint should move: past `every`, or the longest tail when the sum of all
    // is large; nothing otherwise.
    std::optional<VaultId> due() const;
    // A vault that is so far past that it must not wait for an idle moment.
    std::optional<VaultId> overdue() const;
    // Every vault with a tail, for close().
    std::vector<VaultId> tails() const;
    ledger::ChainHead head(VaultId vault) const;

  private:
    struct Known {
        ledger::ChainHead head;
        std::uint64_t checkpoint_seq = 0;
        bool given_up = false;
        std::uint64_t since() const { return given_up ? 0 : head.seq - checkpoint_seq; }
    };
    void set(VaultId vault, const Known& known);

    Prover& prover_;
    std::uint64_t every_;
    std::unordered_map<VaultId, Known> known_;
    std::unordered_map<VaultId, ledger::ChainHead> staged_;
    std::set<VaultId> due_;
    std::uint64_t sum_ = 0;  // of since()
};

}  // namespace vault::store
