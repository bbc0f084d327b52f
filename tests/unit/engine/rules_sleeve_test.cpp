// design/domain.md, rules 5 to 8, as the engine keeps them: the close and its sweep, allocations
// while a position is open, pause, halt and liquidate. Prices and amounts are round, so that every
// figure can be followed by hand: the desk buys after a rise of 1 %, arms its trail at a net gain
// of 2 % and sells after a fall of 0.5 % from the high.
#include "tests/unit/engine/shard_desk.hpp"

#include <gtest/gtest.h>

namespace vault::engine::test {
namespace {

// Sells at `price`, above the arm of the trail: a high, a fall, the fill.
void close_at(ShardDesk& desk, std::string_view high, std::string_view price) {
    desk.tick(high);
    desk.tick(price);
    desk.tick(price);
}

TEST(Rule6, AFlashCloseSweepsItsProfitInTheSameTransaction) {
    OpenDesk desk{{.flash = "1010"}};
    open_position(desk);
    ASSERT_EQ(desk.books().position(kFlash, asset("ETH"))->coins(), "0.5"_dec);
    const Decimal unallocated = desk.books().unallocated();
    close_at(desk, "2110", "2090");
    EXPECT_EQ(desk.sleeve_books(kFlash).cash, "1010"_dec);
    EXPECT_EQ(desk.sleeve_books(kFlash).swept, "35"_dec);
    EXPECT_EQ(desk.books().unallocated(), unallocated + "35"_dec);
    ASSERT_EQ(desk.all().sweeps.size(), 1U);
    EXPECT_EQ(desk.all().sweeps[0].cycle, 1U);
    ASSERT_EQ(desk.all().cycles.size(), 1U);
    EXPECT_EQ(desk.all().cycles[0].swept, "35"_dec);
    EXPECT_EQ(desk.all().cycles[0].realised, "35"_dec);
    std::uint64_t fill_tx = 0;
    std::uint64_t sweep_tx = 1;
    for (const ports::EntryRow& row : desk.all().entries) {
        if (row.kind == "sell_fill") fill_tx = row.tx;
        if (row.kind == "flash_sweep") sweep_tx = row.tx;
    }
    EXPECT_EQ(fill_tx, sweep_tx);
}

TEST(Rule6, ALossStaysInFlashAndIsEarnedBackBeforeAnythingIsSwept) {
    OpenDesk desk{{.flash = "1010"}};
    open_position(desk);
    desk.tick("1900");  // -5.9 %: the stop
    desk.tick("1900");
    EXPECT_EQ(desk.sleeve_books(kFlash).cash, "950"_dec);
    EXPECT_TRUE(desk.all().sweeps.empty());
    desk.tick("1920");  // +1.05 %: buys 0.4947 at 1920 = 949.824
    desk.tick("1920");
    desk.tick("2000");
    desk.tick("1980");  // gains 0.4947 * 60 = 29.682 of the 60 that were lost
    desk.tick("1980");
    EXPECT_TRUE(desk.books().flat(kFlash));
    EXPECT_TRUE(desk.all().sweeps.empty());
    EXPECT_EQ(desk.sleeve_books(kFlash).cash, "979.682"_dec);
}

// What the simulated exchange charges is what a fill is expected to cost.
TEST(MaxSlippage, RefusesABuyAndDelaysATrailingSellButNoStopLoss) {
    OpenDesk desk{{.flash = "1020.1", .slippage = "0.01"}};
    const auto reason = [&desk] { return desk.all().decisions.back().reason; };
    const auto allow = [&desk](const char* most) {
        cmd::SetSleeve set{kV1, kFlash, {{"max_slippage", most}}};
        set.apply_to_open = true;
        desk.must(set);
    };
    desk.tick("2020");
    EXPECT_EQ(reason(), "max_slippage");
    EXPECT_NE(desk.all().decisions.back().figures_json.find(R"("expected_slippage":"0.01")"),
              std::string::npos);
    EXPECT_TRUE(desk.all().orders.empty());

    allow("0.01");  // as far is allowed
    desk.tick("2041");
    desk.tick("2020");  // fills at 2040.2
    ASSERT_EQ(desk.books().position(kFlash, asset("ETH"))->coins(), "0.5"_dec);
    allow("0.0099");
    desk.tick("2120");
    desk.tick("2100");  // the trail would sell
    EXPECT_EQ(reason(), "max_slippage");
    EXPECT_EQ(desk.sleeve(kFlash).last_order, 1U);
    desk.tick("1930");  // below 2040.2 less 5 %
    EXPECT_EQ(reason(), "stop_loss");
    desk.tick("1930");
    EXPECT_TRUE(desk.books().flat(kFlash));
}

// Half the spread of a live book, where that is more than what the simulated exchange charges.
TEST(MaxSlippage, SeesTheBookAndAnOrderFillsByIt) {
    OpenDesk desk{{.flash = "1020.1", .slippage = "0.0005"}};
    desk.must(cmd::SetSleeve{kV1, kFlash, {{"max_slippage", "0.01"}}});
    const auto newest = [&desk] { return desk.all().decisions.back(); };
    desk.set_half_spread("0.0101"_dec);
    desk.tick("2020");
    EXPECT_EQ(newest().reason, "max_slippage");
    EXPECT_NE(newest().figures_json.find(R"("expected_slippage":"0.0101")"), std::string::npos);

    desk.set_half_spread("0.0099"_dec);  // as wide is allowed, and wider than 0.0005
    desk.tick("2041");
    EXPECT_TRUE(desk.all().fills.empty());
    desk.set_half_spread("0.01"_dec);
    desk.tick("2020");
    ASSERT_EQ(desk.all().fills.size(), 1U);
    EXPECT_EQ(desk.all().fills[0].fill.price.value, "2040.2"_dec) << "2020 and one per cent";

    desk.set_half_spread("0.08"_dec);  // wider than the price band, too
    desk.tick("1930");                 // a stop-loss does not wait for a better book
    EXPECT_EQ(newest().reason, "stop_loss");
    desk.tick("1930");
    ASSERT_EQ(desk.all().fills.size(), 2U);
    EXPECT_EQ(desk.all().fills[1].fill.price.value, "1775.6"_dec) << "1930 less eight per cent";
}

// A price without a book on one side is that of the last trade: nobody has to be there.
TEST(MaxSlippage, WhereNobodyOffersNothingIsBoughtAndASaleWaits) {
    OpenDesk desk{{.flash = "1020.1"}};
    const Decimal none = kOne;
    desk.set_gaps(none, "0"_dec);
    desk.tick("2020");
    EXPECT_EQ(desk.all().decisions.back().reason, "max_slippage");
    desk.set_gaps("0"_dec, "0"_dec);
    desk.tick("2041");
    ASSERT_EQ(desk.sleeve(kFlash).last_order, 1U);
    desk.set_gaps(none, "0"_dec);
    desk.tick("2041");
    EXPECT_TRUE(desk.all().fills.empty()) << "the offers were gone";
    desk.set_gaps("0"_dec, "0"_dec);
    desk.tick("2062");
    desk.tick("2062");
    ASSERT_EQ(desk.all().fills.size(), 1U);
    desk.set_gaps("0"_dec, none);
    desk.tick("1930");
    EXPECT_EQ(desk.all().decisions.back().reason, "stop_loss");
    desk.tick("1929");
    EXPECT_EQ(desk.all().fills.size(), 1U) << "nobody bids";
    EXPECT_EQ(desk.venue().live_orders().size(), 1U);
    desk.set_gaps("0"_dec, "0.01"_dec);
    desk.tick("1900");
    ASSERT_EQ(desk.all().fills.size(), 2U);
    EXPECT_EQ(desk.all().fills[1].fill.price.value, "1881"_dec) << "1900 less one per cent";
}

TEST(MaxSlippage, ABuyThatWasDecidedDoesNotFillInAWiderBook) {
    OpenDesk desk{{.flash = "1020.1", .slippage = "0.0005"}};
    desk.must(cmd::SetSleeve{kV1, kFlash, {{"max_slippage", "0.01"}}});
    desk.set_half_spread("0.002"_dec);
    desk.tick("2020");
    ASSERT_EQ(desk.sleeve(kFlash).last_order, 1U);
    desk.set_half_spread("0.5"_dec);
    desk.tick("2020");
    EXPECT_TRUE(desk.all().fills.empty());
    EXPECT_EQ(desk.all().orders.back().end_reason, "max_slippage");
    EXPECT_EQ(desk.sleeve_books(kFlash).locked, "0"_dec);
}

TEST(Rule5, QuietKeepsItsProfit) {
    OpenDesk desk{{.quiet = "1010", .flash = "0"}};
    open_position(desk);
    close_at(desk, "2110", "2090");
    EXPECT_EQ(desk.sleeve_books(kQuiet).cash, "1045"_dec);
    EXPECT_TRUE(desk.all().sweeps.empty());
    ASSERT_EQ(desk.all().cycles.size(), 1U);
}

// Rule 6's close waits for every order of the sleeve: a position of one pair closes while the other
// pair's buy is still out.
TEST(Rule6, NoSweepWhileAnotherPairsOrderIsLive) {
    OpenDesk desk{{.flash = "2020"}};
    desk.must(cmd::SetPairs{kV1, {kBtcUsdt}, {}, false});
    desk.must(cmd::SetSleeve{kV1, kFlash, {{"spend", "0.5"}, {"max_open_positions", "2"}}});
    open_position(desk);
    ASSERT_EQ(desk.books().position(kFlash, asset("ETH"))->coins(), "0.5"_dec);
    desk.tick("2110");
    desk.push(kBtcUsdt, "30000");
    desk.tick("2110");
    desk.push(kBtcUsdt, "31000");  // a rise: the buy waits for the next price of BTC
    ASSERT_TRUE(has_live_order(desk.sleeve(kFlash), kBtcUsdt));
    desk.tick("2090");
    desk.tick("2090");
    ASSERT_EQ(desk.books().position(kFlash, asset("ETH")), nullptr);
    EXPECT_EQ(desk.all().cycles.size(), 1U);
    EXPECT_TRUE(desk.all().sweeps.empty());
    // The order ends without a fill: that is the close, and now the profit goes.
    desk.must(cmd::Pause{sleeve_target(kV1, kFlash), ""});
    ASSERT_EQ(desk.all().sweeps.size(), 1U);
    EXPECT_EQ(desk.all().sweeps[0].amount, "35"_dec);
    EXPECT_EQ(desk.all().sweeps[0].cause, desk.all().entries.back().cause);
}

TEST(Rule7, MoreMoneyWaitsAndTheNextBuyTakesItOnce) {
    OpenDesk desk{{.flash = "1010"}};
    open_position(desk);
    desk.must(cmd::Allocate{kV1, kZero, "500"_dec});
    desk.must(cmd::Allocate{kV1, kZero, "490"_dec});
    EXPECT_EQ(desk.sleeve_books(kFlash).pending, "990"_dec);
    EXPECT_EQ(desk.sleeve_books(kFlash).principal, "2000"_dec);
    EXPECT_EQ(desk.sleeve_books(kFlash).cash, "0"_dec);
    close_at(desk, "2110", "2090");
    EXPECT_EQ(desk.sleeve_books(kFlash).pending, "990"_dec);
    EXPECT_EQ(desk.sleeve_books(kFlash).cash, "1010"_dec);
    ASSERT_TRUE(desk.restart()) << desk.difference();
    desk.tick("2120");
    EXPECT_EQ(desk.sleeve_books(kFlash).pending, "0"_dec);
    EXPECT_EQ(desk.sleeve_books(kFlash).locked, "2000"_dec);
    std::size_t joins = 0;
    for (const ports::EntryRow& row : desk.all().entries)
        joins += row.kind == "pending_join";
    EXPECT_EQ(joins, 1U);
}

TEST(Rule7, LessMoneyIsARequestThatTheClosePays) {
    OpenDesk desk{{.flash = "1010"}};
    open_position(desk);
    desk.must(cmd::Unallocate{kV1, kZero, "300"_dec});
    desk.must(cmd::Unallocate{kV1, kZero, "100"_dec});
    EXPECT_EQ(desk.sleeve_books(kFlash).unallocate_requested, "400"_dec);
    ASSERT_TRUE(desk.restart()) << desk.difference();
    const Decimal unallocated = desk.books().unallocated();
    close_at(desk, "2110", "2090");
    EXPECT_EQ(desk.sleeve_books(kFlash).unallocate_requested, "0"_dec);
    EXPECT_EQ(desk.sleeve_books(kFlash).principal, "610"_dec);
    EXPECT_EQ(desk.sleeve_books(kFlash).cash, "610"_dec);
    EXPECT_EQ(desk.books().unallocated(), unallocated + "435"_dec);  // 400 asked, 35 swept
}

TEST(Rule7, WhatTheCloseCannotPayLapsesWithANotice) {
    OpenDesk desk{{.flash = "1010"}};
    open_position(desk);
    desk.must(cmd::Unallocate{kV1, kZero, "1010"_dec});
    desk.tick("1900");
    desk.tick("1900");
    EXPECT_EQ(desk.sleeve_books(kFlash).unallocate_requested, "0"_dec);
    EXPECT_EQ(desk.sleeve_books(kFlash).cash, "0"_dec);
    EXPECT_EQ(desk.sleeve_books(kFlash).principal, "60"_dec);
    EXPECT_EQ(desk.events("unallocate_request_lapsed"), 1U);
    const auto lapsed = std::find_if(desk.all().allocations.begin(), desk.all().allocations.end(),
                                     [](const auto& row) { return row.kind == "request_lapsed"; });
    ASSERT_NE(lapsed, desk.all().allocations.end());
    EXPECT_EQ(lapsed->amount, "60"_dec);
}

TEST(Rule7, ANewAllocationCancelsTheRequestFirst) {
    OpenDesk desk{{.flash = "1010"}};
    open_position(desk);
    desk.must(cmd::Unallocate{kV1, kZero, "300"_dec});
    desk.must(cmd::Allocate{kV1, kZero, "10"_dec});
    EXPECT_EQ(desk.sleeve_books(kFlash).unallocate_requested, "0"_dec);
    EXPECT_EQ(desk.sleeve_books(kFlash).pending, "10"_dec);
    close_at(desk, "2110", "2090");
    EXPECT_EQ(desk.sleeve_books(kFlash).cash, "1010"_dec);
    const auto refused = desk.apply(cmd::Unallocate{kV1, kZero, "1020.01"_dec});
    ASSERT_TRUE(refused.has_value());
    EXPECT_EQ(refused->code(), Errc::UnallocateAboveBalance);
}

TEST(Rule8, APauseCancelsTheBuyAndReturnsItsMoney) {
    OpenDesk desk{{.flash = "1010"}};
    desk.tick("2020");
    EXPECT_EQ(desk.state(kFlash), "buying");
    desk.must(cmd::Pause{sleeve_target(kV1, kFlash), "lunch"});
    EXPECT_EQ(desk.state(kFlash), "paused");
    EXPECT_EQ(desk.sleeve_books(kFlash).locked, "0"_dec);
    EXPECT_EQ(desk.sleeve_books(kFlash).cash, "1010"_dec);
    ASSERT_EQ(desk.last().orders.size(), 1U);
    EXPECT_EQ(desk.last().orders[0].state, OrderState::Canceled);
    EXPECT_EQ(desk.last().orders[0].end_reason, "pause");
    desk.tick("2100");
    desk.tick("2200");
    EXPECT_EQ(desk.sleeve(kFlash).last_order, 1U);
    ASSERT_TRUE(desk.restart()) << desk.difference();
    EXPECT_EQ(desk.state(kFlash), "paused");
    desk.must(cmd::Resume{sleeve_target(kV1, kFlash), "back"});
    desk.tick("2300");
    EXPECT_EQ(desk.state(kFlash), "buying");
    ASSERT_EQ(desk.all().pauses.size(), 2U);
    EXPECT_EQ(desk.all().pauses[0].owner.actor, "ann");
    EXPECT_EQ(desk.all().pauses[0].why, "lunch");
}

TEST(Rule8, APausedPositionKeepsItsExitUntilItHasSold) {
    OpenDesk desk{{.flash = "1010"}};
    open_position(desk);
    desk.must(cmd::Pause{vault_target(kV1), ""});
    EXPECT_EQ(desk.state(kFlash), "pausing");
    EXPECT_EQ(desk.state(kQuiet), "paused");
    close_at(desk, "2110", "2090");
    EXPECT_EQ(desk.state(kFlash), "paused");
    EXPECT_EQ(desk.all().sweeps.size(), 1U);
}

TEST(Rule8, AHaltStopsTheExitToo) {
    OpenDesk desk{{.flash = "1010"}};
    open_position(desk);
    desk.tick("2110");
    desk.tick("2090");
    ASSERT_EQ(desk.state(kFlash), "selling");
    desk.must(cmd::Halt{vault_target(kV1), "fire"});
    EXPECT_EQ(desk.state(kFlash), "halted");
    EXPECT_FALSE(has_live_order(desk.sleeve(kFlash)));
    EXPECT_EQ(desk.books().position(kFlash, asset("ETH"))->held, "0"_dec);
    ASSERT_TRUE(desk.restart()) << desk.difference();
    desk.tick("1500");  // far below the stop
    desk.tick("1500");
    EXPECT_EQ(desk.sleeve(kFlash).last_order, 2U);
    desk.must(cmd::Resume{vault_target(kV1), ""});
    desk.tick("1500");
    EXPECT_EQ(desk.state(kFlash), "selling");
}

// "A sell decision stands until flat, whatever the rules say later; only a halt ends it."
TEST(Rule8, OnlyAHaltEndsASellDecision) {
    OpenDesk desk{{.flash = "1010", .paper = {.reject_per_million = 0}}};
    open_position(desk);
    desk.tick("2110");
    desk.tick("2090");
    ASSERT_EQ(desk.state(kFlash), "selling");
    EXPECT_EQ(desk.sleeve(kFlash).slots[0].standing_sell, ports::Reason::Trailing);
    desk.must(cmd::Pause{vault_target(kV1), ""});
    EXPECT_EQ(desk.sleeve(kFlash).slots[0].standing_sell, ports::Reason::Trailing);
    desk.must(cmd::Halt{vault_target(kV1), ""});
    EXPECT_EQ(desk.sleeve(kFlash).slots[0].standing_sell, ports::Reason::None);
}

// The venue takes three ticks to fill: nothing is sent twice meanwhile, the vault stays sound.
TEST(Rule8, AStandingSellWaitsForItsPendingOrder) {
    OpenDesk desk{{.flash = "1010", .paper = {.latency_ticks = 3}}};
    desk.tick("2020");
    for (int i = 0; i < 4; ++i)
        desk.tick("2020");
    ASSERT_EQ(desk.state(kFlash), "holding");
    desk.tick("2110");
    desk.tick("2090");
    for (int i = 0; i < 3; ++i) {
        desk.tick("2095");
        EXPECT_EQ(desk.state(kFlash), "selling");
        EXPECT_EQ(desk.sleeve(kFlash).last_order, 2U);
    }
    desk.tick("2095");
    EXPECT_TRUE(desk.books().flat(kFlash));
    EXPECT_TRUE(desk.vault().attention.empty());
}

TEST(Rule8, LiquidateSellsAllAndEndsHalted) {
    OpenDesk desk{{.quiet = "1010", .flash = "2020"}};
    open_position(desk);
    desk.must(cmd::Liquidate{vault_target(kV1), "out"});
    EXPECT_EQ(desk.state(kQuiet), "liquidating");
    EXPECT_EQ(desk.state(kFlash), "liquidating");
    ASSERT_TRUE(desk.restart()) << desk.difference();
    desk.tick("2040");  // decides, whatever the rules say
    desk.tick("2040");  // fills
    EXPECT_EQ(desk.state(kQuiet), "halted");
    EXPECT_EQ(desk.state(kFlash), "halted");
    EXPECT_EQ(desk.vault().hold.kind, HoldKind::Halted);
    EXPECT_EQ(desk.all().sweeps.size(), 1U);  // closed as usual
    ASSERT_TRUE(desk.restart()) << desk.difference();
    EXPECT_EQ(desk.state(kFlash), "halted");
}

TEST(Rule8, LiquidatingAFlatVaultHaltsItAtOnce) {
    OpenDesk desk{{.flash = "1010"}};
    desk.tick("2020");  // a buy is out
    desk.must(cmd::Liquidate{vault_target(kV1), ""});
    EXPECT_EQ(desk.state(kFlash), "halted");
    EXPECT_EQ(desk.sleeve_books(kFlash).cash, "1010"_dec);
}

TEST(Rule8, LiquidatingASleeveLeavesTheOtherAlone) {
    OpenDesk desk{{.quiet = "1010", .flash = "2020"}};
    open_position(desk);
    desk.must(cmd::Liquidate{sleeve_target(kV1, kFlash), ""});
    desk.tick("2025");
    desk.tick("2025");
    EXPECT_EQ(desk.state(kFlash), "halted");
    EXPECT_EQ(desk.state(kQuiet), "holding");
    EXPECT_EQ(desk.vault().hold.kind, HoldKind::None);
}

TEST(Rule8, LiquidateSellsEveryPair) {
    OpenDesk desk{{.flash = "2020"}};
    desk.must(cmd::SetPairs{kV1, {kBtcUsdt}, {}, false});
    desk.must(cmd::SetSleeve{kV1, kFlash, {{"spend", "0.5"}, {"max_open_positions", "2"}}});
    open_position(desk);
    desk.push(kBtcUsdt, "30000");
    desk.tick("2020");
    desk.push(kBtcUsdt, "31000");
    desk.tick("2020");
    desk.push(kBtcUsdt, "31000");
    ASSERT_NE(desk.books().position(kFlash, asset("BTC")), nullptr);
    ASSERT_NE(desk.books().position(kFlash, asset("ETH")), nullptr);
    desk.must(cmd::Liquidate{vault_target(kV1), ""});
    desk.tick("2020");
    desk.tick("2020");
    EXPECT_EQ(desk.state(kFlash), "liquidating");
    desk.push(kBtcUsdt, "31000");
    desk.push(kBtcUsdt, "31000");
    EXPECT_EQ(desk.state(kFlash), "halted");
    EXPECT_TRUE(desk.books().flat(kFlash));
}

TEST(Rule8, AWiderHaltStopsALiquidationAndResumeLetsItGoOn) {
    OpenDesk desk{{.flash = "1010"}};
    open_position(desk);
    desk.must(cmd::Liquidate{vault_target(kV1), ""});
    desk.must(cmd::Halt{daemon_target(), "fire"});
    desk.tick("2020");
    desk.tick("2020");
    EXPECT_EQ(desk.state(kFlash), "halted");
    EXPECT_FALSE(desk.books().flat(kFlash));
    desk.must(cmd::Resume{daemon_target(), ""});
    EXPECT_EQ(desk.state(kFlash), "liquidating");
    desk.tick("2020");
    desk.tick("2020");
    EXPECT_EQ(desk.vault().hold.kind, HoldKind::Halted);
}

// The last position closes by hand while a wider halt covers the liquidation.
TEST(Rule8, ALiquidationEndsUnderAWiderHaltToo) {
    OpenDesk desk{{.flash = "1010"}};
    open_position(desk);
    desk.must(cmd::Liquidate{vault_target(kV1), ""});
    desk.must(cmd::Halt{daemon_target(), ""});
    desk.must(cmd::PaperTrade{kA1, kEthUsdt, Side::Sell, Quantity{"0.5"_dec}, std::nullopt});
    ASSERT_TRUE(desk.books().flat(kFlash));
    EXPECT_EQ(desk.vault().hold.kind, HoldKind::Halted);
}

TEST(Rule8, ResumeUndoesALiquidationAndItsSaleIsOver) {
    OpenDesk desk{{.flash = "1010", .paper = {.latency_ticks = 2}}};
    desk.tick("2020");
    for (int i = 0; i < 3; ++i)
        desk.tick("2020");
    ASSERT_EQ(desk.state(kFlash), "holding");
    desk.must(cmd::Liquidate{vault_target(kV1), ""});
    desk.tick("2020");
    desk.must(cmd::Halt{vault_target(kV1), "stop"});
    desk.must(cmd::Resume{vault_target(kV1), ""});
    desk.tick("2020");
    EXPECT_EQ(desk.state(kFlash), "holding");
    desk.must(cmd::Liquidate{vault_target(kV1), ""});
    desk.tick("2020");
    ASSERT_TRUE(has_live_order(desk.sleeve(kFlash)));
    desk.must(cmd::Resume{vault_target(kV1), "thought better of it"});
    EXPECT_EQ(desk.sleeve(kFlash).slots[0].standing_sell, ports::Reason::None);
}

TEST(Rule8, AWiderLevelHoldsWhateverANarrowerOneSays) {
    OpenDesk desk{{.flash = "1010"}};
    for (const cmd::Target& wide : {daemon_target(), user_target("ann"), vault_target(kV1)}) {
        desk.must(cmd::Pause{wide, ""});
        desk.must(cmd::Resume{sleeve_target(kV1, kFlash), ""});
        desk.must(cmd::SetSleeve{kV1, kFlash, {{"spike", "1.01"}}});
        desk.tick("2000");
        desk.tick("2100");
        EXPECT_EQ(desk.state(kFlash), "paused");
        EXPECT_EQ(desk.sleeve(kFlash).last_order, 0U);
        desk.must(cmd::Resume{wide, ""});
    }
    desk.tick("2200");
    EXPECT_EQ(desk.state(kFlash), "buying");
}

// A pause holds vaults that are made after it as well.
TEST(Rule8, AUsersPauseHoldsVaultsMadeLater) {
    OpenDesk desk;
    desk.must(cmd::Halt{user_target("ann"), ""});
    desk.must(cmd::CreateVault{kA1, asset("USDC"), "1000"_dec});
    EXPECT_EQ(desk.state(kFlash, VaultId{2}), "halted");
    ASSERT_TRUE(desk.restart()) << desk.difference();
    EXPECT_EQ(desk.state(kFlash, VaultId{2}), "halted");
}

TEST(Rule8, ADryRunShowsAndChangesNothing) {
    OpenDesk desk{{.flash = "1010"}};
    open_position(desk);
    const std::string before = describe(desk.world());
    EXPECT_FALSE(desk.apply(cmd::Halt{daemon_target(), ""}, "", true).has_value());
    EXPECT_FALSE(desk.apply(cmd::Liquidate{vault_target(kV1), ""}, "", true).has_value());
    EXPECT_FALSE(desk.apply(cmd::Allocate{kV1, "5"_dec, kZero}, "", true).has_value());
    EXPECT_FALSE(
        desk.apply(cmd::PaperTrade{kA1, kEthUsdt, Side::Sell, Quantity{"0.5"_dec}, std::nullopt},
                   "", true)
            .has_value());
    EXPECT_FALSE(desk.apply(cmd::CreateVault{kA1, asset("USDC"), "5"_dec}, "", true).has_value());
    EXPECT_EQ(describe(desk.world()), before);
}

}  // namespace
}  // namespace vault::engine::test
