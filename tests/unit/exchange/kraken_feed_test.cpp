// The feed against a server that says, byte for byte, what no good Kraken would: odd messages,
// silence, half an answer; and how soon it stops. What Kraken does is
// tests/integration/kraken_feed_test.cpp.
#include "daemon/exchange/kraken/feed.hpp"
#include "tests/support/watched_feed.hpp"
#include "tests/unit/runtime/loopback_server.hpp"
#include "tests/unit/runtime/websocket_frames.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <thread>

namespace vault::exchange::kraken {
namespace {

using runtime::LoopbackServer;
using runtime::Op;
using runtime::Peer;
using testing::WatchedFeed;
using Seen = WatchedFeed::Seen;

const Pair kBtc = Pair::parse("BTC/USD").value();
constexpr std::string_view kHeartbeat = R"({"channel":"heartbeat"})";
const std::string kGossip = R"({"channel":"gossip"})";
constexpr std::string_view kOnline =
    R"({"channel":"status","type":"update","data":[{"system":"online"}]})";
constexpr std::string_view kList =
    R"({"channel":"instrument","type":"snapshot","data":{"assets":[],"pairs":[{"symbol":"BTC/USD",)"
    R"("status":"online","qty_increment":1e-08,"qty_min":5e-05,"price_increment":0.1,)"
    R"("cost_min":0.5}]}})";

std::string ticker(std::int64_t price, std::string_view type = "update") {
    return fmt::format(R"({{"channel":"ticker","type":"{}","data":[{{"symbol":"BTC/USD",)"
                       R"("bid":{},"ask":{},"last":1.5,"volume":7.25}}]}})",
                       type, price - 1, price + 1);
}

void say(Peer& peer, std::string_view text) {
    peer.write(runtime::frame(Op::Text, text));
}

// Handshake and both subscriptions; then what a good server says, with that price.
void begin(Peer& peer, std::int64_t price) {
    runtime::agree(peer);
    runtime::read_frame(peer);
    runtime::read_frame(peer);
    for (const std::string_view text : {kOnline, kList})
        say(peer, text);
    say(peer, ticker(price, "snapshot"));
}

FeedSettings settings_for(const std::string& port, std::string_view scheme = "ws") {
    FeedSettings out;
    out.socket = parse_ws_url(fmt::format("{}://127.0.0.1:{}/v2", scheme, port)).value();
    out.reconnect = {.first = Duration{50}, .most = Duration{200}};
    return out;
}

struct Running {
    explicit Running(FeedSettings settings, std::vector<Pair> pairs = {kBtc})
        : feed(std::move(settings), Random{1}, clock, seen) {
        feed.start(std::move(pairs), seen, seen);
    }
    bool tells(std::int64_t price) {
        return seen.wait([&](const Seen& all) {
            const auto ticks = all.ticks(kBtc);
            return !ticks.empty() && ticks.back().price.value == Decimal::from_int(price);
        });
    }
    bool logs(std::string_view event, std::size_t times = 1) {
        return seen.wait([&](const Seen& all) { return all.logged(event) >= times; });
    }
    Duration stop() {
        const SteadyTime began = clock.steady();
        feed.stop();
        return std::chrono::duration_cast<Duration>(clock.steady() - began);
    }

    SystemClock clock;
    WatchedFeed seen;
    KrakenFeed feed;
};

bool eventually(const std::function<bool()>& reached) {
    for (int i = 0; i < 2'000 && !reached(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    return reached();
}

enum class Expected { Ignored, Forgotten, Reopened };

// The first connection says the odd message between prices 100 and 200, the next ones say 300.
struct Odd {
    Odd(std::string message, Expected expected_of_it)
        : text(std::move(message)),
          expected(expected_of_it),
          server([this](Peer& peer) {
              const bool first = server.connections() == 1;
              begin(peer, first ? 100 : 300);
              if (first) say(peer, text);
              if (first) say(peer, expected == Expected::Forgotten ? kGossip : ticker(200));
              peer.wait_for_end();
          }),
          running(settings_for(server.port())) {}

    std::string text;
    Expected expected;
    LoopbackServer server;
    Running running;
};

// Of those that took a quote away, once they were heard. The price of before may have been told.
void expect_no_price(const std::vector<std::unique_ptr<Odd>>& all) {
    std::map<const Odd*, std::size_t> told;
    for (const auto& odd : all) {
        if (odd->expected != Expected::Forgotten) continue;
        EXPECT_TRUE(odd->running.logs("kraken_odd_message")) << odd->text;
        told[odd.get()] = odd->running.seen.seen().prices.size();
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{2'200});  // two seconds were due
    for (const auto& [odd, count] : told) {
        EXPECT_EQ(odd->running.seen.seen().prices.size(), count) << odd->text;
        EXPECT_EQ(odd->server.connections(), 1) << odd->text;
    }
}

TEST(KrakenFeed, NoMessageEndsItAndEachCostsAsLittleAsItCan) {
    const std::vector<std::pair<std::string, Expected>> messages{
        {R"({"channel":"ticker","type":"update","data":[{"symbol":"BTC/U)", Expected::Reopened},
        {"", Expected::Reopened},
        {"null", Expected::Reopened},
        {std::string(100'000, '['), Expected::Reopened},
        {R"({"channel":"ticker","type":"update","data":{"symbol":"BTC/USD"}})", Expected::Reopened},
        {R"({"channel":"ticker","type":7,"data":[]})", Expected::Reopened},
        {R"({"channel":"instrument","type":"update","data":"none"})", Expected::Reopened},
        {R"({"error":"Exceeded msg rate"})", Expected::Reopened},
        {R"({"error":"Subscription not allowed","method":"subscribe","success":false})",
         Expected::Reopened},
        {R"({"channel":"gossip","type":"update","data":[1,2,3]})", Expected::Ignored},
        {R"({"channel":"trade","type":"update","data":{}})", Expected::Ignored},
        {"{}", Expected::Ignored},
        {R"({"method":"pong","req_id":3})", Expected::Ignored},
        {R"({"channel":"ticker","type":"update","data":[]})", Expected::Ignored},
        {R"({"channel":"ticker","type":"update","data":[{"symbol":"ETH/USD","bid":"x"}]})",
         Expected::Ignored},
        {R"({"channel":"status","type":"update","data":[{"system":"cancel_only"}]})",
         Expected::Ignored},
        {R"({"channel":"instrument","type":"update","data":{"pairs":[{"symbol":"BTC/USD",)"
         R"("status":"online","price_increment":0}]}})",
         Expected::Ignored},
        {R"({"channel":"ticker","type":"update","data":[{"symbol":"BTC/USD","bid":0,"ask":0,)"
         R"("last":1.5}]})",
         Expected::Forgotten},
        {R"({"channel":"ticker","type":"update","data":[{"symbol":"BTC/USD","bid":9,"ask":8,)"
         R"("last":1.5}]})",
         Expected::Forgotten},
        {R"({"channel":"ticker","type":"update","data":[{"symbol":"BTC/USD","bid":-9,"ask":8}]})",
         Expected::Forgotten},
        {R"({"channel":"ticker","type":"update","data":[{"symbol":"BTC/USD","bid":[],"ask":8}]})",
         Expected::Forgotten},
    };
    std::vector<std::unique_ptr<Odd>> all;
    for (const auto& [text, expected] : messages)
        all.push_back(std::make_unique<Odd>(text, expected));
    for (const auto& odd : all) {
        const std::string shown = odd->text.substr(0, 90);
        if (odd->expected == Expected::Reopened) {
            EXPECT_TRUE(odd->running.tells(300)) << shown;
            EXPECT_GE(odd->server.connections(), 2) << shown;
            EXPECT_TRUE(odd->running.logs("prices_back")) << shown;
        } else if (odd->expected == Expected::Ignored) {
            EXPECT_TRUE(odd->running.tells(200)) << shown;
            EXPECT_EQ(odd->server.connections(), 1) << shown;
        }
    }
    expect_no_price(all);
}

TEST(KrakenFeed, OddMessagesFillNoLog) {
    LoopbackServer server([](Peer& peer) {
        begin(peer, 100);
        for (int i = 0; i < 500; ++i)
            say(peer, kGossip);
        say(peer, ticker(200));
        peer.wait_for_end();
    });
    Running running{settings_for(server.port())};
    EXPECT_TRUE(running.tells(200));
    EXPECT_EQ(running.seen.seen().logged("kraken_odd_message"), 1U);
}

TEST(KrakenFeed, ASocketThatFallsSilentIsGivenUp) {
    LoopbackServer server([&server](Peer& peer) {
        begin(peer, server.connections() == 1 ? 100 : 200);
        if (server.connections() == 1)
            peer.wait_for_end();
        else
            while (peer.write(runtime::frame(Op::Text, kHeartbeat)))
                std::this_thread::sleep_for(std::chrono::milliseconds{50});
    });
    FeedSettings settings = settings_for(server.port());
    settings.silence_most = Duration{400};
    Running running{settings};
    EXPECT_TRUE(running.tells(200));
    EXPECT_TRUE(running.logs("prices_back"));
    const Seen seen = running.seen.seen();
    EXPECT_EQ(seen.logged("prices_lost"), 1U);
    EXPECT_EQ(server.connections(), 2);
}

// Heartbeats go on, but something that was asked for does not come.
TEST(KrakenFeed, ASocketThatDoesNotAnswerIsGivenUp) {
    const std::string list{kList}, no_list = "no list of its pairs within 300ms";
    for (const auto& [comes, missing] :
         std::vector<std::pair<std::string, std::string>>{{std::string{kHeartbeat}, no_list},
                                                          {ticker(100, "snapshot"), no_list},
                                                          {list, "no quotes within 300ms"}}) {
        LoopbackServer server([&said = comes](Peer& peer) {
            runtime::agree(peer);
            say(peer, said);
            while (peer.write(runtime::frame(Op::Text, kHeartbeat)))
                std::this_thread::sleep_for(std::chrono::milliseconds{20});
        });
        FeedSettings settings = settings_for(server.port());
        settings.answer_most = Duration{300};
        Running running{settings};
        ASSERT_TRUE(running.logs("prices_lost"));
        EXPECT_TRUE(eventually([&server] { return server.connections() >= 3; }));
        const Seen seen = running.seen.seen();
        EXPECT_EQ(seen.logged("prices_lost"), 1U) << "it is told once";
        const std::string told = seen.log.front().second;
        EXPECT_NE(told.find(missing), std::string::npos) << told;
    }
}

TEST(KrakenFeed, AfterMaintenanceItTakesItsTime) {
    const SystemClock clock;
    std::array<std::atomic<std::int64_t>, 2> begun{};
    LoopbackServer server([&](Peer& peer) {
        const bool first = server.connections() == 1;
        begun[first ? 0 : 1] = clock.steady().count();
        begin(peer, first ? 100 : 200);
        if (!first) peer.wait_for_end();
        say(peer, R"({"channel":"status","type":"update","data":[{"system":"maintenance"}]})");
    });
    FeedSettings settings = settings_for(server.port());
    settings.after_maintenance = Duration{700};
    Running running{settings};
    ASSERT_TRUE(running.tells(200));
    EXPECT_GE(SteadyTime{begun[1] - begun[0]}, std::chrono::milliseconds{700});
}

TEST(KrakenFeed, PingsKeepTheSocketAwake) {
    const SystemClock clock;
    std::atomic<std::int64_t> pings{0}, most{0};
    std::atomic<bool> ended{false};
    LoopbackServer server([&](Peer& peer) {
        begin(peer, 100);
        const SteadyTime began = clock.steady();
        for (int i = 0; i < 50; ++i) {
            say(peer, kHeartbeat);
            std::this_thread::sleep_for(std::chrono::milliseconds{20});
        }
        say(peer, ticker(200));
        while (runtime::read_frame(peer).payload == ping_message())
            ++pings;
        most = (clock.steady() - began) / std::chrono::milliseconds{300};
        ended = true;
    });
    FeedSettings settings = settings_for(server.port());
    settings.ping_every = Duration{300};
    Running running{settings};
    EXPECT_TRUE(running.tells(200));
    running.stop();
    ASSERT_TRUE(eventually([&] { return ended.load(); }));
    EXPECT_GE(pings, 2);
    EXPECT_LE(pings, most);
}

TEST(KrakenFeed, ItTrustsOnlyWhomItIsToldTo) {
    const runtime::TestAuthority good, other;
    const auto script = [](Peer& peer) {
        begin(peer, 100);
        peer.wait_for_end();
    };
    LoopbackServer server{script, good.server("IP:127.0.0.1")};
    FeedSettings settings = settings_for(server.port(), "wss");
    settings.ca_file = other.file();
    {
        Running running{settings};
        ASSERT_TRUE(running.logs("prices_lost"));
        EXPECT_EQ(running.seen.seen().prices.size(), 0U);
    }
    settings.ca_file = good.file();
    Running running{settings};
    EXPECT_TRUE(running.tells(100));
}

TEST(KrakenFeed, StopJoinsSoonWhileItConnects) {
    LoopbackServer server([](Peer& peer) { peer.wait_for_end(); });  // never agrees
    const runtime::FullListener full;                                // never accepts
    Running agreeing{settings_for(server.port())}, connecting{settings_for(full.port())};
    ASSERT_TRUE(eventually([&server] { return server.connections() > 0; }));
    EXPECT_LT(agreeing.stop(), std::chrono::seconds{1});
    EXPECT_LT(connecting.stop(), std::chrono::seconds{1});
}

TEST(KrakenFeed, StopJoinsSoonWhileItWaitsToReconnect) {
    std::string port;
    {
        const LoopbackServer gone{[](Peer&) {}};
        port = gone.port();
    }
    FeedSettings settings = settings_for(port);
    settings.reconnect = {.at_once = 0, .first = Duration{30'000}};
    Running running{settings};
    ASSERT_TRUE(running.logs("prices_lost"));
    EXPECT_LT(running.stop(), std::chrono::seconds{1});
}

TEST(KrakenFeed, StopJoinsSoonWhileItReads) {
    LoopbackServer server([](Peer& peer) {
        begin(peer, 100);
        peer.wait_for_end();
    });
    Running running{settings_for(server.port())};
    ASSERT_TRUE(running.tells(100));
    EXPECT_LT(running.stop(), std::chrono::seconds{1});
    const std::size_t told = running.seen.seen().prices.size();
    EXPECT_LT(running.stop(), std::chrono::seconds{1});
    EXPECT_EQ(running.seen.seen().prices.size(), told);
    EXPECT_EQ(running.seen.seen().logged("prices_lost"), 0U) << "to be stopped is no loss";
}

TEST(KrakenFeed, WithoutPairsItDoesNothing) {
    LoopbackServer server([](Peer& peer) { peer.wait_for_end(); });
    Running running{settings_for(server.port()), {}};
    std::this_thread::sleep_for(std::chrono::milliseconds{300});
    EXPECT_LT(running.stop(), std::chrono::seconds{1});
    EXPECT_EQ(server.connections(), 0);
    KrakenFeed never_started{settings_for(server.port()), Random{1}, running.clock, running.seen};
    never_started.stop();
}

}  // namespace
}  // namespace vault::exchange::kraken
