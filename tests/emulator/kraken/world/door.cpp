#include "tests/emulator/kraken/world/door.hpp"

namespace vault::kraken_emulator {

bool Door::lets_connect(const std::string& address, Moment now) {
    if (limits_.connects == 0) return true;
    Connects& of = connects_[address];
    if (of.banned_until > now) return false;
    while (!of.recent.empty() && of.recent.front() + kWindow <= now)
        of.recent.pop_front();
    of.recent.push_back(now);
    if (std::ssize(of.recent) <= limits_.connects) return true;
    of.banned_until = now + kBan;
    return false;
}

bool Door::lets_ask(const std::string& address, Moment now) {
    if (limits_.public_calls == 0) return true;
    DecayingCount& calls = public_[address];
    const std::int64_t decay = limits_.public_calls * 1'000;
    if (!calls.has_room(1, limits_.public_calls, decay, now)) return false;
    calls.add(1, decay, now);
    return true;
}

std::optional<Moment> Door::busy_until(const std::string& key, Moment now) {
    if (limits_.concurrent == 0) return std::nullopt;
    std::multiset<Moment>& running = running_[key];
    running.erase(running.begin(), running.upper_bound(now));
    if (std::ssize(running) < limits_.concurrent) return std::nullopt;
    return *running.begin();
}

}  // namespace vault::kraken_emulator
