#pragma once
// SyntheticMarket: the trades of everybody else, a seeded walk of each pair's price. The same seed,
// start and steering give the same trades. One thread.
#include "common/base/random.hpp"
#include "tests/emulator/kraken/exchange/order.hpp"

#include <optional>
#include <vector>

namespace vault::kraken_emulator {

struct MarketTrade {
    PairNo pair = 0;
    Moment time;
    Side taker = Side::Buy;
    Decimal price, quantity;
};

class SyntheticMarket {
  public:
    // A pair trades every 1 to 9 s, each time at most 0.03 % or three ticks from the last price, up
    // as often as down, and stays between a quarter and four times its start price.
    SyntheticMarket(const Instruments& instruments, std::uint64_t seed, Moment start);

    // The next trade, if there is one by `until`.
    std::optional<MarketTrade> next_by(Moment until);
    // The walk goes on from there. A multiple of the tick.
    void set_price(PairNo pair, Decimal price) { walks_[pair].price = price; }

  private:
    struct Walk {
        PairInfo pair;
        Random random;
        Moment next;
        Decimal price;
    };
    static void step(Walk& walk);

    std::vector<Walk> walks_;  // by PairNo
};

}  // namespace vault::kraken_emulator
