// The writing half of a session, and its end.
#include "daemon/control/lines.hpp"
#include "daemon/control/session.hpp"
#include "daemon/runtime/deadline.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace vault::control {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr Duration kLinger{1000};  // to read what a peer that gets an error is still sending

}  // namespace

void Session::send(std::string line) {
    if (broken_) return;
    const std::size_t done = out_.empty() ? write(line) : 0;
    if (done == line.size()) return;
    queue(std::move(line));
    out_done_ += done;
}

void Session::queue(std::string lines) {
    if (broken_) return;
    if (out_bytes_ > shared_.options.write_queue_limit)
        return broken("the peer does not read its replies");
    out_bytes_ += lines.size();
    out_.push_back(std::move(lines));
    out_ready_.cancel();
}

// As much as the socket takes at once.
std::size_t Session::write(std::string_view bytes) {
    error_code error;
    const std::size_t done = socket_.write_some(asio::buffer(bytes), error);
    if (error && error != asio::error::would_block) broken(error.message());
    return done;
}

Outlet Session::outlet() {
    return {[this](std::string lines) { queue(std::move(lines)); },
            [this] {
                const bool room = out_bytes_ <= shared_.options.feed_queue;
                feeds_wait_ = feeds_wait_ || !room;
                return room;
            },
            [this] { close_gently(); }};
}

void Session::broken(std::string_view why) {
    if (broken_) return;
    broken_ = true;
    closing_ = true;
    shared_.log.log(LogLevel::Info, "connection_dropped", why);
    out_.clear();
    out_bytes_ = 0;
    error_code ignored;
    socket_.shutdown(asio::socket_base::shutdown_both, ignored);
    changed_.cancel();
    out_ready_.cancel();
    subscriptions_.close_all();
}

Session::Void Session::writable() {
    const auto [error] = co_await socket_.async_wait(asio::socket_base::wait_write,
                                                     asio::as_tuple(asio::use_awaitable));
    if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
    if (error) co_return Error(Errc::Io, error.message());
    co_return success();
}

// Writes what the socket takes at once and waits only when it takes nothing.
asio::awaitable<void> Session::write_loop() {
    while (!broken_ && !(finishing_ && out_.empty())) {
        if (out_.empty()) {
            co_await out_ready_.async_wait(asio::as_tuple(asio::use_awaitable));
            continue;
        }
        const std::string_view rest = std::string_view(out_.front()).substr(out_done_);
        const std::size_t done = write(rest);
        if (broken_) continue;
        out_done_ += done;
        if (done == 0) {
            auto waiting =
                runtime::with_deadline(writable(), shared_.options.slow_after, "the peer");
            const Result<void> ready = co_await std::move(waiting);
            if (!ready) broken(ready.error().message());
            continue;
        }
        if (done < rest.size()) continue;
        out_bytes_ -= out_.front().size();
        out_.pop_front();
        out_done_ = 0;
        changed_.cancel();
        if (feeds_wait_ && out_bytes_ <= shared_.options.feed_queue / 2) {
            feeds_wait_ = false;
            subscriptions_.wake();
        }
    }
}

Session::Void Session::discard() {
    for (;;) {
        const auto [error, size] = co_await socket_.async_read_some(
            asio::buffer(in_), asio::as_tuple(asio::use_awaitable));
        if (error) co_return success();
    }
}

// Calls that have begun are awaited and answered; a peer that is still sending gets to read why the
// connection ends, instead of a reset.
asio::awaitable<void> Session::finish() {
    closing_ = true;
    subscriptions_.close_all();
    auto joined = requests_.join();
    co_await std::move(joined);
    auto feeds = subscriptions_.join();
    co_await std::move(feeds);
    finishing_ = true;
    out_ready_.cancel();
    auto written = writer_.join();
    co_await std::move(written);
    error_code ignored;
    if (!broken_) {
        socket_.shutdown(asio::socket_base::shutdown_send, ignored);
        auto lingering = runtime::with_deadline(discard(), kLinger, "the peer");
        static_cast<void>(co_await std::move(lingering));
    }
    socket_.close(ignored);
}

void Session::close_gently() {
    closing_ = true;
    error_code ignored;
    socket_.shutdown(asio::socket_base::shutdown_receive, ignored);
    changed_.cancel();
}

void Session::give_up_seat() {
    peer_.seat = Seat::None;
    send(protocol::encode_failure(
        nullptr,
        Error(Errc::Busy, "too many connections: a newcomer took this reserved one", "",
              "close some and try again"),
        protocol::Effect::None));
    close_gently();
}

void Session::close_now() {
    broken("the daemon stops");
    requests_.stop();
    subscriptions_.stop();
}

}  // namespace vault::control
