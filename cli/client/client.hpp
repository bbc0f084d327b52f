#pragma once
// The caller's side of the control socket: one blocking connection, hello first, then calls one
// after another. Owned by the command that runs; one thread. Nothing throws and nothing waits for
// ever: every wait has a time limit, and Ctrl-C ends it. A failure tells its effect, so that the
// caller knows whether the daemon may have acted.
#include "common/base/secret.hpp"
#include "common/base/time.hpp"
#include "common/protocol/framing.hpp"
#include "common/protocol/messages.hpp"

#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace vault::client {

namespace json = boost::json;

struct Options {
    std::string socket;            // path
    std::string name;              // name and version of the program, for hello
    Duration connect_limit{5000};  // connect and hello together, as long as the daemon waits
    std::optional<Duration> call_limit{Duration{30'000}};  // absent: none
};

class Client {
  public:
    // Errors: DaemonDown (no socket, nobody listens, closed), NoSocketAccess (names the group),
    // VersionMismatch, Usage (path too long), Busy (no hello in time).
    static Result<Client> connect(const Options& options);
    // The same, but hello goes out together with the first call if that changes nothing, so that
    // one way to the daemon and back does for both. What is wrong with hello is told by that call.
    static Result<Client> open(const Options& options);
    Client(Client&& other) noexcept;
    Client& operator=(Client&&) = delete;
    ~Client();

    // Sends one request and waits for its reply. `mutates` decides what a lost answer means: effect
    // unknown for a mutation, none for a question. The deadline of the request is the call limit.
    protocol::Reply call(protocol::Request request, bool mutates);

    // The next notification of a subscription, also one that came while a call waited for its
    // reply. Errors: Expired (none in time), Interrupted, DaemonDown (closed), Internal.
    Result<protocol::Notification> notification(std::optional<Duration> limit);

    // Whether hello was answered and agreed to; without that no further call makes sense.
    bool greeted() const { return greeted_; }

    // Who calls, from here on; null: nobody. The token must outlive its use.
    void present(const Secret* token) { token_ = token; }

    // For the calls from here on; absent: none.
    void limit_calls(std::optional<Duration> limit) { options_.call_limit = limit; }

    // The uid of whoever listens (SO_PEERCRED); absent if the kernel does not tell.
    std::optional<unsigned> peer_uid() const;

    // What the daemon said to hello.
    const json::object& daemon() const { return daemon_; }

  private:
    Client(int fd, Options options) : fd_(fd), options_(std::move(options)) {}
    Result<void> greet(Duration limit);  // hello and its answer, unless that was done
    Result<void> hear_greeting(Duration limit);
    std::string opening();  // what is still to be sent before a call
    std::optional<protocol::Failure> why_not_taken();
    bool keep_notice(std::string_view line);  // false: it is none
    Result<void> send(std::string_view line, std::optional<Duration> limit);
    Result<std::string> receive(std::optional<Duration> limit);

    int fd_;
    Options options_;
    protocol::LineSplitter lines_{protocol::kMaxReplyBytes};
    std::deque<protocol::Notification> notices_;
    json::object daemon_;
    const Secret* token_ = nullptr;
    bool hello_sent_ = false;
    bool greeted_ = false;
    std::int64_t next_id_ = 1;
};

// Waits; false if Ctrl-C came first.
bool rest(Duration pause);

// "auto-" and a UUID version 4, from the kernel's random numbers.
std::string new_idem_key();

}  // namespace vault::client
