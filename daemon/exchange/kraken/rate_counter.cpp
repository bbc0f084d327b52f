#include "daemon/exchange/kraken/rate_counter.hpp"

#include <algorithm>

namespace vault::exchange::kraken {
namespace {

constexpr std::int64_t kOneCall = 1'000'000;

struct Limit {
    std::int64_t most;    // millionths of a call
    std::int64_t per_ms;  // likewise, taken away each millisecond
};

Limit limit_of(Tier tier) {
    switch (tier) {
        case Tier::Starter: return {15 * kOneCall, 330};
        case Tier::Intermediate: return {20 * kOneCall, 500};
        case Tier::Pro: return {20 * kOneCall, 1'000};
    }
    return {};
}

}  // namespace

std::int64_t RateCounter::count_at(SteadyTime now) const {
    const std::int64_t passed = std::chrono::duration_cast<Duration>(now - at_).count();
    return std::max<std::int64_t>(count_ - passed * limit_of(tier_).per_ms, 0);
}

Duration RateCounter::wait_for(std::uint32_t cost, SteadyTime now) const {
    const Limit limit = limit_of(tier_);
    const std::int64_t over = count_at(now) + cost * kOneCall - limit.most;
    if (over <= 0) return Duration{0};
    return Duration{(over + limit.per_ms - 1) / limit.per_ms};
}

void RateCounter::add(std::uint32_t cost, SteadyTime now) {
    count_ = count_at(now) + cost * kOneCall;
    at_ = now;
}

void RateCounter::fill(SteadyTime now) {
    count_ = std::max(count_at(now), limit_of(tier_).most);
    at_ = now;
}

}  // namespace vault::exchange::kraken
