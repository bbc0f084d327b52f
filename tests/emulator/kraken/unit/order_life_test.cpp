// What is refused, and how orders end without being filled.
#include "tests/emulator/kraken/unit/desk.hpp"

namespace vault::kraken_emulator {
namespace {

TEST(OrderLife, MinimaAndSteps) {
    Desk desk;
    const auto says = [&](Decimal quantity, Decimal price) {
        return desk.refusal(desk.alice, Desk::limit(Side::Buy, quantity, price));
    };
    EXPECT_EQ(says("0.00004"_dec, "49000"_dec), "EOrder:Order minimum not met");
    EXPECT_EQ(says("0.00005"_dec, "9999.9"_dec), "EOrder:Cost minimum not met");
    EXPECT_EQ(says("0.00005"_dec, "10000"_dec), "accepted");
    EXPECT_EQ(says("0.1"_dec, "49000.05"_dec), "EOrder:Tick size check failed");
    EXPECT_EQ(says("0.1"_dec, kZero), "EOrder:Invalid price");
    EXPECT_EQ(says("0.000000001"_dec, "49000"_dec), "EGeneral:Invalid arguments:volume");
    EXPECT_EQ(says("1000000"_dec, "999999999"_dec), "EGeneral:Invalid arguments:volume");
}

TEST(OrderLife, ARaisedMinimumCountsAtOnce) {
    Desk desk;
    desk.exchange.set_listing(kPair, PairStatus::Online, "0.2"_dec);
    EXPECT_EQ(desk.refusal(desk.alice, Desk::limit(Side::Buy, "0.1"_dec, "49000"_dec)),
              "EOrder:Order minimum not met");
}

TEST(OrderLife, StatusOfSystemAndPair) {
    Desk desk;
    const Order& resting = desk.add(desk.alice, Desk::limit(Side::Buy, "0.01"_dec, "49000"_dec));
    OrderTerms post = Desk::limit(Side::Buy, "0.01"_dec, "48000"_dec);
    post.post_only = true;
    const OrderTerms plain = Desk::limit(Side::Buy, "0.01"_dec, "48000"_dec);
    desk.exchange.set_status(SystemStatus::PostOnly);
    EXPECT_EQ(desk.refusal(desk.alice, plain), "EService:Market in post_only mode");
    EXPECT_EQ(desk.refusal(desk.alice, post), "accepted");
    desk.exchange.set_status(SystemStatus::CancelOnly);
    EXPECT_EQ(desk.refusal(desk.alice, post), "EService:Market in cancel_only mode");
    desk.street("40000"_dec);
    EXPECT_TRUE(resting.is_open()) << "nothing matches";
    desk.exchange.set_status(SystemStatus::Maintenance);
    EXPECT_EQ(desk.refusal(desk.alice, post), "EService:Unavailable");
    EXPECT_EQ(desk.exchange.cancel(desk.alice, resting.no).error().text, "EService:Unavailable");
    desk.exchange.set_status(SystemStatus::Online);
    desk.exchange.set_listing(kPair, PairStatus::LimitOnly, "0.0001"_dec);
    EXPECT_EQ(desk.refusal(desk.alice, Desk::market(Side::Buy, "0.01"_dec)),
              "EService:Market in limit_only mode");
    desk.exchange.set_listing(kPair, PairStatus::Delisted, "0.0001"_dec);
    EXPECT_EQ(desk.refusal(desk.alice, plain), "EQuery:Unknown asset pair");
    EXPECT_TRUE(desk.exchange.cancel(desk.alice, resting.no).has_value());
}

TEST(OrderLife, AClientIdIsTakenWhileItsOrderIsOpen) {
    Desk desk;
    OrderTerms terms = Desk::limit(Side::Buy, "0.01"_dec, "49000"_dec);
    terms.cl_ord_id = "mine";
    const Order& order = desk.add(desk.alice, terms);
    EXPECT_EQ(desk.refusal(desk.alice, terms), "EOrder:Duplicate order");
    EXPECT_EQ(desk.refusal(desk.bob, terms), "accepted") << "of one account only";
    ASSERT_TRUE(desk.exchange.cancel(desk.alice, order.no).has_value());
    EXPECT_EQ(desk.refusal(desk.alice, terms), "accepted");
    OrderTerms taker = Desk::market(Side::Buy, "0.001"_dec);
    taker.cl_ord_id = "filled";
    EXPECT_EQ(desk.refusal(desk.alice, taker), "accepted");
    EXPECT_EQ(desk.refusal(desk.alice, taker), "accepted") << "the first one is closed";
}

TEST(OrderLife, PostOnlyThatWouldTake) {
    OrderTerms terms = Desk::limit(Side::Buy, "0.01"_dec, "51000"_dec);
    terms.post_only = true;
    Desk refusing;
    EXPECT_EQ(refusing.refusal(refusing.alice, terms), "EOrder:Post only order");
    Desk canceling{{.seed = 7, .street_levels = 5, .post_only_refused = false}};
    const Order& order = canceling.add(canceling.alice, terms);
    EXPECT_EQ(order.status, OrderStatus::Canceled);
    EXPECT_EQ(order.reason, "Post only order");
    EXPECT_TRUE(order.executed.is_zero());
    EXPECT_EQ(canceling.exchange.account(canceling.alice).held(canceling.usd), kZero);
}

TEST(OrderLife, ImmediateOrCancelAndFillOrKill) {
    Desk desk;
    const LevelChange best = desk.exchange.book(kPair).top(Side::Sell, 1).front();
    desk.exchange.transfer(desk.alice, desk.usd, "10000000"_dec, "deposit", "");
    OrderTerms terms = Desk::limit(Side::Buy, best.quantity + "1"_dec, best.price);
    terms.force = TimeInForce::Fok;
    EXPECT_TRUE(desk.add(desk.alice, terms).executed.is_zero());
    terms.force = TimeInForce::Ioc;
    const Order& order = desk.add(desk.alice, terms);
    EXPECT_EQ(order.status, OrderStatus::Canceled);
    EXPECT_EQ(order.executed, best.quantity);
}

// Its own order between two levels of the street is nothing that it can be filled with.
TEST(OrderLife, FillOrKillIsAllOrNothingAlsoWhereItWouldMeetItself) {
    for (const SelfTrade how :
         {SelfTrade::CancelNewest, SelfTrade::CancelBoth, SelfTrade::CancelOldest}) {
        Desk desk;
        desk.exchange.transfer(desk.alice, desk.usd, "10000000"_dec, "deposit", "");
        const std::vector<LevelChange> asks = desk.exchange.book(kPair).top(Side::Sell, 2);
        const Order& own =
            desk.add(desk.alice, Desk::limit(Side::Sell, "1"_dec, asks[0].price + "0.1"_dec));
        OrderTerms terms = Desk::limit(Side::Buy, asks[0].quantity + "0.01"_dec, asks[1].price);
        terms.force = TimeInForce::Fok;
        terms.self_trade = how;
        const Order& order = desk.add(desk.alice, terms);
        const bool goes_on = how == SelfTrade::CancelOldest;
        EXPECT_EQ(order.executed, goes_on ? terms.quantity : kZero);
        EXPECT_EQ(own.is_open(), !goes_on);
        EXPECT_EQ(order.reason, goes_on ? "" : "Fill or kill");
        terms.quantity = asks[0].quantity + asks[1].quantity + "0.5"_dec;
        terms.self_trade = how;
        EXPECT_TRUE(desk.add(desk.alice, terms).executed.is_zero()) << "not without its own";
    }
}

TEST(OrderLife, FillOrKillTakesWhatIsAheadOfItsOwnInALevel) {
    Desk desk;
    const Order& ahead = desk.add(desk.bob, Desk::limit(Side::Sell, "0.1"_dec, "50000.1"_dec));
    desk.add(desk.alice, Desk::limit(Side::Sell, "0.1"_dec, "50000.1"_dec));
    OrderTerms terms = Desk::limit(Side::Buy, "0.11"_dec, "50000.1"_dec);
    terms.force = TimeInForce::Fok;
    EXPECT_TRUE(desk.add(desk.alice, terms).executed.is_zero());
    terms.quantity = "0.1"_dec;
    EXPECT_EQ(desk.add(desk.alice, terms).status, OrderStatus::Closed);
    EXPECT_EQ(ahead.status, OrderStatus::Closed);
}

// A market buy in quote whose own offers go away pays the higher prices behind them.
TEST(OrderLife, WhatAQuoteAmountBuysIsNotItsOwn) {
    Desk desk;
    desk.add(desk.alice, Desk::limit(Side::Sell, "1"_dec, "50000.1"_dec));
    OrderTerms terms = Desk::market(Side::Buy, "5000"_dec);
    terms.in_quote = true;
    terms.self_trade = SelfTrade::CancelOldest;
    const Order& order = desk.add(desk.alice, terms);
    EXPECT_EQ(order.status, OrderStatus::Closed);
    EXPECT_LE(order.cost, "5000"_dec);
    terms.self_trade = SelfTrade::CancelNewest;
    desk.add(desk.alice, Desk::limit(Side::Sell, "0.5"_dec, "50000.1"_dec));
    const Order& newest = desk.add(desk.alice, terms);
    EXPECT_EQ(newest.reason, "Self trade prevention");
}

// Cost is cut to four digits; were it divided, the price would be below every fill.
TEST(OrderLife, TheAveragePriceIsThatOfTheFills) {
    Desk desk;
    const Order& order =
        desk.add(desk.alice, Desk::limit(Side::Buy, "0.00012345"_dec, "49000.1"_dec));
    desk.street("49000.1"_dec, "0.00006789"_dec);
    desk.street("49000.1"_dec, "1"_dec);
    ASSERT_EQ(order.status, OrderStatus::Closed);
    EXPECT_EQ(order.trades.size(), 2U);
    EXPECT_EQ(order.average_price(), "49000.1"_dec);
    EXPECT_EQ(order.cost, "6.0490"_dec);
}

TEST(OrderLife, AnAmendmentToWhatIsFilledEndsItHoweverSmallThatIs) {
    Desk desk;
    const Order& order = desk.add(desk.alice, Desk::limit(Side::Buy, "0.1"_dec, "49000"_dec));
    desk.street("49000"_dec, "0.006"_dec);
    const auto says = [&](Decimal quantity) {
        const auto made = desk.exchange.amend(desk.alice, order.no, {.quantity = quantity});
        return made ? "accepted" : made.error().text;
    };
    EXPECT_EQ(says(kZero), "EGeneral:Invalid arguments:volume");
    EXPECT_EQ(says("0.000000001"_dec), "EGeneral:Invalid arguments:volume");
    EXPECT_EQ(says("0.00001"_dec), "accepted") << "less than the smallest order";
    EXPECT_EQ(order.status, OrderStatus::Canceled);
    EXPECT_EQ(order.executed, "0.006"_dec);
    EXPECT_EQ(desk.exchange.account(desk.alice).held(desk.usd), kZero);
    const Order& whole = desk.add(desk.alice, Desk::limit(Side::Buy, "0.1"_dec, "48000"_dec));
    const auto small = desk.exchange.amend(desk.alice, whole.no, {.quantity = "0.00001"_dec});
    EXPECT_EQ(small.error().text, "EOrder:Order minimum not met") << "nothing of it is filled";
}

TEST(OrderLife, GoodTillDateExpiresOnTime) {
    Desk desk;
    OrderTerms terms = Desk::limit(Side::Buy, "0.01"_dec, "49000"_dec);
    terms.force = TimeInForce::Gtd;
    terms.expires = kStart + 4s;
    EXPECT_EQ(desk.refusal(desk.alice, terms), "EGeneral:Invalid arguments:expiretm");
    terms.expires = kStart + 60s;
    const Order& order = desk.add(desk.alice, terms);
    desk.pass(59'999ms);
    EXPECT_TRUE(order.is_open());
    desk.pass(5min);
    EXPECT_EQ(order.status, OrderStatus::Expired);
    EXPECT_EQ(order.closed, kStart + 60s) << "at its time, not when time was looked at";
    EXPECT_EQ(desk.exchange.account(desk.alice).held(desk.usd), kZero);
    EXPECT_FALSE(desk.exchange.book(kPair).levels(Side::Buy).contains("49000"_dec));
}

TEST(OrderLife, ADeadlineThatHasPassed) {
    Desk desk;
    OrderTerms terms = Desk::limit(Side::Buy, "0.01"_dec, "49000"_dec);
    terms.deadline = kStart + 5s;
    desk.pass(5s);
    EXPECT_EQ(desk.refusal(desk.alice, terms), "EService:Deadline elapsed");
}

TEST(OrderLife, CancelOfWhatIsNotThere) {
    Desk desk;
    const Order& order = desk.add(desk.alice, Desk::limit(Side::Buy, "0.01"_dec, "49000"_dec));
    EXPECT_EQ(desk.exchange.cancel(desk.bob, order.no).error().text, "EOrder:Unknown order");
    EXPECT_TRUE(desk.exchange.cancel(desk.alice, order.no).has_value());
    EXPECT_EQ(order.reason, "User requested");
    EXPECT_EQ(desk.exchange.cancel(desk.alice, order.no).error().text, "EOrder:Unknown order");
}

TEST(OrderLife, TheSwitchCancelsAllOnceAndStaysOff) {
    Desk desk;
    const Order& one = desk.add(desk.alice, Desk::limit(Side::Buy, "0.01"_dec, "49000"_dec));
    const Order& others = desk.add(desk.bob, Desk::limit(Side::Buy, "0.01"_dec, "49000"_dec));
    desk.exchange.arm_switch(desk.alice, 60s);
    desk.pass(30s);
    EXPECT_EQ(desk.exchange.arm_switch(desk.alice, 60s), kStart + 90s) << "armed anew";
    desk.pass(59s);
    EXPECT_TRUE(one.is_open());
    desk.pass(2s);
    EXPECT_EQ(one.status, OrderStatus::Canceled);
    EXPECT_TRUE(others.is_open());
    const Order& later = desk.add(desk.alice, Desk::limit(Side::Buy, "0.01"_dec, "49000"_dec));
    desk.pass(1h);
    EXPECT_TRUE(later.is_open());
}

TEST(OrderLife, TheSwitchWaitsForTheEndOfMaintenance) {
    Desk desk;
    const Order& order = desk.add(desk.alice, Desk::limit(Side::Buy, "0.01"_dec, "49000"_dec));
    desk.exchange.arm_switch(desk.alice, 60s);
    desk.exchange.set_status(SystemStatus::Maintenance);
    desk.pass(10min);
    EXPECT_TRUE(order.is_open());
    desk.exchange.set_status(SystemStatus::Online);
    desk.pass(1s);
    EXPECT_EQ(order.status, OrderStatus::Canceled);
}

TEST(OrderLife, SelfTradeCancelsTheNewestUnlessToldElse) {
    Desk desk;
    const Order& ask = desk.add(desk.alice, Desk::limit(Side::Sell, "0.1"_dec, "50000"_dec));
    OrderTerms terms = Desk::limit(Side::Buy, "0.1"_dec, "50000"_dec);
    EXPECT_EQ(desk.add(desk.alice, terms).status, OrderStatus::Canceled);
    EXPECT_TRUE(ask.is_open());
    terms.self_trade = SelfTrade::CancelOldest;
    const Order& bid = desk.add(desk.alice, terms);
    EXPECT_EQ(ask.status, OrderStatus::Canceled);
    EXPECT_TRUE(bid.rests());
}

TEST(OrderLife, AnAmendmentKeepsThePlaceUnlessItAsksForMore) {
    Desk desk;
    const Order& first = desk.add(desk.alice, Desk::limit(Side::Buy, "0.02"_dec, "49000"_dec));
    const Order& second = desk.add(desk.bob, Desk::limit(Side::Buy, "0.02"_dec, "49000"_dec));
    ASSERT_TRUE(desk.exchange.amend(desk.alice, first.no, {.quantity = "0.01"_dec}).has_value());
    EXPECT_EQ(first.held, "491.96"_dec);
    desk.street("49000"_dec, "0.01"_dec);
    EXPECT_EQ(first.status, OrderStatus::Closed);
    const Order& third = desk.add(desk.alice, Desk::limit(Side::Buy, "0.01"_dec, "49000"_dec));
    ASSERT_TRUE(desk.exchange.amend(desk.bob, second.no, {.quantity = "0.03"_dec}).has_value());
    desk.street("49000"_dec, "0.01"_dec);
    EXPECT_EQ(third.status, OrderStatus::Closed);
    EXPECT_TRUE(second.executed.is_zero());
    EXPECT_TRUE(second.amended);
}

TEST(OrderLife, AnAmendmentMayTakeOrEndTheOrder) {
    Desk desk;
    const Decimal ask = *desk.exchange.book(kPair).best(Side::Sell);
    const Order& order = desk.add(desk.alice, Desk::limit(Side::Buy, "0.02"_dec, "49000"_dec));
    EXPECT_EQ(
        desk.exchange.amend(desk.alice, order.no, {.limit = ask, .post_only = true}).error().text,
        "EOrder:Post only order");
    EXPECT_EQ(order.terms.limit, "49000"_dec);
    ASSERT_TRUE(desk.exchange.amend(desk.alice, order.no, {.limit = ask}).has_value());
    EXPECT_EQ(order.status, OrderStatus::Closed);
    const Order& cut = desk.add(desk.alice, Desk::limit(Side::Buy, "0.02"_dec, "49000"_dec));
    desk.street("49000"_dec, "0.01"_dec);
    ASSERT_TRUE(desk.exchange.amend(desk.alice, cut.no, {.quantity = "0.01"_dec}).has_value());
    EXPECT_EQ(cut.status, OrderStatus::Canceled);
    EXPECT_EQ(cut.executed, "0.01"_dec);
}

TEST(OrderLife, YoungOrdersAreDearToCancel) {
    Desk desk;
    for (int i = 0; i < 20; ++i) {  // each costs 1 + 8 of 180
        const Order& order = desk.add(desk.alice, Desk::limit(Side::Buy, "0.01"_dec, "49000"_dec));
        ASSERT_TRUE(desk.exchange.cancel(desk.alice, order.no).has_value()) << i;
    }
    EXPECT_EQ(desk.refusal(desk.alice, Desk::limit(Side::Buy, "0.01"_dec, "49000"_dec)),
              "EOrder:Rate limit exceeded");
    EXPECT_EQ(desk.refusal(desk.bob, Desk::limit(Side::Buy, "0.01"_dec, "49000"_dec)), "accepted");
    desk.pass(1s);
    EXPECT_EQ(desk.refusal(desk.alice, Desk::limit(Side::Buy, "0.01"_dec, "49000"_dec)),
              "accepted");
}

TEST(OrderLife, ReadsLagBehind) {
    Desk desk{{.seed = 7, .street_levels = 5, .read_lag = 2s}};
    desk.pass(10s);
    const Order& order = desk.add(desk.alice, Desk::limit(Side::Buy, "0.1"_dec, "49000"_dec));
    EXPECT_TRUE(desk.exchange.open_orders(desk.alice).empty());
    EXPECT_EQ(desk.exchange.find(desk.alice, order.id), nullptr);
    desk.pass(2s);
    EXPECT_EQ(desk.exchange.open_orders(desk.alice).size(), 1U);
    desk.street("48000"_dec);
    EXPECT_EQ(order.status, OrderStatus::Closed);
    EXPECT_EQ(desk.exchange.find(desk.alice, order.id)->status, OrderStatus::Open);
    EXPECT_TRUE(desk.exchange.closed_orders(desk.alice).empty());
    EXPECT_EQ(desk.exchange.trades_seen(desk.alice), 0U);
    EXPECT_EQ(desk.exchange.balance_seen(desk.alice, desk.usd), "10000"_dec);
    EXPECT_EQ(desk.exchange.held_seen(desk.alice, desk.usd), "4919.6"_dec);
    desk.pass(2s);
    EXPECT_EQ(desk.exchange.find(desk.alice, order.id)->status, OrderStatus::Closed);
    EXPECT_EQ(desk.exchange.closed_orders(desk.alice).size(), 1U);
    EXPECT_EQ(desk.exchange.trades_seen(desk.alice), 1U);
    EXPECT_EQ(desk.exchange.balance_seen(desk.alice, desk.usd), "5087.75"_dec);
    EXPECT_EQ(desk.exchange.held_seen(desk.alice, desk.usd), kZero);
}

}  // namespace
}  // namespace vault::kraken_emulator
