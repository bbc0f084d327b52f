#include "tests/emulator/kraken/world/door.hpp"

#include <gtest/gtest.h>

namespace vault::kraken_emulator {
namespace {

using std::chrono_literals::operator""min;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ns;

constexpr Moment kStart{std::chrono::sys_days{std::chrono::year{2026} / 3 / 4}};

TEST(Door, IsOpenUntilLimitsAreSet) {
    Door door;
    door.take("main", kStart + 1min);
    for (int i = 0; i < 1'000; ++i) {
        EXPECT_TRUE(door.lets_connect("127.0.0.1", kStart));
        EXPECT_TRUE(door.lets_ask("127.0.0.1", kStart));
        EXPECT_FALSE(door.busy_until("main", kStart));
    }
}

TEST(Door, BansAnAddressThatConnectsTooOften) {
    Door door;
    door.set_limits({.connects = 2});
    EXPECT_TRUE(door.lets_connect("127.0.0.1", kStart));
    EXPECT_TRUE(door.lets_connect("127.0.0.1", kStart + 1min));
    EXPECT_FALSE(door.lets_connect("127.0.0.1", kStart + 2min));
    EXPECT_TRUE(door.lets_connect("127.0.0.2", kStart + 2min)) << "another one";
    EXPECT_FALSE(door.lets_connect("127.0.0.1", kStart + 12min - 1ns)) << "banned";
    EXPECT_TRUE(door.lets_connect("127.0.0.1", kStart + 12min));
}

TEST(Door, ConnectsAreCountedOverARollingWindow) {
    Door door;
    door.set_limits({.connects = 2});
    for (int i = 0; i < 50; ++i)
        EXPECT_TRUE(door.lets_connect("127.0.0.1", kStart + i * 5min)) << i;
}

TEST(Door, SlowsPublicCallsDownByAddress) {
    Door door;
    door.set_limits({.public_calls = 3});
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(door.lets_ask("127.0.0.1", kStart));
    EXPECT_FALSE(door.lets_ask("127.0.0.1", kStart));
    EXPECT_TRUE(door.lets_ask("127.0.0.2", kStart));
    EXPECT_TRUE(door.lets_ask("127.0.0.1", kStart + 1s));
}

TEST(Door, AKeyMayHaveSoManyCallsAtOnce) {
    Door door;
    door.set_limits({.concurrent = 2});
    door.take("main", kStart + 20s);
    EXPECT_FALSE(door.busy_until("main", kStart));
    door.take("main", kStart + 10s);
    EXPECT_EQ(door.busy_until("main", kStart), kStart + 10s);
    EXPECT_FALSE(door.busy_until("other", kStart));
    EXPECT_FALSE(door.busy_until("main", kStart + 10s));
}

}  // namespace
}  // namespace vault::kraken_emulator
