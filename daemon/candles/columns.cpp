#include "daemon/candles/columns.hpp"

#include <fmt/format.h>

#include <bit>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <limits>
#include <unistd.h>

namespace vault::candles {
namespace {

static_assert(std::endian::native == std::endian::little, "columns are mapped as they lie");
constexpr std::string_view kVersion = "core-vault candles 1";

Decimal::Raw power_of_ten(int exponent) {
    Decimal::Raw power = 1;
    for (int i = 0; i < exponent; ++i)
        power *= 10;
    return power;
}

int decimals_of(Decimal x) {
    Decimal::Raw raw = x.raw();
    int places = Decimal::kPlaces;
    while (places > 0 && raw % 10 == 0) {
        raw /= 10;
        --places;
    }
    return places;
}

class FileDescriptor {
  public:
    explicit FileDescriptor(int fd) : fd_(fd) {}
    FileDescriptor(const FileDescriptor&) = delete;
    FileDescriptor& operator=(const FileDescriptor&) = delete;
    ~FileDescriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    int get() const { return fd_; }

  private:
    int fd_;
};

Result<void> write_synced(const std::filesystem::path& path, std::string_view bytes) {
    const FileDescriptor file{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644)};
    if (file.get() < 0) return io_error("cannot create", path);
    while (!bytes.empty()) {
        const ssize_t wrote = ::write(file.get(), bytes.data(), bytes.size());
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return io_error("cannot write", path);
        bytes.remove_prefix(static_cast<std::size_t>(wrote));
    }
    if (::fsync(file.get()) != 0) return io_error("cannot sync", path);
    return success();
}

std::string_view bytes_of(const std::vector<std::int64_t>& column) {
    return {reinterpret_cast<const char*>(column.data()), column.size() * sizeof(std::int64_t)};
}

}  // namespace

Error io_error(std::string_view what, const std::filesystem::path& path) {
    return Error{Errc::Io, fmt::format("{} {}: {}", what, path.string(), std::strerror(errno)),
                 "file", "check that the path exists, its rights and the free space"};
}

Result<void> sync_directory(const std::filesystem::path& directory) {
    const FileDescriptor file{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (file.get() < 0 || ::fsync(file.get()) != 0) return io_error("cannot sync", directory);
    return success();
}

void append_row(const Candle& candle, std::string& out) {
    out += std::to_string(candle.open_time.time_since_epoch().count() / 1000);
    for (const Decimal x : {candle.open.value, candle.high.value, candle.low.value,
                            candle.close.value, candle.volume.value}) {
        out += ',';
        x.append_to(out);
    }
    out += '\n';
}

void RowHash::add(const Candle& candle) {
    if (rows_ == 0) block_.assign(reinterpret_cast<const char*>(hash_.data()), hash_.size());
    append_row(candle, block_);
    if (++rows_ == kRowsPerHash) fold();
}

void RowHash::fold() {
    hash_ = sha256(block_);
    rows_ = 0;
}

Digest RowHash::finish() {
    if (rows_ > 0) fold();
    return hash_;
}

bool FixedColumns::widen(int scale) {
    const auto factor = static_cast<std::int64_t>(power_of_ten(scale - scale_));
    for (std::vector<std::int64_t>& column : columns_)
        for (std::int64_t& x : column)
            if (__builtin_mul_overflow(x, factor, &x)) return false;
    scale_ = scale;
    return true;
}

bool FixedColumns::add(std::span<const Decimal> row) {
    int scale = scale_;
    for (const Decimal x : row)
        scale = std::max(scale, decimals_of(x));
    if (scale > scale_ && !widen(scale)) return false;
    const Decimal::Raw unit = power_of_ten(Decimal::kPlaces - scale_);
    for (std::size_t i = 0; i < row.size(); ++i) {
        const Decimal::Raw value = row[i].raw() / unit;
        if (value > std::numeric_limits<std::int64_t>::max()) return false;
        columns_[i].push_back(static_cast<std::int64_t>(value));
    }
    return true;
}

bool SeriesBuilder::add(const Candle& candle) {
    VAULT_CHECK(!info_, "the series is finished");
    const std::array<Decimal, 4> prices{candle.open.value, candle.high.value, candle.low.value,
                                        candle.close.value};
    const std::array<Decimal, 1> volume{candle.volume.value};
    if (!prices_.add(prices) || !volume_.add(volume)) return false;
    times_.push_back(candle.open_time.time_since_epoch().count());
    hash_.add(candle);
    return true;
}

const SeriesInfo& SeriesBuilder::finish() {
    if (!info_)
        info_ = SeriesInfo{pair_,           interval_,       times_.size(),
                           prices_.scale(), volume_.scale(), hash_.finish()};
    return *info_;
}

Result<void> SeriesBuilder::write(const std::filesystem::path& directory) const {
    VAULT_CHECK(info_.has_value(), "finish() comes before write()");
    VAULT_TRYV(write_synced(directory / kColumnNames[0], bytes_of(times_)));
    for (std::size_t i = 0; i < 4; ++i) {
        VAULT_TRYV(write_synced(directory / kColumnNames[i + 1], bytes_of(prices_.column(i))));
    }
    VAULT_TRYV(write_synced(directory / kColumnNames[5], bytes_of(volume_.column(0))));
    VAULT_TRYV(write_synced(directory / "header", header_text(*info_)));
    return sync_directory(directory);
}

// The last line is the SHA-256 of the lines before it.
std::string header_text(const SeriesInfo& info) {
    std::string text = fmt::format(
        "{}\npair {}\ninterval {}\nrows {}\nprice_scale {}\nvolume_scale {}\nrows_sha256 {}\n",
        kVersion, info.pair.text(), format_duration(info.interval), info.rows, info.price_scale,
        info.volume_scale, to_hex(info.rows_hash));
    return text + "header_sha256 " + to_hex(sha256(text)) + "\n";
}

namespace {

// The rest of the next line if it starts with `key` and a blank; else nullopt.
std::optional<std::string_view> take_line(std::string_view& text, std::string_view key) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (!line.starts_with(key) || line.size() <= key.size() || line[key.size()] != ' ')
        return std::nullopt;
    return line.substr(key.size() + 1);
}

template <class T>
bool read_number(std::optional<std::string_view> text, T most, T& value) {
    if (!text) return false;
    const char* const end = text->data() + text->size();
    const auto [at, status] = std::from_chars(text->data(), end, value);
    return status == std::errc{} && at == end && value >= 0 && value <= most;
}

}  // namespace

Result<SeriesInfo> parse_header(std::string_view text, const std::filesystem::path& file) {
    const auto bad = [&file](std::string_view what) {
        return Error{Errc::InvalidParams,
                     fmt::format("{} is no candle header ({})", file.string(), what), "file",
                     "import the candles again"};
    };
    const std::size_t tail = text.rfind("header_sha256 ");
    Digest stored{};
    if (tail == std::string_view::npos || text.size() != tail + 14 + 64 + 1 ||
        !from_hex(text.substr(tail + 14, 64), stored) || stored != sha256(text.substr(0, tail)))
        return bad("its own hash does not match");
    if (!text.starts_with(kVersion) || text[kVersion.size()] != '\n') return bad("version");
    std::string_view rest = text.substr(kVersion.size() + 1);
    SeriesInfo info;
    VAULT_TRY(info.pair, Pair::parse(take_line(rest, "pair").value_or("")));
    VAULT_TRY(info.interval, parse_duration(take_line(rest, "interval").value_or("")));
    constexpr std::uint64_t kMostRows = std::uint64_t{1} << 40;
    if (!read_number(take_line(rest, "rows"), kMostRows, info.rows)) return bad("rows");
    if (!read_number(take_line(rest, "price_scale"), 18, info.price_scale) ||
        !read_number(take_line(rest, "volume_scale"), 18, info.volume_scale))
        return bad("scale");
    const auto hash = take_line(rest, "rows_sha256");
    if (!hash || !from_hex(*hash, info.rows_hash)) return bad("hash");
    if (info.interval <= Duration{0} || info.rows == 0) return bad("empty");
    return info;
}

}  // namespace vault::candles
