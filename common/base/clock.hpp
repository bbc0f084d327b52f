#pragma once
// Clock: the only source of time. The daemon owns one SystemClock and hands references down; tests
// and the simulator use a ManualClock. Reading is thread-safe for SystemClock only.
#include "common/base/time.hpp"

#include <chrono>

namespace vault {

using SteadyTime = std::chrono::nanoseconds;  // since an arbitrary start, never goes back

class Clock {
  public:
    virtual ~Clock() = default;
    virtual UtcTime now() const = 0;
    virtual SteadyTime steady() const = 0;
};

class SystemClock final : public Clock {
  public:
    UtcTime now() const override;
    SteadyTime steady() const override;
};

class ManualClock final : public Clock {
  public:
    explicit ManualClock(UtcTime start) : now_(start) {}
    UtcTime now() const override { return now_; }
    SteadyTime steady() const override { return steady_; }
    void advance(Duration step) {
        now_ += step;
        steady_ += step;
    }
    // Moves the wall clock only, as an operator or NTP would; steady time does not follow.
    void set(UtcTime time) { now_ = time; }

  private:
    UtcTime now_;
    SteadyTime steady_{0};
};

}  // namespace vault
