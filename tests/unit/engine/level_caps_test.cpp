// Caps of the levels above the sleeves: each cap's scenario at each level, the arithmetic that
// people are shown, what a restart leaves, and what ends it; what a trip blocks; several assets.
#include "daemon/engine/cap_inputs.hpp"
#include "tests/unit/engine/shard_desk.hpp"

#include <gtest/gtest.h>

namespace vault::engine::test {
namespace {

using risk::Level;
using Settings = std::map<std::string, std::string>;

constexpr Level kLevels[] = {Level::Vault, Level::User, Level::Daemon};

CapLevel at(Level level) {
    if (level == Level::Vault) return {.vault = kV1};
    return level == Level::User ? CapLevel{.user = UserId{1}} : CapLevel{};
}

const LevelRisk& risk_at(const ShardDesk& desk, Level level) {
    return risk_of(desk.world(), at(level));
}

cmd::Target target(Level level) {
    if (level == Level::Vault) return vault_target(kV1);
    return level == Level::User ? user_target("ann") : daemon_target();
}

void set(ShardDesk& desk, Level level, const Settings& settings) {
    if (level != Level::Daemon) return desk.must(cmd::SetCaps{target(level), settings, true});
    risk::Caps caps = desk.world().daemon_risk.caps;
    for (const auto& [key, text] : settings)
        ASSERT_TRUE(risk::set_cap(caps, key, text).has_value());
    desk.configure(caps);
}

risk::CapReading reading(const ShardDesk& desk, Level level, std::string_view key) {
    const NextBuy next{&desk.vault(), asset("ETH"), "1010"_dec};
    for (risk::CapReading& each : read_level(desk.world(), at(level), next))
        if (each.key == key) return each;
    return {};
}

std::uint32_t orders(const ShardDesk& desk, VaultId id = kV1) {
    return desk.sleeve(kFlash, id).last_order;
}

// Two rises of more than 1 %: the rules want to buy.
void signal(ShardDesk& desk, const char* price, const char* higher) {
    desk.tick(price);
    desk.tick(higher);
}

void nothing(ShardDesk&, Level) {}
void resume(ShardDesk& desk, Level level) {
    desk.must(cmd::Resume{target(level), "seen"});
}
// Bought for 1010 at 2020, stopped out at 1900.
void lose_sixty(ShardDesk& desk, Level) {
    open_position(desk);
    desk.tick("1900");
    desk.tick("1900");
    EXPECT_TRUE(desk.books().flat(kFlash));
}

struct Scenario {
    const char* key;
    const char* value;
    void (*reach)(ShardDesk&, Level);
    const char* standing;
    const char* arithmetic;
    void (*end)(ShardDesk&, Level);
};

const Scenario kScenarios[] = {
    {"max_trades_per_day", "1",
     [](ShardDesk& desk, Level) {
         open_position(desk);
         desk.tick("2110");
         desk.tick("2090");
         desk.tick("2020");
         EXPECT_TRUE(desk.books().flat(kFlash));
     },
     "blocks", "1 buys sent today, the cap is 1",
     [](ShardDesk& desk, Level) {
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
     "ETH: 0 in all vaults of the LEVEL + next buy 1010 = 1010, the cap is 1009.99 USDT",
     [](ShardDesk& desk, Level level) {
         set(desk, level, {{"max_exposure_per_base", "1010"}});
     }},
};

std::string with_level(std::string text, Level level) {
    const std::size_t where = text.find("LEVEL");
    return where == std::string::npos ? text
                                      : text.replace(where, 5, std::string{risk::to_text(level)});
}

TEST(LevelCaps, EachHoldsBuysShowsItsArithmeticSurvivesARestartAndEnds) {
    for (const Level level : kLevels)
        for (const Scenario& each : kScenarios) {
            if (!risk::find_cap_key(each.key)->is_at(level)) continue;
            SCOPED_TRACE(std::string{risk::to_text(level)} + " " + each.key);
            OpenDesk desk{{.flash = "1010"}};
            set(desk, level, {{each.key, each.value}});
            each.reach(desk, level);
            const std::uint32_t before = orders(desk);
            const std::string arithmetic = with_level(each.arithmetic, level);
            EXPECT_EQ(risk::to_text(reading(desk, level, each.key).standing), each.standing);
            EXPECT_EQ(reading(desk, level, each.key).arithmetic, arithmetic);
            ASSERT_TRUE(desk.restart()) << desk.difference();
            EXPECT_EQ(reading(desk, level, each.key).arithmetic, arithmetic);
            EXPECT_EQ(risk::to_text(reading(desk, level, each.key).standing), each.standing);
            signal(desk, "2020", "2060");
            EXPECT_EQ(orders(desk), before);
            EXPECT_EQ(desk.all().decisions.back().reason, "caps");
            const std::string figures = desk.all().decisions.back().figures_json;
            for (const std::string& part :
                 {std::string{R"("cap":")"} + each.key + '"',
                  R"("cap_level":")" + std::string{risk::to_text(level)} + '"'})
                EXPECT_NE(figures.find(part), std::string::npos) << figures;
            each.end(desk, level);
            signal(desk, "2100", "2150");
            EXPECT_EQ(orders(desk), before + 1);
            ASSERT_TRUE(desk.restart()) << desk.difference();
        }
}

// What is blocked until somebody resumes: buys, all orders, or all orders once all is sold.
TEST(LevelCaps, ATripBlocksWhatItSays) {
    for (const Level level : kLevels)
        for (const char* on_trip : {"entries", "all", "liquidate"}) {
            SCOPED_TRACE(std::string{risk::to_text(level)} + " " + on_trip);
            OpenDesk desk{{.flash = "1010"}};
            set(desk, level, {{"max_daily_loss", "30"}, {"max_daily_loss_on_trip", on_trip}});
            open_position(desk);
            desk.tick("1950");  // down 35; the stop-loss is at 5 %
            EXPECT_EQ(risk_at(desk, level).capped_by, "max_daily_loss");
            EXPECT_EQ(desk.events("cap_tripped"), 1U);
            ASSERT_TRUE(desk.restart()) << desk.difference();
            const std::string state = desk.state(kFlash);
            EXPECT_EQ(state, std::string_view{on_trip} == "entries" ? "holding"
                             : std::string_view{on_trip} == "all"   ? "halted"
                                                                    : "liquidating");
            desk.tick("1950");
            desk.tick("1950");
            EXPECT_EQ(desk.books().flat(kFlash), std::string_view{on_trip} == "liquidate");
            desk.tick("1900");  // the stop-loss, if exits go on
            desk.tick("1900");
            EXPECT_EQ(desk.books().flat(kFlash), std::string_view{on_trip} != "all");
            EXPECT_EQ(desk.state(kFlash),
                      std::string_view{on_trip} == "entries" ? "idle" : "halted");
            signal(desk, "1950", "2000");
            EXPECT_EQ(orders(desk), 2U - (std::string_view{on_trip} == "all" ? 1U : 0U));
            ASSERT_TRUE(desk.restart()) << desk.difference();
            resume(desk, level);
            EXPECT_EQ(desk.events("cap_ended"), 1U);
            EXPECT_EQ(risk_at(desk, level).capped_by, "");
            signal(desk, "2050", "2100");
            EXPECT_EQ(orders(desk), std::string_view{on_trip} == "all" ? 1U : 3U);
            ASSERT_TRUE(desk.restart()) << desk.difference();
        }
}

// The same three words for a sleeve's own cap.
TEST(LevelCaps, ASleevesCapCanLiquidateToo) {
    OpenDesk desk{{.flash = "1010"}};
    desk.must(cmd::SetCaps{sleeve_target(kV1, kFlash),
                           {{"max_daily_loss", "30"}, {"max_daily_loss_on_trip", "liquidate"}},
                           true});
    open_position(desk);
    desk.tick("1950");
    EXPECT_EQ(desk.state(kFlash), "liquidating");
    desk.tick("1950");
    EXPECT_TRUE(desk.books().flat(kFlash));
    EXPECT_EQ(desk.state(kFlash), "halted");
    ASSERT_TRUE(desk.restart()) << desk.difference();
    desk.must(cmd::Resume{sleeve_target(kV1, kFlash), ""});
    EXPECT_EQ(desk.state(kFlash), "watching");
}

TEST(LevelCaps, EndWithTheDayIfSoConfigured) {
    for (const Level level : kLevels) {
        SCOPED_TRACE(risk::to_text(level));
        OpenDesk desk{{.flash = "1010"}};
        set(desk, level, {{"max_daily_loss", "50"}, {"caps_reset_daily", "true"}});
        lose_sixty(desk, level);
        ASSERT_EQ(risk_at(desk, level).capped_by, "max_daily_loss");
        desk.tick_after(std::chrono::hours{24}, Price{"1900"_dec}, kA1, true);
        EXPECT_EQ(risk_at(desk, level).capped_by, "");
        EXPECT_EQ(risk_at(desk, level).day.realised_before, "-60"_dec);
        signal(desk, "1940", "1980");
        EXPECT_EQ(orders(desk), 3U);
    }
}

// A second vault, in BTC, with 0.03 of it at work.
VaultId add_btc_vault(ShardDesk& desk, AccountId account = kA1) {
    desk.must(cmd::SetWallets{"ann", {asset("BTC")}, {}});
    desk.must(cmd::CreateVault{account, asset("BTC"), "1"_dec});
    const VaultId id{static_cast<std::uint32_t>(desk.world().vaults.size())};
    desk.must(cmd::SetPairs{id, {kEthBtc}, {}, false});
    desk.must(cmd::SetTradeable{id, "1"_dec});
    desk.must(cmd::Allocate{id, kZero, "0.03"_dec});
    desk.must(cmd::SetSleeve{id, kFlash, simple_settings()});
    desk.must(cmd::SetSleeve{id, kFlash, {{"stop_loss", "0.5"}}});
    return id;
}

// What one vault of the user loses holds the others, at the last price of its asset.
TEST(LevelCaps, SeveralAssetsAreSummedAtTheLastPrice) {
    OpenDesk desk{{.flash = "1010"}};
    desk.must(cmd::SetPairs{kV1, {kBtcUsdt}, {}, false});
    desk.push(kBtcUsdt, "30000");
    const VaultId btc = add_btc_vault(desk);
    desk.push(kEthBtc, "0.06");
    set(desk, Level::User, {{"max_daily_loss", "50"}});
    EXPECT_EQ(risk_at(desk, Level::User).day.realised_before, kZero);
    desk.tick("2000");  // a minute passes
    desk.push(kEthBtc, "0.061");
    desk.push(kEthBtc, "0.061");
    ASSERT_EQ(orders(desk, btc), 1U);
    ASSERT_TRUE(desk.books(btc).position(kFlash, asset("ETH"))->coins().is_positive());
    EXPECT_EQ(desk.world().users[0].risk.sums.equity, "1910"_dec);  // 1010 + 0.03 * 30000
    desk.push(kBtcUsdt, "20000");
    EXPECT_EQ(desk.world().users[0].risk.sums.equity, "1610"_dec)
        << "the price of BTC is its worth";
    EXPECT_EQ(risk_at(desk, Level::User).capped_by, "") << "which is no loss of a vault in BTC";
    desk.push(kBtcUsdt, "30000");
    desk.push(kEthBtc, "0.0579");  // down 5.08 %: 0.0015245 BTC, 45.7 USDT
    EXPECT_EQ(risk_at(desk, Level::User).capped_by, "");
    ASSERT_TRUE(desk.restart()) << desk.difference();
    desk.push(kEthBtc, "0.0575");
    EXPECT_EQ(risk_at(desk, Level::User).capped_by, "max_daily_loss");
    signal(desk, "2020", "2060");
    EXPECT_EQ(orders(desk), 0U);
    ASSERT_TRUE(desk.restart()) << desk.difference();
}

// Without a price of BTC nobody knows what is lost: nothing is bought, and nothing is sold on it.
TEST(LevelCaps, WhatHasNoPriceIsUnresolvedBlocksBuysAndTripsNothing) {
    for (const Level level : {Level::User, Level::Daemon}) {
        SCOPED_TRACE(risk::to_text(level));
        OpenDesk desk{{.flash = "1010"}};
        open_position(desk);
        const VaultId btc = add_btc_vault(desk);
        for (const char* const price : {"0.06", "0.061", "0.061"}) {
            desk.push(kEthBtc, price);
            desk.tick("2000");
        }
        ASSERT_TRUE(desk.books(btc).position(kFlash, asset("ETH"))->coins().is_positive());
        set(desk, level, {{"max_daily_loss", "30"}, {"max_daily_loss_on_trip", "liquidate"}});
        desk.tick("1950");
        EXPECT_EQ(risk_at(desk, level).capped_by, "") << "a loss of 35, as far as anybody knows";
        EXPECT_EQ(risk::to_text(reading(desk, level, "max_daily_loss").standing), "unresolved");
        desk.tick("1900");
        desk.tick("1900");
        EXPECT_TRUE(desk.books().flat(kFlash)) << "exits go on";
        signal(desk, "1950", "2000");
        EXPECT_EQ(orders(desk), 2U);
        EXPECT_EQ(desk.all().decisions.back().reason, "caps");
        ASSERT_TRUE(desk.restart()) << desk.difference();
        desk.must(cmd::SetPairs{kV1, {kBtcUsdt}, {}, false});
        desk.push(kBtcUsdt, "30000");
        EXPECT_EQ(risk::to_text(reading(desk, level, "max_daily_loss").standing), "free");
        EXPECT_EQ(reading(desk, level, "max_daily_loss").headroom, "30")
            << "it measures from the first price at which all is known";
        signal(desk, "2050", "2100");
        EXPECT_EQ(orders(desk), 3U);
    }
}

// Cash in an asset without a price can lose nothing: it holds nobody but itself, and is no profit
// when its price comes.
void hold_only_itself(Level level, bool before_the_cap) {
    OpenDesk desk{{.flash = "1010"}};
    if (before_the_cap) add_btc_vault(desk);
    set(desk, level, {{"max_daily_loss", "30"}, {"max_drawdown", "0.2"}});
    if (!before_the_cap) add_btc_vault(desk);
    open_position(desk);
    ASSERT_EQ(orders(desk), 1U);
    EXPECT_EQ(risk::to_text(reading(desk, level, "max_daily_loss").standing), "free");
    for (const char* const price : {"0.06", "0.061", "0.061"}) {
        desk.push(kEthBtc, price);
        desk.tick("2000");
    }
    EXPECT_EQ(orders(desk, VaultId{2}), 0U) << "nobody could tell what it loses";
    const auto& decisions = desk.all().decisions;
    EXPECT_TRUE(std::ranges::any_of(decisions, [](const ports::DecisionRow& row) {
        return row.vault == VaultId{2} && row.reason == "caps";
    }));
    ASSERT_TRUE(desk.restart()) << desk.difference();
    EXPECT_EQ(risk_at(desk, level).drawdown->peak, "1010"_dec);
    desk.must(cmd::SetPairs{kV1, {kBtcUsdt}, {}, false});
    desk.push(kBtcUsdt, "30000");
    desk.tick("2000");
    ASSERT_TRUE(desk.restart()) << desk.difference();
    EXPECT_EQ(risk_at(desk, level).drawdown->peak, "1919"_dec)
        << "as a deposit: 10 under it before, with 1.9 times the money 19";
    desk.tick("1950");
    EXPECT_EQ(risk_at(desk, level).capped_by, "max_daily_loss");
    EXPECT_NE(risk_at(desk, level).trip.arithmetic.find("lost 35"), std::string::npos)
        << risk_at(desk, level).trip.arithmetic;
}
TEST(LevelCaps, IdleCashWithoutAPriceHoldsNobodyElse) {
    for (const Level level : {Level::User, Level::Daemon})
        for (const bool before_the_cap : {true, false}) {
            SCOPED_TRACE(testing::Message() << risk::to_text(level) << before_the_cap);
            hold_only_itself(level, before_the_cap);
        }
}

// What came or went is no loss and hides none.
TEST(LevelCaps, MoneyThatMovesIsNoDrawdown) {
    OpenDesk desk{{.flash = "1010"}};
    for (const Level level : kLevels)
        set(desk, level, {{"max_drawdown", "0.1"}});
    desk.tick("2000");
    desk.must(cmd::Unallocate{kV1, kZero, "500"_dec});
    desk.tick("2000");
    for (const Level level : kLevels)
        EXPECT_EQ(risk_at(desk, level).drawdown->peak, "510"_dec) << risk::to_text(level);
    desk.must(cmd::Allocate{kV1, "1000"_dec, kZero});
    ASSERT_TRUE(desk.restart()) << desk.difference();
    desk.tick("2000");
    for (const Level level : kLevels) {
        EXPECT_EQ(risk_at(desk, level).drawdown->peak, "1510"_dec) << risk::to_text(level);
        EXPECT_EQ(risk_at(desk, level).capped_by, "");
    }
}

TEST(LevelCaps, ToRaiseOneAsksForMoreThanToLowerOne) {
    OpenDesk desk;
    const auto set_to = [&](const char* key, const char* text) {
        return desk.apply(cmd::SetCaps{vault_target(kV1), {{key, text}}, false});
    };
    EXPECT_FALSE(set_to("max_daily_loss", "50"));
    EXPECT_FALSE(set_to("max_daily_loss", "20"));
    EXPECT_FALSE(set_to("max_daily_loss_on_trip", "all"));
    for (const auto& [key, text] :
         std::map<const char*, const char*>{{"max_daily_loss", "21"},
                                            {"caps_reset_daily", "true"},
                                            {"max_daily_loss_on_trip", "entries"}}) {
        const auto error = set_to(key, text);
        ASSERT_TRUE(error) << key;
        EXPECT_EQ(error->code(), Errc::MfaRequired);
    }
    EXPECT_EQ(set_to("max_daily_loss", "off")->code(), Errc::MfaRequired);
    EXPECT_EQ(desk.vault().risk.caps.max_daily_loss, "20"_dec);
    EXPECT_EQ(set_to("max_position", "5")->field(), "max_position") << "a cap of a sleeve";
    EXPECT_EQ(set_to("max_dayly_loss", "5")->field(), "max_dayly_loss");
    EXPECT_FALSE(desk.apply(cmd::SetCaps{vault_target(kV1), {{"max_daily_loss", "off"}}, true}));
}

// A dry run and a refusal leave the sums as they were.
TEST(LevelCaps, ATryChangesNothing) {
    OpenDesk desk{{.flash = "1010"}};
    set(desk, Level::Daemon, {{"max_drawdown", "0.5"}});
    open_position(desk);
    const std::string before = describe(desk.world());
    EXPECT_FALSE(
        desk.apply(cmd::SetCaps{user_target("ann"), {{"max_drawdown", "0.2"}}, true}, "", true));
    EXPECT_TRUE(desk.apply(
        cmd::SetCaps{user_target("ann"), {{"max_daily_loss", "1"}, {"max_drawdown", "2"}}, true}));
    EXPECT_EQ(describe(desk.world()), before);
    ASSERT_TRUE(desk.restart()) << desk.difference();
}

}  // namespace
}  // namespace vault::engine::test
