#pragma once
// The full check: every entry of every vault from seq 1 (hash chain, dense seq, postings that sum
// to zero, unique causes), the sums against the balance rows, the audit trail, and SQLite's own
// check of the file. It ignores checkpoints. Blocking, on read-only connections of its own, in
// slices, so that a running store can be checked. It takes a second thread where the machine has
// one, by vault and by table; what it reports does not depend on that. May be called from any
// thread.
#include "common/base/result.hpp"
#include "common/domain/ids.hpp"

#include <functional>
#include <optional>

namespace vault::store {

struct VerifyReport {
    std::uint64_t entries = 0;
    std::uint64_t vaults = 0;
    bool ok = false;
    bool aborted = false;
    std::string first_problem;  // names vault and seq; empty when ok
};

// Called between slices with the entries so far, on any of the check's threads but never on two at
// a time; false stops the check.
using VerifyProgress = std::function<bool(std::uint64_t entries)>;

// One vault, or all when `vault` is empty (then also the file itself). A problem of the books is a
// report with ok = false; an Error says that the check could not run (StoreFailed, NotFound).
Result<VerifyReport> verify(const std::string& path, std::optional<VaultId> vault,
                            const VerifyProgress& progress);

}  // namespace vault::store
