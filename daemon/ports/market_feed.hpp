#pragma once
// MarketFeed: live prices, which come when they come. A replay is pulled by the shard (TickFeed); a
// live feed pushes into a PriceSink, from whatever thread its exchange room runs on. Until the
// shard's next turn the newest price of a pair takes the place of the one before it. The feed sets
// Tick::gap itself after 300 s without a price. Owned by the composition root; stop() joins what
// start() began. Errors are the feed's own affair: it reconnects, and says so in the log.
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

class MarketFeed {
  public:
    virtual ~MarketFeed() = default;
    // Tells prices of these pairs until stop() has returned. `sink` outlives that.
    virtual void start(const std::vector<Pair>& pairs, PriceSink& sink) = 0;
    virtual void stop() = 0;
};

}  // namespace vault::ports
