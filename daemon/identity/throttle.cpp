#include "daemon/identity/throttle.hpp"

#include <algorithm>

namespace vault::identity {
namespace {

constexpr Duration kDay = std::chrono::hours{24};
constexpr Duration kMinute = std::chrono::minutes{1};
constexpr Duration kSweepEvery = std::chrono::hours{1};
constexpr std::size_t kLongestName = 80;

// Drops what is `age` old. A clock that was set back leaves times that are still to come: they are
// taken for now, so that none of them holds anybody up for longer than it should.
void drop_older(std::deque<UtcTime>& times, UtcTime now, Duration age) {
    for (UtcTime& time : times)
        time = std::min(time, now);
    while (!times.empty() && now - times.front() >= age)
        times.pop_front();
}

// Until the n-th newest of `times`, which are in order, is a day old.
Duration until_below(const std::vector<UtcTime>& times, std::size_t most, UtcTime now) {
    if (times.size() < most) return Duration{0};
    return times[times.size() - most] + kDay - now;
}

}  // namespace

Duration Throttle::delay_after(std::uint32_t failures) const {
    if (failures < limits_.free_tries) return Duration{0};
    Duration delay = limits_.first_delay;
    for (std::uint32_t i = limits_.free_tries; i < failures && delay < limits_.longest_delay; ++i)
        delay *= 2;
    return std::min(delay, limits_.longest_delay);
}

bool Throttle::is_known(const Attempts& attempts, UtcTime now) const {
    return attempts.succeeded_at && now - *attempts.succeeded_at < limits_.known_for;
}

void Throttle::forget(Attempts& attempts, UtcTime now) const {
    drop_older(attempts.checks, now, kDay);
    attempts.last_at = std::min(attempts.last_at, now);
    if (attempts.succeeded_at) attempts.succeeded_at = std::min(*attempts.succeeded_at, now);
    if (now - attempts.last_at >= kDay) attempts.failures = 0;
}

// Names that do not exist cost memory until nothing of the last day is left of them.
void Throttle::sweep(UtcTime now) {
    if (now >= swept_at_ && now - swept_at_ < kSweepEvery) return;
    swept_at_ = now;
    for (auto at = attempts_.begin(); at != attempts_.end();) {
        forget(at->second, now);
        const bool empty = at->second.checks.empty() && at->second.failures == 0;
        at = empty && !is_known(at->second, now) ? attempts_.erase(at) : std::next(at);
    }
    for (auto at = by_uid_.begin(); at != by_uid_.end();) {
        drop_older(at->second, now, kMinute);
        at = at->second.empty() ? by_uid_.erase(at) : std::next(at);
    }
}

Duration Throttle::wait_of_uid(ports::PeerUid uid, UtcTime now) {
    const auto found = by_uid_.find(uid);
    if (found == by_uid_.end()) return Duration{0};
    drop_older(found->second, now, kMinute);
    if (found->second.size() < limits_.checks_per_minute) return Duration{0};
    return found->second.front() + kMinute - now;
}

Duration Throttle::wait_of_account(const Key& key, UtcTime now) {
    Duration wait{0};
    bool known = false;
    std::vector<UtcTime> all, strangers;
    for (auto at = attempts_.lower_bound({key.first, 0});
         at != attempts_.end() && at->first.first == key.first; ++at) {
        Attempts& attempts = at->second;
        forget(attempts, now);
        const auto& checks = attempts.checks;
        all.insert(all.end(), checks.begin(), checks.end());
        if (!is_known(attempts, now))
            strangers.insert(strangers.end(), checks.begin(), checks.end());
        if (at->first.second != key.second) continue;
        known = is_known(attempts, now);
        if (const Duration delay = delay_after(attempts.failures); delay > Duration{0})
            wait = std::max(wait, attempts.last_at + delay - now);
        wait =
            std::max(wait, until_below({checks.begin(), checks.end()}, limits_.uid_per_day, now));
    }
    std::ranges::sort(all);
    wait = std::max(wait, until_below(all, limits_.checks_per_day, now));
    if (known) return wait;
    std::ranges::sort(strangers);
    return std::max(wait, until_below(strangers, limits_.strangers_per_day, now));
}

std::optional<Duration> Throttle::admit(std::string_view account, ports::PeerUid uid, UtcTime now) {
    sweep(now);
    const Key key{account.substr(0, kLongestName), uid};
    const Duration wait = std::max(wait_of_uid(uid, now), wait_of_account(key, now));
    if (wait > Duration{0}) return wait;
    by_uid_[uid].push_back(now);
    Attempts& attempts = attempts_[key];
    attempts.checks.push_back(now);
    ++attempts.failures;
    attempts.last_at = now;
    return std::nullopt;
}

Throttle::Attempts* Throttle::find(std::string_view account, ports::PeerUid uid) {
    const auto found = attempts_.find({std::string{account.substr(0, kLongestName)}, uid});
    return found == attempts_.end() ? nullptr : &found->second;
}

void Throttle::succeeded(std::string_view account, ports::PeerUid uid, UtcTime now) {
    Attempts* const attempts = find(account, uid);
    if (attempts == nullptr) return;
    if (!attempts->checks.empty()) attempts->checks.pop_back();
    attempts->failures = 0;
    attempts->succeeded_at = now;
}

void Throttle::give_back(std::string_view account, ports::PeerUid uid) {
    Attempts* const attempts = find(account, uid);
    if (attempts == nullptr) return;
    if (!attempts->checks.empty()) attempts->checks.pop_back();
    if (attempts->failures > 0) --attempts->failures;
    if (const auto of_uid = by_uid_.find(uid); of_uid != by_uid_.end() && !of_uid->second.empty())
        of_uid->second.pop_back();
}

ports::AttemptRow Throttle::to_row(const Key& key, const Attempts& attempts) {
    return {.account = key.first,
            .uid = key.second,
            .checks = {attempts.checks.begin(), attempts.checks.end()},
            .failures = attempts.failures,
            .last_at = attempts.last_at,
            .succeeded_at = attempts.succeeded_at};
}

std::optional<ports::AttemptRow> Throttle::row(std::string_view account, ports::PeerUid uid) const {
    const auto found = attempts_.find({std::string{account.substr(0, kLongestName)}, uid});
    if (found == attempts_.end()) return std::nullopt;
    return to_row(found->first, found->second);
}

std::vector<ports::AttemptRow> Throttle::rows(UtcTime now) const {
    std::vector<ports::AttemptRow> rows;
    for (const auto& [key, kept] : attempts_) {
        Attempts attempts = kept;
        forget(attempts, now);
        if (attempts.checks.empty() && attempts.failures == 0 && !is_known(attempts, now)) continue;
        rows.push_back(to_row(key, attempts));
    }
    return rows;
}

void Throttle::load(const std::vector<ports::AttemptRow>& rows) {
    for (const ports::AttemptRow& row : rows)
        attempts_.try_emplace({row.account, row.uid},
                              Attempts{.checks = {row.checks.begin(), row.checks.end()},
                                       .failures = row.failures,
                                       .last_at = row.last_at,
                                       .succeeded_at = row.succeeded_at});
}

}  // namespace vault::identity
