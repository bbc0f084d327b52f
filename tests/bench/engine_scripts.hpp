#pragma once
// What 1,000 sleeves on one script process cost in the engine: shard, store, turns, supervisor and
// sandbox are the daemon's own, in this process; only the socket between them is left out. One
// thread (the store has its own). Of the script bench alone.
#include <cstdint>
#include <filesystem>
#include <vector>

namespace vault::bench {

struct EngineScripts {
    std::uint64_t decisions = 0, failures = 0;
    double seconds = 0;
    std::vector<double> latencies_us;  // from the ask to the answer
};

// `vaults` of one user, both sleeves of each decided by scripts/user/cycle.py, for so many minutes
// of a synthetic market.
EngineScripts run_engine_scripts(const std::filesystem::path& scripts, std::uint32_t vaults,
                                 std::uint32_t minutes);

}  // namespace vault::bench
