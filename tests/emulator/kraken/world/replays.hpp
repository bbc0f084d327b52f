#pragma once
// Replays: which recording is whose market, and from when on. All recordings that the emulator
// starts with share one shift of time, so that pairs that were recorded together stay together.
// One thread.
#include "tests/emulator/kraken/market/market.hpp"
#include "tests/emulator/kraken/market/recording.hpp"

#include <span>

namespace vault::kraken_emulator {

struct PlannedReplay {
    PairNo pair = 0;
    std::shared_ptr<const Recording> recording;
    std::size_t row = 0;  // the first that is played; what is before it is history

    Moment first() const { return recording->time_of(row); }
};

// Errors: InvalidParams for a pair that is not listed or a `from` after the last row, and those of
// read_recording().
Result<PlannedReplay> plan_replay(const Instruments& instruments, std::string_view pair,
                                  const std::string& file, std::optional<Moment> from);
// "XBTUSD=FILE" or "XBTUSD=FILE@2024-07-01T00:00:00Z". Also Usage for what is neither.
Result<PlannedReplay> parse_replay(const Instruments& instruments, std::string_view text);

// When the earliest of them begins, in the recordings' time. Not of none.
Moment begin_of(std::span<const PlannedReplay> replays);
// Where their prices begin is where the exchange has the pair's price before any trade.
Instruments priced(Instruments instruments, std::span<const PlannedReplay> replays);

// The emulator's time of a replay that begins now: candles wait for the next of their intervals.
Moment next_begin(const PlannedReplay& replay, Moment now);
// Plays it with what comes before its first row, but nothing from before `earliest`. The
// recording's time and `shift` make the emulator's.
std::unique_ptr<TradeSource> source_of(const PlannedReplay& replay, const PairInfo& pair,
                                       Span shift, Moment earliest);

}  // namespace vault::kraken_emulator
