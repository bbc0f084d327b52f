#pragma once
// SimulatedScripts: whoever runs users' scripts for one simulated process. Each script decides by a
// seeded rule of what it is shown and of the state that it left, never of the time of day, so the
// same ticks bring the same decisions whatever the process goes through. Now and then one is late,
// and is started again. It dies with its process; one thread; tests only.
#include "daemon/ports/script_host.hpp"
#include "tests/simulation/virtual_time.hpp"

namespace vault::simulation {

class SimulatedScripts final : public ports::ScriptHost {
  public:
    explicit SimulatedScripts(EventQueue& queue) : queue_(queue) {}
    // Once, before the first start().
    void tell(ports::ScriptListener& listener) { listener_ = &listener; }

    Result<void> start(const ports::ScriptSpec& spec) override;
    void tick(const std::string& script, const ports::ScriptTick& tick) override;
    void stop(const std::string& script) override;
    std::vector<ports::ScriptStatus> status() const override;

  private:
    struct Script {  // owned here; what is queued for it holds it weakly
        ports::ScriptStatus status;
        std::deque<ports::ScriptTick> waiting;
        bool busy = false;  // with the first of them
    };
    using Kept = std::shared_ptr<Script>;
    void enter(const Kept& script, ports::ScriptPhase phase);
    void become_ready(const Kept& script, SteadyTime delay);
    void go_on(const Kept& script);
    void answer(const Kept& script);

    EventQueue& queue_;
    ports::ScriptListener* listener_ = nullptr;
    std::map<std::string, Kept> scripts_;
};

}  // namespace vault::simulation
