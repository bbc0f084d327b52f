#include "tests/emulator/kraken/faults/fault_plan.hpp"

#include <algorithm>
#include <array>

namespace vault::kraken_emulator {
namespace {

constexpr std::array<std::string_view, 4> kLandings{"yes", "never", "half", "later"};
constexpr std::array<std::string_view, 9> kAnswered{"usual", "timeout", "reset", "page",   "cut",
                                                    "gzip",  "refusal", "late",  "doubled"};

}  // namespace

std::string_view to_text(Landing landing) {
    return kLandings[static_cast<std::size_t>(landing)];
}

std::string_view to_text(Answered answered) {
    return kAnswered[static_cast<std::size_t>(answered)];
}

std::optional<Landing> parse_landing(std::string_view text) {
    const auto* at = std::find(kLandings.begin(), kLandings.end(), text);
    if (at == kLandings.end()) return std::nullopt;
    return static_cast<Landing>(at - kLandings.begin());
}

std::optional<Answered> parse_answered(std::string_view text) {
    const auto* at = std::find(kAnswered.begin(), kAnswered.end(), text);
    if (at == kAnswered.end()) return std::nullopt;
    return static_cast<Answered>(at - kAnswered.begin());
}

std::optional<Strike> FaultPlan::strike(std::string_view endpoint) {
    const auto struck = std::find_if(faults_.begin(), faults_.end(), [&](Fault& each) {
        return each.aim.strikes(endpoint, random_);
    });
    if (struck == faults_.end()) return std::nullopt;
    Strike out{struck->landing, struck->answered, struck->status, struck->refusal, struck->delay};
    if (out.landing == Landing::Half)
        out.landing = random_.below(2) == 0 ? Landing::Yes : Landing::Never;
    if (struck->aim.is_spent()) faults_.erase(struck);
    return out;
}

}  // namespace vault::kraken_emulator
