#include "tests/simulation/campaign.hpp"

#include <fmt/format.h>

namespace vault::simulation {
namespace {

constexpr std::uint64_t kLockstepEvery = 5;
constexpr std::uint64_t kRepeatEvery = 100;

}  // namespace

void Totals::add(const RunReport& report) {
    days += report.days;
    vault_days += report.vault_days;
    commands += report.commands;
    acknowledged += report.acknowledged;
    orders += report.orders;
    fills += report.fills;
    entries += report.entries;
    corrections += report.corrections;
    crashes += report.crashes;
    restarts += report.restarts;
    reloads += report.reloads;
    fenced += report.fenced;
    store_faults += report.store_faults;
    turns += report.turns;
    events += report.events;
}

std::vector<std::string> live(const PlanRequest& request, Totals& totals) {
    const Plan plan = make_plan(request);
    const RunReport chaos = run_chaos(plan);
    std::vector<std::string> complaints = chaos.complaints;
    totals.add(chaos);
    if (request.seed % kRepeatEvery == 0) {
        const RunReport again = run_chaos(plan);
        totals.add(again);
        ++totals.repeated;
        if (again.trace != chaos.trace || again.events != chaos.events)
            complaints.push_back(fmt::format("the second run has the trace {:x}, the first {:x}",
                                             again.trace, chaos.trace));
    }
    if (request.seed % kLockstepEvery == 0) {
        const RunReport lockstep = run_lockstep(plan);
        totals.add(lockstep);
        ++totals.lockstep;
        complaints.insert(complaints.end(), lockstep.complaints.begin(), lockstep.complaints.end());
    }
    ++totals.runs;
    totals.failures += complaints.empty() ? 0 : 1;
    return complaints;
}

}  // namespace vault::simulation
