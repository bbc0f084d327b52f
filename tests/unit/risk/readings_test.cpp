#include "daemon/risk/readings.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <random>

namespace vault::risk {
namespace {

using vault::literals::operator""_dec;
using std::chrono_literals::operator""h;

constexpr UtcTime kDay{std::chrono::sys_days{std::chrono::year{2024} / 3 / 4}};

ReadingInputs inputs() {
    ReadingInputs in;
    in.asset = "USDT";
    in.exposure = {"100"_dec, "850"_dec, "1000"_dec, 1, 2};
    in.day = {kDay, "-5"_dec, "2"_dec, 2};
    in.realised = "-8"_dec;
    in.unrealised = "-1"_dec;
    in.drawdown = Drawdown{"1080"_dec, "20"_dec, "1000"_dec, kDay, kDay + 3h};
    in.stake = {"999"_dec, "50"_dec, "1000"_dec};
    in.outside.quote_price = "0.97"_dec;
    in.quote_at = kDay + 4h;
    in.bases = {{"ETH", "850"_dec}, {"BTC", std::nullopt}};
    return in;
}

// Each cap, as a person reads it: what is compared, what is left, what ends it.
TEST(Readings, SayTheArithmeticOfEachCap) {
    struct Row {
        const char* key;
        const char* value;
        const char* standing;
        const char* headroom;
        const char* arithmetic;
    };
    const Row rows[] = {
        {"max_position", "900", "blocks", "50",
         "positions and live buys 850 + next buy 100 = 950, the cap is 900 USDT"},
        {"max_position_pct", "95", "free", "100",
         "positions and live buys 850 + next buy 100 = 950, the cap is 95 % of the balance 1000 = "
         "950 USDT"},
        {"max_daily_loss", "6", "blocks", "0",
         "lost 6 USDT today = -(realised -8 - (-5) + unrealised -1 - 2 at the day's start), the "
         "cap is 6"},
        {"max_drawdown", "0.05", "free", "3",
         "peak 1080 USDT at 2024-03-04T03:00:00.000Z, now 1029 = equity 999 + swept 30 since "
         "2024-03-04T00:00:00.000Z: fallen 51 = 4.7222 % of the peak, the cap is 0.05"},
        {"max_trades_per_day", "2", "blocks", "0", "2 buys sent today, the cap is 2"},
        {"max_open_positions", "2", "free", "1", "1 positions open or being bought, the cap is 2"},
        {"quote_band", "0.02", "blocks", "0",
         "USDT/USD was 0.97 at 2024-03-04T04:00:00.000Z: off 1 by 0.03, the band is 0.02"},
        {"max_exposure_per_base", "1000", "free", "150",
         "ETH: 850 in all vaults of the user + next buy 100 = 950, the cap is 1000 USDT"},
    };
    for (const Row& row : rows) {
        Caps caps;
        caps.max_open_positions = 9;
        ASSERT_TRUE(set_cap(caps, row.key, row.value).has_value());
        const auto read = read_caps(caps, inputs());
        const auto found = std::find_if(
            read.begin(), read.end(), [&](const CapReading& each) { return each.key == row.key; });
        ASSERT_NE(found, read.end()) << row.key;
        EXPECT_EQ(to_text(found->standing), row.standing) << row.key;
        EXPECT_EQ(found->headroom, row.headroom) << row.key;
        EXPECT_EQ(found->arithmetic, row.arithmetic) << row.key;
        EXPECT_EQ(found->limit, row.value);
    }
}

TEST(Readings, SayWhatIsNotKnown) {
    Caps caps;
    caps.quote_band = "0.01"_dec;
    caps.max_exposure_per_base = "5000"_dec;
    caps.max_drawdown = "0.1"_dec;
    ReadingInputs in = inputs();
    in.outside.quote_price.reset();
    in.drawdown.reset();
    std::string said;
    for (const CapReading& each : read_caps(caps, in))
        said += std::string{each.key} + " " + std::string{to_text(each.standing)} + "\n";
    EXPECT_EQ(said,
              "max_drawdown unjudged\nmax_open_positions blocks\nmax_exposure_per_base free\n"
              "max_exposure_per_base unresolved\nquote_band unjudged\n");
    in.outside.quote_is_usd = true;
    EXPECT_EQ(read_caps(caps, in).back().standing, Standing::Free);
}

TEST(Readings, ALatchIsTheTrippedCapsAloneAndSaysWhoEndsIt) {
    Caps caps;
    caps.max_daily_loss = "100"_dec;
    caps.max_drawdown = "0.9"_dec;
    ReadingInputs in = inputs();
    in.capped_by = "max_drawdown";
    in.resume = "sleeve resume v1 flash";
    const auto read = read_caps(caps, in);
    EXPECT_EQ(read[0].standing, Standing::Free);
    EXPECT_EQ(read[1].standing, Standing::Latched);
    EXPECT_EQ(read[1].ends, "sleeve resume v1 flash, by its owner, a moderator or an admin");
    caps.caps_reset_daily = true;
    EXPECT_EQ(read_caps(caps, in)[1].ends,
              "the next UTC day, or sleeve resume v1 flash, by its owner, a moderator or an admin");
    EXPECT_EQ(end_words(Level::Daemon, caps, "resume"),
              "the end of a UTC day with today's loss below the cap, or resume, by an admin");
}

// What a latched cap measured when it tripped stands beside what it measures now.
TEST(Readings, ALatchKeepsWhatItMeasuredWhenItTripped) {
    Caps caps;
    caps.max_daily_loss = "100"_dec;
    ReadingInputs in = inputs();
    in.trip = {kDay + 5h, "lost 100"};
    EXPECT_EQ(read_caps(caps, in)[0].trip, Trip{});
    in.capped_by = "max_daily_loss";
    for (const std::uint32_t unresolved : {0U, 1U}) {
        in.unresolved = unresolved;
        EXPECT_EQ(read_caps(caps, in)[0].trip, in.trip);
        EXPECT_NE(read_caps(caps, in)[0].arithmetic, "lost 100");
    }
    caps.max_daily_loss.reset();
    EXPECT_EQ(read_caps(caps, in).back().trip, in.trip);
}

TEST(Readings, WhatIsSaidOfALossCapIsShownWhileItIsOff) {
    Caps caps;
    const auto said = [&] {
        std::string text;
        for (const CapReading& each : read_caps(caps, inputs()))
            if (each.limit == "off") text += std::string{each.key} + " " + each.arithmetic + "\n";
        return text;
    };
    EXPECT_EQ(said(), "");
    caps.drawdown_on_trip = OnTrip::All;
    EXPECT_EQ(said(),
              "max_drawdown the cap is off; once it is set and reached, it blocks all orders\n");
    caps.max_drawdown = "0.1"_dec;
    EXPECT_EQ(said(), "");
    caps = {};
    caps.caps_reset_daily = true;
    EXPECT_EQ(said(),
              "max_daily_loss the cap is off; once it is set and reached, it blocks buys\n"
              "max_drawdown the cap is off; once it is set and reached, it blocks buys\n");
}

// What people are told is what the engine does: any figures, any caps.
TEST(Readings, AgreeWithTheGates) {
    const std::uint64_t seed = std::random_device{}();
    std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
    std::mt19937_64 random{seed};
    const auto whole = [&](int n) {
        return Decimal::from_int(static_cast<std::int64_t>(random() % static_cast<unsigned>(n)));
    };
    const auto maybe = [&](Decimal x) {
        return random() % 2 == 0 ? std::optional{x + kOne} : std::nullopt;
    };
    int blocked = 0;
    for (int i = 0; i < 20'000; ++i) {
        Caps caps;
        caps.max_position = maybe(whole(30));
        caps.max_position_pct = maybe(whole(100));
        if (random() % 2 == 0)
            caps.max_trades_per_day = 1 + static_cast<std::uint32_t>(random() % 5);
        caps.max_open_positions = 1 + static_cast<std::uint32_t>(random() % 4);
        caps.max_exposure_per_base = maybe(whole(30));
        caps.quote_band = maybe(whole(3));
        ReadingInputs in = inputs();
        in.exposure = {whole(10), whole(20), whole(40), static_cast<std::uint32_t>(random() % 4),
                       static_cast<std::uint32_t>(random() % 5)};
        in.outside.quote_price = maybe(whole(6));
        in.bases = {{"ETH", maybe(whole(30))}};
        Outside outside = in.outside;
        outside.base_value = in.bases[0].value;
        const auto read = read_caps(caps, in);
        const bool said = std::any_of(read.begin(), read.end(), [](const CapReading& each) {
            return each.key != "max_daily_loss" && each.standing != Standing::Free &&
                   each.standing != Standing::Unjudged;
        });
        const bool done = !blocking_cap(caps, in.exposure).empty() ||
                          !blocking_outside(caps, outside, in.exposure.budget).empty();
        ASSERT_EQ(said, done) << "seed " << seed << " step " << i;
        blocked += done ? 1 : 0;
    }
    EXPECT_GT(blocked, 1000);
    EXPECT_LT(blocked, 19'500);
}

}  // namespace
}  // namespace vault::risk
