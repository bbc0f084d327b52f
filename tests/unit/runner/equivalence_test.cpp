// The cycle rules in Python (daemon/runner/examples/cycle.py) beside the built-in ones, on the
// customer's ETH/USDT minutes: decision by decision, and every fill beside those of a backtest that
// knows nothing of scripts. VAULT_EQUIVALENCE=all takes the whole file, which takes minutes.
#include "daemon/app/script_check.hpp"
#include "daemon/candles/import.hpp"
#include "daemon/exchange/paper/candle_feed.hpp"
#include "tests/support/backtest.hpp"
#include "tests/support/shared_data.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace vault::app {
namespace {

using vault::literals::operator""_dec;

bool takes_all() {
    const char* const wanted = std::getenv("VAULT_EQUIVALENCE");
    return wanted != nullptr && std::string_view{wanted} == "all";
}

// The first `most` ticks of another feed.
class Slice final : public ports::TickFeed {
  public:
    Slice(exchange::CandleFeed feed, std::uint64_t most) : feed_(std::move(feed)), most_(most) {}
    Pair pair() const override { return feed_.pair(); }
    std::string identity() const override { return feed_.identity(); }
    std::optional<Tick> next() override {
        return feed_.position() < most_ ? feed_.next() : std::nullopt;
    }
    std::optional<UtcTime> peek_time() override { return feed_.peek_time(); }
    std::uint64_t position() const override { return feed_.position(); }
    Result<void> seek(std::uint64_t position) override { return feed_.seek(position); }
    std::uint64_t position_at(UtcTime time) const override { return feed_.position_at(time); }
    std::optional<std::uint64_t> size() const override { return most_; }
    Duration tick_every() const override { return feed_.tick_every(); }

  private:
    exchange::CandleFeed feed_;
    std::uint64_t most_;
};

ScriptCheckSettings settings_of(const strategy::CycleParams& params, Decimal cash) {
    ScriptCheckSettings settings;
    const std::filesystem::path root = std::filesystem::canonical(VAULT_SOURCE_DIR);
    settings.spec.name = "cycle";
    settings.spec.folder = (root / "daemon/runner/examples").string();
    settings.spec.command = {settings.spec.folder + "/cycle.py", "--own-window"};
    settings.spec.limits.start = settings.spec.limits.decision = std::chrono::seconds{60};
    settings.spec.backoff.failures = 1;
    settings.sleeve.params = params;
    for (const strategy::KeyInfo& key : strategy::cycle_keys())
        settings.sleeve.texts.emplace_back(key.name, strategy::get(params, key.name).value());
    settings.sleeve.rules = {Pair::parse("ETH/USDT").value(), "0.01"_dec, "0.0001"_dec, "10"_dec,
                             "0.0001"_dec};
    settings.sleeve.cash = cash;
    settings.compare = true;
    return settings;
}

class Equivalence : public ::testing::Test {
  protected:
    void SetUp() override {
        const auto csv = vault::testing::shared_file("data/dev/binance_ETHUSDT_1m.csv.gz");
        if (!std::filesystem::exists(csv))
            GTEST_SKIP() << csv << " is not there: set VAULT_SHARED to the customer's files";
        const auto report = candles::import_csv(csv, Pair::parse("ETH/USDT").value(),
                                                std::chrono::minutes{1}, folder_.path());
        ASSERT_TRUE(report.has_value()) << report.error().message();
        series_ = std::make_shared<const candles::CandleSeries>(
            candles::CandleSeries::open(report.value().directory).value());
    }

    Slice feed(std::uint64_t slice) const {
        auto all = exchange::CandleFeed::create(series_, exchange::CandlePath::Ohlc4, {}, {});
        const std::uint64_t ticks = all.value().size().value();
        return {std::move(all).value(), takes_all() ? ticks : slice};
    }

    // Cash enough that the fees of years do not use it up.
    void compare(const strategy::CycleParams& params, std::uint64_t slice, std::size_t trades) {
        const ScriptCheckSettings settings = settings_of(params, "1000000000000"_dec);
        Slice ticks = feed(slice);
        const SystemClock clock;
        const auto checked = check_script(settings, ticks, clock);
        ASSERT_TRUE(checked.has_value()) << checked.error().message();
        const ScriptReport& report = checked.value();
        if (report.gave_up && report.faults.contains("cannot_start"))
            GTEST_SKIP() << report.faults.at("cannot_start").first;
        for (const auto& [fault, faults] : report.faults)
            ADD_FAILURE() << fault << ": " << faults.first;
        for (const std::string& line : report.error_lines)
            ADD_FAILURE() << line;
        EXPECT_EQ(report.decisions, ticks.size());
        EXPECT_EQ(report.differences, 0U);
        if (report.first_difference)
            ADD_FAILURE() << format_utc(report.first_difference->time) << ": "
                          << report.first_difference->script << ", built in "
                          << report.first_difference->built_in;
        compare_fills(settings, report, feed(slice));
        EXPECT_GE(report.fills.at(0).size(), trades);
    }

    void compare_fills(const ScriptCheckSettings& settings, const ScriptReport& report,
                       Slice ticks) const {
        const auto backtest =
            vault::testing::run_backtest({settings.sleeve.params, settings.sleeve.sim,
                                          settings.sleeve.rules, settings.sleeve.cash, false},
                                         ticks);
        const std::vector<Fill>& fills = report.fills.at(0);
        ASSERT_EQ(fills.size(), backtest.fills.size());
        for (std::size_t i = 0; i < fills.size(); ++i) {
            const Fill& wanted = backtest.fills[i].fill;
            ASSERT_TRUE(fills[i].time == wanted.time && fills[i].side == wanted.side &&
                        fills[i].price == wanted.price && fills[i].quantity == wanted.quantity &&
                        fills[i].cost == wanted.cost && fills[i].fee == wanted.fee)
                << "fill " << i << " at " << format_utc(wanted.time);
        }
        fmt::print("{} decisions and {} trades compared, {} differences\n", report.decisions,
                   fills.size(), report.differences);
    }

    vault::testing::TemporaryDirectory folder_;
    std::shared_ptr<const candles::CandleSeries> series_;  // jointly with the feeds made of it
};

TEST_F(Equivalence, FlashInPythonDecidesAsTheBuiltInRules) {
    compare(strategy::flash_preset(), 12'000, 15);
}

TEST_F(Equivalence, QuietInPythonDecidesAsTheBuiltInRules) {
    compare(strategy::quiet_preset(), 10'000, 2);
}

// Every key that the presets leave at rest does something here.
TEST_F(Equivalence, EveryParameterMeansTheSameInPython) {
    strategy::CycleParams params = strategy::flash_preset();
    for (const auto& [key, text] : std::initializer_list<std::pair<const char*, const char*>>{
             {"history", "5h30m"},
             {"momentum_window", "40m"},
             {"trend_closes", "3"},
             {"buy_check", "45s"},
             {"sell_check", "20s"},
             {"spike", "1.008"},
             {"spike_needs_trend", "false"},
             {"trend_min", "0.999"},
             {"near_low", "1.03"},
             {"bounce", "1.004"},
             {"spend", "0.5"},
             {"hold_uptrend", "1.02"},
             {"stop_first", "true"},
             {"stop_loss", "0.02"},
             {"trail_arm", "0.004"},
             {"trail_drop", "0.003"},
             {"trail_reset", "-0.01"},
             {"max_move", "0.01"},
             {"cooldown", "10m"},
             {"loss_cooldown", "2h"},
             {"trading_windows", "mon-thu 22:00-18:30, sat 00:00-24:00"}})
        ASSERT_TRUE(strategy::set(params, key, text).has_value()) << key;
    compare(params, 10'000, 8);
}

}  // namespace
}  // namespace vault::app
