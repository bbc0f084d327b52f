#pragma once
// One HTTP or HTTPS request to a receiver of alerts: one connection, nothing followed, nothing
// kept, and of the answer only its status counts (runtime/http.hpp; no body is read). On the
// caller's executor; cancelling the caller ends it.
#include "daemon/runtime/http.hpp"

#include <string>

namespace vault::notify {

// To `url`; the request's target is taken from there. `ca_file`: trusted roots, empty: those of the
// system. Success is a status from 200 to 299. Errors: ConfigInvalid, Io, in words without the path
// of the URL, Expired.
boost::asio::awaitable<Result<void>> http_send(Url url, std::string ca_file,
                                               runtime::HttpRequest request, Duration limit);

}  // namespace vault::notify
