// What clients of the sockets see.
#include "tests/emulator/kraken/socket/hub.hpp"

#include "common/base/random.hpp"
#include "tests/emulator/kraken/socket/checksum.hpp"
#include "tests/emulator/kraken/unit/sockets.hpp"
#include "tests/emulator/kraken/wire/number_text.hpp"

#include <boost/json/serialize.hpp>

namespace vault::kraken_emulator {
namespace {

TEST_F(Sockets, TheFirstMessageIsTheStatusWithAHugeConnectionId) {
    open(SocketSide::Public);
    const json::value data = heard().at(0).at("data").at(0);
    EXPECT_EQ(data.at("system").as_string(), "online");
    EXPECT_EQ(data.at("api_version").as_string(), "v2");
    EXPECT_GT(data.at("connection_id").as_uint64(), std::uint64_t{1} << 63);
}

TEST_F(Sockets, EachSymbolIsAnsweredForItself) {
    const SocketNo socket = open(SocketSide::Public);
    heard();
    subscribe(socket, R"("channel":"ticker","symbol":["BTC/USD","XBT/USD"])", R"(,"req_id":5)");
    ASSERT_EQ(heard_.size(), 3U) << "an ack, a snapshot, a refusal";
    EXPECT_EQ(heard_[0],
              R"({"method":"subscribe","result":{"channel":"ticker","event_trigger":"trades",)"
              R"("snapshot":true,"symbol":"BTC/USD"},"success":true,)"
              R"("time_in":"2026-03-04T00:00:00.000000Z",)"
              R"("time_out":"2026-03-04T00:00:00.000000Z","req_id":5})");
    EXPECT_EQ(heard_[2],
              R"({"error":"Currency pair not supported XBT/USD","method":"subscribe",)"
              R"("success":false,"symbol":"XBT/USD","time_in":"2026-03-04T00:00:00.000000Z",)"
              R"("time_out":"2026-03-04T00:00:00.000000Z","req_id":5})");
}

TEST_F(Sockets, NumbersHaveAllTheirDigits) {
    const SocketNo socket = open(SocketSide::Public);
    subscribe(socket, R"("channel":"trade","symbol":["BTC/USD"])");
    heard();
    desk_.street("50001"_dec, "0.5"_dec);
    hub_.tell(desk_.exchange.take_events());
    EXPECT_EQ(last(),
              R"({"channel":"trade","type":"update","data":[{"symbol":"BTC/USD","side":"sell",)"
              R"("price":50001.0,"qty":0.50000000,"ord_type":"market","trade_id":2,)"
              R"("timestamp":"2026-03-04T00:00:00.000001Z"}]})");
}

TEST_F(Sockets, TradesHaveNoSnapshotUnlessAskedFor) {
    const SocketNo socket = open(SocketSide::Public);
    heard();
    subscribe(socket, R"("channel":"trade","symbol":["BTC/USD"])");
    EXPECT_EQ(heard().size(), 1U);
    subscribe(socket, R"("channel":"trade","symbol":["ETH/USD"],"snapshot":true)");
    EXPECT_EQ(heard().size(), 2U);
}

TEST_F(Sockets, PingIsAnswered) {
    const SocketNo socket = open(SocketSide::Public);
    hub_.receive(socket, R"({"method":"ping","req_id":101})");
    EXPECT_EQ(last(), R"({"method":"pong","time_in":"2026-03-04T00:00:00.000000Z",)"
                      R"("time_out":"2026-03-04T00:00:00.000000Z","req_id":101})");
}

TEST_F(Sockets, WhatIsNoRequestIsRefused) {
    const SocketNo socket = open(SocketSide::Public);
    const auto error = [&](std::string_view text) {
        heard();
        hub_.receive(socket, text);
        return std::string{heard().at(0).at("error").as_string()};
    };
    EXPECT_EQ(error("nonsense"), "Malformed request");
    EXPECT_EQ(error(R"({"method":"sing"})"), "Method not found");
    EXPECT_EQ(error(R"({"method":"subscribe"})"), "Event(s) not found");
    EXPECT_EQ(error(R"({"method":"subscribe","params":{"channel":"executions","token":"x"}})"),
              "Channel not found")
        << "a private channel on a public socket";
    EXPECT_EQ(error(R"({"method":"subscribe","params":{"channel":"book","symbol":["BTC/USD"],)"
                    R"("depth":11}})"),
              "Subscription depth not supported");
    EXPECT_EQ(error(R"({"method":"unsubscribe","params":{"channel":"book",)"
                    R"("symbol":["BTC/USD"]}})"),
              "Subscription Not Found");
}

TEST_F(Sockets, HeartbeatsFillTheSilenceOfASubscriber) {
    const SocketNo socket = open(SocketSide::Public);
    heard();
    desk_.pass(5s);
    hub_.beat();
    EXPECT_TRUE(heard_.empty()) << "nothing was subscribed";
    subscribe(socket, R"("channel":"trade","symbol":["BTC/USD"])");
    heard();
    desk_.pass(999ms);
    hub_.beat();
    EXPECT_TRUE(heard_.empty());
    desk_.pass(1ms);
    hub_.beat();
    EXPECT_EQ(last(), R"({"channel":"heartbeat"})");
}

TEST_F(Sockets, EachSocketHasItsOwnSilence) {
    const SocketNo early = open(SocketSide::Public);
    subscribe(early, R"("channel":"trade","symbol":["BTC/USD"])");
    desk_.pass(400ms);
    const SocketNo late = open(SocketSide::Public);
    subscribe(late, R"("channel":"trade","symbol":["BTC/USD"])");
    heard();
    std::vector<std::size_t> beats;  // each 100 ms: those of both
    for (int i = 0; i < 11; ++i) {
        desk_.pass(100ms);
        hub_.beat();
        beats.push_back(heard().size());
    }
    EXPECT_EQ(beats, (std::vector<std::size_t>{0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0}));
}

TEST_F(Sockets, StatusAndListingAreTold) {
    const SocketNo socket = open(SocketSide::Public);
    subscribe(socket, R"("channel":"instrument")");
    heard();
    desk_.exchange.set_status(SystemStatus::CancelOnly);
    desk_.exchange.set_listing(kPair, PairStatus::Delisted, "0.1"_dec);
    const auto all = heard();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].at("data").at(0).at("system").as_string(), "cancel_only");
    const json::value& pair = all[1].at("data").at("pairs").at(0);
    EXPECT_EQ(pair.at("status").as_string(), "delisted");
    EXPECT_EQ(json::serialize(pair.at("qty_min")), "1E-1");
}

TEST_F(Sockets, AnUnsubscribedSocketHearsNoMore) {
    const SocketNo socket = open(SocketSide::Public);
    subscribe(socket, R"("channel":"book","symbol":["BTC/USD"])");
    hub_.receive(socket,
                 R"({"method":"unsubscribe","params":{"channel":"book","symbol":["BTC/USD"]}})");
    heard();
    desk_.street("50100"_dec);
    EXPECT_TRUE(heard().empty());
    hub_.close(socket);
    desk_.street("50200"_dec);
    EXPECT_TRUE(heard().empty());
}

// A client's book, kept as Kraken's page says: apply, cut, compare.
class ClientBook {
  public:
    void apply(const json::value& message) {
        const json::value& data = message.at("data").at(0);
        if (message.at("type").as_string() == "snapshot") bids_.clear(), asks_.clear();
        for (const Side side : {Side::Buy, Side::Sell}) {
            Ladder& book = side == Side::Buy ? bids_ : asks_;
            for (const json::value& level :
                 data.at(side == Side::Buy ? "bids" : "asks").as_array()) {
                const Decimal price = number(level.at("price"));
                const Decimal quantity = number(level.at("qty"));
                if (quantity.is_zero())
                    book.erase(price);
                else
                    book[price] = quantity;
            }
            while (book.size() > 10)
                book.erase(side == Side::Buy ? book.begin() : std::prev(book.end()));
        }
        EXPECT_EQ(book_checksum(listed(Side::Sell), listed(Side::Buy), {1, 8}),
                  data.at("checksum").to_number<std::int64_t>());
    }

  private:
    static Decimal number(const json::value& value) {
        return Decimal::parse(plain_text(value.to_number<double>())).value();
    }
    std::vector<LevelChange> listed(Side side) const {
        std::vector<LevelChange> out;
        for (const auto& [price, quantity] : side == Side::Buy ? bids_ : asks_)
            out.push_back({side, price, quantity});
        if (side == Side::Buy) std::reverse(out.begin(), out.end());
        return out;
    }

    Ladder bids_, asks_;
};

TEST(SocketBook, AClientFollowsTheBookByItsUpdates) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        SCOPED_TRACE(testing::Message() << "seed " << seed);
        Desk desk{{.seed = seed, .street_levels = 14}};
        Tokens tokens{seed};
        FaultPlan requests{seed};
        MessagePlan faults{seed};
        Hub hub{desk.exchange, tokens, requests, faults, seed};
        ClientBook book;
        std::size_t updates = 0;
        const SocketNo socket = hub.open(SocketSide::Public, [&](const SharedText& text) {
            const json::value message = protocol::parse_json(*text).value();
            if (!message.as_object().contains("type") ||
                message.at("channel").as_string() != "book")
                return;
            book.apply(message);
            ++updates;
        });
        hub.receive(socket,
                    R"({"method":"subscribe","params":{"channel":"book","symbol":["BTC/USD"]}})");
        Random random{seed};
        for (int i = 0; i < 100; ++i) {
            const Decimal price = Decimal::from_raw(
                "0.1"_dec.raw() * static_cast<Decimal::Raw>(499'500 + random.below(1'000)));
            if (random.below(2) == 0)
                desk.street(price, "0.01"_dec);
            else
                (void)desk.exchange.add(
                    random.below(2),
                    Desk::limit(random.below(2) == 0 ? Side::Buy : Side::Sell, "0.001"_dec, price));
            hub.tell(desk.exchange.take_events());
        }
        EXPECT_GT(updates, 50U);
    }
}

TEST_F(Sockets, APrivateChannelWantsAFreshToken) {
    const SocketNo socket = open(SocketSide::Private);
    heard();
    subscribe(socket, R"("channel":"executions","token":"wrong")");
    EXPECT_EQ(heard().at(0).at("error").as_string(), "ESession:Invalid session");
    desk_.pass(901s);
    subscribe(socket, with_token("executions"));
    EXPECT_EQ(heard().at(0).at("error").as_string(), "ESession:Invalid session");
}

TEST_F(Sockets, AnOrdersLifeIsToldInSparseSteps) {
    const SocketNo socket = open(SocketSide::Private);
    subscribe(socket, with_token("executions"));
    heard();
    OrderTerms terms = Desk::limit(Side::Buy, "0.1"_dec, "49000"_dec);
    terms.cl_ord_id = "mine";
    const Order& order = desk_.add(desk_.alice, terms);
    desk_.street("49000"_dec, "0.04"_dec);
    desk_.street("48000"_dec);
    const auto all = heard();
    ASSERT_EQ(all.size(), 5U);
    const std::vector<std::pair<std::string, std::string>> wanted{{"pending_new", "pending_new"},
                                                                  {"new", "new"},
                                                                  {"trade", "partially_filled"},
                                                                  {"trade", "partially_filled"},
                                                                  {"filled", "filled"}};
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const json::value& data = all[i].at("data").at(0);
        EXPECT_EQ(data.at("exec_type").as_string(), wanted[i].first);
        EXPECT_EQ(data.at("order_status").as_string(), wanted[i].second) << i;
        EXPECT_EQ(data.at("order_id").as_string(), order.id);
        EXPECT_EQ(data.at("cl_ord_id").as_string(), "mine");
        EXPECT_EQ(all[i].at("sequence").as_int64(), static_cast<std::int64_t>(i) + 2)
            << "the snapshot was the first";
    }
    EXPECT_EQ(all[1].at("data").at(0).as_object().size(), 5U) << "new tells ids and time alone";
    const json::value& fill = all[2].at("data").at(0);
    EXPECT_EQ(json::serialize(fill.at("fees")), R"([{"asset":"USD","qty":4.9E0}])");
    EXPECT_EQ(fill.at("liquidity_ind").as_string(), "m");
}

TEST_F(Sockets, OnlyTheOwnAccountIsTold) {
    const SocketNo socket = open(SocketSide::Private);
    subscribe(socket, with_token("executions"));
    subscribe(socket, with_token("balances"));
    heard();
    desk_.add(desk_.bob, Desk::market(Side::Buy, "0.01"_dec));
    EXPECT_TRUE(heard().empty());
}

TEST_F(Sockets, BalancesHaveTheNamesOfV2) {
    const SocketNo socket = open(SocketSide::Private);
    heard();
    subscribe(socket, with_token("balances"));
    const json::value snapshot = heard().at(1);
    EXPECT_EQ(json::serialize(snapshot.at("data").at(0)),
              R"({"asset":"BTC","asset_class":"currency","balance":1E0,)"
              R"("wallets":[{"type":"spot","id":"main","balance":1E0}]})");
    desk_.exchange.transfer(desk_.alice, Asset::parse("XXBT.F").value(), kOne, "earn", "reward");
    const json::value update = heard().at(0);
    EXPECT_EQ(update.at("data").at(0).at("asset").as_string(), "BTC.F");
    EXPECT_EQ(update.at("sequence").as_int64(), 2);
}

class OrderEntry : public Sockets {
  protected:
    // The answers to one message; what the exchange tells goes to another socket.
    std::vector<json::value> entered(std::string_view method, std::string_view params) {
        if (!socket_) socket_ = open(SocketSide::Private);
        heard();
        hub_.receive(*socket_, R"({"method":")" + std::string{method} + R"(","params":{"token":")" +
                                   token_ + "\"," + std::string{params} + R"(},"req_id":9})");
        return heard();
    }

    std::optional<SocketNo> socket_;
};

TEST_F(OrderEntry, AnOrderIsAddedAmendedAndCanceled) {
    const json::value added =
        entered("add_order", R"("order_type":"limit","side":"buy","order_qty":0.1,)"
                             R"("symbol":"BTC/USD","limit_price":49000,"cl_ord_id":"mine")")
            .at(0);
    EXPECT_TRUE(added.at("success").as_bool());
    EXPECT_EQ(added.at("req_id").as_int64(), 9);
    EXPECT_EQ(added.at("result").at("cl_ord_id").as_string(), "mine");
    const Order& order = desk_.exchange.order(0);
    EXPECT_EQ(added.at("result").at("order_id").as_string(), order.id);
    EXPECT_EQ(order.terms.limit, "49000"_dec);
    EXPECT_EQ(order.terms.deadline, desk_.exchange.now() + 5s) << "unless told else";
    const json::value amended =
        entered("amend_order", R"("cl_ord_id":"mine","limit_price":48000.5)").at(0);
    EXPECT_TRUE(amended.at("result").at("amend_id").as_string().starts_with("T"));
    EXPECT_EQ(order.terms.limit, "48000.5"_dec);
    const auto canceled = entered("cancel_order", R"("order_id":[")" + order.id + R"(","OAAAAA"])");
    ASSERT_EQ(canceled.size(), 2U) << "an answer for each";
    EXPECT_TRUE(canceled[0].at("success").as_bool());
    EXPECT_EQ(canceled[1].at("error").as_string(), "EOrder:Unknown order");
}

TEST_F(OrderEntry, RefusalsNameWhatIsWrong) {
    const auto error = [&](std::string_view params) {
        return std::string{entered("add_order", params).at(0).at("error").as_string()};
    };
    EXPECT_EQ(error(R"("symbol":"XBT/USD")"), "Currency pair not supported XBT/USD");
    EXPECT_EQ(error(R"("symbol":"BTC/USD","side":"buy","order_type":"limit","order_qty":1)"),
              "EGeneral:Invalid arguments:limit_price");
    EXPECT_EQ(error(R"("symbol":"BTC/USD","side":"buy","order_type":"market","order_qty":1)"),
              "EOrder:Insufficient funds");
    EXPECT_EQ(error(R"("symbol":"BTC/USD","side":"buy","order_type":"market","order_qty":0.01,)"
                    R"("deadline":"2026-03-04T00:00:00.4Z")"),
              "EGeneral:Invalid arguments:deadline");
    for (const std::string_view passed : {"2026-03-03T23:59:59Z", "2026-03-04T00:00:00Z"})
        EXPECT_EQ(error(R"("symbol":"BTC/USD","side":"buy","order_type":"market",)"
                        R"("order_qty":0.01,"deadline":")" +
                        std::string{passed} + "\""),
                  "EService:Deadline elapsed");
}

TEST_F(Sockets, EachOfAnAccountHearsRateCountsIfItWants) {
    std::map<SocketNo, std::vector<std::string>> heard;
    for (const std::string_view wish : {R"(,"ratecounter":true)", "", R"(,"ratecounter":true)"}) {
        const SocketNo socket = hub_.open(
            SocketSide::Private,
            [&heard, no = heard.size()](const SharedText& text) { heard[no].push_back(*text); });
        subscribe(socket, with_token("executions") + std::string{wish});
    }
    for (auto& [unused, texts] : heard)
        texts.clear();
    desk_.add(desk_.alice, Desk::limit(Side::Buy, "0.01"_dec, "49000"_dec));
    hub_.tell(desk_.exchange.take_events());
    ASSERT_EQ(heard.size(), 3U);
    for (const auto& [no, texts] : heard) {
        ASSERT_EQ(texts.size(), 2U);
        for (const std::string& text : texts)
            EXPECT_EQ(text.find(R"("ratecount":1)") != std::string::npos, no != 1) << text;
    }
}

TEST_F(Sockets, WithoutOrderStatusOnlyBeginsFillsAndEndsAreTold) {
    std::vector<std::string> texts;
    const SocketNo socket = hub_.open(SocketSide::Private,
                                      [&texts](const SharedText& text) { texts.push_back(*text); });
    subscribe(socket, with_token("executions") + R"(,"order_status":false)");
    EXPECT_NE(texts.at(texts.size() - 2).find(R"("order_status":false)"), std::string::npos);
    texts.clear();
    const Order& order = desk_.add(desk_.alice, Desk::limit(Side::Buy, "0.01"_dec, "49000"_dec));
    hub_.tell(desk_.exchange.take_events());
    ASSERT_EQ(texts.size(), 1U);  // no pending_new, so this one is whole
    EXPECT_NE(texts[0].find(R"("exec_type":"new")"), std::string::npos) << texts[0];
    EXPECT_NE(texts[0].find(R"("limit_price":49000.0)"), std::string::npos) << texts[0];
    const std::string first = texts[0].substr(texts[0].find(R"("sequence")"));
    ASSERT_TRUE(desk_.exchange.cancel(desk_.alice, order.no));
    hub_.tell(desk_.exchange.take_events());
    ASSERT_EQ(texts.size(), 2U);
    EXPECT_NE(texts[1].find(R"("exec_type":"canceled")"), std::string::npos) << texts[1];
    EXPECT_EQ(first, R"("sequence":2})") << "what is not told leaves no gap";
    EXPECT_NE(texts[1].find(R"("sequence":3})"), std::string::npos) << texts[1];
}

TEST_F(OrderEntry, ABatchIsAnsweredAsOne) {
    const json::value added =
        entered("batch_add", R"("symbol":"BTC/USD","orders":[)"
                             R"({"order_type":"limit","side":"buy","order_qty":0.1,)"
                             R"("limit_price":49000,"order_userref":4},)"
                             R"({"order_type":"limit","side":"buy","order_qty":9,)"
                             R"("limit_price":49000}])")
            .at(0);
    EXPECT_TRUE(added.at("result").at(0).as_object().contains("order_id"));
    EXPECT_EQ(added.at("result").at(1).at("error").as_string(), "EOrder:Insufficient funds");
    EXPECT_EQ(desk_.exchange.rate_count(desk_.alice, kPair), 1) << "half a point each";
    EXPECT_EQ(entered("cancel_order", R"("order_userref":[4])").size(), 1U);
    EXPECT_EQ(entered("cancel_all", R"("x":0)").at(0).at("result").at("count").as_int64(), 0);
}

TEST_F(OrderEntry, WantsATokenAndThePrivateSide) {
    const SocketNo socket = open(SocketSide::Public);
    heard();
    hub_.receive(socket, R"({"method":"cancel_all","params":{"token":")" + token_ + "\"}}");
    EXPECT_EQ(heard().at(0).at("error").as_string(), "Method not found");
    token_ = "stale";
    EXPECT_EQ(entered("cancel_all", R"("x":0)").at(0).at("error").as_string(),
              "ESession:Invalid session");
}

TEST_F(OrderEntry, EachMessageNeedsTheTokenOfItsSubscription) {
    socket_ = open(SocketSide::Private);
    subscribe(*socket_, with_token("executions"));
    const auto says = [&](std::string_view params) {
        heard();
        hub_.receive(*socket_, R"({"method":"cancel_all","params":{)" + std::string{params} + "}}");
        const json::value answer = heard().at(0);
        return answer.at("success").as_bool() ? "done"
                                              : std::string{answer.at("error").as_string()};
    };
    const std::string mine = R"("token":")" + token_ + "\"";
    const std::string early = R"("token":")" + tokens_.issue(key_, desk_.exchange.now()) + "\"";
    EXPECT_EQ(says(""), "ESession:Invalid session");
    EXPECT_EQ(says(R"("token":"garbage")"), "ESession:Invalid session");
    EXPECT_EQ(says(early), "done");
    desk_.pass(901s);
    EXPECT_EQ(says(mine), "done") << "what it opened is still there";
    EXPECT_EQ(says(early), "ESession:Invalid session") << "that one opened nothing";
    hub_.receive(*socket_,
                 R"({"method":"unsubscribe","params":{)" + with_token("executions") + "}}");
    EXPECT_EQ(says(mine), "ESession:Invalid session");
}

TEST_F(OrderEntry, ATokenMayWhatItsKeyMay) {
    const std::string order = R"("order_type":"limit","side":"buy","order_qty":0.1,)"
                              R"("symbol":"BTC/USD","limit_price":49000)";
    const auto says = [&](std::string_view method, std::string_view params) {
        const json::value answer = entered(method, params).at(0);
        return answer.at("success").as_bool() ? "done"
                                              : std::string{answer.at("error").as_string()};
    };
    EXPECT_EQ(says("add_order", order), "done");
    key_.permissions = {Permission::CloseTrades};
    const std::string denied = "EGeneral:Permission denied";
    EXPECT_EQ(says("add_order", order), denied);
    EXPECT_EQ(says("batch_add", R"("x":0)"), denied);
    EXPECT_EQ(says("subscribe", R"("channel":"executions")"), denied);
    EXPECT_EQ(says("subscribe", R"("channel":"balances")"), denied);
    EXPECT_EQ(says("cancel_all", R"("x":0)"), "done");
    key_.permissions = {Permission::QueryFunds};
    EXPECT_EQ(says("cancel_all", R"("x":0)"), denied);
    EXPECT_EQ(says("amend_order", R"("x":0)"), denied);
    EXPECT_EQ(says("subscribe", R"("channel":"balances")"), "done");
}

TEST_F(OrderEntry, TheTokensOfARevokedKeyEndWithIt) {
    socket_ = open(SocketSide::Private);
    subscribe(*socket_, with_token("executions"));
    key_.revoked = true;
    EXPECT_EQ(entered("cancel_all", R"("x":0)").at(0).at("error").as_string(),
              "ESession:Invalid session");
    const SocketNo other = open(SocketSide::Private);
    heard();
    subscribe(other, with_token("balances"));
    EXPECT_EQ(heard().at(0).at("error").as_string(), "ESession:Invalid session");
}

TEST_F(OrderEntry, ABatchOfCancelsIsDoneWholeOrSaysWhyNot) {
    for (const auto tag : {"a", "b", "c"}) {
        OrderTerms terms = Desk::limit(Side::Buy, "0.01"_dec, "49000"_dec);
        terms.cl_ord_id = tag;
        desk_.add(desk_.alice, terms);
    }
    const std::string all = R"("orders":["a","b","c","nothing"])";
    const auto error = [&] {
        return std::string{entered("batch_cancel", all).at(0).at("error").as_string()};
    };
    desk_.exchange.set_status(SystemStatus::Maintenance);
    EXPECT_EQ(error(), "EService:Unavailable");
    desk_.exchange.set_status(SystemStatus::Online);
    ASSERT_TRUE(desk_.exchange.charge_batch(desk_.alice, kPair, 320)) << "20 of 180 are left";
    EXPECT_EQ(error(), "EOrder:Rate limit exceeded") << "8 for each";
    EXPECT_EQ(desk_.exchange.account(desk_.alice).open.size(), 3U);
    desk_.pass(5min);
    EXPECT_EQ(entered("batch_cancel", all).at(0).at("result").at("count").as_int64(), 3);
    EXPECT_EQ(error(), "EOrder:Unknown order");
}

TEST_F(Sockets, ASnapshotOfExecutionsHasOpenOrdersAndPastTradesIfAsked) {
    desk_.add(desk_.alice, Desk::market(Side::Buy, "0.01"_dec));
    desk_.add(desk_.alice, Desk::limit(Side::Buy, "0.01"_dec, "40000"_dec));
    const SocketNo socket = open(SocketSide::Private);
    heard();
    subscribe(socket, with_token("executions") + R"(,"snap_trades":true)");
    const json::array data = heard().at(1).at("data").as_array();
    ASSERT_EQ(data.size(), 2U);
    EXPECT_EQ(data[0].at("exec_type").as_string(), "new");
    EXPECT_EQ(data[1].at("exec_type").as_string(), "trade");
    EXPECT_EQ(data[1].at("order_status").as_string(), "filled");
}

}  // namespace
}  // namespace vault::kraken_emulator
