// How many sleeves one core evaluates a second, by processor time. An evaluation is one due check
// of strategy::evaluate: the clock moves by a minute each round, so that no call is cut short by
// its timer. The sleeves are what a fleet is: both presets with numbers that users changed,
// flat and in positions of every age and price, cooling, paused, waiting for an order, some on a
// window that is still warming up. Decisions are filled at the next price, so states go on living;
// the mix of reasons that were met is printed. "Hot" is 16 sleeves in the nearest cache, "round
// robin" 20,000 in memory, each with parameters, figures and state of its own, as in the engine.
// Baseline: the same walk over the same memory that reads each sleeve but decides nothing.
#include "common/base/random.hpp"
#include "daemon/exchange/paper/synthetic_feed.hpp"
#include "daemon/market/price_window.hpp"
#include "daemon/strategy/cycle.hpp"
#include "tests/bench/measure.hpp"
#include "tests/support/figures.hpp"

#include <array>
#include <vector>

namespace vault::bench {
namespace {

using vault::literals::operator""_dec;
using ports::Action;
using ports::Reason;

constexpr int kRounds = 5;
constexpr std::size_t kEvaluations = 8'000'000;
constexpr std::size_t kReasons = static_cast<std::size_t>(ports::kLastReason) + 1;

struct OneSleeve {
    strategy::CycleParams params;
    ports::SleeveFigures figures;
    strategy::CycleState state;
    bool young = false;  // its window is still warming up
};

// A minute apart, of a market that has run for a day and of one that has just started.
struct Views {
    std::vector<ports::MarketView> old, young;
};

Views views(std::size_t minutes) {
    exchange::SyntheticSettings settings;
    settings.pair = Pair::parse("ETH/USDT").value();
    auto feed = exchange::SyntheticFeed::create(settings).value();
    const auto spec = strategy::window_spec(strategy::flash_preset(), false);
    market::PriceWindow old{spec}, young{spec};
    Views out;
    for (std::size_t tick = 0; out.old.size() < minutes; ++tick) {
        const auto next = feed.next();
        VAULT_CHECK(next.has_value(), "the market goes on");
        old.add(*next);
        if (tick % 200 == 0) young.clear();  // before the hour is full
        young.add(*next);
        if (tick < 4 * 1'440 || tick % 4 != 0) continue;
        out.old.push_back(strategy::market_view(old.figures()));
        out.young.push_back(strategy::market_view(young.figures()));
    }
    return out;
}

Decimal between(Random& random, Decimal low, Decimal high) {
    constexpr Decimal::Raw kStep = Decimal::kOne / 100'000;
    const auto steps = static_cast<std::uint64_t>((high - low).raw() / kStep);
    return Decimal::from_raw(low.raw() + static_cast<Decimal::Raw>(random.below(steps)) * kStep);
}

void hold_position(OneSleeve& sleeve, Decimal price) {
    ports::SleeveFigures& f = sleeve.figures;
    f.quantity =
        round_step(div(f.free_cash, price, Rounding::Floor).value(), f.rules.lot, Rounding::Floor);
    f.cost = mul(f.quantity, price, Rounding::Up).value();
    f.free_cash -= f.cost;
}

OneSleeve make_sleeve(std::size_t i, Random& random, const ports::MarketView& market) {
    OneSleeve out;
    const bool quiet = i % 2 == 0;
    out.params = quiet ? strategy::quiet_preset() : strategy::flash_preset();
    if (i % 4 >= 2) {  // half of the users changed something
        out.params.bounce = between(random, "1.001"_dec, quiet ? "1.02"_dec : "1.004"_dec);
        out.params.stop_loss = between(random, "0.012"_dec, "0.04"_dec);
        out.params.trail_drop = between(random, "0"_dec, "0.02"_dec);
    }
    ports::SleeveFigures& f = out.figures;
    f.free_cash = between(random, "200"_dec, "5000"_dec);
    f.fee_rate = strategy::kDefaultFeeRate;
    f.rules = {Pair::parse("ETH/USDT").value(), "0.01"_dec, "0.0001"_dec, "5"_dec, "0.0001"_dec};
    if (random.below(100) < 40) {
        const Decimal paid = between(random, "0.97"_dec, "1.03"_dec);
        hold_position(out, mul(market.price.value, paid, Rounding::Floor).value());
    } else if (random.below(100) < 10) {
        f.paused = true;
    } else if (random.below(100) < 30) {
        f.ever_closed = true;
        f.last_cycle_lost = random.below(2) == 0;
        f.last_close = market.now - std::chrono::minutes{random.below(720)};
    }
    out.young = random.below(100) < 5;
    return out;
}

// A decision is an order for one round and filled in the next, as on a venue.
void settle(OneSleeve& sleeve, const ports::MarketView& market) {
    ports::SleeveFigures& f = sleeve.figures;
    f.order_pending = false;
    if (f.quantity.is_zero()) {
        hold_position(sleeve, market.price.value);
        strategy::on_buy_fill(sleeve.state);
        return;
    }
    const Decimal got = mul(f.quantity, market.price.value, Rounding::Floor).value();
    f.last_cycle_lost = got < f.cost;
    f.free_cash += got;
    f.quantity = f.cost = kZero;
    f.ever_closed = true;
    f.last_close = market.now;
    strategy::on_close(sleeve.state);
}

class Fleet {
  public:
    Fleet(std::size_t sleeves, const Views& views) : views_(views) {
        Random random{1};
        for (std::size_t i = 0; i < sleeves; ++i)
            sleeves_.push_back(make_sleeve(i, random, views_.old.front()));
    }

    // Evaluations a second of processor time.
    double evaluate() {
        std::size_t done = 0;
        const double start = cpu_seconds();
        for (; done < kEvaluations; done += sleeves_.size()) {
            const std::size_t minute = next_minute();
            for (OneSleeve& sleeve : sleeves_) {
                const ports::MarketView& market =
                    sleeve.young ? views_.young[minute] : views_.old[minute];
                if (sleeve.figures.order_pending) settle(sleeve, market);
                const auto decision =
                    strategy::evaluate(sleeve.params, market, sleeve.figures, sleeve.state);
                ++met_[static_cast<std::size_t>(decision.reason)];
                if (decision.action != Action::Hold) sleeve.figures.order_pending = true;
            }
        }
        return static_cast<double>(done) / (cpu_seconds() - start);
    }

    double touch() {
        std::size_t done = 0;
        const double start = cpu_seconds();
        for (; done < kEvaluations; done += sleeves_.size()) {
            const std::size_t minute = next_minute();
            for (OneSleeve& sleeve : sleeves_) {
                const ports::MarketView& market = views_.old[minute];
                sum_ += sleeve.figures.quantity.raw() + sleeve.params.spike.raw() +
                        sleeve.params.stop_loss.raw() + sleeve.figures.rules.lot.raw() +
                        market.price.value.raw();
                sleeve.state.last_buy_check = market.now;
            }
        }
        return static_cast<double>(done) / (cpu_seconds() - start);
    }

    void show_mix() const {
        std::size_t all = 0;
        for (const std::size_t count : met_)
            all += count;
        fmt::print(stderr, "{} sleeves:", sleeves_.size());
        for (std::size_t i = 0; i < kReasons; ++i)
            if (met_[i] > 0)
                fmt::print(stderr, " {} {:.2f} %", to_text(static_cast<Reason>(i)),
                           100.0 * static_cast<double>(met_[i]) / static_cast<double>(all));
        fmt::print(stderr, " (sum {})\n", static_cast<std::uint64_t>(sum_) % 10);
    }

  private:
    // Round after round the market goes on; when its minutes are used up the clock would go back,
    // so timers start anew.
    std::size_t next_minute() {
        if (++minute_ < views_.old.size()) return minute_;
        minute_ = 0;
        for (OneSleeve& sleeve : sleeves_) {
            sleeve.state.last_buy_check = sleeve.state.last_sell_check = strategy::kNeverChecked;
            sleeve.figures.ever_closed = false;
        }
        return minute_;
    }

    const Views& views_;
    std::vector<OneSleeve> sleeves_;
    std::size_t minute_ = 0;
    std::array<std::size_t, kReasons> met_{};
    Decimal::Raw sum_ = 0;
};

void measure(Figures& figures, const char* name, std::size_t sleeves, const Views& views,
             double goal, const char* text) {
    Fleet fleet{sleeves, views};
    fleet.evaluate();
    std::vector<double> rates, floors, ratios;
    for (int i = 0; i < kRounds; ++i) {
        floors.push_back(fleet.touch());
        rates.push_back(fleet.evaluate());
        ratios.push_back(rates.back() / floors.back());
    }
    fleet.show_mix();
    figures.add({.name = name,
                 .value = median(rates),
                 .unit = "evaluations/s",
                 .baseline = median(floors),
                 .ratio = median(ratios),
                 .goal = text,
                 .met = median(rates) >= goal,
                 .runs = kRounds});
}

}  // namespace
}  // namespace vault::bench

int main(int argc, char** argv) {
    vault::bench::Figures figures{argc, argv};
    const auto views = vault::bench::views(10 * 1'440);
    vault::bench::measure(figures, "strategy_hot", 16, views, 15e6, ">= 15 million/s");
    vault::bench::measure(figures, "strategy_round_robin_20000", 20'000, views, 5e6,
                          ">= 5 million/s");
    return figures.exit_code();
}
