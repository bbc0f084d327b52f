#include "common/base/time.hpp"

#include "common/base/random.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>

namespace vault {
namespace {

UtcTime at(std::int64_t ms) {
    return UtcTime{Duration{ms}};
}

TEST(UtcText, ReadsAndWritesKnownInstants) {
    struct Case {
        const char* text;
        std::int64_t ms;
        const char* canonical;
    };
    const Case cases[] = {
        {"1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00.000Z"},
        {"1970-01-01", 0, "1970-01-01T00:00:00.000Z"},
        {"2001-09-09T01:46:40Z", 1'000'000'000'000, "2001-09-09T01:46:40.000Z"},
        {"2001-09-09 01:46:40.5+00:00", 1'000'000'000'500, "2001-09-09T01:46:40.500Z"},
        {"2021-04-02T09:39:45.007Z", 1'617'356'385'007, "2021-04-02T09:39:45.007Z"},
        {"2000-02-29T23:59:59.999Z", 951'868'799'999, "2000-02-29T23:59:59.999Z"},
        {"2038-01-19T03:14:08Z", 2'147'483'648'000, "2038-01-19T03:14:08.000Z"},
        {"9999-12-31T23:59:59.999Z", 253'402'300'799'999, "9999-12-31T23:59:59.999Z"},
    };
    for (const Case& c : cases) {
        const auto time = parse_utc(c.text);
        ASSERT_TRUE(time.has_value()) << c.text;
        EXPECT_EQ(time.value(), at(c.ms)) << c.text;
        EXPECT_EQ(format_utc(time.value()), c.canonical);
    }
}

TEST(UtcText, RefusesWhatIsNoUtcInstant) {
    for (const char* text : {"",
                             "2021",
                             "2021-13-01",
                             "2021-00-01",
                             "2021-02-29",
                             "2021-04-31",
                             "2021-4-2",
                             "1969-12-31",
                             "0000-01-01",
                             "10000-01-01",
                             "2021-04-02T",
                             "2021-04-02T24:00:00Z",
                             "2021-04-02T09:60:00Z",
                             "2021-04-02T09:39:60Z",
                             "2021-04-02T09:39:45",
                             "2021-04-02T09:39Z",
                             "2021-04-02T09:39:45.Z",
                             "2021-04-02T09:39:45.0001Z",
                             "2021-04-02T09:39:45+01:00",
                             "2021-04-02T09:39:45-00:00",
                             "2021-04-02T09:39:45z",
                             "2021-04-02T09:39:45Z ",
                             " 2021-04-02",
                             "2021-04-02x",
                             "now",
                             "-2021-04-02",
                             "2021-04-02T-1:00:00Z",
                             "2021/04/02"}) {
        const auto time = parse_utc(text);
        ASSERT_FALSE(time.has_value()) << text;
        EXPECT_EQ(time.error().code(), Errc::InvalidParams);
        EXPECT_FALSE(time.error().hint().empty());
    }
}

TEST(UtcText, RoundTripsRandomInstants) {
    const std::uint64_t seed = 20240801;
    Random random{seed};
    for (int i = 0; i < 20'000; ++i) {
        const UtcTime time = at(static_cast<std::int64_t>(random.below(253'402'300'800'000)));
        const auto back = parse_utc(format_utc(time));
        ASSERT_TRUE(back.has_value()) << "seed " << seed << " case " << i;
        ASSERT_EQ(back.value(), time) << "seed " << seed << " case " << i;
    }
}

TEST(UtcText, FloorsToTheDayAndHour) {
    const UtcTime time = parse_utc("2021-04-02T09:39:45.007Z").value();
    EXPECT_EQ(format_utc(floor_day(time)), "2021-04-02T00:00:00.000Z");
    EXPECT_EQ(format_utc(floor_hour(time)), "2021-04-02T09:00:00.000Z");
    EXPECT_EQ(floor_day(floor_day(time)), floor_day(time));
}

TEST(DurationText, ReadsAndWrites) {
    struct Case {
        const char* text;
        std::int64_t ms;
        const char* canonical;
    };
    const Case cases[] = {{"0", 0, "0s"},
                          {"0s", 0, "0s"},
                          {"0d", 0, "0s"},
                          {"30s", 30'000, "30s"},
                          {"90s", 90'000, "1m30s"},
                          {"8h", 28'800'000, "8h"},
                          {"1d12h", 129'600'000, "1d12h"},
                          {"36h", 129'600'000, "1d12h"},
                          {"1m1ms", 60'001, "1m1ms"},
                          {"250ms", 250, "250ms"},
                          {"1d1h1m1s1ms", 90'061'001, "1d1h1m1s1ms"},
                          {"36500d", 3'153'600'000'000, "36500d"}};
    for (const Case& c : cases) {
        const auto duration = parse_duration(c.text);
        ASSERT_TRUE(duration.has_value()) << c.text;
        EXPECT_EQ(duration.value().count(), c.ms) << c.text;
        EXPECT_EQ(format_duration(duration.value()), c.canonical);
    }
    EXPECT_EQ(format_duration(Duration{-90'000}), "-1m30s");
    EXPECT_EQ(format_duration(Duration{std::numeric_limits<std::int64_t>::min()}).front(), '-');
}

TEST(DurationText, RefusesEverythingElse) {
    for (const char* text : {"",
                             "5",
                             "s",
                             "ms",
                             "-5s",
                             "-0s",
                             "+5s",
                             "1.5h",
                             "5 s",
                             " 5s",
                             "5s ",
                             "5S",
                             "1h1h",
                             "1s1h",
                             "1ms1s",
                             "1d-1h",
                             "1d-0h",
                             "1w",
                             "1y",
                             "5sec",
                             "36501d",
                             "99999999999999999999s",
                             "9223372036854775807d",
                             "1e3s"}) {
        const auto duration = parse_duration(text);
        ASSERT_FALSE(duration.has_value()) << text;
        EXPECT_EQ(duration.error().code(), Errc::InvalidParams);
    }
}

TEST(DurationText, RoundTripsRandomDurations) {
    const std::uint64_t seed = 77;
    Random random{seed};
    for (int i = 0; i < 20'000; ++i) {
        const Duration duration{static_cast<std::int64_t>(random.below(3'153'600'000'001))};
        const auto back = parse_duration(format_duration(duration));
        ASSERT_TRUE(back.has_value()) << "seed " << seed << " case " << i;
        ASSERT_EQ(back.value(), duration) << "seed " << seed << " case " << i;
    }
}

}  // namespace
}  // namespace vault
