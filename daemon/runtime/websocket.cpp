#include "daemon/runtime/websocket.hpp"

#include "common/base/check.hpp"
#include "common/base/excerpt.hpp"
#include "daemon/runtime/deadline.hpp"
#include "daemon/runtime/wire.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <fmt/format.h>

namespace vault::runtime {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::system::error_code;

// What Beast asks of a stream: how it ends after the goodbyes, and how it is closed at once.
template <class Handler>
void async_teardown(beast::role_type, Wire& wire, Handler&& handler) {
    wire.cut();
    asio::post(wire.get_executor(),
               beast::bind_front_handler(std::forward<Handler>(handler), error_code{}));
}

void beast_close_socket(Wire& wire) {
    wire.cut();
}

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kReasonMost = 80;

}  // namespace

class WebSocket::State {
  public:
    State(Url url, std::unique_ptr<Wire> wire)
        : url_(std::move(url)), wire_(std::move(wire)), stream_(*wire_) {}

    static asio::awaitable<Result<std::unique_ptr<State>>> open(Url url, std::string ca_file);
    asio::awaitable<Result<void>> write(const std::string& text);
    asio::awaitable<Result<std::string>> read();
    asio::awaitable<Result<void>> say_goodbye();

    std::string origin() const { return url_.origin(); }
    bool ended() const { return ended_; }
    void end_calls() { ended_ = true; }
    void end() {
        ended_ = true;
        wire_->cut();
    }
    Error gone() const { return Error{Errc::Io, fmt::format("{}: it was closed", origin())}; }

    // What may be under way beside each other.
    struct Side {
        bool busy = false;
    };
    Side reader;
    Side writer;
    Side closer;

    // A call from its begin to its end; the socket goes with a call that does not end well.
    class Call {
      public:
        Call(State& state, Side& side) : state_(state), side_(side) {
            VAULT_CHECK(!side_.busy, "a WebSocket takes one reader and one writer at a time");
            side_.busy = true;
        }
        ~Call() {
            side_.busy = false;
            if (!well_) state_.end();
        }
        Call(const Call&) = delete;
        Call& operator=(const Call&) = delete;
        void went_well() { well_ = true; }
        // A call that was under way when another one ended the socket did not fail by itself.
        Error failure(const Error& own) const { return state_.ended() ? state_.gone() : own; }

      private:
        State& state_;
        Side& side_;
        bool well_ = false;
    };

  private:
    asio::awaitable<Result<void>> shake_hands();
    Error unread(const error_code& status);

    Url url_;
    std::unique_ptr<Wire> wire_;
    websocket::stream<Wire&, false> stream_;
    beast::flat_buffer buffer_;  // bounded by the largest message
    bool ended_ = false;
};

asio::awaitable<Result<void>> WebSocket::State::shake_hands() {
    const auto name_us = [](websocket::request_type& request) {
        request.set(beast::http::field::user_agent, kUserAgent);
    };
    stream_.set_option(websocket::stream_base::decorator{name_us});
    stream_.read_message_max(kMessageMost);
    stream_.auto_fragment(false);
    stream_.text(true);
    websocket::response_type answer;
    const std::string host = url_.authority();
    const auto [refused] = co_await stream_.async_handshake(answer, host, url_.target, kAwait);
    if (refused == websocket::error::upgrade_declined)
        co_return Error{Errc::Io,
                        fmt::format("{}: answered {} {}", url_.origin(), answer.result_int(),
                                    excerpt(std::string_view{answer.reason()}, kReasonMost))};
    if (refused) co_return failed(url_, "its answer", refused);
    co_return success();
}

asio::awaitable<Result<void>> WebSocket::State::write(const std::string& text) {
    const auto [unsent, bytes] = co_await stream_.async_write(asio::buffer(text), kAwait);
    if (unsent) co_return failed(url_, "sending", unsent);
    co_return success();
}

asio::awaitable<Result<std::string>> WebSocket::State::read() {
    const auto [none, bytes] = co_await stream_.async_read(buffer_, kAwait);
    if (none) co_return unread(none);
    if (!stream_.got_text())
        co_return Error{Errc::Io, fmt::format("{}: a binary message", url_.origin())};
    std::string text = beast::buffers_to_string(buffer_.data());
    buffer_.consume(buffer_.size());
    co_return text;
}

Error WebSocket::State::unread(const error_code& status) {
    if (status != websocket::error::closed) return failed(url_, "reading", status);
    const websocket::close_reason& why = stream_.reason();
    std::string words = fmt::format("{}: closed by the server", url_.origin());
    if (why.code != websocket::close_code::none)
        words += fmt::format(": {}", static_cast<unsigned>(why.code));
    if (!why.reason.empty())
        words += " " + excerpt({why.reason.data(), why.reason.size()}, kReasonMost);
    return Error{Errc::Io, std::move(words)};
}

asio::awaitable<Result<void>> WebSocket::State::say_goodbye() {
    const websocket::close_reason normal{websocket::close_code::normal};
    const auto [unsaid] = co_await stream_.async_close(normal, kAwait);
    if (unsaid) co_return failed(url_, "closing", unsaid);
    co_return success();
}

asio::awaitable<Result<std::unique_ptr<WebSocket::State>>> WebSocket::State::open(
    Url url, std::string ca_file) {
    auto opening = Wire::open(url, std::move(ca_file));
    VAULT_CO_TRY(std::unique_ptr<Wire> wire, co_await std::move(opening));
    auto state = std::make_unique<State>(std::move(url), std::move(wire));
    auto shaking = state->shake_hands();
    VAULT_CO_TRYV(co_await std::move(shaking));
    co_return std::move(state);
}

WebSocket::WebSocket(std::unique_ptr<State> state) : state_(std::move(state)) {}

WebSocket::~WebSocket() = default;

asio::awaitable<Result<std::unique_ptr<WebSocket>>> WebSocket::open(Url url, std::string ca_file,
                                                                    Duration limit) {
    auto opening = State::open(url, std::move(ca_file));
    auto bounded = with_deadline(std::move(opening), limit, url.origin());
    VAULT_CO_TRY(std::unique_ptr<State> state, co_await std::move(bounded));
    co_return std::unique_ptr<WebSocket>{new WebSocket{std::move(state)}};
}

asio::awaitable<Result<void>> WebSocket::write(std::string text, Duration limit) {
    if (state_->ended()) co_return state_->gone();
    State::Call call{*state_, state_->writer};
    auto writing = state_->write(text);
    auto bounded = with_deadline(std::move(writing), limit, state_->origin());
    const Result<void> written = co_await std::move(bounded);
    if (!written) co_return call.failure(written.error());
    call.went_well();
    co_return success();
}

asio::awaitable<Result<std::string>> WebSocket::read(Duration limit) {
    if (state_->ended()) co_return state_->gone();
    State::Call call{*state_, state_->reader};
    auto reading = state_->read();
    auto bounded = with_deadline(std::move(reading), limit, state_->origin());
    Result<std::string> text = co_await std::move(bounded);
    if (!text) co_return call.failure(text.error());
    call.went_well();
    co_return std::move(text);
}

asio::awaitable<void> WebSocket::close(Duration limit) {
    if (state_->ended()) co_return;
    State::Call call{*state_, state_->closer};  // never well: the socket goes with it
    state_->end_calls();
    auto saying = state_->say_goodbye();
    auto bounded = with_deadline(std::move(saying), limit, state_->origin());
    const Result<void> said = co_await std::move(bounded);
    static_cast<void>(said);  // with or without a goodbye: it is closed
}

}  // namespace vault::runtime
