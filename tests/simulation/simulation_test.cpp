// A smoke of the simulation: short runs of many seeds, and that the same seed is the same run.
// VAULT_SIM_SEEDS sets how many (default 200).
#include "tests/simulation/campaign.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace vault::simulation {
namespace {

constexpr std::uint32_t kVaults = 3;

std::uint64_t seeds() {
    const char* const asked = std::getenv("VAULT_SIM_SEEDS");
    return asked != nullptr ? std::strtoull(asked, nullptr, 10) : 200;
}

std::set<Fault> all_faults() {
    return {kAllFaults.begin(), kAllFaults.end()};
}

std::string told(const std::vector<std::string>& complaints) {
    std::string text;
    for (const std::string& complaint : complaints)
        text += complaint + "\n";
    return text;
}

TEST(Simulation, ManySeedsWithFaults) {
    Totals totals;
    for (std::uint64_t seed = 1'000; seed < 1'000 + seeds(); ++seed) {
        const auto complaints = live({seed, 1, kVaults, all_faults()}, totals);
        ASSERT_TRUE(complaints.empty())
            << "again: ./dev sim --vaults " << kVaults << " --seed " << seed << "\n"
            << told(complaints);
    }
    EXPECT_GT(totals.crashes, seeds() / 4) << "the faults do not strike";
    EXPECT_GT(totals.reloads, seeds() / 4);
    EXPECT_GT(totals.fills, seeds()) << "nothing trades";
    EXPECT_GT(totals.acknowledged, seeds() * 10);
    EXPECT_GT(totals.corrections, seeds() / 4);
}

TEST(Simulation, WithoutFaultsNothingIsReloaded) {
    Totals totals;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        const auto complaints = live({seed, 1, kVaults, {}}, totals);
        ASSERT_TRUE(complaints.empty()) << "seed " << seed << "\n" << told(complaints);
    }
    EXPECT_EQ(totals.reloads + totals.crashes + totals.restarts + totals.store_faults, 0U);
}

TEST(Simulation, TheSameSeedIsTheSameRun) {
    for (const std::uint64_t seed : {7U, 8U, 9U}) {
        const Plan plan = make_plan({seed, 1, kVaults, all_faults()});
        const RunReport first = run_chaos(plan);
        const RunReport second = run_chaos(plan);
        EXPECT_EQ(first.trace, second.trace) << "seed " << seed;
        EXPECT_EQ(first.events, second.events);
        EXPECT_NE(first.trace, run_chaos(make_plan({seed + 100, 1, kVaults, all_faults()})).trace);
    }
}

TEST(Simulation, FaultListsAreRead) {
    EXPECT_EQ(parse_faults("none").value().size(), 0U);
    EXPECT_EQ(parse_faults("all").value().size(), kAllFaults.size());
    EXPECT_EQ(parse_faults("crash,fail").value(), (std::set{Fault::Crash, Fault::Fail}));
    EXPECT_FALSE(parse_faults("crash,nonsense").has_value());
}

}  // namespace
}  // namespace vault::simulation
