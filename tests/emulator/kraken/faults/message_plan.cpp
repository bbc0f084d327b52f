#include "tests/emulator/kraken/faults/message_plan.hpp"

#include <algorithm>
#include <array>

namespace vault::kraken_emulator {
namespace {

constexpr std::array<std::string_view, 5> kMishaps{"lost", "doubled", "late", "swapped",
                                                   "disconnect"};

}  // namespace

std::string_view to_text(Mishap mishap) {
    return kMishaps[static_cast<std::size_t>(mishap)];
}

std::optional<Mishap> parse_mishap(std::string_view text) {
    const auto* at = std::find(kMishaps.begin(), kMishaps.end(), text);
    if (at == kMishaps.end()) return std::nullopt;
    return static_cast<Mishap>(at - kMishaps.begin());
}

std::optional<MessageFault> MessagePlan::strike(std::string_view message) {
    const auto struck = std::find_if(faults_.begin(), faults_.end(), [&](MessageFault& each) {
        return each.aim.strikes(message, random_);
    });
    if (struck == faults_.end()) return std::nullopt;
    MessageFault out = *struck;
    if (struck->aim.is_spent()) faults_.erase(struck);
    return out;
}

}  // namespace vault::kraken_emulator
