// A pair that its exchange stops trading, or whose price cannot be believed: orders end once, coins
// wait, the value stands still, other pairs go on.
#include "daemon/engine/pair_watch.hpp"
#include "daemon/engine/view_builder.hpp"
#include "tests/unit/engine/shard_desk.hpp"

#include <gtest/gtest.h>

namespace vault::engine::test {
namespace {

std::size_t decisions(const ShardDesk& desk, std::string_view check, std::string_view reason) {
    return static_cast<std::size_t>(
        std::ranges::count_if(desk.all().decisions, [&](const ports::DecisionRow& row) {
            return row.sleeve == kFlash && row.check == check && row.reason == reason;
        }));
}

std::size_t ended(const ShardDesk& desk, OrderState state, std::string_view reason) {
    return static_cast<std::size_t>(
        std::ranges::count_if(desk.all().orders, [&](const ports::OrderRow& row) {
            return row.state == state && row.end_reason == reason;
        }));
}

ports::SleeveView flash_of(const ShardDesk& desk) {
    return view_of(desk.world(), desk.vault(), desk.sleeve(kFlash));
}

Decimal last_price(const ShardDesk& desk, const Pair& pair = kEthUsdt) {
    const Account& account = desk.world().accounts.front();
    return desk.world().pair_market(account, pair)->last->price.value;
}

// ETH and BTC against USDT, at most two positions.
class TwoPairs : public OpenDesk {
  public:
    TwoPairs() {
        must(cmd::SetPairs{kV1, {kBtcUsdt}, {}, false});
        auto settings = simple_settings();
        settings["max_open_positions"] = "2";
        settings["spend"] = "0.4";
        must(cmd::SetSleeve{kV1, kFlash, settings});
        tick("2000");
    }
};

TEST(PairStatus, AHaltEndsOrdersOnce) {
    OpenDesk desk;
    desk.tick("2020");
    ASSERT_EQ(desk.state(kFlash), "buying");
    desk.set_status(kEthUsdt, PairStatus::Halted);
    EXPECT_EQ(ended(desk, OrderState::Expired, "pair_halted"), 1U);
    EXPECT_EQ(desk.sleeve_books(kFlash).cash, "1000"_dec);
    EXPECT_EQ(desk.state(kFlash), "idle");
    EXPECT_NE(flash_of(desk).idle_reason.find("ETH/USDT is halted"), std::string::npos);
    EXPECT_EQ(decisions(desk, "buy", "not_trading"), 1U);
    EXPECT_EQ(desk.events("pair_not_trading"), 1U) << "quiet has nothing to lose";
    ASSERT_TRUE(desk.restart()) << desk.difference();
    desk.set_status(kEthUsdt, PairStatus::Halted);
    desk.tick("2060");
    EXPECT_EQ(ended(desk, OrderState::Expired, "pair_halted"), 1U);
    EXPECT_EQ(desk.events("pair_not_trading"), 1U);
    EXPECT_EQ(desk.sleeve(kFlash).last_order, 1U);
    EXPECT_EQ(last_price(desk), "2020"_dec);
}

// The process was killed before the change was durable, or the file was changed while it was down.
TEST(PairStatus, AChangeThatARestartFindsIsAppliedOnce) {
    OpenDesk desk;
    desk.tick("2020");
    PairRules rules = desk_catalogue().at(kEthUsdt);
    rules.status = PairStatus::Delisted;
    desk.change_before_restart(rules);
    desk.restart();
    desk.tick("2060");
    EXPECT_EQ(ended(desk, OrderState::Expired, "pair_delisted"), 1U);
    EXPECT_EQ(desk.sleeve_books(kFlash).cash, "1000"_dec);
    ASSERT_TRUE(desk.restart()) << desk.difference();
    desk.tick("2060");
    EXPECT_EQ(ended(desk, OrderState::Expired, "pair_delisted"), 1U);
    EXPECT_EQ(desk.events("pair_not_trading"), 1U);
}

TEST(PairStatus, CoinsWaitAndOtherPairsGoOn) {
    TwoPairs desk;
    open_position(desk);
    const Decimal coins = desk.books().position(kFlash, asset("ETH"))->coins();
    const Decimal value = flash_of(desk).unrealised;
    desk.set_status(kEthUsdt, PairStatus::Halted);
    EXPECT_EQ(desk.state(kFlash), "stuck");
    EXPECT_NE(flash_of(desk).idle_reason.find("cannot be sold until it trades again"),
              std::string::npos);
    EXPECT_EQ(decisions(desk, "sell", "not_trading"), 1U);
    desk.push(kBtcUsdt, "30000");
    desk.tick("1500");  // would stop it out
    EXPECT_EQ(flash_of(desk).unrealised, value);
    EXPECT_EQ(flash_of(desk).positions.front().price_frozen, "halted");
    desk.push(kBtcUsdt, "30600");
    desk.push(kBtcUsdt, "30600");
    EXPECT_TRUE(desk.books().position(kFlash, asset("BTC")) != nullptr) << "the other pair";
    EXPECT_EQ(desk.books().position(kFlash, asset("ETH"))->coins(), coins);
    ASSERT_TRUE(desk.restart()) << desk.difference();
    EXPECT_EQ(desk.state(kFlash), "stuck");
    desk.set_status(kEthUsdt, PairStatus::Trading);
    EXPECT_EQ(desk.events("pair_trading"), 1U);
    desk.tick("1500");
    desk.tick("1500");
    EXPECT_EQ(desk.books().position(kFlash, asset("ETH")), nullptr) << "the stop-loss was late";
    ASSERT_TRUE(desk.restart()) << desk.difference();
}

TEST(PairStatus, CancelOnlyKeepsSellsAndMatchesNone) {
    OpenDesk desk;
    open_position(desk);
    desk.tick("2110");
    desk.tick("2090");
    ASSERT_EQ(desk.state(kFlash), "selling");
    desk.set_status(kEthUsdt, PairStatus::CancelOnly);
    for (const char* price : {"2080", "2070", "2075"})
        desk.tick(price);
    EXPECT_EQ(desk.state(kFlash), "selling");
    EXPECT_EQ(last_price(desk), "2075"_dec) << "its price goes on";
    desk.set_status(kEthUsdt, PairStatus::Trading);
    desk.tick("2076");
    EXPECT_TRUE(desk.books().flat(kFlash));
    EXPECT_EQ(desk.sleeve(kFlash).last_order, 2U);
}

TEST(PairStatus, CancelOnlySendsNothing) {
    OpenDesk desk;
    open_position(desk);
    desk.set_status(kEthUsdt, PairStatus::CancelOnly);
    for (const char* price : {"1900", "1890", "1880"})
        desk.tick(price);
    EXPECT_EQ(desk.state(kFlash), "stuck");
    EXPECT_EQ(desk.sleeve(kFlash).last_order, 1U);
    EXPECT_EQ(decisions(desk, "sell", "not_trading"), 1U);
    desk.must(cmd::Liquidate{vault_target(kV1), ""});
    desk.tick("1880");
    EXPECT_EQ(desk.sleeve(kFlash).last_order, 1U);
    desk.set_status(kEthUsdt, PairStatus::ReduceOnly);
    desk.tick("1880");
    desk.tick("1880");
    EXPECT_TRUE(desk.books().flat(kFlash)) << "a sell is taken again";
    EXPECT_EQ(desk.state(kFlash), "halted");
}

TEST(PairStatus, ReduceOnlyEndsBuysAndSellsOn) {
    OpenDesk desk;
    desk.tick("2020");
    desk.set_status(kEthUsdt, PairStatus::ReduceOnly);
    EXPECT_EQ(ended(desk, OrderState::Expired, "pair_reduce_only"), 1U);
    desk.tick("2060");
    EXPECT_EQ(decisions(desk, "buy", "not_trading"), 1U);
    EXPECT_EQ(desk.state(kFlash), "idle");
}

// What a halt cut off is not in the windows, before and after a restart.
TEST(PairStatus, AfterAHaltThePastBeginsAnew) {
    OpenDesk desk;
    for (const char* price : {"2000", "2001", "2002", "2003"})
        desk.tick(price);
    ASSERT_EQ(desk.state(kFlash), "watching");
    desk.set_status(kEthUsdt, PairStatus::Halted);
    desk.tick("2100");
    ASSERT_TRUE(desk.restart()) << desk.difference();
    desk.set_status(kEthUsdt, PairStatus::Trading);
    desk.tick("2200");
    EXPECT_EQ(desk.state(kFlash), "warming_up");
    EXPECT_EQ(desk.sleeve(kFlash).slots.front().window->samples(), 1U);
    ASSERT_TRUE(desk.restart()) << desk.difference();
    desk.tick("2200");
    ASSERT_TRUE(desk.restart()) << desk.difference();
    EXPECT_EQ(desk.sleeve(kFlash).slots.front().window->samples(), 2U);
}

TEST(PairStatus, APriceThatCannotBeBelievedMovesNothing) {
    OpenDesk desk;
    open_position(desk);
    const Decimal value = flash_of(desk).unrealised;
    for (const char* price : {"20", "0", "60", "200000"}) {
        desk.tick(price);
        EXPECT_EQ(last_price(desk), "2020"_dec);
        EXPECT_EQ(flash_of(desk).unrealised, value);
        ASSERT_TRUE(desk.restart()) << desk.difference();
    }
    EXPECT_EQ(desk.events("price_refused"), 1U) << "told once";
    EXPECT_EQ(desk.sleeve(kFlash).last_order, 1U);
    EXPECT_EQ(flash_of(desk).positions.front().price_frozen, "refused");
    desk.tick("2021");
    EXPECT_EQ(last_price(desk), "2021"_dec);
    EXPECT_EQ(flash_of(desk).positions.front().price_frozen, "");
    ASSERT_TRUE(desk.restart()) << desk.difference();
    for (const char* price : {"900", "900", "900", "900"}) {  // as one candle's ticks
        desk.tick(price);
        EXPECT_EQ(last_price(desk), "2021"_dec);
        ASSERT_TRUE(desk.restart()) << desk.difference();
    }
    desk.tick("890");  // confirms it
    EXPECT_EQ(last_price(desk), "890"_dec);
    desk.tick("890");
    EXPECT_TRUE(desk.books().flat(kFlash));
    ASSERT_TRUE(desk.restart()) << desk.difference();
}

// A gap that a refused tick told of still ends what a gap ends.
TEST(PairStatus, AGapIsNotForgottenWithAWrongPrice) {
    OpenDesk desk;
    desk.tick("2001");
    desk.tick("2002");
    desk.tick_after(std::chrono::hours{2}, Price{"9"_dec}, kA1, /*gap=*/true);
    desk.tick("2003");
    EXPECT_EQ(desk.sleeve(kFlash).slots.front().window->samples(), 1U);
    ASSERT_TRUE(desk.restart()) << desk.difference();
}

TEST(PairStatus, AFeedOfWrongPricesHasNoPast) {
    OpenDesk desk;
    for (int i = 0; i < 300; ++i)
        desk.tick(i % 2 == 0 ? "1" : "900000");
    ASSERT_TRUE(desk.restart()) << desk.difference();
    desk.tick("2002");
    EXPECT_EQ(desk.sleeve(kFlash).slots.front().window->samples(), 1U);
    EXPECT_EQ(desk.events("price_refused"), 1U);
    ASSERT_TRUE(desk.restart()) << desk.difference();
}

TEST(PairStatus, ARaisedMinimumHoldsWhatIsTooSmallFromThenOn) {
    OpenDesk desk;
    open_position(desk);
    PairRules rules = desk_catalogue().at(kEthUsdt);
    rules.min_cost = "5000"_dec;
    desk.set_rules(rules);
    desk.tick("1900");
    desk.tick("1890");
    EXPECT_EQ(desk.state(kFlash), "stuck");
    EXPECT_EQ(flash_of(desk).idle_reason, "ETH/USDT is too little to be sold");
    ASSERT_TRUE(desk.restart()) << desk.difference();
    rules.min_cost = "10"_dec;
    desk.set_rules(rules);
    desk.tick("1890");
    desk.tick("1890");
    EXPECT_TRUE(desk.books().flat(kFlash));
}

TEST(PairStatus, ARenamedPairSaysItsNewNameAndIsNotSelectedAnew) {
    OpenDesk desk;
    PairRules rules = desk_catalogue().at(kBtcUsdt);
    rules.status = PairStatus::Delisted;
    rules.renamed_to = kEthUsdt;
    desk.set_rules(rules);
    const auto refused = desk.apply(cmd::SetPairs{kV1, {kBtcUsdt}, {}, false});
    ASSERT_TRUE(refused.has_value());
    EXPECT_EQ(refused->field(), "add");
    EXPECT_NE(refused->message().find("it is ETH/USDT now"), std::string::npos);
}

TEST(PairStatus, CoinsOfADelistedPairLeaveTheExchangeByHand) {
    OpenDesk desk;
    open_position(desk);
    desk.set_status(kEthUsdt, PairStatus::Delisted);
    const Decimal coins = desk.books().position(kFlash, asset("ETH"))->coins();
    EXPECT_TRUE(
        desk.apply(cmd::PaperTrade{kA1, kEthUsdt, Side::Sell, Quantity{coins}, Price{"2020"_dec}}));
    desk.must(cmd::PaperFunding{kA1, asset("ETH"), -coins});
    EXPECT_EQ(desk.state(kFlash), "needs_attention");
    desk.must(cmd::ResolvePosition{kV1, kFlash, kEthUsdt, cmd::ResolvePosition::As::Withdrawn,
                                   std::nullopt});
    EXPECT_TRUE(desk.books().flat(kFlash));
    EXPECT_EQ(desk.state(kFlash), "idle");
    EXPECT_TRUE(desk.vault().attention.empty());
}

}  // namespace
}  // namespace vault::engine::test
