#include "daemon/candles/import.hpp"

#include "daemon/candles/columns.hpp"
#include "daemon/candles/csv.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

namespace vault::candles {
namespace {

namespace fs = std::filesystem;

// Removes a half-written directory whatever way the import ends.
class Scratch {
  public:
    explicit Scratch(fs::path path) : path_(std::move(path)) {}
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

Result<void> check_interval(Duration interval) {
    const Duration day = std::chrono::days{1};
    const bool whole = interval >= std::chrono::seconds{1} && interval <= day &&
                       interval % std::chrono::seconds{1} == Duration{0} &&
                       day % interval == Duration{0};
    if (whole) return success();
    return Error{Errc::InvalidParams,
                 fmt::format("interval {} does not divide a day", format_duration(interval)),
                 "interval", "use 1m, 5m, 15m, 1h, 4h or 1d"};
}

// Keeps the rest of the error and puts the line before its message.
Error at_line(std::uint64_t line, const Error& error) {
    return Error{error.code(), fmt::format("line {}: {}", line, error.message()), "file",
                 error.hint()};
}

Error row_error(std::uint64_t line, std::string_view what, std::string hint) {
    return Error{Errc::InvalidParams, fmt::format("line {}: {}", line, what), "file",
                 std::move(hint)};
}

Result<void> read_rows(const fs::path& csv, Duration interval, SeriesBuilder& builder,
                       ImportReport& report) {
    VAULT_TRY(CsvReader reader, CsvReader::open(csv));
    for (;;) {
        VAULT_TRY(const std::optional<std::string_view> line, reader.next_line());
        if (!line) break;
        const std::uint64_t number = reader.line_number();
        if (number == 1 && is_header(*line)) continue;
        const Result<Candle> row = parse_row(*line, interval);
        if (!row) return at_line(number, row.error());
        const Candle& candle = row.value();
        if (builder.rows() > 0 && candle.open_time <= report.last)
            return row_error(number, "the time does not ascend", "sort the rows by time");
        if (builder.rows() == 0) report.first = candle.open_time;
        if (builder.rows() > 0 && candle.open_time != report.last + interval) ++report.gaps;
        report.last = candle.open_time;
        if (!builder.add(candle))
            return row_error(number, "a number has too many digits",
                             "at most 18 digits in all, counted at the file's finest decimals");
    }
    if (builder.rows() > 0) return success();
    return Error{Errc::InvalidParams, fmt::format("{} has no rows", csv.string()), "file",
                 "give a file with at least one candle"};
}

// An existing directory is swapped in one step, so that a reader sees the old rows or the new.
Result<void> put_in_place(const fs::path& fresh, const fs::path& target) {
    const bool swap = fs::exists(target);
    const unsigned flags = swap ? RENAME_EXCHANGE : RENAME_NOREPLACE;
    if (::renameat2(AT_FDCWD, fresh.c_str(), AT_FDCWD, target.c_str(), flags) != 0)
        return io_error("cannot put in place", target);
    return sync_directory(target.parent_path());
}

bool same_rows(const fs::path& directory, const SeriesInfo& info) {
    const Result<CandleSeries> there = CandleSeries::open(directory);
    return there && there.value().info() == info && there.value().verify();
}

}  // namespace

fs::path series_directory(const fs::path& root, const Pair& pair, Duration interval) {
    return root /
           fmt::format("{}-{}.{}", pair.base.text(), pair.quote.text(), format_duration(interval));
}

Result<ImportReport> import_csv(const fs::path& csv, const Pair& pair, Duration interval,
                                const fs::path& root) {
    VAULT_TRYV(check_interval(interval));
    ImportReport report;
    SeriesBuilder builder{pair, interval};
    VAULT_TRYV(read_rows(csv, interval, builder, report));
    report.info = builder.finish();
    report.directory = series_directory(root, pair, interval);
    report.unchanged = same_rows(report.directory, report.info);
    if (report.unchanged) return report;
    std::error_code status;
    fs::create_directories(root, status);
    const Scratch scratch{root /
                          fmt::format(".{}.{}", report.directory.filename().string(), ::getpid())};
    fs::remove_all(scratch.path(), status);
    if (!fs::create_directory(scratch.path(), status)) {
        errno = status.value();
        return io_error("cannot create", scratch.path());
    }
    VAULT_TRYV(builder.write(scratch.path()));
    VAULT_TRYV(put_in_place(scratch.path(), report.directory));
    return report;
}

}  // namespace vault::candles
