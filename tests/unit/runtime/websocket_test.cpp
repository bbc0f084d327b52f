#include "daemon/runtime/websocket.hpp"

#include "daemon/runtime/task_group.hpp"
#include "tests/unit/runtime/run_to_end.hpp"
#include "tests/unit/runtime/websocket_frames.hpp"

#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <semaphore>

namespace vault::runtime {
namespace {

namespace asio = boost::asio;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

constexpr Duration kLimit = 10s;
constexpr Duration kShort = 100ms;

std::string told(const Result<void>& result) {
    return result ? "done" : result.error().message();
}

std::string told(const Result<std::string>& result) {
    return result ? result.value() : result.error().message();
}

// After "ws://127.0.0.1:PORT: ".
std::string words(const std::string& message) {
    const std::size_t at = message.find(": ");
    return at == std::string::npos ? message : message.substr(at + 2);
}

class WebSocketTest : public testing::Test {
  protected:
    Result<std::unique_ptr<WebSocket>> open_url(const std::string& url, Duration limit,
                                                std::string ca_file = {}) {
        return run(io_, WebSocket::open(parse_ws_url(url).value(), std::move(ca_file), limit));
    }
    static std::string url_of(const std::string& port) {
        return "ws://127.0.0.1:" + port + "/v2?token=secret";
    }
    void open(const LoopbackServer& server) {
        auto opened = open_url(url_of(server.port()), kLimit);
        ASSERT_TRUE(opened.has_value()) << opened.error().message();
        socket_ = std::move(opened).value();
    }
    std::string refusal(const LoopbackServer& server, Duration limit = kLimit) {
        const auto opened = open_url(url_of(server.port()), limit);
        if (opened) return "opened";
        EXPECT_TRUE(opened.error().message().starts_with("ws://127.0.0.1:" + server.port() + ": "));
        return words(opened.error().message());
    }
    std::string read(Duration limit = kLimit) {
        return words(told(run(io_, socket_->read(limit))));
    }
    std::string write(std::string text, Duration limit = kLimit) {
        return words(told(run(io_, socket_->write(std::move(text), limit))));
    }
    void close(Duration limit = kLimit) {
        asio::co_spawn(io_, socket_->close(limit), [](std::exception_ptr thrown) {
            if (thrown) std::rethrow_exception(thrown);
        });
        io_.restart();
        io_.run();
    }
    // What a socket says that is of no further use.
    void expect_gone() {
        EXPECT_EQ(read(), "it was closed");
        EXPECT_EQ(write("x"), "it was closed");
        close();
    }

    asio::io_context io_;
    std::unique_ptr<WebSocket> socket_;
};

void echo(Peer& peer) {
    agree(peer);
    while (true) {
        const Frame got = read_frame(peer);
        if (got.op == Op::Close) {
            peer.write(frame(Op::Close, got.payload));
            return;
        }
        peer.write(frame(got.op, got.masked && got.last ? got.payload : "not masked, or in parts"));
    }
}

// Says this after the upgrade, then waits for the client's end.
LoopbackServer::Script says(std::string bytes) {
    return [bytes](Peer& peer) {
        if (agree(peer).empty()) return;
        peer.write(bytes);
        peer.wait_for_end();
    };
}

TEST_F(WebSocketTest, TheUpgradeIsAskedForAsItIsMeant) {
    std::string head, port;
    {
        const LoopbackServer server{[&head](Peer& peer) { head = agree(peer); }};
        open(server);
        port = server.port();
    }  // its thread has ended: only now is `head` whole
    EXPECT_TRUE(head.starts_with("GET /v2?token=secret HTTP/1.1\r\n"));
    EXPECT_NE(head.find("\r\nHost: 127.0.0.1:" + port + "\r\n"), std::string::npos);
    EXPECT_NE(head.find("\r\nUser-Agent: core-vault\r\n"), std::string::npos);
    EXPECT_EQ(head.find("Extensions"), std::string::npos);
}

TEST_F(WebSocketTest, MessagesGoBothWays) {
    const LoopbackServer server{echo};
    open(server);
    for (const std::size_t size : {0, 1, 125, 126, 65'535, 65'536, 3'000'000}) {
        const std::string text(size, 'x');
        EXPECT_EQ(write(text), "done");
        EXPECT_TRUE(read() == text) << size;
    }
    close();
    expect_gone();
}

TEST_F(WebSocketTest, OverTlsTheServerHasToBeTrusted) {
    const TestAuthority authority;
    const TestAuthority others;
    const LoopbackServer server{echo, authority.server("DNS:localhost")};
    const std::string url = "wss://localhost:" + server.port() + "/";
    const auto untrusted = open_url(url, kLimit, others.file());
    ASSERT_FALSE(untrusted.has_value());
    EXPECT_EQ(untrusted.error().message(),
              "wss://localhost:" + server.port() +
                  ": its certificate is not trusted: unable to get local issuer certificate");
    const auto unread = open_url(url, kLimit, "/no/such/roots.pem");
    EXPECT_EQ(unread.error().code(), Errc::ConfigInvalid);
    auto opened = open_url(url, kLimit, authority.file());
    ASSERT_TRUE(opened.has_value()) << opened.error().message();
    socket_ = std::move(opened).value();
    const std::string text(1'000'000, 'x');
    EXPECT_EQ(write(text), "done");
    EXPECT_TRUE(read() == text);
    close();
}

TEST_F(WebSocketTest, AMessageInPartsIsRead) {
    const LoopbackServer server{says(frame(Op::Text, "one ", false) + frame(Op::Ping, "between") +
                                     frame(Op::More, "two ", false) + frame(Op::More, "three") +
                                     frame(Op::Text, "next"))};
    open(server);
    EXPECT_EQ(read(), "one two three");
    EXPECT_EQ(read(), "next");
}

TEST_F(WebSocketTest, PingsAreAnsweredWhileAReadWaits) {
    const LoopbackServer server{[](Peer& peer) {
        agree(peer);
        peer.write(frame(Op::Ping, "are you there"));
        const Frame got = read_frame(peer);
        const bool answered = got.op == Op::Pong && got.payload == "are you there";
        peer.write(frame(Op::Text, answered ? "answered" : "not answered"));
        peer.wait_for_end();
    }};
    open(server);
    EXPECT_EQ(read(), "answered");
}

// What comes from the server and is no text message ends the socket.
TEST_F(WebSocketTest, WhatIsNoMessageEndsIt) {
    struct Row {
        std::string bytes;
        std::string words;
    };
    const std::vector<Row> rows{
        {close_frame(1001, "going away"), "closed by the server: 1001 going away"},
        {close_frame(1013, ""), "closed by the server: 1013"},
        {close_frame(1008, "a\x01\x7f"), "closed by the server: 1008 a??"},
        {frame(Op::Text, "one", false) + close_frame(1000, ""), "closed by the server: 1000"},
        {frame(Op::Close, ""), "closed by the server"},
        {frame(Op::Binary, "\x01\x02"), "a binary message"},
        {frame_header(Op::Text, WebSocket::kMessageMost + 1),
         "reading: The WebSocket message exceeded the locally configured limit"},
        {frame(Op::Text, "\xff\xfe"), "reading: The WebSocket frame payload was not valid utf8"},
        {frame(Op::More, "x"), "reading: The WebSocket continuation frame was unexpected"},
        {std::string{"\xf1\x01x", 3},
         "reading: The WebSocket frame contained illegal reserved "
         "bits"},
        {std::string{"\x81\x81\0\0\0\0x", 7}, "reading: The WebSocket frame was masked"},
    };
    for (const Row& row : rows) {
        const LoopbackServer server{says(row.bytes)};
        open(server);
        EXPECT_EQ(read(), row.words);
        expect_gone();
    }
}

TEST_F(WebSocketTest, TheLargestMessageIsRead) {
    const std::string text(WebSocket::kMessageMost, 'x');
    const LoopbackServer server{says(frame(Op::Text, text) + frame(Op::Text, "next"))};
    open(server);
    EXPECT_TRUE(read() == text);
    EXPECT_EQ(read(), "next");
}

TEST_F(WebSocketTest, PartsThatTogetherAreTooMuchEndIt) {
    const std::string half(WebSocket::kMessageMost / 2, 'x');
    const LoopbackServer server{
        says(frame(Op::Text, half, false) + frame(Op::More, half, false) + frame(Op::More, "x"))};
    open(server);
    EXPECT_EQ(read(), "reading: The WebSocket message exceeded the locally configured limit");
}

TEST_F(WebSocketTest, AConnectionThatIsCutEndsIt) {
    const LoopbackServer server{[](Peer& peer) {
        agree(peer);
        peer.write(frame_header(Op::Text, 10) + "half");
    }};
    open(server);
    EXPECT_EQ(read(), "reading: End of file");
    expect_gone();
}

TEST_F(WebSocketTest, AReadThatTakesTooLongEndsIt) {
    const LoopbackServer server{says("")};
    open(server);
    const auto late = run(io_, socket_->read(kShort));
    ASSERT_FALSE(late.has_value());
    EXPECT_EQ(late.error().code(), Errc::Expired);
    EXPECT_EQ(words(late.error().message()), "reading: took too long");
    expect_gone();
}

// Pings without end are no message: the clock is over the whole read.
TEST_F(WebSocketTest, AReadThatIsKeptBusyEndsInTime) {
    for (const Duration pause : {1ms, 0ms}) {
        const LoopbackServer server{[pause](Peer& peer) {
            agree(peer);
            while (peer.write(frame(Op::Pong, "x")))
                if (pause > 0ms) std::this_thread::sleep_for(pause);
        }};
        open(server);
        EXPECT_EQ(read(kShort), "reading: took too long");
    }
}

TEST_F(WebSocketTest, AWriteThatNobodyReadsEndsIt) {
    std::binary_semaphore over{0};
    const LoopbackServer server{[&over](Peer& peer) {
        agree(peer);
        over.acquire();
    }};
    open(server);
    const std::string text(std::size_t{32} << 20, 'x');
    const auto late = run(io_, socket_->write(text, kShort));
    over.release();
    ASSERT_FALSE(late.has_value());
    EXPECT_EQ(late.error().code(), Errc::Expired);
    EXPECT_EQ(words(late.error().message()), "sending: took too long");
    expect_gone();
}

TEST_F(WebSocketTest, ARefusedUpgradeIsToldByItsStatus) {
    const std::string page = "<html>rate limited</html>";
    const std::string head = fmt::format("Content-Length: {}\r\n\r\n{}", page.size(), page);
    const LoopbackServer limiting{[&head](Peer& peer) {
        peer.read_request();
        peer.write("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 60\r\n" + head);
        peer.wait_for_end();
    }};
    EXPECT_EQ(refusal(limiting), "answered 429 Too Many Requests");
    const LoopbackServer other{[&head](Peer& peer) {
        peer.read_request();
        peer.write("HTTP/1.1 200 OK\r\n" + head);
        peer.wait_for_end();
    }};
    EXPECT_EQ(refusal(other), "answered 200 OK");
}

TEST_F(WebSocketTest, AnUpgradeThatIsNoneIsRefused) {
    const LoopbackServer other{[](Peer& peer) {
        peer.read_request();
        peer.write(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Accept: AAAA\r\n\r\n");
        peer.wait_for_end();
    }};
    EXPECT_EQ(refusal(other),
              "its answer: The WebSocket handshake Sec-WebSocket-Accept field is invalid");
    const LoopbackServer closing{[](Peer& peer) { peer.read_request(); }};
    EXPECT_EQ(refusal(closing), "its answer: end of stream");
    const LoopbackServer silent{[](Peer& peer) { peer.wait_for_end(); }};
    EXPECT_EQ(refusal(silent, kShort), "its answer: took too long");
    const FullListener full;
    const auto late = open_url(url_of(full.port()), kShort);
    EXPECT_EQ(words(told(late ? Result<void>{success()} : late.error())),
              "connecting: took too long");
}

TEST_F(WebSocketTest, ClosingSaysGoodbye) {
    std::string said;
    {
        const LoopbackServer server{[&said](Peer& peer) {
            agree(peer);
            peer.write(frame(Op::Text, "that nobody reads any more"));
            const Frame got = read_frame(peer);
            if (got.op != Op::Close) return;
            said = got.payload;
            peer.write(frame(Op::Close, got.payload));
            peer.wait_for_end();
        }};
        open(server);
        close();
        expect_gone();
    }
    EXPECT_EQ(said, "\x03\xe8");  // 1000
}

TEST_F(WebSocketTest, ClosingWaitsForNobodyTooLong) {
    const LoopbackServer server{says("")};
    open(server);
    const auto began = std::chrono::steady_clock::now();
    close(kShort);
    EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
    expect_gone();
}

asio::awaitable<void> wait(Duration time) {
    asio::steady_timer timer{co_await asio::this_coro::executor, time};
    co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> keep_read(WebSocket& socket, std::string& out) {
    auto reading = socket.read(kLimit);
    const Result<std::string> got = co_await std::move(reading);
    out += words(told(got)) + "|";
}

asio::awaitable<void> keep_written(WebSocket& socket, std::string text, std::string& out) {
    auto writing = socket.write(std::move(text), kLimit);
    const Result<void> got = co_await std::move(writing);
    out += words(told(got)) + "|";
}

asio::awaitable<std::string> close_under_a_read(WebSocket& socket, Duration limit) {
    std::string out;
    TaskGroup group{co_await asio::this_coro::executor};
    group.spawn(keep_read(socket, out));
    auto waiting = wait(50ms);
    co_await std::move(waiting);
    auto closing = socket.close(limit);
    co_await std::move(closing);
    auto joining = group.join();
    co_await std::move(joining);
    co_return out;
}

TEST_F(WebSocketTest, ClosingEndsTheReadThatWaits) {
    const LoopbackServer server{echo};
    open(server);
    EXPECT_EQ(run(io_, close_under_a_read(*socket_, kLimit)), "it was closed|");
    const LoopbackServer silent{says("")};
    open(silent);
    EXPECT_EQ(run(io_, close_under_a_read(*socket_, kShort)), "it was closed|");
}

asio::awaitable<std::string> both_ways(WebSocket& socket, std::string text) {
    std::string out;
    TaskGroup group{co_await asio::this_coro::executor};
    group.spawn(keep_read(socket, out));
    auto waiting = wait(20ms);
    co_await std::move(waiting);
    group.spawn(keep_written(socket, std::move(text), out));
    auto joining = group.join();
    co_await std::move(joining);
    co_return out;
}

// The server pings in the midst of what it is sent, and answers at its end.
TEST_F(WebSocketTest, ReadingAndWritingOverlap) {
    const std::string text(std::size_t{8} << 20, 'x');
    const LoopbackServer server{[&text](Peer& peer) {
        agree(peer);
        peer.write(frame(Op::Ping, "between"));
        int seen = 0;
        while (seen < 2) {
            const Frame got = read_frame(peer);
            if (got.op == Op::Close) return;
            if (got.op == Op::Text && got.payload == text) ++seen;
            if (got.op == Op::Pong && got.payload == "between") ++seen;
        }
        peer.write(frame(Op::Text, "both"));
        peer.wait_for_end();
    }};
    open(server);
    EXPECT_EQ(run(io_, both_ways(*socket_, text)), "done|both|");
}

asio::awaitable<std::string> stop_a_read(WebSocket& socket) {
    std::string out;
    TaskGroup group{co_await asio::this_coro::executor};
    group.spawn(keep_read(socket, out));
    auto waiting = wait(50ms);
    co_await std::move(waiting);
    group.stop();
    auto joining = group.join();
    co_await std::move(joining);
    co_return out;
}

TEST_F(WebSocketTest, AReadThatIsCancelledEndsIt) {
    const LoopbackServer server{says("")};
    open(server);
    EXPECT_EQ(run(io_, stop_a_read(*socket_)), "");
    expect_gone();
}

}  // namespace
}  // namespace vault::runtime
