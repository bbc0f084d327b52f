#pragma once
// Walk-forward over segments of one candle file: a grid of parameter sets is run over every
// segment; for each segment from the fourth on, the set with the best mean over the segments before
// it is what one would have chosen then. Exact results from the tests' sleeve backtest; per cent as
// doubles, for people. Values; the runs use one thread per core.
#include "daemon/candles/series.hpp"
#include "daemon/strategy/cycle_params.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace vault::campaign {

using Series = std::shared_ptr<const candles::CandleSeries>;

// A stretch of candles without a hole of more than six hours: [from, to).
struct Segment {
    std::size_t from = 0, to = 0;
};
std::vector<Segment> segments_of(const candles::CandleSeries& series);

struct Candidate {
    strategy::CycleParams params;
    bool flash = false;
};
struct Outcome {
    double percent = 0;  // of the starting cash; an open position at last price less its fee
    std::size_t fills = 0;
};
using Outcomes = std::vector<std::vector<Outcome>>;  // [candidate][segment]
Outcomes run_all(const Series& series, const std::vector<Segment>& segments,
                 const std::vector<Candidate>& candidates);

// Bought at the segment's first price, sold at its last, a fee each.
double held_percent(const candles::CandleSeries& series, const Segment& segment);

// The 48 candidates that the quiet preset was chosen from, the slowest of equals first.
std::vector<Candidate> quiet_grid();
// For every segment from `first` on: the candidate with the best mean over those before; of equals
// the first.
std::vector<std::size_t> chosen(const Outcomes& outcomes, std::size_t first);

}  // namespace vault::campaign
