#pragma once
// Test-only places where the SQLite store can be made to fail or to die (VAULT_TESTING builds alone
// include this header). A counter that reaches 0 fires once; a negative one is off. Thread-safe.
#include <atomic>
#include <cstdint>

namespace vault::store {

struct FaultSites {
    std::atomic<std::int64_t> fail_write{-1};   // the n-th row written from now on fails
    std::atomic<std::int64_t> fail_commit{-1};  // the n-th COMMIT fails, nothing applied
    std::atomic<std::int64_t> lose_answer{-1};  // applied, but reported Unknown
    std::atomic<std::int64_t> abort_before_commit{-1};
    std::atomic<std::int64_t> abort_after_commit{-1};  // durable, nobody was told

    static bool fires(std::atomic<std::int64_t>& site) {
        return site.load(std::memory_order_relaxed) >= 0 && site.fetch_sub(1) == 0;
    }
};

}  // namespace vault::store
