// How fast the cycle rules are on one core, hot and over 20,000 sleeves. `--json`: see figures.hpp.
#include "common/base/random.hpp"
#include "daemon/strategy/cycle.hpp"
#include "tests/support/figures.hpp"

#include <chrono>
#include <cstdio>
#include <ctime>
#include <vector>

namespace {

using vault::Decimal;

// Of this process alone: the figure is per core, whatever else the machine does.
double cpu_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
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
    const double start = cpu_seconds();
    for (std::size_t done = 0; done < evaluations;) {
        now += std::chrono::seconds{60};
        const auto market =
            market_at(199'000 + static_cast<std::int64_t>(random.below(2'000)), now);
        for (std::size_t i = 0; i < sleeves; ++i, ++done) {
            const auto decision = vault::strategy::evaluate(params, market, figures[i], states[i]);
            acted += decision.action == vault::ports::Action::Hold ? 0 : 1;
        }
    }
    const double took = cpu_seconds() - start;
    std::fprintf(stderr, "%zu sleeves: %zu decisions to act\n", sleeves, acted);
    return static_cast<double>(evaluations) / took;
}

}  // namespace

int main(int argc, char** argv) {
    vault::bench::Figures figures{argc, argv};
    const auto report = [&figures](const char* name, double value, double goal, const char* text) {
        vault::bench::Figure figure;
        figure.name = name;
        figure.value = value;
        figure.unit = "evaluations/s";
        figure.goal = text;
        figure.met = value >= goal;
        figures.add(figure);
    };
    report("strategy hot", rate(16, 20'000'000), 15e6, ">= 15 million/s");
    report("strategy 20000 sleeves", rate(20'000, 20'000'000), 5e6, ">= 5 million/s");
    return figures.exit_code();
}
