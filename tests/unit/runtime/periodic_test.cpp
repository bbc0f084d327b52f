#include "daemon/runtime/periodic.hpp"

#include "daemon/runtime/task_group.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace vault::runtime {
namespace {

namespace asio = boost::asio;

TEST(Periodic, CallsUntilItIsStopped) {
    asio::io_context io;
    TaskGroup group{io.get_executor()};
    int calls = 0;
    group.spawn(every(Duration{2}, [&] {
        if (++calls == 5) group.stop();
    }));
    io.run();
    EXPECT_EQ(calls, 5);
    EXPECT_EQ(group.size(), 0U);
}

TEST(Periodic, MissedCallsAreSkippedNotMadeUpFor) {
    asio::io_context io;
    TaskGroup group{io.get_executor()};
    int calls = 0;
    const auto start = std::chrono::steady_clock::now();
    group.spawn(every(Duration{20}, [&] {
        ++calls;
        if (calls == 1) std::this_thread::sleep_for(std::chrono::milliseconds{110});
        if (calls == 3) group.stop();
    }));
    io.run();
    // One call at 20 ms that lasts to 130, then the grid's next points: 140 and 160.
    const auto took = std::chrono::steady_clock::now() - start;
    EXPECT_EQ(calls, 3);
    EXPECT_GE(took, std::chrono::milliseconds{159});
}

TEST(PeriodicDeath, RefusesANonPositivePeriod) {
    asio::io_context io;
    TaskGroup group{io.get_executor()};
    const auto run = [&] {
        group.spawn(every(Duration{0}, [] {}));
        io.run();
    };
    EXPECT_DEATH(run(), "a period must be positive");
}

}  // namespace
}  // namespace vault::runtime
