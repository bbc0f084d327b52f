#pragma once
// Url: where an http or https request or a web socket goes, taken apart. Only what is needed to get
// there: no user, no fragment. Pure; any thread.
#include "common/base/result.hpp"

#include <string>
#include <string_view>

namespace vault {

struct Url {
    bool tls = false;
    std::string host;    // a name or an address; an IPv6 address without its brackets
    std::string port;    // "443"
    std::string target;  // "/path?query", at least "/"
    bool web_socket = false;

    // "https://host:port", without what may be a secret in the path.
    std::string origin() const;
    // "host", or "host:81" if the port is not the scheme's own: the value of a Host header.
    std::string authority() const;
};

// Errors of both: InvalidParams, in words that follow a key's name.
Result<Url> parse_url(std::string_view text);     // http and https
Result<Url> parse_ws_url(std::string_view text);  // ws and wss

}  // namespace vault
