#include "tests/unit/ledger/desk.hpp"

#include <algorithm>

namespace vault::ledger::test {
namespace {

// "account amount asset" lines without the JSON around them.
std::string lines_of(const Entry& entry) {
    std::string text;
    for (const Posting& posting : entry.postings) {
        text += std::string{to_text(posting.account)} + " " + posting.amount.text();
        text += posting.asset == kUsdt ? "; " : " " + std::string{posting.asset.text()} + "; ";
    }
    return text;
}

std::string only(const Desk& desk) {
    return desk.last().size() == 1 ? lines_of(desk.last().front()) : "not one entry";
}

Desk funded() {
    Desk desk{"1000"_dec};
    desk.tradeable("800"_dec);
    desk.allocate("300"_dec, "200"_dec);
    return desk;
}

// Flash holds 2 ETH at 100, paid from a lock of 100.4.
Desk holding() {
    Desk desk = funded();
    desk.buy(kFlash, "100.4"_dec);
    desk.fill(
        {kFlash, Side::Buy, "2"_dec, "50"_dec, "100"_dec, "0.4"_dec, kUsdt, "100.4"_dec, {}, kEth});
    return desk;
}

TEST(Events, FundingBooksThePostingsOfTheTable) {
    Desk desk{"100"_dec};
    EXPECT_EQ(only(desk), "external -100; reserve 100; ");
    desk.deposit("10"_dec);
    EXPECT_EQ(only(desk), "external -10; reserve 10; ");
    desk.withdraw("4"_dec);
    EXPECT_EQ(only(desk), "external 4; reserve -4; ");
    desk.tradeable("50"_dec);
    EXPECT_EQ(only(desk), "reserve -50; unallocated 50; ");
    desk.tradeable("20"_dec);
    EXPECT_EQ(only(desk), "reserve 30; unallocated -30; ");
    desk.run([](Transaction& t) { return t.fee_paid("1"_dec); });
    EXPECT_EQ(only(desk), "reserve -1; external_fees 1; ");
    desk.run([](Transaction& t) { return t.withdraw("2"_dec, EntryKind::ManualTrade); });
    EXPECT_EQ(desk.last_kinds(), Kinds{"manual_trade"});
}

TEST(Events, AllocationBooksThePostingsOfTheTable) {
    Desk desk{"100"_dec};
    desk.tradeable("100"_dec);
    desk.allocate("30"_dec, "20"_dec);
    EXPECT_EQ(only(desk),
              "unallocated -50; quiet.cash 30; quiet.principal 30; memo -30; flash.cash 20; "
              "flash.principal 20; memo -20; ");
    desk.allocate(kZero, "5"_dec, {false, true});
    EXPECT_EQ(only(desk), "unallocated -5; flash.pending 5; flash.principal 5; memo -5; ");
    desk.unallocate("10"_dec, "6"_dec);
    EXPECT_EQ(only(desk),
              "quiet.cash -10; unallocated 10; quiet.principal -10; memo 10; flash.pending -5; "
              "flash.cash -1; unallocated 6; flash.principal -6; memo 6; ");
}

TEST(Events, ABuyWithItsFeeInTheQuote) {
    Desk desk = funded();
    desk.buy(kFlash, "100.4"_dec);
    EXPECT_EQ(only(desk), "flash.cash -100.4; flash.locked 100.4; ");
    desk.fill(
        {kFlash, Side::Buy, "2"_dec, "50"_dec, "100"_dec, "0.3"_dec, kUsdt, "100.4"_dec, {}, kEth});
    ASSERT_EQ(desk.last_kinds(), (Kinds{"buy_fill", "order_end"}));
    EXPECT_EQ(lines_of(desk.last()[0]),
              "flash.locked -100.3; flash.position 100; flash.realised 0.3; flash.fees 0.3; "
              "memo -0.3; flash.position 2 ETH; market -2 ETH; ");
    EXPECT_EQ(lines_of(desk.last()[1]), "flash.locked -0.1; flash.cash 0.1; ");
    EXPECT_EQ(desk.last()[0].tx, desk.last()[1].tx);
    EXPECT_EQ(desk.last()[0].tx, desk.last()[0].seq);
}

TEST(Events, ABuyWithItsFeeInTheBaseKeepsTheAverage) {
    Desk desk = funded();
    desk.buy(kFlash, "100"_dec);
    desk.fill(
        {kFlash, Side::Buy, "2"_dec, "50"_dec, "100"_dec, "0.01"_dec, kEth, "100"_dec, {}, kEth});
    EXPECT_EQ(lines_of(desk.last()[0]),
              "flash.locked -100; flash.position 99.5; flash.realised 0.5; flash.fees 0.5; "
              "memo -0.5; flash.position 1.99 ETH; external_fees 0.01 ETH; market -2 ETH; ");
    EXPECT_EQ(mul("50"_dec, "1.99"_dec, Rounding::Down).value(),
              desk.books().positions_cost(kFlash));
}

TEST(Events, AThirdAssetsFeeLeavesTheCashAndRaisesTheFeeFloat) {
    Desk desk = funded();
    desk.buy(kFlash, "100"_dec);
    desk.fill({kFlash, Side::Buy, "2"_dec, "50"_dec, "100"_dec, "0.002"_dec, kBnb, "100"_dec,
               "0.6"_dec, kEth});
    EXPECT_EQ(lines_of(desk.last()[0]),
              "flash.locked -100; flash.position 100; flash.realised 0.6; external_fees -0.6; "
              "flash.fees 0.6; memo -0.6; flash.position 2 ETH; market -2 ETH; ");
    EXPECT_EQ(desk.flash().fee_float, "0.6"_dec);
    EXPECT_EQ(desk.books().balance(kFlash), "200"_dec);
    desk.sell(kFlash, "2"_dec);
    desk.fill({kFlash, Side::Sell, "2"_dec, "51"_dec, "102"_dec, "0.001"_dec, kBnb, "2"_dec,
               "0.5"_dec, kEth});
    EXPECT_EQ(lines_of(desk.last()[0]),
              "flash.cash 102; flash.position -100; flash.realised -1.5; external_fees -0.5; "
              "flash.fees 0.5; memo -0.5; flash.held -2 ETH; market 2 ETH; ");
    EXPECT_EQ(desk.flash().fee_float, "1.1"_dec);
    EXPECT_EQ(desk.flash().realised, "0.9"_dec);
    EXPECT_EQ(desk.close().swept, "0.9"_dec);  // 202 - 200 - 1.1
}

TEST(Events, ASellWithItsFeeInTheQuoteAndThePartsOfTheCost) {
    Desk desk = holding();
    desk.sell(kFlash, "2"_dec);
    EXPECT_EQ(only(desk), "flash.position -2 ETH; flash.held 2 ETH; ");
    desk.fill(
        {kFlash, Side::Sell, "0.7"_dec, "60"_dec, "42"_dec, "0.2"_dec, kUsdt, "2"_dec, {}, kEth});
    EXPECT_EQ(lines_of(desk.last()[0]),
              "flash.cash 41.8; flash.position -35; flash.realised -6.8; flash.fees 0.2; "
              "memo -0.2; flash.held -0.7 ETH; market 0.7 ETH; ");
    EXPECT_EQ(lines_of(desk.last()[1]), "flash.held -1.3 ETH; flash.position 1.3 ETH; ");
}

TEST(Events, ASellWithItsFeeInTheBaseTakesItsCoinsAtCost) {
    Desk desk = holding();
    desk.sell(kFlash, "2"_dec);
    desk.fill(
        {kFlash, Side::Sell, "1.9"_dec, "60"_dec, "114"_dec, "0.1"_dec, kEth, "2"_dec, {}, kEth});
    EXPECT_EQ(lines_of(desk.last()[0]),
              "flash.cash 114; flash.position -100; flash.realised -14; flash.fees 6; memo -6; "
              "flash.held -2 ETH; external_fees 0.1 ETH; market 1.9 ETH; ");
    EXPECT_EQ(desk.close().swept, "13.6"_dec);  // 14 less the buy's 0.4
}

TEST(Events, TheLastCoinsTakeAllTheCostThatRoundingLeft) {
    Desk desk = funded();
    desk.buy(kQuiet, "100"_dec);
    desk.fill({kQuiet, Side::Buy, "3"_dec, "33"_dec, "100"_dec, {}, kUsdt, "100"_dec, {}, kEth});
    Decimal cost;
    for (int i = 0; i < 3; ++i) {
        desk.sell(kQuiet, "1"_dec);
        desk.fill({kQuiet, Side::Sell, "1"_dec, "33"_dec, "33"_dec, {}, kUsdt, "1"_dec, {}, kEth});
        cost += desk.figures().cost;
    }
    EXPECT_EQ(desk.figures().cost, "33.333333333333333334"_dec);
    EXPECT_EQ(cost, "100"_dec);
    EXPECT_EQ(desk.quiet().realised, "-1"_dec);
    EXPECT_TRUE(desk.quiet().positions.empty());
}

TEST(Refusals, NameTheBoundAndChangeNothing) {
    Desk desk = holding();
    const VaultBooks before = desk.books();
    const auto refused = [&](std::optional<Errc> got, Errc expected, const char* tells = "") {
        EXPECT_EQ(got, expected) << desk.error();
        EXPECT_NE(desk.error().find(tells), std::string::npos) << desk.error();
        EXPECT_TRUE(desk.books() == before);
    };
    refused(desk.tradeable("499"_dec), Errc::TradeableBelowAllocated, "499.6");
    refused(desk.tradeable("999.7"_dec), Errc::InsufficientReserve, "999.6");
    refused(desk.tradeable("900"_dec, "10"_dec), Errc::TradeableAboveCap, "899.64");
    refused(desk.tradeable("850"_dec, "101"_dec), Errc::InvalidParams, "reserve_pct");
    refused(desk.tradeable("-1"_dec), Errc::InvalidParams);
    refused(desk.allocate("300"_dec, "0.1"_dec), Errc::AllocationAboveUnallocated, "300");
    refused(desk.allocate("301"_dec, "-1"_dec), Errc::InvalidParams);
    refused(desk.allocate(kZero, kZero), Errc::InvalidParams);
    refused(desk.unallocate("1"_dec, "199.7"_dec), Errc::UnallocateAboveBalance, "199.6");
    refused(desk.buy(kFlash, "99.7"_dec), Errc::InsufficientBalance, "99.6");
    refused(desk.buy(kFlash, kZero), Errc::InvalidParams);
    refused(desk.sell(kFlash, "2.1"_dec), Errc::InsufficientBalance, "2");
    refused(desk.sell(kQuiet, "0.1"_dec), Errc::InsufficientBalance);
    refused(desk.deposit("100000000000000001"_dec), Errc::AmountTooLarge);
    refused(desk.deposit("99999999999999999999"_dec), Errc::AmountTooLarge);
    refused(desk.deposit("100000000000000000"_dec), Errc::AmountTooLarge);  // on top of 1000
    refused(desk.withdraw(kZero), Errc::InvalidParams);
    refused(desk.run([](Transaction& t) { return t.open(kOne); }), Errc::WrongState);
    refused(desk.run([](Transaction& t) { return t.change_mode(Mode::Live, kOne); }),
            Errc::NotFlat);
    refused(desk.run([](Transaction& t) { return t.quiet_sweep(kZero, false); }),
            Errc::InvalidParams);
    refused(desk.run([](Transaction& t) { return t.quiet_sweep("1.1"_dec, false); }),
            Errc::InvalidParams);
    refused(desk.run([](Transaction& t) { return t.quiet_sweep(kOne, true); }), Errc::NotFlat);
    refused(desk.run([](Transaction& t) { return t.mark_dust(kQuiet, kEth); }), Errc::NotFound);
    refused(desk.run([](Transaction& t) { return t.write_down(kFlash, kEth); }), Errc::WrongState);
    refused(desk.fill({kFlash, Side::Sell, "3"_dec, kOne, kOne, {}, kUsdt, {}, {}, kEth}),
            Errc::InsufficientBalance);
    refused(desk.fill({kFlash, Side::Buy, kOne, kOne, kOne, "2"_dec, kEth, {}, {}, kEth}),
            Errc::InvalidParams);
    refused(desk.fill({kFlash, Side::Buy, kOne, kOne, kOne, "-1"_dec, kUsdt, {}, {}, kEth}),
            Errc::InvalidParams);
    refused(desk.fill({kFlash, Side::Buy, kOne, kOne, kOne, {}, kUsdt, {}, {}, kUsdt}),
            Errc::InvalidParams);
}

TEST(Tradeable, TheCapAllowsEqualityAndLoweringAboveIt) {
    Desk desk{"20.01253"_dec};
    EXPECT_EQ(desk.tradeable("18.01127701"_dec, "10"_dec), Errc::TradeableAboveCap);
    EXPECT_EQ(desk.tradeable("18.011277"_dec, "10"_dec), std::nullopt);
    EXPECT_EQ(desk.tradeable("18.01"_dec, "20"_dec), std::nullopt);
    EXPECT_EQ(desk.tradeable("18.011"_dec, "20"_dec), Errc::TradeableAboveCap);
    EXPECT_EQ(desk.tradeable(kZero, "20"_dec), std::nullopt);
    EXPECT_EQ(desk.books().tradeable(), kZero);
}

TEST(AutoRaise, FollowsPolicyCeilingCapAndReserve) {
    struct Case {
        const char* name;
        AutoRaise policy;
        Decimal raised;
    };
    using Kind = AutoRaise::Kind;
    const std::vector<Case> cases{
        {"off", {Kind::Off, {}, {}, {}}, kZero},
        {"full", {Kind::Full, {}, {}, {}}, "10.123456789"_dec},
        {"percent", {Kind::Percent, "50"_dec, {}, {}}, "5.06172839"_dec},
        {"percent 0", {Kind::Percent, kZero, {}, {}}, kZero},
        {"ceiling", {Kind::Full, {}, "53"_dec, {}}, "3"_dec},
        {"ceiling below", {Kind::Full, {}, "20"_dec, {}}, kZero},
        {"cap", {Kind::Full, {}, {}, "50"_dec}, "5.06172839"_dec},
        {"cap below", {Kind::Full, {}, {}, "90"_dec}, kZero},
    };
    for (const Case& test : cases) {
        Desk desk{"100"_dec};
        desk.tradeable("50"_dec);
        ASSERT_EQ(desk.deposit("10.123456789"_dec, test.policy), std::nullopt) << test.name;
        EXPECT_EQ(desk.books().tradeable(), "50"_dec + floor_8(test.raised)) << test.name;
        EXPECT_EQ(desk.books().total(), "110.123456789"_dec);
    }
}

TEST(Withdrawal, TakesReserveUnallocatedPendingThenCashByPrincipal) {
    Desk desk{"100"_dec};
    desk.tradeable("90"_dec);
    desk.allocate("30"_dec, "20"_dec);
    desk.allocate("4"_dec, "6"_dec, {true, true});
    desk.withdraw("45"_dec);  // 10 + 30 + 5 of pending: 34/60 of it from quiet
    EXPECT_EQ(only(desk),
              "external 45; reserve -10; unallocated -30; quiet.pending -2.83333333; "
              "flash.pending -2.16666667; quiet.principal -2.83333333; memo 2.83333333; "
              "flash.principal -2.16666667; memo 2.16666667; ");
    desk.withdraw("60"_dec);
    EXPECT_EQ(desk.books().total(), kZero);
    EXPECT_EQ(desk.books().shortfall(), "5"_dec);
    EXPECT_TRUE(desk.books().underfunded());
    EXPECT_EQ(desk.quiet().principal, kZero);
    // A deposit pays the shortfall first, and only the rest is raised.
    desk.deposit("12"_dec, {AutoRaise::Kind::Full, {}, {}, {}});
    EXPECT_EQ(desk.last_kinds(), (Kinds{"deposit", "withdrawal", "auto_raise"}));
    EXPECT_EQ(desk.books().total(), "7"_dec);
    EXPECT_EQ(desk.books().tradeable(), "7"_dec);
    EXPECT_FALSE(desk.books().underfunded());
}

TEST(Withdrawal, WhatPositionsHoldComesAsTheyFreeIt) {
    Desk desk = holding();  // flash 99.6 cash, 100 cost; quiet 300; 300 free; 200 reserve
    desk.withdraw("950"_dec);
    EXPECT_EQ(desk.books().shortfall(), "50.4"_dec);
    EXPECT_EQ(desk.books().total(), "100"_dec);
    EXPECT_EQ(desk.buy(kFlash, kOne), Errc::WrongState);
    const Decimal principal = desk.flash().principal;
    desk.sell(kFlash, "2"_dec);
    desk.fill({kFlash, Side::Sell, "2"_dec, "60"_dec, "120"_dec, {}, kUsdt, "2"_dec, {}, kEth});
    EXPECT_EQ(desk.last_kinds(), (Kinds{"sell_fill", "withdrawal", "flash_sweep"}));
    EXPECT_FALSE(desk.books().underfunded());
    EXPECT_EQ(desk.flash().principal, principal - "50.4"_dec);
    EXPECT_EQ(desk.books().total(), "69.6"_dec);
    EXPECT_EQ(desk.close().swept, "69.6"_dec - desk.flash().principal);
}

TEST(Unallocate, WhileBusyIsARequestThatTheClosePays) {
    Desk desk = holding();
    desk.allocate(kZero, "10"_dec);
    EXPECT_EQ(desk.flash().pending, "10"_dec);
    EXPECT_EQ(desk.unallocate(kZero, "30"_dec), std::nullopt);
    EXPECT_EQ(desk.flash().pending, kZero);
    EXPECT_EQ(desk.flash().unallocate_requested, "20"_dec);
    EXPECT_EQ(desk.unallocate(kZero, "5"_dec), std::nullopt);
    EXPECT_EQ(desk.flash().unallocate_requested, "25"_dec);
    EXPECT_TRUE(desk.last().empty());
    EXPECT_EQ(desk.unallocate(kZero, "174.7"_dec), Errc::UnallocateAboveBalance);
    desk.sell(kFlash, "2"_dec);
    desk.fill({kFlash, Side::Sell, "2"_dec, "60"_dec, "120"_dec, {}, kUsdt, "2"_dec, {}, kEth});
    EXPECT_EQ(desk.last_kinds(), (Kinds{"sell_fill", "unallocate_return", "flash_sweep"}));
    EXPECT_EQ(desk.last()[0].cause, desk.last()[1].cause);
    EXPECT_EQ(desk.last()[0].cause, desk.last()[2].cause);
    EXPECT_EQ(desk.close().returned, "25"_dec);
    EXPECT_EQ(desk.close().lapsed, kZero);
    EXPECT_EQ(desk.close().swept, "19.6"_dec);
    EXPECT_EQ(desk.flash().principal, "175"_dec);
    EXPECT_EQ(desk.flash().cash, "175"_dec);
}

TEST(Unallocate, WhatTheCloseCannotPayLapses) {
    Desk desk = holding();
    desk.unallocate(kZero, "199.6"_dec);
    desk.sell(kFlash, "2"_dec);
    desk.fill({kFlash, Side::Sell, "2"_dec, "20"_dec, "40"_dec, {}, kUsdt, "2"_dec, {}, kEth});
    EXPECT_EQ(desk.close().returned, "139.6"_dec);
    EXPECT_EQ(desk.close().lapsed, "60"_dec);
    EXPECT_EQ(desk.flash().principal, "60.4"_dec);
    EXPECT_EQ(desk.flash().unallocate_requested, kZero);
}

TEST(Release, TakesWhatIsFreeInProportionBeforeItAsksPositions) {
    Desk desk{"1000"_dec};
    desk.tradeable("600"_dec);
    desk.allocate("100"_dec, "200"_dec);
    EXPECT_EQ(desk.release("10"_dec), std::nullopt);
    EXPECT_EQ(desk.quiet().cash, "96.66666667"_dec);  // 3.33333333 of 10, the rest from flash
    EXPECT_EQ(desk.flash().cash, "193.33333333"_dec);
    EXPECT_EQ(desk.books().unallocated(), "310"_dec);
    EXPECT_EQ(desk.books().tradeable(), "600"_dec);

    desk.buy(kFlash, "100"_dec);
    desk.fill({kFlash, Side::Buy, kOne, "100"_dec, "100"_dec, {}, kUsdt, "100"_dec, {}, kEth});
    EXPECT_EQ(desk.release("100"_dec), std::nullopt);  // flash is busy: quiet gives all it has
    EXPECT_EQ(desk.quiet().cash, kZero);
    EXPECT_EQ(desk.flash().cash, "93.33333333"_dec);
    EXPECT_EQ(desk.flash().unallocate_requested, "3.33333333"_dec);

    EXPECT_EQ(desk.release("190.00000001"_dec), Errc::UnallocateAboveBalance);
    EXPECT_NE(desk.error().find("both sleeves can give, 190"), std::string::npos) << desk.error();
    EXPECT_EQ(desk.release("190"_dec), std::nullopt);
    EXPECT_EQ(desk.flash().unallocate_requested, "193.33333333"_dec);
    desk.sell(kFlash, kOne);
    desk.fill({kFlash, Side::Sell, kOne, "100"_dec, "100"_dec, {}, kUsdt, kOne, {}, kEth});
    EXPECT_EQ(desk.close().returned, "193.33333333"_dec);
    EXPECT_EQ(desk.books().unallocated(), "600"_dec);
    EXPECT_EQ(desk.release(kOne), Errc::UnallocateAboveBalance);
}

TEST(Release, PendingIsFreeEvenOfABusySleeve) {
    Desk desk = holding();
    desk.allocate(kZero, "10"_dec);
    EXPECT_EQ(desk.release("8"_dec), std::nullopt);
    EXPECT_EQ(desk.quiet().cash, "292.25806452"_dec);  // 300 and 10 are free
    EXPECT_EQ(desk.flash().pending, "9.74193548"_dec);
    EXPECT_EQ(desk.flash().unallocate_requested, kZero);
}

TEST(Allocate, CancelsAnOpenRequestFirst) {
    Desk desk = holding();
    desk.unallocate(kZero, "20"_dec);
    desk.run([](Transaction& t) -> Result<void> {
        VAULT_TRY(const auto figures, t.allocate({kZero, "1"_dec}, {}));
        EXPECT_EQ(figures.request_cancelled.flash, "20"_dec);
        EXPECT_EQ(figures.to_pending.flash, "1"_dec);
        return success();
    });
    EXPECT_EQ(desk.flash().unallocate_requested, kZero);
}

TEST(Sweep, QuietKeepsItsProfitUntilItsOwnSweep) {
    Desk desk = funded();
    desk.cycle(kQuiet, "100"_dec, "110.000000019"_dec);
    EXPECT_EQ(desk.quiet().cash, "310.000000019"_dec);
    EXPECT_EQ(desk.quiet().swept, kZero);
    desk.run([](Transaction& t) { return t.quiet_sweep("0.5"_dec, false); });
    EXPECT_EQ(only(desk), "quiet.cash -5; unallocated 5; ");
    EXPECT_EQ(desk.quiet().swept, "5"_dec);
    EXPECT_EQ(desk.quiet().principal, "300"_dec);
}

TEST(Sweep, ALossIsEarnedBackBeforeFlashSweepsAgain) {
    Desk desk = funded();
    desk.cycle(kFlash, "100"_dec, "90"_dec);
    EXPECT_EQ(desk.flash().swept, kZero);
    EXPECT_EQ(desk.books().balance(kFlash), "190"_dec);
    desk.cycle(kFlash, "100"_dec, "107"_dec);
    EXPECT_EQ(desk.flash().swept, kZero);
    desk.cycle(kFlash, "100"_dec, "105"_dec);
    EXPECT_EQ(desk.flash().swept, "2"_dec);
    EXPECT_EQ(desk.books().balance(kFlash), "200"_dec);
}

TEST(LateFill, TakesTheSweepBackAndBothTogetherEqualOneCycle) {
    // One cycle: buy 300 coins' worth in two fills, sell all. Late: the second buy arrives after
    // the sweep.
    const auto play = [](bool late) {
        Desk desk = funded();
        desk.buy(kFlash, "200"_dec);
        const FillSpec first{kFlash, Side::Buy, "2"_dec,   "50"_dec, "100"_dec,
                             {},     kUsdt,     "200"_dec, {},       kEth};
        FillSpec second = first;
        second.remaining = late ? kZero : "100"_dec;
        if (late) {
            desk.fill(first);
        } else {
            desk.fill(first, false);
            desk.fill(second);
        }
        desk.sell(kFlash, late ? "2"_dec : "4"_dec);
        FillSpec out{kFlash, Side::Sell, "2"_dec, "65"_dec, "130"_dec,
                     {},     kUsdt,      "2"_dec, {},       kEth};
        if (late) {
            desk.fill(out);
            EXPECT_EQ(desk.close().swept, "30"_dec);
            second.cost = "210"_dec;  // past the 200 in cash
            EXPECT_EQ(desk.fill(second), std::nullopt);
            EXPECT_EQ(desk.last_kinds(), (Kinds{"sweep_return", "buy_fill"}));
            EXPECT_EQ(desk.figures().sweep_returned, "10"_dec);
            EXPECT_EQ(desk.flash().swept, "20"_dec);
            desk.sell(kFlash, "2"_dec);
            out.cost = "240"_dec;
            desk.fill(out);
        } else {
            out.remaining = "4"_dec;
            desk.fill(out, false);
            out.remaining = "2"_dec;
            desk.fill(out);
        }
        return desk;
    };
    const Desk one = play(false);
    const Desk two = play(true);
    EXPECT_EQ(one.flash().swept, "60"_dec);
    EXPECT_EQ(two.flash().swept, "60"_dec);
    EXPECT_EQ(one.books().unallocated(), two.books().unallocated());
    EXPECT_EQ(one.books().total(), two.books().total());
    EXPECT_EQ(one.flash().cash, two.flash().cash);
}

TEST(LateFill, PastTheSleevesMoneyLeavesTheVaultUnderfundedUntilTheSleevePays) {
    Desk desk = funded();
    desk.fill({kFlash, Side::Buy, "2"_dec, "125"_dec, "250"_dec, {}, kUsdt, {}, {}, kEth});
    EXPECT_EQ(desk.last_kinds(), (Kinds{"overdraft", "buy_fill"}));
    EXPECT_EQ(desk.figures().overdraft, "50"_dec);
    EXPECT_TRUE(desk.books().underfunded());
    EXPECT_EQ(desk.books().reserve(), "200"_dec);  // the reserve never pays for an order
    EXPECT_EQ(desk.quiet().cash, "300"_dec);
    EXPECT_EQ(desk.buy(kQuiet, kOne), Errc::WrongState);
    desk.sell(kFlash, "2"_dec);
    desk.fill({kFlash, Side::Sell, "2"_dec, "130"_dec, "260"_dec, {}, kUsdt, "2"_dec, {}, kEth});
    EXPECT_EQ(desk.last_kinds(), (Kinds{"sell_fill", "overdraft_return", "flash_sweep"}));
    EXPECT_FALSE(desk.books().underfunded());
    EXPECT_EQ(desk.close().swept, "10"_dec);
    EXPECT_EQ(desk.flash().principal, "200"_dec);
    EXPECT_EQ(desk.books().total(), "1010"_dec);
}

TEST(Dust, ClosesTheSleeveAndJoinsTheNextBuysAverage) {
    Desk desk = holding();
    desk.sell(kFlash, "1.99"_dec);
    desk.fill(
        {kFlash, Side::Sell, "1.99"_dec, "60"_dec, "119.4"_dec, {}, kUsdt, "1.99"_dec, {}, kEth});
    EXPECT_FALSE(desk.close().closed);
    desk.run([](Transaction& t) -> Result<void> {
        VAULT_TRYV(t.mark_dust(kFlash, kEth));
        VAULT_TRY(const auto close, t.close_if_flat(kFlash, false));
        EXPECT_TRUE(close.closed);
        EXPECT_EQ(close.swept, "19.5"_dec);  // 199.6 + 19.9 gained - 200; dust of 0.5 stays at cost
        return success();
    });
    EXPECT_TRUE(desk.books().flat(kFlash));
    desk.buy(kFlash, "100"_dec);
    desk.fill({kFlash, Side::Buy, "1"_dec, "100"_dec, "100"_dec, {}, kUsdt, "100"_dec, {}, kEth});
    EXPECT_FALSE(desk.books().flat(kFlash));
    EXPECT_EQ(desk.books().position(kFlash, kEth)->cost, "100.5"_dec);
    EXPECT_EQ(desk.books().position(kFlash, kEth)->quantity, "1.01"_dec);
}

TEST(Dust, IsWrittenDownOnlyOnCommandAndAsALoss) {
    Desk desk = holding();
    desk.run([](Transaction& t) { return t.mark_dust(kFlash, kEth); });
    desk.run([](Transaction& t) { return t.write_down(kFlash, kEth); });
    EXPECT_EQ(only(desk),
              "flash.position -100; flash.realised 100; flash.position -2 ETH; market 2 ETH; ");
    EXPECT_EQ(desk.flash().realised, "-100.4"_dec);
    EXPECT_TRUE(desk.flash().positions.empty());
}

TEST(Correction, ReversesAnEntryAndItsCounters) {
    Desk desk = funded();
    const VaultBooks before = desk.books();
    desk.cycle(kFlash, "100"_dec, "130"_dec);
    std::vector<Entry> wrong{desk.journal().end() - 5, desk.journal().end()};
    std::reverse(wrong.begin(), wrong.end());
    for (const Entry& entry : wrong) {
        const auto refused = desk.run([&](Transaction& t) { return t.correct(entry); });
        const bool of_an_order =
            entry.kind == EntryKind::BuyIntent || entry.kind == EntryKind::SellIntent;
        if (of_an_order) {
            EXPECT_EQ(refused, Errc::WrongState);
        } else {
            EXPECT_EQ(refused, std::nullopt) << desk.error();
        }
    }
    EXPECT_EQ(desk.books().balances(), before.balances());
    EXPECT_EQ(desk.flash().swept, kZero);
    EXPECT_EQ(desk.flash().last_sweep, kZero);
}

TEST(Correction, OfMoneyThatIsGoneIsRefused) {
    Desk desk;
    desk.deposit("10"_dec);
    const Entry wrong = desk.last().front();
    desk.withdraw("5"_dec);
    EXPECT_EQ(desk.run([&](Transaction& t) { return t.correct(wrong); }),
              Errc::InsufficientBalance);
    Entry foreign = wrong;
    foreign.vault = VaultId{2};
    EXPECT_EQ(desk.run([&](Transaction& t) { return t.correct(foreign); }), Errc::NotFound);
}

TEST(ModeChange, TakesTheOldBooksOutAndOpensTheNewOnes) {
    Desk desk = holding();
    desk.run([](Transaction& t) { return t.mark_dust(kFlash, kEth); });
    desk.allocate(kZero, "7"_dec, {false, true});
    ASSERT_EQ(desk.run([](Transaction& t) { return t.change_mode(Mode::Live, "12.5"_dec); }),
              std::nullopt);
    ASSERT_EQ(desk.last_kinds(), (Kinds{"mode_change", "opening"}));
    EXPECT_EQ(desk.last()[0].mode, Mode::Paper);
    EXPECT_EQ(desk.last()[1].mode, Mode::Live);
    EXPECT_EQ(desk.books().total(), "12.5"_dec);
    EXPECT_EQ(desk.books().reserve(), "12.5"_dec);
    EXPECT_EQ(desk.books().balances().size(), 2U);
    EXPECT_TRUE(desk.books().state() == BooksState{});
}

TEST(FeePaid, PastTheReserveIsAWithdrawal) {
    Desk desk{"10"_dec};
    desk.tradeable("9"_dec);
    desk.run([](Transaction& t) { return t.fee_paid("12"_dec); });
    EXPECT_EQ(desk.last_kinds(), (Kinds{"fee_paid", "withdrawal"}));
    EXPECT_EQ(desk.books().total(), kZero);
    EXPECT_EQ(desk.books().shortfall(), "2"_dec);
}

TEST(Cause, IsNumberedWhenOneTransactionBooksAKindTwice) {
    Desk desk = holding();
    desk.withdraw("995"_dec);
    desk.sell(kFlash, "2"_dec);
    // Sell and sweep each free cash, so each is followed by a withdrawal of the same transaction.
    desk.run([](Transaction& t) -> Result<void> {
        for (const auto part : {"0.5"_dec, "1.5"_dec}) {
            Fill fill{{VaultId{1}, kFlash, 1}, "x",  UtcTime{}, Side::Sell, Price{"50"_dec},
                      Quantity{part},          part, kZero,     kUsdt};
            VAULT_TRYV(t.sell_fill(fill, {kEth, part, kZero}));
        }
        return success();
    });
    ASSERT_EQ(desk.last_kinds(), (Kinds{"sell_fill", "withdrawal", "sell_fill", "withdrawal"}));
    EXPECT_EQ(desk.last()[3].cause, desk.last()[1].cause + ":2");
    EXPECT_EQ(desk.last()[3].tx, desk.last()[0].seq);
}

}  // namespace
}  // namespace vault::ledger::test
