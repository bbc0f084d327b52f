#pragma once
// Lockstep: the same commands at the same virtual instants, once on a store that never fails and
// once with failures, lost answers, outages and crashes. Each command is repeated with its key
// until its answer is final, so both lives must leave the same journals, byte for byte, and the
// same stored state of every vault, sleeve and account. Tests only.
#include "tests/simulation/run.hpp"

namespace vault::simulation {

// Complains about every difference. The plan's faults are those of the second life; a full disk is
// left out, because it changes what is bought.
RunReport run_lockstep(const Plan& plan);

}  // namespace vault::simulation
