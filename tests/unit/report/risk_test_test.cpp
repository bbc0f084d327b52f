// Risk tests on hand-made histories: every trip is computed by hand.
#include "daemon/report/risk_test.hpp"

#include "tests/unit/report/risk_past.hpp"

#include <gtest/gtest.h>

namespace vault::report {
namespace {

using test::dec;
using test::kBtc;
using test::kDayMinutes;
using test::kEth;
using test::kUsdt;
using test::minute;
using test::RiskPast;

constexpr AccountId kA1{1}, kA2{2};
constexpr std::int64_t kNow = 3 * kDayMinutes;

using Settings = std::map<std::string, std::string>;

LevelMark level(risk::Level kind, const Settings& caps, std::vector<LevelVault> vaults) {
    LevelMark mark;
    mark.level = kind;
    mark.asset = kUsdt;
    mark.of = "v1";
    mark.resume = "vault resume v1";
    mark.vaults = std::move(vaults);
    if (kind == risk::Level::Sleeve) {
        mark.sleeve = SleeveKind::Flash;
        mark.of = "v1.flash";
        mark.resume = "sleeve resume v1 flash";
    }
    if (kind == risk::Level::User) {
        mark.of = "ann";
        mark.resume = "resume --user ann";
    }
    for (const auto& [key, text] : caps)
        EXPECT_TRUE(risk::set_cap(mark.caps, key, text)) << key;
    return mark;
}

void run(RiskTest& test, ports::StoreReader& reader) {
    for (bool more = true; more;) {
        const Result<bool> stepped = test.step(reader);
        ASSERT_TRUE(stepped) << stepped.error().message();
        more = stepped.value();
    }
}

// A vault of 1000 USDT in flash, from the first minute of the day.
class RiskTests : public testing::Test {
  protected:
    RiskTests() {
        past_.price(0, "2000");
        past_.fund(0, "1000");
    }

    std::unique_ptr<RiskTest> tested(risk::Level kind, const Settings& caps,
                                     std::int64_t since = 0) {
        return tested(level(kind, caps, {past_.mark(kNow)}), since);
    }
    std::unique_ptr<RiskTest> tested(LevelMark mark, std::int64_t since = 0) {
        auto test = std::make_unique<RiskTest>(std::move(mark), minute(since));
        run(*test, reader_);
        return test;
    }
    void event(std::int64_t at, std::string type, std::string object, std::string actor) {
        ports::EventRow row;
        row.seq = reader_.event_rows.size() + 1;
        row.owner = {UserId{1}, kA1, Mode::Paper, std::move(actor)};
        row.at = minute(at);
        row.type = std::move(type);
        row.object = std::move(object);
        reader_.event_rows.push_back(row);
    }
    // Half an ETH for 1000, which then falls by 40: a loss of 20. It is sold at that.
    void lose_20() {
        past_.buy(1, "1000", "2000");
        past_.price(2, "2000");
        past_.price(3, "1970");
        past_.price(4, "1960.02");
        past_.price(5, "1960");
        past_.sell(10, "1960");
    }

    vault::test::FakeReader reader_;
    RiskPast past_{reader_, 1, kUsdt, kA1};
};

TEST_F(RiskTests, DailyLossTripsAtTheFirstStoredPriceThatReachesIt) {
    lose_20();
    past_.buy(20, "980", "1960");
    past_.sell(25, "1960");
    past_.buy(kDayMinutes + 5, "980", "1960");
    const auto test = tested(risk::Level::Sleeve, {{"max_daily_loss", "20"}});
    ASSERT_EQ(test->rows().size(), 1U);
    const RiskTrip& trip = test->rows().front();
    EXPECT_EQ(trip.at, minute(5));
    EXPECT_EQ(trip.earliest, minute(4));
    EXPECT_EQ(trip.cap, "max_daily_loss");
    EXPECT_EQ(trip.limit, "20");
    EXPECT_EQ(trip.arithmetic,
              "lost 20 USDT today = -(realised 0 - 0 + unrealised -20 - 0 at the day's start), "
              "the cap is 20");
    EXPECT_EQ(trip.blocks, risk::OnTrip::Entries);
    EXPECT_FALSE(trip.until);
    EXPECT_EQ(trip.ends, "sleeve resume v1 flash, by its owner, a moderator or an admin");
    EXPECT_EQ(trip.buys_blocked, 2U);
    EXPECT_EQ(test->buys(), 3U);
    EXPECT_EQ(test->buys_blocked(), 2U);
    // A little more may be lost.
    EXPECT_TRUE(tested(risk::Level::Sleeve, {{"max_daily_loss", "20.01"}})->rows().empty());
}

TEST_F(RiskTests, ADailyResetEndsALatchAtMidnight) {
    lose_20();
    past_.buy(20, "980", "1960");
    past_.sell(25, "1960");
    past_.price(kDayMinutes + 1, "1960");
    past_.buy(kDayMinutes + 5, "980", "1960");
    past_.price(kDayMinutes + 7, "1921");  // 19.5 of the new day
    const auto test = tested(risk::Level::Vault, {{"max_daily_loss", "20"},
                                                  {"caps_reset_daily", "true"},
                                                  {"max_daily_loss_on_trip", "all"}});
    ASSERT_EQ(test->rows().size(), 1U);
    EXPECT_EQ(test->rows()[0].at, minute(5));
    EXPECT_EQ(test->rows()[0].until, minute(kDayMinutes));
    EXPECT_EQ(test->rows()[0].blocks, risk::OnTrip::All);
    EXPECT_EQ(test->rows()[0].buys_blocked, 1U);
    EXPECT_EQ(test->rows()[0].ends,
              "the next UTC day, or vault resume v1, by its owner, a moderator or an admin");
}

TEST_F(RiskTests, WhatSomebodyEndedInTruthEndsHereToo) {
    lose_20();
    event(5, "cap_tripped", "v1.flash", "engine");
    event(6, "cap_tripped", "v1", "engine");  // of the vault, not of the sleeve
    event(27, "cap_ended", "v1.flash", "ann");
    past_.buy(30, "980", "1960");
    past_.price(32, "1920");  // another 20, measured from the resume on
    const auto test = tested(risk::Level::Sleeve, {{"max_daily_loss", "20"}});
    ASSERT_EQ(test->rows().size(), 2U);
    EXPECT_EQ(test->rows()[0].until, minute(27));
    EXPECT_EQ(test->rows()[0].buys_blocked, 0U);
    EXPECT_EQ(test->rows()[1].at, minute(32));
    EXPECT_EQ(test->rows()[1].arithmetic,
              "lost 20 USDT today = -(realised -20 - (-20) + unrealised -20 - 0 at the day's "
              "start), the cap is 20");
    ASSERT_EQ(test->events().size(), 2U);
    EXPECT_EQ(test->events()[0].at, minute(5));
    EXPECT_EQ(test->events()[1].actor, "ann");
}

TEST_F(RiskTests, DrawdownIsMeasuredFromThePeak) {
    past_.buy(1, "1000", "2000");
    past_.price(3, "2100");     // 1050
    past_.price(4, "1890.02");  // 945.01
    past_.price(5, "1890");     // 945
    const auto test = tested(risk::Level::Vault, {{"max_drawdown", "0.1"}});
    ASSERT_EQ(test->rows().size(), 1U);
    EXPECT_EQ(test->rows()[0].at, minute(5));
    EXPECT_EQ(test->rows()[0].arithmetic,
              "peak 1050 USDT at 2021-04-01T00:03:00.000Z, now 945 = equity 945 + swept 0 since "
              "2021-04-01T00:00:00.000Z: fallen 105 = 10 % of the peak, the cap is 0.1");
}

TEST_F(RiskTests, MoneyThatIsSweptOrMovedIsNoDrawdown) {
    past_.buy(1, "1000", "2000");
    past_.price(3, "2100");
    past_.sell(10, "2100");  // 50 are swept
    past_.unallocate(11, "600");
    past_.fund(12, "100");
    past_.price(13, "2100");
    const auto test = tested(risk::Level::Sleeve, {{"max_drawdown", "0.0001"}});
    EXPECT_TRUE(test->rows().empty());
    EXPECT_EQ(test->steps().prices, 3U);
}

TEST_F(RiskTests, TradesPerDayRefuseUntilMidnight) {
    for (const std::int64_t at : {1, 10, 20, static_cast<int>(kDayMinutes) + 10}) {
        past_.buy(at, "1000", "2000");
        past_.sell(at + 5, "2000");
    }
    const auto test = tested(risk::Level::Vault, {{"max_trades_per_day", "1"}});
    ASSERT_EQ(test->rows().size(), 1U);
    EXPECT_EQ(test->rows()[0].at, minute(10));
    EXPECT_EQ(test->rows()[0].earliest, minute(10));
    EXPECT_EQ(test->rows()[0].until, minute(kDayMinutes));
    EXPECT_EQ(test->rows()[0].buys_blocked, 2U);
    EXPECT_EQ(test->rows()[0].arithmetic, "1 buys sent today, the cap is 1");
    EXPECT_EQ(test->rows()[0].ends, "the next UTC day");
}

TEST_F(RiskTests, ASizeCapRefusesUntilABuyPasses) {
    past_.buy(1, "1000", "2000");
    past_.sell(5, "2000");
    past_.buy(10, "900", "2000");
    const auto test =
        tested(risk::Level::Sleeve, {{"max_position", "900"}, {"max_position_pct", "95"}});
    ASSERT_EQ(test->rows().size(), 2U);
    EXPECT_EQ(test->rows()[0].cap, "max_position");
    EXPECT_EQ(test->rows()[0].at, minute(1));
    EXPECT_EQ(test->rows()[0].until, minute(10));
    EXPECT_EQ(test->rows()[0].arithmetic,
              "positions and live buys 0 + next buy 1000 = 1000, the cap is 900 USDT");
    EXPECT_EQ(test->rows()[1].cap, "max_position_pct");
    EXPECT_EQ(test->buys_blocked(), 1U);  // one buy, two caps
}

TEST_F(RiskTests, DustIsNoOpenPosition) {
    past_.trades(kBtc);
    past_.buy(1, "500", "2000");
    past_.buy(5, "100", "20000", kBtc);
    past_.sell(8, "20000", kBtc);
    past_.sell(10, "2000", kEth, dec("0.0001"));
    past_.buy(15, "100", "20000", kBtc);
    const auto test = tested(risk::Level::Sleeve, {});
    ASSERT_EQ(test->rows().size(), 1U);
    EXPECT_EQ(test->rows()[0].cap, "max_open_positions");
    EXPECT_EQ(test->rows()[0].at, minute(5));
    EXPECT_EQ(test->rows()[0].until, minute(15));
    EXPECT_EQ(test->rows()[0].arithmetic, "1 positions open or being bought, the cap is 1");
}

TEST_F(RiskTests, ExposureOfASleeveCountsTheCoinsOfItsOwnersOtherVaults) {
    RiskPast other(reader_, 2, kUsdt, kA2);
    other.fund(0, "500");
    other.buy(1, "500", "2000");
    past_.buy(10, "1000", "2000");
    LevelMark mark = level(risk::Level::Sleeve, {{"max_exposure_per_base", "1200"}},
                           {past_.mark(kNow), other.mark(kNow)});
    mark.vaults[1].beside = true;
    const auto test = tested(std::move(mark));
    ASSERT_EQ(test->rows().size(), 1U);
    EXPECT_EQ(test->rows()[0].at, minute(10));
    EXPECT_EQ(test->rows()[0].arithmetic,
              "ETH: 500 in all vaults of the user + next buy 1000 = 1500, the cap is 1200 USDT");
    EXPECT_EQ(test->buys(), 1U);
}

TEST_F(RiskTests, AStablecoinOffItsBandRefusesBuys) {
    reader_.price_rows.push_back({kA1, Pair::parse("USDT/USD").value(), minute(8), dec("0.97")});
    past_.buy(1, "500", "2000");
    past_.sell(5, "2000");
    past_.buy(10, "500", "2000");
    const auto test = tested(risk::Level::Sleeve, {{"quote_band", "0.02"}});
    ASSERT_EQ(test->rows().size(), 1U);
    EXPECT_EQ(test->rows()[0].at, minute(10));
    EXPECT_EQ(test->rows()[0].arithmetic,
              "USDT/USD was 0.97 at 2021-04-01T00:08:00.000Z: off 1 by 0.03, the band is 0.02");
}

TEST_F(RiskTests, WhatHappensBetweenTwoPricesIsNotSeenAndSaid) {
    past_.buy(1, "1000", "2000");
    past_.price(60, "2000");
    past_.price(120, "1940");  // of a fall that began long before
    const auto test = tested(risk::Level::Sleeve, {{"max_daily_loss", "20"}});
    ASSERT_EQ(test->rows().size(), 1U);
    EXPECT_EQ(test->rows()[0].at, minute(120));
    EXPECT_EQ(test->rows()[0].earliest, minute(60));
    EXPECT_EQ(test->steps().longest, std::chrono::hours{1});
    EXPECT_EQ(test->steps().at, minute(120));
    const std::vector<std::string> notes = test->notes();
    ASSERT_EQ(notes.size(), 2U);
    EXPECT_NE(notes[0].find("up to 1h apart"), std::string::npos) << notes[0];
    EXPECT_NE(notes[1].find("the first trip is as exact as the prices"), std::string::npos);
}

TEST_F(RiskTests, ALossThatIsRealisedNeedsNoPrice) {
    past_.buy(61, "1000", "2000");
    past_.sell(65, "1950");
    const auto test = tested(risk::Level::Sleeve, {{"max_daily_loss", "25"}});
    ASSERT_EQ(test->rows().size(), 1U);
    EXPECT_EQ(test->rows()[0].at, minute(65));
    EXPECT_EQ(test->rows()[0].arithmetic,
              "lost 25 USDT today = -(realised -25 - 0 + unrealised 0 - 0 at the day's start), the "
              "cap is 25");
}

TEST_F(RiskTests, NothingIsJudgedOnAGuess) {
    reader_.price_rows.clear();
    past_.trades(kBtc);
    past_.buy(1, "1000", "2000");
    past_.price(5, "20000", kBtc);
    const auto test = tested(risk::Level::Vault, {{"max_daily_loss", "1"}});
    EXPECT_TRUE(test->rows().empty());
    EXPECT_EQ(test->steps().unjudged, 1U);
    EXPECT_EQ(test->notes().back(), "moments without a price, at which nothing was judged: 1");
}

TEST_F(RiskTests, TheDaysStartIsTheClosedDaysLastPrice) {
    past_.buy(1, "1000", "2000");
    past_.price(kDayMinutes - 10, "1990");
    past_.close_day(0, "-7");  // 1986 at the very end, which is no stored price
    past_.price(kDayMinutes + 1, "1966");
    const auto test = tested(risk::Level::Sleeve, {{"max_daily_loss", "10"}});
    ASSERT_EQ(test->rows().size(), 1U);
    EXPECT_EQ(test->rows()[0].at, minute(kDayMinutes + 1));
    EXPECT_EQ(test->rows()[0].arithmetic,
              "lost 10 USDT today = -(realised 0 - 0 + unrealised -17 - (-7) at the day's start), "
              "the cap is 10");
    EXPECT_TRUE(tested(risk::Level::Sleeve, {{"max_daily_loss", "10.01"}})->rows().empty());
}

// A sleeve knows its day without a cap; a vault begins to measure with its first one.
TEST_F(RiskTests, ACapThatIsSetAtNoonMeasuresAsTheEngineDoes) {
    past_.buy(1, "1000", "2000");
    past_.price(500, "1970");  // 15 lost
    past_.price(610, "1955");  // 22.5 since midnight, 7.5 since noon
    const Settings caps{{"max_daily_loss", "20"}};
    const auto sleeve = tested(risk::Level::Sleeve, caps, 600);
    ASSERT_EQ(sleeve->rows().size(), 1U);
    EXPECT_EQ(sleeve->rows()[0].at, minute(610));
    EXPECT_EQ(sleeve->rows()[0].earliest, minute(600));
    EXPECT_TRUE(tested(risk::Level::Vault, caps, 600)->rows().empty());
    const auto less = tested(risk::Level::Vault, {{"max_daily_loss", "7.5"}}, 600);
    ASSERT_EQ(less->rows().size(), 1U);
    EXPECT_EQ(less->rows()[0].arithmetic,
              "lost 7.5 USDT today = -(realised 0 - 0 + unrealised -22.5 - (-15) at the day's "
              "start), the cap is 7.5");
}

TEST_F(RiskTests, AUserIsSummedUpInTheLevelsAsset) {
    RiskPast in_btc(reader_, 2, kBtc, kA1);
    in_btc.fund(0, "0.1");
    in_btc.buy(1, "0.1", "0.05");  // 2 ETH
    in_btc.price(3, "0.048");      // 0.004 BTC lost, 80 USDT
    in_btc.price(4, "0.0475");     // 0.005 BTC lost, 100 USDT
    const auto test = [&] {
        return tested(level(risk::Level::User, {{"max_daily_loss", "100"}},
                            {past_.mark(kNow), in_btc.mark(kNow)}));
    };
    const auto unpriced = test();
    EXPECT_TRUE(unpriced->rows().empty());
    EXPECT_EQ(unpriced->steps().unjudged, 2U);
    reader_.price_rows.push_back({kA1, Pair{kBtc, kUsdt}, minute(0), dec("20000")});
    const auto priced = test();
    ASSERT_EQ(priced->rows().size(), 1U);
    EXPECT_EQ(priced->rows()[0].at, minute(4));
    EXPECT_EQ(priced->rows()[0].arithmetic,
              "lost 100 USDT today = -(realised 0 - 0 + unrealised -100 - 0 at the day's start), "
              "the cap is 100");
}

TEST_F(RiskTests, ManyTradesAreReadInPages) {
    for (std::int64_t i = 0; i < 60; ++i) {
        past_.buy(10 * i + 1, "1000", "2000");
        past_.sell(10 * i + 5, "2000");
    }
    const auto test = tested(risk::Level::Sleeve, {{"max_trades_per_day", "59"}});
    EXPECT_EQ(test->buys(), 60U);
    EXPECT_EQ(test->buys_blocked(), 1U);
    EXPECT_LE(reader_.largest_limit, kPageRows + 1);
}

}  // namespace
}  // namespace vault::report
