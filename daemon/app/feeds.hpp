#pragma once
// Feeds: opens the tick feeds that the engine names: candle files, and the synthetic market under
// the name "synthetic". Owned by the App, used by the shard's thread; opening blocks for as long as
// the import of a new file takes (the control room imports beforehand).
#include "daemon/app/candle_files.hpp"
#include "daemon/ports/feed_factory.hpp"

namespace vault::app {

class Feeds final : public ports::FeedFactory {
  public:
    Feeds(CandleFiles files, std::vector<PairRules> catalogue)
        : files_(std::move(files)), catalogue_(std::move(catalogue)) {}
    Result<ports::OpenedFeed> open(const ports::FeedSource& source) override;

  private:
    Result<ports::OpenedFeed> open_file(const ports::FeedSource& source);
    Result<ports::OpenedFeed> open_synthetic(const ports::FeedSource& source);

    CandleFiles files_;
    std::vector<PairRules> catalogue_;
};

}  // namespace vault::app
