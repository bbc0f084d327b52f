#pragma once
// TickFeed: where the prices of one pair come from when the shard sets the pace: a replayed candle
// file or the synthetic market. Pulled by the shard inside a turn; deterministic: the same feed
// gives the same ticks, position by position, on every machine. The position is stored with the
// batch, and a restart seeks to it. Owned by the account that replays; the shard's thread only.
// A live feed is no TickFeed (market_feed.hpp).
#include "common/domain/market.hpp"

#include <optional>
#include <string>

namespace vault::ports {

class TickFeed {
  public:
    virtual ~TickFeed() = default;

    virtual Pair pair() const = 0;
    // Names source and options exactly ("candles:<hash>:ohlc4:0:580000"), so that a stored position
    // is never used with another feed.
    virtual std::string identity() const = 0;

    // The tick at position(), which then moves on by one; nullopt at the end. Times ascend.
    virtual std::optional<Tick> next() = 0;
    // Time of the tick that next() would give; nullopt at the end.
    virtual std::optional<UtcTime> peek_time() = 0;
    // Of the tick that next() would give; dense from 0.
    virtual std::uint64_t position() const = 0;
    // Errors: InvalidParams past the end (the end itself is allowed).
    virtual Result<void> seek(std::uint64_t position) = 0;
    // First position whose time is >= `time` (the end if none). Cheap; does not move the feed.
    virtual std::uint64_t position_at(UtcTime time) const = 0;
    // Number of ticks; nullopt: endless.
    virtual std::optional<std::uint64_t> size() const = 0;
    // Longest time between two ticks that are no gap apart: the window's fold_back() needs it.
    virtual Duration tick_every() const = 0;
};

}  // namespace vault::ports
