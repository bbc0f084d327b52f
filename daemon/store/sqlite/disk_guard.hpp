#pragma once
// Watches the space that the store lives on and keeps a ballast file beside it: bytes that are
// given back when the disk is full, so that exits can still be booked. The limit is the volume, or,
// if a size limit is set, that many MiB for the database, its WAL and the ballast together. Owned
// by the store, used on its writer thread.
#include "common/base/result.hpp"
#include "daemon/store/sqlite/options.hpp"

namespace vault::store {

struct DiskState {
    std::uint32_t used_pct = 0;  // 0..100, as df counts it
    std::uint64_t free_bytes = 0;
    bool alert = false;
    bool buys_stopped = false;
    bool ballast = false;  // in place, or none configured
};

class DiskGuard {
  public:
    explicit DiskGuard(const SqliteOptions& options);
    // Ballast and marks may change while the store runs, its path may not.
    void configure(const SqliteOptions& options) { options_ = options; }

    // Measures; removes the ballast below the floor, puts it back when there is room for it twice.
    DiskState poll();
    // True if a ballast was there and is gone now: worth another try.
    bool release();
    // The most pages the database may have under a size limit (0: no limit).
    std::uint64_t page_limit(std::uint64_t page_size) const;

  private:
    DiskState measure() const;
    bool has_ballast() const;
    bool create_ballast() const;
    void shrink_ballast() const;

    SqliteOptions options_;
    std::string ballast_path_;
};

}  // namespace vault::store
