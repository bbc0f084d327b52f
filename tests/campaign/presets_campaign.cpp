// Where the presets stand on real prices: walk-forward over the segments of a file of ETH/USDT
// minutes, the table that daemon/strategy/README.md shows. Prints per segment what flash, quiet and
// holding gave, the means, and which of the 48 candidates would have been chosen at each point.
// Arguments: [candle file] [--json]. Without a file: the shared data, or nothing to do.
#include "daemon/candles/import.hpp"
#include "tests/campaign/walk_forward.hpp"
#include "tests/support/figures.hpp"
#include "tests/support/shared_data.hpp"

#include <cstdlib>
#include <numeric>

namespace vault::campaign {
namespace {

constexpr std::size_t kFirstOutOfSample = 3;

struct Column {
    const char* name;
    std::vector<double> percent;
    std::vector<std::size_t> fills;  // empty: none are counted

    double mean(std::size_t from) const {
        const auto first = percent.begin() + static_cast<std::ptrdiff_t>(from);
        return std::accumulate(first, percent.end(), 0.0) /
               static_cast<double>(percent.end() - first);
    }
    std::string cell(std::size_t i) const {
        return fills.empty() ? fmt::format("{:.1f}", percent[i])
                             : fmt::format("{:.1f} ({})", percent[i], fills[i]);
    }
};

Column column_of(const char* name, const std::vector<Outcome>& outcomes) {
    Column column{name, {}, {}};
    for (const Outcome& outcome : outcomes) {
        column.percent.push_back(outcome.percent);
        column.fills.push_back(outcome.fills);
    }
    return column;
}

// As in the README, so that it can be pasted there.
void print_table(const std::vector<std::string>& days, const std::vector<Column>& columns) {
    const auto row = [&](const std::string& head, const auto& cell) {
        fmt::print(stderr, "| {} |", head);
        for (const Column& column : columns)
            fmt::print(stderr, " {} |", cell(column));
        fmt::print(stderr, "\n");
    };
    row("segment from", [](const Column& c) { return std::string{c.name}; });
    row("---", [](const Column&) { return std::string{"---"}; });
    for (std::size_t i = 0; i < days.size(); ++i)
        row(days[i], [&](const Column& c) { return c.cell(i); });
    row("mean of all", [](const Column& c) { return fmt::format("{:.1f}", c.mean(0)); });
    row("mean out of sample (from the fourth)",
        [](const Column& c) { return fmt::format("{:.1f}", c.mean(kFirstOutOfSample)); });
}

void report(bench::Figures& figures, const Column& column, std::uint64_t segments) {
    figures.add({.name = fmt::format("presets_{}_mean", column.name),
                 .value = column.mean(0),
                 .unit = "% a segment",
                 .runs = segments});
    figures.add({.name = fmt::format("presets_{}_mean_out_of_sample", column.name),
                 .value = column.mean(kFirstOutOfSample),
                 .unit = "% a segment",
                 .runs = segments - kFirstOutOfSample});
}

void run(bench::Figures& figures, const Series& series) {
    const std::vector<Segment> segments = segments_of(*series);
    VAULT_CHECK(segments.size() > kFirstOutOfSample, "walk-forward needs four segments");
    std::vector<Candidate> candidates = quiet_grid();
    const std::size_t grid = candidates.size();
    candidates.push_back({strategy::quiet_preset(), false});
    candidates.push_back({strategy::flash_preset(), true});
    const Outcomes all = run_all(series, segments, candidates);
    const Outcomes quiets{all.begin(), all.begin() + static_cast<std::ptrdiff_t>(grid)};
    Column held{"held", {}, {}};
    std::vector<std::string> days;
    for (const Segment& segment : segments) {
        held.percent.push_back(held_percent(*series, segment));
        days.push_back(format_utc(series->time(segment.from)).substr(0, 10));
    }
    const std::vector<Column> columns{column_of("flash", all[grid + 1]),
                                      column_of("quiet", all[grid]), held};
    print_table(days, columns);
    std::uint64_t others = 0;
    const auto picks = chosen(quiets, kFirstOutOfSample);
    for (std::size_t i = 0; i < picks.size(); ++i) {
        const auto& p = candidates[picks[i]].params;
        if (!(p == strategy::quiet_preset())) ++others;
        fmt::print(stderr,
                   "chosen for {}: bounce {} spike {} trend_min {} stop_loss {} trail_drop {}\n",
                   days[i + kFirstOutOfSample], p.bounce.text(), p.spike.text(), p.trend_min.text(),
                   p.stop_loss.text(), p.trail_drop.text());
    }
    for (const Column& column : columns)
        report(figures, column, segments.size());
    figures.add({.name = "presets_quiet_is_what_walk_forward_chose",
                 .value = static_cast<double>(picks.size() - others),
                 .unit = "segments",
                 .goal = fmt::format("all {}", picks.size()),
                 .met = others == 0,
                 .runs = picks.size(),
                 .failures = others});
}

}  // namespace
}  // namespace vault::campaign

int main(int argc, char** argv) {
    vault::bench::Figures figures{argc, argv};
    const bool given = argc > 1 && std::string_view{argv[1]} != "--json";
    const std::filesystem::path file =
        given ? std::filesystem::path{argv[1]}
              : vault::testing::shared_file("data/dev/binance_ETHUSDT_1m.csv.gz");
    if (!std::filesystem::exists(file)) {
        fmt::print(stderr, "no candles at {}: nothing to do; give a file of ETH/USDT minutes\n",
                   file.string());
        return given ? 1 : 0;
    }
    const vault::testing::TemporaryDirectory folder;
    const auto imported = vault::candles::import_csv(file, vault::Pair::parse("ETH/USDT").value(),
                                                     std::chrono::minutes{1}, folder.path());
    if (!imported) {
        fmt::print(stderr, "{}\n", imported.error().message());
        return 1;
    }
    auto series = vault::candles::CandleSeries::open(imported.value().directory);
    VAULT_CHECK(series.has_value(), "what was imported can be opened");
    vault::campaign::run(
        figures, std::make_shared<const vault::candles::CandleSeries>(std::move(series).value()));
    return figures.exit_code();
}
