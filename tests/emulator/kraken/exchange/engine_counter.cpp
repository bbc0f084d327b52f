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
    return charge_halves(2 * points, tier, now);
}

bool EngineCounter::charge_batch(std::int64_t orders, Tier tier, Moment now) {
    return charge_halves(orders, tier, now);
}

bool EngineCounter::charge_halves(std::int64_t halves, Tier tier, Moment now) {
    const EngineLimits& limits = engine_limits(tier);
    const std::int64_t decay = 2 * limits.decay_per_second;
    if (halves > 0 && !halves_.has_room(halves, 2 * limits.most, decay, now)) return false;
    halves_.add(halves, decay, now);
    return true;
}

std::int64_t EngineCounter::points(Tier tier, Moment now) const {
    return (halves_.points(2 * engine_limits(tier).decay_per_second, now) + 1) / 2;
}

}  // namespace vault::kraken_emulator
