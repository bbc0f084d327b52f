#include "daemon/notify/webhook.hpp"

#include "common/base/clock.hpp"
#include "daemon/notify/http.hpp"

#include <fmt/format.h>

namespace vault::notify {

namespace asio = boost::asio;

asio::awaitable<Result<void>> Webhook::deliver(ports::NotifyTarget target, ports::Message message,
                                               Duration limit) {
    const Result<Url> url = parse_url(target.url);
    if (!url) co_return url.error();
    runtime::HttpRequest request{.method = "POST", .body = std::move(message.json)};
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(clock_.now().time_since_epoch()).count();
    request.headers = {{"Content-Type", "application/json"},
                       {"Vault-Timestamp", std::to_string(seconds)}};
    if (!target.secret_file.empty()) {
        const Result<Digest> signature =
            sign_(target.secret_file, fmt::format("{}.{}", seconds, request.body));
        if (!signature) co_return signature.error();
        request.headers.emplace_back("Vault-Signature", "v1=" + to_hex(signature.value()));
    }
    auto sending = http_send(url.value(), std::move(target.ca_file), std::move(request), limit);
    co_return co_await std::move(sending);
}

}  // namespace vault::notify
