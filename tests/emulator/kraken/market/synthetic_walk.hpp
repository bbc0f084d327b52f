#pragma once
// SyntheticWalk: a seeded walk of one pair's price. It trades every 1 to 9 s, each time at most
// 0.03 % or three ticks from the last price, up as often as down, and stays between a quarter and
// four times its start price. The same seed, start and steering give the same trades. One thread.
#include "common/base/random.hpp"
#include "tests/emulator/kraken/market/market.hpp"

namespace vault::kraken_emulator {

class SyntheticWalk final : public TradeSource {
  public:
    SyntheticWalk(PairNo no, const PairInfo& pair, std::uint64_t seed, Moment start);

    std::optional<Moment> next() const override { return next_; }
    MarketTrade take() override;
    // The walk goes on from there.
    void set_price(Decimal price) override { price_ = price; }
    SourceState state() const override { return {.kind = "synthetic"}; }

  private:
    void step();

    PairNo no_;
    PairInfo pair_;
    Random random_;
    Moment next_;
    Decimal price_;
};

}  // namespace vault::kraken_emulator
