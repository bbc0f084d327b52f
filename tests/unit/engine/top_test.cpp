// The page of `top` on a real shard: its figures are those of the other commands, its lists are cut
// and ordered as asked, and what needs a person is on it.
#include "daemon/engine/status_builder.hpp"
#include "daemon/engine/top_builder.hpp"
#include "daemon/engine/view_builder.hpp"
#include "tests/unit/engine/shard_desk.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace vault::engine::test {
namespace {

ports::TopView top(const ShardDesk& desk, const cmd::ShowTop& ask = {}) {
    return top_of(desk.world(), ask, {}, kStart);
}

std::string ids(const ports::TopView& view) {
    std::string out;
    for (const ports::TopVault& vault : view.vaults)
        out += to_text(vault.id) + " ";
    return out;
}

std::string alerts(const ports::TopView& view) {
    std::string out;
    for (const ports::TopAlert& alert : view.alerts)
        out += fmt::format("{} {} {}\n", alert.severity, alert.kind, alert.object);
    return out;
}

// ann has v1 as OpenDesk makes it, and v2 of USDC; bob has v3 with 500 USDT.
class Top : public testing::Test {
  protected:
    void SetUp() override {
        desk.must(cmd::CreateVault{kA1, asset("USDC"), "700"_dec});
        desk.must(cmd::CreateUser{"bob", Role::Member});
        desk.must(cmd::AddAccount{"bob", "paper", "b"});
        desk.must(cmd::CreateVault{AccountId{2}, asset("USDT"), "500"_dec});
    }
    OpenDesk desk;
};

TEST_F(Top, FiguresAreThoseOfTheOtherCommands) {
    open_position(desk);
    desk.tick("2030");
    const ports::TopView view = top(desk);
    ASSERT_EQ(view.vaults.size(), 3U);
    ASSERT_EQ(view.sleeves.size(), 6U);
    ASSERT_EQ(view.positions.size(), 1U);
    std::size_t sleeve = 0;
    for (const ports::TopVault& row : view.vaults) {
        const ports::VaultView whole = view_of(desk.world(), desk.vault(row.id));
        EXPECT_EQ(row.user, whole.user);
        EXPECT_EQ(row.state, whole.state);
        EXPECT_EQ(row.total, whole.total);
        EXPECT_EQ(row.tradeable, whole.tradeable);
        EXPECT_EQ(row.equity, whole.equity);
        EXPECT_EQ(row.unrealised, whole.quiet.unrealised + whole.flash.unrealised);
        EXPECT_EQ(row.realised, whole.quiet.realised + whole.flash.realised);
        for (const ports::SleeveView* one : {&whole.quiet, &whole.flash}) {
            const ports::TopSleeve& shown = view.sleeves[sleeve++];
            EXPECT_EQ(shown.vault, one->vault);
            EXPECT_EQ(shown.sleeve, one->sleeve);
            EXPECT_EQ(shown.state, one->state);
            EXPECT_EQ(shown.idle_reason, one->idle_reason);
            EXPECT_EQ(shown.cash, one->cash);
            EXPECT_EQ(shown.balance, one->balance);
            EXPECT_EQ(shown.equity, one->equity);
            EXPECT_EQ(shown.positions_cost, one->positions_cost);
        }
    }
    EXPECT_FALSE(view.vaults.front().unrealised.is_zero());
    EXPECT_EQ(view.vaults.front().today, view.vaults.front().unrealised);  // bought today
    const ports::StatusView status = status_of(desk.world(), {});
    EXPECT_EQ(view.status.vaults, 3U);
    EXPECT_EQ(view.status.open_positions, status.open_positions);
    EXPECT_EQ(view.status.entries, status.entries);
    EXPECT_EQ(view.status.sleeves, 6U);
}

TEST_F(Top, TodayEndsAtMidnight) {
    open_position(desk);
    desk.tick("2030");
    EXPECT_TRUE(top(desk).vaults.front().today.is_positive());
    desk.tick_after(std::chrono::hours{30}, Price{"2030"_dec});
    EXPECT_EQ(top(desk).vaults.front().today, kZero);
    desk.tick("2029");
    EXPECT_TRUE(top(desk).vaults.front().today.is_negative());
}

TEST_F(Top, OrdersAndCuts) {
    EXPECT_EQ(ids(top(desk)), "v1 v2 v3 ");
    cmd::ShowTop ask;
    ask.reverse = true;
    EXPECT_EQ(ids(top(desk, ask)), "v3 v2 v1 ");
    ask = {};
    ask.sort = ports::TopSort::Total;
    EXPECT_EQ(ids(top(desk, ask)), "v1 v2 v3 ");
    ask.reverse = true;
    ask.limit = 2;
    const ports::TopView cut = top(desk, ask);
    EXPECT_EQ(ids(cut), "v3 v2 ");
    EXPECT_EQ(cut.sleeves.size(), 4U);
    EXPECT_EQ(cut.matched.vaults, 3U);
    EXPECT_EQ(cut.matched.sleeves, 6U);
    ask = {};
    ask.sort = ports::TopSort::User;
    ask.reverse = true;
    EXPECT_EQ(ids(top(desk, ask)), "v3 v1 v2 ");  // equal ones by id, whatever the direction
}

TEST_F(Top, NarrowsToWhatIsAskedFor) {
    cmd::ShowTop ask;
    ask.user = "bob";
    EXPECT_EQ(ids(top(desk, ask)), "v3 ");
    EXPECT_EQ(top(desk, ask).status.vaults, 3U);
    ask = {};
    ask.account = kA1;
    EXPECT_EQ(ids(top(desk, ask)), "v1 v2 ");
    ask.match = "usdc";
    EXPECT_EQ(ids(top(desk, ask)), "v2 ");
    ask = {};
    ask.match = "nothing";
    EXPECT_EQ(top(desk, ask).matched.vaults, 0U);
    ask = {};
    ask.vault = kV1;
    desk.tick("2000");
    EXPECT_EQ(ids(top(desk, ask)), "v1 ");
    EXPECT_FALSE(top(desk, ask).decisions.empty());
    EXPECT_TRUE(top(desk).decisions.empty());
}

TEST_F(Top, OpenPositionsAreShownAlsoOfVaultsThatAreNot) {
    open_position(desk);
    cmd::ShowTop ask;
    ask.reverse = true;
    ask.limit = 1;
    const ports::TopView view = top(desk, ask);
    EXPECT_EQ(ids(view), "v3 ");
    ASSERT_EQ(view.positions.size(), 1U);
    EXPECT_EQ(view.positions.front().vault, kV1);
}

TEST_F(Top, ALiveOrderIsShownUntilItEnds) {
    desk.tick("2000");
    desk.tick("2020");
    const ports::TopView view = top(desk);
    ASSERT_EQ(view.orders.size(), 1U);
    EXPECT_EQ(view.matched.orders, 1U);
    EXPECT_EQ(view.orders.front().side, Side::Buy);
    EXPECT_EQ(view.orders.front().id.vault, kV1);
    EXPECT_TRUE(view.orders.front().requested.is_positive());
    desk.tick("2020");
    EXPECT_TRUE(top(desk).orders.empty());
}

TEST_F(Top, AlertsTellHoldsOfEveryLevelOnce) {
    EXPECT_EQ(alerts(top(desk)), "");
    desk.must(cmd::Pause{sleeve_target(kV1, kFlash), "a look"});
    desk.must(cmd::Pause{vault_target(VaultId{2}), ""});
    desk.must(cmd::Halt{user_target("bob"), "bob asked"});
    EXPECT_EQ(alerts(top(desk)),
              "warning halted bob\nwarning paused v1.flash\nwarning paused v2\n");
    desk.must(cmd::Halt{daemon_target(), "storm"});
    const ports::TopView view = top(desk);
    EXPECT_EQ(view.status.state, "halted");
    EXPECT_NE(view.alerts.front().message.find("storm"), std::string::npos);
    cmd::ShowTop ask;
    ask.limit = 1;
    const ports::TopView cut = top(desk, ask);
    EXPECT_EQ(cut.alerts.size(), 1U);
    EXPECT_EQ(cut.matched.alerts, 4U);
}

// Coins that two sleeves hold are sold behind the daemon's back: nobody knows whose they were.
TEST(TopAttention, WhatNeedsAPersonComesFirst) {
    OpenDesk desk{{.quiet = "1010", .flash = "2020"}};
    desk.must(cmd::CreateVault{kA1, asset("USDC"), "70000"_dec});
    desk.must(cmd::Pause{vault_target(VaultId{2}), ""});
    open_position(desk);
    desk.must(cmd::PaperTrade{kA1, kEthUsdt, Side::Sell, Quantity{"0.5"_dec}, std::nullopt});
    cmd::ShowTop ask;
    ask.sort = ports::TopSort::State;
    const ports::TopView view = top(desk, ask);
    EXPECT_EQ(ids(view), "v1 v2 ");
    EXPECT_EQ(view.vaults.front().alerts, 2U);
    EXPECT_EQ(alerts(view),
              "critical needs_attention v1.quiet\n"
              "critical needs_attention v1.flash\nwarning paused v2\n");
    EXPECT_NE(view.alerts.front().message.find("position resolve v1 quiet"), std::string::npos);
    EXPECT_EQ(view.status.attention, 2U);
    ask.reverse = true;
    EXPECT_EQ(ids(top(desk, ask)), "v2 v1 ");
}

TEST_F(Top, CountsWhatTheEngineDoes) {
    desk.tick("2000");
    const ports::TopActivity before = top(desk).activity;
    desk.tick("2000");
    desk.tick("2001");
    const ports::TopActivity after = top(desk).activity;
    EXPECT_EQ(after.ticks - before.ticks, 2U);
    EXPECT_EQ(after.evaluations - before.evaluations, 4U);  // both sleeves of v1
}

TEST_F(Top, IsRefusedForWhatIsNotThere) {
    cmd::ShowTop ask;
    ask.user = "nobody";
    EXPECT_EQ(desk.apply(ask)->field(), "user");
    ask = {};
    ask.vault = VaultId{9};
    EXPECT_EQ(desk.apply(ask)->code(), Errc::NotFound);
    ask = {};
    ask.account = AccountId{9};
    EXPECT_EQ(desk.apply(ask)->field(), "account");
    EXPECT_FALSE(desk.apply(cmd::ShowTop{}));
}

}  // namespace
}  // namespace vault::engine::test
