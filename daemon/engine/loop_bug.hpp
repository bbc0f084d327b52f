#pragma once
// Deliberate faults of the turn loop and of loading, so that the simulation can show that it would
// see them; those of the sleeves and of the ledger are planted elsewhere. They exist in test builds
// only: elsewhere VAULT_LOOP_PLANTED(x) is the constant false.
#ifdef VAULT_TESTING

#include <cstdint>

namespace vault::engine {

enum class LoopBug : std::uint8_t {
    None,
    ReplyBeforeDurable,      // a reply leaves before its batch is durable
    HoldLostOnReload,        // a pause that was not durable yet is forgotten with its batch
    FailureSaysNothingDone,  // a lost answer is reported as a failure without reading the mark
    StaleReportBelieved,     // reports of batches from before a reload count
    RepeatForgottenOnLoad,   // idempotency keys are not loaded
    OrderNumberReused,       // the last order's number is given again after a load
    TrackerNotLoaded,        // the strategy's state is not loaded
    HoldNotLoaded,           // a vault's pause or halt is not loaded
};
inline thread_local LoopBug loop_bug = LoopBug::None;

}  // namespace vault::engine

#define VAULT_LOOP_PLANTED(bug) (::vault::engine::loop_bug == ::vault::engine::LoopBug::bug)
#else
#define VAULT_LOOP_PLANTED(bug) false
#endif
