// What clients of the sockets see when something goes wrong, or when they outstay their welcome.
#include "tests/emulator/kraken/unit/sockets.hpp"

namespace vault::kraken_emulator {
namespace {

// The sequence numbers that a client hears of an order that is filled at once; 0: it is cut off.
class SocketFaults : public Sockets {
  protected:
    std::vector<std::int64_t> sequences(MessageFault fault) {
        const SocketNo socket = open(SocketSide::Private);
        subscribe(socket, with_token("executions") + R"(,"snap_orders":false)");
        heard();
        faults_.add(std::move(fault));
        OrderTerms terms = Desk::market(Side::Buy, "0.01"_dec);
        desk_.add(desk_.alice, terms);
        std::vector<std::int64_t> out;
        for (const json::value& message : heard())
            out.push_back(message.is_null() ? 0 : message.at("sequence").as_int64());
        return out;
    }
    using Numbers = std::vector<std::int64_t>;
};

TEST_F(SocketFaults, WithoutOneAllAreTold) {
    EXPECT_EQ(sequences({.aim = {.at = "balances"}}), (Numbers{1, 2, 3, 4}));
}

TEST_F(SocketFaults, ALostFillLeavesAGap) {
    EXPECT_EQ(sequences({.aim = {.at = "executions/trade"}}), (Numbers{1, 2, 4}));
    const auto struck = hub_.take_struck();
    ASSERT_EQ(struck.size(), 1U);
    EXPECT_EQ(struck[0].message, "executions/trade");
}

TEST_F(SocketFaults, FilledMayBeMissing) {
    EXPECT_EQ(sequences({.aim = {.at = "executions/filled"}}), (Numbers{1, 2, 3}));
}

TEST_F(SocketFaults, ADoubledOneComesTwice) {
    EXPECT_EQ(sequences({.aim = {.at = "executions/new"}, .mishap = Mishap::Doubled}),
              (Numbers{1, 2, 2, 3, 4}));
}

TEST_F(SocketFaults, ASwappedOneComesBehindTheNext) {
    EXPECT_EQ(sequences({.aim = {.at = "executions/new"}, .mishap = Mishap::Swapped}),
              (Numbers{1, 3, 2, 4}));
}

TEST_F(SocketFaults, ALateOneComesInTheEnd) {
    EXPECT_EQ(sequences({.aim = {.at = "executions/trade"}, .mishap = Mishap::Late, .delay = 3s}),
              (Numbers{1, 2, 4}));
    desk_.pass(2s);
    hub_.beat();
    EXPECT_EQ(last(), R"({"channel":"heartbeat"})");
    desk_.pass(1s);
    heard_.clear();
    hub_.beat();
    ASSERT_EQ(heard_.size(), 1U);
    EXPECT_NE(heard_[0].find(R"("sequence":3)"), std::string::npos);
}

TEST_F(SocketFaults, ADisconnectClosesTheSocket) {
    EXPECT_EQ(sequences({.aim = {.at = "executions/trade"}, .mishap = Mishap::Disconnect}),
              (Numbers{1, 2, 0}));
}

class StruckEntry : public Sockets {
  protected:
    // What the client of an order hears that such a fault strikes.
    std::vector<std::string> strike(Fault fault) {
        socket_ = open(SocketSide::Private);
        subscribe(socket_, with_token("balances") + R"(,"snapshot":false)");
        hub_.beat();  // so that the next one is due in a second, if nothing asks for it sooner
        heard_.clear();
        fault.aim = {.at = "add_order", .times = 1};
        requests_.add(std::move(fault));
        said_ = hub_.receive(socket_, order());
        return std::exchange(heard_, {});
    }
    std::string order() const {
        return R"({"method":"add_order","params":{"order_type":"limit","side":"buy",)"
               R"("order_qty":0.01,"symbol":"BTC/USD","limit_price":40000,"token":")" +
               token_ + R"("},"req_id":3})";
    }
    std::size_t orders() { return desk_.exchange.account(desk_.alice).open.size(); }

    SocketNo socket_ = 0;
    Heard said_;
};

TEST_F(StruckEntry, AcceptedWithoutAnAck) {
    EXPECT_TRUE(strike({.answered = Answered::Timeout}).empty());
    EXPECT_EQ(orders(), 1U);
    EXPECT_EQ(said_.method, "add_order");
    EXPECT_EQ(said_.struck->answered, Answered::Timeout);
}

TEST_F(StruckEntry, NeverAccepted) {
    EXPECT_TRUE(strike({.landing = Landing::Never, .answered = Answered::Timeout}).empty());
    EXPECT_EQ(orders(), 0U);
}

TEST_F(StruckEntry, RefusedThoughItWasDone) {
    const auto texts = strike({.answered = Answered::Refusal, .refusal = "EService:Unavailable"});
    ASSERT_EQ(texts.size(), 1U);
    EXPECT_TRUE(texts[0].starts_with(R"({"error":"EService:Unavailable","method":"add_order",)"));
    EXPECT_TRUE(texts[0].ends_with(R"("req_id":3})"));
    EXPECT_EQ(orders(), 1U);
}

TEST_F(StruckEntry, AckedTwice) {
    const auto texts = strike({.answered = Answered::Doubled});
    ASSERT_EQ(texts.size(), 2U);
    EXPECT_EQ(texts[0], texts[1]);
    EXPECT_EQ(orders(), 1U);
}

TEST_F(StruckEntry, AckedLate) {
    EXPECT_TRUE(strike({.answered = Answered::Late, .delay = 5s}).empty());
    EXPECT_EQ(orders(), 1U);
    desk_.pass(4s);
    hub_.beat();
    EXPECT_EQ(last().find("add_order"), std::string::npos);
    heard_.clear();
    desk_.pass(1s);
    hub_.beat();
    EXPECT_NE(heard_.at(0).find(R"("method":"add_order")"), std::string::npos);
}

TEST_F(StruckEntry, AckedLateToTheMillisecond) {
    EXPECT_TRUE(strike({.answered = Answered::Late, .delay = 300ms}).empty());
    desk_.pass(299ms);
    hub_.beat();
    EXPECT_TRUE(heard_.empty());
    desk_.pass(1ms);
    hub_.beat();
    ASSERT_EQ(heard_.size(), 1U);
    EXPECT_NE(heard_[0].find(R"("method":"add_order")"), std::string::npos);
}

TEST_F(StruckEntry, DisconnectedAndTheRestIsSilence) {
    for (const Answered how : {Answered::Reset, Answered::Page, Answered::Gzip}) {
        const std::size_t before = orders();
        EXPECT_EQ(strike({.answered = how}), std::vector<std::string>{"null"});
        EXPECT_EQ(orders(), before + 1);
        hub_.receive(socket_, R"({"method":"ping"})");
        desk_.pass(5min);
        hub_.beat();
        EXPECT_TRUE(heard_.empty()) << heard_.front();
    }
}

TEST_F(StruckEntry, PutOffWithTheTimeOfItsArrival) {
    EXPECT_EQ(
        strike({.landing = Landing::Later, .answered = Answered::Timeout, .delay = 9s}).size(), 0U);
    EXPECT_EQ(orders(), 0U);
    ASSERT_TRUE(said_.later);
    EXPECT_EQ(said_.later->arrived, kStart);
    desk_.pass(4s);
    EXPECT_TRUE(enter_order(desk_.exchange, *said_.later).at(0));
    desk_.pass(2s);
    const auto after = enter_order(desk_.exchange, *said_.later);
    ASSERT_FALSE(after.at(0));
    EXPECT_EQ(after.at(0).error().text, "EService:Deadline elapsed") << "5 s from its arrival";
}

TEST_F(Sockets, APublicSocketLivesAMinuteAfterTheLastWord) {
    const SocketNo socket = open(SocketSide::Public);
    desk_.pass(50s);
    hub_.receive(socket, R"({"method":"ping"})");
    desk_.pass(59s);
    hub_.beat();
    EXPECT_NE(last(), "null");
    desk_.pass(1s);
    hub_.beat();
    EXPECT_EQ(last(), "null");
    EXPECT_EQ(hub_.take_closed().at(0).reason, "idle");
}

TEST_F(Sockets, APrivateSocketLivesAMinuteWithoutASubscription) {
    const SocketNo bare = open(SocketSide::Private), kept = open(SocketSide::Private);
    subscribe(kept, with_token("executions"));
    desk_.pass(50s);
    hub_.receive(bare, R"({"method":"ping"})");
    desk_.pass(10s);
    hub_.beat();
    const auto closed = hub_.take_closed();
    ASSERT_EQ(closed.size(), 1U);
    EXPECT_EQ(closed[0].socket, bare);
    EXPECT_EQ(closed[0].reason, "no subscription");
    hub_.receive(kept, R"({"method":"unsubscribe","params":{)" + with_token("executions") + "}}");
    desk_.pass(59s);
    hub_.beat();
    EXPECT_TRUE(hub_.take_closed().empty());
    desk_.pass(1s);
    hub_.beat();
    EXPECT_EQ(hub_.take_closed().size(), 1U);
}

TEST_F(Sockets, IdleSocketsLiveOnIfTheyMay) {
    hub_.set_limits({.idle = 0s});
    open(SocketSide::Public);
    desk_.pass(24h);
    hub_.beat();
    EXPECT_TRUE(hub_.take_closed().empty());
}

TEST_F(Sockets, AnIdleOneEndsToTheMillisecond) {
    open(SocketSide::Public);
    desk_.pass(59'300ms);
    hub_.beat();
    desk_.pass(699ms);
    hub_.beat();
    EXPECT_TRUE(hub_.take_closed().empty());
    desk_.pass(1ms);
    hub_.beat();
    EXPECT_EQ(hub_.take_closed().size(), 1U);
    open(SocketSide::Public);
    desk_.pass(100ms);
    hub_.beat();
    hub_.set_limits({.idle = 200ms});
    desk_.pass(100ms);
    hub_.beat();
    EXPECT_EQ(hub_.take_closed().size(), 1U) << "by the new limit";
}

TEST_F(Sockets, AClientThatIsTooFastIsTold) {
    hub_.set_limits({.messages = 2});
    const SocketNo socket = open(SocketSide::Public);
    const auto ping = [&] {
        hub_.receive(socket, R"({"method":"ping"})");
        return last().starts_with(R"({"method":"pong")");
    };
    EXPECT_TRUE(ping());
    EXPECT_TRUE(ping());
    EXPECT_FALSE(ping());
    EXPECT_TRUE(last().starts_with(R"({"error":"Exceeded msg rate","method":"ping",)"));
    desk_.pass(1s);
    EXPECT_TRUE(ping());
}

}  // namespace
}  // namespace vault::kraken_emulator
