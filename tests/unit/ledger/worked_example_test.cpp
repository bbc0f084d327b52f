#include "tests/unit/ledger/desk.hpp"

namespace vault::ledger::test {
namespace {

// A fill with its fee in the quote; `left` is of the order's lock or hold.
FillSpec of(SleeveKind sleeve, Side side, Decimal quantity, Decimal price, Decimal cost,
            Decimal fee, Decimal left) {
    return {sleeve, side, quantity, price, cost, fee, kUsdt, left, {}, kEth};
}

TEST(WorkedExample, OfDomainMdHoldsToTheLastDigit) {
    Desk desk{"20.01253"_dec};
    ASSERT_EQ(desk.books().total(), "20.01253"_dec);
    ASSERT_EQ(desk.books().reserve(), "20.01253"_dec);
    ASSERT_EQ(desk.tradeable("15"_dec), std::nullopt);
    ASSERT_EQ(desk.allocate("10"_dec, "5"_dec), std::nullopt);
    EXPECT_EQ(desk.books().unallocated(), kZero);
    EXPECT_EQ(desk.books().reserve(), "5.01253"_dec);
    EXPECT_EQ(desk.books().balance(kQuiet), "10"_dec);
    EXPECT_EQ(desk.books().balance(kFlash), "5"_dec);

    ASSERT_EQ(desk.buy(kFlash, "4.996"_dec), std::nullopt);
    EXPECT_EQ(desk.flash().locked, "4.996"_dec);
    EXPECT_EQ(desk.flash().cash, "0.004"_dec);
    ASSERT_EQ(desk.fill(of(kFlash, Side::Buy, "0.0025"_dec, "1990"_dec, "4.975"_dec, "0.0199"_dec,
                           "4.996"_dec)),
              std::nullopt);
    EXPECT_EQ(desk.figures().remaining, "0.0011"_dec);
    EXPECT_EQ(desk.books().positions_cost(kFlash), "4.975"_dec);
    EXPECT_EQ(desk.flash().locked, kZero);
    EXPECT_EQ(desk.flash().cash, "0.0051"_dec);
    EXPECT_EQ(desk.flash().realised, "-0.0199"_dec);
    EXPECT_EQ(desk.flash().fees, "0.0199"_dec);
    EXPECT_EQ(desk.books().balance(kFlash), "4.9801"_dec);
    EXPECT_EQ(desk.books().total(), "19.99263"_dec);
    EXPECT_EQ(desk.books().wallet_cash(), "15.01763"_dec);
    EXPECT_FALSE(desk.close().closed);

    ASSERT_EQ(desk.sell(kFlash, "0.0025"_dec), std::nullopt);
    ASSERT_EQ(desk.fill(of(kFlash, Side::Sell, "0.0025"_dec, "2050"_dec, "5.125"_dec, "0.0205"_dec,
                           "0.0025"_dec),
                        false),
              std::nullopt);
    EXPECT_EQ(desk.flash().cash, "5.1096"_dec);  // 0.0051 + 5.1045
    EXPECT_EQ(desk.flash().realised, "0.1096"_dec);
    EXPECT_EQ(desk.figures().realised, "0.1295"_dec);
    EXPECT_EQ(desk.books().balance(kFlash), "5.1096"_dec);
    EXPECT_EQ(desk.flash().principal, "5"_dec);

    ASSERT_EQ(desk.run([](Transaction& t) { return t.close_if_flat(kFlash, false); }),
              std::nullopt);
    EXPECT_EQ(desk.flash().swept, "0.1096"_dec);
    EXPECT_EQ(desk.books().unallocated(), "0.1096"_dec);
    EXPECT_EQ(desk.books().balance(kFlash), "5"_dec);
    EXPECT_EQ(desk.books().tradeable(), "15.1096"_dec);
    EXPECT_EQ(desk.books().total(), "20.12213"_dec);
    EXPECT_EQ(desk.books().reserve(), "5.01253"_dec);
    EXPECT_EQ(desk.books().balance(kQuiet), "10"_dec);
}

// The flash sleeve's first cycle: 3.9 coins in two fills, more money while it is open, out in two.
void play_first_cycle(Desk& desk) {
    ASSERT_EQ(desk.buy(kFlash, "195.78"_dec), std::nullopt);
    EXPECT_EQ(desk.flash().cash, "4.22"_dec);
    ASSERT_EQ(
        desk.fill(of(kFlash, Side::Buy, "2"_dec, "49.95"_dec, "99.9"_dec, "0.4"_dec, "195.78"_dec),
                  false),
        std::nullopt);
    ASSERT_EQ(desk.fill(of(kFlash, Side::Buy, "1.9"_dec, "50"_dec, "95"_dec, "0.38"_dec,
                           desk.figures().remaining)),
              std::nullopt);
    EXPECT_EQ(desk.flash().cash, "4.32"_dec);
    EXPECT_EQ(desk.books().positions_cost(kFlash), "194.9"_dec);
    ASSERT_EQ(desk.allocate(kZero, "50"_dec), std::nullopt);
    EXPECT_EQ(desk.flash().pending, "50"_dec);
    EXPECT_EQ(desk.books().unallocated(), "250"_dec);
    ASSERT_EQ(desk.sell(kFlash, "3.9"_dec), std::nullopt);
    ASSERT_EQ(
        desk.fill(of(kFlash, Side::Sell, "1.5"_dec, "54"_dec, "81"_dec, "0.33"_dec, "3.9"_dec),
                  false),
        std::nullopt);
    EXPECT_EQ(desk.figures().cost, "74.961538461538461538"_dec);
    EXPECT_EQ(desk.flash().cash, "84.99"_dec);
    ASSERT_EQ(
        desk.fill(of(kFlash, Side::Sell, "2.4"_dec, "52.91"_dec, "127"_dec, "0.51"_dec, "2.4"_dec)),
        std::nullopt);
    EXPECT_EQ(desk.figures().cost, "119.938461538461538462"_dec);
    EXPECT_EQ(desk.close().swept, "11.48"_dec);
    EXPECT_EQ(desk.books().unallocated(), "261.48"_dec);
    EXPECT_EQ(desk.flash().cash, "200"_dec);
}

// reliability.md's golden run in whole units, with rule 7 in place of its target: the money of a
// larger allocation leaves unallocated at once and waits in pending.
TEST(GoldenRun, OfReliabilityMdEndsAtThePennyItNames) {
    Desk desk;
    ASSERT_EQ(desk.deposit("1000"_dec), std::nullopt);
    ASSERT_EQ(desk.tradeable("800"_dec), std::nullopt);
    ASSERT_EQ(desk.allocate("300"_dec, "200"_dec), std::nullopt);
    ASSERT_EQ(desk.books().unallocated(), "300"_dec);
    play_first_cycle(desk);
    ASSERT_EQ(desk.buy(kFlash, "200.8"_dec), std::nullopt);
    EXPECT_EQ(desk.flash().cash, "49.2"_dec);  // pending joined
    ASSERT_EQ(
        desk.fill(of(kFlash, Side::Buy, "4"_dec, "50"_dec, "200"_dec, "0.8"_dec, "200.8"_dec)),
        std::nullopt);
    ASSERT_EQ(desk.sell(kFlash, "4"_dec), std::nullopt);
    ASSERT_EQ(
        desk.fill(of(kFlash, Side::Sell, "4"_dec, "47.5"_dec, "190"_dec, "0.76"_dec, "4"_dec)),
        std::nullopt);
    EXPECT_EQ(desk.close().swept, kZero);
    EXPECT_EQ(desk.books().balance(kFlash), "238.44"_dec);
    ASSERT_EQ(desk.buy(kQuiet, "291.16"_dec), std::nullopt);
    ASSERT_EQ(
        desk.fill(of(kQuiet, Side::Buy, "5"_dec, "58"_dec, "290"_dec, "1.16"_dec, "291.16"_dec)),
        std::nullopt);
    ASSERT_EQ(desk.sell(kQuiet, "5"_dec), std::nullopt);
    ASSERT_EQ(desk.fill(of(kQuiet, Side::Sell, "5"_dec, "62"_dec, "310"_dec, "1.24"_dec, "5"_dec)),
              std::nullopt);
    EXPECT_EQ(desk.quiet().cash, "317.6"_dec);
    EXPECT_EQ(desk.books().unallocated(), "261.48"_dec);
    EXPECT_EQ(desk.books().reserve(), "200"_dec);
    EXPECT_EQ(desk.books().total(), "1017.52"_dec);
    EXPECT_EQ(desk.quiet().fees + desk.flash().fees, "5.58"_dec);
}

}  // namespace
}  // namespace vault::ledger::test
