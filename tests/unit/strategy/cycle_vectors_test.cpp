// Every case of the shared vectors, digit for digit: the fills of an independent implementation on
// three weeks of real minutes.
#include "daemon/candles/import.hpp"
#include "daemon/exchange/paper/candle_feed.hpp"
#include "tests/support/backtest.hpp"
#include "tests/support/shared_data.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace vault::testing {
namespace {

namespace json = boost::json;

std::string text_of(const json::value& value) {
    return std::string{value.as_string()};
}

Decimal decimal_of(const json::object& object, const char* key) {
    return Decimal::parse(text_of(object.at(key))).value();
}

struct Case {
    BacktestSettings settings;
    exchange::CandlePath path = exchange::CandlePath::Ohlc4;
};

// Keys of the lab's command line; all others are the strategy's own.
bool set_lab_key(Case& out, std::string_view key, const std::string& text) {
    BacktestSettings& s = out.settings;
    if (key == "path") {
        out.path = exchange::parse_candle_path(text).value();
        return true;
    }
    if (key == "sleeve") {
        s.flash = text == "flash";
        return true;
    }
    const std::map<std::string_view, Decimal*> amounts{
        {"cash", &s.cash},
        {"lot", &s.rules.lot},
        {"tick", &s.rules.tick},
        {"min_cost", &s.rules.min_cost},
        {"min_qty", &s.rules.min_quantity},
        {"slippage", &s.sim.slippage},
    };
    const auto at = amounts.find(key);
    if (at == amounts.end()) return false;
    *at->second = Decimal::parse(text).value();
    return true;
}

Case parse_case(const json::object& parameters) {
    Case out;
    out.settings.rules.pair = Pair::parse("ETH/USDT").value();
    for (const auto& [key, value] : parameters) {
        if (set_lab_key(out, key, text_of(value))) continue;
        const auto done = strategy::set(out.settings.params, std::string{key}, text_of(value));
        EXPECT_TRUE(done.has_value()) << key;
    }
    out.settings.sim.fee_rate = out.settings.params.fee_rate.value();
    EXPECT_TRUE(strategy::validate(out.settings.params, out.settings.sim.fee_rate).has_value());
    return out;
}

void expect_fills(const BacktestResult& result, const json::array& fills) {
    ASSERT_EQ(result.fills.size(), fills.size());
    for (std::size_t i = 0; i < fills.size(); ++i) {
        const json::object& want = fills[i].as_object();
        const BacktestFill& got = result.fills[i];
        ASSERT_EQ(format_utc(got.fill.time), text_of(want.at("time"))) << "fill " << i;
        ASSERT_EQ(to_text(got.fill.side), text_of(want.at("side"))) << "fill " << i;
        ASSERT_EQ(got.fill.price.value.text(), text_of(want.at("price"))) << "fill " << i;
        ASSERT_EQ(got.fill.quantity.value.text(), text_of(want.at("quantity"))) << "fill " << i;
        ASSERT_EQ(got.fill.cost.text(), text_of(want.at("cost"))) << "fill " << i;
        ASSERT_EQ(got.fill.fee.text(), text_of(want.at("fee"))) << "fill " << i;
        ASSERT_EQ(got.reason, text_of(want.at("reason"))) << "fill " << i;
    }
}

void expect_summary(const BacktestResult& result, const json::object& summary) {
    EXPECT_EQ(result.fills.size(), json::value_to<std::uint64_t>(summary.at("trades")));
    EXPECT_EQ(result.final_cash, decimal_of(summary, "final_cash"));
    EXPECT_EQ(result.swept, decimal_of(summary, "swept"));
    EXPECT_EQ(result.realised, decimal_of(summary, "realised"));
    EXPECT_EQ(result.fees, decimal_of(summary, "fees"));
    EXPECT_EQ(result.position_quantity, decimal_of(summary, "position_qty"));
    EXPECT_EQ(result.position_cost, decimal_of(summary, "position_cost"));
}

class CycleVectors : public ::testing::Test {
  protected:
    void SetUp() override {
        const auto vectors = shared_file("vectors/cycle.json");
        const auto data = shared_file("data/dev/binance_ETHUSDT_1m.csv.gz");
        if (!std::filesystem::exists(vectors) || !std::filesystem::exists(data))
            GTEST_SKIP() << "no shared vectors at " << vectors << "; set VAULT_SHARED";
        std::stringstream text;
        text << std::ifstream{vectors}.rdbuf();
        cases_ = json::parse(text.str()).as_object().at("cases").as_array();
        const auto report = candles::import_csv(data, Pair::parse("ETH/USDT").value(),
                                                std::chrono::minutes{1}, directory_.path());
        ASSERT_TRUE(report.has_value()) << report.error().message();
        series_ = std::make_shared<candles::CandleSeries>(
            candles::CandleSeries::open(report.value().directory).value());
    }

    BacktestResult run(const json::object& entry, std::uint64_t reload_every) {
        Case c = parse_case(entry.at("parameters").as_object());
        c.settings.reload_every = reload_every;
        auto feed = exchange::CandleFeed::create(series_, c.path,
                                                 parse_utc(text_of(entry.at("from"))).value(),
                                                 parse_utc(text_of(entry.at("to"))).value())
                        .value();
        return run_backtest(c.settings, feed);
    }

    TemporaryDirectory directory_;
    json::array cases_;
    std::shared_ptr<const candles::CandleSeries> series_;
};

TEST_F(CycleVectors, EveryCaseToTheLastDigit) {
    ASSERT_GE(cases_.size(), 5U);
    for (const json::value& value : cases_) {
        const json::object& entry = value.as_object();
        SCOPED_TRACE(text_of(entry.at("case")));
        const BacktestResult result = run(entry, 0);
        expect_fills(result, entry.at("fills").as_array());
        expect_summary(result, entry.at("summary").as_object());
    }
}

TEST_F(CycleVectors, SavingAndLoadingAtAnyPointChangesNothing) {
    const json::object& entry = cases_[0].as_object();
    const BacktestResult whole = run(entry, 0);
    for (const std::uint64_t every : {1U, 7U, 1000U}) {
        const BacktestResult resumed = run(entry, every);
        EXPECT_EQ(resumed.venue_state, whole.venue_state) << every;
        expect_fills(resumed, entry.at("fills").as_array());
    }
}

}  // namespace
}  // namespace vault::testing
