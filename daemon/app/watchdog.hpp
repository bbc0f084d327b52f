#pragma once
// Watchdog: whether every loop of the daemon makes progress. Each loop leaves the time of its last
// round where any thread may read it; what has nothing to do counts as going round. A loop that has
// not for its limit is stuck: health says so, and neither the service manager nor the heartbeat's
// receiver hears from the daemon any more. Owned by the App; check() and alive() from any thread.
#include "common/base/clock.hpp"
#include "daemon/ports/progress.hpp"

#include <functional>
#include <vector>

namespace vault::app {

class Watchdog {
  public:
    struct Loop {
        const char* name;
        const char* does;  // "runs turns"
        SteadyTime limit;
        // When it last made progress, of the steady clock; `now` if it has nothing to do.
        std::function<SteadyTime(SteadyTime now)> last;
    };

    explicit Watchdog(const Clock& clock) : clock_(clock) {}
    // Before anybody asks.
    void watch(Loop loop) { loops_.push_back(std::move(loop)); }

    std::vector<ports::LoopCheck> check() const;
    bool alive() const;

  private:
    const Clock& clock_;
    std::vector<Loop> loops_;
};

}  // namespace vault::app
