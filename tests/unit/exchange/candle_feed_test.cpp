#include "daemon/exchange/paper/candle_feed.hpp"

#include "daemon/candles/import.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace vault::exchange {
namespace {

using testing::TemporaryDirectory;
using vault::literals::operator""_dec;

UtcTime second(std::int64_t s) {
    return UtcTime{std::chrono::seconds{s}};
}

class Feed : public ::testing::Test {
  protected:
    Feed() {
        const auto file = directory_.path() / "rows.csv";
        std::ofstream{file} << "60,10,12,9,11,1\n"
                               "120,11,12,9,10,1\n"
                               "480,10,10,10,10,1\n"  // 300 s missing: no gap yet
                               "900,10,11,10,11,1\n"  // 360 s missing: a gap
                               "960,11,11,11,11,1\n";
        const auto report = candles::import_csv(file, Pair::parse("ETH/USDT").value(),
                                                std::chrono::minutes{1}, directory_.path());
        series_ = std::make_shared<candles::CandleSeries>(
            candles::CandleSeries::open(report.value().directory).value());
    }
    CandleFeed feed(CandlePath path, std::optional<UtcTime> from = {},
                    std::optional<UtcTime> to = {}) {
        return CandleFeed::create(series_, path, from, to).value();
    }
    static std::vector<Tick> drain(ports::TickFeed& feed) {
        std::vector<Tick> ticks;
        while (const auto tick = feed.next())
            ticks.push_back(*tick);
        return ticks;
    }

    TemporaryDirectory directory_;
    std::shared_ptr<const candles::CandleSeries> series_;
};

TEST_F(Feed, ACandleGivesFourTicksTowardsItsClose) {
    CandleFeed f = feed(CandlePath::Ohlc4);
    const std::vector<Tick> ticks = drain(f);
    ASSERT_EQ(ticks.size(), 20U);
    const std::array<Decimal, 8> prices{"10"_dec, "9"_dec,  "12"_dec, "11"_dec,
                                        "11"_dec, "12"_dec, "9"_dec,  "10"_dec};
    for (std::size_t i = 0; i < prices.size(); ++i) {
        EXPECT_EQ(ticks[i].price.value, prices[i]) << i;
        EXPECT_EQ(ticks[i].time, second(60 + 15 * static_cast<std::int64_t>(i)));
        EXPECT_EQ(ticks[i].position, i);
    }
    for (std::size_t i = 0; i < ticks.size(); ++i)
        EXPECT_EQ(ticks[i].gap, i == 12) << i;
}

TEST_F(Feed, TheClosePathGivesOneTickAtTheEnd) {
    CandleFeed f = feed(CandlePath::Close);
    const std::vector<Tick> ticks = drain(f);
    ASSERT_EQ(ticks.size(), 5U);
    EXPECT_EQ(ticks[0], (Tick{second(120), Price{"11"_dec}, 0, false}));
    EXPECT_TRUE(ticks[3].gap);
}

TEST_F(Feed, NothingBeforeTheRangeIsSeen) {
    CandleFeed f = feed(CandlePath::Ohlc4, second(900), second(960));
    const std::vector<Tick> ticks = drain(f);
    ASSERT_EQ(ticks.size(), 4U);
    EXPECT_FALSE(ticks[0].gap);
    EXPECT_FALSE(CandleFeed::create(series_, CandlePath::Close, second(961), {}).has_value());
    EXPECT_NE(f.identity(), feed(CandlePath::Ohlc4).identity());
    EXPECT_NE(feed(CandlePath::Close).identity(), feed(CandlePath::Ohlc4).identity());
}

TEST_F(Feed, SeeksAndFindsByTime) {
    for (const CandlePath path : {CandlePath::Ohlc4, CandlePath::Close}) {
        CandleFeed f = feed(path);
        const std::vector<Tick> ticks = drain(f);
        for (std::size_t i = 0; i < ticks.size(); ++i) {
            ASSERT_TRUE(f.seek(i).has_value());
            EXPECT_EQ(f.peek_time(), ticks[i].time);
            EXPECT_EQ(f.next(), ticks[i]);
            EXPECT_EQ(f.position_at(ticks[i].time), i);
            EXPECT_EQ(f.position_at(ticks[i].time + Duration{1}), i + 1);
        }
        EXPECT_TRUE(f.seek(ticks.size()).has_value());
        EXPECT_FALSE(f.next().has_value());
        EXPECT_FALSE(f.peek_time().has_value());
        EXPECT_FALSE(f.seek(ticks.size() + 1).has_value());
    }
}

}  // namespace
}  // namespace vault::exchange
