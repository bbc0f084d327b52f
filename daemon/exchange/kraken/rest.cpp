#include "daemon/exchange/kraken/rest.hpp"

#include "daemon/exchange/kraken/line.hpp"
#include "daemon/exchange/kraken/sign.hpp"

namespace vault::exchange::kraken {

namespace asio = boost::asio;

namespace {

// Past it those that nothing is known of any more are forgotten, with their connections.
constexpr std::size_t kLinesMost = 64;

CallFailure not_askable(Error error) {
    return {std::move(error), Outcome::Refused};
}

}  // namespace

Rest::Rest(RestSettings settings, const Clock& clock)
    : settings_(std::move(settings)), clock_(clock), nonces_(clock), public_(new_line()) {}

Rest::~Rest() = default;

asio::awaitable<CallResult> Rest::call_public(std::string method, Fields query, Duration limit) {
    const Call call{std::move(method), std::move(query)};
    auto asking = public_->ask(call, limit);
    co_return co_await std::move(asking);
}

asio::awaitable<CallResult> Rest::call_private(std::string method, Fields fields, const Secret& key,
                                               const Secret& secret, Duration limit) {
    if (const auto checked = check_api_key(key); !checked) co_return not_askable(checked.error());
    const Result<Secret> decoded = decoded_secret(secret);
    if (!decoded) co_return not_askable(decoded.error());
    const Signer signer{key, decoded.value()};
    const Call call{std::move(method), std::move(fields), &signer};
    auto asking = line_of(key).ask(call, limit);
    co_return co_await std::move(asking);
}

void Rest::tell_tier(const Secret& key, Tier tier) {
    line_of(key).set_tier(tier);
}

Line& Rest::line_of(const Secret& key) {
    const Digest digest = sha256(key.reveal());
    const auto found = lines_.find(digest);
    if (found != lines_.end()) return *found->second;
    if (lines_.size() >= kLinesMost)
        std::erase_if(lines_, [](const auto& each) { return each.second->is_blank(); });
    return *lines_.emplace(digest, new_line()).first->second;
}

std::unique_ptr<Line> Rest::new_line() {
    return std::make_unique<Line>(runtime::HttpPlace{settings_.origin, settings_.ca_file}, clock_,
                                  nonces_);
}

}  // namespace vault::exchange::kraken
