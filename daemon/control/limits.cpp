#include "daemon/control/limits.hpp"

#include "common/base/check.hpp"

#include <algorithm>

namespace vault::control {

namespace {

constexpr std::size_t kForgetAbove = 1024;  // uids; full buckets are as good as none
constexpr SteadyTime kLent = std::chrono::seconds{1};

}  // namespace

TokenBuckets::TokenBuckets(std::uint32_t per_second, std::uint32_t burst) {
    configure(per_second, burst);
}

void TokenBuckets::configure(std::uint32_t per_second, std::uint32_t burst) {
    per_token_ = std::chrono::nanoseconds{std::chrono::seconds{1}} / per_second;
    depth_ = per_token_ * burst;
}

std::optional<Duration> TokenBuckets::take(uid_t uid, SteadyTime& share, SteadyTime now) {
    if (full_at_.size() > kForgetAbove)
        std::erase_if(full_at_, [now](const auto& item) { return item.second <= now; });
    SteadyTime& whole = full_at_[uid];
    const SteadyTime after = std::max(whole, now) + per_token_;
    const SteadyTime level = after - now;
    const int sharers = sharers_.at(uid);
    const SteadyTime cost = per_token_ * sharers;
    const SteadyTime share_after = std::max(share, now) + cost;
    const SteadyTime beyond = share_after - now - std::max(depth_, cost);  // what is earned
    const bool lent = sharers > 1 && beyond <= std::max(kLent, cost) && level <= 2 * depth_;
    if (beyond <= SteadyTime{0} || lent) {
        share = share_after;
        whole = after;
        return std::nullopt;
    }
    if (level > depth_) return std::chrono::ceil<Duration>(level - depth_);
    whole = after;
    return std::nullopt;
}

void TokenBuckets::leave(uid_t uid) {
    const auto mine = sharers_.find(uid);
    VAULT_CHECK(mine != sharers_.end(), "a share was given back twice");
    if (--mine->second == 0) sharers_.erase(mine);
}

std::uint32_t ReservedReads::rate(const Options& options) {
    return std::max(options.reserved_reads_per_second, options.requests_per_second);
}

std::optional<Duration> ReservedReads::take(SteadyTime now, const Options& options) {
    constexpr SteadyTime kDepth = std::chrono::seconds{1};
    const SteadyTime after = std::max(full_at_, now) + kDepth / rate(options);
    if (const SteadyTime level = after - now; level > kDepth)
        return std::chrono::ceil<Duration>(level - kDepth);
    full_at_ = after;
    return std::nullopt;
}

Seat Seats::take(uid_t uid) {
    std::size_t& mine = per_uid_[uid];
    if (normal_ < options_.max_connections && mine < options_.max_per_uid) {
        ++normal_;
        ++mine;
        return Seat::Normal;
    }
    if (reserved_ >= options_.reserved_connections) return Seat::None;
    ++reserved_;
    return Seat::Reserved;
}

void Seats::give_back(uid_t uid, Seat seat) {
    switch (seat) {
        case Seat::Normal: {
            const auto mine = per_uid_.find(uid);
            VAULT_CHECK(normal_ > 0 && mine != per_uid_.end(), "a seat was given back twice");
            --normal_;
            if (--mine->second == 0) per_uid_.erase(mine);
            return;
        }
        case Seat::Reserved:
            VAULT_CHECK(reserved_ > 0, "a reserved seat was given back twice");
            --reserved_;
            return;
        case Seat::None: return;
    }
}

// More than one uid has, or what is fair among a uid's connections would be refused here.
std::optional<Duration> UserRates::take(UserId user, SteadyTime now, const Options& options) {
    const SteadyTime per_call = SteadyTime{std::chrono::seconds{1}} / rate(options);
    const SteadyTime depth = per_call * (2 * options.burst);
    SteadyTime& full_at = full_at_[user];
    const SteadyTime after = std::max(full_at, now) + per_call;
    if (after > now + depth) return std::chrono::ceil<Duration>(after - now - depth);
    full_at = after;
    return std::nullopt;
}

bool Tally::take(std::uint32_t user) {
    const auto mine = per_user_.find(user);
    if ((mine == per_user_.end() ? 0 : mine->second) >= most_) return false;
    ++per_user_[user];
    return true;
}

void Tally::give_back(std::uint32_t user) {
    const auto mine = per_user_.find(user);
    VAULT_CHECK(mine != per_user_.end(), "something was given back twice");
    if (--mine->second == 0) per_user_.erase(mine);
}

}  // namespace vault::control
