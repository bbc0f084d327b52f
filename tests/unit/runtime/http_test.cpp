#include "daemon/runtime/http.hpp"

#include "daemon/runtime/task_group.hpp"
#include "tests/unit/runtime/loopback_server.hpp"
#include "tests/unit/runtime/run_to_end.hpp"

#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

namespace vault::runtime {
namespace {

namespace asio = boost::asio;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

constexpr Duration kLimit = 10s;

HttpPlace place_of(const LoopbackServer& server) {
    return {.origin = parse_url("http://127.0.0.1:" + server.port() + "/not/looked/at").value()};
}

std::string answer_with(std::string_view body, std::string_view more = "") {
    return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{}\r\n{}", body.size(), more,
                       body);
}

// Answers each request of a connection with the next of these, then waits for the client's end.
LoopbackServer::Script answers(std::vector<std::string> texts) {
    return [texts](Peer& peer) {
        for (const std::string& text : texts) {
            if (peer.read_request().empty()) return;
            peer.write(text);
        }
        peer.wait_for_end();
    };
}

// What came back in one line: "200 OK [name=value ...] body", or what went wrong.
std::string told(const HttpResult& result) {
    if (!result)
        return fmt::format(
            "{}{}", result.error().sent ? "sent: " : "unsent: ", result.error().error.message());
    const HttpAnswer& answer = result.value();
    std::string headers;
    for (const auto& [name, value] : answer.headers)
        headers += fmt::format(" {}={}", name, value);
    return fmt::format("{} {} [{}] {}", answer.status, answer.reason,
                       headers.empty() ? "" : headers.substr(1), answer.body);
}

class Http : public testing::Test {
  protected:
    std::string send(HttpConnection& connection, HttpRequest request = {},
                     Duration limit = kLimit) {
        return told(run(io_, connection.send(std::move(request), limit)));
    }
    asio::io_context io_;
};

TEST_F(Http, ARequestIsWrittenAsItIsMeant) {
    std::string got;
    {
        LoopbackServer server{[&got](Peer& peer) {
            got = peer.read_request();
            peer.write(answer_with(""));
        }};
        HttpConnection connection{place_of(server)};
        HttpRequest request{.method = "POST", .target = "/0/private/Balance?x=1", .body = "a=1&b"};
        request.headers = {{"API-Key", "k1"}, {"Content-Type", "text/plain"}};
        EXPECT_EQ(send(connection, request), "200 OK [content-length=0] ");
        got = got.replace(got.find(server.port()), server.port().size(), "PORT");
    }
    EXPECT_EQ(got,
              "POST /0/private/Balance?x=1 HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n"
              "User-Agent: core-vault\r\nAPI-Key: k1\r\nContent-Type: text/plain\r\n"
              "Content-Length: 5\r\n\r\na=1&b");
}

TEST_F(Http, AnAnswerIsTakenApart) {
    LoopbackServer server{
        answers({"HTTP/1.1 404 Not There\r\nX-One:  1 \r\nx-TWO: 2\r\n"
                 "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n"
                 "\r\n"})};
    HttpConnection connection{place_of(server)};
    const HttpResult result = run(io_, connection.send({}, kLimit));
    EXPECT_EQ(told(result), "404 Not There [x-one=1 x-two=2 transfer-encoding=chunked] abcde");
    ASSERT_NE(result.value().header("x-two"), nullptr);
    EXPECT_EQ(*result.value().header("x-two"), "2");
    EXPECT_EQ(result.value().header("x-three"), nullptr);
}

TEST_F(Http, AConnectionIsKept) {
    LoopbackServer server{
        answers({answer_with("one"),
                 "HTTP/1.1 500 Oh\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n",
                 "HTTP/1.1 204 No Content\r\n\r\n", answer_with("four")})};
    HttpConnection connection{place_of(server)};
    EXPECT_EQ(send(connection), "200 OK [content-length=3] one");
    EXPECT_EQ(send(connection), "500 Oh [transfer-encoding=chunked] two");
    EXPECT_EQ(send(connection), "204 No Content [] ");
    EXPECT_EQ(send(connection), "200 OK [content-length=4] four");
    EXPECT_EQ(server.connections(), 1);
}

TEST_F(Http, AnswersBeforeTheLastAreSkipped) {
    const std::string next = "HTTP/1.1 100 Continue\r\n\r\n";
    const std::string five =
        next + next + "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" + next + next;
    LoopbackServer server{
        answers({five + answer_with("one"), five + next, answer_with("not of this call")})};
    HttpConnection connection{place_of(server)};
    EXPECT_EQ(send(connection), "200 OK [content-length=3] one");
    EXPECT_TRUE(send(connection).ends_with(": no final answer"));
}

// Each ends the first connection in its way; the second call is answered on another one.
struct Ending {
    const char* name;
    std::string answer;
    bool closes;               // the server, at once
    Duration idle_most = 20s;  // of the client
    std::string more = "";     // what the server says unasked, a moment later
    HttpHeaders headers{};     // of the first request
    std::size_t body_most = 100;
};

TEST_F(Http, AConnectionThatIsNoLongerGoodIsNotUsedAgain) {
    const std::string one = "one";
    const std::vector<Ending> endings{
        {"the server closed it", answer_with(one), true},
        {"the server means to close it", answer_with(one, "Connection: close\r\n"), false},
        {"we said so", answer_with(one), false, 20s, "", {{"Connection", "close"}}},
        {"HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\none", false},
        {"it was idle for too long", answer_with(one), false, 20ms},
        {"bytes that nobody asked for", answer_with(one), false, 20s, "HTTP/1.1 408 Late\r\n\r\n"},
        {"bytes right behind the answer", answer_with(one) + "x", false},
        {"its end is the end of the body", "HTTP/1.1 200 OK\r\n\r\none", true},
        {"its body is not read", answer_with(one), false, 20s, "", {}, 0},
        {"its body is still to come",
         "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n",
         false,
         20s,
         "",
         {},
         0},
    };
    for (const Ending& ending : endings) {
        std::atomic<int> calls = 0;
        LoopbackServer server{[&](Peer& peer) {
            if (peer.read_request().empty()) return;
            if (++calls > 1) {
                peer.write(answer_with("two"));
                return;
            }
            peer.write(ending.answer);
            std::this_thread::sleep_for(10ms);
            if (!ending.more.empty()) peer.write(ending.more);
            if (!ending.closes) peer.wait_for_end();
        }};
        HttpPlace place = place_of(server);
        place.idle_most = ending.idle_most;
        place.body_most = ending.body_most;
        HttpConnection connection{place};
        const std::string body = ending.body_most == 0 ? "" : "one";
        EXPECT_TRUE(send(connection, {.headers = ending.headers}).ends_with("] " + body))
            << ending.name;
        std::this_thread::sleep_for(50ms);
        EXPECT_TRUE(send(connection).starts_with("200 OK ")) << ending.name;
        EXPECT_EQ(server.connections(), 2) << ending.name;
    }
}

TEST_F(Http, NoBodyIsReadWhereNoneIsWanted) {
    LoopbackServer server{answers({"HTTP/1.1 204 No Content\r\n\r\n", answer_with("")})};
    HttpPlace place = place_of(server);
    place.body_most = 0;
    HttpConnection connection{place};
    EXPECT_EQ(send(connection), "204 No Content [] ");
    EXPECT_EQ(send(connection), "200 OK [content-length=0] ");
    EXPECT_EQ(server.connections(), 1);
}

TEST_F(Http, ABodyAtTheLimitIsRead) {
    const std::string body(1000, 'x');
    LoopbackServer server{answers(
        {answer_with(body),
         fmt::format("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{}\r\n0\r\n\r\n",
                     body.size(), body)})};
    HttpPlace place = place_of(server);
    place.body_most = body.size();
    HttpConnection connection{place};
    EXPECT_TRUE(send(connection).ends_with("] " + body));
    EXPECT_TRUE(send(connection).ends_with("] " + body));
}

TEST_F(Http, MegabytesGoBothWays) {
    const std::string body(std::size_t{8} << 20, 'b');
    LoopbackServer server{[&body](Peer& peer) {
        const std::string got = peer.read_request();
        peer.write(answer_with(got.ends_with("\r\n\r\n" + body) ? body : "cut"));
    }};
    HttpConnection connection{place_of(server)};
    const HttpResult result = run(io_, connection.send({.method = "POST", .body = body}, kLimit));
    ASSERT_TRUE(result.has_value()) << told(result);
    EXPECT_TRUE(result.value().body == body);
}

TEST_F(Http, WhatIsNoRequestIsRefusedBeforeAnythingLeaves) {
    LoopbackServer server{answers({answer_with("one")})};
    HttpConnection connection{place_of(server)};
    const std::vector<HttpRequest> none{
        {.headers = {{"API-Key", "a\r\nX: y"}}},
        {.headers = {{"API-Key", "a\n"}}},
        {.headers = {{"API-Key", std::string{"a\0b", 3}}}},
        {.headers = {{"API-Key\r\nX", "y"}}},
        {.headers = {{"API Key", "y"}}},
        {.headers = {{"", "y"}}},
        {.headers = {{"API-Key", std::string(70'000, 'x')}}},
        {.headers = {{std::string(70'000, 'x'), "y"}}},
        {.method = "GET / HTTP/1.1\r\nX: y\r\n\r\n"},
        {.method = ""},
        {.target = "/\r\nX: y"},
        {.target = "/a b"},
        {.target = ""},
        {.target = "http://elsewhere/"},
    };
    for (const HttpRequest& request : none) {
        const HttpResult result = run(io_, connection.send(request, kLimit));
        ASSERT_FALSE(result.has_value());
        EXPECT_EQ(result.error().error.code(), Errc::InvalidParams);
        EXPECT_FALSE(result.error().sent);
    }
    EXPECT_EQ(server.connections(), 0);
    const HttpRequest usual{.headers = {{"X-Any", "\tvalue: \xc3\xb6"}}};
    EXPECT_EQ(send(connection, usual), "200 OK [content-length=3] one");
}

asio::awaitable<void> stop_soon(TaskGroup& group) {
    asio::steady_timer timer{co_await asio::this_coro::executor, 50ms};
    co_await timer.async_wait(asio::use_awaitable);
    group.stop();
}

asio::awaitable<void> note_result(HttpConnection& connection, bool& came) {
    auto sending = connection.send({}, kLimit);
    const HttpResult result = co_await std::move(sending);
    came = true;
}

asio::awaitable<bool> stopped_with_a_result(HttpConnection& connection) {
    bool came = false;
    TaskGroup group{co_await asio::this_coro::executor};
    group.spawn(note_result(connection, came));
    auto stopping = stop_soon(group);
    co_await std::move(stopping);
    auto joining = group.join();
    co_await std::move(joining);
    co_return came;
}

TEST_F(Http, ACallThatIsCancelledTakesItsConnectionWithIt) {
    std::atomic<int> calls = 0;
    std::atomic<int> ends = 0;
    LoopbackServer server{[&](Peer& peer) {
        peer.read_request();
        if (++calls > 1) peer.write(answer_with("two"));
        peer.wait_for_end();
        ++ends;
    }};
    HttpConnection connection{place_of(server)};
    const auto began = std::chrono::steady_clock::now();
    EXPECT_FALSE(run(io_, stopped_with_a_result(connection)));
    EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
    std::this_thread::sleep_for(50ms);
    EXPECT_EQ(ends, 1);  // at once, and not with the next call
    EXPECT_EQ(send(connection), "200 OK [content-length=3] two");
    EXPECT_EQ(server.connections(), 2);
}

}  // namespace
}  // namespace vault::runtime
