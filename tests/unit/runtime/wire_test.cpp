// What lies under HTTP and WebSocket: names and trust.
#include "daemon/runtime/http.hpp"
#include "tests/unit/runtime/loopback_server.hpp"
#include "tests/unit/runtime/run_to_end.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <dlfcn.h>
#include <netdb.h>
#include <semaphore>

namespace {

std::binary_semaphore names_answer{0};

}  // namespace

// In this program two names are answered as the test wants, all others by the system.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                           addrinfo** places) {
    const std::string_view name{node == nullptr ? "" : node};
    if (name == "none.invalid") return EAI_NONAME;
    if (name == "slow.invalid") {
        names_answer.acquire();
        return EAI_AGAIN;
    }
    using Real = int(const char*, const char*, const addrinfo*, addrinfo**);
    static auto* const real = reinterpret_cast<Real*>(::dlsym(RTLD_NEXT, "getaddrinfo"));
    return real(node, service, hints, places);
}

namespace vault::runtime {
namespace {

namespace asio = boost::asio;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

constexpr const char* kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none";

std::string told(const HttpResult& result) {
    if (result) return result.value().body;
    EXPECT_FALSE(result.error().sent);
    return result.error().error.message();
}

HttpPlace place_of(const std::string& host, const LoopbackServer& server, std::string ca_file) {
    return {.origin = parse_url("https://" + host + ":" + server.port()).value(),
            .ca_file = std::move(ca_file)};
}

void answer(Peer& peer) {
    while (!peer.read_request().empty())
        peer.write(kAnswer);
}

// What becomes of one call to that host, which shows a certificate for these names.
std::string call(const std::string& host, const LoopbackServer& server, std::string ca_file) {
    asio::io_context io;
    HttpConnection connection{place_of(host, server, std::move(ca_file))};
    std::string out = told(run(io, connection.send({}, 10s)));
    const std::string origin = fmt::format("https://{}:{}: ", host, server.port());
    return out.starts_with(origin) ? out.substr(origin.size()) : out;
}

TEST(Wire, ServersAreTrustedByTheirCertificates) {
    const TestAuthority ours;
    const TestAuthority others;
    const std::string untrusted = "its certificate is not trusted: ";
    struct Row {
        const char* host;
        TestAuthority::Server server;
        std::string ca_file;
        std::string outcome;
    };
    const std::string both = "DNS:localhost,IP:127.0.0.1";
    const std::vector<Row> rows{
        {"localhost", ours.server(both), ours.file(), "one"},
        {"127.0.0.1", ours.server(both), ours.file(), "one"},
        {"localhost", ours.server("DNS:elsewhere.example"), ours.file(),
         untrusted + "hostname mismatch"},
        {"127.0.0.1", ours.server("DNS:localhost"), ours.file(), untrusted + "IP address mismatch"},
        {"localhost", ours.server(both), others.file(),
         untrusted + "unable to get local issuer certificate"},
        {"localhost", ours.server(both), "", untrusted + "unable to get local issuer certificate"},
        {"localhost", ours.server(both, -3, -1), ours.file(),
         untrusted + "certificate has expired"},
        {"localhost", ours.server(both, 1, 3), ours.file(),
         untrusted + "certificate is not yet valid"},
        {"localhost", ours.server(both), "/no/such/roots.pem",
         "the trusted roots /no/such/roots.pem cannot be read: No such file or directory"},
    };
    for (const Row& row : rows) {
        int answered = 0;
        {
            const LoopbackServer server{[&answered](Peer& peer) {
                                            ++answered;
                                            answer(peer);
                                        },
                                        row.server};
            EXPECT_EQ(call(row.host, server, row.ca_file), row.outcome);
        }
        EXPECT_EQ(answered, row.outcome == "one" ? 1 : 0) << row.outcome;
    }
}

TEST(Wire, RootsThatCannotBeReadAreTheConfigurationsFault) {
    const LoopbackServer server{answer};
    asio::io_context io;
    HttpConnection connection{place_of("localhost", server, "/no/such/roots.pem")};
    const HttpResult result = run(io, connection.send({}, 10s));
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().error.code(), Errc::ConfigInvalid);
    EXPECT_FALSE(result.error().sent);
    EXPECT_EQ(server.connections(), 0);
}

TEST(Wire, OverTlsAConnectionIsKeptUntilTheServerSaysGoodbye) {
    const TestAuthority authority;
    LoopbackServer server{[](Peer& peer) {
                              for (int calls = 0; calls < 3; ++calls) {
                                  if (peer.read_request().empty()) return;
                                  peer.write(kAnswer);
                              }
                              peer.say_goodbye();
                              peer.wait_for_end();
                          },
                          authority.server("DNS:localhost")};
    asio::io_context io;
    HttpConnection connection{place_of("localhost", server, authority.file())};
    for (int calls = 0; calls < 3; ++calls)
        EXPECT_EQ(told(run(io, connection.send({}, 10s))), "one");
    EXPECT_EQ(server.connections(), 1);
    std::this_thread::sleep_for(50ms);
    EXPECT_EQ(told(run(io, connection.send({}, 10s))), "one");
    EXPECT_EQ(server.connections(), 2);
}

// In one packet it is read together with the answer, and the socket shows nothing of it.
TEST(Wire, OverTlsAGoodbyeThatCameWithTheAnswerIsNoticed) {
    const TestAuthority authority;
    LoopbackServer server{[](Peer& peer) {
                              if (peer.read_request().empty()) return;
                              peer.hold(true);
                              peer.write(kAnswer);
                              peer.say_goodbye();
                              peer.hold(false);
                              peer.wait_for_end();
                          },
                          authority.server("DNS:localhost")};
    asio::io_context io;
    HttpConnection connection{place_of("localhost", server, authority.file())};
    for (int calls = 1; calls <= 2; ++calls) {
        EXPECT_EQ(told(run(io, connection.send({}, 10s))), "one");
        EXPECT_EQ(server.connections(), calls);
    }
}

// Whoever sits on the way could end a body early, if its end were the connection's.
TEST(Wire, OverTlsABodyThatEndsWithoutAGoodbyeIsCut) {
    const TestAuthority authority;
    for (const bool goodbye : {true, false}) {
        const LoopbackServer server{[goodbye](Peer& peer) {
                                        peer.read_request();
                                        peer.write("HTTP/1.1 200 OK\r\n\r\none");
                                        if (goodbye) peer.say_goodbye();
                                    },
                                    authority.server("DNS:localhost")};
        asio::io_context io;
        HttpConnection connection{place_of("localhost", server, authority.file())};
        const HttpResult result = run(io, connection.send({}, 10s));
        EXPECT_EQ(result.has_value(), goodbye);
        if (!result) {
            EXPECT_TRUE(result.error().error.message().ends_with(": its answer: stream truncated"));
            EXPECT_TRUE(result.error().sent);
        }
    }
}

TEST(Wire, ANameThatIsNotThereIsToldSo) {
    asio::io_context io;
    HttpConnection connection{{.origin = parse_url("http://none.invalid/").value()}};
    EXPECT_EQ(told(run(io, connection.send({}, 10s))),
              "http://none.invalid:80: finding it: Host not found (authoritative)");
}

asio::awaitable<std::string> call_and_release(HttpConnection& connection) {
    auto sending = connection.send({}, 100ms);
    const HttpResult result = co_await std::move(sending);
    names_answer.release();
    co_return told(result);
}

// The resolver of the system cannot be cancelled; the call ends in time all the same. Here it would
// wait for its own caller.
TEST(Wire, ASlowResolverHoldsNobodyUp) {
    asio::io_context io;
    HttpConnection connection{{.origin = parse_url("http://slow.invalid/").value()}};
    EXPECT_EQ(run(io, call_and_release(connection)),
              "http://slow.invalid:80: finding it: took too long");
}

}  // namespace
}  // namespace vault::runtime
