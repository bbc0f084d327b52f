// Sleeves that are alive but idle: told once, over once, by the wall clock, and not forgotten by a
// restart.
#include "daemon/engine/idle_watch.hpp"

#include "tests/unit/engine/shard_desk.hpp"

#include <gtest/gtest.h>

namespace vault::engine::test {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class IdleWatchTest : public testing::Test {
  protected:
    IdleWatchTest() {
        EngineOptions options;
        options.alerts.idle_after = minutes{5};
        desk.configure(options);
        run();
        look_after(Duration{0});
    }
    void run() { desk.must(cmd::ReplayRun{kA1, std::nullopt}); }
    void look_after(Duration wait) {
        desk.clock().advance(wait);
        desk.shard().watch_idle();
        desk.must(cmd::Barrier{});
    }
    std::size_t idle() const { return desk.events(kSleeveIdle); }
    std::size_t over() const { return desk.events(kSleeveIdleOver); }

    OpenDesk desk;  // flash has money, quiet has none
};

TEST_F(IdleWatchTest, AReplayThatStandsStillIsToldOnceByTheSleevesName) {
    look_after(minutes{5} - seconds{1});
    EXPECT_EQ(idle(), 0U);
    look_after(seconds{31});
    ASSERT_EQ(idle(), 1U) << "quiet has nothing to decide about";
    const ports::EventRow& event = desk.all().events.back();
    EXPECT_EQ(event.object, "v1.flash");
    EXPECT_EQ(event.severity, "warning");
    EXPECT_NE(event.message.find("ETH/USDT"), std::string::npos) << event.message;
    for (int i = 0; i < 10; ++i)
        look_after(minutes{5});
    EXPECT_EQ(idle(), 1U);
    EXPECT_EQ(over(), 0U);
}

TEST_F(IdleWatchTest, APriceEndsIt) {
    look_after(minutes{6});
    ASSERT_EQ(idle(), 1U);
    desk.tick("2001");
    run();
    look_after(minutes{1});
    EXPECT_EQ(over(), 1U);
    look_after(minutes{4});
    EXPECT_EQ(idle(), 1U) << "counted from the price on";
    look_after(minutes{2});
    EXPECT_EQ(idle(), 2U);
}

TEST_F(IdleWatchTest, WhatIsHeldOrHasNoRunningMarketIsNotIdle) {
    desk.must(cmd::Pause{vault_target(kV1), ""});
    look_after(minutes{60});
    EXPECT_EQ(idle(), 0U);
    desk.must(cmd::Resume{vault_target(kV1), ""});
    look_after(minutes{4});
    EXPECT_EQ(idle(), 0U) << "counted from the resume on";
    desk.must(cmd::ReplayStop{kA1});
    look_after(minutes{60});
    EXPECT_EQ(idle(), 0U);
}

TEST_F(IdleWatchTest, AHoldEndsItToo) {
    look_after(minutes{6});
    ASSERT_EQ(idle(), 1U);
    desk.must(cmd::Pause{vault_target(kV1), ""});
    look_after(minutes{1});
    EXPECT_EQ(over(), 1U);
}

TEST_F(IdleWatchTest, ARestartNeitherRepeatsNorForgetsIt) {
    look_after(minutes{6});
    ASSERT_EQ(idle(), 1U);
    ASSERT_TRUE(desk.restart()) << desk.difference();
    look_after(Duration{0});
    look_after(minutes{60});
    EXPECT_EQ(idle(), 1U) << "told again";
    EXPECT_EQ(over(), 0U);
    desk.must(cmd::Pause{vault_target(kV1), ""});
    look_after(minutes{1});
    EXPECT_EQ(over(), 1U) << "forgotten";
    ASSERT_TRUE(desk.restart()) << desk.difference();
    look_after(Duration{0});
    look_after(minutes{60});
    EXPECT_EQ(over(), 1U);
}

TEST_F(IdleWatchTest, ZeroWatchesNothing) {
    desk.configure(EngineOptions{});
    EngineOptions options;
    options.alerts.idle_after = Duration{0};
    desk.configure(options);
    look_after(minutes{600});
    EXPECT_EQ(idle(), 0U);
}

}  // namespace
}  // namespace vault::engine::test
