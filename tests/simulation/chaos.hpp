#pragma once
// Chaos: the faults of a run, struck at random moments drawn from its seed, and healed at its end.
// Owned by a run; tests only.
#include "tests/simulation/oracle.hpp"
#include "tests/simulation/process.hpp"

namespace vault::simulation {

class Chaos {
  public:
    Chaos(EventQueue& queue, FaultyStore& store, Process& process, Oracle& oracle,
          const Plan& plan);
    void begin();
    // From now on nothing fails any more.
    void heal();

  private:
    void next();
    void strike(Fault fault);
    void slow();
    void outage();
    void fill_disk();
    SteadyTime some(std::int64_t most_ms);

    EventQueue& queue_;
    FaultyStore& store_;
    Process& process_;
    Oracle& oracle_;
    const Plan& plan_;
    Random random_;
    std::vector<Fault> faults_;  // those that strike at moments
    std::uint64_t disk_ = 0;     // counts changes, so that an old one is not acted on
    bool healed_ = false;
};

}  // namespace vault::simulation
