#include "daemon/engine/live_clock.hpp"

#include <algorithm>

namespace vault::engine {
namespace {

constexpr Duration kStep = std::chrono::milliseconds{10};
constexpr Duration kNoJump = std::chrono::seconds{5};
constexpr SteadyTime kBelievedAfter = std::chrono::minutes{1};

}  // namespace

UtcTime LiveClock::now(const Clock& clock, UtcTime at_least) {
    const UtcTime wall = clock.now();
    const SteadyTime steady = clock.steady();
    if (!time_) {
        time_ = std::max(wall, at_least);
        read_at_ = steady;
        return *time_;
    }
    const auto passed = std::chrono::duration_cast<Duration>(steady - read_at_);
    if (passed < kStep) return *time_;
    read_at_ += passed;
    const UtcTime next = *time_ + passed;
    if (wall <= *time_) {
        ahead_since_.reset();
        time_ = *time_ + passed / 2;
    } else if (wall - next <= kNoJump) {
        ahead_since_.reset();
        time_ = wall;
    } else {
        if (!ahead_since_) ahead_since_ = steady;
        time_ = steady - *ahead_since_ >= kBelievedAfter ? wall : next;
    }
    return *time_;
}

}  // namespace vault::engine
