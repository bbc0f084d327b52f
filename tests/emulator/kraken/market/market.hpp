#pragma once
// Market: everybody else. Each pair has one source of trades, synthetic (a seeded walk) or replayed
// (a recording), or none, and then its price stands still. The same sources and steering give the
// same trades. One thread.
#include "tests/emulator/kraken/exchange/order.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace vault::kraken_emulator {

struct MarketTrade {
    PairNo pair = 0;
    Moment time;
    Side taker = Side::Buy;
    bool market = true;  // the taker's order was a market order, else a limit order
    Decimal price, quantity;
};

// What becomes of a source, for people.
struct SourceState {
    std::string kind;           // "synthetic", "replay"
    std::string file{};         // of a replay
    std::uint64_t rows = 0;     // of a replay
    std::uint64_t done = 0;     // rows that were traded to their end
    std::uint64_t rounded = 0;  // rows that were finer than tick or lot so far
    bool ended = false;         // it never trades again
};

class TradeSource {
  public:
    TradeSource() = default;
    TradeSource(const TradeSource&) = delete;
    TradeSource& operator=(const TradeSource&) = delete;
    virtual ~TradeSource() = default;

    // When it trades next; nullopt: never again. Never before its last trade.
    virtual std::optional<Moment> next() const = 0;
    // The trade of that moment.
    virtual MarketTrade take() = 0;
    // Somebody set the price. A multiple of the tick.
    virtual void set_price(Decimal price) = 0;
    virtual SourceState state() const = 0;
};

class Market {
  public:
    explicit Market(std::size_t pairs) : sources_(pairs) {}

    void set_source(PairNo pair, std::unique_ptr<TradeSource> source);
    // The next trade of all pairs, if there is one by `until`. Of those of one instant the pair
    // that is listed first trades first.
    std::optional<MarketTrade> next_by(Moment until);
    void set_price(PairNo pair, Decimal price);
    // nullopt: the pair has no source.
    std::optional<SourceState> state(PairNo pair) const;

  private:
    std::vector<std::unique_ptr<TradeSource>> sources_;  // by PairNo; null: none
};

}  // namespace vault::kraken_emulator
