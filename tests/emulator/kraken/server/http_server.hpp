#pragma once
// HttpServer: HTTP/1.1 on a loopback port, plain or TLS, with keep-alive and the upgrade to
// WebSockets. It turns bytes into a Request and a Reply into bytes; what lies between is its
// handler, and its desk for sockets. On the executor's thread.
#include "common/base/result.hpp"
#include "tests/emulator/kraken/rest/message.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <functional>
#include <memory>

namespace vault::kraken_emulator {

class SocketDesk;

class HttpServer {
  public:
    using Handler = std::function<Reply(const Request&)>;

    // `tls` may be null: plain; `desk` too: no sockets. It outlives the server.
    HttpServer(boost::asio::io_context& io, std::unique_ptr<boost::asio::ssl::context> tls,
               Handler handler, SocketDesk* desk);

    // Takes connections from now on; port 0 takes a free one. Errors: Io.
    Result<void> listen(std::uint16_t port);
    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    std::string url() const;

  private:
    using RawRequest = boost::beast::http::request<boost::beast::http::string_body>;

    boost::asio::awaitable<void> accept();
    boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket socket);
    template <class Stream>
    boost::asio::awaitable<bool> answer(Stream& stream);
    template <class Stream>
    boost::asio::awaitable<bool> deliver(Stream& stream, Reply reply, const RawRequest& request);

    boost::asio::ip::tcp::acceptor acceptor_;
    std::unique_ptr<boost::asio::ssl::context> tls_;
    Handler handler_;
    SocketDesk* desk_;
};

}  // namespace vault::kraken_emulator
