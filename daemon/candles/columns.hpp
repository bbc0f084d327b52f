#pragma once
// The rows of a series on their way into column files: fixed-point columns that widen their scale
// when a value needs more decimals, the running hash of the rows, and the writing of a directory.
// Inside this room only; one thread. Fails with Io, or InvalidParams for a number that does not fit
// 64 bits.
#include "daemon/candles/series.hpp"

#include <optional>

namespace vault::candles {

inline constexpr std::array<const char*, 6> kColumnNames{"time", "open",  "high",
                                                         "low",  "close", "volume"};
inline constexpr std::size_t kRowsPerHash = 4096;

// "time,open,high,low,close,volume\n": time in UNIX seconds, decimals canonical.
void append_row(const Candle& candle, std::string& out);

// The chained hash of SeriesInfo::rows_hash.
class RowHash {
  public:
    void add(const Candle& candle);
    Digest finish();

  private:
    void fold();
    std::string block_;
    std::size_t rows_ = 0;
    Digest hash_{};
};

// Several columns with one scale.
class FixedColumns {
  public:
    explicit FixedColumns(std::size_t count) : columns_(count) {}
    // One value per column, each >= 0; false: does not fit 64 bits at the scale that it needs.
    bool add(std::span<const Decimal> row);
    int scale() const { return scale_; }
    const std::vector<std::int64_t>& column(std::size_t i) const { return columns_[i]; }

  private:
    bool widen(int scale);
    std::vector<std::vector<std::int64_t>> columns_;
    int scale_ = 0;
};

class SeriesBuilder {
  public:
    SeriesBuilder(const Pair& pair, Duration interval) : pair_(pair), interval_(interval) {}
    bool add(const Candle& candle);
    std::size_t rows() const { return times_.size(); }
    // The first call closes the hash; no rows may follow.
    const SeriesInfo& finish();
    // Writes header and columns into the existing empty directory and syncs them.
    Result<void> write(const std::filesystem::path& directory) const;

  private:
    Pair pair_;
    Duration interval_;
    std::vector<std::int64_t> times_;
    FixedColumns prices_{4};
    FixedColumns volume_{1};
    RowHash hash_;
    std::optional<SeriesInfo> info_;
};

std::string header_text(const SeriesInfo& info);
Result<SeriesInfo> parse_header(std::string_view text, const std::filesystem::path& file);

Error io_error(std::string_view what, const std::filesystem::path& path);
Result<void> sync_directory(const std::filesystem::path& directory);

}  // namespace vault::candles
