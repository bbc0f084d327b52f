// The invariants of reference/reliability.md, section 2.3, that need the whole engine, each by its
// name, in the terms of design/domain.md; the ledger's own are in tests/unit/ledger. Where a paper
// account can show one in part only, the comment says which part.
#include "tests/unit/engine/engine_world.hpp"

#include <gtest/gtest.h>

namespace vault::engine::test {
namespace {

constexpr std::uint64_t kLives = 30;

// Every invariant looks at lives of its own.
std::string lives_of(int number, std::string_view watcher) {
    return run_lives({property_seed() + 100'000ULL * static_cast<std::uint64_t>(number), kLives},
                     watcher);
}

TEST(EngineInvariant, I8_AVaultThatIsShortOrQuarantinedBuysNothing) {
    EXPECT_EQ(lives_of(8, "I8"), "");
}
TEST(EngineInvariant, I10_TheExchangeHasWhatAllVaultsOfTheAccountHold) {
    EXPECT_EQ(lives_of(10, "I10"), "");
}
TEST(EngineInvariant, I17_OnlyTheSleevesOwnMoneyBacksItsOrder) {
    EXPECT_EQ(lives_of(17, "I17"), "");
}
TEST(EngineInvariant, I18_I21_I22_ASweepIsPartOfTheCloseAndWaitsForOrders) {
    EXPECT_EQ(lives_of(18, "I18_I21_I22"), "");
}
TEST(EngineInvariant, I20_QuietKeepsItsProfit) {
    EXPECT_EQ(lives_of(20, "I20"), "");
}
TEST(EngineInvariant, I25_ABuyTakesTheNewestAllocationOnce) {
    EXPECT_EQ(lives_of(25, "I25"), "");
}
TEST(EngineInvariant, I26_I35_I42_OrdersAndMoneyAgreeHereAndOnTheExchange) {
    EXPECT_EQ(lives_of(26, "I26_I35_I42"), "");
}
TEST(EngineInvariant, I28_OrdersFitStepsAndMinimaAndNothingLoops) {
    EXPECT_EQ(lives_of(28, "I28"), "");
}
TEST(EngineInvariant, I29_I30_APauseHoldsBuysAndAHaltEverything) {
    EXPECT_EQ(lives_of(29, "I29_I30"), "");
}
TEST(EngineInvariant, I31_OnlyACommandChangesAHold) {
    EXPECT_EQ(lives_of(31, "I31"), "");
}
TEST(EngineInvariant, I36_I38_I40_OrderIdsAreDenseFillsBoundedTradesUnique) {
    EXPECT_EQ(lives_of(36, "I36_I38_I40"), "");
}
// No sequence of prices, fills, commands and restarts lets a sleeve buy past a cap. The lives reach
// every one of them, or they would show nothing.
TEST(EngineInvariant, R_CapsHoldBuys) {
    std::map<std::string, std::uint64_t> seen;
    const Lives lives{property_seed() + 5'000'000, 20 * kLives, 200};
    std::printf("seeds %llu to %llu\n", static_cast<unsigned long long>(lives.first_seed),
                static_cast<unsigned long long>(lives.first_seed + lives.count - 1));
    EXPECT_EQ(run_lives(lives, "caps", &seen), "");
    for (const char* cap :
         {"max_position", "max_position_pct", "max_daily_loss", "max_drawdown",
          "max_trades_per_day", "max_open_positions", "max_exposure_per_base", "quote_band"})
        EXPECT_GE(seen[std::string{"cap "} + cap], 5U) << cap;
    EXPECT_EQ(seen["cap ?"], 0U);
    for (const char* cap : {"max_daily_loss", "max_drawdown"}) {
        EXPECT_GE(seen[std::string{"tripped "} + cap], 20U) << cap;
        for (const char* level : {"vault", "user", "daemon"})
            EXPECT_GE(seen[std::string{"tripped "} + cap + " of the " + level], 5U) << cap << level;
    }
    for (const char* level : {"sleeve", "vault", "user", "daemon"})
        EXPECT_GE(seen[std::string{"cap of "} + level], 20U) << level;
}
// Accounts have clocks of their own, and people state costs: neither forgets or makes a loss.
TEST(EngineInvariant, R_LossCapsMeasureWhatPricesDid) {
    std::map<std::string, std::uint64_t> seen;
    const Lives lives{property_seed() + 6'000'000, 9 * kLives, 200};
    std::printf("seeds %llu to %llu\n", static_cast<unsigned long long>(lives.first_seed),
                static_cast<unsigned long long>(lives.first_seed + lives.count - 1));
    EXPECT_EQ(run_lives(lives, "cap_days", &seen), "");
    for (const char* what : {"adopt done", "day_close", "event cap_ended"})
        EXPECT_GE(seen[what], 10U) << what;
}
TEST(EngineInvariant, R_MidnightClosesEachDayOnce) {
    EXPECT_EQ(lives_of(51, "day_closes"), "");
}
TEST(EngineInvariant, R_ACyclesFiguresAreItsFills) {
    EXPECT_EQ(lives_of(52, "cycles"), "");
}

// I27: what quiet does is the same whether flash trades beside it or not.
TEST(EngineInvariant, I27_TheSleevesDoNotTouchEachOther) {
    for (std::uint64_t seed = property_seed(); seed < property_seed() + 20; ++seed) {
        OpenDesk alone{{.quiet = "1000", .flash = "0", .fee = "0.001"}};
        OpenDesk both{{.quiet = "1000", .flash = "2000", .fee = "0.001"}};
        std::mt19937_64 random{seed};
        Decimal price = "2000"_dec;
        for (int i = 0; i < 150; ++i) {
            const auto change = static_cast<Decimal::Raw>(random() % 601) - 295;
            price = floor_8(mul(price, kOne + Decimal::from_raw(change * (Decimal::kOne / 10'000)),
                                Rounding::Down)
                                .value());
            price = round_step(price, "0.01"_dec, Rounding::Floor);
            alone.tick(price.text());
            both.tick(price.text());
            if (i == 40) both.must(cmd::Unallocate{kV1, kZero, "100"_dec});
            if (i == 70) both.must(cmd::Pause{sleeve_target(kV1, SleeveKind::Flash), ""});
            if (i == 90) both.must(cmd::Resume{sleeve_target(kV1, SleeveKind::Flash), ""});
            ASSERT_EQ(alone.sleeve_books(SleeveKind::Quiet), both.sleeve_books(SleeveKind::Quiet))
                << "seed " << seed << " step " << i;
        }
        EXPECT_GT(both.sleeve(SleeveKind::Flash).last_order, 0U) << "seed " << seed;
        EXPECT_GT(both.sleeve(SleeveKind::Quiet).last_order, 0U) << "seed " << seed;
    }
}

// I31 and I41's paper form: a life with restarts at every step ends to the digit like one without,
// journal hashes included.
TEST(EngineInvariant, I31_RestartsLeaveNoTraceInTheJournal) {
    for (std::uint64_t seed = property_seed(); seed < property_seed() + 10; ++seed) {
        OpenDesk calm{{.quiet = "1000", .flash = "2000", .fee = "0.001"}};
        OpenDesk shaken{{.quiet = "1000", .flash = "2000", .fee = "0.001"}};
        std::mt19937_64 random{seed};
        Decimal price = "2000"_dec;
        for (int i = 0; i < 120; ++i) {
            const auto change = static_cast<Decimal::Raw>(random() % 601) - 295;
            price =
                round_step(mul(price, kOne + Decimal::from_raw(change * (Decimal::kOne / 10'000)),
                               Rounding::Down)
                               .value(),
                           "0.01"_dec, Rounding::Floor);
            for (ShardDesk* desk :
                 {static_cast<ShardDesk*>(&calm), static_cast<ShardDesk*>(&shaken)}) {
                desk->tick(price.text());
                if (i == 30) desk->must(cmd::Pause{vault_target(kV1), ""});
                if (i == 45) desk->must(cmd::Resume{vault_target(kV1), ""});
                if (i == 60) desk->must(cmd::Allocate{kV1, "50"_dec, "50"_dec});
                if (i == 80) desk->must(cmd::Halt{sleeve_target(kV1, SleeveKind::Flash), ""});
            }
            ASSERT_TRUE(shaken.restart()) << "seed " << seed << "\n" << shaken.difference();
        }
        ASSERT_GT(calm.all().fills.size(), 0U);
        EXPECT_EQ(calm.books().head(), shaken.books().head()) << "seed " << seed;
        EXPECT_EQ(describe(calm.world()), describe(shaken.world())) << "seed " << seed;
    }
}

// I32 in its paper form: what was stopped goes on only when the books are right and the exchange
// has what they say.
TEST(EngineInvariant, I32_AQuarantineEndsOnlyWhenTheExchangeAgrees) {
    OpenDesk desk;
    // The exchange loses money behind the daemon's back.
    exchange::SimVenue& venue = desk.shard().world().accounts[0].venue;
    ASSERT_TRUE(venue.withdraw(asset("USDT"), "1"_dec, kStart).has_value());
    desk.must(cmd::RefreshVault{kV1});
    EXPECT_EQ(desk.state(SleeveKind::Flash), "needs_attention");
    const auto refused = desk.apply(cmd::Resume{vault_target(kV1), "try"});
    ASSERT_TRUE(refused.has_value());
    EXPECT_EQ(refused->code(), Errc::WrongState);
    desk.tick("2100");
    desk.tick("2300");
    EXPECT_EQ(desk.sleeve(SleeveKind::Flash).last_order, 0U);
    ASSERT_TRUE(venue.deposit(asset("USDT"), "1"_dec, kStart).has_value());
    desk.must(cmd::Resume{vault_target(kV1), "found it"});
    EXPECT_NE(desk.state(SleeveKind::Flash), "needs_attention");
    desk.tick("2500");
    EXPECT_EQ(desk.sleeve(SleeveKind::Flash).last_order, 1U);
}

}  // namespace
}  // namespace vault::engine::test
