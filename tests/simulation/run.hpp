#pragma once
// A run: one plan lived through: the world is set up, clients send commands while the replays run
// and the faults strike, then everything heals, and what must be true is checked once more. A run
// is a pure function of its plan. Tests only.
#include "tests/simulation/plan.hpp"

namespace vault::simulation {

struct RunReport {
    std::uint64_t seed = 0;
    std::vector<std::string> complaints;
    std::uint64_t trace = 0;  // equal for equal seeds
    std::uint64_t commands = 0, acknowledged = 0, orders = 0, fills = 0, entries = 0;
    std::uint64_t corrections = 0;
    std::uint64_t crashes = 0, restarts = 0, reloads = 0, fenced = 0, store_faults = 0;
    std::uint64_t turns = 0, events = 0;
    std::uint64_t vault_days = 0;  // simulated days times vaults
    std::uint64_t days = 0;
};

RunReport run_chaos(const Plan& plan);

}  // namespace vault::simulation
