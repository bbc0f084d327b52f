#include "tests/emulator/kraken/server/http_server.hpp"

#include "tests/emulator/kraken/server/socket_link.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include <array>
#include <sstream>

namespace vault::kraken_emulator {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using RawRequest = http::request<http::string_body>;
using RawReply = http::response<http::string_body>;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

std::string text_of(beast::string_view text) {
    return {text.data(), text.size()};
}

Request request_of(const RawRequest& raw, const std::string& address) {
    const std::string target = text_of(raw.target());
    const std::size_t mark = target.find('?');
    Request out;
    out.method = text_of(raw.method_string());
    out.path = target.substr(0, mark);
    if (mark != std::string::npos) out.query = target.substr(mark + 1);
    out.content_type = text_of(raw[http::field::content_type]);
    out.api_key = text_of(raw["API-Key"]);
    out.api_sign = text_of(raw["API-Sign"]);
    out.body = raw.body();
    out.address = address;
    return out;
}

RawReply raw_of(Reply reply, const RawRequest& request) {
    RawReply out{static_cast<http::status>(reply.status), request.version()};
    out.set(http::field::content_type, reply.content_type);
    if (!reply.content_encoding.empty())
        out.set(http::field::content_encoding, reply.content_encoding);
    out.keep_alive(request.keep_alive());
    out.body() = std::move(reply.body);
    out.prepare_payload();
    if (request.method() == http::verb::head) out.body().clear();  // its length stays told
    return out;
}

// As a fault wants it. The connection is of no use afterwards.
template <class Stream>
asio::awaitable<void> deliver_spoiled(Stream& stream, Reply reply, const RawRequest& request) {
    auto& socket = beast::get_lowest_layer(stream).socket();
    const Delivery delivery = reply.delivery;
    if (delivery == Delivery::Cut) {
        std::ostringstream whole;
        whole << raw_of(std::move(reply), request);
        const std::string text = whole.str();
        const std::size_t head = text.find("\r\n\r\n") + 4;
        const asio::const_buffer half{text.data(), head + (text.size() - head) / 2};
        [[maybe_unused]] const auto [unsent, sent] =
            co_await asio::async_write(stream, half, kAwait);
    } else if (delivery == Delivery::Never) {
        // Until the client gives up.
        std::array<char, 512> ignored{};
        for (bool there = true; there;) {
            const auto [gone, size] =
                co_await stream.async_read_some(asio::buffer(ignored), kAwait);
            there = !gone;
        }
    }
    error_code failed_too;
    if (delivery == Delivery::Reset)
        socket.set_option(asio::socket_base::linger{true, 0}, failed_too);
    socket.close(failed_too);
}

// It depends on the emulator's time, which does not run as the machine's does.
asio::awaitable<void> wait_for(std::function<bool()> is_due, asio::any_io_executor executor) {
    asio::steady_timer timer{executor};
    while (!is_due()) {
        timer.expires_after(std::chrono::milliseconds{5});
        [[maybe_unused]] const auto [canceled] = co_await timer.async_wait(kAwait);
    }
}

template <class Stream>
std::string address_of(Stream& stream) {
    error_code gone;
    const tcp::endpoint client = beast::get_lowest_layer(stream).socket().remote_endpoint(gone);
    return gone ? std::string{} : client.address().to_string();
}

Error failed(std::uint16_t port, const error_code& status) {
    return Error{Errc::Io, "port " + std::to_string(port) + ": " + status.message(), "port",
                 "choose another one; 0 takes a free one"};
}

}  // namespace

HttpServer::HttpServer(asio::io_context& io, std::unique_ptr<asio::ssl::context> tls,
                       Handler handler, SocketDesk* desk)
    : acceptor_(io), tls_(std::move(tls)), handler_(std::move(handler)), desk_(desk) {}

Result<void> HttpServer::listen(std::uint16_t port) {
    const tcp::endpoint place{asio::ip::address_v4::loopback(), port};
    error_code status;
    acceptor_.open(place.protocol(), status);
    if (!status) acceptor_.set_option(tcp::acceptor::reuse_address{true}, status);
    if (!status) acceptor_.bind(place, status);
    if (!status) acceptor_.listen(asio::socket_base::max_listen_connections, status);
    if (status) return failed(port, status);
    asio::co_spawn(acceptor_.get_executor(), accept(), asio::detached);
    return success();
}

std::string HttpServer::url() const {
    return std::string{tls_ ? "https" : "http"} + "://127.0.0.1:" + std::to_string(port());
}

asio::awaitable<void> HttpServer::accept() {
    while (acceptor_.is_open()) {
        auto [status, socket] = co_await acceptor_.async_accept(kAwait);
        if (status) continue;
        asio::co_spawn(acceptor_.get_executor(), serve(std::move(socket)), asio::detached);
    }
}

asio::awaitable<void> HttpServer::serve(tcp::socket socket) {
    error_code ignored;
    socket.set_option(tcp::no_delay{true}, ignored);
    if (!tls_) {
        beast::tcp_stream stream{std::move(socket)};
        auto answering = answer(stream);
        const bool used_up = co_await std::move(answering);
        if (used_up) co_return;
        stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
        co_return;
    }
    beast::ssl_stream<beast::tcp_stream> stream{std::move(socket), *tls_};
    const auto [refused] = co_await stream.async_handshake(asio::ssl::stream_base::server, kAwait);
    if (refused) co_return;
    auto answering = answer(stream);
    const bool used_up = co_await std::move(answering);
    if (used_up) co_return;
    [[maybe_unused]] const auto [closed] = co_await stream.async_shutdown(kAwait);
}

// True: the connection is of use afterwards.
template <class Stream>
asio::awaitable<bool> HttpServer::deliver(Stream& stream, Reply reply, const RawRequest& request) {
    if (reply.delivery == Delivery::Late) {
        auto waiting = wait_for(std::move(reply.is_due), acceptor_.get_executor());
        co_await std::move(waiting);
    }
    int times = reply.delivery == Delivery::Doubled ? 2 : 1;
    const RawReply raw = raw_of(std::move(reply), request);
    for (; times > 0; --times) {
        const auto [unsent, sent] = co_await http::async_write(stream, raw, kAwait);
        if (unsent || !raw.keep_alive()) co_return false;
    }
    co_return true;
}

// Until the client closes, asks for it, or sends what is no HTTP. True: the stream is used up, by a
// WebSocket or by a fault.
template <class Stream>
asio::awaitable<bool> HttpServer::answer(Stream& stream) {
    const std::string address = address_of(stream);
    beast::flat_buffer buffer;
    while (true) {
        RawRequest request;
        const auto [unread, got] = co_await http::async_read(stream, buffer, request, kAwait);
        if (unread) co_return false;
        std::optional<Reply> reply;
        if (desk_ != nullptr && beast::websocket::is_upgrade(request)) {
            reply = desk_->turned_away(text_of(request.target()), address);
            if (!reply) {
                const auto link = std::make_shared<SocketLink<Stream>>(std::move(stream));
                auto serving = link->serve(request, text_of(request.target()), *desk_);
                co_await std::move(serving);
                co_return true;
            }
        }
        if (!reply) reply = handler_(request_of(request, address));
        const Delivery how = reply->delivery;
        if (how == Delivery::Cut || how == Delivery::Never || how == Delivery::Reset) {
            auto spoiling = deliver_spoiled(stream, std::move(*reply), request);
            co_await std::move(spoiling);
            co_return true;
        }
        auto delivering = deliver(stream, std::move(*reply), request);
        const bool goes_on = co_await std::move(delivering);
        if (!goes_on) co_return false;
    }
}

}  // namespace vault::kraken_emulator
