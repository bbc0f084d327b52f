#pragma once
// CandleFiles: candle files by the path they came from. The first use of a CSV file makes its
// column files under the candle directory; later uses map them, unless the CSV changed meanwhile.
// Pair and interval may come from the file's name ("binance_ETHUSDT_1m.csv.gz"). Each owner has one
// of its own; files are replaced atomically, so several may work at a time. Blocking.
#include "daemon/candles/series.hpp"
#include "daemon/ports/candle_library.hpp"

#include <filesystem>
#include <memory>

namespace vault::app {

class CandleFiles final : public ports::Candles {
  public:
    // `pairs` are the ones that a file's name may mean.
    CandleFiles(std::filesystem::path root, std::vector<Pair> pairs)
        : root_(std::move(root)), pairs_(std::move(pairs)) {}

    Result<ports::ImportView> import(const std::string& path, std::optional<Pair> pair,
                                     std::optional<Duration> interval) override;
    Result<ports::ImportView> rehearse(const std::string& path, std::optional<Pair> pair,
                                       std::optional<Duration> interval) override;
    Result<std::vector<ports::ImportView>> list() override;

    // The file's candles, imported first if need be.
    Result<std::shared_ptr<const candles::CandleSeries>> open(const std::string& path,
                                                              std::optional<Pair> pair,
                                                              std::optional<Duration> interval);

  private:
    struct Source {
        std::filesystem::path csv;
        std::filesystem::path home;  // of its column files
        Pair pair;
        Duration interval{};
        std::string stamp;  // size and time of the CSV
    };
    Result<Source> locate(const std::string& path, std::optional<Pair> pair,
                          std::optional<Duration> interval) const;
    Result<void> bring_up_to_date(const Source& source) const;

    std::filesystem::path root_;
    std::vector<Pair> pairs_;
};

}  // namespace vault::app
