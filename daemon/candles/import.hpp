#pragma once
// Import of candles from CSV (time,open,high,low,close,volume; gzip or plain; header line optional;
// time = open, UNIX seconds UTC) into column files (series.hpp). Runs wherever a command runs it,
// never on the shard's thread. All or nothing: a fresh directory is written, synced and renamed
// into place; importing the same rows again changes nothing.
#include "daemon/candles/series.hpp"

namespace vault::candles {

struct ImportReport {
    std::filesystem::path directory;
    SeriesInfo info;
    UtcTime first, last;     // opens of the first and last candle
    std::uint64_t gaps = 0;  // holes, whatever their length
    bool unchanged = false;  // the same rows were there already
};

// Refuses the whole file with InvalidParams, message "line N: …", for rows that do not ascend,
// whose high and low do not bound open and close, with a price <= 0 or a volume < 0, with a time
// off the interval's grid, or that are not six numbers. Io for files that cannot be read or
// written. `root` is created if missing; interval is a whole number of seconds, at most a day and
// dividing it.
Result<ImportReport> import_csv(const std::filesystem::path& csv, const Pair& pair,
                                Duration interval, const std::filesystem::path& root);

// <root>/<BASE>-<QUOTE>.<interval>, "ETH-USDT.1m".
std::filesystem::path series_directory(const std::filesystem::path& root, const Pair& pair,
                                       Duration interval);

}  // namespace vault::candles
