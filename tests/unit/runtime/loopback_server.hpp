#pragma once
// LoopbackServer: a real server of one test on 127.0.0.1, plain or with TLS, that says byte for
// byte what the test's script says. It has one thread and serves one connection after the other,
// each by the script; what is open is shut when it is destroyed. Peer is a connection as the script
// sees it: blocking, and everything ends early once the client has gone.
#include "tests/unit/runtime/test_authority.hpp"

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

struct ssl_st;

namespace vault::runtime {

class Peer {
  public:
    Peer(int socket, ssl_st* tls) : socket_(socket), tls_(tls) {}

    // Up to and with `end`; empty when the client went before.
    std::string read_until(std::string_view end);
    // Exactly so many bytes, less when the client went before.
    std::string read(std::size_t bytes);
    // A request with its body (Content-Length); empty when the client went before.
    std::string read_request();
    // False when the client has gone.
    bool write(std::string_view bytes);
    // Returns when the client has closed its side.
    void wait_for_end();
    void say_goodbye();  // TLS's own, without closing
    void hold(bool on);  // while on, what is written waits, and then goes in one packet
    void reset();        // the client sees an error, not an end

  private:
    std::size_t receive(char* into, std::size_t most);

    int socket_;
    ssl_st* tls_;  // null: plain
    std::string ahead_;
};

class LoopbackServer {
  public:
    using Script = std::function<void(Peer&)>;
    // With TLS the script runs only if the client has trusted.
    explicit LoopbackServer(Script script, TestAuthority::Server tls = nullptr);
    ~LoopbackServer();
    LoopbackServer(const LoopbackServer&) = delete;
    LoopbackServer& operator=(const LoopbackServer&) = delete;

    const std::string& port() const { return port_; }
    int connections() const { return connections_; }  // accepted so far

  private:
    void serve();
    void serve_one(int socket);

    Script script_;
    TestAuthority::Server tls_;
    int listener_ = -1;
    std::string port_;
    std::atomic<int> connections_ = 0;
    std::mutex mutex_;
    int open_ = -1;  // under the mutex, as is the next
    bool stopping_ = false;
    std::thread thread_;
};

// A socket that listens, but whose queue is full: who connects waits.
class FullListener {
  public:
    FullListener();
    ~FullListener();
    FullListener(const FullListener&) = delete;
    FullListener& operator=(const FullListener&) = delete;
    const std::string& port() const { return port_; }

  private:
    int listener_ = -1;
    int waiting_[4] = {-1, -1, -1, -1};
    std::string port_;
};

}  // namespace vault::runtime
