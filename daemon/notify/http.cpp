#include "daemon/notify/http.hpp"

#include "daemon/runtime/deadline.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/ssl/impl/src.hpp>  // Asio's compiled code for TLS: here alone
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <fmt/format.h>
#include <openssl/err.h>

namespace vault::notify {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using Message = http::request<http::string_body>;
using Tcp = beast::tcp_stream;
using Tls = beast::ssl_stream<Tcp>;

constexpr std::uint32_t kHeaderMost = 16 * 1024;
constexpr int kAnswersMost = 5;  // with those that say that the answer follows
constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

// What the deadline cuts off tells so itself: it ends with a result like any other failure.
Error failed(const Url& url, std::string_view step, const error_code& status) {
    if (status == asio::error::operation_aborted)
        return Error{Errc::Expired, fmt::format("{}: {}: took too long", url.origin(), step)};
    return Error{Errc::Io, fmt::format("{}: {}: {}", url.origin(), step, status.message())};
}

Message make_message(const HttpRequest& from) {
    Message out{from.method == "GET" ? http::verb::get : http::verb::post, from.url.target, 11};
    const bool usual = from.url.port == (from.url.tls ? "443" : "80");
    const bool v6 = from.url.host.find(':') != std::string::npos;
    const std::string host = v6 ? fmt::format("[{}]", from.url.host) : from.url.host;
    out.set(http::field::host, usual ? host : fmt::format("{}:{}", host, from.url.port));
    out.set(http::field::user_agent, "core-vault");
    out.set(http::field::connection, "close");
    for (const auto& [name, value] : from.headers)
        out.set(name, value);
    out.body() = from.body;
    out.prepare_payload();
    return out;
}

Result<void> judge(const Url& url, unsigned status, std::string_view reason) {
    if (status >= 200 && status < 300) return success();
    const bool redirect = status >= 300 && status < 400;
    return Error{Errc::Io,
                 fmt::format("{}: answered {} {}{}", url.origin(), status, reason.substr(0, 80),
                             redirect ? " (redirects are not followed)" : "")};
}

template <class Stream>
asio::awaitable<Result<void>> exchange(Stream& stream, const HttpRequest& request) {
    const Message message = make_message(request);
    const auto [unsent, written] = co_await http::async_write(stream, message, kAwait);
    if (unsent) co_return failed(request.url, "sending", unsent);
    beast::flat_buffer buffer{kHeaderMost};
    for (int answers = 0; answers < kAnswersMost; ++answers) {
        http::response_parser<http::empty_body> parser;
        parser.header_limit(kHeaderMost);
        const auto [unread, got] = co_await http::async_read_header(stream, buffer, parser, kAwait);
        if (unread) co_return failed(request.url, "its answer", unread);
        if (parser.get().result_int() < 200) continue;  // 100 Continue: the answer follows
        const auto reason = parser.get().reason();
        co_return judge(request.url, parser.get().result_int(), {reason.data(), reason.size()});
    }
    co_return Error{Errc::Io, fmt::format("{}: no final answer", request.url.origin())};
}

asio::awaitable<Result<void>> connect(Tcp& stream, const Url& url) {
    asio::ip::tcp::resolver resolver{stream.get_executor()};
    const auto [unknown, places] = co_await resolver.async_resolve(url.host, url.port, kAwait);
    if (unknown) co_return failed(url, "finding it", unknown);
    const auto [refused, place] = co_await stream.async_connect(places, kAwait);
    if (refused) co_return failed(url, "connecting", refused);
    co_return success();
}

// The roots are read for each request: a new file counts at once.
Result<void> trust(asio::ssl::context& context, const std::string& ca_file) {
    error_code status;
    if (ca_file.empty())
        context.set_default_verify_paths(status);
    else
        context.load_verify_file(ca_file, status);
    if (!status) return success();
    return Error{Errc::ConfigInvalid,
                 fmt::format("the trusted roots {} cannot be read: {}", ca_file, status.message())};
}

Error not_trusted(const Url& url, const Tls& stream, const error_code& status) {
    const long verdict = ::SSL_get_verify_result(const_cast<Tls&>(stream).native_handle());
    if (verdict == X509_V_OK || status == asio::error::operation_aborted)
        return failed(url, "TLS", status);
    return Error{Errc::Io, fmt::format("{}: its certificate is not trusted: {}", url.origin(),
                                       ::X509_verify_cert_error_string(verdict))};
}

// So that a server of many names shows the right certificate; an address is no name. It is what
// SSL_set_tlsext_host_name does, without its cast.
bool show_name(Tls& stream, std::string host) {
    error_code no_address;
    asio::ip::make_address(host, no_address);
    if (!no_address) return true;
    return ::SSL_ctrl(stream.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME,
                      TLSEXT_NAMETYPE_host_name, host.data()) == 1;
}

asio::awaitable<Result<void>> send_tls(const HttpRequest& request) {
    asio::ssl::context context{asio::ssl::context::tls_client};
    context.set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
    context.set_verify_mode(asio::ssl::verify_peer);
    const Result<void> trusted = trust(context, request.ca_file);
    if (!trusted) co_return trusted.error();
    const auto executor = co_await asio::this_coro::executor;
    Tls stream{executor, context};
    stream.set_verify_callback(asio::ssl::host_name_verification{request.url.host});
    if (!show_name(stream, request.url.host))
        co_return Error{Errc::Io, fmt::format("{}: no name for TLS", request.url.origin())};
    auto connecting = connect(beast::get_lowest_layer(stream), request.url);
    const Result<void> connected = co_await std::move(connecting);
    if (!connected) co_return connected.error();
    const auto [refused] = co_await stream.async_handshake(asio::ssl::stream_base::client, kAwait);
    if (refused) co_return not_trusted(request.url, stream, refused);
    auto exchanging = exchange(stream, request);
    co_return co_await std::move(exchanging);
}

asio::awaitable<Result<void>> send_plain(const HttpRequest& request) {
    const auto executor = co_await asio::this_coro::executor;
    Tcp stream{executor};
    auto connecting = connect(stream, request.url);
    const Result<void> connected = co_await std::move(connecting);
    if (!connected) co_return connected.error();
    auto exchanging = exchange(stream, request);
    co_return co_await std::move(exchanging);
}

}  // namespace

asio::awaitable<Result<void>> http_send(HttpRequest request, Duration limit) {
    auto sending = request.url.tls ? send_tls(request) : send_plain(request);
    auto bounded = runtime::with_deadline(std::move(sending), limit, request.url.origin());
    co_return co_await std::move(bounded);
}

}  // namespace vault::notify
