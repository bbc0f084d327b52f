#include "daemon/runtime/wire.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <sys/socket.h>

namespace vault::runtime {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

// What Asio calls at the end of a read or write: the waiter, with the truth about a wire that was
// cut, whatever the closed socket said.
class Relay {
  public:
    using executor_type = Wire::executor_type;
    Relay(const Wire& wire, std::unique_ptr<Wire::Waiter> waiter)
        : wire_(&wire), waiter_(std::move(waiter)) {}
    const executor_type& get_executor() const noexcept { return waiter_->executor(); }
    void operator()(error_code status, std::size_t bytes) {
        if (wire_->is_cut()) {
            status = asio::error::operation_aborted;
            bytes = 0;
        }
        waiter_->done(status, bytes);
    }

  private:
    const Wire* wire_;
    std::unique_ptr<Wire::Waiter> waiter_;
};

// One look at the kernel, without waiting: neither a byte nor the end is there.
bool is_quiet(tcp::socket& socket) {
    char byte = 0;
    const auto got = ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void close_socket(tcp::socket& socket) {
    error_code ignored;
    socket.close(ignored);
}

class TcpWire final : public Wire {
  public:
    explicit TcpWire(tcp::socket socket)
        : Wire(socket.get_executor()), socket_(std::move(socket)) {}
    bool quiet() override { return is_quiet(socket_); }

  private:
    void read(asio::mutable_buffer into, std::unique_ptr<Waiter> waiter) override {
        socket_.async_read_some(into, Relay{*this, std::move(waiter)});
    }
    void write(asio::const_buffer from, std::unique_ptr<Waiter> waiter) override {
        socket_.async_write_some(from, Relay{*this, std::move(waiter)});
    }
    void close() override { close_socket(socket_); }

    tcp::socket socket_;
};

class TlsWire final : public Wire {
  public:
    TlsWire(tcp::socket socket, ssl::context context)
        : Wire(socket.get_executor()),
          context_(std::move(context)),
          stream_(std::move(socket), context_) {}

    // Records that were received with the last answer lie in OpenSSL's buffer, such as a goodbye.
    bool quiet() override {
        ::SSL* const tls = stream_.native_handle();
        return ::SSL_pending(tls) == 0 && ::BIO_ctrl_pending(::SSL_get_rbio(tls)) == 0 &&
               is_quiet(stream_.next_layer());
    }
    asio::awaitable<Result<void>> shake_hands(const Url& url);

  private:
    void read(asio::mutable_buffer into, std::unique_ptr<Waiter> waiter) override {
        stream_.async_read_some(into, Relay{*this, std::move(waiter)});
    }
    void write(asio::const_buffer from, std::unique_ptr<Waiter> waiter) override {
        stream_.async_write_some(from, Relay{*this, std::move(waiter)});
    }
    void close() override { close_socket(stream_.next_layer()); }
    bool ask_for(std::string host);
    Error not_trusted(const Url& url, const error_code& status);

    ssl::context context_;
    ssl::stream<tcp::socket> stream_;
};

// Whom the certificate has to name; and, so that a server of many names shows the right one, whom
// we look for, which an address is not. The latter is what SSL_set_tlsext_host_name does, without
// its cast.
bool TlsWire::ask_for(std::string host) {
    ::SSL* const tls = stream_.native_handle();
    error_code no_address;
    asio::ip::make_address(host, no_address);
    if (!no_address)
        return ::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(tls), host.c_str()) == 1;
    return ::SSL_set1_host(tls, host.c_str()) == 1 &&
           ::SSL_ctrl(tls, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, host.data()) ==
               1;
}

Error TlsWire::not_trusted(const Url& url, const error_code& status) {
    const long verdict = ::SSL_get_verify_result(stream_.native_handle());
    if (verdict == X509_V_OK || status == asio::error::operation_aborted)
        return failed(url, "TLS", status);
    return Error{Errc::Io, fmt::format("{}: its certificate is not trusted: {}", url.origin(),
                                       ::X509_verify_cert_error_string(verdict))};
}

asio::awaitable<Result<void>> TlsWire::shake_hands(const Url& url) {
    if (!ask_for(url.host))
        co_return Error{Errc::Io, fmt::format("{}: no name for TLS", url.origin())};
    const auto [refused] = co_await stream_.async_handshake(ssl::stream_base::client, kAwait);
    if (refused) co_return not_trusted(url, refused);
    co_return success();
}

// The roots are read for each connection: a new file counts at once.
Result<ssl::context> trusting(const std::string& ca_file) {
    ssl::context context{ssl::context::tls_client};
    context.set_options(ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1);
    context.set_verify_mode(ssl::verify_peer);
    error_code status;
    if (ca_file.empty())
        context.set_default_verify_paths(status);
    else
        context.load_verify_file(ca_file, status);
    if (!status) return context;
    return Error{Errc::ConfigInvalid,
                 fmt::format("the trusted roots {} cannot be read: {}", ca_file, status.message())};
}

// A look-up cannot be cancelled: its thread waits for the resolver of the system. Who waits for it
// gives up in time all the same, and its late result is dropped. Owned by both.
struct LookUp {
    explicit LookUp(const asio::any_io_executor& executor)
        : resolver(executor), over(executor, asio::steady_timer::time_point::max()) {}
    tcp::resolver resolver;
    asio::steady_timer over;  // never expires; cancelled when the result is there
    error_code status = asio::error::operation_aborted;
    tcp::resolver::results_type places;
};

asio::awaitable<Result<tcp::socket>> connect(const Url& url) {
    const auto executor = co_await asio::this_coro::executor;
    const auto found = std::make_shared<LookUp>(executor);
    auto keep = [found](const error_code& status, tcp::resolver::results_type places) {
        found->status = status;
        found->places = std::move(places);
        found->over.cancel();
    };
    found->resolver.async_resolve(url.host, url.port, std::move(keep));
    co_await found->over.async_wait(kAwait);
    found->resolver.cancel();
    if (found->status) co_return failed(url, "finding it", found->status);
    tcp::socket socket{executor};
    const auto [refused, place] = co_await asio::async_connect(socket, found->places, kAwait);
    if (refused) co_return failed(url, "connecting", refused);
    error_code ignored;  // a request waits for no other
    socket.set_option(tcp::no_delay{true}, ignored);
    co_return std::move(socket);
}

}  // namespace

// What the deadline cuts off tells so itself: it ends with a result like any other failure.
Error failed(const Url& url, std::string_view step, const error_code& status) {
    if (status == asio::error::operation_aborted)
        return Error{Errc::Expired, fmt::format("{}: {}: took too long", url.origin(), step)};
    return Error{Errc::Io, fmt::format("{}: {}: {}", url.origin(), step, status.message())};
}

asio::awaitable<Result<std::unique_ptr<Wire>>> Wire::open(Url url, std::string ca_file) {
    auto connecting = connect(url);
    if (!url.tls) {
        VAULT_CO_TRY(tcp::socket socket, co_await std::move(connecting));
        co_return std::make_unique<TcpWire>(std::move(socket));
    }
    VAULT_CO_TRY(ssl::context context, trusting(ca_file));
    VAULT_CO_TRY(tcp::socket socket, co_await std::move(connecting));
    auto wire = std::make_unique<TlsWire>(std::move(socket), std::move(context));
    auto shaking = wire->shake_hands(url);
    VAULT_CO_TRYV(co_await std::move(shaking));
    co_return std::move(wire);
}

}  // namespace vault::runtime
