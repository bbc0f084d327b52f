#include "tests/simulation/process.hpp"

namespace vault::simulation {
namespace {

constexpr ShardId kShard{1};

}  // namespace

Process::Process(EventQueue& queue, FaultyStore& store, const Plan& plan)
    : queue_(queue), store_(store), plan_(plan), feeds_(plan) {}

void Process::start() {
    ++life_;
    draining_ = false;
    scheduler_ = std::make_unique<ProcessScheduler>(queue_);
    auto make_shard = [this] {
        return std::make_unique<engine::Shard>(kShard, plan_.engine, feeds_, queue_.clock(), log_);
    };
    loop_ = std::make_unique<engine::TurnLoop>(*scheduler_, store_, make_shard, kShard,
                                               engine::DriverOptions{}, queue_.clock(), log_);
    loop_->on_fenced = [this, life = life_] {
        queue_.in(SteadyTime{1}, [this, life] {
            if (life != life_ || !up()) return;
            ++fenced;
            restart();
        });
    };
    loop_->on_events = on_events;
    scripts_ = std::make_unique<SimulatedScripts>(queue_);
    scripts_->tell(loop_->script_listener());
    loop_->run_scripts_by(*scripts_);
    if (loop_->start()) {
        if (on_birth) on_birth(loop_->shard()->last_event());
        return;
    }
    ++starts_failed;
    end();
    queue_.in(std::chrono::seconds{1}, [this] {
        if (!up()) start();
    });
}

void Process::end() {
    if (on_death) on_death();
    reloads_before_ = reloads();
    turns_before_ = turns();
    loop_.reset();
    scripts_.reset();
    scheduler_.reset();
}

void Process::crash(SteadyTime pause) {
    if (!up()) return;
    ++crashes;
    end();
    store_.crash();
    queue_.in(pause, [this] {
        if (!up()) start();
    });
}

void Process::restart() {
    if (!up() || std::exchange(draining_, true)) return;
    ++restarts;
    loop_->drain([this, life = life_](bool) {
        // Not from inside the loop that is about to go.
        queue_.in(SteadyTime{1}, [this, life] {
            if (life != life_ || !up()) return;
            store_.close();
            end();
            queue_.in(std::chrono::milliseconds{200}, [this] {
                if (!up()) start();
            });
        });
    });
}

const engine::World* Process::world() const {
    return up() && loop_->shard() != nullptr ? &loop_->shard()->world() : nullptr;
}

std::uint64_t Process::reloads() const {
    return reloads_before_ + (up() ? loop_->progress().reloads.load() : 0);
}

std::uint64_t Process::turns() const {
    return turns_before_ + (up() ? loop_->progress().turns.load() : 0);
}

}  // namespace vault::simulation
