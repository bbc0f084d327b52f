#pragma once
// Exchanges: what connects the daemon to exchanges: who asks them about API keys and what happened
// on accounts, and the feed of each one's prices and rules, which runs from the first account there
// on. Owned by the App; the
// control thread, but for what the feeds tell their sinks from threads of their own.
#include "common/base/clock.hpp"
#include "common/base/log.hpp"
#include "common/base/random.hpp"
#include "daemon/config/config.hpp"
#include "daemon/ports/history_reader.hpp"
#include "daemon/ports/key_validator.hpp"
#include "daemon/ports/market_feed.hpp"
#include "daemon/ports/rows.hpp"

#include <memory>
#include <set>

namespace vault::app {

// On which accounts may be, beside paper.
std::set<std::string, std::less<>> connected_exchanges();

class Exchanges final : public ports::KeyValidator, public ports::HistoryReader {
  public:
    struct Sinks {
        ports::PriceSink& prices;
        ports::RulesSink& rules;
    };

    // `random` spreads the waits between tries to connect.
    Exchanges(const config::Kraken& kraken, Random random, const Clock& clock, Logger& logger);
    ~Exchanges() override;

    // Begins the feeds of these accounts' exchanges that do not run yet. The sinks outlive stop().
    void follow(const std::vector<ports::AccountRow>& accounts, Sinks sinks);
    // Of the feeds that run.
    std::vector<ports::FeedState> feeds() const;
    // Joins the feeds: nothing is told after it, and none begins.
    void stop();

    // Asks the exchange that is named.
    boost::asio::awaitable<Result<ports::KeyFindings>> validate(std::string exchange,
                                                                const Secret& key,
                                                                const Secret& secret,
                                                                Duration limit) override;
    // On paper nothing happens that the store does not know: InvalidParams.
    boost::asio::awaitable<Result<ports::AccountHistory>> read(std::string exchange,
                                                               const Secret& key,
                                                               const Secret& secret, UtcTime since,
                                                               Duration limit) override;

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace vault::app
