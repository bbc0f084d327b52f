// position adopt: coins that no vault explains become a sleeve's, as if they had been bought with
// money that came in for them.
#include "daemon/engine/cap_inputs.hpp"
#include "tests/unit/engine/shard_desk.hpp"

#include <gtest/gtest.h>

namespace vault::engine::test {
namespace {

// Two coins were bought by hand at 2000: the vault's reserve paid for them.
struct HandBought : OpenDesk {
    HandBought() {
        must(cmd::PaperTrade{kA1, kEthUsdt, Side::Buy, Quantity{"2"_dec}, Price{"2000"_dec}});
        tick("2000");
    }
    const ledger::Position& position() const { return *books().position(kFlash, asset("ETH")); }
};

cmd::AdoptPosition adopt(const char* quantity, const char* cost) {
    return {kV1, kFlash, std::nullopt, Quantity{dec(quantity)}, dec(cost)};
}

std::string field_of(ShardDesk& desk, const ports::Command& command) {
    const auto error = desk.apply(command);
    return error ? error->field() : "none";
}

TEST(Adopt, CoinsAndTheirCostComeIntoTheSleeveAndNothingIsWonOrLost) {
    HandBought desk;
    ASSERT_EQ(desk.books().total(), "6000"_dec);
    ASSERT_EQ(desk.books().tradeable(), "6000"_dec);  // the withdrawal left no reserve
    desk.must(adopt("0.5", "1015"));
    EXPECT_EQ(desk.position().quantity, "0.5"_dec);
    EXPECT_EQ(desk.position().cost, "1015"_dec);
    const ledger::SleeveBooks& flash = desk.sleeve_books(kFlash);
    EXPECT_EQ(flash.cash, "1000"_dec);
    EXPECT_EQ(flash.realised, kZero);
    EXPECT_EQ(flash.principal, "2015"_dec);
    EXPECT_EQ(desk.books().total(), "7015"_dec);
    EXPECT_EQ(desk.books().tradeable(), "7015"_dec);
    ASSERT_EQ(desk.last().fills.size(), 1U);
    EXPECT_EQ(desk.last().fills.front().reason, "manual");
    EXPECT_EQ(desk.events("position_adopted"), 1U);
    ASSERT_TRUE(desk.restart()) << desk.difference();
}

TEST(Adopt, TheExitRulesJudgeItByItsCost) {
    HandBought desk;
    desk.must(adopt("0.5", "1015"));  // 2030 each
    desk.tick("1990");
    desk.tick("1920");  // 5.4 % below 2030
    desk.tick("1920");
    EXPECT_EQ(desk.state(kFlash), "watching");
    ASSERT_EQ(desk.all().cycles.size(), 1U);
    EXPECT_EQ(desk.all().cycles.front().cost, "1015"_dec);
    EXPECT_EQ(desk.all().cycles.front().proceeds, "960"_dec);
    EXPECT_EQ(desk.sleeve_books(kFlash).realised, "-55"_dec);
}

TEST(Adopt, JoinsAPositionThatIsThere) {
    OpenDesk desk;
    open_position(desk);
    desk.must(cmd::PaperTrade{kA1, kEthUsdt, Side::Buy, Quantity{"1"_dec}, Price{"2020"_dec}});
    const ledger::Position before = *desk.books().position(kFlash, asset("ETH"));
    desk.must(adopt("1", "2000"));
    const ledger::Position& after = *desk.books().position(kFlash, asset("ETH"));
    EXPECT_EQ(after.quantity, before.quantity + "1"_dec);
    EXPECT_EQ(after.cost, before.cost + "2000"_dec);
}

TEST(Adopt, TakesNoMoreThanNobodyExplains) {
    HandBought desk;
    EXPECT_EQ(field_of(desk, adopt("2.0001", "4000")), "qty");
    desk.must(adopt("1.5", "3000"));
    EXPECT_EQ(field_of(desk, adopt("0.6", "1200")), "qty");
    desk.must(adopt("0.5", "1000"));
    EXPECT_EQ(field_of(desk, adopt("0.0001", "1")), "qty");
    EXPECT_EQ(desk.position().quantity, "2"_dec);
}

TEST(Adopt, IsRefusedWhereItsMoneyWouldGoElsewhere) {
    HandBought desk;
    desk.must(cmd::SetReserve{kV1, "10"_dec});
    EXPECT_EQ(field_of(desk, adopt("0.5", "1015")), "tradeable");  // 90 % of the total is less
    desk.must(cmd::SetReserve{kV1, std::nullopt});
    desk.must(adopt("0.5", "1015"));
    desk.must(cmd::Unallocate{kV1, kZero, "1500"_dec});  // 1000 of cash, the rest on request
    EXPECT_EQ(field_of(desk, adopt("0.5", "1015")), "vault");
    const cmd::AdoptPosition other{kV1, kFlash, kBtcUsdt, Quantity{"1"_dec}, "1"_dec};
    EXPECT_EQ(field_of(desk, other), "pair");
    EXPECT_EQ(field_of(desk, adopt("1.5", "0.000000000000000001")), "cost");
}

TEST(Adopt, ACostFarFromThePriceIsConfirmedFirst) {
    HandBought desk;
    for (const char* cost : {"1200.01", "799.99"}) {
        EXPECT_EQ(field_of(desk, adopt("0.5", cost)), "cost");
        EXPECT_EQ(desk.apply(adopt("0.5", cost))->code(), Errc::ConfirmationNeeded);
    }
    desk.must(adopt("0.5", "1200"));
    desk.must(adopt("0.5", "800"));
    cmd::AdoptPosition dear = adopt("0.5", "9000");
    dear.confirmed = true;
    desk.must(dear);
    EXPECT_EQ(desk.position().cost, "11000"_dec);
}

TEST(Adopt, WaitsForAPriceAndForTheEndOfALiquidation) {
    OpenDesk desk;
    desk.must(cmd::PaperTrade{kA1, kBtcUsdt, Side::Buy, Quantity{"0.1"_dec}, Price{"30000"_dec}});
    desk.must(cmd::SetPairs{kV1, {kBtcUsdt}, {}, false});
    const cmd::AdoptPosition coins{kV1, kFlash, kBtcUsdt, Quantity{"0.1"_dec}, "3000"_dec};
    EXPECT_EQ(field_of(desk, coins), "pair");
    desk.push(kBtcUsdt, "30000");
    open_position(desk);
    desk.must(cmd::Liquidate{vault_target(kV1), ""});
    EXPECT_EQ(field_of(desk, coins), "vault");
    desk.tick("2020");
    desk.tick("2020");
    ASSERT_EQ(desk.state(kFlash), "halted");
    desk.must(coins);
}

// What every level's loss caps measure: today's loss, and the fall in parts of the peak.
struct Measured {
    std::vector<Decimal> lost, fallen;
    friend bool operator==(const Measured&, const Measured&) = default;
};
void add(Measured& out, const risk::DayMarks& day, const risk::Drawdown& mark,
         const LevelFigures& now) {
    out.lost.push_back(risk::loss_today(day, now.realised, now.unrealised));
    const Decimal fallen = mark.peak - risk::value_of(mark, now.stake);
    out.fallen.push_back(div(fallen, mark.peak, Rounding::Down).value());
}
Measured measured(const ShardDesk& desk) {
    Measured out;
    const World& world = desk.world();
    const Sleeve& sleeve = desk.sleeve(kFlash);
    const Decimal unrealised = unrealised_of(world, desk.vault(), sleeve);
    add(out, sleeve.day, *sleeve.drawdown,
        {unrealised, stake_of(desk.vault(), kFlash, unrealised), desk.sleeve_books(kFlash).realised,
         0});
    for (const CapLevel& level : {CapLevel{.vault = kV1}, CapLevel{.user = UserId{1}}, CapLevel{}})
        add(out, risk_of(world, level).day, *risk_of(world, level).drawdown,
            figures_of(world, level));
    return out;
}

// Whatever a user says that his coins cost, no cap measures it: only what the price does after it.
TEST(Adopt, NoCapMeasuresWhatTheCostSays) {
    for (const char* fee : {"0", "0.004"})
        for (const char* cost : {"0.000001", "1000", "900000"}) {
            SCOPED_TRACE(std::string{cost} + " fee " + fee);
            OpenDesk desk{{.flash = "1000", .fee = fee}};
            desk.must(
                cmd::PaperTrade{kA1, kEthUsdt, Side::Buy, Quantity{"1"_dec}, Price{"2000"_dec}});
            const std::map<std::string, std::string> caps{{"max_daily_loss", "150"},
                                                          {"max_daily_loss_on_trip", "liquidate"},
                                                          {"max_drawdown", "0.2"},
                                                          {"max_drawdown_on_trip", "liquidate"}};
            risk::Caps of_daemon;
            for (const auto& [key, text] : caps)
                ASSERT_TRUE(risk::set_cap(of_daemon, key, text).has_value());
            desk.configure(of_daemon);
            for (const cmd::Target& target :
                 {sleeve_target(kV1, kFlash), vault_target(kV1), user_target("ann")})
                desk.must(cmd::SetCaps{target, caps, true});
            open_position(desk);
            desk.tick("1990");
            const Measured before = measured(desk);
            cmd::AdoptPosition coins = adopt("0.5", cost);
            coins.confirmed = true;
            desk.must(coins);
            EXPECT_EQ(measured(desk).lost, before.lost);
            desk.must(cmd::Pause{vault_target(kV1), ""});  // or it sells by that cost
            ASSERT_TRUE(desk.restart()) << desk.difference();
            desk.tick("1990");
            const Measured after = measured(desk);
            EXPECT_EQ(after.lost, before.lost);
            for (std::size_t i = 0; i < before.fallen.size(); ++i)
                EXPECT_LT((after.fallen[i] - before.fallen[i]).abs(), "0.000000000001"_dec) << i;
            EXPECT_EQ(desk.events("cap_tripped"), 0U);
        }
}

TEST(Adopt, AFallAfterItIsMeasuredInFull) {
    HandBought desk;
    desk.must(cmd::SetCaps{sleeve_target(kV1, kFlash), {{"max_drawdown", "0.5"}}, true});
    desk.must(cmd::SetCaps{vault_target(kV1), {{"max_drawdown", "0.5"}}, true});
    desk.tick("2000");
    cmd::AdoptPosition dear = adopt("0.5", "5000");  // worth 1000
    dear.confirmed = true;
    desk.must(dear);
    desk.must(cmd::Halt{vault_target(kV1), ""});
    Decimal last;
    for (const char* price : {"1990", "1900", "1500", "1000"}) {
        desk.tick(price);
        const Decimal fallen =
            "2000"_dec - mul("0.5"_dec, dec(price), Rounding::Down).value() - "1000"_dec;
        for (const risk::Drawdown& mark :
             {*desk.sleeve(kFlash).drawdown, *desk.vault().risk.drawdown})
            EXPECT_EQ(mark.peak, "2000"_dec) << price;
        EXPECT_EQ(
            "2000"_dec - risk::value_of(*desk.vault().risk.drawdown,
                                        figures_of(desk.world(), CapLevel{.vault = kV1}).stake),
            fallen);
        EXPECT_GT(fallen, last);
        last = fallen;
    }
}

// Coins that left are no profit and no loss either: what was lost before stays lost.
TEST(Adopt, WhatWasLostIsNotForgottenWithCoinsThatLeft) {
    OpenDesk desk;
    desk.must(cmd::SetCaps{vault_target(kV1), {{"max_daily_loss", "500"}}, true});
    desk.must(cmd::SetCaps{user_target("ann"), {{"max_daily_loss", "500"}}, true});
    open_position(desk);
    desk.tick("1960");
    const auto lost = [&](const CapLevel& level) {
        const LevelFigures now = figures_of(desk.world(), level);
        return risk::loss_today(risk_of(desk.world(), level).day, now.realised, now.unrealised);
    };
    const Decimal before = lost({.vault = kV1});
    ASSERT_GT(before, "29"_dec);
    const Decimal coins = desk.books().position(kFlash, asset("ETH"))->coins();
    desk.must(cmd::PaperFunding{kA1, asset("ETH"), -coins});
    desk.must(cmd::ResolvePosition{kV1, kFlash, std::nullopt, cmd::ResolvePosition::As::Withdrawn,
                                   std::nullopt});
    ASSERT_TRUE(desk.books().flat(kFlash));
    EXPECT_LT((lost({.vault = kV1}) - before).abs(), "0.000000000001"_dec);
    EXPECT_LT((lost({.user = UserId{1}}) - before).abs(), "0.000000000001"_dec);
    ASSERT_TRUE(desk.restart()) << desk.difference();
}

}  // namespace
}  // namespace vault::engine::test
