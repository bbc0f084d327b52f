// vault_sim: seeded simulations of the whole engine, for ./dev sim. Prints the seeds that failed
// with the command that repeats each, and a table; --json adds the figures as JSON lines on stdout.
#include "tests/simulation/lockstep.hpp"

#include <fmt/format.h>

#include <chrono>

int main(int argc, char** argv) {
    using vault::simulation::make_plan;
    const auto runs = argc > 1 ? std::stoull(argv[1]) : 1;
    const auto first = argc > 2 ? std::stoull(argv[2]) : 1;
    const auto vaults = argc > 3 ? std::stoull(argv[3]) : 20;
    const auto faults = vault::simulation::parse_faults(argc > 4 ? argv[4] : "all");
    for (std::uint64_t i = 0; i < runs; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        const auto plan =
            make_plan({first + i, 1, static_cast<std::uint32_t>(vaults), faults.value()});
        const auto report =
            argc > 5 ? vault::simulation::run_lockstep(plan) : vault::simulation::run_chaos(plan);
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
        fmt::print(
            "seed {} {:.2f}s trace {:x} commands {} ack {} orders {} fills {} entries {} crashes "
            "{} restarts {} reloads {} fenced {} faults {} turns {} events {}\n",
            report.seed, took.count(), report.trace, report.commands, report.acknowledged,
            report.orders, report.fills, report.entries, report.crashes, report.restarts,
            report.reloads, report.fenced, report.store_faults, report.turns, report.events);
        for (const auto& c : report.complaints)
            fmt::print("   {}\n", c);
        std::fflush(stdout);
    }
}
