#include "daemon/market/price_window.hpp"

#include "common/base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace vault::market {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;

constexpr UtcTime kStart{std::chrono::sys_days{std::chrono::year{2024} / 3 / 1}};

Tick tick_at(Duration offset, std::int64_t price, bool gap = false) {
    return {kStart + offset, Price{Decimal::from_int(price)}, 0, gap};
}

// The same figures from the whole list of ticks, the slow way.
WindowFigures by_hand(const WindowSpec& spec, const std::vector<Tick>& ticks) {
    std::size_t first = 0;
    for (std::size_t i = 0; i < ticks.size(); ++i)
        if (ticks[i].gap) first = i;
    WindowFigures f;
    f.now = ticks.back().time;
    f.price = f.low = ticks.back().price;
    f.warm = f.now - ticks[first].time >= spec.momentum_window;
    std::optional<Duration> best;
    for (std::size_t i = first; i < ticks.size(); ++i) {
        if (f.now - ticks[i].time > spec.history) continue;
        f.low = std::min(f.low, ticks[i].price);
        const Duration off = ticks[i].time - (f.now - spec.momentum_window);
        const Duration distance = off < 0ms ? -off : off;
        if (best && distance >= *best) continue;
        best = distance;
        f.reference = ticks[i].price;
    }
    if (!f.warm) f.reference.reset();
    std::vector<Decimal> closes;
    for (std::size_t i = first; i + 1 < ticks.size(); ++i)
        if (floor_hour(ticks[i].time) != floor_hour(ticks[i + 1].time))
            closes.push_back(ticks[i].price.value);
    for (std::size_t i = closes.size(); i > 0 && f.closes_count < spec.trend_closes; --i) {
        f.closes_sum += closes[i - 1];
        ++f.closes_count;
    }
    return f;
}

TEST(PriceWindow, AgreesWithTheSlowWayOnRandomTicks) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        SCOPED_TRACE(seed);
        Random random{seed};
        WindowSpec spec;
        spec.momentum_window = Duration{std::chrono::minutes{1 + random.below(90)}};
        spec.history = spec.momentum_window + std::chrono::minutes{random.below(200)};
        spec.trend_closes = static_cast<std::uint32_t>(1 + random.below(5));
        PriceWindow window{spec};
        std::vector<Tick> ticks;
        Duration at{random.below(3'600'000)};
        for (int i = 0; i < 400; ++i) {
            at += Duration{random.below(3) == 0 ? 0 : random.below(600'000)};
            ticks.push_back(tick_at(at, static_cast<std::int64_t>(90 + random.below(20)),
                                    random.below(150) == 0));
            window.add(ticks.back());
            ASSERT_EQ(window.figures(), by_hand(spec, ticks)) << "tick " << i;
        }
    }
}

TEST(PriceWindow, WarmAfterTheMomentumWindow) {
    PriceWindow window{WindowSpec{}};
    window.add(tick_at(0s, 100));
    EXPECT_FALSE(window.figures().warm);
    EXPECT_FALSE(window.figures().reference);
    window.add(tick_at(1h - 1ms, 101));
    EXPECT_FALSE(window.figures().warm);
    window.add(tick_at(1h, 102));
    EXPECT_TRUE(window.figures().warm);
    EXPECT_EQ(window.figures().reference, Price{Decimal::from_int(100)});
}

TEST(PriceWindow, ASampleExactlyAsOldAsTheHistoryStays) {
    PriceWindow window{WindowSpec{}};
    window.add(tick_at(0s, 50));
    window.add(tick_at(8h, 100));
    EXPECT_EQ(window.figures().low, Price{Decimal::from_int(50)});
    window.add(tick_at(8h + 1ms, 100));
    EXPECT_EQ(window.figures().low, Price{Decimal::from_int(100)});
}

TEST(PriceWindow, TheOlderSampleWinsATie) {
    PriceWindow window{WindowSpec{}};
    window.add(tick_at(0s, 1));
    window.add(tick_at(10min, 2));
    window.add(tick_at(20min, 3));
    window.add(tick_at(1h + 15min, 4));
    EXPECT_EQ(window.figures().reference, Price{Decimal::from_int(2)});
    window.add(tick_at(1h + 15min + 1ms, 5));
    EXPECT_EQ(window.figures().reference, Price{Decimal::from_int(3)});
}

TEST(PriceWindow, AnHourClosesWhenALaterTickArrives) {
    PriceWindow window{WindowSpec{}};
    window.add(tick_at(50min, 10));
    window.add(tick_at(59min, 11));
    EXPECT_EQ(window.figures().closes_count, 0U);
    window.add(tick_at(3h, 12));  // the hours without ticks enter nothing
    EXPECT_EQ(window.figures().closes_count, 1U);
    EXPECT_EQ(window.figures().closes_sum, Decimal::from_int(11));
    window.add(tick_at(3h + 10min, 13));
    EXPECT_EQ(window.figures().closes_count, 1U);
}

TEST(PriceWindow, AGapClearsEverything) {
    PriceWindow window{WindowSpec{}};
    window.add(tick_at(0s, 10));
    window.add(tick_at(2h, 20));
    window.add(tick_at(4h, 30, true));
    EXPECT_EQ(window.figures().closes_count, 0U);
    EXPECT_FALSE(window.figures().warm);
    EXPECT_EQ(window.figures().low, Price{Decimal::from_int(30)});
    EXPECT_EQ(window.samples(), 1U);
}

TEST(PriceWindow, LiveSamplesComeOncePerInterval) {
    WindowSpec spec;
    spec.sample_every = 15s;
    PriceWindow window{spec};
    for (int second = 0; second < 60; ++second)
        window.add(tick_at(std::chrono::seconds{second}, 100 - second));
    EXPECT_EQ(window.samples(), 4U);
    EXPECT_EQ(window.figures().low, Price{Decimal::from_int(100 - 45)});
    EXPECT_EQ(window.figures().price, Price{Decimal::from_int(41)});
}

TEST(PriceWindow, SeededClosesMakeTheTrendKnownAtOnce) {
    PriceWindow window{WindowSpec{}};
    for (const std::int64_t close : {1, 2, 3, 4, 5})
        window.seed_close(Price{Decimal::from_int(close)});
    window.add(tick_at(0s, 6));
    EXPECT_EQ(window.figures().closes_count, 4U);
    EXPECT_EQ(window.figures().closes_sum, Decimal::from_int(14));
}

TEST(PriceWindow, FoldingBackGivesTheSameFigures) {
    const WindowSpec spec;
    PriceWindow whole{spec};
    PriceWindow part{spec};
    Random random{7};
    const Duration step = 15s;
    const Duration end = 40h;
    const Duration fold_from = end - fold_back(spec, step);
    for (Duration at{0}; at <= end; at += step) {
        const Tick tick = tick_at(at, static_cast<std::int64_t>(100 + random.below(50)));
        whole.add(tick);
        if (at >= fold_from) part.add(tick);
    }
    EXPECT_EQ(part.figures(), whole.figures());
}

TEST(PairWindows, SleevesWithTheSameNumbersShareOneWindow) {
    PairWindows windows;
    WindowSpec other;
    other.history = 9h;
    const PriceWindow& first = windows.acquire({});
    EXPECT_EQ(&windows.acquire({}), &first);
    EXPECT_NE(&windows.acquire(other), &first);
    EXPECT_EQ(windows.size(), 2U);
    windows.add(tick_at(0s, 5));
    EXPECT_EQ(first.figures().price, Price{Decimal::from_int(5)});
    windows.release({});
    EXPECT_EQ(windows.find({}), &first);
    windows.release({});
    EXPECT_EQ(windows.find({}), nullptr);
}

}  // namespace
}  // namespace vault::market
