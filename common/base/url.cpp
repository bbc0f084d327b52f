#include "common/base/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace vault {
namespace {

struct Scheme {
    std::string_view plain;
    std::string_view tls;
    std::string_view none;  // what a text with neither is
    std::string_view such_as;
};

constexpr Scheme kHttp{"http://", "https://", "is no http or https URL",
                       "such as https://host/path"};
constexpr Scheme kWebSocket{"ws://", "wss://", "is no ws or wss URL", "such as wss://host/path"};

Error wrong(const Scheme& scheme, std::string_view what) {
    return Error{Errc::InvalidParams, std::string{what}, {}, std::string{scheme.such_as}};
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

std::string bracketed(const std::string& host) {
    return host.find(':') == std::string::npos ? host : fmt::format("[{}]", host);
}

std::string_view usual_port(bool tls) {
    return tls ? "443" : "80";
}

Result<Url> parse(std::string_view text, const Scheme& scheme) {
    Url url;
    if (text.starts_with(scheme.tls))
        url.tls = true;
    else if (!text.starts_with(scheme.plain))
        return wrong(scheme, scheme.none);
    if (text.size() > 2'000 || !std::ranges::all_of(text, is_plain))
        return wrong(scheme, "has characters that no URL has, or more than 2000");
    text.remove_prefix((url.tls ? scheme.tls : scheme.plain).size());
    const std::size_t slash = std::min(text.find_first_of("/?#"), text.size());
    std::string_view authority = text.substr(0, slash);
    url.target = text.substr(slash, text.find('#') - slash);
    if (!url.target.starts_with('/')) url.target.insert(0, 1, '/');
    if (authority.find('@') != std::string_view::npos)
        return wrong(scheme, "has a user in it; a secret does not belong into a URL");
    url.port = usual_port(url.tls);
    const bool v6 = authority.starts_with('[');
    const std::size_t colon = v6 ? authority.find("]:") : authority.rfind(':');
    if (colon != std::string_view::npos) {
        url.port = authority.substr(colon + (v6 ? 2 : 1));
        authority = authority.substr(0, colon + (v6 ? 1 : 0));
        if (!is_port(url.port)) return wrong(scheme, "has no port from 1 to 65535 after the colon");
    }
    if (v6) {
        if (!authority.ends_with(']')) return wrong(scheme, "has no ] after its address");
        authority = authority.substr(1, authority.size() - 2);
    }
    const bool fits = !authority.empty() && std::ranges::all_of(authority, is_of_host) &&
                      (v6 || authority.find(':') == std::string_view::npos);
    if (!fits) return wrong(scheme, "names no host");
    url.host = authority;
    return url;
}

}  // namespace

std::string Url::origin() const {
    const Scheme& scheme = web_socket ? kWebSocket : kHttp;
    return fmt::format("{}{}:{}", tls ? scheme.tls : scheme.plain, bracketed(host), port);
}

std::string Url::authority() const {
    if (port == usual_port(tls)) return bracketed(host);
    return fmt::format("{}:{}", bracketed(host), port);
}

Result<Url> parse_url(std::string_view text) {
    return parse(text, kHttp);
}

Result<Url> parse_ws_url(std::string_view text) {
    VAULT_TRY(Url url, parse(text, kWebSocket));
    url.web_socket = true;
    return url;
}

}  // namespace vault
