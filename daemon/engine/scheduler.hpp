#pragma once
// Scheduler: what the turn loop needs from the thread that it runs on: a way to do something soon,
// and one alarm. The daemon gives it an Asio executor and a timer (driver.hpp), the simulator a
// seeded queue under a virtual clock, so both run the same loop. Owned by whoever owns the thread;
// it outlives the loop.
#include "common/base/clock.hpp"

#include <functional>

namespace vault::engine {

class Scheduler {
  public:
    virtual ~Scheduler() = default;
    // Runs `work` on the loop's thread, in the order of the calls, never inside the call. May be
    // called from any thread.
    virtual void post(std::function<void()> work) = 0;
    // Runs `alarm` on the loop's thread once the steady clock has reached `at`; forgets the alarm
    // set before. Loop's thread only.
    virtual void wake_at(SteadyTime at, std::function<void()> alarm) = 0;
    virtual void cancel_alarm() = 0;
};

}  // namespace vault::engine
