#pragma once
// MarketFeed: live prices and the rules of their pairs, which come when they come. A replay is
// pulled by the shard (TickFeed); a live feed pushes into a PriceSink and a RulesSink, from
// whatever thread its exchange room runs on. Until the shard's next turn the newest price of a pair
// takes the place of the one before it. The feed sets Tick::gap itself after 300 s without a price.
// Owned by the composition root; stop() joins what start() began. Errors are the feed's own affair:
// it reconnects, and says so in the log.
#include "common/domain/market.hpp"

#include <string>
#include <vector>

namespace vault::ports {

struct LivePrice {
    std::string exchange;  // whose accounts follow it: "kraken"
    Pair pair;
    Tick tick;
};

class PriceSink {
  public:
    virtual ~PriceSink() = default;
    // Any thread; does not block.
    virtual void on_price(LivePrice price) = 0;
};

class RulesSink {
  public:
    virtual ~RulesSink() = default;
    // Every pair that the feed was started for and the exchange lists, as it is now; told when they
    // are first known and at each change. Any thread; does not block.
    virtual void on_rules(std::string exchange, std::vector<PairRules> rules) = 0;
};

// How a feed does, for people.
struct FeedState {
    std::string exchange;
    bool connected = false;  // prices come
    UtcTime since{};         // it began, was lost, or came back
    std::string problem{};   // why it is not connected
};

class MarketFeed {
  public:
    virtual ~MarketFeed() = default;
    // Any thread.
    virtual FeedState state() const = 0;
    // Tells prices and rules of these pairs until stop() has returned. Once. Both sinks outlive
    // that.
    virtual void start(std::vector<Pair> pairs, PriceSink& prices, RulesSink& rules) = 0;
    // Any thread but the feed's own; more than once is harmless.
    virtual void stop() = 0;
};

}  // namespace vault::ports
