#include "tests/emulator/kraken/exchange/decaying_count.hpp"

#include <algorithm>

namespace vault::kraken_emulator {
namespace {

constexpr std::int64_t kPoint = 1'000'000'000'000;

}  // namespace

// A thousandth per second is 10^-12 per nanosecond. A day without calls empties any count, and
// keeps the product in range.
std::int64_t DecayingCount::value(std::int64_t decay, Moment now) const {
    const Span passed = std::clamp<Span>(now - at_, Span::zero(), std::chrono::hours{24});
    return std::max<std::int64_t>(0, value_ - passed.count() * decay);
}

void DecayingCount::add(std::int64_t points, std::int64_t decay, Moment now) {
    value_ = value(decay, now) + points * kPoint;
    at_ = std::max(at_, now);
}

bool DecayingCount::has_room(std::int64_t more, std::int64_t most, std::int64_t decay,
                             Moment now) const {
    return value(decay, now) + more * kPoint <= most * kPoint;
}

std::int64_t DecayingCount::points(std::int64_t decay, Moment now) const {
    return (value(decay, now) + kPoint - 1) / kPoint;
}

}  // namespace vault::kraken_emulator
