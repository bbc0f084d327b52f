// The hub by itself, and subscriptions over a real socket.
#include "daemon/control/event_hub.hpp"
#include "tests/unit/control/harness.hpp"

#include <fmt/format.h>

#include <future>

namespace vault::test {
namespace {

using Seqs = std::vector<std::int64_t>;

ports::EventRow event(std::uint64_t seq, std::string object = "v1.flash",
                      std::string severity = "info") {
    ports::EventRow row;
    row.seq = seq;
    row.owner = {UserId{1}, AccountId{1}, Mode::Paper, "engine"};
    row.at = parse_utc("2024-01-01").value() + std::chrono::minutes{seq};
    row.severity = std::move(severity);
    row.type = "fill";
    row.object = std::move(object);
    row.message = fmt::format("event {}", seq);
    row.data_json = fmt::format(R"({{"price":"{}"}})", seq);
    return row;
}

std::vector<ports::EventRow> events(std::uint64_t from, std::uint64_t to) {
    std::vector<ports::EventRow> rows;
    for (std::uint64_t seq = from; seq <= to; ++seq)
        rows.push_back(event(seq));
    return rows;
}

ports::EventPage page_of(std::vector<ports::EventRow> rows) {
    return {std::move(rows), {{UserId{1}, "alice"}}};
}

struct Ear final : control::EventHub::Listener {
    void wake() override { ++woken; }
    int woken = 0;
};

TEST(EventHub, KeepsTheNewestAndWakesWhoListens) {
    control::EventHub hub(40, 3);
    EXPECT_EQ(hub.last(), 40U);
    EXPECT_EQ(hub.first(), 41U);
    Ear ear;
    hub.add(ear);
    hub.publish(page_of(events(41, 42)));
    EXPECT_EQ(ear.woken, 1);
    EXPECT_EQ(hub.first(), 41U);
    hub.publish(page_of(events(43, 46)));
    EXPECT_EQ(hub.first(), 44U);
    EXPECT_EQ(hub.last(), 46U);
    EXPECT_EQ(hub.event(45).message, "event 45");
    EXPECT_NE(hub.text(45).find(R"("seq":45)"), std::string::npos);
    EXPECT_NE(hub.text(45).find(R"("data":{"price":"45"})"), std::string::npos);
    EXPECT_NE(hub.text(45).find(R"("user":"alice")"), std::string::npos);
    hub.publish(page_of({}));
    EXPECT_EQ(ear.woken, 2);
    hub.remove(ear);
    hub.publish(page_of(events(47, 47)));
    EXPECT_EQ(ear.woken, 2);
}

TEST(EventHub, ANumberOutOfTurnSendsReadersToTheStore) {
    control::EventHub hub(0, 10);
    hub.publish(page_of(events(1, 5)));
    hub.publish(page_of(events(8, 9)));
    EXPECT_EQ(hub.first(), 8U);
    EXPECT_EQ(hub.last(), 9U);
    EXPECT_EQ(hub.event(8).seq, 8U);
}

TEST(EventHub, AFewReadAtATimeAndTheOthersTakeTurns) {
    control::EventHub hub(0, 10);
    std::vector<Ear> readers(4);
    for (Ear& reader : readers)
        ASSERT_TRUE(hub.begin_read(reader));
    Ear first, second;
    EXPECT_FALSE(hub.begin_read(first));
    EXPECT_FALSE(hub.begin_read(second));
    EXPECT_FALSE(hub.begin_read(first));  // asks again, keeps its place
    EXPECT_FALSE(hub.begin_read());
    hub.end_read();
    EXPECT_EQ(first.woken, 1);
    EXPECT_EQ(second.woken, 0);
    hub.remove(first);  // goes without taking its turn
    EXPECT_EQ(second.woken, 1);
    EXPECT_TRUE(hub.begin_read(second));
    hub.end_read();
    EXPECT_EQ(second.woken, 1);
}

class SubscriptionsTest : public ServerTest {
  protected:
    // The store has what was published before the start.
    void begin(std::vector<ports::EventRow> stored = {}) {
        last_event = stored.empty() ? 0 : stored.back().seq;
        fill_reader = [stored](FakeReader& reader) { reader.event_rows = stored; };
        options.burst = 100'000;
        start();
        client = std::make_unique<RawClient>(path());
        client->hello();
    }
    void TearDown() override { client.reset(); }

    void publish(std::vector<ports::EventRow> rows) {
        std::promise<void> done;
        asio::post(io, [&] {
            server->publish(page_of(std::move(rows)));
            done.set_value();
        });
        done.get_future().wait();
    }
    json::object open(const std::string& params) {
        const json::object reply = client->call("sub.open", params);
        if (!reply.contains("result")) {
            ADD_FAILURE() << protocol::to_compact(reply);
            return {};
        }
        return reply.at("result").at("data").as_object();
    }
    // The next notification, which must be of that kind.
    json::object next(std::string_view method) {
        const json::object line = client->reply();
        EXPECT_TRUE(line.contains("method") && line.at("method") == json::value(method))
            << protocol::to_compact(line);
        return line.contains("params") ? line.at("params").as_object() : json::object{};
    }
    Seqs take(std::size_t count, RawClient* from = nullptr) {
        Seqs seqs;
        while (seqs.size() < count) {
            const json::object line = (from == nullptr ? *client : *from).reply();
            if (!line.contains("method") || line.at("method") != json::value("sub.event")) {
                ADD_FAILURE() << protocol::to_compact(line);
                break;
            }
            seqs.push_back(line.at("params").at("seq").as_int64());
        }
        return seqs;
    }
    bool silent(int milliseconds = 150) {
        std::this_thread::sleep_for(std::chrono::milliseconds{milliseconds});
        // What was sent stands before the answer.
        const json::object line = client->call("version");
        return line.contains("result");
    }
    static Seqs range(std::int64_t from, std::int64_t to) {
        Seqs seqs;
        for (; from <= to; ++from)
            seqs.push_back(from);
        return seqs;
    }

    std::unique_ptr<RawClient> client;
};

TEST_F(SubscriptionsTest, WhatComesNextComesAfterTheAnswer) {
    begin(events(1, 7));
    const json::object opened = open(R"({"topic":"events"})");
    EXPECT_EQ(opened.at("sub"), json::value(1));
    EXPECT_EQ(opened.at("first_seq"), json::value(1));
    EXPECT_EQ(opened.at("last_seq"), json::value(7));
    EXPECT_EQ(opened.at("from_seq"), json::value(8));
    EXPECT_EQ(opened.at("credit"), json::value(256));
    EXPECT_EQ(opened.at("instance_id"), json::value("i1"));
    EXPECT_TRUE(silent());
    publish(events(8, 9));
    const json::object line = client->reply();
    EXPECT_EQ(line.at("jsonrpc"), json::value("2.0"));
    EXPECT_FALSE(line.contains("id"));
    const json::object& params = line.at("params").as_object();
    EXPECT_EQ(params.at("topic"), json::value("events"));
    EXPECT_EQ(params.at("seq"), json::value(8));
    EXPECT_EQ(params.at("at"), json::value("2024-01-01T00:08:00.000Z"));
    EXPECT_EQ(params.at("data").at("object"), json::value("v1.flash"));
    EXPECT_EQ(params.at("data").at("data").at("price"), json::value("8"));
    EXPECT_EQ(take(1), (Seqs{9}));
}

TEST_F(SubscriptionsTest, CreditHoldsEventsBackAndLosesNone) {
    options.ring_events = 10;
    std::vector<ports::EventRow> stored = events(1, 60);
    begin(stored);
    open(R"({"topic":"events","from_seq":1,"credit":0})");
    EXPECT_TRUE(silent());
    EXPECT_TRUE(client->call("sub.credit", R"({"sub":1,"n":3})").contains("result"));
    EXPECT_EQ(take(3), range(1, 3));
    EXPECT_TRUE(silent());
    publish(events(61, 65));
    EXPECT_TRUE(silent());
    client->call("sub.credit", R"({"sub":1,"n":10000})");
    // The store of the test has 60; what the ring has follows without a break.
    EXPECT_EQ(take(62), range(4, 65));
    const json::object granted = client->call("sub.credit", R"({"sub":1,"n":10000})");
    EXPECT_EQ(granted.at("result").at("data").at("credit"), json::value(10'000));  // the most
}

TEST_F(SubscriptionsTest, WhatTheStoreHasNoLongerIsAGap) {
    std::vector<ports::EventRow> stored = events(11, 700);
    std::erase_if(stored, [](const auto& row) { return row.seq >= 600 && row.seq < 650; });
    options.ring_events = 4;
    begin(stored);
    EXPECT_EQ(open(R"({"topic":"events","from_seq":3,"credit":10000})").at("first_seq"),
              json::value(11));
    const auto gap = [&](std::int64_t from, std::int64_t to) {
        const json::object params = next("sub.gap");
        EXPECT_EQ(params.at("sub"), json::value(1));
        EXPECT_EQ(params.at("topic"), json::value("events"));
        EXPECT_EQ(params.at("from"), json::value(from));
        EXPECT_EQ(params.at("to"), json::value(to));
        EXPECT_EQ(params.at("reason"), json::value("retention"));
    };
    gap(3, 10);
    EXPECT_EQ(take(589), range(11, 599));
    gap(600, 649);
    EXPECT_EQ(take(51), range(650, 700));
    // More than the ring holds, and the store does not have it.
    publish(events(701, 710));
    gap(701, 706);
    EXPECT_EQ(take(4), range(707, 710));
}

TEST_F(SubscriptionsTest, FiltersPassByAndSayHowFarTheyGot) {
    options.alive_every = Duration{100};
    std::vector<ports::EventRow> stored = events(1, 9);
    stored[1].object = "v1";
    stored[2].object = "v10.flash";
    stored[3].object = "v1.flash.12";
    stored[4].severity = "warning";
    stored[5].severity = "alert";
    stored[6].object = "v1.quiet";
    stored[7].owner.user = UserId{2};
    begin(stored);
    const auto got = [&](const std::string& filter) {
        client->call("sub.open", R"({"topic":"events","from_seq":1,)" + filter + "}");
        Seqs seqs;
        for (;;) {
            const json::object line = client->reply();
            if (line.at("method") != json::value("sub.event")) {
                EXPECT_EQ(line.at("method"), json::value("sub.alive"));
                EXPECT_EQ(line.at("params").at("seq"), json::value(9));
                const auto sub = protocol::to_compact(line.at("params").at("sub"));
                client->send(RawClient::request("sub.close", R"({"sub":)" + sub + "}"));
                for (json::object reply = client->reply(); !reply.contains("result");)
                    reply = client->reply();
                return seqs;
            }
            seqs.push_back(line.at("params").at("seq").as_int64());
        }
    };
    EXPECT_EQ(got(R"("vault":"v1")"), (Seqs{1, 2, 4, 5, 6, 7, 8, 9}));
    EXPECT_EQ(got(R"("vault":"v1","sleeve":"flash")"), (Seqs{1, 4, 5, 6, 8, 9}));
    EXPECT_EQ(got(R"("severity":"warning")"), (Seqs{5, 6}));
    EXPECT_EQ(got(R"("severity":"alert")"), (Seqs{6}));
}

TEST_F(SubscriptionsTest, AClosedOneIsSilentAndItsPlaceIsFree) {
    begin(events(1, 3));
    for (int i = 1; i <= 8; ++i)
        EXPECT_EQ(open(R"({"topic":"events"})").at("sub"), json::value(i));
    EXPECT_EQ(error_code(client->call("sub.open", R"({"topic":"events"})")), "BUSY");
    const json::object closed = client->call("sub.close", R"({"sub":4})");
    EXPECT_EQ(closed.at("result").at("data").at("seq"), json::value(3));
    EXPECT_EQ(error_data(client->call("sub.close", R"({"sub":4})")).at("field"),
              json::value("sub"));
    EXPECT_EQ(error_code(client->call("sub.credit", R"({"sub":9,"n":1})")), "NOT_FOUND");
    EXPECT_EQ(open(R"({"topic":"events"})").at("sub"), json::value(9));
    publish(events(4, 4));
    EXPECT_EQ(take(8), Seqs(8, 4));
    EXPECT_TRUE(silent(50));
}

TEST_F(SubscriptionsTest, AUidHasItsLimitOverAllConnections) {
    options.max_subscriptions_per_user = 3;
    begin();
    RawClient other(path());
    other.hello();
    open(R"({"topic":"events"})");
    open(R"({"topic":"events"})");
    EXPECT_TRUE(other.call("sub.open", R"({"topic":"events"})").contains("result"));
    EXPECT_EQ(error_code(client->call("sub.open", R"({"topic":"events"})")), "BUSY");
    other.close();
    bool free = false;
    for (int i = 0; i < 200 && !free; ++i) {
        free = client->call("sub.open", R"({"topic":"events"})").contains("result");
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    EXPECT_TRUE(free) << "the places of a connection that went are not given back";
}

TEST_F(SubscriptionsTest, WrongParametersNameTheirField) {
    begin(events(1, 3));
    const auto field = [&](const std::string& params) {
        const json::object reply = client->call("sub.open", params);
        if (!reply.contains("error")) return "(taken) " + params;
        const auto* name = error_data(reply).if_contains("field");
        return name == nullptr ? error_code(reply) : std::string(name->as_string());
    };
    EXPECT_EQ(field(R"({})"), "topic");
    EXPECT_EQ(field(R"({"topic":"weather"})"), "topic");
    EXPECT_EQ(field(R"({"topic":"events","from_seq":5})"), "from_seq");
    EXPECT_EQ(field(R"({"topic":"events","from_seq":4})"),
              R"((taken) {"topic":"events","from_seq":4})");
    EXPECT_EQ(field(R"({"topic":"events","credit":10001})"), "credit");
    EXPECT_EQ(field(R"({"topic":"events","interval":"1s"})"), "interval");
    EXPECT_EQ(field(R"({"topic":"events","sleeve":"flash"})"), "sleeve");
    EXPECT_EQ(field(R"({"topic":"events","vault":"x"})"), "vault");
    EXPECT_EQ(field(R"({"topic":"events","user":"nobody"})"), "user");
    EXPECT_EQ(field(R"({"topic":"prices","vault":"v1"})"), "vault");
    EXPECT_EQ(field(R"({"topic":"prices","from_seq":1})"), "from_seq");
    EXPECT_EQ(field(R"({"topic":"prices","interval":"249ms"})"), "interval");
    EXPECT_EQ(field(R"({"topic":"prices","params":[]})"), "params");
    EXPECT_EQ(field(R"({"topic":"prices","params":{"pear":"x"}})"), "pear");
    if (control::find_handler("top") == nullptr) {
        EXPECT_EQ(field(R"({"topic":"top"})"), "topic");
    }
    EXPECT_EQ(error_data(client->call("sub.credit", R"({"sub":1,"n":0})")).at("field"),
              json::value("n"));
}

TEST_F(SubscriptionsTest, AStateTopicSendsItsDocumentEachInterval) {
    begin();
    const auto begun = std::chrono::steady_clock::now();
    open(R"({"topic":"prices","interval":"250ms","credit":3})");
    for (std::int64_t seq = 1; seq <= 3; ++seq) {
        const json::object params = next("sub.event");
        EXPECT_EQ(params.at("topic"), json::value("prices"));
        EXPECT_EQ(params.at("seq"), json::value(seq));
        EXPECT_TRUE(params.at("data").is_array());
    }
    const auto took = std::chrono::steady_clock::now() - begun;
    EXPECT_GE(took, std::chrono::milliseconds{490});
    const std::size_t asked = commands.seen().size();
    EXPECT_TRUE(silent(600));  // no credit: nothing is made, nothing is kept
    EXPECT_LE(commands.seen().size(), asked + 1);
    client->send(RawClient::request("sub.credit", R"({"sub":1,"n":1})"));
    json::object line = client->reply();
    if (line.contains("result")) line = client->reply();
    EXPECT_GE(line.at("params").at("seq").as_int64(), 6);  // those in between were left out
}

TEST_F(SubscriptionsTest, AReaderThatStopsCostsAQueueAndNobodyWaits) {
    options.feed_queue = 8 * 1024;
    options.ring_events = 100;
    std::vector<ports::EventRow> stored = events(1, 9'000);
    for (ports::EventRow& row : stored)
        row.message.append(200, 'x');
    begin(stored);
    RawClient slow(path());
    slow.hello();
    slow.send(RawClient::request("sub.open", R"({"topic":"events","from_seq":1,"credit":10000})"));
    std::this_thread::sleep_for(std::chrono::milliseconds{200});
    open(R"({"topic":"events"})");
    publish(events(9'001, 9'050));
    EXPECT_EQ(take(50), range(9'001, 9'050));
    ASSERT_TRUE(slow.reply().contains("result"));
    EXPECT_EQ(take(9'050, &slow), range(1, 9'050));
}

TEST_F(SubscriptionsTest, TheServerStopsWithOpenSubscriptions) {
    begin(events(1, 2'000));
    open(R"({"topic":"prices","interval":"250ms"})");
    next("sub.event");
    open(R"({"topic":"events","from_seq":1,"credit":10000})");
    const auto begun = std::chrono::steady_clock::now();
    stop();
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{3});
}

TEST_F(SubscriptionsTest, TheListIsNarrowedAsTheStreamIs) {
    std::vector<ports::EventRow> stored = events(1, 5);
    stored[2].severity = "alert";
    stored[3].object = "v2";
    begin(stored);
    const auto listed = [&](const std::string& params) {
        const json::object reply = client->call("events", params);
        Seqs seqs;
        for (const json::value& row : reply.at("result").at("data").as_array())
            seqs.push_back(row.at("seq").as_int64());
        return seqs;
    };
    EXPECT_EQ(listed("{}"), range(1, 5));
    EXPECT_EQ(listed(R"({"limit":2})"), range(4, 5));
    EXPECT_EQ(listed(R"({"severity":"alert"})"), (Seqs{3}));
    EXPECT_EQ(listed(R"({"vault":"v2"})"), (Seqs{4}));
    const json::object reply = client->call("events", R"({"limit":1})");
    const json::object& row = reply.at("result").at("data").as_array().at(0).as_object();
    for (const char* name : {"seq", "at", "severity", "type", "object", "message", "data", "user",
                             "account", "mode", "actor"})
        EXPECT_TRUE(row.contains(name)) << name;
}

}  // namespace
}  // namespace vault::test
