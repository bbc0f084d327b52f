#pragma once
// Stage: the parts that every simulated run is played with, put together: virtual time, a store
// with faults, one process on it, its clients, and the oracle that watches. Owned by a run; one
// thread; tests only. What never ends becomes a complaint of the oracle.
#include "tests/simulation/chaos.hpp"
#include "tests/simulation/clients.hpp"
#include "tests/simulation/run.hpp"

namespace vault::simulation {

struct Stage {
    // `on_batch` is called after the oracle has read a batch that became durable.
    Stage(const Plan& the_plan, std::function<void(const ports::Batch&)> on_batch);
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    bool sound() const { return oracle.complaints().empty(); }
    void begin();
    // Lets time pass until `done`, or until something is wrong.
    void until(const std::function<bool()>& done, const char* what);
    // Sends one after the other until each has a final answer.
    void script(std::vector<Draft> drafts);
    // The last look at a world that is up and wholly durable.
    void finish();
    // Adds what was lived through.
    void tell(RunReport& out, std::uint64_t days) const;

    const Plan& plan;
    VirtualClock clock;
    EventQueue queue;
    Oracle oracle;
    FaultyStore store;
    Process process;
    Clients clients;
    Chaos chaos;
};

// Every account of the plan.
std::vector<AccountId> accounts_of(const Plan& plan);

}  // namespace vault::simulation
