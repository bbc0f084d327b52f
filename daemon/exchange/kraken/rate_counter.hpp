#pragma once
// RateCounter: our count of what Kraken counts per API key (docs.kraken.com, "Spot REST rate
// limits"): each call adds its cost, time takes away, and a call past the maximum is refused. Kept
// in millionths, so that no part of a call is lost between two reads of the clock. A value; pure;
// cannot fail.
#include "common/base/clock.hpp"

#include <cstdint>

namespace vault::exchange::kraken {

// Of the account's verification at Kraken.
enum class Tier : std::uint8_t { Starter, Intermediate, Pro };

class RateCounter {
  public:
    // Times are those of Clock::steady() and do not go back.
    void set_tier(Tier tier) { tier_ = tier; }
    // How long until a call of that cost fits; 0: now. `cost` is at most the tier's maximum.
    Duration wait_for(std::uint32_t cost, SteadyTime now) const;
    void add(std::uint32_t cost, SteadyTime now);
    // Kraken counts more than we do: as if the maximum was reached now.
    void fill(SteadyTime now);
    bool is_empty(SteadyTime now) const { return count_at(now) == 0; }

  private:
    std::int64_t count_at(SteadyTime now) const;

    Tier tier_ = Tier::Starter;  // the lowest
    std::int64_t count_ = 0;     // millionths of a call, at `at_`
    SteadyTime at_{0};
};

}  // namespace vault::exchange::kraken
