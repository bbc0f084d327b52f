#pragma once
// Opening the socket, with errors that tell which of the usual reasons it is. For this room and
// for top, which polls its connection itself.
#include "common/base/result.hpp"
#include "common/base/time.hpp"

#include <string>

namespace vault::client {

// A connected, non-blocking socket that the caller closes. Errors: DaemonDown, NoSocketAccess,
// Usage.
Result<int> open_socket(const std::string& path, Duration limit);

}  // namespace vault::client
