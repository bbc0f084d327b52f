// Edits, scheduled starts, conditional closes and icebergs.
#include "tests/emulator/kraken/unit/desk.hpp"

#include <algorithm>

namespace vault::kraken_emulator {
namespace {

std::vector<Execution> told(Desk& desk, std::string_view id) {
    std::vector<Execution> out;
    for (const Event& event : desk.exchange.take_events())
        if (const auto* order = std::get_if<OrderEvent>(&event); order && order->order.id == id)
            out.push_back(order->execution);
    return out;
}

std::string edit_refusal(Desk& desk, const Order& order, const Edit& edit) {
    const auto made = desk.exchange.edit(order.account, order.no, edit);
    return made ? "accepted" : made.error().text;
}

const Order& edited(Desk& desk, const Order& order, const Edit& edit) {
    const auto made = desk.exchange.edit(order.account, order.no, edit);
    EXPECT_TRUE(made.has_value()) << (made ? "" : made.error().text);
    return desk.exchange.order(made.value());
}

// ---- edits

TEST(Edits, TheOldOrderGoesAndTheNewOneHasItsOwnId) {
    Desk desk;
    OrderTerms terms = Desk::limit(Side::Buy, "0.1"_dec, "49000"_dec);
    terms.userref = 7;
    const Order& old = desk.add(desk.alice, terms);
    const Order& made = edited(desk, old, {.quantity = "0.05"_dec, .limit = "48000"_dec});
    EXPECT_EQ(old.status, OrderStatus::Canceled);
    EXPECT_EQ(old.reason, "Order replaced");
    EXPECT_EQ(made.status, OrderStatus::Open);
    EXPECT_NE(made.id, old.id);
    EXPECT_EQ(made.refid, old.id);
    EXPECT_EQ(made.terms.userref, 7);
    EXPECT_EQ(made.terms.quantity, "0.05"_dec);
    EXPECT_EQ(made.terms.limit, "48000"_dec);
    EXPECT_EQ(desk.exchange.account(desk.alice).held(desk.usd), made.held);
}

TEST(Edits, WhatIsRefusedLeavesTheOldOrderAsItWas) {
    Desk desk;
    const Order& old = desk.add(desk.alice, Desk::limit(Side::Buy, "0.1"_dec, "49000"_dec));
    EXPECT_EQ(edit_refusal(desk, old, {.quantity = "1"_dec}), "EOrder:Insufficient funds");
    EXPECT_EQ(edit_refusal(desk, old, {.limit = "48000.05"_dec}), "EOrder:Tick size check failed");
    EXPECT_EQ(edit_refusal(desk, old, {.trigger = "1"_dec, .deadline = desk.exchange.now()}),
              "EService:Deadline elapsed");
    EXPECT_EQ(edit_refusal(desk, old, {.limit = "51000"_dec, .post_only = true}),
              "EOrder:Post only order");
    EXPECT_TRUE(old.is_open());
    EXPECT_EQ(desk.exchange.orders(), 1U);
    ASSERT_TRUE(desk.exchange.cancel(desk.alice, old.no));
    EXPECT_EQ(edit_refusal(desk, old, {.limit = "48000"_dec}), "EOrder:Unknown order");
}

// What the old order holds is free for the new one.
TEST(Edits, MoneyOfTheOldOrderCounts) {
    Desk desk;
    const Order& old = desk.add(desk.alice, Desk::limit(Side::Buy, "0.2"_dec, "49000"_dec));
    EXPECT_EQ(edit_refusal(desk, old, {.limit = "49500"_dec}), "accepted");
}

TEST(Edits, FillsStayWithTheOldOrderAndCountForTheTotal) {
    Desk desk;
    const Order& old = desk.add(desk.alice, Desk::limit(Side::Buy, "0.1"_dec, "49000"_dec));
    desk.street("49000"_dec, "0.04"_dec);
    ASSERT_EQ(old.executed, "0.04"_dec);
    EXPECT_EQ(edit_refusal(desk, old, {.quantity = "0.04"_dec}), "EOrder:Invalid order");
    const Order& made = edited(desk, old, {.limit = "48000"_dec});
    EXPECT_EQ(made.terms.quantity, "0.06"_dec);
    EXPECT_TRUE(made.executed.is_zero());
    EXPECT_EQ(old.executed, "0.04"_dec);
}

TEST(Edits, PostOnlyHasToBeSaidAgainAndTheClientsIdIsGone) {
    Desk desk;
    OrderTerms terms = Desk::limit(Side::Buy, "0.1"_dec, "49000"_dec);
    terms.post_only = true;
    terms.cl_ord_id = "mine";
    const Order& made = edited(desk, desk.add(desk.alice, terms), {.limit = "48000"_dec});
    EXPECT_FALSE(made.terms.post_only);
    EXPECT_EQ(made.terms.cl_ord_id, "");
    EXPECT_EQ(desk.refusal(desk.alice, terms), "accepted") << "its id is free again";
}

TEST(Edits, ATriggeredOrderStaysWhatItIs) {
    Desk desk;
    OrderTerms terms = Desk::limit(Side::Sell, "0.1"_dec, "51000"_dec);
    terms.type = OrderType::StopLossLimit;
    terms.trigger = "49000"_dec;
    const Order& order = desk.add(desk.alice, terms);
    desk.street("48900"_dec);
    ASSERT_TRUE(order.triggered && order.is_open());
    EXPECT_EQ(edit_refusal(desk, order, {.limit = "52000"_dec}), "EOrder:Invalid order");
}

// +1 and 6 points for an order younger than 5 s, on top of +1 for adding it.
TEST(Edits, AreCountedByTheAgeOfTheOrder) {
    Desk desk;
    const Order& old = desk.add(desk.alice, Desk::limit(Side::Buy, "0.1"_dec, "49000"_dec));
    const Order& made = edited(desk, old, {.limit = "48000"_dec});
    EXPECT_EQ(desk.exchange.rate_count(desk.alice, kPair), 8);
    desk.pass(60s);
    ASSERT_EQ(desk.exchange.rate_count(desk.alice, kPair), 0);
    EXPECT_EQ(edit_refusal(desk, made, {.limit = "47000.01"_dec}), "EOrder:Tick size check failed");
    EXPECT_EQ(desk.exchange.rate_count(desk.alice, kPair), 2) << "what is refused counts too";
    EXPECT_EQ(desk.exchange.rate_count(desk.bob, kPair), 0);
}

// ---- scheduled starts

TEST(ScheduledStart, PendingUntilThenAndHoldingItsMoney) {
    Desk desk;
    OrderTerms terms = Desk::limit(Side::Buy, "0.1"_dec, "49000"_dec);
    terms.starts = desk.exchange.now() + 10s;
    const Order& order = desk.add(desk.alice, terms);
    EXPECT_EQ(order.status, OrderStatus::Pending);
    EXPECT_EQ(told(desk, order.id), std::vector{Execution::PendingNew});
    EXPECT_TRUE(desk.exchange.account(desk.alice).held(desk.usd).is_positive());
    EXPECT_EQ(desk.exchange.open_orders(desk.alice).size(), 1U);
    desk.street("48000"_dec);
    EXPECT_TRUE(order.executed.is_zero()) << "it does not work yet";
    desk.street("50000"_dec);
    desk.pass(10s);
    EXPECT_EQ(order.status, OrderStatus::Open);
    EXPECT_EQ(told(desk, order.id), std::vector{Execution::New});
    desk.street("48000"_dec);
    EXPECT_EQ(order.status, OrderStatus::Closed);
}

TEST(ScheduledStart, AnAmendmentDoesNotStartIt) {
    Desk desk;
    OrderTerms terms = Desk::limit(Side::Buy, "0.01"_dec, "49000"_dec);
    terms.starts = desk.exchange.now() + 10s;
    const Order& order = desk.add(desk.alice, terms);
    ASSERT_TRUE(desk.exchange.amend(desk.alice, order.no, {.limit = "52000"_dec}));
    EXPECT_EQ(order.status, OrderStatus::Pending);
    EXPECT_TRUE(order.executed.is_zero());
    desk.pass(10s);
    EXPECT_EQ(order.status, OrderStatus::Closed) << "it takes what is there";
}

TEST(ScheduledStart, WaitsWhileTheMarketIsClosed) {
    Desk desk;
    OrderTerms terms = Desk::market(Side::Buy, "0.01"_dec);
    terms.starts = desk.exchange.now() + 10s;
    const Order& order = desk.add(desk.alice, terms);
    desk.exchange.set_status(SystemStatus::Maintenance);
    desk.pass(60s);
    EXPECT_EQ(order.status, OrderStatus::Pending);
    desk.exchange.set_status(SystemStatus::Online);
    desk.pass(1s);
    EXPECT_EQ(order.status, OrderStatus::Closed);
}

TEST(ScheduledStart, AMarketOrderWhoseMoneyWentIsCanceled) {
    Desk desk;
    OrderTerms terms = Desk::market(Side::Buy, "0.1"_dec);
    terms.starts = desk.exchange.now() + 10s;
    const Order& order = desk.add(desk.alice, terms);
    desk.exchange.transfer(desk.alice, desk.usd, "-9000"_dec, "withdrawal", "");
    desk.pass(10s);
    EXPECT_EQ(order.status, OrderStatus::Canceled);
    EXPECT_EQ(order.reason, "Insufficient funds");
}

TEST(ScheduledStart, ACanceledOneNeverStarts) {
    Desk desk;
    OrderTerms terms = Desk::limit(Side::Buy, "0.1"_dec, "52000"_dec);
    terms.starts = desk.exchange.now() + 10s;
    const Order& order = desk.add(desk.alice, terms);
    ASSERT_TRUE(desk.exchange.cancel(desk.alice, order.no));
    desk.pass(20s);
    EXPECT_EQ(order.status, OrderStatus::Canceled);
    EXPECT_EQ(desk.exchange.account(desk.alice).held(desk.usd), kZero);
}

TEST(ScheduledStart, AtMostAMonthAheadAndBeforeTheExpiry) {
    Desk desk;
    OrderTerms terms = Desk::limit(Side::Buy, "0.1"_dec, "49000"_dec);
    terms.starts = desk.exchange.now() + 24h * 32;
    EXPECT_EQ(desk.refusal(desk.alice, terms), "EGeneral:Invalid arguments:starttm");
    terms.starts = desk.exchange.now() + 60s;
    terms.force = TimeInForce::Gtd;
    terms.expires = desk.exchange.now() + 64s;
    EXPECT_EQ(desk.refusal(desk.alice, terms), "EGeneral:Invalid arguments:expiretm");
}

TEST(ScheduledStart, IsByTheExchangesClockAndAnEditKeepsItsTimes) {
    for (const Span skew : {Span{30s}, Span{-30s}}) {
        Desk desk;
        desk.exchange.set_skew(skew);
        OrderTerms terms = Desk::limit(Side::Buy, "0.01"_dec, "49000"_dec);
        terms.starts = desk.exchange.clock() + 10s;
        terms.force = TimeInForce::Gtd;
        terms.expires = desk.exchange.clock() + 20s;
        const Order& order = edited(desk, desk.add(desk.alice, terms), {.limit = "48000"_dec});
        desk.pass(9s);
        EXPECT_EQ(order.status, OrderStatus::Pending);
        desk.pass(1s);
        EXPECT_EQ(order.status, OrderStatus::Open);
        desk.pass(9s);
        EXPECT_EQ(order.status, OrderStatus::Open);
        desk.pass(1s);
        EXPECT_EQ(order.status, OrderStatus::Expired);
    }
}

// ---- conditional closes

TEST(Closes, EachFillHasItsOwn) {
    Desk desk;
    OrderTerms terms = Desk::limit(Side::Buy, "0.1"_dec, "49000"_dec);
    terms.close = CloseTerms{OrderType::StopLossLimit, "46000"_dec, "47000"_dec};
    terms.userref = 7;
    const Order& primary = desk.add(desk.alice, terms);
    EXPECT_EQ(desk.exchange.orders(), 1U);
    desk.street("49000"_dec, "0.04"_dec);
    desk.street("48900"_dec);
    ASSERT_EQ(primary.status, OrderStatus::Closed);
    ASSERT_EQ(desk.exchange.orders(), 3U);
    for (const OrderNo no : {1U, 2U}) {
        const Order& close = desk.exchange.order(no);
        EXPECT_EQ(close.refid, primary.id);
        EXPECT_EQ(close.terms.side, Side::Sell);
        EXPECT_EQ(close.terms.type, OrderType::StopLossLimit);
        EXPECT_EQ(close.terms.trigger, "47000"_dec);
        EXPECT_EQ(close.terms.limit, "46000"_dec);
        EXPECT_EQ(close.terms.userref, 7);
        EXPECT_EQ(close.status, OrderStatus::Open);
        EXPECT_FALSE(close.triggered);
    }
    EXPECT_EQ(desk.exchange.order(1).terms.quantity, "0.04"_dec);
    EXPECT_EQ(desk.exchange.order(2).terms.quantity, "0.06"_dec);
    terms.limit = "45000"_dec;
    EXPECT_EQ(edit_refusal(desk, desk.add(desk.bob, terms), {.limit = "40000"_dec}),
              "EOrder:Invalid order");
}

TEST(Closes, OneThatTheEngineWouldRefuseIsNotMade) {
    Desk desk;
    OrderTerms terms = Desk::limit(Side::Buy, "0.1"_dec, "49000"_dec);
    terms.close = CloseTerms{OrderType::TakeProfit, kZero, "60000"_dec};
    const Order& primary = desk.add(desk.alice, terms);
    desk.street("49000"_dec, "0.00001"_dec);  // less than the smallest order
    EXPECT_EQ(primary.executed, "0.00001"_dec);
    EXPECT_EQ(desk.exchange.orders(), 1U);
}

TEST(Closes, ItsPricesAreChecked) {
    Desk desk;
    OrderTerms terms = Desk::limit(Side::Buy, "0.1"_dec, "49000"_dec);
    terms.close = CloseTerms{OrderType::Limit, "60000.05"_dec, kZero};
    EXPECT_EQ(desk.refusal(desk.alice, terms), "EOrder:Tick size check failed");
    terms.close = CloseTerms{OrderType::StopLoss, kZero, kZero};
    EXPECT_EQ(desk.refusal(desk.alice, terms), "EOrder:Invalid price");
    terms.close = CloseTerms{OrderType::Market, kZero, kZero};
    EXPECT_EQ(desk.refusal(desk.alice, terms), "EGeneral:Invalid arguments:close[ordertype]");
}

// ---- icebergs

OrderTerms iceberg(Side side, Decimal quantity, Decimal display, Decimal price) {
    OrderTerms out = Desk::limit(side, quantity, price);
    out.type = OrderType::Iceberg;
    out.display = display;
    return out;
}

TEST(Iceberg, ShowsAFifteenthAtLeast) {
    Desk desk;
    const auto says = [&](Decimal display) {
        return desk.refusal(desk.alice, iceberg(Side::Buy, "0.15"_dec, display, "49000.1"_dec));
    };
    EXPECT_EQ(says("0.00999999"_dec), "EGeneral:Invalid arguments:displayvol");
    EXPECT_EQ(says("0.16"_dec), "EGeneral:Invalid arguments:displayvol");
    EXPECT_EQ(says(kZero), "EGeneral:Invalid arguments:displayvol");
    EXPECT_EQ(says("0.01"_dec), "accepted");
    OrderTerms plain = Desk::limit(Side::Buy, "0.01"_dec, "49000"_dec);
    plain.display = "0.01"_dec;
    EXPECT_EQ(desk.refusal(desk.alice, plain), "EGeneral:Invalid arguments:displayvol");
}

TEST(Iceberg, ShowsASliceAndQueuesUpAgainWithEach) {
    Desk desk;
    const Order& berg =
        desk.add(desk.alice, iceberg(Side::Buy, "0.1"_dec, "0.04"_dec, "49999.9"_dec));
    const Order& plain = desk.add(desk.bob, Desk::limit(Side::Buy, "0.05"_dec, "49999.9"_dec));
    const auto shown = [&] {
        return desk.exchange.book(kPair).at(Side::Buy, "49999.9"_dec).queued;
    };
    EXPECT_EQ(shown(), "0.09"_dec);
    desk.exchange.take_events();
    desk.street("49999.9"_dec, "0.06"_dec);  // its slice, then what came behind it
    EXPECT_EQ(berg.executed, "0.04"_dec);
    EXPECT_EQ(plain.executed, "0.02"_dec);
    EXPECT_EQ(told(desk, berg.id), (std::vector{Execution::Trade, Execution::IcebergRefill}));
    EXPECT_EQ(shown(), "0.07"_dec);
    desk.street("49999.9"_dec, "1"_dec);
    EXPECT_EQ(berg.status, OrderStatus::Closed);
    EXPECT_EQ(plain.status, OrderStatus::Closed);
    EXPECT_EQ(told(desk, berg.id), (std::vector{Execution::Trade, Execution::IcebergRefill,
                                                Execution::Trade, Execution::Filled}));
}

// Fill or kill counts what is hidden, and gets it.
TEST(Iceberg, WhatItHidesCanBeTaken) {
    Desk desk;
    const Order& berg =
        desk.add(desk.alice, iceberg(Side::Buy, "0.1"_dec, "0.01"_dec, "49999.9"_dec));
    OrderTerms whole = Desk::limit(Side::Sell, "0.1"_dec, "49999.9"_dec);
    whole.force = TimeInForce::Fok;
    EXPECT_EQ(desk.add(desk.bob, whole).status, OrderStatus::Closed);
    EXPECT_EQ(berg.status, OrderStatus::Closed);
}

TEST(Iceberg, TakesWithAllOfItself) {
    Desk desk;
    const Order& resting = desk.add(desk.bob, Desk::limit(Side::Sell, "0.1"_dec, "50000.1"_dec));
    const Order& berg =
        desk.add(desk.alice, iceberg(Side::Buy, "0.15"_dec, "0.01"_dec, "50000.1"_dec));
    EXPECT_EQ(resting.status, OrderStatus::Closed);
    EXPECT_EQ(berg.executed, "0.1"_dec);
    EXPECT_EQ(desk.exchange.book(kPair).at(Side::Buy, "50000.1"_dec).shown(), "0.01"_dec);
    ASSERT_TRUE(desk.exchange.amend(desk.alice, berg.no, {.display = "0.02"_dec}));
    EXPECT_EQ(desk.exchange.book(kPair).at(Side::Buy, "50000.1"_dec).shown(), "0.02"_dec);
}

}  // namespace
}  // namespace vault::kraken_emulator
