#pragma once
// HttpConnection: one HTTP or HTTPS connection to one origin, kept alive between calls and opened
// anew when it has to be. Certificates are checked against the host's name, redirects are not
// followed, any status is an answer. Owned by who speaks to the origin; all calls on one executor,
// one at a time. A call may be cancelled; whatever does not end with an answer ends the connection.
#include "common/base/result.hpp"
#include "common/base/time.hpp"
#include "common/base/url.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vault::runtime {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
    std::string method = "GET";  // a token, in capitals
    std::string target = "/";    // path and query, as in Url::target
    // Each name once, the last one counts. Host and User-Agent are there already, Content-Length
    // follows from the body.
    HttpHeaders headers{};
    std::string body{};
};

struct HttpAnswer {
    unsigned status = 0;    // 200 to 999
    std::string reason{};   // what the server calls the status, may be empty
    HttpHeaders headers{};  // in their order; names in lower case
    std::string body{};

    // The value of the first header of that name (lower case), or nullptr.
    const std::string* header(std::string_view name) const;
};

struct HttpFailure {
    Error error;
    // A byte of the request may have left, so whether it had an effect is unknown. False exactly
    // while it is certain that none did: reading the roots, resolving, connecting, TLS.
    bool sent = false;
};

using HttpResult = outcome::basic_result<HttpAnswer, HttpFailure, outcome::policy::terminate>;

struct HttpPlace {
    Url origin;             // its target is not looked at
    std::string ca_file{};  // trusted roots; empty: those of the system
    // Bytes of an answer's body; a longer one is a failure. 0: no body is read, and a connection
    // on which one is to come is not kept.
    std::size_t body_most = std::size_t{16} << 20;
    Duration idle_most =
        std::chrono::seconds{20};  // a connection idle for longer is not used again
};

class HttpConnection {
  public:
    explicit HttpConnection(HttpPlace place);
    ~HttpConnection();  // closes the connection; no call is under way
    HttpConnection(const HttpConnection&) = delete;
    HttpConnection& operator=(const HttpConnection&) = delete;

    // Of an answer at most 64 KiB of headers are read. A connection that the server has closed
    // meanwhile is noticed before anything is sent, as far as that can be known; a call is never
    // repeated by itself. Errors: InvalidParams (a request that is none, such as a line break in a
    // header), ConfigInvalid (the roots cannot be read), Io, in words without path and query,
    // Expired after `limit`.
    boost::asio::awaitable<HttpResult> send(HttpRequest request, Duration limit);

  private:
    class State;
    std::unique_ptr<State> state_;
};

}  // namespace vault::runtime
