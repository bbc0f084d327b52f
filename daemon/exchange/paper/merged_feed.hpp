#pragma once
// MergedFeed: several pairs' feeds as one stream in time order; at the same time the feed given
// first comes first. Positions stay per feed, so each is stored and restored by itself. Owned by a
// paper account; the shard's thread.
#include "daemon/ports/tick_feed.hpp"

#include <memory>
#include <vector>

namespace vault::exchange {

class MergedFeed {
  public:
    explicit MergedFeed(std::vector<std::unique_ptr<ports::TickFeed>> feeds);

    struct Next {
        std::size_t feed = 0;  // index as given
        Tick tick;
    };
    std::optional<Next> next();  // nullopt: all feeds have ended
    std::optional<UtcTime> peek_time();

    std::size_t size() const { return feeds_.size(); }
    ports::TickFeed& feed(std::size_t i) { return *feeds_[i]; }
    std::vector<std::uint64_t> positions() const;
    // One position per feed, else InvalidParams.
    Result<void> seek(const std::vector<std::uint64_t>& positions);

  private:
    std::optional<std::size_t> earliest();
    std::vector<std::unique_ptr<ports::TickFeed>> feeds_;
};

}  // namespace vault::exchange
