#pragma once
// Door: how much one address or one API key may ask at once, beside the counters of keys and
// engine. All of it is off until it is asked for, so that a test of load is not turned away. One
// thread.
#include "tests/emulator/kraken/exchange/decaying_count.hpp"

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace vault::kraken_emulator {

// Zero is without limit.
struct DoorLimits {
    std::int64_t connects = 0;      // sockets of an address in any ten minutes; Kraken: about 150
    std::int64_t public_calls = 0;  // of an address each second
    std::int64_t concurrent = 0;    // calls of a key that are not answered or done yet
};

class Door {
  public:
    static constexpr Span kWindow = std::chrono::minutes{10};
    static constexpr Span kBan = std::chrono::minutes{10};

    void set_limits(const DoorLimits& limits) { limits_ = limits; }
    const DoorLimits& limits() const { return limits_; }

    // Counts the attempt. One too many bans the address for a while.
    bool lets_connect(const std::string& address, Moment now);
    // Counts a public call.
    bool lets_ask(const std::string& address, Moment now);
    // Until when that key has too many calls at once; nullopt: it may have one more.
    std::optional<Moment> busy_until(const std::string& key, Moment now);
    // A call of that key takes until then.
    void take(const std::string& key, Moment until) { running_[key].insert(until); }

  private:
    struct Connects {
        std::deque<Moment> recent;
        Moment banned_until = kNever;
    };
    DoorLimits limits_;
    std::map<std::string, Connects> connects_;              // by address
    std::map<std::string, DecayingCount> public_;           // by address
    std::map<std::string, std::multiset<Moment>> running_;  // by name of the key
};

}  // namespace vault::kraken_emulator
