#pragma once
// Nonces: the numbers that Kraken wants in each private call, higher than any before on that key.
// One row for all keys of the process: nanoseconds of the wall clock, and one more than the last
// where the clock stands, is read twice in its millisecond or was set back. So no number comes
// twice, whichever keys come and go. After a restart with a clock that was set back they are too
// low, and Kraken says so. Owned by Rest; its thread; cannot fail.
#include "common/base/clock.hpp"

#include <algorithm>
#include <cstdint>

namespace vault::exchange::kraken {

class Nonces {
  public:
    explicit Nonces(const Clock& clock) : clock_(clock) {}

    // > 0. A wall clock before 1970 counts as 1970.
    std::uint64_t next() {
        const std::chrono::nanoseconds now = clock_.now().time_since_epoch();
        const auto ns = static_cast<std::uint64_t>(std::max<std::int64_t>(now.count(), 0));
        last_ = std::max(last_ + 1, ns);
        return last_;
    }

  private:
    const Clock& clock_;
    std::uint64_t last_ = 0;
};

}  // namespace vault::exchange::kraken
