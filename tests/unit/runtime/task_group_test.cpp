#include "daemon/runtime/task_group.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>

namespace vault::runtime {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

asio::awaitable<void> nap(asio::io_context& io, milliseconds time, int& ended) {
    asio::steady_timer timer{io, time};
    co_await timer.async_wait(asio::use_awaitable);
    ++ended;
}

asio::awaitable<void> join_and_note(TaskGroup& group, bool& joined) {
    co_await group.join();
    joined = true;
}

void spawn_join(asio::io_context& io, TaskGroup& group, bool& joined) {
    asio::co_spawn(io, join_and_note(group, joined), asio::detached);
}

TEST(TaskGroup, JoinWaitsForEveryChild) {
    asio::io_context io;
    TaskGroup group{io.get_executor()};
    int ended = 0;
    bool joined = false;
    bool joined_too = false;
    for (int i = 0; i < 10; ++i)
        group.spawn(nap(io, milliseconds{i}, ended));
    EXPECT_EQ(group.size(), 10U);
    spawn_join(io, group, joined);
    spawn_join(io, group, joined_too);
    io.run();
    EXPECT_EQ(ended, 10);
    EXPECT_TRUE(joined && joined_too);
    EXPECT_EQ(group.size(), 0U);
}

TEST(TaskGroup, JoinOfAnEmptyGroupReturnsAtOnce) {
    asio::io_context io;
    TaskGroup group{io.get_executor()};
    bool joined = false;
    spawn_join(io, group, joined);
    io.run();
    EXPECT_TRUE(joined);
}

TEST(TaskGroup, StopCancelsChildrenAndTheGroupTakesNoMore) {
    asio::io_context io;
    TaskGroup group{io.get_executor()};
    int ended = 0;
    bool joined = false;
    for (int i = 0; i < 10; ++i)
        group.spawn(nap(io, std::chrono::hours{1}, ended));
    spawn_join(io, group, joined);
    io.poll();
    EXPECT_FALSE(joined);
    group.stop();
    EXPECT_TRUE(group.stopping());
    group.spawn(nap(io, milliseconds{0}, ended));
    EXPECT_EQ(group.size(), 10U);
    io.restart();
    io.run();
    EXPECT_EQ(ended, 0);
    EXPECT_TRUE(joined);
}

// A child may be stopped before its first step, and may itself stop the group it is in.
asio::awaitable<void> stop_all(TaskGroup& group) {
    group.stop();
    co_return;
}

TEST(TaskGroup, AChildMayStopItsGroup) {
    asio::io_context io;
    TaskGroup group{io.get_executor()};
    int ended = 0;
    bool joined = false;
    group.spawn(nap(io, std::chrono::hours{1}, ended));
    group.spawn(stop_all(group));
    group.spawn(nap(io, std::chrono::hours{1}, ended));
    spawn_join(io, group, joined);
    io.run();
    EXPECT_EQ(ended, 0);
    EXPECT_TRUE(joined);
}

asio::awaitable<void> fail() {
    throw std::runtime_error{"escaped"};
    co_return;
}

TEST(TaskGroupDeath, AnExceptionThatLeavesAChildIsOurBug) {
    asio::io_context io;
    TaskGroup group{io.get_executor()};
    const auto run = [&] {
        group.spawn(fail());
        io.run();
    };
    EXPECT_DEATH(run(), "escaped");
}

TEST(TaskGroupDeath, AGroupIsJoinedBeforeItGoes) {
    const auto forget = [] {
        asio::io_context io;
        int ended = 0;
        TaskGroup group{io.get_executor()};
        group.spawn(nap(io, milliseconds{1}, ended));
    };
    EXPECT_DEATH(forget(), "before its children were joined");
}

}  // namespace
}  // namespace vault::runtime
