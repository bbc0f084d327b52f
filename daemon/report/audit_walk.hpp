#pragma once
// AuditWalk: proves the audit trail from its first row, in steps of one page, so that a caller can
// let other reads in between. A head that was kept elsewhere shows whether the trail or a journal
// was cut at its end, written anew or put back as a whole; that a journal's entries make the one at
// its end is for verify.hpp to prove. HeadsWalk reads what is to be kept. Each belongs to one
// caller; step() runs on the thread that owns the reader. Errors: StoreFailed; what is wrong with
// the trail is a problem, not an error.
#include "daemon/ports/store_reader.hpp"

#include <optional>

namespace vault::report {

struct AuditProof {
    std::uint64_t rows = 0;  // that hold
    ports::ChainHead head;   // of the last of them
    std::string problem;     // empty: everything holds
    bool ok() const { return problem.empty(); }
};

class AuditWalk {
  public:
    // `kept`: the heads of before, their signature checked.
    explicit AuditWalk(std::optional<ports::KeptHead> kept) : kept_(std::move(kept)) {}

    // False when everything has been checked.
    Result<bool> step(ports::StoreReader& reader);
    const AuditProof& result() const { return proof_; }

  private:
    void check(const ports::AuditRow& row);
    void compare_end();
    Result<bool> compare_journals(ports::StoreReader& reader);
    Result<void> compare(ports::StoreReader& reader, const ports::JournalHead& journal);

    std::optional<ports::KeptHead> kept_;
    ports::AuditVerifier verifier_;
    AuditProof proof_;
    bool trail_proved_ = false;
    std::size_t journals_ = 0;  // that were compared
};

class HeadsWalk {
  public:
    // Of the journals only these; none: all.
    explicit HeadsWalk(std::optional<std::vector<VaultId>> among) : among_(std::move(among)) {}

    // False when everything has been read.
    Result<bool> step(ports::StoreReader& reader);
    const std::optional<ports::AuditRow>& newest() const { return newest_; }
    // Not signed yet.
    ports::KeptHead heads() const;

  private:
    std::optional<std::vector<VaultId>> among_;
    bool begun_ = false;
    VaultId next_{1};
    std::optional<ports::AuditRow> newest_;
    std::vector<ports::JournalHead> journals_;
};

}  // namespace vault::report
