#pragma once
// How a SQLite store is opened. Values from the configuration (section store); plain data.
#include "common/base/time.hpp"

#include <cstdint>
#include <string>

#ifdef VAULT_TESTING
#include "daemon/store/sqlite/fault_sites.hpp"
#endif

namespace vault::store {

// How long each kind is kept. Ages are measured from the newest row of the same owner (price: feed
// account and pair; decision: vault; event: user), so that a replay of old data is not pruned on
// arrival; replies are measured by the wall clock. Books, orders, fills, sweeps, allocations,
// pauses, cycles and day closes are kept for ever.
struct Retention {
    Duration prices_full = std::chrono::hours{24 * 30};     // older: the first of each interval
    Duration prices_thinned_every = std::chrono::hours{1};  // > 0; what is thinned stays thinned
    Duration prices = std::chrono::hours{24 * 1825};        // older: none; >= prices_full
    Duration decisions = std::chrono::hours{24 * 365};
    Duration events = std::chrono::hours{24 * 365};
    Duration replies = std::chrono::hours{24};
};

struct SqliteOptions {
    std::string path = "vault.db";   // lock file and ballast are <path>.lock, <path>.ballast
    std::uint32_t ballast_mib = 64;  // 0: none
    std::uint32_t checkpoint_every = 10'000;  // entries of a vault, >= 1
    std::uint32_t disk_alert_pct = 80;        // 1..100
    std::uint32_t disk_stop_buys_pct = 95;    // 1..100
    std::uint32_t disk_floor_mib = 16;        // less free space than this frees the ballast
    std::uint64_t size_limit_mib = 0;         // 0: the volume is the limit
    std::uint32_t group_rows = 10'000;  // a transaction takes queued batches up to this many rows
    std::uint32_t group_batches = 64;
    bool full_check = true;  // run the full check in the background after load()
    Retention retention;
#ifdef VAULT_TESTING
    FaultSites* faults = nullptr;  // outlives the store
#endif
};

}  // namespace vault::store
