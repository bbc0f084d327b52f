#include "tests/simulation/virtual_time.hpp"

namespace vault::simulation {

std::uint64_t split_seed(std::uint64_t seed, std::uint64_t purpose) {
    return Random{seed ^ (purpose * 0x9e3779b97f4a7c15ULL)}.next();
}

void EventQueue::at(SteadyTime time, std::function<void()> event) {
    events_.emplace(std::tuple{time, random_.next(), ++seq_}, std::move(event));
}

bool EventQueue::run_one() {
    if (events_.empty()) return false;
    auto first = events_.extract(events_.begin());
    clock_.advance_to(std::get<0>(first.key()));
    ++ran_;
    first.mapped()();
    return true;
}

ProcessScheduler::ProcessScheduler(EventQueue& queue)
    : queue_(queue), state_(std::make_shared<State>()) {}

ProcessScheduler::~ProcessScheduler() {
    state_->alive = false;
}

// An executor keeps the order of what was posted, so each event runs the oldest of it.
void ProcessScheduler::post(std::function<void()> work) {
    state_->posted.push_back(std::move(work));
    const SteadyTime delay{static_cast<std::int64_t>(queue_.random().below(200'000))};
    queue_.in(delay, [state = state_] {
        if (!state->alive) return;
        const std::function<void()> next = std::move(state->posted.front());
        state->posted.pop_front();
        next();
    });
}

void ProcessScheduler::wake_at(SteadyTime at, std::function<void()> alarm) {
    const std::uint64_t mine = ++state_->alarm;
    queue_.at(at, [state = state_, mine, alarm = std::move(alarm)] {
        if (state->alive && mine == state->alarm) alarm();
    });
}

void ProcessScheduler::cancel_alarm() {
    ++state_->alarm;
}

}  // namespace vault::simulation
