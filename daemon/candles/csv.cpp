#include "daemon/candles/csv.hpp"

#include "common/base/excerpt.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <vector>

namespace vault::candles {
namespace {

constexpr std::size_t kChunk = 1 << 18;
constexpr std::size_t kLongestLine = 1024;

struct GzClose {
    void operator()(gzFile file) const { gzclose(file); }
};

Error bad_row(std::string message) {
    return Error{Errc::InvalidParams, std::move(message), "file",
                 "a row is time,open,high,low,close,volume with time in UNIX seconds (UTC)"};
}

}  // namespace

struct CsvReader::State {
    std::filesystem::path path;
    std::unique_ptr<std::remove_pointer_t<gzFile>, GzClose> file;
    std::vector<char> buffer = std::vector<char>(kChunk + kLongestLine);
    std::size_t begin = 0;
    std::size_t end = 0;
    bool drained = false;
    std::uint64_t line = 0;

    Result<void> refill();
};

CsvReader::CsvReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
CsvReader::CsvReader(CsvReader&&) noexcept = default;
CsvReader& CsvReader::operator=(CsvReader&&) noexcept = default;
CsvReader::~CsvReader() = default;

std::uint64_t CsvReader::line_number() const {
    return state_->line;
}

Result<CsvReader> CsvReader::open(const std::filesystem::path& file) {
    auto state = std::make_unique<State>();
    state->path = file;
    std::error_code status;
    const bool regular = std::filesystem::is_regular_file(file, status);
    if (regular) state->file.reset(gzopen(file.c_str(), "rbe"));
    if (!state->file)
        return Error{Errc::Io, fmt::format("cannot read {}", file.string()), "file",
                     "check the path and its rights"};
    gzbuffer(state->file.get(), kChunk);
    return CsvReader{std::move(state)};
}

// zlib reads a file that is not gzip as it is; a truncated gzip shows as an error at its end.
Result<void> CsvReader::State::refill() {
    std::memmove(buffer.data(), buffer.data() + begin, end - begin);
    end -= begin;
    begin = 0;
    const auto room = static_cast<unsigned>(buffer.size() - end);
    const int got = gzread(file.get(), buffer.data() + end, room);
    int code = Z_OK;
    const char* const message = gzerror(file.get(), &code);
    if (code == Z_ERRNO)
        return Error{Errc::Io,
                     fmt::format("cannot read {}: {}", path.string(), std::strerror(errno)), "file",
                     "check the disk"};
    if (got < 0 || code == Z_BUF_ERROR)
        return Error{Errc::InvalidParams, fmt::format("the file is damaged: {}", message), "file",
                     "fetch it again"};
    drained = got == 0;
    end += static_cast<std::size_t>(got);
    return success();
}

Result<std::optional<std::string_view>> CsvReader::next_line() {
    State& s = *state_;
    for (;;) {
        const char* const from = s.buffer.data() + s.begin;
        const std::size_t size = s.end - s.begin;
        const void* const found = size == 0 ? nullptr : std::memchr(from, '\n', size);
        if (found == nullptr && !s.drained && size < kLongestLine) {
            VAULT_TRYV(s.refill());
            continue;
        }
        if (size == 0) return std::optional<std::string_view>{};
        ++s.line;
        const std::size_t length =
            found == nullptr ? size
                             : static_cast<std::size_t>(static_cast<const char*>(found) - from);
        if (length > kLongestLine)
            return bad_row(fmt::format("line {}: longer than {} bytes", s.line, kLongestLine));
        s.begin += found == nullptr ? length : length + 1;
        std::string_view line{from, length};
        if (line.ends_with('\r')) line.remove_suffix(1);
        return std::optional<std::string_view>{line};
    }
}

namespace {

Result<UtcTime> parse_open_time(std::string_view text, Duration interval) {
    std::int64_t seconds = 0;
    const char* const end = text.data() + text.size();
    const auto [at, status] = std::from_chars(text.data(), end, seconds);
    constexpr std::int64_t kYear9999 = 253'402'300'799;
    if (status != std::errc{} || at != end || seconds < 0 || seconds > kYear9999)
        return bad_row(fmt::format("time '{}' is no UNIX time in seconds", excerpt(text, 40)));
    const Duration since_epoch = std::chrono::seconds{seconds};
    if (since_epoch % interval != Duration{0})
        return bad_row(
            fmt::format("time {} is off the {} grid", seconds, format_duration(interval)));
    return UtcTime{since_epoch};
}

Result<void> check_candle(const Candle& c) {
    if (!c.low.value.is_positive() || !c.open.value.is_positive() || !c.close.value.is_positive() ||
        !c.high.value.is_positive())
        return bad_row("a price is not above 0");
    if (c.high.value > kPriceMax) return bad_row("a price is above 10^15");
    if (c.high < c.open || c.high < c.close || c.low > c.open || c.low > c.close)
        return bad_row("high and low do not bound open and close");
    if (c.volume.value.is_negative()) return bad_row("the volume is below 0");
    return success();
}

}  // namespace

bool is_header(std::string_view line) {
    return !line.empty() && (line.front() < '0' || line.front() > '9') && line.front() != '-' &&
           line.front() != '+';
}

Result<Candle> parse_row(std::string_view line, Duration interval) {
    std::array<std::string_view, 6> fields;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const std::size_t comma = line.find(',');
        if ((comma == std::string_view::npos) != (i + 1 == fields.size()))
            return bad_row("not six fields");
        fields[i] = line.substr(0, comma);
        line.remove_prefix(comma == std::string_view::npos ? line.size() : comma + 1);
    }
    Candle candle;
    VAULT_TRY(candle.open_time, parse_open_time(fields[0], interval));
    VAULT_TRY(candle.open.value, Decimal::parse(fields[1]));
    VAULT_TRY(candle.high.value, Decimal::parse(fields[2]));
    VAULT_TRY(candle.low.value, Decimal::parse(fields[3]));
    VAULT_TRY(candle.close.value, Decimal::parse(fields[4]));
    VAULT_TRY(candle.volume.value, Decimal::parse(fields[5]));
    VAULT_TRYV(check_candle(candle));
    return candle;
}

}  // namespace vault::candles
