#pragma once
// LiveClock: the time that live markets live in. It is the wall clock's, but it never goes back and
// does not follow each jump: what a sleeve waits for (checks, cooldowns, a day's end) would stand
// still until a clock that was put forward by mistake is reached again. It runs by the steady
// clock. A wall clock that is ahead is believed after a minute of it; one that is behind is waited
// for at half the speed. A value; the shard's thread.
#include "common/base/clock.hpp"

#include <optional>

namespace vault::engine {

class LiveClock {
  public:
    // `at_least`: the newest time that the markets have seen; it counts at the first call alone.
    UtcTime now(const Clock& clock, UtcTime at_least);

  private:
    std::optional<UtcTime> time_;
    SteadyTime read_at_{};
    std::optional<SteadyTime> ahead_since_;  // the wall clock is
};

}  // namespace vault::engine
