#include "daemon/exchange/kraken/reconnect_pace.hpp"

#include <algorithm>

namespace vault::exchange::kraken {
namespace {

constexpr int kDoublings = 20;  // past any sensible longest wait

}  // namespace

Duration ReconnectPace::after(Duration lived) {
    if (lived >= times_.held_after) tries_ = 0;
    const int waits = tries_ - times_.at_once;
    if (tries_ < times_.at_once + kDoublings) ++tries_;
    if (waits < 0) return Duration{0};
    const Duration due = std::min(times_.most, times_.first * (std::int64_t{1} << waits));
    const auto half = static_cast<std::uint64_t>(due.count() / 2);
    return due - Duration{static_cast<std::int64_t>(random_.below(half + 1))};
}

}  // namespace vault::exchange::kraken
