// How fast the cycle rules, the window and the candle reader are on one core. Prints one JSON line
// per figure, in the shape that `./dev bench` collects. Arguments: none.
#include "common/base/random.hpp"
#include "daemon/strategy/cycle.hpp"

#include <chrono>
#include <cstdio>
#include <vector>

namespace {

using vault::Decimal;

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void print(const char* name, double value, double goal) {
    std::printf(
        "{\"name\": \"%s\", \"value\": %.0f, \"unit\": \"evaluations/s\", \"goal\": %.0f, "
        "\"met\": %s}\n",
        name, value, goal, value >= goal ? "true" : "false");
}

vault::ports::MarketView market_at(std::int64_t cents, vault::UtcTime now) {
    vault::ports::MarketView view;
    view.now = now;
    view.price = vault::Price{Decimal::from_raw(cents * (Decimal::kOne / 100))};
    view.low = vault::Price{Decimal::from_int(1985)};
    view.reference = vault::Price{Decimal::from_int(1999)};
    view.closes_sum = Decimal::from_int(8000);
    view.closes_count = 4;
    view.warm = true;
    return view;
}

vault::ports::SleeveFigures sleeve() {
    vault::ports::SleeveFigures figures;
    figures.free_cash = Decimal::from_int(1000);
    figures.fee_rate = vault::strategy::kDefaultFeeRate;
    figures.rules = {vault::Pair::parse("ETH/USDT").value(), Decimal::from_raw(Decimal::kOne / 100),
                     Decimal::from_raw(Decimal::kOne / 10'000), Decimal::from_int(5),
                     Decimal::from_raw(Decimal::kOne / 10'000)};
    return figures;
}

// Every evaluation is a full buy or sell check: the clock moves by more than both intervals.
double rate(std::size_t sleeves, std::size_t evaluations) {
    const vault::strategy::CycleParams params;
    std::vector<vault::strategy::CycleState> states(sleeves);
    std::vector<vault::ports::SleeveFigures> figures(sleeves, sleeve());
    for (std::size_t i = 1; i < sleeves; i += 2) {  // every other one holds a position
        figures[i].quantity = Decimal::from_raw(Decimal::kOne / 2);
        figures[i].cost = Decimal::from_int(1000);
    }
    vault::Random random{1};
    vault::UtcTime now{};
    std::size_t acted = 0;
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t done = 0; done < evaluations;) {
        now += std::chrono::seconds{60};
        const auto market =
            market_at(199'000 + static_cast<std::int64_t>(random.below(2'000)), now);
        for (std::size_t i = 0; i < sleeves; ++i, ++done) {
            const auto decision = vault::strategy::evaluate(params, market, figures[i], states[i]);
            acted += decision.action == vault::ports::Action::Hold ? 0 : 1;
        }
    }
    const double took = seconds_since(start);
    std::fprintf(stderr, "%zu sleeves: %zu decisions to act\n", sleeves, acted);
    return static_cast<double>(evaluations) / took;
}

}  // namespace

int main() {
    print("strategy_hot", rate(2, 20'000'000), 15e6);
    print("strategy_20000_sleeves", rate(20'000, 20'000'000), 5e6);
    return 0;
}
