#pragma once
// Wire: a connection to a server as a stream of bytes, over TCP or over TLS on it; HTTP and
// WebSocket lie on top. Here alone names are resolved, certificates checked against trusted roots
// and the host's name, and failures put in words. Private to this room: http.cpp and websocket.cpp
// own one each per connection, on one executor, with one read and one write at a time. A read or
// write that is cancelled cuts the wire, and everything on a wire that is cut is aborted.
#include "common/base/result.hpp"
#include "common/base/url.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace vault::runtime {

inline constexpr std::string_view kUserAgent = "core-vault";

// "<origin>: <step>: <what the library says>"; Expired if the step was aborted, else Io.
Error failed(const Url& url, std::string_view step, const boost::system::error_code& status);

class Wire {
  public:
    using executor_type = boost::asio::any_io_executor;
    // Who waits for a read or a write. A virtual call instead of a template keeps TLS and TCP out
    // of every place that reads.
    class Waiter {
      public:
        explicit Waiter(executor_type executor) : executor_(std::move(executor)) {}
        virtual ~Waiter() = default;
        Waiter(const Waiter&) = delete;
        Waiter& operator=(const Waiter&) = delete;
        virtual void done(boost::system::error_code status, std::size_t bytes) = 0;
        const executor_type& executor() const { return executor_; }

      private:
        executor_type executor_;
    };

    // Resolved, connected and, for TLS, trusted. Without a deadline of its own; may be cancelled.
    // Errors: ConfigInvalid (the roots cannot be read), Io, Expired.
    static boost::asio::awaitable<Result<std::unique_ptr<Wire>>> open(Url url, std::string ca_file);

    virtual ~Wire() = default;
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;

    // Nothing has arrived that was not read: neither bytes nor the end.
    virtual bool quiet() = 0;
    void cut() {
        cut_ = true;
        close();
    }
    bool is_cut() const { return cut_; }

    // Asio's AsyncReadStream and AsyncWriteStream.
    const executor_type& get_executor() const { return executor_; }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token) {
        auto start = [this](auto handler, boost::asio::mutable_buffer into) {
            read(into, wait(std::move(handler)));
        };
        return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
            std::move(start), token, first_of<boost::asio::mutable_buffer>(buffers));
    }

    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token) {
        auto start = [this](auto handler, boost::asio::const_buffer from) {
            write(from, wait(std::move(handler)));
        };
        return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
            std::move(start), token, joined(buffers));
    }

  protected:
    explicit Wire(executor_type executor) : executor_(std::move(executor)) {}
    virtual void read(boost::asio::mutable_buffer into, std::unique_ptr<Waiter> waiter) = 0;
    virtual void write(boost::asio::const_buffer from, std::unique_ptr<Waiter> waiter) = 0;
    virtual void close() = 0;

  private:
    template <class Handler, class Slot>
    class HandlerWaiter final : public Waiter {
      public:
        HandlerWaiter(executor_type executor, Handler handler, Slot slot)
            : Waiter(std::move(executor)), handler_(std::move(handler)), slot_(std::move(slot)) {}
        void done(boost::system::error_code status, std::size_t bytes) override {
            if (slot_.is_connected()) slot_.clear();
            std::move(handler_)(status, bytes);
        }

      private:
        Handler handler_;
        Slot slot_;
    };

    // The slot stays taken until the handler runs. Thus a cancellation between the end of one read
    // and the begin of the next, which Beast's own operations do not notice, is not lost.
    template <class Handler>
    std::unique_ptr<Waiter> wait(Handler handler) {
        executor_type executor{boost::asio::get_associated_executor(handler, executor_)};
        auto slot = boost::asio::get_associated_cancellation_slot(handler);
        if (slot.is_connected()) slot.assign([this](boost::asio::cancellation_type) { cut(); });
        using Waiting = HandlerWaiter<Handler, decltype(slot)>;
        return std::make_unique<Waiting>(std::move(executor), std::move(handler), std::move(slot));
    }

    template <class Buffer, class Buffers>
    static Buffer first_of(const Buffers& buffers) {
        const auto end = boost::asio::buffer_sequence_end(buffers);
        for (auto at = boost::asio::buffer_sequence_begin(buffers); at != end; ++at)
            if (const Buffer buffer{*at}; buffer.size() > 0) return buffer;
        return {};
    }

    // Head and body of a message in one go, and thus in one packet if they are small.
    template <class Buffers>
    boost::asio::const_buffer joined(const Buffers& buffers) {
        const auto first = first_of<boost::asio::const_buffer>(buffers);
        if (first.size() == boost::asio::buffer_size(buffers)) return first;
        const std::size_t size = boost::asio::buffer_copy(boost::asio::buffer(together_), buffers);
        return {together_.data(), size};
    }

    executor_type executor_;
    bool cut_ = false;
    std::array<char, 16 * 1024> together_{};
};

}  // namespace vault::runtime
