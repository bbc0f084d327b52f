#pragma once
// Server: the control socket (design/control.md). It listens, knows who connects (SO_PEERCRED),
// hands out seats, and runs one Session per connection. Who may not write to the socket's file gets
// one PERM_DENIED; who calls is told by each call's token (gate.hpp). Owned by the composition
// root; everything runs on the one thread that runs its io_context. create() fails with the errors
// of open_listener().
#include "daemon/control/directory.hpp"
#include "daemon/control/metrics.hpp"
#include "daemon/control/session.hpp"

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <list>
#include <memory>

namespace vault::control {

class Server {
  public:
    // What the server works with. References must outlive it.
    struct Parts {
        ports::Commands& commands;
        ReadSide reads;  // the worker thread's own; the reader is not null
        ports::Configuration& configuration;
        const ports::Signer& signer;
        ports::Access& access;
        ports::SecretBox& secrets;
        ports::KeyValidator& validator;
        ports::Backups& backups;
        std::function<ports::StoreHealth()> store_health;
        DaemonInfo info;
        const Clock& clock;
        Logger& log;
        std::function<BatchMarks()> marks{};
        std::uint64_t last_event = 0;  // the newest that the store has
        std::function<std::vector<ports::LoopCheck>()> loops{};
        std::function<std::vector<ports::FeedState>()> feeds{};
    };

    // The socket exists and queues connections from here on; they are answered after start().
    static Result<std::unique_ptr<Server>> create(boost::asio::io_context& io, Options options,
                                                  Parts parts);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Takes over limits that may change while connections are open; the socket's path, mode and
    // group stay as they are. The longest line is that of connections that open later.
    void configure(const Options& options);
    void start();
    // Accepts no more, reads no more, answers what has begun (at most stop_grace), removes the
    // socket's file. Await it before the server goes.
    boost::asio::awaitable<void> stop();
    // What the engine's directory says, before anybody is answered; on the server's thread.
    void load(const ports::WholeDirectory& whole) { directory_.load(whole); }
    void adopt(const ports::DirectoryPage& page) { directory_.adopt(page); }
    // Durable events, by seq, each once; on the server's thread.
    void publish(ports::EventPage events) { hub_.publish(std::move(events)); }
    std::size_t connections() const { return sessions_.size(); }
    // When the report worker last answered a question that is put to it each second; steady clock,
    // any thread.
    SteadyTime last_read() const { return SteadyTime{last_read_.load()}; }

  private:
    Server(boost::asio::io_context& io, Options options, Parts parts, int listener);
    boost::asio::awaitable<void> accept_loop();
    boost::asio::awaitable<void> tend_keys();
    boost::asio::awaitable<void> probe_worker();
    boost::asio::awaitable<void> serve(boost::asio::local::stream_protocol::socket socket);
    boost::asio::awaitable<Result<void>> sessions_ended();
    Seat seat_for(uid_t uid);

    Options options_;
    ReadWorker worker_;
    runtime::WorkerPool hard_work_;
    Metrics metrics_;
    Directory directory_;
    Services services_;
    Gate gate_;
    Logger& log_;
    TokenBuckets buckets_;
    UserRates rates_;
    Seats seats_;
    EventHub hub_;
    Tally subscriptions_;
    boost::asio::local::stream_protocol::acceptor acceptor_;
    boost::asio::steady_timer keys_timer_;
    boost::asio::steady_timer probe_timer_;
    std::atomic<std::int64_t> last_read_{0};
    ino_t inode_ = 0;
    std::list<Session*> sessions_;
    runtime::TaskGroup tasks_;
};

}  // namespace vault::control
