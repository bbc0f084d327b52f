#include "daemon/notify/http.hpp"

#include <fmt/format.h>

#include <string_view>

namespace vault::notify {
namespace {

Result<void> judge(const Url& url, unsigned status, std::string_view reason) {
    if (status >= 200 && status < 300) return success();
    const bool redirect = status >= 300 && status < 400;
    return Error{Errc::Io,
                 fmt::format("{}: answered {} {}{}", url.origin(), status, reason.substr(0, 80),
                             redirect ? " (redirects are not followed)" : "")};
}

}  // namespace

boost::asio::awaitable<Result<void>> http_send(Url url, std::string ca_file,
                                               runtime::HttpRequest request, Duration limit) {
    request.target = url.target;
    request.headers.emplace_back("Connection", "close");
    runtime::HttpConnection connection{
        {.origin = url, .ca_file = std::move(ca_file), .body_most = 0}};
    auto sending = connection.send(std::move(request), limit);
    const runtime::HttpResult answer = co_await std::move(sending);
    if (!answer) co_return answer.error().error;
    co_return judge(url, answer.value().status, answer.value().reason);
}

}  // namespace vault::notify
