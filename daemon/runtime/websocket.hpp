#pragma once
// WebSocket: the client's side of one WebSocket over ws or wss (RFC 6455, without extensions), text
// messages only. Certificates are checked as for HttpConnection. Owned by who opened it; all calls
// on the executor of open(). One reader and one writer at a time; the two may overlap, and close()
// may overlap both. Pings are answered while a read waits. Whatever ends with an error, or is
// cancelled, ends the socket: every later call fails with Io.
#include "common/base/result.hpp"
#include "common/base/time.hpp"
#include "common/base/url.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace vault::runtime {

class WebSocket {
  public:
    static constexpr std::size_t kMessageMost = std::size_t{16} << 20;  // bytes

    // `url` from parse_ws_url; `ca_file`: trusted roots, empty: those of the system. Errors:
    // ConfigInvalid (the roots cannot be read), Io, in words without path and query, also when the
    // server answers with anything but a WebSocket ("answered 429 Too Many Requests"), Expired.
    static boost::asio::awaitable<Result<std::unique_ptr<WebSocket>>> open(Url url,
                                                                           std::string ca_file,
                                                                           Duration limit);
    ~WebSocket();  // without a word to the server; no call is under way
    WebSocket(const WebSocket&) = delete;
    WebSocket& operator=(const WebSocket&) = delete;

    // One text message (UTF-8). Errors: Expired after `limit`, Io.
    boost::asio::awaitable<Result<void>> write(std::string text, Duration limit);
    // The next whole text message, at most kMessageMost. Errors: Expired after `limit`; Io when it
    // closed, with the server's code, or when a message was too large or binary.
    boost::asio::awaitable<Result<std::string>> read(Duration limit);
    // Says goodbye and waits for the server's, for at most `limit`. More than once is harmless.
    boost::asio::awaitable<void> close(Duration limit);

  private:
    class State;
    explicit WebSocket(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace vault::runtime
