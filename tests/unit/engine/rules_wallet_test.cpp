// design/domain.md, rules 1 to 4, 9, 10, 12 and 13, as the engine keeps them on a paper account:
// what the user does to the wallet by hand, and whose it is.
#include "tests/unit/engine/shard_desk.hpp"

#include <gtest/gtest.h>

namespace vault::engine::test {
namespace {

constexpr VaultId kV2{2};

cmd::PaperTrade hand_sale(std::string_view quantity, std::string_view price = "") {
    return {kA1, kEthUsdt, Side::Sell, Quantity{dec(quantity)},
            price.empty() ? std::nullopt : std::optional{Price{dec(price)}}};
}

cmd::ResolvePosition resolve(SleeveKind sleeve, cmd::ResolvePosition::As as,
                             std::optional<std::string_view> price = std::nullopt) {
    return {kV1, sleeve, kEthUsdt, as, price ? std::optional{Price{dec(*price)}} : std::nullopt};
}

Errc code_of(const std::optional<Error>& error) {
    return error ? error->code() : Errc::Internal;
}

TEST(Rule1, TradeableZeroIsLegalAndTheSleevesIdle) {
    OpenDesk desk{{.flash = "0"}};
    desk.must(cmd::SetTradeable{kV1, kZero});
    desk.tick("2020");
    desk.tick("2100");
    EXPECT_EQ(desk.state(kFlash), "idle");
    EXPECT_EQ(desk.books().total(), "10000"_dec);
    EXPECT_EQ(desk.sleeve(kFlash).last_order, 0U);
}

TEST(Rule2, TheReserveCapStopsTradeableAndMovesNothingByItself) {
    OpenDesk desk{{.flash = "0"}};
    desk.must(cmd::SetTradeable{kV1, "1000"_dec});
    desk.must(cmd::SetReserve{kV1, "20"_dec});
    EXPECT_EQ(code_of(desk.apply(cmd::SetTradeable{kV1, "8000.00000001"_dec})),
              Errc::TradeableAboveCap);
    desk.must(cmd::SetTradeable{kV1, "8000"_dec});
    desk.must(cmd::SetReserve{kV1, "50"_dec});
    EXPECT_EQ(desk.books().tradeable(), "8000"_dec);
    ASSERT_TRUE(desk.restart()) << desk.difference();
    EXPECT_EQ(code_of(desk.apply(cmd::SetTradeable{kV1, "8001"_dec})), Errc::TradeableAboveCap);
}

TEST(Rule3, APairOfAnotherQuoteIsRefused) {
    OpenDesk desk;
    EXPECT_EQ(code_of(desk.apply(cmd::SetPairs{kV1, {kEthUsdc}, {}, false})), Errc::QuoteMismatch);
    desk.must(cmd::SetPairs{kV1, {}, {kEthUsdt}, false});
    desk.tick("2020");
    EXPECT_EQ(desk.state(kFlash), "idle");
}

TEST(Rule3, APairWithAPositionStays) {
    OpenDesk desk{{.flash = "1010"}};
    open_position(desk);
    EXPECT_EQ(code_of(desk.apply(cmd::SetPairs{kV1, {}, {kEthUsdt}, false})), Errc::NotFlat);
}

// Rule 4: both sleeves hold ETH; each sells its own.
TEST(Rule4, EachSleeveSellsItsOwnCoinsOnly) {
    OpenDesk desk{{.quiet = "1010", .flash = "2020"}};
    open_position(desk);
    desk.must(cmd::Pause{sleeve_target(kV1, kQuiet), ""});
    desk.must(cmd::Halt{sleeve_target(kV1, kQuiet), ""});
    desk.tick("2110");
    desk.tick("2090");
    desk.tick("2090");
    EXPECT_TRUE(desk.books().flat(kFlash));
    EXPECT_EQ(desk.books().position(kQuiet, asset("ETH"))->coins(), "0.5"_dec);
    EXPECT_EQ(desk.venue().balance(asset("ETH")).total(), "0.5"_dec);
}

TEST(Rule9, AHandSaleThatExplainsItselfClosesTheCycle) {
    OpenDesk desk{{.flash = "1010", .fee = "0.001"}};
    open_position(desk);
    const Decimal coins = desk.books().position(kFlash, asset("ETH"))->coins();
    desk.must(hand_sale(coins.text(), "2100"));
    EXPECT_TRUE(desk.books().flat(kFlash));
    ASSERT_EQ(desk.all().cycles.size(), 1U);
    EXPECT_EQ(desk.all().fills.back().reason, "manual");
    EXPECT_EQ(desk.all().sweeps.size(), 1U);
    EXPECT_EQ(desk.books().wallet_cash(), desk.venue().balance(asset("USDT")).total());
    // What the position no longer holds was never a withdrawal.
    EXPECT_EQ(desk.books().total(), desk.books().wallet_cash());
}

TEST(Rule9, APartOfThePositionSoldByHandShrinksIt) {
    OpenDesk desk{{.flash = "1010"}};
    open_position(desk);
    desk.must(hand_sale("0.2", "2100"));
    EXPECT_EQ(desk.books().position(kFlash, asset("ETH"))->coins(), "0.3"_dec);
    EXPECT_EQ(desk.state(kFlash), "holding");
    EXPECT_TRUE(desk.all().cycles.empty());
    ASSERT_TRUE(desk.restart()) << desk.difference();
    desk.tick("2110");
    desk.tick("2090");
    desk.tick("2090");
    ASSERT_EQ(desk.all().cycles.size(), 1U);
    EXPECT_EQ(desk.all().cycles[0].proceeds, "1047"_dec);  // 0.2 * 2100 + 0.3 * 2090
    EXPECT_EQ(desk.all().cycles[0].cost, "1010"_dec);
}

TEST(Rule9, TwoPositionsThatCouldExplainItAreLeftToTheUser) {
    OpenDesk desk{{.quiet = "1010", .flash = "2020", .fee = "0.001"}};
    open_position(desk);
    const Decimal quiet = desk.books().position(kQuiet, asset("ETH"))->coins();
    desk.must(hand_sale(quiet.text(), "2100"));
    EXPECT_EQ(desk.state(kQuiet), "needs_attention");
    EXPECT_EQ(desk.state(kFlash), "needs_attention");
    EXPECT_EQ(desk.events("position_unexplained"), 2U);
    EXPECT_TRUE(desk.all().cycles.empty());
    desk.tick("1500");  // no exit rule acts on what nobody understands
    desk.tick("1500");
    EXPECT_FALSE(has_live_order(desk.sleeve(kFlash)));
    ASSERT_TRUE(desk.restart()) << desk.difference();
    EXPECT_EQ(code_of(desk.apply(resolve(kQuiet, cmd::ResolvePosition::As::Kept))),
              Errc::WrongState);
    EXPECT_EQ(code_of(desk.apply(resolve(kQuiet, cmd::ResolvePosition::As::Sold))),
              Errc::InvalidParams);
    EXPECT_EQ(code_of(desk.apply(resolve(kQuiet, cmd::ResolvePosition::As::Sold, "2200"))),
              Errc::InsufficientBalance);
    EXPECT_EQ(desk.state(kQuiet), "needs_attention");
    // At the price that was paid; the exchange kept its fee.
    desk.must(resolve(kQuiet, cmd::ResolvePosition::As::Sold, "2100"));
    EXPECT_TRUE(desk.books().flat(kQuiet));
    EXPECT_EQ(desk.books().wallet_cash(), desk.venue().balance(asset("USDT")).total());
    EXPECT_EQ(desk.state(kFlash), "needs_attention");
    desk.must(resolve(kFlash, cmd::ResolvePosition::As::Kept));
    EXPECT_EQ(desk.state(kFlash), "holding");
}

TEST(Rule9, WithdrawnCoinsNeedADecisionAndLeaveAtCost) {
    OpenDesk desk{{.flash = "1010"}};
    open_position(desk);
    const Decimal total = desk.books().total();
    desk.must(cmd::PaperFunding{kA1, asset("ETH"), "-0.2"_dec});
    EXPECT_EQ(desk.state(kFlash), "needs_attention");
    EXPECT_EQ(desk.events("position_unexplained"), 1U);
    desk.must(resolve(kFlash, cmd::ResolvePosition::As::Withdrawn));
    EXPECT_EQ(desk.books().position(kFlash, asset("ETH"))->coins(), "0.3"_dec);
    EXPECT_EQ(desk.sleeve_books(kFlash).realised, "0"_dec);
    EXPECT_EQ(desk.books().total(), total - "404"_dec);
    EXPECT_EQ(desk.state(kFlash), "holding");
    ASSERT_TRUE(desk.restart()) << desk.difference();
}

TEST(Rule9, CoinsThatComeBackEndTheMatter) {
    OpenDesk desk{{.flash = "1010"}};
    open_position(desk);
    desk.must(cmd::PaperFunding{kA1, asset("ETH"), "-0.2"_dec});
    desk.must(cmd::PaperFunding{kA1, asset("ETH"), "0.2"_dec});
    desk.must(resolve(kFlash, cmd::ResolvePosition::As::Kept));
    EXPECT_EQ(desk.state(kFlash), "holding");
    EXPECT_EQ(desk.books().position(kFlash, asset("ETH"))->coins(), "0.5"_dec);
}

// A position whose sell order was out when its neighbour's coins vanished closes by that order:
// then nothing is left to decide about it.
TEST(Rule9, AttentionEndsWithThePosition) {
    OpenDesk desk{{.quiet = "1010", .flash = "2020"}};
    open_position(desk);
    desk.must(cmd::Halt{sleeve_target(kV1, kFlash), ""});
    desk.tick("2110");
    desk.tick("2090");
    ASSERT_EQ(desk.state(kQuiet), "selling");
    desk.must(hand_sale("1", "2090"));
    EXPECT_EQ(desk.state(kQuiet), "needs_attention");
    desk.tick("2090");
    EXPECT_TRUE(desk.books().flat(kQuiet));
    EXPECT_EQ(desk.state(kQuiet), "watching");
    desk.must(resolve(kFlash, cmd::ResolvePosition::As::Sold, "2090"));
    desk.must(cmd::Resume{vault_target(kV1), ""});
    desk.must(cmd::Resume{sleeve_target(kV1, kFlash), ""});
    EXPECT_EQ(desk.books().wallet_cash(), desk.venue().balance(asset("USDT")).total());
}

// What the exchange lacks is still lacking when the position that could explain it has closed: now
// the neighbour's dust waits for a person.
TEST(Rule9, WhatIsStillMissingIsTheNextPositionsWhenOneCloses) {
    OpenDesk desk{{.quiet = "1011.01",
                   .flash = "1010",
                   .fee = "0.001",
                   .paper = {.fee_in = exchange::FeeIn::Base}}};
    open_position(desk);
    desk.must(cmd::Halt{sleeve_target(kV1, kQuiet), ""});
    desk.tick("2110");
    desk.tick("2090");
    desk.tick("2090");
    const Decimal dust = desk.books().position(kFlash, asset("ETH"))->coins();
    ASSERT_TRUE(desk.books().position(kFlash, asset("ETH"))->dust);
    desk.must(cmd::Resume{sleeve_target(kV1, kQuiet), ""});
    desk.tick("2090");
    ASSERT_EQ(desk.state(kQuiet), "selling");
    desk.must(cmd::PaperFunding{kA1, asset("ETH"), -dust});
    EXPECT_EQ(desk.state(kQuiet), "needs_attention");
    EXPECT_NE(desk.state(kFlash), "needs_attention");
    desk.tick("2090");
    EXPECT_EQ(desk.books().position(kQuiet, asset("ETH")), nullptr);
    EXPECT_EQ(desk.state(kQuiet), "watching");
    EXPECT_EQ(desk.state(kFlash), "needs_attention");
    EXPECT_EQ(desk.events("position_unexplained"), 2U);
    ASSERT_TRUE(desk.restart()) << desk.difference();
    desk.must(resolve(kFlash, cmd::ResolvePosition::As::Withdrawn));
    EXPECT_EQ(desk.books().position(kFlash, asset("ETH")), nullptr);
    EXPECT_EQ(desk.state(kFlash), "watching");
}

// The user's own coins of the same kind explain a sale: no position is touched.
TEST(Rule9, CoinsThatNoVaultOwnsAreSoldFirst) {
    OpenDesk desk{{.flash = "1010"}};
    desk.must(cmd::PaperFunding{kA1, asset("ETH"), "1"_dec});
    open_position(desk);
    const Decimal total = desk.books().total();
    desk.must(hand_sale("1", "2000"));
    EXPECT_EQ(desk.state(kFlash), "holding");
    EXPECT_EQ(desk.books().total(), total + "2000"_dec);  // arrives as funding of the USDT wallet
    EXPECT_EQ(desk.sleeve_books(kFlash).realised, "0"_dec);
}

TEST(Attribute, WhatNoVaultExplainsIsADepositOfOneOrIgnored) {
    OpenDesk desk{{.flash = "1010"}};
    open_position(desk);
    desk.must(cmd::PaperFunding{kA1, asset("ETH"), "-0.2"_dec});
    desk.must(hand_sale("0.1", "2000"));  // of what is missing already: nobody books its 200
    const auto rest = [&] {
        return desk.venue(kA1).balance(asset("USDT")).total() - desk.books().wallet_cash();
    };
    const Decimal came_in = rest();
    const Decimal total = desk.books().total();
    ASSERT_TRUE(came_in.is_positive());
    const cmd::Attribute all{kA1, asset("USDT"), kV1, {}};
    cmd::Attribute wrong = all;
    wrong.amount = came_in + "0.00000001"_dec;
    EXPECT_EQ(code_of(desk.apply(wrong)), Errc::InsufficientBalance);
    wrong = all;
    wrong.asset = asset("ETH");
    EXPECT_EQ(code_of(desk.apply(wrong)), Errc::InsufficientBalance);  // coins are missing
    cmd::Attribute part = all;
    part.amount = "1.5"_dec;
    desk.must(part);
    EXPECT_EQ(desk.books().total(), total + "1.5"_dec);
    EXPECT_EQ(rest(), came_in - "1.5"_dec);
    desk.must(cmd::Attribute{kA1, asset("USDT"), {}, {}});
    ASSERT_TRUE(desk.restart()) << desk.difference();
    EXPECT_EQ(desk.world().accounts[0].ignored.at(asset("USDT")), came_in - "1.5"_dec);
    desk.must(all);
    EXPECT_EQ(desk.books().total(), total + came_in);
    EXPECT_EQ(rest(), "0"_dec);
    EXPECT_EQ(code_of(desk.apply(all)), Errc::InsufficientBalance);
}

TEST(Rule10, AutoRaiseFollowsTheDeposit) {
    OpenDesk desk{{.total = "1000", .flash = "0"}};
    desk.must(cmd::SetTradeable{kV1, "100"_dec});
    const auto deposit = [&](const char* amount) {
        desk.must(cmd::PaperFunding{kA1, asset("USDT"), dec(amount)});
        return desk.books().tradeable();
    };
    EXPECT_EQ(deposit("100"), "100"_dec);  // off
    desk.must(cmd::SetAutoRaise{kV1, cmd::AutoRaiseMode::Full, {}, std::nullopt});
    EXPECT_EQ(deposit("50.5"), "150.5"_dec);
    desk.must(cmd::SetAutoRaise{kV1, cmd::AutoRaiseMode::Percent, "30"_dec, std::nullopt});
    EXPECT_EQ(deposit("100"), "180.5"_dec);
    EXPECT_EQ(deposit("0.00000001"), "180.5"_dec);  // floor_8
    desk.must(cmd::SetAutoRaise{kV1, cmd::AutoRaiseMode::Full, {}, "200"_dec});
    ASSERT_TRUE(desk.restart()) << desk.difference();
    EXPECT_EQ(deposit("100"), "200"_dec);  // the ceiling
    desk.must(cmd::SetAutoRaise{kV1, cmd::AutoRaiseMode::Full, {}, std::nullopt});
    desk.must(cmd::SetReserve{kV1, "80"_dec});
    EXPECT_EQ(deposit("149.49999999"), "300"_dec);  // the reserve cap: 20 % of 1500
    EXPECT_EQ(desk.events("deposit_booked"), 6U);
    EXPECT_NE(desk.all().events.back().message.find("tradeable 300"), std::string::npos);
}

TEST(Rule10, AWithdrawalTakesReserveFirstAndSleevesLast) {
    OpenDesk desk{{.total = "10000", .quiet = "1000", .flash = "3000"}};
    desk.must(cmd::SetTradeable{kV1, "6000"_dec});
    const auto withdraw = [&](const char* amount) {
        desk.must(cmd::PaperFunding{kA1, asset("USDT"), -dec(amount)});
    };
    withdraw("4000");
    EXPECT_EQ(desk.books().reserve(), "0"_dec);
    EXPECT_EQ(desk.books().unallocated(), "2000"_dec);
    withdraw("2000");
    EXPECT_EQ(desk.books().unallocated(), "0"_dec);
    withdraw("400");  // 1 : 3 as the principals
    EXPECT_EQ(desk.sleeve_books(kQuiet).cash, "900"_dec);
    EXPECT_EQ(desk.sleeve_books(kFlash).cash, "2700"_dec);
    EXPECT_EQ(desk.sleeve_books(kFlash).principal, "2700"_dec);
    EXPECT_EQ(desk.sleeve_books(kFlash).realised, "0"_dec);
    EXPECT_EQ(code_of(desk.apply(cmd::PaperFunding{kA1, asset("USDT"), "-3600.00000001"_dec})),
              Errc::InsufficientBalance);
}

// A withdrawal of the ETH wallet that takes more than its vault has: what is left is its shortfall,
// the position whose coins went needs a decision, and a later deposit pays the shortfall first.
class Shortfall : public testing::Test {
  protected:
    Shortfall() {
        desk.must(cmd::SetWallets{"ann", {asset("BTC")}, {}});
        desk.must(cmd::SetPairs{kV1, {kBtcUsdt}, {kEthUsdt}, false});
        desk.must(cmd::CreateVault{kA1, asset("BTC"), "1"_dec});
        desk.push(kBtcUsdt, "30000");
        desk.tick("2000");
        desk.push(kBtcUsdt, "30600");
        desk.push(kBtcUsdt, "30600");
        coins = desk.books().position(kFlash, asset("BTC"))->coins();
    }
    OpenDesk desk{{.total = "100000", .flash = "30600"}};
    Decimal coins;
};

TEST_F(Shortfall, StopsBuysAndALaterDepositPaysItFirst) {
    ASSERT_EQ(coins, "1"_dec);
    desk.must(cmd::PaperFunding{kA1, asset("BTC"), "-1.4"_dec});
    EXPECT_EQ(desk.books(kV2).total(), "0"_dec);
    EXPECT_EQ(desk.books(kV2).shortfall(), "0.4"_dec);
    EXPECT_EQ(desk.events("vault_underfunded"), 1U);
    EXPECT_EQ(desk.state(kFlash), "needs_attention");
    EXPECT_TRUE(desk.sleeve(kFlash, kV2).slots.empty());
    ASSERT_TRUE(desk.restart()) << desk.difference();
    desk.must(cmd::RefreshVault{kV2});
    EXPECT_TRUE(desk.vault(kV2).attention.empty());
    desk.must(cmd::PaperFunding{kA1, asset("BTC"), "0.1"_dec});
    EXPECT_EQ(desk.books(kV2).shortfall(), "0.3"_dec);
    desk.must(cmd::PaperFunding{kA1, asset("BTC"), "0.5"_dec});
    EXPECT_EQ(desk.books(kV2).shortfall(), "0"_dec);
    EXPECT_EQ(desk.books(kV2).total(), "0.2"_dec);
    desk.must(
        cmd::ResolvePosition{kV1, kFlash, kBtcUsdt, cmd::ResolvePosition::As::Kept, std::nullopt});
    EXPECT_EQ(desk.state(kFlash), "holding");
    EXPECT_EQ(desk.venue().balance(asset("BTC")).total(), "1.2"_dec);
}

TEST_F(Shortfall, CoinsThatAPositionGaveAreNoLongerOwed) {
    desk.must(cmd::PaperFunding{kA1, asset("BTC"), "-1.4"_dec});
    desk.must(cmd::ResolvePosition{kV1, kFlash, kBtcUsdt, cmd::ResolvePosition::As::Withdrawn,
                                   std::nullopt});
    EXPECT_EQ(desk.books().position(kFlash, asset("BTC"))->coins(), "0.6"_dec);
    EXPECT_EQ(desk.books(kV2).shortfall(), "0"_dec);
    EXPECT_EQ(desk.books(kV2).total(), "0"_dec);
    desk.must(cmd::PaperFunding{kA1, asset("BTC"), "1"_dec});
    EXPECT_EQ(desk.books(kV2).total(), "1"_dec);
    EXPECT_EQ(desk.venue().balance(asset("BTC")).total(), "1.6"_dec);
}

// Money that no vault owns is not the vault's to lack: the proceeds of an unexplained sale leave.
TEST(Rule10, UnattributedMoneyLeavesWithoutAShortfall) {
    OpenDesk desk{{.total = "5000", .quiet = "1010", .flash = "2020"}};
    open_position(desk);
    desk.must(hand_sale("0.5", "2000"));  // 1000 that no vault explains
    const Decimal all = desk.venue().balance(asset("USDT")).free;
    desk.must(cmd::PaperFunding{kA1, asset("USDT"), -all});
    EXPECT_EQ(desk.books().shortfall(), "0"_dec);
    EXPECT_EQ(desk.books().wallet_cash(), "0"_dec);
    desk.must(cmd::PaperFunding{kA1, asset("USDT"), "10"_dec});
    EXPECT_EQ(desk.books().wallet_cash(), "10"_dec);
}

TEST(Rule10, AHandBuySpendsTheWalletAsAManualTrade) {
    OpenDesk desk{{.total = "5000", .flash = "0"}};
    desk.tick("2000");
    desk.must(cmd::SetTradeable{kV1, "1000"_dec});
    desk.must(cmd::PaperTrade{kA1, kEthUsdt, Side::Buy, Quantity{"1"_dec}, std::nullopt});
    EXPECT_EQ(desk.books().total(), "3000"_dec);
    EXPECT_EQ(desk.books().reserve(), "2000"_dec);
    EXPECT_EQ(desk.all().entries.back().kind, "manual_trade");
}

TEST(Rule12, NoBuyWhenTheExchangeHasLessThanTheBooks) {
    OpenDesk desk{{.flash = "1010"}};
    exchange::SimVenue& venue = desk.shard().world().accounts[0].venue;
    ASSERT_TRUE(venue.withdraw(asset("USDT"), "1"_dec, kStart).has_value());
    desk.tick("2020");
    EXPECT_EQ(desk.sleeve(kFlash).last_order, 0U);
    EXPECT_EQ(desk.state(kFlash), "needs_attention");
    EXPECT_EQ(desk.events("vault_quarantined"), 1U);
    ASSERT_TRUE(desk.restart()) << desk.difference();
    EXPECT_EQ(desk.state(kFlash), "needs_attention");
}

// A bad vault stops, its neighbours on the account go on.
TEST(Rule12, AQuarantineIsOneVaultsAlone) {
    OpenDesk desk{{.flash = "1010"}};
    desk.must(cmd::CreateVault{kA1, asset("USDC"), "5000"_dec});
    desk.must(cmd::SetPairs{kV2, {kEthUsdc}, {}, false});
    desk.must(cmd::SetTradeable{kV2, "5000"_dec});
    desk.must(cmd::Allocate{kV2, kZero, "1000"_dec});
    desk.must(cmd::SetSleeve{kV2, kFlash, simple_settings()});
    exchange::SimVenue& venue = desk.shard().world().accounts[0].venue;
    ASSERT_TRUE(venue.withdraw(asset("USDT"), "1"_dec, kStart).has_value());
    desk.push(kEthUsdc, "2000");
    desk.tick("2020");
    desk.push(kEthUsdc, "2100");
    EXPECT_EQ(desk.state(kFlash), "needs_attention");
    EXPECT_EQ(desk.state(kFlash, kV2), "buying");
}

TEST(Rule13, TheOpeningTakesTheFreeBalanceAsReserve) {
    ShardDesk desk;
    desk.must(cmd::CreateUser{"ann", Role::Member});
    desk.must(cmd::AddAccount{"ann", "paper", ""});
    desk.must(cmd::PaperFunding{kA1, asset("USDT"), "20.01253"_dec});
    desk.must(cmd::PaperFunding{kA1, asset("ETH"), "3"_dec});
    desk.must(cmd::CreateVault{kA1, asset("USDT"), std::nullopt});
    EXPECT_EQ(desk.books().total(), "20.01253"_dec);
    EXPECT_EQ(desk.books().reserve(), "20.01253"_dec);
    EXPECT_EQ(code_of(desk.apply(cmd::CreateVault{kA1, asset("USDT"), std::nullopt})),
              Errc::Exists);
}

// Coins that a sleeve of another vault bought lie in the same wallet and are not the new vault's.
TEST(Rule13, TheOpeningLeavesOtherVaultsCoinsAlone) {
    OpenDesk desk{{.flash = "1010"}};
    open_position(desk);
    desk.must(cmd::SetWallets{"ann", {asset("ETH")}, {}});
    desk.must(cmd::PaperFunding{kA1, asset("ETH"), "2"_dec});
    desk.must(cmd::CreateVault{kA1, asset("ETH"), std::nullopt});
    EXPECT_EQ(desk.venue().balance(asset("ETH")).total(), "2.5"_dec);
    EXPECT_EQ(desk.books(kV2).total(), "2"_dec);
}

// The first answer stands: a command that comes again does nothing.
TEST(Commands, ARepeatedKeyIsAnsweredNotDone) {
    OpenDesk desk{{.flash = "0"}};
    const cmd::Allocate allocate{kV1, "100"_dec, kZero};
    EXPECT_FALSE(desk.apply(allocate, "k1").has_value());
    EXPECT_FALSE(desk.apply(allocate, "k1").has_value());
    EXPECT_EQ(desk.sleeve_books(kQuiet).cash, "100"_dec);
    ASSERT_TRUE(desk.restart()) << desk.difference();
    EXPECT_FALSE(desk.apply(allocate, "k1").has_value());
    EXPECT_EQ(desk.sleeve_books(kQuiet).cash, "100"_dec);
}

}  // namespace
}  // namespace vault::engine::test
