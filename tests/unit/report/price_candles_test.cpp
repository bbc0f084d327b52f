// Candles out of recorded prices, against a fold that reads all rows at once.
#include "daemon/report/price_candles.hpp"

#include "common/base/random.hpp"
#include "tests/unit/report/fake_reader.hpp"

#include <gtest/gtest.h>

#include <map>

namespace vault::report {
namespace {

const UtcTime kStart = parse_utc("2024-02-28T23:59:00Z").value();
const Pair kEth = Pair::parse("ETH/USDT").value();
const Pair kBtc = Pair::parse("BTC/USDT").value();
constexpr Duration kHour = std::chrono::hours{1};

ports::PriceRow price(UtcTime at, std::int64_t units, AccountId account = AccountId{1}) {
    return {account, kEth, at, Decimal::from_int(units)};
}

std::vector<PriceCandle> read(test::FakeReader& reader, const CandleFilter& filter) {
    PriceCandles candles(filter);
    for (bool more = true; more;) {
        const auto calls = reader.calls;
        more = candles.step(reader).value();
        EXPECT_EQ(reader.calls, calls + 1) << "a step is one page";
    }
    return candles.candles();
}

CandleFilter every(Duration interval) {
    CandleFilter filter;
    filter.account = AccountId{1};
    filter.pair = kEth;
    filter.interval = interval;
    return filter;
}

TEST(PriceCandles, AnHourIsItsFirstHighestLowestAndLastPrice) {
    test::FakeReader reader;
    reader.price_rows = {price(kStart, 7),
                         price(kStart + Duration{60'000}, 5),
                         price(kStart + Duration{120'000}, 9),
                         price(kStart + Duration{180'000}, 4),
                         price(kStart + Duration{3'659'999}, 6),
                         price(kStart + kHour * 3, 8),
                         price(kStart, 1, AccountId{2})};
    reader.price_rows.push_back({AccountId{1}, kBtc, kStart, Decimal::from_int(40'000)});
    const auto candles = read(reader, every(kHour));
    const auto units = [](std::int64_t n) { return Decimal::from_int(n); };
    const UtcTime midnight = kStart + Duration{60'000};
    EXPECT_EQ(candles, (std::vector<PriceCandle>{
                           {midnight - kHour, units(7), units(7), units(7), units(7), 1},
                           {midnight, units(5), units(9), units(4), units(6), 4},
                           {midnight + kHour * 2, units(8), units(8), units(8), units(8), 1}}));
}

TEST(PriceCandles, ASpanPicksWholeCandles) {
    test::FakeReader reader;
    for (int minute = 0; minute < 600; ++minute)
        reader.price_rows.push_back(price(kStart + Duration{60'000} * minute, 100 + minute));
    CandleFilter filter = every(kHour);
    filter.from = parse_utc("2024-02-29T02:00:00Z").value();
    filter.to = parse_utc("2024-02-29T03:00:00.001Z").value();
    auto candles = read(reader, filter);
    ASSERT_EQ(candles.size(), 2U);
    EXPECT_EQ(candles[0].at, filter.from);
    EXPECT_EQ(candles[1].prices, 60U) << "a candle that opens before `to` is whole";
    filter.from = *filter.from + Duration{1};
    filter.to = *filter.to - Duration{1};
    EXPECT_TRUE(read(reader, filter).empty());
    filter.from = filter.to;
    EXPECT_TRUE(read(reader, filter).empty());
}

TEST(PriceCandles, ReadingStopsWhenThereAreEnough) {
    test::FakeReader reader;
    for (int minute = 0; minute < 20'000; ++minute)
        reader.price_rows.push_back(price(kStart + Duration{60'000} * minute, minute + 1));
    CandleFilter filter = every(kHour);
    filter.limit = 2;
    const auto calls = reader.calls;
    const auto candles = read(reader, filter);
    EXPECT_EQ(reader.calls, calls + 1);
    ASSERT_EQ(candles.size(), 2U);
    EXPECT_EQ(candles[0].prices, 60U);
    EXPECT_EQ(candles[1].close, Decimal::from_int(20'000));
    EXPECT_LE(reader.largest_limit, kPageRows);
}

// Random gaps, intervals and spans; the other fold knows no pages and no limits.
TEST(PriceCandles, PropertyTheyAreThoseOfAFoldOfAllRows) {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Random random(seed);
        test::FakeReader reader;
        UtcTime at = kStart;
        const std::uint64_t rows = 1 + random.below(4'000);
        for (std::uint64_t i = 0; i < rows; ++i) {
            at += Duration{
                1 + static_cast<std::int64_t>(random.below(i % 50 == 0 ? 9'000'000 : 90'000))};
            reader.price_rows.push_back(
                price(at, 1 + static_cast<std::int64_t>(random.below(500))));
        }
        CandleFilter filter =
            every(Duration{60'000} * (1 + static_cast<std::int64_t>(random.below(300))));
        filter.limit = 1 + random.below(2'000);
        const auto instant = [&] {
            const auto past = random.below(static_cast<std::uint64_t>((at - kStart).count()) + 1);
            return kStart + Duration{static_cast<std::int64_t>(past)};
        };
        if (random.below(2) == 0) filter.from = instant();
        if (random.below(2) == 0) filter.to = instant();
        std::map<UtcTime, PriceCandle> all;
        for (const ports::PriceRow& row : reader.price_rows) {
            const UtcTime open{filter.interval * (row.at.time_since_epoch() / filter.interval)};
            if ((filter.from && open < *filter.from) || (filter.to && open >= *filter.to)) continue;
            PriceCandle& candle =
                all.try_emplace(open, PriceCandle{open, row.price, row.price, row.price, {}, 0})
                    .first->second;
            candle.high = max(candle.high, row.price);
            candle.low = min(candle.low, row.price);
            candle.close = row.price;
            ++candle.prices;
        }
        std::vector<PriceCandle> wanted;
        for (const auto& [open, candle] : all)
            wanted.push_back(candle);
        if (wanted.size() > filter.limit)
            wanted.erase(wanted.begin(), wanted.end() - static_cast<std::ptrdiff_t>(filter.limit));
        EXPECT_EQ(read(reader, filter), wanted);
    }
}

}  // namespace
}  // namespace vault::report
