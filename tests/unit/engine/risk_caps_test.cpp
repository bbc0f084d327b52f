// Risk caps in the engine (design/strategy.md, "Risk caps"): each cap's scenario, the arithmetic
// that people are shown, what a restart leaves, and what ends it.
#include "daemon/engine/cap_inputs.hpp"
#include "tests/unit/engine/shard_desk.hpp"

#include <gtest/gtest.h>

namespace vault::engine::test {
namespace {

const Pair kUsdtUsd = pair("USDT/USD");

std::uint32_t orders(const ShardDesk& desk, VaultId id = kV1) {
    return desk.sleeve(kFlash, id).last_order;
}

// The cap as `risk explain` would show it.
risk::CapReading reading(const ShardDesk& desk, std::string_view key, VaultId id = kV1) {
    const Sleeve& sleeve = desk.sleeve(kFlash, id);
    for (const risk::CapReading& each : risk::read_caps(
             sleeve.caps, reading_inputs(desk.world(), desk.vault(id), sleeve, sleeve.caps)))
        if (each.key == key) return each;
    return {};
}

void set(ShardDesk& desk, std::map<std::string, std::string> settings, VaultId id = kV1) {
    desk.must(cmd::SetSleeve{id, kFlash, std::move(settings)});
}

// Two rises of more than 1 %: the rules want to buy.
void signal(ShardDesk& desk, const char* price, const char* higher) {
    desk.tick(price);
    desk.tick(higher);
}

// Sells what open_position() bought, at about what it cost.
void sell_again(ShardDesk& desk) {
    desk.tick("2110");
    desk.tick("2090");
    desk.tick("2020");
    EXPECT_TRUE(desk.books().flat(kFlash));
}

// A vault of the same user in the account whose pair gives the quote a price.
void price_quote(ShardDesk& desk, const char* price) {
    if (desk.world().vaults.size() == 1) {
        desk.must(cmd::SetWallets{"ann", {asset("USD")}, {}});
        desk.must(cmd::CreateVault{kA1, asset("USD"), "100"_dec});
        desk.must(cmd::SetPairs{VaultId{2}, {kUsdtUsd}, {}, false});
    }
    desk.push(kUsdtUsd, price);
}

struct Scenario {
    const char* key;
    const char* value;
    void (*reach)(ShardDesk&);  // leaves the sleeve flat or holding, with the cap in the way
    const char* standing;
    const char* arithmetic;
    void (*end)(ShardDesk&);  // what ends it
};

void nothing(ShardDesk&) {}
void resume(ShardDesk& desk) {
    desk.must(cmd::Resume{sleeve_target(kV1, kFlash), "seen"});
}
// Bought for 1010 at 2020, stopped out at 1900.
void lose_sixty(ShardDesk& desk) {
    open_position(desk);
    desk.tick("1900");
    desk.tick("1900");
    EXPECT_TRUE(desk.books().flat(kFlash));
}

const Scenario kScenarios[] = {
    {"max_position", "1009.99", nothing, "blocks",
     "positions and live buys 0 + next buy 1010 = 1010, the cap is 1009.99 USDT",
     [](ShardDesk& desk) {
         set(desk, {{"max_position", "1010"}});
     }},
    {"max_position_pct", "99.9", nothing, "blocks",
     "positions and live buys 0 + next buy 1010 = 1010, the cap is 99.9 % of the balance 1010 = "
     "1008.99 USDT",
     [](ShardDesk& desk) {
         set(desk, {{"spend", "0.9"}});
     }},
    {"max_trades_per_day", "1",
     [](ShardDesk& desk) {
         open_position(desk);
         sell_again(desk);
     },
     "blocks", "1 buys sent today, the cap is 1",
     [](ShardDesk& desk) {
         desk.tick_after(std::chrono::hours{24}, Price{"2000"_dec}, kA1, true);
     }},
    {"max_daily_loss", "50", lose_sixty, "latched",
     "lost 60 USDT today = -(realised -60 - 0 + unrealised 0 - 0 at the day's start), the cap is "
     "50",
     resume},
    {"max_drawdown", "0.05", lose_sixty, "latched",
     "peak 1010 USDT at 2023-11-15T00:00:00.000Z, now 950 = equity 950 + swept 0 since "
     "2023-11-15T00:00:00.000Z: fallen 60 = 5.9405 % of the peak, the cap is 0.05",
     resume},
    {"max_exposure_per_base", "1009.99", nothing, "blocks",
     "ETH: 0 in all vaults of the user + next buy 1010 = 1010, the cap is 1009.99 USDT",
     [](ShardDesk& desk) {
         set(desk, {{"max_exposure_per_base", "1010"}});
     }},
    {"quote_band", "0.01", [](ShardDesk& desk) { price_quote(desk, "0.98"); }, "blocks",
     "USDT/USD was 0.98 at 2023-11-15T00:00:01.000Z: off 1 by 0.02, the band is 0.01",
     [](ShardDesk& desk) { price_quote(desk, "0.995"); }},
};

TEST(RiskCaps, EachHoldsBuysShowsItsArithmeticSurvivesARestartAndEnds) {
    for (const Scenario& each : kScenarios) {
        SCOPED_TRACE(each.key);
        OpenDesk desk{{.flash = "1010"}};
        set(desk, {{each.key, each.value}});
        each.reach(desk);
        const std::uint32_t before = orders(desk);
        const risk::CapReading shown = reading(desk, each.key);
        EXPECT_EQ(risk::to_text(shown.standing), each.standing);
        EXPECT_EQ(shown.arithmetic, each.arithmetic);
        ASSERT_TRUE(desk.restart()) << desk.difference();
        EXPECT_EQ(reading(desk, each.key).arithmetic, each.arithmetic);
        EXPECT_EQ(risk::to_text(reading(desk, each.key).standing), each.standing);
        signal(desk, "2020", "2060");
        EXPECT_EQ(orders(desk), before);
        EXPECT_EQ(desk.all().decisions.back().reason, "caps");
        EXPECT_NE(desk.all().decisions.back().figures_json.find(std::string{R"("cap":")"} +
                                                                each.key + '"'),
                  std::string::npos)
            << desk.all().decisions.back().figures_json;
        each.end(desk);
        signal(desk, "2100", "2150");
        EXPECT_EQ(orders(desk), before + 1);
        ASSERT_TRUE(desk.restart()) << desk.difference();
    }
}

// Unrealised profit counts: 1010 rose to 1100 and fell to 1040, without a sale.
TEST(RiskCaps, DrawdownFollowsEquityAndKeepsExits) {
    OpenDesk desk{{.flash = "1010"}};
    set(desk, {{"max_drawdown", "0.05"}, {"trail_drop", "0.05"}});
    open_position(desk);  // 0.5 ETH
    desk.tick("2200");
    EXPECT_EQ(desk.sleeve(kFlash).drawdown->peak, "1100"_dec);
    desk.tick("2092");  // 4.9 %
    EXPECT_EQ(desk.sleeve(kFlash).capped_by, "");
    ASSERT_TRUE(desk.restart()) << desk.difference();
    desk.tick("2089");  // more than 5 % below the peak, and the trail sells
    EXPECT_EQ(desk.sleeve(kFlash).capped_by, "max_drawdown");
    EXPECT_EQ(desk.events("cap_tripped"), 1U);
    EXPECT_EQ(desk.state(kFlash), "selling");
    desk.tick("2089");
    EXPECT_TRUE(desk.books().flat(kFlash));
    resume(desk);
    EXPECT_EQ(desk.events("cap_ended"), 1U);
    EXPECT_EQ(desk.sleeve(kFlash).drawdown->peak, "1010"_dec) << "34.5 of it was swept";
}

TEST(RiskCaps, DrawdownBeginsAnewWithTheDayIfSoConfigured) {
    OpenDesk desk{{.flash = "1010"}};
    set(desk, {{"max_drawdown", "0.05"}, {"caps_reset_daily", "true"}});
    lose_sixty(desk);
    ASSERT_EQ(desk.sleeve(kFlash).capped_by, "max_drawdown");
    desk.tick_after(std::chrono::hours{24}, Price{"1900"_dec}, kA1, true);
    EXPECT_EQ(desk.sleeve(kFlash).capped_by, "");
    EXPECT_EQ(desk.sleeve(kFlash).drawdown->peak, "950"_dec);
    signal(desk, "1940", "1980");
    EXPECT_EQ(orders(desk), 3U);
}

TEST(RiskCaps, AnAllocationNeitherTripsNorHidesADrawdown) {
    OpenDesk desk{{.flash = "1010"}};
    set(desk, {{"max_drawdown", "0.1"}, {"stop_loss", "0.5"}});
    open_position(desk);
    desk.tick("1900");  // down 60 of 1010
    desk.must(cmd::Allocate{kV1, kZero, "950"_dec});
    desk.tick("1900");
    EXPECT_EQ(desk.sleeve(kFlash).drawdown->peak, "2020"_dec);
    desk.must(cmd::SetSleeve{kV1, kFlash, {{"max_drawdown", "off"}}});
    EXPECT_FALSE(desk.sleeve(kFlash).drawdown.has_value());
    ASSERT_TRUE(desk.restart()) << desk.difference();
}

// The cap of one sleeve counts the coins and the buys of the user's other vaults too, priced here.
TEST(RiskCaps, ExposureIsOverAllVaultsOfTheUser) {
    OpenDesk desk{{.flash = "1010"}};
    desk.must(cmd::CreateVault{kA1, asset("USDC"), "1000"_dec});
    const VaultId other{2};
    desk.must(cmd::SetPairs{other, {kEthUsdc}, {}, false});
    desk.must(cmd::SetTradeable{other, "1000"_dec});
    desk.must(cmd::Allocate{other, kZero, "500"_dec});
    set(desk, simple_settings(), other);
    desk.push(kEthUsdc, "2000");
    desk.tick("2000");
    desk.push(kEthUsdc, "2030");
    ASSERT_EQ(orders(desk, other), 1U);  // live: 500 USDC / 2030 of ETH are on their way
    set(desk, {{"max_exposure_per_base", "1500"}});
    desk.tick("2020");
    EXPECT_EQ(orders(desk), 0U);
    const risk::CapReading shown = reading(desk, "max_exposure_per_base");
    EXPECT_EQ(shown.arithmetic.substr(0, 20), "ETH: 497.53694581280");  // 500 / 2030 * 2020
    EXPECT_EQ(risk::to_text(shown.standing), "blocks");
    set(desk, {{"max_exposure_per_base", "1520"}});
    signal(desk, "2020", "2050");
    EXPECT_EQ(orders(desk), 1U);
}

// A buy whose coins nobody can value: nothing is guessed.
TEST(RiskCaps, ExposureWithoutAPriceIsUnresolvedAndBlocks) {
    OpenDesk desk{{.flash = "1010"}};
    desk.must(cmd::AddAccount{"ann", "paper", "second"});
    desk.start_replay(AccountId{2}, kEthUsdt, "2000");
    desk.must(cmd::CreateVault{AccountId{2}, asset("USDT"), "1000"_dec});
    const VaultId other{2};
    desk.must(cmd::SetPairs{other, {kEthUsdt}, {}, false});
    desk.must(cmd::SetTradeable{other, "1000"_dec});
    desk.must(cmd::Allocate{other, kZero, "500"_dec});
    set(desk, simple_settings(), other);
    set(desk, {{"max_exposure_per_base", "5000"}});
    for (const char* price : {"2000", "2020", "2020"})
        desk.tick(price, AccountId{2});
    ASSERT_TRUE(desk.books(other).position(kFlash, asset("ETH"))->coins().is_positive());
    const risk::CapReading shown = reading(desk, "max_exposure_per_base");
    EXPECT_EQ(risk::to_text(shown.standing), "unresolved");
    EXPECT_EQ(shown.headroom, "");
    open_position(desk);  // with a price of its own it can be judged
    EXPECT_EQ(orders(desk), 1U);
}

TEST(RiskCaps, AQuoteWithoutAPriceIsNotJudgedAndBlocksNothing) {
    OpenDesk desk{{.flash = "1010"}};
    set(desk, {{"quote_band", "0.000001"}});
    EXPECT_EQ(risk::to_text(reading(desk, "quote_band").standing), "unjudged");
    open_position(desk);
    EXPECT_EQ(orders(desk), 1U);
}

// A buy that is on its way when a loss cap trips ends like under a pause.
TEST(RiskCaps, ATripEndsLiveBuys) {
    OpenDesk desk{{.flash = "2020", .paper = {.latency_ticks = 5}}};
    desk.must(cmd::SetPairs{kV1, {kBtcUsdt}, {}, false});
    set(desk, {{"max_daily_loss", "50"}, {"spend", "0.5"}, {"max_open_positions", "2"}});
    for (const char* price : {"2000", "2020", "2020", "2020", "2020", "2020", "2020", "2020"})
        desk.tick(price);
    ASSERT_TRUE(desk.books().position(kFlash, asset("ETH"))->coins().is_positive());
    desk.push(kBtcUsdt, "30000");
    desk.tick("2020");
    desk.push(kBtcUsdt, "31000");
    ASSERT_TRUE(has_live_order(desk.sleeve(kFlash), kBtcUsdt));
    desk.tick("1800");
    EXPECT_EQ(desk.sleeve(kFlash).capped_by, "max_daily_loss");
    EXPECT_FALSE(has_live_order(desk.sleeve(kFlash), kBtcUsdt));
    EXPECT_EQ(desk.sleeve_books(kFlash).locked, "0"_dec);
}

// Two buys of one sleeve: what the first has locked counts before it fills.
TEST(RiskCaps, ALiveBuyCountsForMaxPosition) {
    for (const char* most : {"1514.99", "1515"}) {
        OpenDesk desk{{.flash = "2020", .paper = {.latency_ticks = 5}}};
        desk.must(cmd::SetPairs{kV1, {kBtcUsdt}, {}, false});
        set(desk, {{"max_position", most}, {"spend", "0.5"}, {"max_open_positions", "2"}});
        desk.push(kBtcUsdt, "30000");
        desk.tick("2000");
        desk.tick("2020");  // 1010 are locked
        desk.push(kBtcUsdt, "31000");
        desk.push(kBtcUsdt, "32000");
        EXPECT_EQ(orders(desk), std::string_view{most} == "1515" ? 2U : 1U) << most;
    }
}

}  // namespace
}  // namespace vault::engine::test
