#include "daemon/control/server.hpp"

#include "daemon/control/key_check.hpp"
#include "daemon/control/listener.hpp"
#include "daemon/control/secret_steps.hpp"
#include "daemon/runtime/deadline.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <unistd.h>

namespace vault::control {

namespace asio = boost::asio;
using Protocol = asio::local::stream_protocol;
using boost::system::error_code;

namespace {

constexpr Duration kTendKeysEvery = std::chrono::seconds{30};
constexpr Duration kProbeEvery = std::chrono::seconds{1};
constexpr std::size_t kHardWaiting = 3;
constexpr Duration kAcceptPause{100};  // out of descriptors: try again, do not spin

Error busy_with_hard_work() {
    return Error{Errc::Busy, "other passphrases are being worked on", {}, "try again in a second"};
}

}  // namespace

Result<std::unique_ptr<Server>> Server::create(asio::io_context& io, Options options, Parts parts) {
    VAULT_CHECK(parts.reads.reader != nullptr, "the control server needs a reader");
    VAULT_TRY(const int listener, open_listener(options));
    return std::unique_ptr<Server>(new Server(io, std::move(options), std::move(parts), listener));
}

Server::Server(asio::io_context& io, Options options, Parts parts, int listener)
    : options_(std::move(options)),
      worker_(std::move(parts.reads), options_.max_waiting_reads),
      hard_work_(1, kHardWaiting, busy_with_hard_work()),
      services_{parts.commands,
                worker_,
                parts.clock,
                parts.configuration,
                parts.signer,
                parts.access,
                parts.secrets,
                parts.validator,
                parts.backups,
                hard_work_,
                directory_,
                metrics_,
                options_,
                std::move(parts.store_health),
                std::move(parts.info),
                parts.clock.steady(),
                parts.clock.now(),
                std::move(parts.marks)},
      gate_(services_),
      log_(parts.log),
      buckets_(options_.requests_per_second, options_.burst),
      seats_(options_),
      hub_(parts.last_event, options_.ring_events),
      subscriptions_(options_.max_subscriptions_per_user),
      acceptor_(io, Protocol(), listener),
      keys_timer_(io),
      probe_timer_(io),
      last_read_(parts.clock.steady().count()),
      inode_(socket_inode(options_.socket_path)),
      tasks_(io.get_executor()) {
    services_.loops = std::move(parts.loops);
    services_.feeds = std::move(parts.feeds);
}

Server::~Server() {
    remove_socket(options_.socket_path, inode_);
}

void Server::configure(const Options& options) {
    const Options before = std::exchange(options_, options);
    options_.socket_path = before.socket_path;
    options_.mode = before.mode;
    options_.group = before.group;
    buckets_.configure(options_.requests_per_second, options_.burst);
}

void Server::start() {
    tasks_.spawn(accept_loop());
    tasks_.spawn(tend_keys());
    tasks_.spawn(probe_worker());
}

// A question that has no answer yet is the only one of its kind that waits.
asio::awaitable<void> Server::probe_worker() {
    const ReadWorker::Job nothing = [](ReadSide&) {};
    while (acceptor_.is_open()) {
        auto asking = worker_.run(nothing);
        const Result<void> answered = co_await std::move(asking);
        if (answered) last_read_ = services_.clock.steady().count();
        probe_timer_.expires_after(kProbeEvery);
        const auto [error] = co_await probe_timer_.async_wait(asio::as_tuple(asio::use_awaitable));
        if (error) co_return;
    }
}

asio::awaitable<void> Server::tend_keys() {
    while (acceptor_.is_open()) {
        auto finishing = finish_rotations(services_);
        const Result<void> finished = co_await std::move(finishing);
        if (!finished && acceptor_.is_open())
            log_.log(LogLevel::Warning, "key_rotation", finished.error().message());
        keys_timer_.expires_after(kTendKeysEvery);
        const auto [error] = co_await keys_timer_.async_wait(asio::as_tuple(asio::use_awaitable));
        if (error || !acceptor_.is_open()) co_return;
        auto checking = check_due_keys(services_);
        co_await std::move(checking);
    }
}

asio::awaitable<void> Server::accept_loop() {
    asio::steady_timer pause(acceptor_.get_executor());
    while (acceptor_.is_open()) {
        auto [error, socket] = co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
        if (!error) {
            tasks_.spawn(serve(std::move(socket)));
            continue;
        }
        if (error == asio::error::operation_aborted || !acceptor_.is_open()) co_return;
        log_.log(LogLevel::Warning, "accept_failed", error.message());
        pause.expires_after(kAcceptPause);
        co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

// When all seats are taken the newcomer gets the reserved one that was given out first: who needs a
// pause or a status has said so within milliseconds, and a crowd that stays seated must not keep
// the next caller out, whoever it is.
Seat Server::seat_for(uid_t uid) {
    const Seat seat = seats_.take(uid);
    if (seat != Seat::None) return seat;
    const auto oldest = std::ranges::find(sessions_, Seat::Reserved, &Session::seat);
    if (oldest == sessions_.end()) return Seat::None;
    seats_.give_back((*oldest)->uid(), Seat::Reserved);
    (*oldest)->give_up_seat();
    return seats_.take(uid);
}

asio::awaitable<void> Server::serve(Protocol::socket socket) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    const Result<uid_t> uid = peer_uid(socket.native_handle());
    if (!uid) {
        log_.log(LogLevel::Warning, "peer_unknown", uid.error().message());
        co_return;
    }
    Peer peer;
    peer.uid = uid.value();
    peer.allowed = may_connect(socket.native_handle(), peer.uid, options_.socket_path);
    if (peer.allowed) peer.seat = seat_for(peer.uid);
    const Metrics::Connection counted{metrics_, !peer.allowed             ? "not_allowed"
                                                : peer.seat == Seat::None ? "full"
                                                                          : ""};
    Session session(
        std::move(socket), peer,
        Shared{options_, services_, gate_, buckets_, rates_, metrics_, log_, hub_, subscriptions_});
    const auto place = sessions_.insert(sessions_.end(), &session);
    auto running = session.run();
    co_await std::move(running);
    sessions_.erase(place);
    if (peer.allowed) seats_.give_back(peer.uid, session.seat());
}

asio::awaitable<Result<void>> Server::sessions_ended() {
    auto joined = tasks_.join();
    co_await std::move(joined);
    co_return success();
}

asio::awaitable<void> Server::stop() {
    error_code ignored;
    acceptor_.close(ignored);
    keys_timer_.cancel();
    probe_timer_.cancel();
    remove_socket(options_.socket_path, inode_);
    inode_ = 0;
    for (Session* session : sessions_)
        session->close_gently();
    auto waiting = runtime::with_deadline(sessions_ended(), options_.stop_grace, "stopping");
    const Result<void> ended = co_await std::move(waiting);
    if (ended) co_return;
    for (Session* session : sessions_)
        session->close_now();
    auto joined = tasks_.join();
    co_await std::move(joined);
}

}  // namespace vault::control
