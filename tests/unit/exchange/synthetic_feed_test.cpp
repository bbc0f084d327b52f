#include "daemon/exchange/paper/synthetic_feed.hpp"

#include "common/base/hash.hpp"
#include "common/base/random.hpp"

#include <gtest/gtest.h>

namespace vault::exchange {
namespace {

using vault::literals::operator""_dec;

SyntheticSettings settings() {
    SyntheticSettings s;
    s.pair = Pair::parse("ETH/USDT").value();
    s.days = 40;
    return s;
}

std::vector<Tick> all_ticks(const SyntheticSettings& s) {
    SyntheticFeed feed = SyntheticFeed::create(s).value();
    std::vector<Tick> ticks;
    while (const auto tick = feed.next())
        ticks.push_back(*tick);
    return ticks;
}

TEST(Synthetic, TicksAscendWithinStepsAndGaps) {
    const SyntheticSettings s = settings();
    const std::vector<Tick> ticks = all_ticks(s);
    ASSERT_EQ(ticks.size(), SyntheticFeed::create(s).value().size());
    EXPECT_GT(ticks.size(), 40U * 5760 - 3 * 240 - 1);
    std::size_t gaps = 0;
    for (std::size_t i = 1; i < ticks.size(); ++i) {
        const Duration hole = ticks[i].time - ticks[i - 1].time - s.step;
        ASSERT_GE(hole, Duration{0});
        ASSERT_EQ(ticks[i].gap, hole > std::chrono::seconds{300}) << i;
        ASSERT_EQ(ticks[i].position, i);
        ASSERT_EQ(round_step(ticks[i].price.value, s.tick, Rounding::Down), ticks[i].price.value);
        gaps += ticks[i].gap ? 1 : 0;
    }
    EXPECT_GE(gaps, 2U);
    EXPECT_LE(gaps, 6U);
}

TEST(Synthetic, PricesMoveButStayAMarket) {
    SyntheticSettings s = settings();
    s.days = 365;
    s.step = std::chrono::minutes{1};
    Decimal low = s.base_price.value;
    Decimal high = low;
    std::size_t moved = 0;
    const std::vector<Tick> ticks = all_ticks(s);
    for (std::size_t i = 1; i < ticks.size(); ++i) {
        const Decimal now = ticks[i].price.value;
        const Decimal before = ticks[i - 1].price.value;
        low = min(low, now);
        high = max(high, now);
        moved += now != before ? 1 : 0;
        ASSERT_LT((now - before).abs(), mul(before, "0.15"_dec, Rounding::Up).value());
    }
    EXPECT_GT(moved, ticks.size() / 2);
    EXPECT_GT(low, "200"_dec);
    EXPECT_LT(high, "20000"_dec);
    EXPECT_GT(high - low, "400"_dec);
}

// The digest pins the market: a change of compiler, machine or code that moves one price shows
// here.
TEST(Synthetic, IsTheSameOnEveryMachine) {
    std::string text;
    for (const Tick& tick : all_ticks(settings())) {
        text += std::to_string(tick.time.time_since_epoch().count()) + " ";
        tick.price.value.append_to(text);
        text += tick.gap ? " gap\n" : "\n";
    }
    EXPECT_EQ(to_hex(sha256(text)),
              "7bbffc1f5e08353efcf57a14beed4b44ef32f3a0cc7565d29b3d28394f87ca25");
}

TEST(Synthetic, SeeksToAnyPlace) {
    const SyntheticSettings s = settings();
    const std::vector<Tick> ticks = all_ticks(s);
    SyntheticFeed feed = SyntheticFeed::create(s).value();
    Random random{5};
    for (int i = 0; i < 300; ++i) {
        const std::size_t at = random.below(ticks.size());
        ASSERT_TRUE(feed.seek(at).has_value());
        ASSERT_EQ(feed.peek_time(), ticks[at].time);
        ASSERT_EQ(feed.next(), ticks[at]);
        ASSERT_EQ(feed.position_at(ticks[at].time), at);
        ASSERT_EQ(feed.position_at(ticks[at].time - Duration{1}), at);
        ASSERT_EQ(feed.position_at(ticks[at].time + Duration{1}), at + 1);
    }
    EXPECT_TRUE(feed.seek(ticks.size()).has_value());
    EXPECT_FALSE(feed.next().has_value());
    EXPECT_FALSE(feed.seek(ticks.size() + 1).has_value());
    EXPECT_EQ(feed.position_at(s.start - std::chrono::hours{1}), 0U);
}

TEST(Synthetic, SeedsDifferAndIdentityTellsThem) {
    SyntheticSettings other = settings();
    other.seed = 2;
    EXPECT_NE(all_ticks(other), all_ticks(settings()));
    EXPECT_NE(SyntheticFeed::create(other).value().identity(),
              SyntheticFeed::create(settings()).value().identity());
    other = settings();
    other.days.reset();
    SyntheticFeed endless = SyntheticFeed::create(other).value();
    EXPECT_FALSE(endless.size().has_value());
    ASSERT_TRUE(endless.seek(1'000'000'000).has_value());
    EXPECT_TRUE(endless.next().has_value());
}

TEST(Synthetic, RefusesSettingsOutOfRange) {
    const auto field = [](auto change) {
        SyntheticSettings s = settings();
        change(s);
        return SyntheticFeed::create(s).error().field();
    };
    EXPECT_EQ(field([](auto& s) { s.step = Duration{7000}; }), "step");
    EXPECT_EQ(field([](auto& s) { s.base_price = Price{kZero}; }), "base_price");
    EXPECT_EQ(field([](auto& s) { s.tick = kZero; }), "tick");
    EXPECT_EQ(field([](auto& s) { s.volatility_ppm = 0; }), "volatility_ppm");
    EXPECT_EQ(field([](auto& s) { s.gap = std::chrono::hours{25}; }), "gap");
    EXPECT_EQ(field([](auto& s) { s.days = 0; }), "days");
}

}  // namespace
}  // namespace vault::exchange
