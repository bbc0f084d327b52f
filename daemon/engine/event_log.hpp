#pragma once
// The event log of a batch: what its rows say happened, one line each, for the people and programs
// that follow along, beside what the machines told in words (Recorder::event). A function of the
// rows alone, so that the log cannot say what was not recorded. The shard's thread; cannot fail.
#include "daemon/engine/world.hpp"
#include "daemon/ports/store.hpp"

namespace vault::engine {

// Adds to batch.events the lines of its orders, fills, cycles, sweeps, allocations and holds, by
// the time at which they happened, and numbers all of them from `last` + 1. Returns the last
// number.
std::uint64_t write_event_log(ports::Batch& batch, const World& world, std::uint64_t last);

// The names of the users whose events these are.
ports::UserNames owners_of(const std::vector<ports::EventRow>& events, const World& world);

}  // namespace vault::engine
