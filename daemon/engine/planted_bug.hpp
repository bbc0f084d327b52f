#pragma once
// Deliberate faults of the engine, one per group of invariants, so that its property tests can show
// that they would see one (the ledger has its own, daemon/ledger/planted_bug.hpp). They exist in
// test builds only: elsewhere VAULT_ENGINE_PLANTED(x) is the constant false.
#ifdef VAULT_TESTING

#include <cstdint>

namespace vault::engine {

enum class PlantedBug : std::uint8_t {
    None,
    BuyWhilePaused,        // a pause does not reach the strategy
    HoldOfOtherSleeve,     // a sleeve listens to its sibling's hold
    HaltForgottenOnLoad,   // a restart sets halted sleeves and vaults free
    TrackerLostOnLoad,     // a restart forgets the strategy's trackers and timers
    AllocationLostOnLoad,  // a restart forgets an unallocate request
    IntentSentTwice,       // the venue gets a second order that nobody wrote down
    LockKeptAtEnd,         // what is left of a buy's lock does not come back
    SweepWithLiveOrder,    // a sweep does not wait for the sleeve's other orders
    StuckLoops,            // a position below the minimum is sent for sale again and again
    CapTripsTooLate,       // the daily loss is looked at after the buy, not before
    HandSaleGuessed,       // a sale by hand is booked to the first position that could explain it
    LiquidationNeverEnds,  // a liquidated vault stays liquidating
    DayClosedTwice,        // midnight writes its rows for every tick that follows
    // Of the turn loop and of loading, for the simulation:
    ReplyBeforeDurable,      // a reply leaves before its batch is durable
    HoldLostOnReload,        // a pause that was not durable yet is forgotten with its batch
    FailureSaysNothingDone,  // a lost answer is reported as a failure without looking
    StaleReportBelieved,     // reports of batches from before a reload count
    RepeatForgottenOnLoad,   // idempotency keys are not loaded
    OrderNumberReused,       // the last order's number is given again after a load
    LostEventsTold,          // events of a batch that was lost are told when its number is reused
};
inline thread_local PlantedBug planted_bug = PlantedBug::None;

}  // namespace vault::engine

#define VAULT_ENGINE_PLANTED(bug) (::vault::engine::planted_bug == ::vault::engine::PlantedBug::bug)
#else
#define VAULT_ENGINE_PLANTED(bug) false
#endif
