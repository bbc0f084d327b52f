// What the market does to a sleeve: minima and dust (rule 11), risk caps, midnight, gaps, several
// pairs, the end of the data (design/domain.md and design/strategy.md).
#include "daemon/engine/planted_bug.hpp"
#include "tests/unit/engine/shard_desk.hpp"

#include <gtest/gtest.h>

namespace vault::engine::test {
namespace {

// Stored decisions of flash.
std::size_t decisions(const ShardDesk& desk, std::string_view check, std::string_view reason) {
    return static_cast<std::size_t>(std::count_if(
        desk.all().decisions.begin(), desk.all().decisions.end(), [&](const auto& row) {
            return row.sleeve == kFlash && row.check == check && row.reason == reason;
        }));
}

TEST(Rule11, ABuyMustLeaveRoomForItsExit) {
    OpenDesk desk{{.flash = "10.99"}};  // 1.1 * the minimum cost of 10 is 11
    desk.tick("2020");
    desk.tick("2060");
    desk.tick("2100");
    EXPECT_EQ(desk.sleeve(kFlash).last_order, 0U);
    EXPECT_EQ(decisions(desk, "buy", "below_minimum"), 1U);
    desk.must(cmd::Allocate{kV1, kZero, "0.01"_dec});
    desk.tick("2140");
    EXPECT_EQ(desk.sleeve(kFlash).last_order, 1U);
}

// Bought for 12.12, worth less than 10 at the stop: no order, one decision, and it sells as soon as
// price * q reaches the minimum.
TEST(Rule11, APositionBelowTheMinimumIsStuckAndRetried) {
    OpenDesk desk{{.flash = "12.12"}};
    open_position(desk);
    ASSERT_EQ(desk.books().position(kFlash, asset("ETH"))->coins(), "0.006"_dec);
    for (const char* price : {"1600", "1590", "1580", "1570", "1600"})
        desk.tick(price);
    EXPECT_EQ(desk.state(kFlash), "stuck");
    EXPECT_EQ(desk.sleeve(kFlash).last_order, 1U);
    EXPECT_EQ(decisions(desk, "sell", "below_minimum"), 1U);
    ASSERT_TRUE(desk.restart()) << desk.difference();
    EXPECT_EQ(desk.state(kFlash), "stuck");
    desk.tick("1666.66");
    EXPECT_EQ(desk.sleeve(kFlash).last_order, 1U);
    desk.tick("1666.67");
    EXPECT_EQ(desk.sleeve(kFlash).last_order, 2U);
    desk.tick("1670");
    EXPECT_TRUE(desk.books().flat(kFlash));
    EXPECT_EQ(desk.state(kFlash), "watching");
}

// The sell decision stands, the price falls below the minimum before it is repeated: stuck, no
// loop.
TEST(Rule11, AStandingSellBelowTheMinimumDoesNotLoop) {
    OpenDesk desk{{.flash = "12.12"}};
    open_position(desk);
    desk.tick("2110");
    desk.tick("2090");  // decides to sell
    ASSERT_EQ(desk.sleeve(kFlash).last_order, 2U);
    desk.tick("1600");  // the venue refuses at the fill: below the minimum
    for (const char* price : {"1610", "1605", "1600", "1610"})
        desk.tick(price);
    EXPECT_EQ(desk.sleeve(kFlash).last_order, 2U);
    EXPECT_EQ(desk.state(kFlash), "stuck");
    desk.tick("1900");
    desk.tick("1900");
    EXPECT_TRUE(desk.books().flat(kFlash));
}

TEST(Rule11, ALiquidationBelowTheMinimumWaits) {
    OpenDesk desk{{.flash = "12.12"}};
    open_position(desk);
    desk.must(cmd::Liquidate{vault_target(kV1), ""});
    for (const char* price : {"1600", "1610", "1600"})
        desk.tick(price);
    EXPECT_EQ(desk.sleeve(kFlash).last_order, 1U);
    EXPECT_EQ(desk.vault().hold.kind, HoldKind::Liquidating);
    desk.tick("1700");
    desk.tick("1700");
    EXPECT_EQ(desk.vault().hold.kind, HoldKind::Halted);
}

// A fee in the base leaves coins under a lot: dust. The cycle is closed, the next buy takes it in.
TEST(Rule11, WhatCannotBeSoldIsDustAndJoinsTheNextBuy) {
    OpenDesk desk{{.flash = "1010", .fee = "0.001", .paper = {.fee_in = exchange::FeeIn::Base}}};
    open_position(desk);
    const Decimal coins = desk.books().position(kFlash, asset("ETH"))->coins();
    const Decimal rest = coins - round_step(coins, "0.0001"_dec, Rounding::Floor);
    ASSERT_TRUE(rest.is_positive());
    desk.tick("2110");
    desk.tick("2090");
    desk.tick("2090");
    ASSERT_TRUE(desk.books().flat(kFlash));
    EXPECT_EQ(desk.books().position(kFlash, asset("ETH"))->coins(), rest);
    EXPECT_TRUE(desk.books().position(kFlash, asset("ETH"))->dust);
    EXPECT_EQ(desk.all().cycles.size(), 1U);
    ASSERT_TRUE(desk.restart()) << desk.difference();
    desk.tick("2130");
    desk.tick("2130");
    const ledger::Position& next = *desk.books().position(kFlash, asset("ETH"));
    EXPECT_FALSE(next.dust);
    EXPECT_GT(next.coins(), rest);
}

// Dust is of the next cycle, sold by hand before it too: a cycle's figures are those of its fills.
TEST(Rule11, WhatDustGaveByHandIsOfTheNextCycle) {
    OpenDesk desk{{.flash = "1010"}};
    const auto hand_sale = [](Decimal quantity, Decimal price) {
        return cmd::PaperTrade{kA1, kEthUsdt, Side::Sell, Quantity{quantity}, Price{price}};
    };
    open_position(desk);
    desk.must(hand_sale("0.496"_dec, "2100"_dec));
    ASSERT_EQ(desk.all().cycles.size(), 1U);
    ASSERT_TRUE(desk.books().position(kFlash, asset("ETH"))->dust);
    desk.must(hand_sale("0.004"_dec, "2600"_dec));
    ASSERT_EQ(desk.state(kFlash), "needs_attention");
    desk.must(cmd::ResolvePosition{kV1, kFlash, kEthUsdt, cmd::ResolvePosition::As::Sold,
                                   Price{"2600"_dec}});
    EXPECT_EQ(desk.all().fills.back().realised, "2.32"_dec);  // 0.004 * (2600 - 2020)
    EXPECT_EQ(desk.all().cycles.size(), 1U);
    ASSERT_TRUE(desk.restart()) << desk.difference();
    for (const char* price : {"2050", "2050", "2150", "2130", "2130"})
        desk.tick(price);
    ASSERT_EQ(desk.all().cycles.size(), 2U);
    Decimal sum;
    for (const ports::FillRow& row : desk.all().fills)
        if (row.cycle == 2) sum += row.realised;
    EXPECT_EQ(desk.all().cycles.back().realised, sum);
    EXPECT_EQ(desk.all().cycles[0].realised + sum, desk.sleeve_books(kFlash).realised);
}

TEST(Rule11, OnlyDustIsWrittenDown) {
    OpenDesk desk{{.flash = "1010", .fee = "0.001", .paper = {.fee_in = exchange::FeeIn::Base}}};
    open_position(desk);
    const auto refused = desk.apply(cmd::WriteDown{kV1, kFlash, std::nullopt});
    ASSERT_TRUE(refused.has_value());
    EXPECT_EQ(refused->code(), Errc::WrongState);
    desk.tick("2110");
    desk.tick("2090");
    desk.tick("2090");
    desk.must(cmd::WriteDown{kV1, kFlash, std::nullopt});
    EXPECT_EQ(desk.books().position(kFlash, asset("ETH")), nullptr);
    EXPECT_EQ(desk.books().positions_cost(kFlash), "0"_dec);
    ASSERT_TRUE(desk.restart()) << desk.difference();
}

// What is no longer in the books is no longer missing: the sleeve trades on.
TEST(Rule11, AWriteDownDecidesAboutDustThatIsMissing) {
    OpenDesk desk{{.flash = "1010", .fee = "0.001", .paper = {.fee_in = exchange::FeeIn::Base}}};
    open_position(desk);
    desk.tick("2110");
    desk.tick("2090");
    desk.tick("2090");
    const Decimal dust = desk.books().position(kFlash, asset("ETH"))->coins();
    desk.must(cmd::PaperFunding{kA1, asset("ETH"), -dust});
    ASSERT_EQ(desk.state(kFlash), "needs_attention");
    desk.must(cmd::WriteDown{kV1, kFlash, std::nullopt});
    EXPECT_EQ(desk.state(kFlash), "watching");
    ASSERT_TRUE(desk.restart()) << desk.difference();
    desk.must(cmd::Resume{sleeve_target(kV1, kFlash), ""});
    desk.tick("2130");
    EXPECT_EQ(desk.state(kFlash), "buying");
}

TEST(Caps, MaxPositionHoldsTheBuyThatWouldPassIt) {
    OpenDesk desk{{.flash = "1010"}};
    desk.must(cmd::SetSleeve{kV1, kFlash, {{"max_position", "1009.99"}}});
    desk.tick("2020");
    desk.tick("2060");
    EXPECT_EQ(desk.sleeve(kFlash).last_order, 0U);
    EXPECT_EQ(decisions(desk, "buy", "caps"), 1U);
    desk.must(cmd::SetSleeve{kV1, kFlash, {{"max_position", "1010"}}});
    desk.tick("2100");
    desk.tick("2140");
    EXPECT_EQ(desk.sleeve(kFlash).last_order, 1U);
}

// Loses 60 of 1010 with a cap of 50: buys stop, the latch holds over midnight and restart until the
// user resumes; then the loss counts anew.
TEST(Caps, MaxDailyLossLatchesUntilResumed) {
    OpenDesk desk{{.flash = "1010"}};
    desk.must(cmd::SetSleeve{kV1, kFlash, {{"max_daily_loss", "50"}}});
    open_position(desk);
    desk.tick("1900");  // unrealised -60: trips, and the stop still sells
    EXPECT_EQ(desk.sleeve(kFlash).capped_by, "max_daily_loss");
    EXPECT_EQ(desk.events("cap_tripped"), 1U);
    EXPECT_EQ(desk.state(kFlash), "selling");
    desk.tick("1900");
    ASSERT_TRUE(desk.books().flat(kFlash));
    desk.tick("1950");
    desk.tick("2000");
    EXPECT_EQ(desk.sleeve(kFlash).last_order, 2U);
    EXPECT_EQ(decisions(desk, "buy", "caps"), 1U);
    ASSERT_TRUE(desk.restart()) << desk.difference();
    desk.tick_after(std::chrono::hours{24}, Price{"2000"_dec}, kA1, true);
    EXPECT_EQ(desk.sleeve(kFlash).capped_by, "max_daily_loss");
    desk.must(cmd::Resume{sleeve_target(kV1, kFlash), "seen"});
    EXPECT_EQ(desk.sleeve(kFlash).capped_by, "");
    desk.tick("2040");
    desk.tick("2080");
    EXPECT_EQ(desk.sleeve(kFlash).last_order, 3U);
    EXPECT_EQ(desk.events("cap_tripped"), 1U);
}

TEST(Caps, CapsResetDailyEndsTheLatchAtMidnight) {
    OpenDesk desk{{.flash = "1010"}};
    desk.must(
        cmd::SetSleeve{kV1, kFlash, {{"max_daily_loss", "50"}, {"caps_reset_daily", "true"}}});
    open_position(desk);
    desk.tick("1900");
    desk.tick("1900");
    ASSERT_EQ(desk.sleeve(kFlash).capped_by, "max_daily_loss");
    desk.tick_after(std::chrono::hours{24}, Price{"1900"_dec}, kA1, true);
    EXPECT_EQ(desk.sleeve(kFlash).capped_by, "");
    desk.tick("1940");
    desk.tick("1980");
    EXPECT_EQ(desk.sleeve(kFlash).last_order, 3U);
}

// The loss comes with a sale by hand between two prices; the next one would buy.
std::uint32_t orders_after_a_loss_by_hand() {
    OpenDesk desk{{.flash = "1010"}};
    desk.must(cmd::SetSleeve{kV1, kFlash, {{"max_daily_loss", "50"}}});
    open_position(desk);
    desk.must(cmd::PaperTrade{kA1, kEthUsdt, Side::Sell, Quantity{"0.5"_dec}, Price{"1900"_dec}});
    desk.tick("2060");
    return desk.sleeve(kFlash).last_order;
}

TEST(Caps, TheCapIsLookedAtBeforeTheBuy) {
    EXPECT_EQ(orders_after_a_loss_by_hand(), 1U);
    planted_bug = PlantedBug::CapTripsTooLate;
    EXPECT_EQ(orders_after_a_loss_by_hand(), 2U) << "the planted fault went unseen";
    planted_bug = PlantedBug::None;
}

TEST(Caps, MaxOpenPositionsCountsPairs) {
    for (const char* most : {"1", "2"}) {
        OpenDesk desk{{.flash = "2020"}};
        desk.must(cmd::SetPairs{kV1, {kBtcUsdt}, {}, false});
        desk.must(cmd::SetSleeve{kV1, kFlash, {{"spend", "0.5"}, {"max_open_positions", most}}});
        open_position(desk);
        desk.push(kBtcUsdt, "30000");
        desk.tick("2020");
        desk.push(kBtcUsdt, "31000");
        const bool second = has_live_order(desk.sleeve(kFlash), kBtcUsdt);
        EXPECT_EQ(second, std::string_view{most} == "2");
        if (second) {
            EXPECT_EQ(desk.sleeve_books(kFlash).locked, "505"_dec);  // half of what was left
        }
        ASSERT_TRUE(desk.restart()) << desk.difference();
    }
}

// Cash and cooldown belong to the sleeve, price and trackers to the pair.
TEST(Pairs, TheSleevesCooldownHoldsEveryPair) {
    OpenDesk desk{{.flash = "2020"}};
    desk.must(cmd::SetPairs{kV1, {kBtcUsdt}, {}, false});
    desk.must(cmd::SetSleeve{
        kV1, kFlash, {{"spend", "0.5"}, {"max_open_positions", "2"}, {"cooldown", "10m"}}});
    open_position(desk);
    desk.tick("2110");
    desk.tick("2090");
    desk.push(kBtcUsdt, "30000");
    desk.tick("2090");
    ASSERT_TRUE(desk.books().flat(kFlash));
    desk.push(kBtcUsdt, "31000");
    EXPECT_FALSE(has_live_order(desk.sleeve(kFlash)));
    EXPECT_EQ(decisions(desk, "buy", "cooldown"), 2U);  // one per pair
}

TEST(Days, MidnightWritesOneRowPerSleeve) {
    OpenDesk desk{{.quiet = "1010", .flash = "2020"}};
    open_position(desk);
    desk.tick("2030");
    desk.tick_after(std::chrono::hours{23}, Price{"2030"_dec}, kA1, true);
    EXPECT_TRUE(desk.all().day_closes.empty());
    desk.tick_after(std::chrono::hours{1}, Price{"2050"_dec}, kA1, true);
    ASSERT_EQ(desk.last().day_closes.size(), 2U);
    const ports::DayCloseRow& row = desk.last().day_closes[1];
    EXPECT_EQ(row.sleeve, kFlash);
    EXPECT_EQ(row.day, kStart);
    EXPECT_EQ(row.balance, "2020"_dec);
    EXPECT_EQ(row.unrealised, "10"_dec);  // 1 ETH from 2020 to the day's last price, 2030
    EXPECT_EQ(row.equity, "2030"_dec);
    EXPECT_EQ(row.vault_total, "10000"_dec);
    desk.tick("2050");
    EXPECT_TRUE(desk.last().day_closes.empty());
    ASSERT_TRUE(desk.restart()) << desk.difference();
    desk.tick("2050");
    EXPECT_EQ(desk.all().day_closes.size(), 2U);
}

TEST(Gaps, APendingBuyLapsesAndAPendingSellFillsAfterIt) {
    OpenDesk desk{{.flash = "1010"}};
    desk.tick("2020");
    ASSERT_EQ(desk.state(kFlash), "buying");
    desk.tick_after(std::chrono::minutes{10}, Price{"2020"_dec}, kA1, true);
    ASSERT_EQ(desk.last().orders.size(), 1U);
    EXPECT_EQ(desk.last().orders[0].end_reason, "lapsed_in_gap");
    EXPECT_EQ(desk.sleeve_books(kFlash).cash, "1010"_dec);
    desk.tick("2020");
    desk.tick("2050");
    desk.tick("2050");
    ASSERT_FALSE(desk.books().flat(kFlash));
    desk.tick("2150");
    desk.tick("2120");
    ASSERT_EQ(desk.state(kFlash), "selling");
    desk.tick_after(std::chrono::hours{2}, Price{"1990"_dec}, kA1, true);
    EXPECT_TRUE(desk.books().flat(kFlash));
    EXPECT_EQ(desk.all().fills.back().fill.price.value, "1990"_dec);
}

// A gap forgets the tracked high; position and average stay.
TEST(Gaps, TrackersAreForgotten) {
    OpenDesk desk{{.flash = "1010"}};
    open_position(desk);
    desk.tick("2110");
    ASSERT_EQ(desk.sleeve(kFlash).slots[0].state.tracked_high, "2110"_dec);
    ASSERT_TRUE(desk.restart()) << desk.difference();
    EXPECT_EQ(desk.sleeve(kFlash).slots[0].state.tracked_high, "2110"_dec);
    desk.tick_after(std::chrono::minutes{10}, Price{"2090"_dec}, kA1, true);
    EXPECT_FALSE(has_live_order(desk.sleeve(kFlash)));
    EXPECT_EQ(desk.sleeve(kFlash).slots[0].state.tracked_high, "2090"_dec);
    EXPECT_EQ(desk.sleeve(kFlash).slots[0].view.cost, "1010"_dec);
}

// The books take the fill back, and the sleeve's memory of a cycle with it.
TEST(Corrections, ABuyThatIsReversedLeavesNoCycle) {
    OpenDesk desk{{.flash = "1010"}};
    open_position(desk);
    const auto fill = std::find_if(desk.all().entries.begin(), desk.all().entries.end(),
                                   [](const auto& row) { return row.kind == "buy_fill"; });
    ASSERT_NE(fill, desk.all().entries.end());
    ASSERT_EQ(desk.sleeve(kFlash).slots[0].cycle_cost, "1010"_dec);
    desk.must(cmd::CorrectEntry{kV1, fill->seq, "a test", *fill});
    EXPECT_TRUE(desk.books().flat(kFlash));
    EXPECT_EQ(desk.sleeve_books(kFlash).cash, "1010"_dec);
    EXPECT_EQ(desk.sleeve(kFlash).slots[0].cycle_cost, "0"_dec);
    ASSERT_TRUE(desk.restart()) << desk.difference();
}

TEST(Corrections, ABuyThatIsReversedLeavesNothingToDecide) {
    OpenDesk desk{{.flash = "1010"}};
    open_position(desk);
    const auto fill = std::find_if(desk.all().entries.begin(), desk.all().entries.end(),
                                   [](const auto& row) { return row.kind == "buy_fill"; });
    ASSERT_NE(fill, desk.all().entries.end());
    desk.must(cmd::PaperFunding{kA1, asset("ETH"), "-0.2"_dec});
    ASSERT_EQ(desk.state(kFlash), "needs_attention");
    desk.must(cmd::CorrectEntry{kV1, fill->seq, "a test", *fill});
    EXPECT_TRUE(desk.books().flat(kFlash));
    EXPECT_EQ(desk.sleeve(kFlash).slots[0].attention, "");
    ASSERT_TRUE(desk.restart()) << desk.difference();
}

// What was sold is not on the exchange: the other sleeve's coins are there in its place.
TEST(Corrections, ASaleThatIsReversedSellsNobodysCoins) {
    OpenDesk desk{{.quiet = "1010", .flash = "1010"}};
    desk.must(cmd::SetSleeve{kV1, kQuiet, {{"stop_loss", "0.5"}}});
    open_position(desk);
    desk.tick("1900");  // flash's stop-loss
    desk.tick("1900");
    ASSERT_TRUE(desk.books().flat(kFlash));
    const auto sale = std::find_if(desk.all().entries.begin(), desk.all().entries.end(),
                                   [](const auto& row) { return row.kind == "sell_fill"; });
    ASSERT_NE(sale, desk.all().entries.end());
    desk.must(cmd::CorrectEntry{kV1, sale->seq, "a test", *sale});
    EXPECT_EQ(desk.state(kFlash), "needs_attention");
    EXPECT_EQ(desk.state(kQuiet), "needs_attention");
    EXPECT_EQ(desk.events("position_unexplained"), 2U);
    const std::uint32_t orders = desk.sleeve(kFlash).last_order;
    for (int i = 0; i < 3; ++i)
        desk.tick("1900");
    EXPECT_EQ(desk.sleeve(kFlash).last_order, orders);
    EXPECT_EQ(desk.venue().balance(asset("ETH")).total(), "0.5"_dec);
    ASSERT_TRUE(desk.restart()) << desk.difference();
}

// Nobody could sell such coins, and the look for missing coins of that base had nowhere to note
// them.
TEST(Corrections, CoinsDoNotComeBackToAPairThatIsGone) {
    OpenDesk desk{{.flash = "1010"}};
    open_position(desk);
    desk.tick("1100");
    desk.tick("1100");
    ASSERT_TRUE(desk.books().flat(kFlash));
    const auto sale = std::find_if(desk.all().entries.begin(), desk.all().entries.end(),
                                   [](const auto& row) { return row.kind == "sell_fill"; });
    ASSERT_NE(sale, desk.all().entries.end());
    const ports::EntryRow entry = *sale;
    const Pair pair = desk.vault().pairs.front();
    desk.must(cmd::SetPairs{kV1, {}, {pair}, false});
    const auto refused = desk.apply(cmd::CorrectEntry{kV1, entry.seq, "a test", entry});
    ASSERT_TRUE(refused.has_value());
    EXPECT_EQ(refused->code(), Errc::WrongState);
    EXPECT_NE(refused->hint().find("--add " + pair.text()), std::string::npos);
    desk.must(cmd::SetPairs{kV1, {pair}, {}, false});
    desk.must(cmd::CorrectEntry{kV1, entry.seq, "a test", entry});
    EXPECT_FALSE(desk.books().flat(kFlash));
    desk.must(cmd::PaperFunding{kA1, asset("ETH"), "0.001"_dec});
    ASSERT_TRUE(desk.restart()) << desk.difference();
}

TEST(Replays, TheEndOfTheDataDropsOrdersAndKeepsPositions) {
    OpenDesk desk{{.quiet = "1010", .flash = "2020"}};
    desk.must(cmd::Pause{sleeve_target(kV1, kQuiet), ""});
    open_position(desk);
    desk.must(cmd::Resume{sleeve_target(kV1, kQuiet), ""});
    desk.tick("2060");
    ASSERT_EQ(desk.state(kQuiet), "buying");
    desk.end_of_data();
    EXPECT_FALSE(has_live_order(desk.sleeve(kQuiet)));
    EXPECT_EQ(desk.sleeve_books(kQuiet).cash, "1010"_dec);
    EXPECT_EQ(desk.state(kFlash), "holding");
    ASSERT_TRUE(desk.restart()) << desk.difference();
}

// A pending buy of one replay must not fill at the first price of the next, weeks later.
TEST(Replays, TheNextOneInheritsNoOrderAndNoTracker) {
    OpenDesk desk{{.quiet = "1010", .flash = "2020"}};
    desk.must(cmd::Pause{sleeve_target(kV1, kQuiet), ""});
    open_position(desk);
    desk.must(cmd::Resume{sleeve_target(kV1, kQuiet), ""});
    desk.tick("2110");
    ASSERT_EQ(desk.state(kQuiet), "buying");
    ASSERT_EQ(desk.sleeve(kFlash).slots[0].state.tracked_high, "2110"_dec);
    desk.start_replay(kA1, kEthUsdt, "2500", std::chrono::days{30});
    EXPECT_FALSE(has_live_order(desk.sleeve(kQuiet)));
    EXPECT_EQ(desk.sleeve_books(kQuiet).cash, "1010"_dec);
    EXPECT_TRUE(desk.sleeve(kFlash).slots[0].state.tracked_high.is_zero());
    desk.tick("2500");
    EXPECT_TRUE(desk.books().flat(kQuiet));
    EXPECT_FALSE(desk.books().flat(kFlash));
    ASSERT_TRUE(desk.restart()) << desk.difference();
}

TEST(Replays, AStoppedOneKeepsItsLastPriceOverARestart) {
    OpenDesk desk{{.flash = "1010"}};
    open_position(desk);
    desk.tick("2050");
    desk.must(cmd::ReplayStop{kA1});
    const Decimal unrealised = unrealised_of(desk.world(), desk.vault(), desk.sleeve(kFlash));
    EXPECT_EQ(unrealised, "15"_dec);
    ASSERT_TRUE(desk.restart()) << desk.difference();
    EXPECT_EQ(unrealised_of(desk.world(), desk.vault(), desk.sleeve(kFlash)), unrealised);
}

TEST(Store, AlmostFullMeansExitsOnly) {
    OpenDesk desk{{.flash = "1010"}};
    open_position(desk);
    desk.shard().stop_buys("the disk is full");
    desk.tick("2110");
    desk.tick("2090");
    desk.tick("2090");
    EXPECT_TRUE(desk.books().flat(kFlash));
    desk.tick("2150");
    EXPECT_EQ(desk.sleeve(kFlash).last_order, 2U);
    desk.shard().stop_buys({});
    desk.tick("2200");
    EXPECT_EQ(desk.sleeve(kFlash).last_order, 3U);
}

}  // namespace
}  // namespace vault::engine::test
