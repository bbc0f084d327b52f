#include "daemon/exchange/kraken/reconnect_pace.hpp"

#include <gtest/gtest.h>

#include <deque>

namespace vault::exchange::kraken {
namespace {

constexpr Duration kNone{0};

TEST(KrakenReconnectPace, TheFirstThreeGoOutAtOnceThenWaitsGrow) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        ReconnectPace pace{{}, Random{seed}};
        for (int i = 0; i < 3; ++i)
            EXPECT_EQ(pace.after(kNone), kNone);
        for (const int due : {1'000, 2'000, 4'000, 8'000, 16'000, 30'000, 30'000}) {
            const Duration wait = pace.after(kNone);
            EXPECT_GE(wait, Duration{due / 2}) << "seed " << seed;
            EXPECT_LE(wait, Duration{due}) << "seed " << seed;
        }
        for (int i = 0; i < 1'000; ++i)
            EXPECT_LE(pace.after(kNone), Duration{30'000});
    }
}

TEST(KrakenReconnectPace, WaitsAreSpread) {
    ReconnectPace one{{}, Random{1}}, other{{}, Random{2}};
    int differ = 0;
    for (int i = 0; i < 20; ++i)
        differ += one.after(kNone) != other.after(kNone) ? 1 : 0;
    EXPECT_GT(differ, 10);
}

TEST(KrakenReconnectPace, OnlyASocketThatHeldLetsItBeginAnew) {
    ReconnectPace pace{{}, Random{7}};
    for (int i = 0; i < 8; ++i)
        pace.after(kNone);
    EXPECT_GE(pace.after(Duration{59'999}), Duration{15'000});
    EXPECT_EQ(pace.after(Duration{60'000}), kNone);
    EXPECT_EQ(pace.after(kNone), kNone);
    EXPECT_EQ(pace.after(kNone), kNone);
    EXPECT_GT(pace.after(kNone), kNone);
}

// Kraken bans who connects about 150 times in ten minutes. Whatever the sockets do: die at once,
// after any time, or just after they have held, each so many times.
TEST(KrakenReconnectPace, FewerThanSeventyTriesInTenMinutes) {
    constexpr Duration kSpan = std::chrono::minutes{10};
    std::size_t most = 0;
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        Random chance{seed};
        ReconnectPace pace{{}, Random{seed + 1'000}};
        const std::uint64_t failing = seed % 12;
        std::deque<Duration> tries;
        Duration now{0};
        for (std::uint64_t i = 0; i < 2'000; ++i) {
            const bool holds = failing > 0 && i % (failing + 1) == failing;
            const Duration lived = holds ? Duration{60'000} : kNone;
            now += lived;
            now += pace.after(lived);
            tries.push_back(now);
            while (now - tries.front() >= kSpan)
                tries.pop_front();
            most = std::max(most, tries.size());
        }
    }
    EXPECT_LT(most, 70U);
    EXPECT_GE(most, 50U) << "the test tries too little";
}

}  // namespace
}  // namespace vault::exchange::kraken
