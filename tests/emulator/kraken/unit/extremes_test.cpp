// Amounts at the end of what is taken: refused or done, but never out of range.
#include "tests/emulator/kraken/exchange/order_rules.hpp"
#include "tests/emulator/kraken/unit/desk.hpp"

namespace vault::kraken_emulator {
namespace {

TEST(Extremes, TheLowestPriceOfTheCheapestPair) {
    Desk desk;
    const PairNo doge = *desk.exchange.instruments().find_pair("XDGXBT");
    desk.exchange.trade(doge, Side::Sell, "0.000000001"_dec, "1"_dec);
    OrderTerms terms = Desk::market(Side::Buy, kAmountMax);
    terms.pair = doge;
    terms.in_quote = true;
    const Order& order = desk.add(desk.alice, terms);
    EXPECT_EQ(order.status, OrderStatus::Closed) << "it is all that the book has";
    EXPECT_TRUE(desk.exchange.book(doge).levels(Side::Sell).empty());
    terms.in_quote = false;
    EXPECT_EQ(desk.add(desk.alice, terms).status, OrderStatus::Canceled);
}

TEST(Extremes, TheHighestPrice) {
    Desk desk;
    desk.street(kAmountMax, "1"_dec, Side::Buy);
    EXPECT_EQ(desk.refusal(desk.alice, Desk::market(Side::Buy, "1"_dec)),
              "EOrder:Insufficient funds");
    EXPECT_EQ(desk.refusal(desk.alice, Desk::market(Side::Buy, "2"_dec)),
              "EGeneral:Invalid arguments:volume");
    EXPECT_EQ(desk.exchange.usd_of(desk.btc, kAmountMax), kAmountMax);
    EXPECT_EQ(desk.refusal(desk.alice, Desk::limit(Side::Sell, "1"_dec, kAmountMax)), "accepted");
}

}  // namespace
}  // namespace vault::kraken_emulator
