// What goes wrong with an HTTP call: in which words it is told, and whether the request may have
// had an effect.
#include "daemon/runtime/http.hpp"
#include "tests/unit/runtime/loopback_server.hpp"
#include "tests/unit/runtime/run_to_end.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace vault::runtime {
namespace {

namespace asio = boost::asio;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

constexpr const char* kSecretTarget = "/path-secret?token=query-secret";

struct Fault {
    const char* name;
    LoopbackServer::Script script;  // none: accepts, and reads nothing
    Errc code;
    const char* words;  // after the origin
    bool sent;
    Duration limit = 10s;
    std::size_t request_bytes = 0;
    std::size_t body_most = 1000;
};

LoopbackServer::Script says(std::string text) {
    return [text](Peer& peer) {
        peer.read_request();
        peer.write(text);
    };
}

void keep_silent(Peer& peer) {
    peer.read_request();
    peer.wait_for_end();
}

// Never a pause that is as long as the limit: only a clock over the whole call ends it.
void trickle(Peer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\nX: ");
    while (peer.write("x"))
        std::this_thread::sleep_for(1ms);
}

// Without any pause, for ever: bytes are there whenever the client looks. A deadline that cancels
// only the read that waits at its moment is lost here, as none waits.
void run_on(Peer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    std::string chunks;
    for (int i = 0; i < 1000; ++i)
        chunks += "1\r\nx\r\n";
    while (peer.write(chunks)) {
    }
}

void reset(Peer& peer) {
    peer.read_request();
    peer.reset();
}

std::string many_headers() {
    std::string out = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 400; ++i)
        out += fmt::format("X-{}: {}\r\n", i, std::string(200, 'x'));
    return out + "\r\n";
}

const std::vector<Fault>& faults() {
    const std::string ok = "HTTP/1.1 200 OK\r\n";
    const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
    static const std::vector<Fault> list{
        {"no answer", says(""), Errc::Io, "its answer: end of stream", true},
        {"a reset", reset, Errc::Io, "its answer: Connection reset by peer", true},
        {"half a line", says("HTTP/1.1 20"), Errc::Io, "its answer: partial message", true},
        {"half a head", says(ok), Errc::Io, "its answer: partial message", true},
        {"a head alone", says(ok + "Content-Length: 5\r\n\r\n"), Errc::Io,
         "its answer: partial message", true},
        {"half a body", says(ok + "Content-Length: 5\r\n\r\nabc"), Errc::Io,
         "its answer: partial message", true},
        {"half a chunk", says(chunked + "5\r\nabc"), Errc::Io, "its answer: partial message", true},
        {"no last chunk", says(chunked + "3\r\nabc\r\n"), Errc::Io, "its answer: partial message",
         true},
        {"a length that is too much", says(ok + "Content-Length: 1001\r\n\r\nabc"), Errc::Io,
         "its answer: body limit exceeded", true},
        {"a chunk that is too much", says(chunked + "3e9\r\n" + std::string(1001, 'x')), Errc::Io,
         "its answer: body limit exceeded", true},
        {"a body without end", says(ok + "\r\n" + std::string(1001, 'x')), Errc::Io,
         "its answer: body limit exceeded", true},
        {"chunks without end", run_on, Errc::Io, "its answer: body limit exceeded", true},
        {"too many headers", says(many_headers()), Errc::Io, "its answer: header limit exceeded",
         true},
        {"no HTTP", says("\xff\xfe this is no HTTP \r\n\r\n"), Errc::Io, "its answer: bad version",
         true},
        {"silence", keep_silent, Errc::Expired, "its answer: took too long", true, 100ms},
        {"a trickle", trickle, Errc::Expired, "its answer: took too long", true, 200ms},
        {"an answer that runs on", run_on, Errc::Expired, "its answer: took too long", true, 300ms,
         0, std::size_t{1} << 40},
        {"nobody reads", nullptr, Errc::Expired, "sending: took too long", true, 200ms,
         std::size_t{32} << 20},
    };
    return list;
}

std::string told(const HttpResult& result) {
    return result ? "answered" : result.error().error.message();
}

TEST(HttpFaults, AreToldInWordsAndWithWhatMayHaveHappened) {
    for (const Fault& fault : faults()) {
        std::atomic<int> calls = 0;
        std::atomic<bool> over = false;
        LoopbackServer server{[&](Peer& peer) {
            if (++calls == 1) return fault.script ? fault.script(peer) : over.wait(false);
            says("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")(peer);
        }};
        asio::io_context io;
        HttpConnection connection{{.origin = parse_url("http://127.0.0.1:" + server.port()).value(),
                                   .body_most = fault.body_most}};
        const HttpRequest request{.method = "POST",
                                  .target = kSecretTarget,
                                  .body = std::string(fault.request_bytes, 'x')};
        const auto began = std::chrono::steady_clock::now();
        const HttpResult result = run(io, connection.send(request, fault.limit));
        over = true;
        over.notify_all();
        EXPECT_LT(std::chrono::steady_clock::now() - began, 5s) << fault.name;
        ASSERT_FALSE(result.has_value()) << fault.name;
        EXPECT_EQ(told(result), "http://127.0.0.1:" + server.port() + ": " + fault.words)
            << fault.name;
        EXPECT_EQ(result.error().error.code(), fault.code) << fault.name;
        EXPECT_EQ(result.error().sent, fault.sent) << fault.name;
        // The next call is as good as any.
        EXPECT_EQ(told(run(io, connection.send({}, 10s))), "answered") << fault.name;
        EXPECT_EQ(server.connections(), 2) << fault.name;
    }
}

void expect_unsent(const HttpPlace& place, Errc code, std::string_view words, Duration limit) {
    asio::io_context io;
    HttpConnection connection{place};
    const auto began = std::chrono::steady_clock::now();
    const HttpResult result = run(io, connection.send({.target = kSecretTarget}, limit));
    EXPECT_LT(std::chrono::steady_clock::now() - began, 5s) << words;
    ASSERT_FALSE(result.has_value()) << words;
    EXPECT_EQ(told(result), place.origin.origin() + ": " + std::string{words});
    EXPECT_EQ(result.error().error.code(), code) << words;
    EXPECT_FALSE(result.error().sent) << words;
}

TEST(HttpFaults, OfConnectingLeaveTheRequestUnsent) {
    std::string closed;
    {
        const LoopbackServer gone{keep_silent};
        closed = gone.port();
    }
    expect_unsent({.origin = parse_url("http://127.0.0.1:" + closed + "/").value()}, Errc::Io,
                  "connecting: Connection refused", 10s);
    const FullListener full;
    expect_unsent({.origin = parse_url("http://127.0.0.1:" + full.port() + "/").value()},
                  Errc::Expired, "connecting: took too long", 200ms);
}

TEST(HttpFaults, OfTheHandshakeLeaveTheRequestUnsent) {
    const TestAuthority authority;
    const LoopbackServer silent{[](Peer& peer) { peer.wait_for_end(); }};
    expect_unsent({.origin = parse_url("https://127.0.0.1:" + silent.port() + "/").value(),
                   .ca_file = authority.file()},
                  Errc::Expired, "TLS: took too long", 200ms);
    const LoopbackServer plain{[](Peer& peer) { peer.write("HTTP/1.1 400 Bad\r\n\r\n"); }};
    expect_unsent({.origin = parse_url("https://127.0.0.1:" + plain.port() + "/").value(),
                   .ca_file = authority.file()},
                  Errc::Io, "TLS: wrong version number (SSL routines)", 10s);
    const LoopbackServer closing{[](Peer& peer) { peer.read(1); }};
    expect_unsent({.origin = parse_url("https://127.0.0.1:" + closing.port() + "/").value(),
                   .ca_file = authority.file()},
                  Errc::Io, "TLS: stream truncated", 10s);
}

}  // namespace
}  // namespace vault::runtime
