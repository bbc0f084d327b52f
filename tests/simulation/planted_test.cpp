// The simulation sees every bug that is planted: in the turn loop, in loading and in the ledger.
// A bug that no seed shows means that an oracle is blind.
#include "tests/simulation/planted.hpp"

#include "tests/simulation/campaign.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace vault::simulation {
namespace {

constexpr std::uint64_t kSeedsMax = 40;

class PlantedBugs : public ::testing::TestWithParam<std::string> {};

TEST_P(PlantedBugs, AreSeen) {
    const Planted planted{GetParam()};
    Totals totals;
    for (std::uint64_t seed = 1; seed <= kSeedsMax; ++seed) {
        const auto complaints = live({seed, 1, 6, {kAllFaults.begin(), kAllFaults.end()}}, totals);
        if (complaints.empty()) continue;
        std::cout << GetParam() << " seen in seed " << seed << ": "
                  << complaints.front().substr(0, 160) << "\n";
        return;
    }
    FAIL() << GetParam() << " went unseen in " << kSeedsMax << " seeds";
}

INSTANTIATE_TEST_SUITE_P(Each, PlantedBugs, ::testing::ValuesIn(planted_names()),
                         [](const auto& each) {
                             std::string name = each.param;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

}  // namespace
}  // namespace vault::simulation
