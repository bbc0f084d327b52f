#include "common/base/clock.hpp"
#include "common/base/log.hpp"

#include <gtest/gtest.h>

namespace vault {
namespace {

TEST(Clock, ManualTimeMovesOnlyWhenTold) {
    const UtcTime start{std::chrono::milliseconds{1'000}};
    ManualClock clock{start};
    EXPECT_EQ(clock.now(), start);
    EXPECT_EQ(clock.steady(), SteadyTime{0});
    clock.advance(Duration{250});
    EXPECT_EQ(clock.now(), start + Duration{250});
    EXPECT_EQ(clock.steady(), std::chrono::milliseconds{250});
    clock.set(start);  // an operator sets the wall clock back
    EXPECT_EQ(clock.now(), start);
    EXPECT_EQ(clock.steady(), std::chrono::milliseconds{250});
}

TEST(Clock, SystemTimeIsPlausibleAndSteadyNeverGoesBack) {
    const SystemClock clock;
    EXPECT_GT(clock.now(), parse_utc("2023-01-01").value());
    SteadyTime last = clock.steady();
    for (int i = 0; i < 1000; ++i) {
        const SteadyTime next = clock.steady();
        ASSERT_GE(next, last);
        last = next;
    }
}

TEST(Logger, WritesOnePrefixedLineFromItsLevelUp) {
    StderrLogger logger{LogLevel::Notice};
    testing::internal::CaptureStderr();
    logger.log(LogLevel::Debug, "hidden", "no");
    logger.log(LogLevel::Info, "hidden", "no");
    logger.log(LogLevel::Notice, "started", "ready");
    logger.log(LogLevel::Warning, "slow", "w");
    logger.log(LogLevel::Error, "failed", "e");
    logger.log(LogLevel::Alert, "down", "a");
    EXPECT_EQ(testing::internal::GetCapturedStderr(),
              "<5>started: ready\n<4>slow: w\n<3>failed: e\n<1>down: a\n");
}

TEST(Logger, TextFromOutsideCannotStartALine) {
    StderrLogger logger{LogLevel::Info};
    testing::internal::CaptureStderr();
    logger.log(LogLevel::Info, "refused", "name 'x\n<0>forged: all is lost\r\x1b[2J'");
    EXPECT_EQ(testing::internal::GetCapturedStderr(),
              "<6>refused: name 'x <0>forged: all is lost  [2J'\n");
}

}  // namespace
}  // namespace vault
