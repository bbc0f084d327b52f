#include "tests/emulator/kraken/exchange/engine_counter.hpp"

#include <algorithm>
#include <array>

namespace vault::kraken_emulator {
namespace {

using std::chrono::seconds;

// Penalties by age: an entry counts for orders younger than its limit.
struct Step {
    seconds younger_than;
    std::int64_t amend, edit, cancel;
};
constexpr std::array<Step, 6> kSteps{{
    {seconds{5}, 3, 6, 8},
    {seconds{10}, 2, 5, 6},
    {seconds{15}, 1, 4, 5},
    {seconds{45}, 0, 2, 4},
    {seconds{90}, 0, 1, 2},
    {seconds{300}, 0, 0, 1},
}};

}  // namespace

std::int64_t engine_cost(EngineAction action, Span age) {
    const auto* step = std::find_if(kSteps.begin(), kSteps.end(),
                                    [&](const Step& each) { return age < each.younger_than; });
    const Step found = step == kSteps.end() ? Step{} : *step;
    switch (action) {
        case EngineAction::Add: return 1;
        case EngineAction::Amend: return 1 + found.amend;
        case EngineAction::Edit: return 1 + found.edit;
        case EngineAction::Cancel: return found.cancel;
    }
    return 0;
}

const EngineLimits& engine_limits(Tier tier) {
    static constexpr std::array<EngineLimits, 3> kLimits{
        {{60, 1'000, 60}, {125, 2'340, 80}, {180, 3'750, 225}}};
    return kLimits[static_cast<std::size_t>(tier)];
}

bool EngineCounter::charge(std::int64_t points, Tier tier, Moment now) {
    const EngineLimits& limits = engine_limits(tier);
    if (points > 0 && !count_.has_room(points, limits.most, limits.decay_per_second, now))
        return false;
    count_.add(points, limits.decay_per_second, now);
    return true;
}

std::int64_t EngineCounter::points(Tier tier, Moment now) const {
    return count_.points(engine_limits(tier).decay_per_second, now);
}

}  // namespace vault::kraken_emulator
