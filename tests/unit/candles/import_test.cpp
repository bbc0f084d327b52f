#include "daemon/candles/import.hpp"

#include "common/base/random.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <chrono>
#include <fstream>

namespace vault::candles {
namespace {

namespace fs = std::filesystem;
using testing::shared_file;
using testing::TemporaryDirectory;
using vault::literals::operator""_dec;

constexpr Duration kMinute = std::chrono::minutes{1};
constexpr const char* kRows =
    "time,open,high,low,close,volume\n"
    "60,10.5,11,10.25,10.75,3\n"
    "120,10.75,10.75,10.5,10.5,0\n"
    "300,10.5,12.125,10.5,12,1.23456\n";

Pair pair() {
    return Pair::parse("ETH/USDT").value();
}

class Import : public ::testing::Test {
  protected:
    fs::path write(const std::string& text) {
        const fs::path file = directory_.path() / "rows.csv";
        std::ofstream{file, std::ios::binary} << text;
        return file;
    }
    Result<ImportReport> import(const std::string& text) {
        return import_csv(write(text), pair(), kMinute, root());
    }
    fs::path root() const { return directory_.path() / "candles"; }
    void expect_refused(const std::string& rows, const std::string& message) {
        const auto done = import(rows);
        ASSERT_FALSE(done.has_value()) << rows;
        EXPECT_EQ(done.error().code(), Errc::InvalidParams);
        EXPECT_NE(done.error().message().find(message), std::string::npos)
            << done.error().message();
        EXPECT_FALSE(fs::exists(root() / "ETH-USDT.1m"));
    }

    TemporaryDirectory directory_;
};

TEST_F(Import, RowsComeBackExactly) {
    const auto report = import(kRows);
    ASSERT_TRUE(report.has_value()) << report.error().message();
    EXPECT_EQ(report.value().info.rows, 3U);
    EXPECT_EQ(report.value().gaps, 1U);
    EXPECT_EQ(report.value().info.price_scale, 3);
    EXPECT_EQ(report.value().info.volume_scale, 5);
    const CandleSeries series = CandleSeries::open(root() / "ETH-USDT.1m").value();
    ASSERT_EQ(series.size(), 3U);
    EXPECT_EQ(series.info(), report.value().info);
    const Candle last{UtcTime{std::chrono::seconds{300}},
                      Price{"10.5"_dec},
                      Price{"12.125"_dec},
                      Price{"10.5"_dec},
                      Price{"12"_dec},
                      Quantity{"1.23456"_dec}};
    EXPECT_EQ(series[2], last);
    EXPECT_EQ(series.lower_bound(UtcTime{std::chrono::seconds{121}}), 2U);
    EXPECT_EQ(series.lower_bound(UtcTime{std::chrono::seconds{301}}), 3U);
    ASSERT_EQ(series.gaps().size(), 1U);
    EXPECT_EQ(series.gaps()[0].missing, 2U);
    EXPECT_TRUE(series.verify().has_value());
}

TEST_F(Import, TwiceChangesNothingAndOtherRowsReplace) {
    const auto first = import(kRows).value();
    EXPECT_FALSE(first.unchanged);
    const CandleSeries before = CandleSeries::open(first.directory).value();
    EXPECT_TRUE(import(kRows).value().unchanged);
    const auto other = import(std::string{kRows} + "360,12,12,12,12,1\n").value();
    EXPECT_FALSE(other.unchanged);
    EXPECT_EQ(CandleSeries::open(first.directory).value().size(), 4U);
    EXPECT_TRUE(before.verify().has_value());  // the open map outlives its files
    std::size_t entries = 0;
    for ([[maybe_unused]] const auto& entry : fs::directory_iterator{root()})
        ++entries;
    EXPECT_EQ(entries, 1U);
}

TEST_F(Import, HeaderLineEndsAndGzipDoNotMatter) {
    const Digest hash = import(kRows).value().info.rows_hash;
    std::string plain = std::string{kRows}.substr(std::string{kRows}.find('\n') + 1);
    EXPECT_EQ(import(plain).value().info.rows_hash, hash);
    plain.pop_back();
    EXPECT_EQ(import(plain).value().info.rows_hash, hash);
    std::string windows;
    for (const char c : plain)
        windows += c == '\n' ? std::string{"\r\n"} : std::string{c};
    EXPECT_EQ(import(windows).value().info.rows_hash, hash);
    const fs::path zipped = directory_.path() / "rows.csv.gz";
    gzFile out = gzopen(zipped.c_str(), "wb");
    gzputs(out, kRows);
    gzclose(out);
    EXPECT_EQ(import_csv(zipped, pair(), kMinute, root()).value().info.rows_hash, hash);
}

TEST_F(Import, RefusesBadRowsWithTheirLine) {
    expect_refused("60,1,1,1,1,0\n60,1,1,1,1,0\n", "line 2: the time does not ascend");
    expect_refused("time,open\n120,1,1,1,1,0\n60,1,1,1,1,0\n", "line 3: the time does not ascend");
    expect_refused("60,2,1,1,1,0\n", "line 1: high and low do not bound");
    expect_refused("60,1,2,1.5,2,0\n", "line 1: high and low do not bound");
    expect_refused("60,1,2,1,2.5,0\n", "line 1: high and low do not bound");
    expect_refused("60,0,1,0,1,0\n", "line 1: a price is not above 0");
    expect_refused("60,1,1,-1,1,0\n", "line 1: a price is not above 0");
    expect_refused("60,1,1,1,1,-1\n", "line 1: the volume is below 0");
    expect_refused("61,1,1,1,1,0\n", "line 1: time 61 is off the 1m grid");
    expect_refused("60,1,1,1,1\n", "line 1: not six fields");
    expect_refused("60,1,1,1,1,0,7\n", "line 1: not six fields");
    expect_refused("60,1,1,1,nan,0\n", "line 1: 'nan' is not a number");
    expect_refused("60,1,1,1,1e3,0\n", "line 1: '1e3' is not a number");
    expect_refused("60,1,1,1,1,0\n\n120,1,1,1,1,0\n", "line 2: not six fields");
    expect_refused("60,1,1,1,1,0\n1x,1,1,1,1,0\n", "line 2: time '1x'");
    expect_refused("-60,1,1,1,1,0\n", "line 1: time '-60'");
    expect_refused("60,12345678901,12345678901,0.000000001,1,0\n", "too many digits");
    expect_refused("", "has no rows");
    expect_refused("time,open,high,low,close,volume\n", "has no rows");
    expect_refused("60," + std::string(2000, '1') + ",1,1,1,0\n", "longer than");
}

TEST_F(Import, RefusesBadFilesAndIntervals) {
    EXPECT_EQ(import_csv("/nonexistent.csv", pair(), kMinute, root()).error().code(), Errc::Io);
    EXPECT_EQ(import_csv(directory_.path(), pair(), kMinute, root()).error().code(), Errc::Io);
    const fs::path file = write(kRows);
    for (const Duration interval : {Duration{0}, Duration{500}, Duration{7000}})
        EXPECT_EQ(import_csv(file, pair(), interval, root()).error().field(), "interval");
    const fs::path broken = directory_.path() / "broken.csv.gz";
    const fs::path whole = directory_.path() / "whole.csv.gz";
    gzFile out = gzopen(whole.c_str(), "wb");
    for (int i = 1; i < 5000; ++i)
        gzprintf(out, "%d,1,2,1,%d.%d,3\n", i * 60, 1, i % 1000);
    gzclose(out);
    fs::copy(whole, broken);
    fs::resize_file(broken, fs::file_size(whole) / 2);
    EXPECT_EQ(import_csv(broken, pair(), kMinute, root()).error().code(), Errc::InvalidParams);
}

TEST_F(Import, ADamagedSeriesIsNoticed) {
    const fs::path at = import(kRows).value().directory;
    std::fstream{at / "close", std::ios::in | std::ios::out | std::ios::binary}.put('\x7f');
    EXPECT_FALSE(CandleSeries::open(at).value().verify().has_value());
    EXPECT_FALSE(import(kRows).value().unchanged);  // repaired
    EXPECT_TRUE(CandleSeries::open(at).value().verify().has_value());
    fs::resize_file(at / "low", 8);
    EXPECT_EQ(CandleSeries::open(at).error().code(), Errc::InvalidParams);
    std::ofstream{at / "header", std::ios::app} << "x";
    EXPECT_EQ(CandleSeries::open(at).error().code(), Errc::InvalidParams);
    EXPECT_EQ(CandleSeries::open(root() / "none").error().code(), Errc::NotFound);
}

TEST_F(Import, WidensTheScaleAsRowsNeedIt) {
    const std::uint64_t seed = 11;
    SCOPED_TRACE(seed);
    Random random{seed};
    std::string text;
    std::vector<Decimal> closes;
    for (int i = 1; i <= 9000; ++i) {
        const int places = static_cast<int>(random.below(static_cast<std::uint64_t>(1 + i / 1000)));
        const Decimal price = round_places(
            Decimal::from_raw(static_cast<Decimal::Raw>(1 + random.below(1'000'000'000)) *
                              (Decimal::kOne / 1'000'000)),
            places, Rounding::Up);
        closes.push_back(price);
        const std::string p = price.text();
        text += std::to_string(i * 60) + "," + p + "," + p + "," + p + "," + p + ",1\n";
    }
    const auto report = import(text).value();
    const CandleSeries series = CandleSeries::open(report.directory).value();
    for (std::size_t i = 0; i < closes.size(); ++i)
        ASSERT_EQ(series[i].close.value, closes[i]) << i;
    EXPECT_TRUE(series.verify().has_value());
}

TEST_F(Import, RealMinutes) {
    const fs::path file = shared_file("data/dev/binance_ETHUSDT_1m.csv.gz");
    if (!fs::exists(file)) GTEST_SKIP() << "no " << file << "; set VAULT_SHARED";
    const auto report = import_csv(file, pair(), kMinute, root());
    ASSERT_TRUE(report.has_value()) << report.error().message();
    EXPECT_EQ(report.value().info.rows, 579959U);
    EXPECT_EQ(report.value().gaps, 15U);  // 10 breaks between segments and 5 runs inside
    const CandleSeries series = CandleSeries::open(report.value().directory).value();
    const auto start = std::chrono::steady_clock::now();
    Decimal sum;
    for (std::size_t i = 0; i < series.size(); ++i)
        sum += series[i].close.value;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    EXPECT_TRUE(sum.is_positive());
    RecordProperty("bars_per_second",
                   std::to_string(static_cast<double>(series.size()) / took.count()));
}

}  // namespace
}  // namespace vault::candles
