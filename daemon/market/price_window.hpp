#pragma once
// PriceWindow: what the cycle rules see of one pair's past: the reference price p1, the lowest
// sample of the history and the sum of the last hourly closes (design/strategy.md, "Evaluation,
// exact"). PairWindows holds the distinct windows of one pair, so that all sleeves with the same
// numbers share one. Values; the shard's thread. add() costs O(1) amortised and cannot fail; a tick
// that is older than the one before it is ignored.
#include "common/domain/market.hpp"
#include "daemon/market/ring.hpp"

#include <compare>
#include <map>
#include <optional>

namespace vault::market {

struct WindowSpec {
    Duration history{std::chrono::hours{8}};          // >= momentum_window
    Duration momentum_window{std::chrono::hours{1}};  // > 0
    std::uint32_t trend_closes = 4;                   // >= 1
    // 0: every tick is a sample. Else the first tick at or after each UTC multiple of it is one.
    Duration sample_every{0};
    friend bool operator==(const WindowSpec&, const WindowSpec&) = default;
    friend auto operator<=>(const WindowSpec&, const WindowSpec&) = default;
};

struct WindowFigures {
    UtcTime now;
    Price price;                     // of the last tick
    std::optional<Price> reference;  // p1; none until warm
    Price low;                       // lowest sample of the history
    Decimal closes_sum;              // of the last closes_count hourly closes
    std::uint32_t closes_count = 0;  // at most trend_closes
    bool warm = false;               // now - first sample since start or gap >= momentum_window
    friend bool operator==(const WindowFigures&, const WindowFigures&) = default;
};

class PriceWindow {
  public:
    explicit PriceWindow(const WindowSpec& spec);

    // A tick that carries `gap` clears the window first. True: it is a sample.
    bool add(const Tick& tick);
    void clear();
    // Live start: closes of past UTC hours from hourly candles, oldest first, before the first
    // tick.
    void seed_close(Price close);

    const WindowSpec& spec() const { return spec_; }
    const WindowFigures& figures() const { return figures_; }  // valid once a tick was added
    bool empty() const { return !any_tick_; }
    std::size_t samples() const { return samples_.size(); }
    std::size_t memory_bytes() const;

  private:
    struct Sample {
        UtcTime time;
        Decimal price;
    };
    void close_hour(UtcTime now);
    bool takes_sample(UtcTime now) const;
    void add_sample(const Tick& tick);
    void drop_old(UtcTime now);
    std::optional<Price> nearest(UtcTime target);
    void push_close(Decimal close);

    WindowSpec spec_;
    WindowFigures figures_;
    Ring<Sample> samples_;
    Ring<std::uint64_t> lows_;  // numbers of samples with ascending prices; the front is the low
    Ring<Decimal> closes_;
    std::uint64_t at_or_before_ = 0;  // oldest sample of the newest time <= now - momentum_window
    std::uint64_t after_ = 0;         // oldest sample later than that
    UtcTime first_sample_;
    bool any_tick_ = false;
    bool any_sample_ = false;  // since the start or the last gap
};

// How much of the past must be folded again to give the same figures after a restart, for a feed
// that ticks at least every `tick_every`.
Duration fold_back(const WindowSpec& spec, Duration tick_every);

class PairWindows {
  public:
    // The window for spec, created empty on first use; the reference stays valid until release().
    const PriceWindow& acquire(const WindowSpec& spec);
    // Gives one acquire() back; the last one frees the window.
    void release(const WindowSpec& spec);
    // nullptr: nobody holds it.
    const PriceWindow* find(const WindowSpec& spec) const;

    // True: it is a sample of one of them.
    bool add(const Tick& tick);
    void clear();
    void seed_close(Price close);
    std::size_t size() const { return windows_.size(); }
    std::size_t memory_bytes() const;

  private:
    struct Shared {
        PriceWindow window;
        std::size_t holders = 0;
    };
    std::map<WindowSpec, Shared> windows_;
};

}  // namespace vault::market
