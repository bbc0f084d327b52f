#include "daemon/candles/series.hpp"

#include "daemon/candles/columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fcntl.h>
#include <fstream>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace vault::candles {
namespace {

Error damaged(const std::filesystem::path& path, std::string_view what) {
    return Error{Errc::InvalidParams, fmt::format("{}: {}", path.string(), what), "file",
                 "import the candles again"};
}

Decimal::Raw unit_of(int scale) {
    Decimal::Raw unit = 1;
    for (int i = scale; i < Decimal::kPlaces; ++i)
        unit *= 10;
    return unit;
}

Result<std::string> read_header(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    std::string text(2048, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (!text.empty()) return text;
    return Error{Errc::NotFound, fmt::format("{} cannot be read", path.string()), "file",
                 "import the candles first"};
}

}  // namespace

Column::Column(Column&& other) noexcept : values_(std::exchange(other.values_, {})) {}

Column& Column::operator=(Column&& other) noexcept {
    std::swap(values_, other.values_);
    return *this;
}

Column::~Column() {
    if (values_.empty()) return;
    ::munmap(const_cast<std::int64_t*>(values_.data()), values_.size_bytes());
}

Result<Column> Column::map(const std::filesystem::path& file, std::uint64_t rows) {
    const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return io_error("cannot read", file);
    struct stat status {};
    const std::size_t size = rows * sizeof(std::int64_t);
    void* at = MAP_FAILED;
    const bool whole =
        ::fstat(fd, &status) == 0 && static_cast<std::uint64_t>(status.st_size) == size;
    if (whole) at = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0);
    ::close(fd);
    if (!whole) return damaged(file, "the size does not match the header");
    if (at == MAP_FAILED) return io_error("cannot map", file);
    Column column;
    column.values_ = {static_cast<const std::int64_t*>(at), static_cast<std::size_t>(rows)};
    return column;
}

Result<CandleSeries> CandleSeries::open(const std::filesystem::path& directory) {
    VAULT_TRY(const std::string header, read_header(directory / "header"));
    CandleSeries series;
    VAULT_TRY(series.info_, parse_header(header, directory / "header"));
    for (std::size_t i = 0; i < kColumnNames.size(); ++i) {
        VAULT_TRY(series.columns_[i], Column::map(directory / kColumnNames[i], series.info_.rows));
    }
    series.price_unit_ = unit_of(series.info_.price_scale);
    series.volume_unit_ = unit_of(series.info_.volume_scale);
    return series;
}

std::size_t CandleSeries::lower_bound(UtcTime time) const {
    const std::span<const std::int64_t> times = columns_[0].values();
    const auto at = std::lower_bound(times.begin(), times.end(), time.time_since_epoch().count());
    return static_cast<std::size_t>(at - times.begin());
}

std::vector<Gap> CandleSeries::gaps() const {
    std::vector<Gap> found;
    for (std::size_t i = 1; i < size(); ++i) {
        const UtcTime expected = time(i - 1) + info_.interval;
        if (time(i) == expected) continue;
        found.push_back(
            {expected, time(i), static_cast<std::uint64_t>((time(i) - expected) / info_.interval)});
    }
    return found;
}

Result<void> CandleSeries::verify() const {
    RowHash hash;
    for (std::size_t i = 0; i < size(); ++i)
        hash.add((*this)[i]);
    if (hash.finish() == info_.rows_hash) return success();
    return damaged(info_.pair.text(), "the rows do not match the header's hash");
}

}  // namespace vault::candles
