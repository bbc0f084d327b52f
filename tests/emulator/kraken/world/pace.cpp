#include "tests/emulator/kraken/world/pace.hpp"

namespace vault::kraken_emulator {

// In two parts, so that years at a high scale stay in range.
Moment Pace::now(SteadyTime wall) const {
    const std::int64_t passed = (wall - wall_).count();
    constexpr std::int64_t kSecond = 1'000'000'000;
    const std::int64_t whole = passed / kSecond, rest = passed % kSecond;
    return at_ + Span{whole * scale_ * (kSecond / 1'000) + rest * scale_ / 1'000};
}

void Pace::set_scale(std::int64_t scale, SteadyTime wall) {
    at_ = now(wall);
    wall_ = wall;
    scale_ = scale;
}

void Pace::skip(Span span, SteadyTime wall) {
    at_ = now(wall) + span;
    wall_ = wall;
}

}  // namespace vault::kraken_emulator
