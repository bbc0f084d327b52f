#pragma once
// Where tick feeds come from. The engine names a source; the composition root knows how to open it.
// A source is a value that can be stored: opening it again gives the same ticks, or an Error if the
// data behind it changed since.
#include "daemon/ports/tick_feed.hpp"

#include <memory>
#include <optional>
#include <string>

namespace vault::ports {

struct FeedSource {
    std::string name;  // absolute path of a CSV file, or "synthetic"
    Pair pair;
    Duration interval{60'000};
    bool close_path = false;
    std::uint64_t seed = 1;           // synthetic only
    std::optional<UtcTime> from, to;  // from <= open < to
    std::string fingerprint;          // of the data; empty before the first opening
};

struct OpenedFeed {
    std::unique_ptr<TickFeed> feed;
    FeedSource source;  // completed: pair, interval, fingerprint
    std::uint64_t ticks = 0;
    UtcTime first, last;
};

class FeedFactory {
  public:
    virtual ~FeedFactory() = default;
    // Errors: NotFound, InvalidParams (with the line of a bad row), StoreInvalid if the fingerprint
    // does not fit. `pair` empty: from the file's name.
    virtual Result<OpenedFeed> open(const FeedSource& source) = 0;
};

}  // namespace vault::ports
