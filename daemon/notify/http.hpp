#pragma once
// One HTTP or HTTPS request: one connection, nothing followed, nothing kept. Certificates are
// checked against the host's name; of the answer only its status line and at most 16 KiB of headers
// are read. The one place that sees Beast and OpenSSL. On the caller's executor; cancelling the
// caller ends it.
#include "common/base/url.hpp"
#include "daemon/ports/notifier.hpp"

#include <string>
#include <utility>
#include <vector>

namespace vault::notify {

struct HttpRequest {
    Url url;
    std::string method = "POST";  // or "GET"
    std::vector<std::pair<std::string, std::string>> headers{};
    std::string body{};
    std::string ca_file{};  // trusted roots; empty: those of the system
};

// Success is a status from 200 to 299. Errors: Io, in words without the path of the URL; Expired.
boost::asio::awaitable<Result<void>> http_send(HttpRequest request, Duration limit);

}  // namespace vault::notify
