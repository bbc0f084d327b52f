#pragma once
// Time and order of a simulated machine: a clock that only the simulation moves, a queue of events
// ordered by (virtual time, random tie, sequence), and the Scheduler of one simulated process on
// top of them. Everything is a function of the seed. One thread; tests only.
#include "common/base/clock.hpp"
#include "common/base/random.hpp"
#include "daemon/engine/scheduler.hpp"

#include <deque>
#include <map>
#include <memory>
#include <tuple>

namespace vault::simulation {

// A seed of its own for each purpose, so that more draws for one do not change another.
std::uint64_t split_seed(std::uint64_t seed, std::uint64_t purpose);

// Reading the steady clock costs `read_cost`: that is how work takes time.
class VirtualClock final : public Clock {
  public:
    VirtualClock(UtcTime start, SteadyTime read_cost) : start_(start), read_cost_(read_cost) {}
    UtcTime now() const override { return start_ + std::chrono::floor<Duration>(steady_); }
    SteadyTime steady() const override { return steady_ += read_cost_; }
    SteadyTime peek() const { return steady_; }
    void advance_to(SteadyTime at) { steady_ = std::max(steady_, at); }

  private:
    UtcTime start_;
    SteadyTime read_cost_;
    mutable SteadyTime steady_{0};
};

class EventQueue {
  public:
    EventQueue(VirtualClock& clock, std::uint64_t seed) : clock_(clock), random_(seed) {}
    void at(SteadyTime time, std::function<void()> event);
    void in(SteadyTime delay, std::function<void()> event) {
        at(clock_.peek() + delay, std::move(event));
    }
    // Runs the next event. False if there is none.
    bool run_one();
    std::uint64_t events() const { return ran_; }
    Random& random() { return random_; }
    VirtualClock& clock() { return clock_; }

  private:
    VirtualClock& clock_;
    Random random_;
    std::map<std::tuple<SteadyTime, std::uint64_t, std::uint64_t>, std::function<void()>> events_;
    std::uint64_t seq_ = 0;
    std::uint64_t ran_ = 0;
};

// What one process has scheduled dies with it.
class ProcessScheduler final : public engine::Scheduler {
  public:
    explicit ProcessScheduler(EventQueue& queue);
    ~ProcessScheduler() override;
    ProcessScheduler(const ProcessScheduler&) = delete;
    ProcessScheduler& operator=(const ProcessScheduler&) = delete;
    void post(std::function<void()> work) override;
    void wake_at(SteadyTime at, std::function<void()> alarm) override;
    void cancel_alarm() override;

  private:
    struct State {  // owned by the scheduler and by its events that are still queued
        bool alive = true;
        std::deque<std::function<void()>> posted;
        std::uint64_t alarm = 0;
    };
    EventQueue& queue_;
    std::shared_ptr<State> state_;
};

}  // namespace vault::simulation
