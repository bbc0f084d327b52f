// position adopt: coins that no vault explains become a sleeve's, as if they had been bought with
// money that came in for them.
#include "tests/unit/engine/shard_desk.hpp"

#include <gtest/gtest.h>

namespace vault::engine::test {
namespace {

// Two coins were bought by hand at 2000: the vault's reserve paid for them.
struct HandBought : OpenDesk {
    HandBought() {
        must(cmd::PaperTrade{kA1, kEthUsdt, Side::Buy, Quantity{"2"_dec}, Price{"2000"_dec}});
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

}  // namespace
}  // namespace vault::engine::test
