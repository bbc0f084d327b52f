#pragma once
// DecayingCount: a count that falls linearly with time, exact to 10^-12 of a point. All of Kraken's
// rate limits are such counts. One thread.
#include "tests/emulator/kraken/exchange/moment.hpp"

#include <cstdint>

namespace vault::kraken_emulator {

class DecayingCount {
  public:
    // `decay` in thousandths of a point per second, at least 1.
    void add(std::int64_t points, std::int64_t decay, Moment now);
    // Whether it is at most `most` points once `more` are added.
    bool has_room(std::int64_t more, std::int64_t most, std::int64_t decay, Moment now) const;
    // Whole points, rounded up.
    std::int64_t points(std::int64_t decay, Moment now) const;

  private:
    std::int64_t value(std::int64_t decay, Moment now) const;

    std::int64_t value_ = 0;  // in 10^-12 points
    Moment at_{};
};

}  // namespace vault::kraken_emulator
