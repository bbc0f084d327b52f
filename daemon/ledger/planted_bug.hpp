#pragma once
// Deliberate faults, one per invariant group, so that the property tests can show that they would
// see one. They exist in test builds only: elsewhere VAULT_PLANTED(x) is the constant false.
#ifdef VAULT_TESTING

#include <cstdint>

namespace vault::ledger {

enum class PlantedBug : std::uint8_t {
    None,
    UnbalancedPosting,
    NegativeCash,
    PrincipalNotLowered,
    FeeNotBooked,
    CostNotClearedAtLastCoin,
    SweepTwice,
    SweepWithLiveOrder,
    SweepsPrincipal,
    PendingLost,
    PendingJoinsEarly,
    RequestPaidAboveCash,
    CapIgnored,
    ReserveFundsOrder,
    ThirdFeeMovesCash,
    LockNotReturned,
    OtherSleeveCoins,
    ShortfallForgotten,
    WrongHash,
    DuplicateCauseAccepted,
    QuietSweepsOnClose,
};
inline thread_local PlantedBug planted_bug = PlantedBug::None;

}  // namespace vault::ledger

#define VAULT_PLANTED(bug) (::vault::ledger::planted_bug == ::vault::ledger::PlantedBug::bug)
#else
#define VAULT_PLANTED(bug) false
#endif
