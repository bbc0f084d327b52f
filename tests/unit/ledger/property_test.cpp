#include "daemon/ledger/planted_bug.hpp"
#include "tests/unit/ledger/random_world.hpp"

#include <gtest/gtest.h>

namespace vault::ledger::test {
namespace {

constexpr int kSteps = 200;

TEST(LedgerProperty, RandomSequencesAgreeWithThePlainModelToTheLastDigit) {
    EXPECT_EQ(run_worlds(property_sequences(2000), kSteps), "");
}

// A generator that never reaches an event proves nothing about it.
TEST(LedgerProperty, TheSequencesReachEveryKindOfEntryAndRefusal) {
    std::map<EntryKind, int> kinds;
    std::map<Errc, int> refusals;
    int underfunded = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        RandomWorld world{seed};
        ASSERT_TRUE(world.run(kSteps)) << "seed " << seed << ": " << world.failure();
        for (const Entry& entry : world.journal())
            ++kinds[entry.kind];
        for (const auto& [code, count] : world.refusals())
            refusals[code] += count;
        underfunded += world.buys_while_underfunded();
    }
    EXPECT_GE(underfunded, 20);
    for (std::size_t i = 0; i < kEntryKinds; ++i) {
        const auto kind = static_cast<EntryKind>(i);
        EXPECT_GE(kinds[kind], 20) << to_text(kind);
    }
    for (const Errc code :
         {Errc::InvalidParams, Errc::AmountTooLarge, Errc::TradeableBelowAllocated,
          Errc::TradeableAboveCap, Errc::InsufficientReserve, Errc::AllocationAboveUnallocated,
          Errc::UnallocateAboveBalance, Errc::InsufficientBalance, Errc::NotFlat, Errc::NotFound,
          Errc::WrongState}) {
        EXPECT_GE(refusals[code], 20) << static_cast<int>(code);
    }
}

class Planted {
  public:
    explicit Planted(PlantedBug bug) { planted_bug = bug; }
    ~Planted() { planted_bug = PlantedBug::None; }
    Planted(const Planted&) = delete;
    Planted& operator=(const Planted&) = delete;
};

class LedgerPlantedBug : public testing::TestWithParam<std::pair<PlantedBug, const char*>> {};

TEST_P(LedgerPlantedBug, IsCaughtByTheRandomSequences) {
    const Planted planted{GetParam().first};
    const std::string failure = run_worlds(300, kSteps);
    EXPECT_NE(failure, "") << GetParam().second << " went unseen";
    RecordProperty("caught_by", failure.substr(0, failure.find('\n')));
    std::printf("%s\n", failure.substr(0, failure.find('\n')).c_str());
}

#define VAULT_BUG(name)         \
    std::pair {                 \
        PlantedBug::name, #name \
    }
INSTANTIATE_TEST_SUITE_P(EachInvariantGroup, LedgerPlantedBug,
                         testing::Values(VAULT_BUG(UnbalancedPosting), VAULT_BUG(NegativeCash),
                                         VAULT_BUG(PrincipalNotLowered), VAULT_BUG(FeeNotBooked),
                                         VAULT_BUG(CostNotClearedAtLastCoin), VAULT_BUG(SweepTwice),
                                         VAULT_BUG(SweepWithLiveOrder), VAULT_BUG(SweepsPrincipal),
                                         VAULT_BUG(PendingLost), VAULT_BUG(PendingJoinsEarly),
                                         VAULT_BUG(RequestPaidAboveCash), VAULT_BUG(CapIgnored),
                                         VAULT_BUG(ReserveFundsOrder), VAULT_BUG(ThirdFeeMovesCash),
                                         VAULT_BUG(LockNotReturned), VAULT_BUG(OtherSleeveCoins),
                                         VAULT_BUG(ShortfallForgotten), VAULT_BUG(WrongHash),
                                         VAULT_BUG(DuplicateCauseAccepted),
                                         VAULT_BUG(QuietSweepsOnClose)),
                         [](const auto& bug) { return std::string{bug.param.second}; });
#undef VAULT_BUG

}  // namespace
}  // namespace vault::ledger::test
