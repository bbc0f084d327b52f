// Bytes -> a candle file, plain or gzip: rows that are taken are sound, and survive being written.
#include "common/base/check.hpp"
#include "daemon/candles/columns.hpp"
#include "daemon/candles/csv.hpp"
#include "tests/fuzz/entries.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

namespace vault::fuzz {
namespace {

constexpr Duration kInterval = std::chrono::minutes{1};
constexpr std::uint64_t kLinesMax = 10'000;  // a few bytes of gzip may be very many

// A file without a name.
class MemoryFile {
  public:
    explicit MemoryFile(std::string_view bytes) : fd_(::memfd_create("candles", MFD_CLOEXEC)) {
        VAULT_CHECK(fd_ >= 0, "there are descriptors left");
        const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
        VAULT_CHECK(written == static_cast<ssize_t>(bytes.size()), "memory takes what is written");
        ::lseek(fd_, 0, SEEK_SET);
    }
    ~MemoryFile() { ::close(fd_); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    std::string path() const { return fmt::format("/proc/self/fd/{}", fd_); }

  private:
    int fd_;
};

void check_candle(const Candle& candle) {
    const auto [low, high] = std::minmax(candle.open.value, candle.close.value);
    VAULT_CHECK(
        candle.low.value.is_positive() && candle.low.value <= low && candle.high.value >= high,
        "high and low bound open and close");
    VAULT_CHECK(!candle.volume.value.is_negative(), "a volume is not negative");
    std::string row;
    candles::append_row(candle, row);
    const auto again =
        candles::parse_row(std::string_view(row).substr(0, row.size() - 1), kInterval);
    VAULT_CHECK(again && again.value() == candle, "a row survives being written");
}

}  // namespace

void candles(std::string_view bytes) {
    const MemoryFile file(bytes);
    auto reader = candles::CsvReader::open(file.path());
    VAULT_CHECK(reader.has_value(), "a file that is there can be opened");
    candles::SeriesBuilder builder(Pair::parse("ETH/USDT").value(), kInterval);
    for (std::uint64_t lines = 0; lines < kLinesMax; ++lines) {
        const auto line = reader.value().next_line();
        if (!line || !line.value()) break;
        if (lines == 0 && candles::is_header(*line.value())) continue;
        const auto candle = candles::parse_row(*line.value(), kInterval);
        if (candle) {
            check_candle(candle.value());
            if (!builder.add(candle.value())) break;
        } else {
            VAULT_CHECK(!candle.error().message().empty(), "a refusal says why");
        }
    }
    if (builder.rows() == 0) return;
    const auto& info = builder.finish();
    const auto header = candles::header_text(info);
    const auto parsed = candles::parse_header(header, "header");
    VAULT_CHECK(parsed && parsed.value() == info, "a header survives being written");
}

}  // namespace vault::fuzz
