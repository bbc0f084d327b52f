#pragma once
// Replay: a recording as the market of one pair. Trades come as they were. A candle becomes four
// ticks at 0, 1/4, 1/2 and 3/4 of its interval: open, low, high, close when it rose, else open,
// high, low, close ("ohlc4" of strategy.md), with its volume in equal parts; where the
// recording knows the number of trades there are that many. So its open, high, low, close, volume
// and count come out of the exchange again. A candle without volume is silence. Rows finer than
// tick or lot are rounded to them and counted. At the end the market stands still. One thread.
#include "tests/emulator/kraken/market/market.hpp"
#include "tests/emulator/kraken/market/recording.hpp"

namespace vault::kraken_emulator {

// At least one tick.
Decimal nearest_tick(const PairInfo& pair, Decimal price);

class Replay final : public TradeSource {
  public:
    // The recording's time and `shift` make the emulator's. `row` is the first that is played.
    Replay(PairNo no, const PairInfo& pair, std::shared_ptr<const Recording> recording,
           std::size_t row, Span shift);

    std::optional<Moment> next() const override;
    MarketTrade take() override;
    // The recording knows better: its next trade brings its price back.
    void set_price(Decimal price) override { last_ = price; }
    SourceState state() const override;

  private:
    // One trade of a row.
    struct Tick {
        Moment time;
        Side taker = Side::Buy;
        bool market = true;
        Decimal price, quantity;
    };
    // What comes next, from the row on that has something to say.
    void load();
    void load(const RecordedCandle& candle);
    void load(const RecordedTrade& trade);
    Decimal on_tick(Decimal price);
    Decimal in_lots(Decimal quantity);

    PairNo no_;
    PairInfo pair_;
    std::shared_ptr<const Recording> recording_;
    std::size_t row_;
    Span shift_;
    Decimal last_;
    bool finer_ = false;  // the row that is being read
    std::uint64_t rounded_ = 0;
    std::vector<Tick> ticks_;  // of the row, in the recording's time
    std::size_t tick_ = 0;     // the next of them
};

}  // namespace vault::kraken_emulator
