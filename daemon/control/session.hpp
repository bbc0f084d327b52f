#pragma once
// Session: one connection, from hello to its end. It reads lines, starts a task per request, and
// writes replies through a bounded queue; replies may overtake each other. A call that has begun is
// always finished, also when the peer has gone: what it changed stays changed. Owned by the
// server's coroutine for it; control thread only. run() does not fail: whatever happens ends the
// connection.
#include "common/base/log.hpp"
#include "common/protocol/framing.hpp"
#include "common/protocol/messages.hpp"
#include "daemon/control/call.hpp"
#include "daemon/control/gate.hpp"
#include "daemon/control/limits.hpp"
#include "daemon/control/metrics.hpp"
#include "daemon/control/subscriptions.hpp"
#include "daemon/runtime/task_group.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <deque>

namespace vault::control {

// What all sessions share; owned by the server.
struct Shared {
    const Options& options;
    Services& services;
    Gate& gate;
    TokenBuckets& buckets;
    UserRates& rates;
    Metrics& metrics;
    Logger& log;
    EventHub& hub;
    Tally& subscriptions;  // by user
};

struct Peer {
    uid_t uid = 0;
    bool allowed = false;
    Seat seat = Seat::None;
};

class Session {
  public:
    Session(boost::asio::local::stream_protocol::socket socket, Peer peer, Shared shared);
    boost::asio::awaitable<void> run();
    void close_gently();  // reads no more, answers what has begun
    void close_now();     // and waits for nothing

    Seat seat() const { return peer_.seat; }
    uid_t uid() const { return peer_.uid; }
    // A newcomer takes the reserved seat: what has begun is answered, nothing more is read.
    void give_up_seat();

  private:
    struct Task;
    using Void = boost::asio::awaitable<Result<void>>;

    Void serve();
    Void greet();
    Void read_more();
    bool crowded() const;
    Void room();
    Void writable();
    Void discard();
    boost::asio::awaitable<void> write_loop();
    boost::asio::awaitable<void> answer(std::unique_ptr<Task> task);
    Handled call_handler(const Task& task);
    Result<void> within_quota(const protocol::Method& method, const Pass& pass);
    boost::asio::awaitable<void> finish();

    void take_line(const std::string& line);
    Result<void> admit(const protocol::Method& method, std::optional<Duration>& retry_after);
    Result<void> admit_reserved(const protocol::Method& method,
                                std::optional<Duration>& retry_after);
    Result<void> check(const protocol::Method& method, const protocol::Request& request) const;
    void start(const protocol::Method& method, protocol::Request request);
    void refuse(const boost::json::value& id, std::string_view method, const Error& error,
                std::optional<Duration> retry_after = {});
    Result<Answer> say_hello(const protocol::Request& request) const;
    Result<void> splitter_fault() const;
    // A reply goes out at once if nothing waits before it. What a feed tells waits for the writer,
    // or a whole log would be told before others get their turn.
    void send(std::string line);
    void queue(std::string lines);
    std::size_t write(std::string_view bytes);
    Outlet outlet();
    void broken(std::string_view why);

    boost::asio::local::stream_protocol::socket socket_;
    Peer peer_;
    Shared shared_;
    std::optional<TokenBuckets::Share> share_;  // of a normal seat
    ReservedReads reads_;
    std::array<char, 16 * 1024> in_;  // of the read that is under way
    protocol::LineSplitter splitter_;
    runtime::TaskGroup requests_;
    runtime::TaskGroup writer_;
    Subscriptions subscriptions_;
    boost::asio::steady_timer changed_;  // never expires; cancelled when room() may have come
    boost::asio::steady_timer
        out_ready_;  // never expires; cancelled when there is a line or the end
    std::deque<std::string> out_;
    std::size_t out_bytes_ = 0;
    std::size_t out_done_ = 0;  // bytes of the first line that are written
    std::size_t in_flight_ = 0;
    std::size_t reserved_in_flight_ = 0;
    std::size_t reserved_reads_ = 0;  // of those, the ones that change nothing
    bool feeds_wait_ = false;         // for room in the queue
    bool peer_done_ = false;          // the peer sends no more
    bool closing_ = false;            // read no more
    bool finishing_ = false;          // no more lines will come
    bool broken_ = false;             // the peer is gone or too slow
};

}  // namespace vault::control
