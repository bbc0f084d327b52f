#include "daemon/runner/restart_policy.hpp"

#include <algorithm>

namespace vault::runner {

std::optional<Duration> RestartPolicy::failed(SteadyTime now) {
    const bool was_well =
        decisions_ >= kGoodDecisions || (decisions_ > 0 && now - started_ >= kGoodTime);
    failures_ = was_well ? 1 : failures_ + 1;
    decisions_ = 0;
    if (failures_ >= backoff_.failures) return std::nullopt;
    Duration wait = backoff_.first;
    for (std::uint32_t i = 1; i < failures_ && wait < backoff_.most; ++i)
        wait *= 2;
    return std::min(wait, backoff_.most);
}

}  // namespace vault::runner
