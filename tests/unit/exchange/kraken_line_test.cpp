// What waits in a line of calls: the count of a key's calls, and turns.
#include "daemon/exchange/kraken/rate_counter.hpp"
#include "daemon/exchange/kraken/turns.hpp"
#include "daemon/runtime/task_group.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include <string>

namespace vault::exchange::kraken {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(KrakenRateCounter, AStarterHasFifteenCallsAndOneInThreeSeconds) {
    RateCounter counter;
    const SteadyTime start = seconds{1'000};
    for (int i = 0; i < 15; ++i) {
        ASSERT_EQ(counter.wait_for(1, start), Duration{0}) << i;
        counter.add(1, start);
    }
    EXPECT_EQ(counter.wait_for(1, start), Duration{3'031});  // 1 / 0.33 per s, rounded up
    EXPECT_EQ(counter.wait_for(2, start), Duration{6'061});
    EXPECT_EQ(counter.wait_for(0, start), Duration{0});
    EXPECT_EQ(counter.wait_for(1, start + milliseconds{3'030}), Duration{1});
    EXPECT_EQ(counter.wait_for(1, start + milliseconds{3'031}), Duration{0});
    EXPECT_FALSE(counter.is_empty(start + seconds{45}));
    EXPECT_TRUE(counter.is_empty(start + seconds{46}));
    EXPECT_TRUE(counter.is_empty(start + std::chrono::hours{100'000}));
}

TEST(KrakenRateCounter, HigherTiersHaveMore) {
    const SteadyTime start = seconds{5};
    const std::pair<Tier, Duration> tiers[] = {{Tier::Starter, Duration{6 * 3'031 - 4}},
                                               {Tier::Intermediate, Duration{2'000}},
                                               {Tier::Pro, Duration{1'000}}};
    for (const auto& [tier, wait] : tiers) {
        RateCounter counter;
        counter.set_tier(tier);
        counter.add(20, start);
        EXPECT_EQ(counter.wait_for(1, start), wait);
    }
}

TEST(KrakenRateCounter, ForgetsNothingBetweenTwoReads) {
    RateCounter often, once;
    for (int ms = 0; ms < 10'000; ms += 7)
        often.add(0, milliseconds{ms});
    often.add(15, seconds{10});
    for (int ms = 10'000; ms < 12'000; ++ms)
        often.add(0, milliseconds{ms});
    once.add(15, seconds{10});
    EXPECT_EQ(often.wait_for(1, seconds{12}), once.wait_for(1, seconds{12}));
}

TEST(KrakenRateCounter, FillsWhenKrakenCountsMore) {
    RateCounter counter;
    counter.add(3, seconds{1});
    counter.fill(seconds{1});
    EXPECT_EQ(counter.wait_for(1, seconds{1}), Duration{3'031});
}

struct Story {
    Turns turns;
    std::string told;
};

asio::awaitable<void> visit(Story& story, char name, Duration stay, Duration patience) {
    Turns::Turn turn{story.turns};
    auto coming = turn.come(patience);
    const bool came = co_await std::move(coming);
    story.told += came ? std::string{name} : std::string{"-"} + name;
    if (!came) co_return;
    asio::steady_timer timer{co_await asio::this_coro::executor, stay};
    auto staying = timer.async_wait(asio::use_awaitable);
    co_await std::move(staying);
    story.told += '.';
}

TEST(KrakenTurns, ComeOneAfterTheOtherInTheirOrder) {
    asio::io_context io;
    Story story;
    runtime::TaskGroup group{io.get_executor()};
    for (const char name : {'a', 'b', 'c', 'd'})
        group.spawn(visit(story, name, milliseconds{2}, seconds{30}));
    io.run();
    EXPECT_EQ(story.told, "a.b.c.d.");
    EXPECT_TRUE(story.turns.idle());
}

TEST(KrakenTurns, WhoCannotWaitAnyLongerLeavesTheQueue) {
    asio::io_context io;
    Story story;
    runtime::TaskGroup group{io.get_executor()};
    group.spawn(visit(story, 'a', milliseconds{120}, seconds{30}));
    group.spawn(visit(story, 'b', milliseconds{1}, milliseconds{10}));
    group.spawn(visit(story, 'c', milliseconds{1}, seconds{30}));
    io.run();
    EXPECT_EQ(story.told, "a-b.c.");
    EXPECT_TRUE(story.turns.idle());
}

TEST(KrakenTurns, WhoIsCancelledPassesItsTurnOn) {
    asio::io_context io;
    Story story;
    runtime::TaskGroup first{io.get_executor()}, waiting{io.get_executor()},
        last{io.get_executor()};
    first.spawn(visit(story, 'a', std::chrono::hours{1}, seconds{30}));
    waiting.spawn(visit(story, 'b', milliseconds{1}, seconds{30}));
    last.spawn(visit(story, 'c', milliseconds{1}, seconds{30}));
    asio::steady_timer timer{io, milliseconds{20}};
    timer.async_wait([&](const boost::system::error_code&) {
        waiting.stop();
        first.stop();
    });
    io.run();
    EXPECT_EQ(story.told, "a-bc.");
    EXPECT_TRUE(story.turns.idle());
}

TEST(KrakenTurns, ATurnThatCameAsItsCallerWasCancelledIsPassedOn) {
    asio::io_context io;
    Story story;
    runtime::TaskGroup first{io.get_executor()}, waiting{io.get_executor()},
        last{io.get_executor()};
    first.spawn(visit(story, 'a', std::chrono::hours{1}, seconds{30}));
    waiting.spawn(visit(story, 'b', milliseconds{1}, seconds{30}));
    last.spawn(visit(story, 'c', milliseconds{1}, seconds{30}));
    asio::steady_timer timer{io, milliseconds{20}};
    timer.async_wait([&](const boost::system::error_code&) {
        first.stop();
        waiting.stop();
    });
    io.run();
    EXPECT_TRUE(story.told.ends_with("c.")) << story.told;
    EXPECT_TRUE(story.turns.idle());
}

}  // namespace
}  // namespace vault::exchange::kraken
