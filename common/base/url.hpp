#pragma once
// Url: where an http or https request goes, taken apart. Only what a request needs: no user, no
// fragment. Pure; any thread.
#include "common/base/result.hpp"

#include <string>
#include <string_view>

namespace vault {

struct Url {
    bool tls = false;
    std::string host;    // a name or an address; an IPv6 address without its brackets
    std::string port;    // "443"
    std::string target;  // "/path?query", at least "/"

    // "https://host:port", without what may be a secret in the path.
    std::string origin() const;
};

// Errors: InvalidParams, in words that follow a key's name.
Result<Url> parse_url(std::string_view text);

}  // namespace vault
