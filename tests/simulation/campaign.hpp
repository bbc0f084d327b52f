#pragma once
// A campaign: seeds lived through one after the other. Every seed is a chaos run, every fifth one
// also a lockstep pair, every hundredth is run twice and must leave the same trace. What is done
// for a seed depends on the seed alone, so one that failed is repeated by its number. Tests only.
#include "tests/simulation/lockstep.hpp"

namespace vault::simulation {

struct Totals {
    std::uint64_t runs = 0, failures = 0, lockstep = 0, repeated = 0;
    std::uint64_t days = 0, vault_days = 0, commands = 0, acknowledged = 0, orders = 0, fills = 0;
    std::uint64_t entries = 0, corrections = 0, crashes = 0, restarts = 0, reloads = 0, fenced = 0;
    std::uint64_t store_faults = 0, turns = 0, events = 0;
    void add(const RunReport& report);
};

// Lives through one seed and adds it to the totals; returns what was wrong.
std::vector<std::string> live(const PlanRequest& request, Totals& totals);

}  // namespace vault::simulation
