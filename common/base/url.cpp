#include "common/base/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace vault {
namespace {

Error wrong(std::string_view what) {
    return Error{Errc::InvalidParams, std::string{what}, {}, "such as https://host/path"};
}

bool is_plain(char c) {
    return c > ' ' && c < 0x7f && c != '"' && c != '<' && c != '>' && c != '\\';
}

bool is_of_host(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_' || c == ':';
}

bool is_port(std::string_view text) {
    unsigned number = 0;
    const char* const end = text.data() + text.size();
    const auto [at, status] = std::from_chars(text.data(), end, number);
    return status == std::errc{} && at == end && number >= 1 && number <= 65'535;
}

}  // namespace

std::string Url::origin() const {
    const bool v6 = host.find(':') != std::string::npos;
    return fmt::format("{}://{}{}{}:{}", tls ? "https" : "http", v6 ? "[" : "", host, v6 ? "]" : "",
                       port);
}

Result<Url> parse_url(std::string_view text) {
    Url url;
    if (text.starts_with("https://"))
        url.tls = true;
    else if (!text.starts_with("http://"))
        return wrong("is no http or https URL");
    if (text.size() > 2'000 || !std::ranges::all_of(text, is_plain))
        return wrong("has characters that no URL has, or more than 2000");
    text.remove_prefix(url.tls ? 8 : 7);
    const std::size_t slash = std::min(text.find_first_of("/?#"), text.size());
    std::string_view authority = text.substr(0, slash);
    url.target = text.substr(slash, text.find('#') - slash);
    if (!url.target.starts_with('/')) url.target.insert(0, 1, '/');
    if (authority.find('@') != std::string_view::npos)
        return wrong("has a user in it; a secret does not belong into a URL");
    url.port = url.tls ? "443" : "80";
    const bool v6 = authority.starts_with('[');
    const std::size_t colon = v6 ? authority.find("]:") : authority.rfind(':');
    if (colon != std::string_view::npos) {
        url.port = authority.substr(colon + (v6 ? 2 : 1));
        authority = authority.substr(0, colon + (v6 ? 1 : 0));
        if (!is_port(url.port)) return wrong("has no port from 1 to 65535 after the colon");
    }
    if (v6) {
        if (!authority.ends_with(']')) return wrong("has no ] after its address");
        authority = authority.substr(1, authority.size() - 2);
    }
    const bool fits = !authority.empty() && std::ranges::all_of(authority, is_of_host) &&
                      (v6 || authority.find(':') == std::string_view::npos);
    if (!fits) return wrong("names no host");
    url.host = authority;
    return url;
}

}  // namespace vault
