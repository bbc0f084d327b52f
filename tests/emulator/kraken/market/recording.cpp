#include "tests/emulator/kraken/market/recording.hpp"

#include "common/protocol/codec.hpp"
#include "tests/emulator/kraken/market/recording_rows.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <memory>

namespace vault::kraken_emulator {
namespace {

constexpr std::size_t kBytesMost = 1U << 30;

struct GzClose {
    void operator()(gzFile file) const { gzclose(file); }
};

Error wrong(const std::string& file, std::string_view what) {
    return Error{Errc::InvalidParams, fmt::format("{}{}", file, what), "file",
                 "candles or trades, as CSV or as Kraken's JSON, also as .gz"};
}

Error unreadable(const std::string& file) {
    return Error{Errc::Io, file + " cannot be read", "file", "check the path and its rights"};
}

// zlib reads a file that is not gzip as it is; one that was cut shows at its end.
Result<std::string> whole_text(const std::string& file) {
    std::error_code status;
    if (!std::filesystem::is_regular_file(file, status)) return unreadable(file);
    const std::unique_ptr<std::remove_pointer_t<gzFile>, GzClose> in{gzopen(file.c_str(), "rbe")};
    if (!in) return unreadable(file);
    std::string out;
    std::vector<char> part(1U << 18);
    for (int got = 1; got > 0;) {
        got = gzread(in.get(), part.data(), static_cast<unsigned>(part.size()));
        int code = Z_OK;
        gzerror(in.get(), &code);
        if (got < 0 || code == Z_BUF_ERROR) return wrong(file, ": the file is damaged");
        out.append(part.data(), static_cast<std::size_t>(got));
        if (out.size() > kBytesMost) return wrong(file, " is larger than 1 GiB");
    }
    return out;
}

// Takes rows as they come, each named by its place.
class Builder {
  public:
    explicit Builder(std::string file) { out_.file = std::move(file); }

    Decimal last_price() const { return out_.trades.empty() ? kZero : out_.trades.back().price; }
    Result<void> add(const Result<RecordedRow>& row, std::string_view place, std::uint64_t no);
    Result<Recording> finish();

  private:
    std::string named(std::string_view what) const {
        return fmt::format(", {} {}: {}", place_, no_, what);
    }
    Result<void> check_grid();

    Recording out_;
    std::vector<std::uint64_t> numbers_;  // of the candles, to name one that is off the grid
    std::string place_;
    std::uint64_t no_ = 0;
};

Result<void> Builder::add(const Result<RecordedRow>& row, std::string_view place,
                          std::uint64_t no) {
    place_ = place;
    no_ = no;
    if (!row) return wrong(out_.file, named(row.error().message()));
    if (const auto* trade = std::get_if<RecordedTrade>(&row.value())) {
        if (!out_.candles.empty()) return wrong(out_.file, named("a trade among candles"));
        if (!out_.trades.empty() && trade->time < out_.trades.back().time)
            return wrong(out_.file, named("earlier than the row before"));
        out_.trades.push_back(*trade);
        return success();
    }
    const RecordedCandle& candle = std::get<RecordedCandle>(row.value());
    if (!out_.trades.empty()) return wrong(out_.file, named("a candle among trades"));
    if (!out_.candles.empty() && candle.begin <= out_.candles.back().begin)
        return wrong(out_.file, named("not later than the row before"));
    out_.candles.push_back(candle);
    numbers_.push_back(no);
    return success();
}

// The smallest distance is the interval, so any other has to be a multiple of it.
Result<void> Builder::check_grid() {
    const auto& all = out_.candles;
    out_.interval = all[1].begin - all[0].begin;
    for (std::size_t i = 1; i < all.size(); ++i)
        out_.interval = std::min(out_.interval, all[i].begin - all[i - 1].begin);
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i].begin.time_since_epoch() % out_.interval == Span::zero()) continue;
        no_ = numbers_[i];
        return wrong(out_.file, named(fmt::format("off the grid of {} s that the other rows are on",
                                                  out_.interval / std::chrono::seconds{1})));
    }
    return success();
}

Result<Recording> Builder::finish() {
    if (out_.rows() == 0) return wrong(out_.file, " holds no row");
    if (out_.candles.size() == 1)
        return wrong(out_.file, " holds one candle alone, so that its length is not known");
    if (!out_.candles.empty()) {
        VAULT_TRYV(check_grid());
    }
    return std::move(out_);
}

Result<Recording> from_csv(const std::string& file, std::string_view text) {
    Builder builder{file};
    for (std::uint64_t no = 1; !text.empty(); ++no) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (line.ends_with('\r')) line.remove_suffix(1);
        const bool header = no == 1 && !line.empty() && (line[0] < '0' || line[0] > '9');
        if (header) continue;
        VAULT_TRYV(builder.add(parse_csv_row(line, builder.last_price()), "line", no));
    }
    return builder.finish();
}

// {"error":[],"result":{"XXBTZUSD":[[…], …],"last":…}}
Result<Recording> from_json(const std::string& file, std::string_view text) {
    const auto document = protocol::parse_json(text, kBytesMost);
    if (!document) return wrong(file, ": " + document.error().message());
    const auto* object = document.value().if_object();
    const auto* result = object == nullptr ? nullptr : object->if_contains("result");
    const auto* pairs = result == nullptr ? object : result->if_object();
    if (pairs == nullptr) return wrong(file, ": its result is no object");
    Builder builder{file};
    for (const auto& [name, rows] : *pairs) {
        if (!rows.is_array()) continue;  // "last"
        std::uint64_t no = 0;
        for (const auto& row : rows.get_array()) {
            const Result<RecordedRow> parsed =
                row.is_array() ? parse_json_row(row.get_array())
                               : Error{Errc::InvalidParams, "no list of values"};
            VAULT_TRYV(builder.add(parsed, "row", ++no));
        }
    }
    return builder.finish();
}

}  // namespace

std::size_t Recording::row_from(Moment time) const {
    const auto from_trade = std::lower_bound(
        trades.begin(), trades.end(), time,
        [](const RecordedTrade& trade, Moment wanted) { return trade.time < wanted; });
    const auto from_candle = std::lower_bound(
        candles.begin(), candles.end(), time,
        [](const RecordedCandle& candle, Moment wanted) { return candle.begin < wanted; });
    return static_cast<std::size_t>((from_trade - trades.begin()) +
                                    (from_candle - candles.begin()));
}

Result<Recording> read_recording(const std::string& file) {
    VAULT_TRY(const std::string text, whole_text(file));
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first != std::string::npos && text[first] == '{') return from_json(file, text);
    return from_csv(file, text);
}

}  // namespace vault::kraken_emulator
