#pragma once
// The audit trail: one row for each command that changed something or was refused, in the same
// batch as its effect. Each row's hash covers its text and the hash of the row before, so that an
// edit, a removal or another order shows; a head that was kept elsewhere shows a trail that was cut
// or put back. Plain values and pure functions; any thread.
#include "common/base/hash.hpp"
#include "common/base/result.hpp"
#include "common/base/time.hpp"
#include "common/domain/ids.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vault::ports {

// The last row of a chain: a vault's journal, or the audit trail.
struct ChainHead {
    std::uint64_t seq = 0;  // 0 and zeros before the first
    Digest hash{};
    friend bool operator==(const ChainHead&, const ChainHead&) = default;
};

struct AuditRow {
    std::uint64_t seq = 0;    // dense over the shard from 1; given when the batch is closed
    UtcTime at;               // wall clock, whatever time the object's market shows
    std::string actor;        // who called
    UserId user;              // whose object it was about; 0: nobody's
    std::string action;       // the method: "vault.allocate"
    std::string object;       // "v1", "v1.flash", "a1", "u1" …; empty: the daemon
    std::string outcome;      // applied refused
    std::string message;      // why it was refused, or what it changed if `params` cannot tell
    std::string params_json;  // what was asked, an object; secrets are left out
    Digest prev_hash{};
    Digest hash{};
};

// SHA-256 of the row's fields but its hash, as netstrings ("<bytes>:<text>,", D. J. Bernstein 1997)
// in the order of AuditRow after the text "vault-audit/1"; times as RFC 3339 with milliseconds,
// hashes as hex.
Digest audit_hash(const AuditRow& row);

// Numbers and chains rows that follow `head`, and moves it.
void seal(std::vector<AuditRow>& rows, ChainHead& head);

// What a signer signs of it.
std::string audit_head_bytes(const ChainHead& head);

// Walks the trail in order and says at which row, if any, it stops being what was written.
class AuditVerifier {
  public:
    // Errors: StoreInvalid naming the row. After an error the verifier does not move on.
    Result<void> next(const AuditRow& row);
    const ChainHead& head() const { return head_; }

  private:
    ChainHead head_;
};

}  // namespace vault::ports
