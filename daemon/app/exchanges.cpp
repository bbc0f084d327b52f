#include "daemon/app/exchanges.hpp"

#include "common/base/check.hpp"
#include "common/base/url.hpp"
#include "daemon/exchange/kraken/feed.hpp"
#include "daemon/exchange/kraken/history.hpp"
#include "daemon/exchange/kraken/key_validator.hpp"
#include "daemon/exchange/paper/key_validator.hpp"

#include <algorithm>

namespace vault::app {
namespace {

constexpr std::string_view kKraken = "kraken";

Url checked(const Result<Url>& url) {
    VAULT_CHECK(url.has_value(), "the configuration was checked");
    return url.value();
}

std::string ca_file_of(const config::Kraken& from) {
    return from.ca_file == "none" ? std::string{} : from.ca_file;
}

exchange::kraken::FeedSettings feed_settings(const config::Kraken& from) {
    exchange::kraken::FeedSettings settings;
    settings.socket = checked(parse_ws_url(from.websocket));
    settings.ca_file = ca_file_of(from);
    return settings;
}

}  // namespace

std::set<std::string, std::less<>> connected_exchanges() {
    return {std::string{kKraken}};
}

struct Exchanges::Parts {
    Parts(const config::Kraken& from, Random random, const Clock& clock, Logger& logger)
        : rest({checked(parse_url(from.rest)), ca_file_of(from)}, clock),
          kraken_history(rest, clock),
          feed(feed_settings(from), random, clock, logger),
          pairs(from.pairs) {}

    exchange::PaperKeyValidator paper_keys;
    exchange::kraken::Rest rest;
    exchange::kraken::KrakenKeyValidator kraken_keys{rest};
    exchange::kraken::KrakenHistory kraken_history;
    exchange::kraken::KrakenFeed feed;
    std::vector<Pair> pairs;
    bool follows = false;
    bool stopped = false;
};

Exchanges::Exchanges(const config::Kraken& kraken, Random random, const Clock& clock,
                     Logger& logger)
    : parts_(std::make_unique<Parts>(kraken, random, clock, logger)) {}
Exchanges::~Exchanges() = default;

void Exchanges::follow(const std::vector<ports::AccountRow>& accounts, Sinks sinks) {
    if (parts_->follows || parts_->stopped) return;
    if (std::ranges::find(accounts, kKraken, &ports::AccountRow::exchange) == accounts.end())
        return;
    parts_->follows = true;
    parts_->feed.start(parts_->pairs, sinks.prices, sinks.rules);
}

std::vector<ports::FeedState> Exchanges::feeds() const {
    if (!parts_->follows) return {};
    return {parts_->feed.state()};
}

void Exchanges::stop() {
    parts_->stopped = true;
    parts_->feed.stop();
}

boost::asio::awaitable<Result<ports::KeyFindings>> Exchanges::validate(std::string exchange,
                                                                       const Secret& key,
                                                                       const Secret& secret,
                                                                       Duration limit) {
    if (exchange == kKraken)
        return parts_->kraken_keys.validate(std::move(exchange), key, secret, limit);
    return parts_->paper_keys.validate(std::move(exchange), key, secret, limit);
}

boost::asio::awaitable<Result<ports::AccountHistory>> Exchanges::read(
    std::string exchange, const Secret& key, const Secret& secret, UtcTime since, Duration limit) {
    return parts_->kraken_history.read(std::move(exchange), key, secret, since, limit);
}

}  // namespace vault::app
