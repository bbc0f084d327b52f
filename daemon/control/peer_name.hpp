#pragma once
// The login name of a uid, from /etc/passwd alone: asking a directory service could keep the
// control thread waiting. Any thread.
#include <optional>
#include <string>
#include <sys/types.h>

namespace vault::control {

// none: there is no such line.
std::optional<std::string> login_name(uid_t uid, const std::string& file = "/etc/passwd");

}  // namespace vault::control
