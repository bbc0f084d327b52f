#pragma once
// SocketLink: one WebSocket of a client, on top of a plain or a TLS stream. What is pushed goes out
// in order; what comes in goes to the desk. A client that does not read costs its queue alone, up
// to a limit at which it is cut off and the desk hears of it. On the executor's thread; keeps
// itself alive.
#include "tests/emulator/kraken/rest/message.hpp"
#include "tests/emulator/kraken/server/gathering_stream.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace vault::kraken_emulator {

// What stands behind the sockets of a server.
class SocketDesk {
  public:
    // Null closes the connection, once all before it is written.
    using Push = std::function<void(const std::shared_ptr<const std::string>&)>;

    virtual ~SocketDesk() = default;
    // What a client gets who may not connect now; nullopt: he may.
    virtual std::optional<Reply> turned_away(const std::string& path,
                                             const std::string& address) = 0;
    // Its number, or 0: no socket is offered at that path.
    virtual std::uint64_t open(std::string_view path, Push push) = 0;
    virtual void receive(std::uint64_t socket, std::string_view text) = 0;
    virtual void close(std::uint64_t socket) = 0;
    // It does not read what is pushed, so its connection is cut; close() follows.
    virtual void cut_off(std::uint64_t socket) = 0;
};

template <class Stream>
class SocketLink : public std::enable_shared_from_this<SocketLink<Stream>> {
  public:
    // Of messages that wait for the client; all orders of an account canceled at once are less.
    static constexpr std::size_t kWaitingMost = 8 * 1024 * 1024;  // bytes

    explicit SocketLink(Stream stream) : socket_(std::move(stream)), wake_(socket_.get_executor()) {
        wake_.expires_at(boost::asio::steady_timer::time_point::max());
    }

    // Until either side closes. The request is the one that asked for the upgrade.
    template <class RawRequest>
    boost::asio::awaitable<void> serve(RawRequest request, std::string path, SocketDesk& desk) {
        const auto self = this->shared_from_this();
        const auto [refused] = co_await socket_.async_accept(request, kAwait);
        if (refused) co_return;
        socket_.text(true);
        const std::uint64_t number =
            desk.open(path, [self](const auto& text) { self->push(text); });
        boost::asio::co_spawn(socket_.get_executor(), write(self), boost::asio::detached);
        boost::beast::flat_buffer buffer;
        while (number != 0 && open_) {
            const auto [ended, size] = co_await socket_.async_read(buffer, kAwait);
            if (ended) break;
            const auto bytes = buffer.cdata();
            desk.receive(number, {static_cast<const char*>(bytes.data()), bytes.size()});
            buffer.consume(buffer.size());
        }
        if (overrun_) desk.cut_off(number);
        if (number != 0) desk.close(number);
        open_ = false;
        wake_.cancel();
        boost::beast::get_lowest_layer(socket_).close();
    }

  private:
    static constexpr auto kAwait = boost::asio::as_tuple(boost::asio::use_awaitable);

    void push(const std::shared_ptr<const std::string>& text) {
        if (overrun_) return;
        waiting_ += text ? text->size() : 0;
        overrun_ = waiting_ > kWaitingMost;
        queue_.push_back(text);
        if (overrun_) end_overrun();
        if (std::exchange(idle_, false)) wake_.cancel();
    }

    void end_overrun() {
        queue_.clear();
        waiting_ = 0;
        boost::beast::get_lowest_layer(socket_).close();
    }

    boost::asio::awaitable<void> write(std::shared_ptr<SocketLink> self) {
        while (open_) {
            if (queue_.empty()) {
                idle_ = true;
                [[maybe_unused]] const auto [woken] = co_await wake_.async_wait(kAwait);
                continue;
            }
            const auto text = queue_.front();
            queue_.pop_front();
            if (!text) {
                boost::beast::get_lowest_layer(socket_).close();
                co_return;
            }
            waiting_ -= text->size();
            // What is held leaves with the next message, and behind null there is none.
            socket_.next_layer().hold(!queue_.empty() && queue_.front() != nullptr);
            const auto [unsent, size] =
                co_await socket_.async_write(boost::asio::buffer(*text), kAwait);
            if (unsent) self->open_ = false;
        }
    }

    boost::beast::websocket::stream<GatheringStream<Stream>> socket_;
    boost::asio::steady_timer wake_;
    std::deque<std::shared_ptr<const std::string>> queue_;
    std::size_t waiting_ = 0;  // bytes of the queue
    bool overrun_ = false;
    bool idle_ = false;  // the writer waits for wake_
    bool open_ = true;
};

}  // namespace vault::kraken_emulator
