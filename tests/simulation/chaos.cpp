#include "tests/simulation/chaos.hpp"

namespace vault::simulation {
namespace {

constexpr SteadyTime kQuick = std::chrono::milliseconds{4};
constexpr SteadyTime kSlow = std::chrono::milliseconds{1'500};
// The loop looks at the disk at least that often.
constexpr SteadyTime kDiskSeen = std::chrono::milliseconds{600};

}  // namespace

Chaos::Chaos(EventQueue& queue, FaultyStore& store, Process& process, Oracle& oracle,
             const Plan& plan)
    : queue_(queue),
      store_(store),
      process_(process),
      oracle_(oracle),
      plan_(plan),
      random_(split_seed(plan.seed, 3)) {
    for (const Fault fault : plan.faults)
        if (fault != Fault::Fail && fault != Fault::Unknown) faults_.push_back(fault);
}

SteadyTime Chaos::some(std::int64_t most_ms) {
    return std::chrono::milliseconds{
        1 + static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(most_ms)))};
}

void Chaos::begin() {
    store_.set_faults(plan_.store);
    next();
}

void Chaos::next() {
    if (faults_.empty()) return;
    queue_.in(some(3'000), [this] {
        if (healed_) return;
        strike(faults_[random_.below(faults_.size())]);
        next();
    });
}

void Chaos::strike(Fault fault) {
    switch (fault) {
        case Fault::Fail:
        case Fault::Unknown: return;
        case Fault::Slow: return slow();
        case Fault::Outage: return outage();
        case Fault::Crash: return process_.crash(some(1'500));
        case Fault::Restart: return process_.restart();
        case Fault::Fence: return store_.steal(ShardId{1});
        case Fault::Disk: return fill_disk();
    }
}

void Chaos::slow() {
    store_.set_latency(kSlow);
    queue_.in(some(3'000), [this] { store_.set_latency(kQuick); });
}

void Chaos::outage() {
    store_.set_down(true);
    queue_.in(some(random_.below(8) == 0 ? 60'000 : 4'000), [this] { store_.set_down(false); });
}

void Chaos::fill_disk() {
    const std::uint64_t mine = ++disk_;
    store_.set_buys_stopped(true);
    queue_.in(kDiskSeen, [this, mine] {
        if (mine != disk_ || !process_.up()) return;
        oracle_.on_buys_stopped(BatchNo{process_.loop().progress().batch.load() + 1});
    });
    queue_.in(kDiskSeen + some(4'000), [this, mine] {
        if (mine != disk_) return;
        ++disk_;
        oracle_.on_buys_stopped(std::nullopt);
        store_.set_buys_stopped(false);
    });
}

void Chaos::heal() {
    healed_ = true;
    ++disk_;
    oracle_.on_buys_stopped(std::nullopt);
    store_.set_buys_stopped(false);
    store_.set_faults({});
    store_.set_down(false);
    store_.set_latency(kQuick);
}

}  // namespace vault::simulation
