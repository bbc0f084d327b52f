#pragma once
// AuditWalk: proves the audit trail from its first row, in steps of one page, so that a caller can
// let other reads in between. A head that was kept elsewhere shows whether the trail was cut at its
// end or put back as a whole. Belongs to one caller; step() runs on the thread that owns the
// reader. Errors: StoreFailed; what is wrong with the trail is a problem, not an error.
#include "daemon/ports/store_reader.hpp"

#include <optional>

namespace vault::report {

struct AuditProof {
    std::uint64_t rows = 0;  // that hold
    ports::ChainHead head;   // of the last of them
    std::optional<ports::ChainHead> kept;
    std::string problem;  // empty: everything holds
    bool ok() const { return problem.empty(); }
};

class AuditWalk {
  public:
    // `kept`: a head of this trail from before, its signature checked.
    explicit AuditWalk(std::optional<ports::ChainHead> kept) { proof_.kept = kept; }

    // False when everything has been checked.
    Result<bool> step(ports::StoreReader& reader);
    const AuditProof& result() const { return proof_; }

  private:
    void check(const ports::AuditRow& row);
    void compare_end();

    ports::AuditVerifier verifier_;
    AuditProof proof_;
};

}  // namespace vault::report
