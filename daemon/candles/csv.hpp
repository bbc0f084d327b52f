#pragma once
// CsvReader: lines of a CSV file, gzip or plain, and the check of each candle row. Inside this room
// only; one thread. Fails with Io, or InvalidParams naming the line.
#include "common/domain/market.hpp"

#include <filesystem>
#include <memory>
#include <optional>

namespace vault::candles {

class CsvReader {
  public:
    static Result<CsvReader> open(const std::filesystem::path& file);
    CsvReader(CsvReader&&) noexcept;
    CsvReader& operator=(CsvReader&&) noexcept;
    ~CsvReader();

    // Without its line end; valid until the next call. nullopt at the end of the file.
    Result<std::optional<std::string_view>> next_line();
    std::uint64_t line_number() const;  // of the last line given, from 1

  private:
    struct State;
    explicit CsvReader(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// Six fields, a whole second on the interval's grid, positive prices, volume >= 0, and high and low
// around open and close. The message has no line number yet.
Result<Candle> parse_row(std::string_view line, Duration interval);

// "time,open,…" and the like: a first line whose first field is no number.
bool is_header(std::string_view line);

}  // namespace vault::candles
