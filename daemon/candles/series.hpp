#pragma once
// CandleSeries: one pair's candles of one interval, mapped read-only from column files. The
// directory <BASE>-<QUOTE>.<interval> holds `header` (text: version, pair, interval, rows, scales,
// SHA-256 of the rows) and one file of little-endian int64 per column (time in ms, prices and
// volume as fixed point with the header's scale). Immutable once written: an import replaces the
// whole directory, and a map that is open stays valid. Any thread. open() fails with Io, NotFound
// or InvalidParams.
#include "common/base/hash.hpp"
#include "common/domain/market.hpp"

#include <array>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace vault::candles {

struct SeriesInfo {
    Pair pair;
    Duration interval{0};
    std::uint64_t rows = 0;
    int price_scale = 0;   // decimals kept in the price columns, 0 to 18
    int volume_scale = 0;  // in the volume column
    // Over the canonical rows "time,open,high,low,close,volume\n": h = SHA-256(h before + 4096
    // rows), from h = 32 zero bytes. The same rows give the same hash however they were packed.
    Digest rows_hash{};
    friend bool operator==(const SeriesInfo&, const SeriesInfo&) = default;
};

// A hole between two candles.
struct Gap {
    UtcTime from;  // where the missing candle would open
    UtcTime to;    // open of the next candle
    std::uint64_t missing = 0;
    friend bool operator==(const Gap&, const Gap&) = default;
};

// One mapped file; unmapped on destruction.
class Column {
  public:
    Column() = default;
    Column(Column&& other) noexcept;
    Column& operator=(Column&& other) noexcept;
    Column(const Column&) = delete;
    Column& operator=(const Column&) = delete;
    ~Column();
    static Result<Column> map(const std::filesystem::path& file, std::uint64_t rows);
    std::span<const std::int64_t> values() const { return values_; }

  private:
    std::span<const std::int64_t> values_;
};

class CandleSeries {
  public:
    static Result<CandleSeries> open(const std::filesystem::path& directory);

    const SeriesInfo& info() const { return info_; }
    std::size_t size() const { return columns_[0].values().size(); }
    // i < size().
    Candle operator[](std::size_t i) const {
        return {time(i),     price(1, i), price(2, i),
                price(3, i), price(4, i), Quantity{at(5, i, volume_unit_)}};
    }
    UtcTime time(std::size_t i) const { return UtcTime{Duration{columns_[0].values()[i]}}; }
    // Index of the first candle that opens at or after `time`; size() if none.
    std::size_t lower_bound(UtcTime time) const;
    std::vector<Gap> gaps() const;
    // Reads every row again and compares the hash. Errors: InvalidParams.
    Result<void> verify() const;

  private:
    CandleSeries() = default;
    Decimal at(std::size_t column, std::size_t i, Decimal::Raw unit) const {
        return Decimal::from_raw(columns_[column].values()[i] * unit);
    }
    Price price(std::size_t column, std::size_t i) const {
        return Price{at(column, i, price_unit_)};
    }

    SeriesInfo info_;
    Decimal::Raw price_unit_ = 1;
    Decimal::Raw volume_unit_ = 1;
    std::array<Column, 6> columns_;  // time open high low close volume
};

}  // namespace vault::candles
