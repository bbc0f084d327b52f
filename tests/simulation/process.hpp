#pragma once
// Process: one vaultd as the simulation sees it: a turn loop with its shard on the simulated store,
// that can be started, killed at any event, or shut down. What it owes its callers when it dies is
// lost, as over a closed socket. Owned by a run; tests only.
#include "daemon/engine/turn_loop.hpp"
#include "tests/simulation/faulty_store.hpp"
#include "tests/simulation/plan.hpp"
#include "tests/simulation/simulated_scripts.hpp"

namespace vault::simulation {

class Process {
  public:
    Process(EventQueue& queue, FaultyStore& store, const Plan& plan);

    // Starts, and tries again each second while the store is down.
    void start();
    // kill -9. Starts again after `pause`.
    void crash(SteadyTime pause);
    // SIGTERM: drains, ends, starts again.
    void restart();

    bool up() const { return loop_ != nullptr; }
    engine::TurnLoop& loop() { return *loop_; }
    // Null while the process is down or its store cannot be loaded.
    const engine::World* world() const;
    // Which life it is; an answer of an earlier life never comes.
    std::uint64_t life() const { return life_; }

    std::function<void()> on_death;  // called before the memory goes
    // What subscribers see: that a life begins after this event, and the events that it tells.
    std::function<void(std::uint64_t)> on_birth;
    std::function<void(const ports::EventPage&)> on_events;

    std::uint64_t crashes = 0, restarts = 0, fenced = 0, starts_failed = 0;
    std::uint64_t reloads() const;
    std::uint64_t turns() const;

  private:
    void end();

    EventQueue& queue_;
    FaultyStore& store_;
    const Plan& plan_;
    SimulatedFeeds feeds_;
    NullLogger log_;
    std::unique_ptr<ProcessScheduler> scheduler_;
    std::unique_ptr<SimulatedScripts> scripts_;
    std::unique_ptr<engine::TurnLoop> loop_;
    std::uint64_t life_ = 0;
    std::uint64_t reloads_before_ = 0, turns_before_ = 0;
    bool draining_ = false;
};

}  // namespace vault::simulation
