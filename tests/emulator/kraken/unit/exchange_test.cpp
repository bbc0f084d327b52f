// Money and matching, by hand-computed cases. Fees are the first tier's: 0.40 % taker, 0.25 %
// maker.
#include "tests/emulator/kraken/unit/desk.hpp"

namespace vault::kraken_emulator {
namespace {

std::vector<std::string> executions(Exchange& exchange) {
    std::vector<std::string> out;
    for (const Event& event : exchange.take_events())
        if (const auto* order = std::get_if<OrderEvent>(&event))
            out.emplace_back(to_text(order->execution));
    return out;
}

TEST(Exchange, ARestingBuyHoldsItsCostAndTheTakersFee) {
    Desk desk;
    const Order& order = desk.add(desk.alice, Desk::limit(Side::Buy, "0.1"_dec, "49000"_dec));
    EXPECT_EQ(order.status, OrderStatus::Open);
    // 4900 + 0.40 % of it
    EXPECT_EQ(desk.exchange.account(desk.alice).held(desk.usd), "4919.6"_dec);
    EXPECT_EQ(desk.exchange.account(desk.alice).available(desk.usd), "5080.4"_dec);
    EXPECT_EQ(desk.exchange.book(kPair).at(Side::Buy, "49000"_dec).queued, "0.1"_dec);
    EXPECT_EQ(desk.refusal(desk.alice, Desk::limit(Side::Buy, "0.104"_dec, "49000"_dec)),
              "EOrder:Insufficient funds");  // wants 5116.3840
}

TEST(Exchange, AMakerPaysItsOwnRateAndGetsTheRestOfItsHoldBack) {
    Desk desk;
    const Order& order = desk.add(desk.alice, Desk::limit(Side::Buy, "0.1"_dec, "49000"_dec));
    desk.street("48999.9"_dec);
    EXPECT_EQ(order.status, OrderStatus::Closed);
    EXPECT_EQ(order.executed, "0.1"_dec);
    EXPECT_EQ(order.cost, "4900"_dec);
    EXPECT_EQ(order.fee, "12.25"_dec);  // 0.25 %
    const Account& alice = desk.exchange.account(desk.alice);
    EXPECT_EQ(alice.balance(desk.usd), "5087.75"_dec);
    EXPECT_EQ(alice.balance(desk.btc), "1.1"_dec);
    EXPECT_EQ(alice.held(desk.usd), kZero);
    ASSERT_EQ(alice.trades.size(), 1U);
    EXPECT_TRUE(alice.trades[0].maker);
}

TEST(Exchange, ATradeAtTheOrdersPriceFillsItByItsQuantity) {
    Desk desk;
    const Order& order = desk.add(desk.alice, Desk::limit(Side::Buy, "0.1"_dec, "49000"_dec));
    desk.street("49000"_dec, "0.04"_dec);
    EXPECT_EQ(order.status, OrderStatus::Open);
    EXPECT_EQ(order.executed, "0.04"_dec);
    // 0.06 * 49000 = 2940, and 0.40 % of it
    EXPECT_EQ(desk.exchange.account(desk.alice).held(desk.usd), "2951.76"_dec);
    desk.street("49000"_dec, "1"_dec, Side::Buy);
    EXPECT_EQ(order.executed, "0.04"_dec) << "a buyer does not sell to it";
    desk.street("49000"_dec, "1"_dec);
    EXPECT_EQ(order.status, OrderStatus::Closed);
    EXPECT_EQ(desk.exchange.tape(kPair).last()->quantity, "0.94"_dec) << "others took the rest";
}

TEST(Exchange, AMarketOrderWalksTheBook) {
    Desk desk;
    const std::vector<LevelChange> asks = desk.exchange.book(kPair).top(Side::Sell, 2);
    const Decimal quantity = asks[0].quantity + "0.005"_dec;
    const Order& order = desk.add(desk.bob, Desk::market(Side::Sell, "0.001"_dec));
    EXPECT_EQ(order.status, OrderStatus::Closed);
    desk.exchange.transfer(desk.alice, desk.usd, "1000000"_dec, "deposit", "");
    const Order& walked = desk.add(desk.alice, Desk::market(Side::Buy, quantity));
    EXPECT_EQ(walked.trades.size(), 2U);
    EXPECT_EQ(walked.executed, quantity);
    const Decimal last = desk.exchange.tape(kPair).last()->price;
    EXPECT_EQ(last, asks[1].price);
    EXPECT_FALSE(desk.exchange.book(kPair).levels(Side::Sell).contains(asks[0].price));
}

TEST(Exchange, WhatTheBookCannotFillIsCanceled) {
    Desk desk;
    desk.exchange.transfer(desk.alice, desk.btc, "1000"_dec, "deposit", "");
    const Order& order = desk.add(desk.alice, Desk::market(Side::Sell, "1000"_dec));
    EXPECT_EQ(order.status, OrderStatus::Canceled);
    EXPECT_TRUE(order.executed.is_positive());
    EXPECT_TRUE(desk.exchange.book(kPair).levels(Side::Buy).empty());
}

TEST(Exchange, TwoAccountsTradeWithEachOther) {
    Desk desk;
    const Order& ask = desk.add(desk.bob, Desk::limit(Side::Sell, "0.2"_dec, "50000"_dec));
    const Order& bid = desk.add(desk.alice, Desk::limit(Side::Buy, "0.05"_dec, "50001"_dec));
    EXPECT_EQ(bid.status, OrderStatus::Closed);
    EXPECT_EQ(bid.average_price(), "50000"_dec) << "the price of who was there first";
    EXPECT_EQ(bid.fee, "10"_dec);  // 0.40 % of 2500
    EXPECT_EQ(ask.executed, "0.05"_dec);
    EXPECT_EQ(ask.fee, "6.25"_dec);  // 0.25 %
    EXPECT_EQ(desk.exchange.account(desk.bob).balance(desk.usd), "12493.75"_dec);
    EXPECT_EQ(desk.exchange.account(desk.bob).held(desk.btc), "0.15"_dec);
}

TEST(Exchange, TheOlderOrderAtAPriceIsFilledFirst) {
    Desk desk;
    const Order& first = desk.add(desk.alice, Desk::limit(Side::Buy, "0.01"_dec, "49000"_dec));
    const Order& second = desk.add(desk.bob, Desk::limit(Side::Buy, "0.01"_dec, "49000"_dec));
    desk.street("49000"_dec, "0.015"_dec);
    EXPECT_EQ(first.status, OrderStatus::Closed);
    EXPECT_EQ(second.executed, "0.005"_dec);
}

TEST(Exchange, FeesInBaseComeOffTheCoins) {
    Desk desk;
    OrderTerms terms = Desk::limit(Side::Buy, "0.1"_dec, "49000"_dec);
    terms.fee_in_base = true;
    const Order& order = desk.add(desk.alice, terms);
    EXPECT_EQ(order.held, "4900"_dec);
    desk.street("48000"_dec);
    const Account& alice = desk.exchange.account(desk.alice);
    EXPECT_EQ(order.fee, "0.00025"_dec);
    EXPECT_EQ(alice.balance(desk.btc), "1.09975"_dec);
    EXPECT_EQ(alice.balance(desk.usd), "5100"_dec);
    terms = Desk::limit(Side::Sell, "0.5"_dec, "51000"_dec);
    terms.fee_in_base = true;
    EXPECT_EQ(desk.add(desk.alice, terms).held, "0.502"_dec);  // 0.40 % on top
}

TEST(Exchange, AQuantityInQuoteBuysWholeLots) {
    Desk desk;
    OrderTerms terms = Desk::market(Side::Buy, "1000"_dec);
    terms.in_quote = true;
    const Decimal ask = *desk.exchange.book(kPair).best(Side::Sell);
    const Order& order = desk.add(desk.alice, terms);
    EXPECT_EQ(order.status, OrderStatus::Closed);
    const Decimal lots =
        round_places(div("1000"_dec, ask, Rounding::Down).value(), 8, Rounding::Floor);
    EXPECT_EQ(order.terms.quantity, lots);
    EXPECT_LE(order.cost, "1000"_dec);
    EXPECT_GT(order.cost, "999.99"_dec);
}

TEST(Exchange, ALargerVolumePaysLess) {
    Desk desk;
    desk.exchange.set_earlier_volume(desk.alice, "50000"_dec);
    const Order& order = desk.add(desk.alice, Desk::limit(Side::Buy, "0.1"_dec, "49000"_dec));
    EXPECT_EQ(order.taker_percent, "0.24"_dec);
    EXPECT_EQ(order.maker_percent, "0.14"_dec);
    desk.street("48000"_dec);
    EXPECT_EQ(order.fee, "6.86"_dec);
    EXPECT_EQ(desk.exchange.account(desk.alice).volume(desk.exchange.now()), "54900"_dec);
    desk.pass(30 * 24h);
    EXPECT_EQ(desk.exchange.account(desk.alice).volume(desk.exchange.now()), "50000"_dec);
}

TEST(Exchange, AVolumeIsForgottenAfterThirtyDays) {
    Desk desk;
    const Account& bob = desk.exchange.account(desk.bob);
    const Decimal first = desk.add(desk.bob, Desk::market(Side::Sell, "0.01"_dec)).cost;
    desk.pass(std::chrono::days{10});
    const Decimal second = desk.add(desk.bob, Desk::market(Side::Sell, "0.02"_dec)).cost;
    EXPECT_EQ(bob.volume(desk.exchange.now()), first + second);
    desk.pass(std::chrono::days{20} - 1ms);
    EXPECT_EQ(bob.volume(desk.exchange.now()), first + second);
    desk.pass(1ms);
    EXPECT_EQ(bob.volume(desk.exchange.now()), second);
    const Decimal third = desk.add(desk.bob, Desk::market(Side::Sell, "0.001"_dec)).cost;
    EXPECT_EQ(bob.volume(desk.exchange.now()), second + third);
    desk.pass(std::chrono::days{40});
    EXPECT_EQ(bob.volume(desk.exchange.now()), kZero);
}

TEST(Exchange, OpenOrdersOfAPairAreLimited) {
    Desk desk;
    const auto terms = [](std::size_t i) {
        const auto price = Decimal::from_int(static_cast<std::int64_t>(20'000 + i));
        return Desk::limit(Side::Buy, "0.0001"_dec, price);
    };
    const std::size_t most = engine_limits(Tier::Pro).open_orders;
    for (std::size_t i = 0; i < most; ++i) {
        desk.add(desk.alice, terms(i));
        desk.pass(10s);
    }
    desk.add(desk.bob, terms(0));
    EXPECT_EQ(desk.refusal(desk.alice, terms(most)), "EOrder:Orders limit exceeded");
    EXPECT_TRUE(desk.exchange.cancel(desk.alice, *desk.exchange.account(desk.alice).open.begin()));
    EXPECT_EQ(desk.refusal(desk.alice, terms(most)), "accepted");
    EXPECT_EQ(desk.refusal(desk.alice, terms(most)), "EOrder:Orders limit exceeded");
    desk.street("20000"_dec);  // all of them are filled or passed
    EXPECT_TRUE(desk.exchange.account(desk.alice).open.empty());
    desk.street("50000"_dec);
    EXPECT_EQ(desk.refusal(desk.alice, terms(0)), "accepted");
}

// That of the engine counter's unit test, by what an account is charged. The count has decayed
// before each step.
TEST(Exchange, ChargesTheWorkedExample) {
    Desk desk;
    const Order& order = desk.add(desk.alice, Desk::limit(Side::Buy, "0.1"_dec, "49000"_dec));
    std::int64_t sum = desk.exchange.rate_count(desk.alice, kPair);
    desk.pass(7s);
    ASSERT_EQ(desk.exchange.rate_count(desk.alice, kPair), 0);
    ASSERT_TRUE(desk.exchange.amend(desk.alice, order.no, {.limit = "48000"_dec}));
    sum += desk.exchange.rate_count(desk.alice, kPair);
    desk.pass(36s);
    ASSERT_EQ(desk.exchange.rate_count(desk.alice, kPair), 0);
    ASSERT_TRUE(desk.exchange.cancel(desk.alice, order.no));
    sum += desk.exchange.rate_count(desk.alice, kPair);
    EXPECT_EQ(sum, 8);
}

TEST(Exchange, AStopLossSellsOnceThePriceIsThere) {
    Desk desk;
    OrderTerms terms = Desk::limit(Side::Sell, "0.5"_dec, kZero);
    terms.type = OrderType::StopLoss;
    terms.trigger = "48000"_dec;
    const Order& order = desk.add(desk.alice, terms);
    EXPECT_EQ(desk.exchange.account(desk.alice).held(desk.btc), "0.5"_dec);
    desk.exchange.take_events();
    desk.street("48000.1"_dec);
    EXPECT_TRUE(order.is_open());
    desk.street("48000"_dec);
    EXPECT_EQ(order.status, OrderStatus::Closed);
    EXPECT_LT(order.average_price(), "48000"_dec) << "it takes bids below";
    const auto told = executions(desk.exchange);
    EXPECT_EQ(told.front(), "status");
    EXPECT_EQ(told.back(), "filled");
}

TEST(Exchange, ATakeProfitLimitRestsOnceItIsTriggered) {
    Desk desk;
    OrderTerms terms = Desk::limit(Side::Sell, "0.5"_dec, "52000"_dec);
    terms.type = OrderType::TakeProfitLimit;
    terms.trigger = "51000"_dec;
    const Order& order = desk.add(desk.alice, terms);
    desk.street("51000"_dec, "1"_dec, Side::Buy);
    EXPECT_TRUE(order.triggered);
    EXPECT_TRUE(order.rests());
    desk.street("52000"_dec, "1"_dec, Side::Buy);
    EXPECT_EQ(order.status, OrderStatus::Closed);
}

TEST(Exchange, ABuyStopThatCannotBePaidAnyMoreIsCanceled) {
    Desk desk;
    OrderTerms terms = Desk::limit(Side::Buy, "0.15"_dec, kZero);
    terms.type = OrderType::StopLoss;
    terms.trigger = "60000"_dec;
    const Order& order = desk.add(desk.alice, terms);
    desk.exchange.transfer(desk.alice, desk.usd, "-900"_dec, "withdrawal", "");
    desk.street("70000"_dec, "1"_dec, Side::Buy);
    EXPECT_EQ(order.status, OrderStatus::Canceled);
    EXPECT_EQ(order.reason, "Insufficient funds");
    EXPECT_EQ(desk.exchange.account(desk.alice).held(desk.usd), kZero);
}

TEST(Exchange, ALimitOrderTellsItsWholeLife) {
    Desk desk;
    desk.add(desk.alice, Desk::limit(Side::Buy, "0.1"_dec, "49000"_dec));
    desk.street("49000"_dec, "0.04"_dec);
    desk.street("48000"_dec);
    const std::vector<std::string> wanted{"pending_new", "new", "trade", "trade", "filled"};
    EXPECT_EQ(executions(desk.exchange), wanted);
}

TEST(Exchange, EveryLedgerRowExplainsItsBalance) {
    Desk desk;
    desk.add(desk.alice, Desk::market(Side::Buy, "0.01"_dec));
    const std::vector<LedgerRow>& rows = desk.exchange.account(desk.alice).ledger();
    ASSERT_EQ(rows.size(), 4U);
    EXPECT_EQ(rows[2].refid, rows[3].refid) << "one trade, two rows";
    EXPECT_EQ(rows[2].asset, desk.usd);
    EXPECT_TRUE(rows[2].amount.is_negative());
    EXPECT_TRUE(rows[2].fee.is_positive());
    EXPECT_EQ(rows[2].balance, "10000"_dec + rows[2].amount - rows[2].fee);
    EXPECT_EQ(rows[3].amount, "0.01"_dec);
}

}  // namespace
}  // namespace vault::kraken_emulator
