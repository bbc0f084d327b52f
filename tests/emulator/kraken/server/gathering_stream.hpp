#pragma once
// GatheringStream: lies between a WebSocket and its connection, so that messages that are pushed at
// once leave at once: one call to the kernel and one packet instead of one for each. While it
// holds, what is written counts as written and waits; the next write without hold sends all of it.
// Whoever writes takes care that one follows. Owned by its WebSocket, which writes one thing at a
// time; on the executor's thread. A failed write fails the last part alone.
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/websocket/teardown.hpp>

#include <string>
#include <type_traits>
#include <utility>

namespace vault::kraken_emulator {

template <class Next>
class GatheringStream {
  public:
    using next_layer_type = Next;
    using executor_type = typename Next::executor_type;

    explicit GatheringStream(Next next) : next_(std::move(next)) {}

    executor_type get_executor() noexcept { return next_.get_executor(); }
    next_layer_type& next_layer() noexcept { return next_; }
    const next_layer_type& next_layer() const noexcept { return next_; }
    void hold(bool on) { holds_ = on; }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token) {
        return next_.async_read_some(buffers, std::forward<Token>(token));
    }

    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token) {
        const std::size_t before = held_.size();
        held_.resize(before + boost::asio::buffer_size(buffers));
        boost::asio::buffer_copy(boost::asio::buffer(held_) + before, buffers);
        const std::size_t size = held_.size() - before;
        return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
            [this](auto handler, std::size_t taken) {
                if (holds_ && held_.size() < kHeldMost)
                    complete(std::move(handler), taken);
                else
                    send(std::move(handler), taken);
            },
            token, size);
    }

  private:
    static constexpr std::size_t kHeldMost = 64 * 1024;  // bytes

    template <class Handler>
    void complete(Handler handler, std::size_t taken) {
        const auto executor = boost::asio::get_associated_executor(handler, get_executor());
        boost::asio::post(
            get_executor(),
            boost::asio::bind_executor(executor, [handler = std::move(handler), taken]() mutable {
                std::move(handler)(boost::system::error_code{}, taken);
            }));
    }

    template <class Handler>
    void send(Handler handler, std::size_t taken) {
        const auto executor = boost::asio::get_associated_executor(handler, get_executor());
        boost::asio::async_write(
            next_, boost::asio::buffer(held_),
            boost::asio::bind_executor(executor,
                                       [this, handler = std::move(handler), taken](
                                           boost::system::error_code status, std::size_t) mutable {
                                           held_.clear();
                                           std::move(handler)(status, status ? 0 : taken);
                                       }));
    }

    Next next_;
    std::string held_;
    bool holds_ = false;
};

// How a WebSocket ends its connection.
template <class Next, class Handler>
void async_teardown(boost::beast::role_type role, GatheringStream<Next>& stream,
                    Handler&& handler) {
    using boost::beast::websocket::async_teardown;
    async_teardown(role, stream.next_layer(), std::forward<Handler>(handler));
}

}  // namespace vault::kraken_emulator
