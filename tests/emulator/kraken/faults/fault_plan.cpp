#include "tests/emulator/kraken/faults/fault_plan.hpp"

#include <algorithm>
#include <array>

namespace vault::kraken_emulator {
namespace {

constexpr std::array<std::string_view, 4> kLandings{"yes", "never", "half", "later"};
constexpr std::array<std::string_view, 7> kAnswered{"usual", "timeout", "reset",  "page",
                                                    "cut",   "gzip",    "refusal"};

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
    std::optional<Strike> out;
    for (Fault& fault : faults_) {
        if (out || (fault.at != "*" && fault.at != endpoint)) continue;
        if (fault.skip > 0) {
            --fault.skip;
            continue;
        }
        if (!random_.chance_per_million(fault.per_million)) continue;
        --fault.times;
        Landing landing = fault.landing;
        if (landing == Landing::Half)
            landing = random_.below(2) == 0 ? Landing::Yes : Landing::Never;
        out = Strike{landing, fault.answered, fault.status, fault.refusal, fault.delay};
    }
    std::erase_if(faults_, [](const Fault& each) { return each.times == 0; });
    return out;
}

}  // namespace vault::kraken_emulator
