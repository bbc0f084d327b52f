#pragma once
// Deliberate faults, one per invariant group, so that the property tests can show that they would
// see one. They exist in test builds only: elsewhere VAULT_PLANTED(x) is the constant false. A test
// of the whole program names one by its number in the variable VAULT_PLANTED_BUG.
#ifdef VAULT_TESTING

#include <cstdint>
#include <cstdlib>

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
inline PlantedBug bug_of_environment() {
    const char* const number = std::getenv("VAULT_PLANTED_BUG");
    return number == nullptr ? PlantedBug::None : static_cast<PlantedBug>(std::atoi(number));
}
inline thread_local PlantedBug planted_bug = bug_of_environment();

}  // namespace vault::ledger

#define VAULT_PLANTED(bug) (::vault::ledger::planted_bug == ::vault::ledger::PlantedBug::bug)
#else
#define VAULT_PLANTED(bug) false
#endif
