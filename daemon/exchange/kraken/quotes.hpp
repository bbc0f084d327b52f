#pragma once
// Quotes: what the exchange says of each pair, as a value: best bid and ask, last trade, rules and
// status; and what follows from it, a price for each second and the rules as they are in force. No
// I/O; times are passed in. Owned by KrakenFeed; one thread; cannot fail.
//
// A price is the mid of bid and ask, exact. A quote counts whatever its age, since a ticker speaks
// only of changes: who owns it calls forget_prices() when the socket that told it is gone. Where
// nobody offers on one side, the sides cross, or they are so far apart that their mid says nothing,
// the last trade is the price, if it was heard within 60 s. A pair whose status makes no prices has
// none. A tick's gaps to bid and ask are rounded down, so that an order that fills by one does so
// at bid or ask.
#include "common/base/clock.hpp"
#include "daemon/exchange/kraken/socket_messages.hpp"

#include <utility>

namespace vault::exchange::kraken {

struct QuoteLimits {
    Duration gap_after{300'000};  // without a price: design/strategy.md, "Gap"
    Duration trade_most{60'000};  // a last trade that was heard longer ago is no price
    Duration late_most{10'000};   // see on_tickers()
    int wide_part = 20;           // a spread over this part of bid and ask together has no mid
};

class Quotes {
  public:
    // `pairs`: each once.
    explicit Quotes(const std::vector<Pair>& pairs, QuoteLimits limits = {});

    // A row that Kraken stamped before the newest one of its pair came late and is left out; unless
    // it is from more than `late_most` before: then Kraken's clock was put back. The last trade of
    // a snapshot is of unknown age, and not heard. A pair with a problem has no quote until the
    // next row of it.
    void on_tickers(const Tickers& told, SteadyTime heard);
    // A pair that a snapshot does not have, and that was listed before, is delisted. Of one with a
    // problem it is not known what it may now, so it takes no order (CancelOnly) until the next row
    // of it.
    void on_instruments(const Instruments& told);
    void on_system(PairStatus status) { system_ = status; }
    // The socket is gone. Rules and the system's status stay: a new one begins with both.
    void forget_prices();

    std::optional<Price> price(const Pair& pair, SteadyTime now) const;
    // The next tick of each pair that has a price, in the order of the pairs. `second`: a whole
    // second. If it lies before the tick that a pair had last (the clock was put back), the new one
    // has the time of that.
    std::vector<std::pair<Pair, Tick>> sample(UtcTime second, SteadyTime now);

    // Of pairs that are or were listed, in the order of the pairs; the stricter status of pair and
    // system.
    std::vector<PairRules> rules() const;
    std::vector<Pair> unlisted() const;  // the others

  private:
    struct State {
        Pair pair;
        Decimal bid{}, ask{}, last{}, volume{};
        bool quoted = false;                              // any of the above was heard
        std::optional<SteadyTime> traded = std::nullopt;  // when the last trade was heard
        std::optional<StampTime> stamp = std::nullopt;    // of the newest row
        std::optional<PairRules> rules = std::nullopt;
        std::optional<Tick> newest = std::nullopt;  // that was made
    };
    State* find(const Pair& pair);
    const State* find(const Pair& pair) const;
    void take(State& state, const QuoteRow& row, bool snapshot, SteadyTime heard) const;
    PairStatus status_of(const State& state) const;
    bool has_mid(const State& state) const;
    std::optional<Price> price_of(const State& state, SteadyTime now) const;
    Tick tick_after(const State& state, UtcTime second, Price price) const;

    QuoteLimits limits_;
    PairStatus system_ = PairStatus::Trading;
    std::vector<State> states_;
};

}  // namespace vault::exchange::kraken
