#pragma once
// LastBatch: a small file beside the store that says how far the store had got, so that an older
// copy of the store that somebody put in its place is recognised. It is written every few seconds
// and at the end, without a sync: what it says may be too little, never too much. The control
// thread's; a file that cannot be read or written counts as none, and is told to the log.
#include "common/base/log.hpp"

#include <cstdint>
#include <string>

namespace vault::app {

class LastBatch {
  public:
    LastBatch(const std::string& store_path, Logger& logger)
        : path_(store_path + ".last"), logger_(logger) {}

    // Why this store is an older one, for people; empty: it is as far as it was, is new, or nobody
    // knows. `batch` is the last that is in it.
    std::string seen_beyond(std::uint64_t batch) const;
    void note(std::uint64_t batch);

  private:
    std::string path_;
    Logger& logger_;
    std::uint64_t noted_ = 0;
};

}  // namespace vault::app
