#pragma once
// The seam between the control room and the candle files: importing one takes seconds, so it is
// asked for on control's worker thread, never inside the shard. Calls block and belong to one
// thread at a time. The daemon's composition root implements it on top of the candles room.
#include "common/domain/market.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vault::ports {

struct ImportView {
    std::string source;  // absolute path of the file that was read
    Pair pair;
    Duration interval{};
    std::uint64_t rows = 0;
    UtcTime first, last;     // open times of the first and the last candle
    std::uint64_t gaps = 0;  // holes between candles
    std::string hash;        // of the content, lower-case hex
};

class Candles {
  public:
    virtual ~Candles() = default;
    // Reads a CSV file, plain or .gz, and keeps it as a column file; an unchanged file that is
    // known already is not read again. none: taken from the file's name and its first rows. Errors:
    // NotFound, InvalidParams with the line number, Io.
    virtual Result<ImportView> import(const std::string& path, std::optional<Pair> pair,
                                      std::optional<Duration> interval) = 0;
    // What import() would answer; whatever it has to write for that is gone afterwards.
    virtual Result<ImportView> rehearse(const std::string& path, std::optional<Pair> pair,
                                        std::optional<Duration> interval) = 0;
    // What has been imported, by pair, then interval.
    virtual Result<std::vector<ImportView>> list() = 0;
};

}  // namespace vault::ports
