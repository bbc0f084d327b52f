#pragma once
// Link: the daemon's end of the seam to vaultd-runner (seam_lines.hpp): one connection, to the
// socket that systemd listens on, or to the runner that vaultd started before it read a key
// (runner_start.hpp). It sends lines, hands out what it is told, and connects again, after a while
// that doubles, where there is a socket to connect to: a runner that was started is not started
// twice. Whoever uses the runner is a User (ScriptClient, HookClient). The runner is not trusted: a
// line that is none ends the connection. No call waits. Owned by the App; everything on its
// executor.
#include "common/base/clock.hpp"
#include "common/base/log.hpp"
#include "daemon/runner/line_buffer.hpp"
#include "daemon/runner/runner_start.hpp"
#include "daemon/runner/seam_lines.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>

namespace vault::runner {

class Link {
  public:
    class User {
      public:
        virtual ~User() = default;
        // The runner is there, as it begins: it knows nothing of what was asked before.
        virtual void runner_up() = 0;
        // It is gone with everything it ran, and nothing that was asked is answered any more; or it
        // could not be reached. `returns`: it is tried again.
        virtual void runner_down(const std::string& why, bool returns) = 0;
        // One line of it. Each user takes what is for it and leaves the rest.
        virtual void told(const Told& told) = 0;
    };

    // Both outlive it, as do its users.
    Link(boost::asio::any_io_executor executor, RunnerPlace place, Logger& logger);
    ~Link();

    void add(User& user) { users_.push_back(&user); }
    // Brings the runner up if it is not; each user learns how that ends.
    void open();
    // Nothing while it is not up.
    void send(std::string_view line);
    // There is one that vaultd started, and the link was not opened yet.
    bool started() const { return place_.descriptor >= 0; }
    bool up() const { return state_ == State::Up; }
    // Why there is none and none will come; empty if one is there or may come.
    const std::string& gone() const { return gone_; }
    // Hangs up: the runner does not answer any more.
    void give_up(const std::string& why) { lose(why); }

  private:
    // Greeting: connected, and its hello has not come. Pausing: it is tried again later.
    enum class State : std::uint8_t { Closed, Greeting, Up, Pausing };
    using Socket = boost::asio::local::stream_protocol::socket;

    std::string_view name() const { return name_of(place_.role); }
    void connect();
    void begin();
    void read();
    void on_read(std::size_t size);
    void take(std::string_view line);
    void write();
    void lose(const std::string& why);
    void try_again();

    RunnerPlace place_;
    Logger& logger_;
    Socket socket_;
    boost::asio::steady_timer timer_;  // of the hello, or of the next try
    std::vector<User*> users_;
    State state_ = State::Closed;
    std::string gone_;
    std::uint32_t failures_ = 0;    // in a row
    std::uint64_t connection_ = 0;  // what comes late from one before is ignored
    LineBuffer incoming_{kSeamLineMost};
    std::array<char, 65536> part_{};
    std::string outgoing_, writing_;
};

}  // namespace vault::runner
