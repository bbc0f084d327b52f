// Loss caps of users and of the daemon over accounts whose clocks differ: whose day is over when,
// what ends a latch, and what is told of a trip to whom.
#include "daemon/engine/cap_inputs.hpp"
#include "daemon/engine/status_builder.hpp"
#include "daemon/engine/view_builder.hpp"
#include "tests/unit/engine/shard_desk.hpp"

#include <gtest/gtest.h>

namespace vault::engine::test {
namespace {

constexpr AccountId kA2{2};
constexpr VaultId kV2{2};
constexpr Duration kDayLong = std::chrono::hours{24};

// Ann on a1 with v1, bob on a2 with v2: 1010 in each flash sleeve.
struct TwoUsers : OpenDesk {
    TwoUsers() : OpenDesk{{.flash = "1010"}} {
        must(cmd::CreateUser{"bob", Role::Member});
        must(cmd::AddAccount{"bob", "paper", ""});
        start_replay(kA2, kEthUsdt, "2000");
        must(cmd::CreateVault{kA2, asset("USDT"), "10000"_dec});
        must(cmd::SetPairs{kV2, {kEthUsdt}, {}, false});
        must(cmd::SetTradeable{kV2, "10000"_dec});
        must(cmd::Allocate{kV2, kZero, "1010"_dec});
        must(cmd::SetSleeve{kV2, kFlash, simple_settings()});
    }
    void cap(const std::map<std::string, std::string>& settings) {
        risk::Caps caps;
        for (const auto& [key, text] : settings)
            ASSERT_TRUE(risk::set_cap(caps, key, text).has_value());
        configure(caps);
    }
    // Half a coin, held or sold, for each 2 of the price.
    void buy(AccountId account) {
        tick("2020", account);
        tick("2020", account);
    }
    void sell(const char* price, AccountId account) {
        tick(price, account);
        tick(price, account);
    }
    void midnight(const char* price, AccountId account) {
        tick_after(kDayLong, Price{dec(price)}, account, true);
    }
    Decimal lost(const CapLevel& level = {}) const {
        const LevelFigures now = figures_of(world(), level);
        return risk::loss_today(risk_of(world(), level).day, now.realised, now.unrealised);
    }
    const std::string& capped_by() const { return world().daemon_risk.capped_by; }
};

TEST(LevelDays, AnothersMidnightForgetsNothing) {
    TwoUsers desk;
    desk.cap({{"max_daily_loss", "500"}});
    desk.buy(kA1);
    desk.tick("1960", kA1);
    desk.buy(kA2);
    desk.tick("1990", kA2);
    ASSERT_EQ(desk.lost(), "45"_dec);
    for (const char* price : {"1990", "1980", "1970"})
        desk.midnight(price, kA2);  // days ahead of ann
    EXPECT_EQ(desk.lost(), "35"_dec) << "30 of ann, 5 of bob since his midnight";
    ASSERT_TRUE(desk.restart()) << desk.difference();
    EXPECT_EQ(desk.lost(), "35"_dec);
    desk.midnight("1960", kA1);
    EXPECT_EQ(desk.lost(), "5"_dec);
    desk.sell("1900", kA1);
    EXPECT_EQ(desk.lost(), "35"_dec);
    desk.midnight("1970", kA2);
    EXPECT_EQ(desk.lost(), "30"_dec);
    ASSERT_TRUE(desk.restart()) << desk.difference();
    EXPECT_EQ(desk.lost(), "30"_dec);
}

// Each of a user's accounts ends its own day too.
TEST(LevelDays, AUsersAccountsHaveDaysOfTheirOwn) {
    OpenDesk desk{{.flash = "1010"}};
    desk.must(cmd::SetCaps{user_target("ann"), {{"max_daily_loss", "20"}}, true});
    desk.must(cmd::AddAccount{"ann", "paper", "second"});
    desk.start_replay(kA2, kEthUsdt, "2000");
    open_position(desk);
    desk.tick("1990");
    for (int day = 0; day < 3; ++day)
        desk.tick_after(kDayLong, Price{"2000"_dec}, kA2, true);
    desk.tick("1980");
    EXPECT_EQ(desk.world().users[0].risk.capped_by, "max_daily_loss");
}

TEST(LevelDays, ALatchOutlastsTheMidnightsOfOthers) {
    TwoUsers desk;
    desk.cap({{"max_daily_loss", "50"}, {"caps_reset_daily", "true"}});
    desk.buy(kA1);
    desk.sell("1900", kA1);  // 60
    ASSERT_EQ(desk.capped_by(), "max_daily_loss");
    desk.midnight("2000", kA2);
    desk.midnight("2000", kA2);
    EXPECT_EQ(desk.capped_by(), "max_daily_loss");
    ASSERT_TRUE(desk.restart()) << desk.difference();
    desk.midnight("1900", kA1);
    EXPECT_EQ(desk.capped_by(), "");
    EXPECT_EQ(desk.lost(), kZero);
}

TEST(LevelDays, ALatchWaitsForTodaysLossToBeBelowTheCap) {
    TwoUsers desk;
    desk.cap({{"max_daily_loss", "50"}, {"caps_reset_daily", "true"}});
    desk.buy(kA2);
    desk.buy(kA1);
    desk.sell("1900", kA1);
    ASSERT_EQ(desk.capped_by(), "max_daily_loss");
    desk.sell("1900", kA2);
    EXPECT_EQ(desk.lost(), "120"_dec);
    desk.midnight("1900", kA1);
    EXPECT_EQ(desk.capped_by(), "max_daily_loss") << "bob's 60 are of his day, which goes on";
    ASSERT_TRUE(desk.restart()) << desk.difference();
    desk.midnight("1900", kA2);
    EXPECT_EQ(desk.capped_by(), "");
    EXPECT_EQ(desk.events("cap_ended"), 1U);
}

// A coin without a price at midnight: its day begins with the first price that it gets.
TEST(LevelDays, WhatHasNoPriceAtMidnightBeginsItsDayWithTheFirst) {
    OpenDesk desk{{.flash = "1010"}};
    desk.must(cmd::SetPairs{kV1, {kBtcUsdt}, {}, false});
    desk.must(cmd::SetCaps{user_target("ann"), {{"max_daily_loss", "500"}}, true});
    desk.must(cmd::SetWallets{"ann", {asset("BTC")}, {}});
    desk.must(cmd::CreateVault{kA1, asset("BTC"), "1"_dec});
    desk.must(cmd::SetPairs{kV2, {kEthBtc}, {}, false});
    desk.push(kEthBtc, "0.06");
    desk.tick("2000");
    desk.must(cmd::PaperFunding{kA1, asset("ETH"), "1"_dec});
    desk.must(cmd::AdoptPosition{kV2, kFlash, {}, Quantity{"1"_dec}, "0.06"_dec, false});
    desk.tick("2000");  // nobody knows what v2 is worth
    desk.tick_after(kDayLong, Price{"2000"_dec}, kA1, true);
    ASSERT_TRUE(desk.restart()) << desk.difference();
    EXPECT_FALSE(desk.vault(kV2).share.of_user.unrealised);
    desk.push(kBtcUsdt, "30000");
    EXPECT_EQ(desk.vault(kV2).share.of_user.unrealised, desk.vault(kV2).share.unrealised);
    ASSERT_TRUE(desk.restart()) << desk.difference();
}

risk::CapReading daily_loss(const ShardDesk& desk, const CapLevel& level) {
    for (risk::CapReading& each : read_level(desk.world(), level, {}))
        if (each.key == "max_daily_loss") return each;
    return {};
}

TEST(LevelDays, ALatchShowsWhatItMeasuredWhenItTripped) {
    for (const CapLevel& level :
         {CapLevel{}, CapLevel{.user = UserId{1}}, CapLevel{.vault = kV1}}) {
        TwoUsers desk;
        desk.cap({{"max_daily_loss", "50"}});
        desk.must(cmd::SetCaps{user_target("ann"), {{"max_daily_loss", "50"}}, true});
        desk.must(cmd::SetCaps{vault_target(kV1), {{"max_daily_loss", "50"}}, true});
        desk.buy(kA1);
        desk.sell("1900", kA1);
        const risk::Trip trip = daily_loss(desk, level).trip;
        EXPECT_EQ(trip.arithmetic.substr(0, 18), "lost 60 USDT today");
        EXPECT_EQ(trip.at, desk.world().markets[0].now - kTickEvery);
        desk.midnight("1900", kA1);
        ASSERT_TRUE(desk.restart()) << desk.difference();
        EXPECT_EQ(daily_loss(desk, level).trip, trip);
        EXPECT_EQ(daily_loss(desk, level).arithmetic.substr(0, 17), "lost 0 USDT today");
    }
}

TEST(LevelDays, ASleevesLatchShowsIt) {
    OpenDesk desk{{.flash = "1010"}};
    desk.must(cmd::SetCaps{sleeve_target(kV1, kFlash), {{"max_daily_loss", "50"}}, true});
    open_position(desk);
    desk.tick("1900");
    desk.tick("1900");
    desk.tick_after(kDayLong, Price{"1900"_dec}, kA1, true);
    ASSERT_TRUE(desk.restart()) << desk.difference();
    const Sleeve& sleeve = desk.sleeve(kFlash);
    ASSERT_EQ(sleeve.capped_by, "max_daily_loss");
    EXPECT_EQ(sleeve.trip.arithmetic.substr(0, 18), "lost 60 USDT today");
    EXPECT_NE(idle_reason(desk.world(), desk.vault(), sleeve).find("lost 60 USDT"),
              std::string::npos);
    desk.must(cmd::Resume{sleeve_target(kV1, kFlash), ""});
    EXPECT_EQ(desk.sleeve(kFlash).trip, risk::Trip{});
}

// A member learns that the daemon's cap holds his buys; how much all users lost is for admins.
TEST(LevelDays, TheDaemonsFiguresAreForWhoSeesAll) {
    TwoUsers desk;
    desk.cap({{"max_daily_loss", "50"}});
    desk.buy(kA1);
    desk.tick("1900", kA1);
    const auto told = [&](const ports::Visible& visible) {
        ports::RowFilter filter;
        filter.visible = visible;
        std::string text;
        const auto rows = desk.reader().events(filter).value();
        for (const ports::EventRow& row : rows)
            if (row.type.starts_with("cap_")) text += row.type + ": " + row.message + "\n";
        return text;
    };
    const std::string of_member = told({.everyones = false, .members = false, .own = UserId{2}});
    EXPECT_EQ(of_member,
              "cap_tripped: max_daily_loss of the daemon: it was reached; it blocks buys until "
              "vaultctl resume, by an admin\n");
    EXPECT_EQ(told({.everyones = false, .members = true, .own = UserId{2}}), of_member);
    EXPECT_NE(told({}).find("lost 60 USDT today"), std::string::npos);
    for (const ports::AlertRow& alert : desk.world().alerts.slots())
        EXPECT_EQ(alert.message.find("lost"), std::string::npos) << alert.message;
}

// What an alert says to do works for who reads it.
TEST(LevelDays, AnAlertNamesTheCommandOfItsOwnLevel) {
    struct Case {
        cmd::Target target;
        const char* next;
    };
    for (const Case& each :
         {Case{sleeve_target(kV1, kFlash),
               "vaultctl sleeve show v1 flash; once you agree: vaultctl sleeve resume v1 flash"},
          Case{vault_target(kV1),
               "vaultctl vault show v1; once you agree: vaultctl vault resume v1"},
          Case{user_target("ann"),
               "vaultctl risk show; once you agree: vaultctl resume --user ann"},
          Case{daemon_target(),
               "vaultctl risk show; once you agree, as an admin: vaultctl resume"}}) {
        TwoUsers desk;
        if (each.target.level == cmd::Target::Level::Daemon)
            desk.cap({{"max_daily_loss", "30"}});
        else
            desk.must(cmd::SetCaps{each.target, {{"max_daily_loss", "30"}}, true});
        desk.buy(kA1);
        desk.tick("1950", kA1);
        std::string next;
        for (const ports::AlertRow& alert : desk.world().alerts.slots())
            if (alert.kind == ports::kCapTripped) next = alert.next;
        EXPECT_EQ(next, each.next);
    }
}

// What a liquidation cannot sell waits for a person.
TEST(LevelDays, ALiquidationThatCannotSellCountsAsAttention) {
    OpenDesk desk{{.flash = "12"}};
    desk.must(cmd::SetCaps{vault_target(kV1),
                           {{"max_daily_loss", "2"}, {"max_daily_loss_on_trip", "liquidate"}},
                           true});
    open_position(desk);
    EXPECT_EQ(status_of(desk.world(), {}).attention, 0U);
    desk.tick("1600");  // the position is worth less than the minimum of 10
    desk.tick("1600");
    ASSERT_TRUE(desk.vault().risk.capped_by == "max_daily_loss");
    ASSERT_FALSE(desk.books().flat(kFlash));
    const ports::StatusView status = status_of(desk.world(), {});
    EXPECT_EQ(status.attention, 1U);
    ASSERT_EQ(status.warnings.size(), 1U);
    EXPECT_NE(status.warnings[0].find("the liquidation waits for a higher price"),
              std::string::npos);
    ASSERT_TRUE(desk.restart()) << desk.difference();
    desk.must(cmd::Resume{vault_target(kV1), ""});
    EXPECT_EQ(status_of(desk.world(), {}).attention, 0U);
}

}  // namespace
}  // namespace vault::engine::test
