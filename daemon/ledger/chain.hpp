#pragma once
// ChainVerifier: walks one vault's journal in order and says at which entry, if any, it stops being
// what was booked: a hole in seq, a broken prev_hash, a hash that is not that of the text, a tx
// that is no transaction's. One per vault and thread; it keeps its buffers between entries.
#include "daemon/ledger/canonical.hpp"

namespace vault::ledger {

struct ChainHead {
    std::uint64_t seq = 0;  // of the last entry, 0 before the first
    Digest hash{};          // of the last entry, zeros before the first
    friend bool operator==(const ChainHead&, const ChainHead&) = default;
};

class ChainVerifier {
  public:
    // Starts after `head`, which is empty or which the caller trusts (a checkpoint, taken between
    // two transactions).
    explicit ChainVerifier(VaultId vault, ChainHead head = {});

    // Errors: StoreInvalid, naming vault and seq. After an error the verifier does not move on.
    Result<void> next(const EntryColumns& columns, const Digest& hash);
    Result<void> next(const Entry& entry);

    const ChainHead& head() const { return head_; }

  private:
    VaultId vault_;
    ChainHead head_;
    std::uint64_t tx_ = 0;
    std::string body_;
    Sha256 sha_;
};

}  // namespace vault::ledger
