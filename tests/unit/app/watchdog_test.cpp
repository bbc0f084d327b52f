#include "daemon/app/watchdog.hpp"

#include <gtest/gtest.h>

namespace vault::app {
namespace {

using std::chrono::seconds;

TEST(Watchdog, OneLoopThatStandsStillIsEnoughAndIsNamed) {
    ManualClock clock{UtcTime{}};
    clock.advance(seconds{100});
    SteadyTime first = clock.steady(), second = clock.steady();
    bool idle = false;
    Watchdog watchdog{clock};
    watchdog.watch({"first", "turns", seconds{5}, [&](SteadyTime) { return first; }});
    watchdog.watch(
        {"second", "commits", seconds{30}, [&](SteadyTime now) { return idle ? now : second; }});
    EXPECT_TRUE(watchdog.alive());
    clock.advance(seconds{4});
    EXPECT_TRUE(watchdog.alive());
    clock.advance(seconds{1});
    EXPECT_FALSE(watchdog.alive());
    const auto checks = watchdog.check();
    ASSERT_EQ(checks.size(), 2U);
    EXPECT_EQ(checks[0].name, "first");
    EXPECT_FALSE(checks[0].ok);
    EXPECT_EQ(checks[0].message, "it has made no progress for 5 s");
    EXPECT_TRUE(checks[1].ok);
    EXPECT_EQ(checks[1].message, "it commits");
    first = clock.steady();
    EXPECT_TRUE(watchdog.alive());
    clock.advance(seconds{25});
    first = clock.steady();
    EXPECT_FALSE(watchdog.alive()) << "30 s without a commit";
    idle = true;
    EXPECT_TRUE(watchdog.alive()) << "there is nothing to commit";
}

}  // namespace
}  // namespace vault::app
