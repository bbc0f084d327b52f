#include "common/base/clock.hpp"

namespace vault {

UtcTime SystemClock::now() const {
    return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

SteadyTime SystemClock::steady() const {
    return std::chrono::steady_clock::now().time_since_epoch();
}

}  // namespace vault
