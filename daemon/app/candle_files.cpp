#include "daemon/app/candle_files.hpp"

#include "common/base/hash.hpp"
#include "daemon/candles/import.hpp"

#include <fmt/format.h>

#include <fstream>
#include <sys/stat.h>

namespace vault::app {
namespace {

namespace fs = std::filesystem;

// The parts of "binance_ETHUSDT_1m.csv.gz" before the first dot.
std::vector<std::string> words_of(const fs::path& file) {
    std::vector<std::string> words(1);
    for (const char c : file.filename().string()) {
        if (c == '.') break;
        if (c == '_' || c == '-') {
            words.emplace_back();
        } else {
            words.back() += c;
        }
    }
    return words;
}

// Kraken calls BTC XBT.
std::string joined(const Pair& pair, bool xbt) {
    const std::string base{pair.base.text()};
    return (xbt && base == "BTC" ? std::string{"XBT"} : base) + std::string{pair.quote.text()};
}

std::optional<Pair> pair_in_name(const fs::path& file, const std::vector<Pair>& pairs) {
    for (const std::string& word : words_of(file))
        for (const Pair& pair : pairs)
            if (word == joined(pair, false) || word == joined(pair, true)) return pair;
    return std::nullopt;
}

std::optional<Duration> interval_in_name(const fs::path& file) {
    for (const std::string& word : words_of(file)) {
        const auto interval = parse_duration(word);
        if (interval && interval.value() > Duration{0} && word != "0") return interval.value();
    }
    return std::nullopt;
}

std::string read_text(const fs::path& file) {
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}

ports::ImportView view_of(const candles::CandleSeries& series, const std::string& csv) {
    const candles::SeriesInfo& info = series.info();
    return {csv,
            info.pair,
            info.interval,
            info.rows,
            series.time(0),
            series.time(series.size() - 1),
            series.gaps().size(),
            to_hex(info.rows_hash)};
}

Result<ports::ImportView> imported_into(const fs::path& home, const fs::path& csv, const Pair& pair,
                                        Duration interval) {
    VAULT_TRYV(candles::import_csv(csv, pair, interval, home));
    VAULT_TRY(const candles::CandleSeries series,
              candles::CandleSeries::open(candles::series_directory(home, pair, interval)));
    return view_of(series, csv.string());
}

}  // namespace

Result<CandleFiles::Source> CandleFiles::locate(const std::string& path, std::optional<Pair> pair,
                                                std::optional<Duration> interval) const {
    struct stat info {};
    if (path.empty() || path.front() != '/')
        return Error{Errc::InvalidParams, fmt::format("'{}' is not an absolute path", path), "file",
                     "name the file with its whole path"};
    if (::stat(path.c_str(), &info) != 0)
        return Error{Errc::NotFound, fmt::format("there is no file {}", path), "file",
                     "the daemon must be able to read it"};
    if (!S_ISREG(info.st_mode))
        return Error{Errc::InvalidParams, fmt::format("{} is not a regular file", path), "file",
                     "name a file of candles"};
    Source source;
    source.csv = path;
    if (!pair) pair = pair_in_name(source.csv, pairs_);
    if (!pair)
        return Error{Errc::InvalidParams, "the file's name does not tell its pair", "pair",
                     "add --pair BASE/QUOTE"};
    if (!interval) interval = interval_in_name(source.csv);
    if (!interval)
        return Error{Errc::InvalidParams, "the file's name does not tell its interval", "interval",
                     "add --interval 1m"};
    source.pair = *pair;
    source.interval = *interval;
    source.home = root_ / to_hex(sha256(path)).substr(0, 16);
    source.stamp = fmt::format("{}\n{} {} {} {}\n", path, info.st_size, info.st_mtim.tv_sec,
                               info.st_mtim.tv_nsec, source.pair.text());
    return source;
}

Result<void> CandleFiles::bring_up_to_date(const Source& source) const {
    const fs::path stamp = source.home / "source";
    const fs::path series = candles::series_directory(source.home, source.pair, source.interval);
    std::error_code status;
    if (fs::exists(series, status) && read_text(stamp) == source.stamp) return success();
    VAULT_TRYV(candles::import_csv(source.csv, source.pair, source.interval, source.home));
    const fs::path fresh = stamp.string() + ".new";
    std::ofstream{fresh} << source.stamp;
    fs::rename(fresh, stamp, status);
    if (status)
        return Error{Errc::Io, fmt::format("cannot write {}: {}", stamp.string(), status.message()),
                     "file", "see the permissions of the candle directory"};
    return success();
}

Result<std::shared_ptr<const candles::CandleSeries>> CandleFiles::open(
    const std::string& path, std::optional<Pair> pair, std::optional<Duration> interval) {
    VAULT_TRY(const Source source, locate(path, pair, interval));
    VAULT_TRYV(bring_up_to_date(source));
    VAULT_TRY(candles::CandleSeries series, candles::CandleSeries::open(candles::series_directory(
                                                source.home, source.pair, source.interval)));
    return std::make_shared<const candles::CandleSeries>(std::move(series));
}

Result<ports::ImportView> CandleFiles::import(const std::string& path, std::optional<Pair> pair,
                                              std::optional<Duration> interval) {
    VAULT_TRY(const auto series, open(path, pair, interval));
    return view_of(*series, path);
}

Result<ports::ImportView> CandleFiles::rehearse(const std::string& path, std::optional<Pair> pair,
                                                std::optional<Duration> interval) {
    VAULT_TRY(const Source source, locate(path, pair, interval));
    const fs::path home = root_ / "rehearsal";
    std::error_code ignored;
    fs::remove_all(home, ignored);  // of one that was killed
    auto view = imported_into(home, source.csv, source.pair, source.interval);
    fs::remove_all(home, ignored);
    return view;
}

Result<std::vector<ports::ImportView>> CandleFiles::list() {
    std::vector<ports::ImportView> out;
    std::error_code status;
    for (const fs::directory_entry& home : fs::directory_iterator{root_, status}) {
        std::string csv = read_text(home.path() / "source");
        csv.resize(std::min(csv.size(), csv.find('\n')));
        if (csv.empty()) continue;  // never finished, or a rehearsal
        for (const fs::directory_entry& entry : fs::directory_iterator{home.path(), status}) {
            if (!entry.is_directory(status)) continue;
            const auto series = candles::CandleSeries::open(entry.path());
            if (!series || series.value().size() == 0) continue;
            out.push_back(view_of(series.value(), csv));
        }
    }
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
        return std::tie(a.pair, a.interval, a.source) < std::tie(b.pair, b.interval, b.source);
    });
    return out;
}

}  // namespace vault::app
