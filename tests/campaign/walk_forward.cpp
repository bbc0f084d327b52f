#include "tests/campaign/walk_forward.hpp"

#include "daemon/exchange/paper/candle_feed.hpp"
#include "tests/support/backtest.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>

namespace vault::campaign {
namespace {

using vault::literals::operator""_dec;

constexpr Duration kHole = std::chrono::hours{6};
constexpr Decimal kFee = "0.004"_dec;
constexpr Decimal kCash = Decimal::from_int(1'000);

testing::BacktestSettings settings_of(const Candidate& candidate) {
    testing::BacktestSettings settings;
    settings.params = candidate.params;
    settings.params.fee_rate = kFee;
    settings.sim.fee_rate = kFee;
    settings.sim.slippage = "0.0005"_dec;
    settings.rules = {Pair::parse("ETH/USDT").value(), "0.01"_dec, "0.0001"_dec, "10"_dec,
                      "0.0001"_dec};
    settings.cash = kCash;
    settings.flash = candidate.flash;
    return settings;
}

Outcome run(const Series& series, const Segment& segment, const Candidate& candidate) {
    const auto end =
        segment.to < series->size() ? std::optional{series->time(segment.to)} : std::nullopt;
    auto feed = exchange::CandleFeed::create(series, exchange::CandlePath::Ohlc4,
                                             series->time(segment.from), end);
    VAULT_CHECK(feed.has_value(), "a segment holds candles");
    const auto result = testing::run_backtest(settings_of(candidate), feed.value());
    const Decimal open =
        mul(result.position_quantity, result.last_price.value, Rounding::Down).value();
    const Decimal kept = mul(open, kOne - kFee, Rounding::Down).value();
    const Decimal gain = result.final_cash + result.swept + kept - kCash;
    return {100 * gain.to_double() / kCash.to_double(), result.fills.size()};
}

}  // namespace

std::vector<Segment> segments_of(const candles::CandleSeries& series) {
    std::vector<Segment> out;
    for (std::size_t i = 0; i < series.size(); ++i) {
        if (i == 0 || series.time(i) - series.time(i - 1) > kHole) out.push_back({i, i});
        out.back().to = i + 1;
    }
    return out;
}

Outcomes run_all(const Series& series, const std::vector<Segment>& segments,
                 const std::vector<Candidate>& candidates) {
    Outcomes out(candidates.size(), std::vector<Outcome>(segments.size()));
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t i = next++; i < candidates.size() * segments.size(); i = next++) {
            const std::size_t candidate = i / segments.size();
            const std::size_t segment = i % segments.size();
            out[candidate][segment] = run(series, segments[segment], candidates[candidate]);
        }
    };
    std::vector<std::thread> threads;
    for (unsigned i = 1; i < std::thread::hardware_concurrency(); ++i)
        threads.emplace_back(work);
    work();
    for (std::thread& thread : threads)
        thread.join();
    return out;
}

double held_percent(const candles::CandleSeries& series, const Segment& segment) {
    const double first = series[segment.from].open.value.to_double();
    const double last = series[segment.to - 1].close.value.to_double();
    const double fee = kFee.to_double();
    return 100 * (last / first * (1 - fee) / (1 + fee) - 1);
}

std::vector<Candidate> quiet_grid() {
    std::vector<Candidate> out;
    strategy::CycleParams p = strategy::quiet_preset();
    for (const Decimal bounce : {"1.015"_dec, "1.008"_dec, "1.004"_dec})
        for (const Decimal spike : {"1.03"_dec, "1.02"_dec})
            for (const Decimal trend : {"1.015"_dec, "1.006"_dec})
                for (const Decimal stop : {"0.05"_dec, "0.03"_dec})
                    for (const Decimal drop : {"0.03"_dec, "0.015"_dec}) {
                        p.bounce = bounce;
                        p.spike = spike;
                        p.trend_min = trend;
                        p.stop_loss = stop;
                        p.trail_drop = drop;
                        out.push_back({p, false});
                    }
    return out;
}

std::vector<std::size_t> chosen(const Outcomes& outcomes, std::size_t first) {
    std::vector<std::size_t> out;
    const std::size_t segments = outcomes.front().size();
    for (std::size_t segment = first; segment < segments; ++segment) {
        const auto sum = [&](const std::vector<Outcome>& of) {
            double total = 0;
            for (std::size_t i = 0; i < segment; ++i)
                total += of[i].percent;
            return total;
        };
        const auto best =
            std::max_element(outcomes.begin(), outcomes.end(),
                             [&](const auto& a, const auto& b) { return sum(a) < sum(b); });
        out.push_back(static_cast<std::size_t>(best - outcomes.begin()));
    }
    return out;
}

}  // namespace vault::campaign
