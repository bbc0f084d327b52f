// Accounts come, and go when nothing depends on them.
#include "tests/unit/engine/shard_desk.hpp"

#include <gtest/gtest.h>

namespace vault::engine::test {
namespace {

namespace cmd = ports::cmd;

constexpr AccountId kSecond{2};

TEST(RemoveAccount, AnswersNoCommandAfterwardsAndStaysRemoved) {
    OpenDesk desk;
    desk.must(cmd::AddAccount{"ann", "paper", "second"});
    EXPECT_FALSE(desk.apply(cmd::RemoveAccount{kSecond}, {}, true));
    desk.must(cmd::RemoveAccount{kSecond});
    const auto gone = [&] {
        for (const ports::Command& command :
             {ports::Command{cmd::RemoveAccount{kSecond}},
              ports::Command{cmd::CreateVault{kSecond, Asset::parse("USDT").value(), {}}},
              ports::Command{cmd::ReplayStop{kSecond}}}) {
            const auto error = desk.apply(command);
            ASSERT_TRUE(error);
            EXPECT_EQ(error->code(), Errc::NotFound);
            EXPECT_EQ(error->field(), "account");
        }
        const auto taken = desk.apply(cmd::AddAccount{"ann", "paper", "second"});
        ASSERT_TRUE(taken);
        EXPECT_EQ(taken->code(), Errc::Exists);
    };
    gone();
    ASSERT_TRUE(desk.restart()) << desk.difference();
    gone();
    desk.must(cmd::AddAccount{"ann", "paper", "third"});
    EXPECT_EQ(desk.world().accounts.back().row.id, AccountId{3});
}

TEST(RemoveAccount, IsRefusedWhileSomethingDependsOnIt) {
    OpenDesk desk;
    const auto has_vault = desk.apply(cmd::RemoveAccount{kA1});
    ASSERT_TRUE(has_vault);
    EXPECT_EQ(has_vault->code(), Errc::WrongState);
    desk.must(cmd::AddAccount{"ann", "paper", "second"});
    desk.start_replay(kSecond, kEthUsdt, "2000");
    const auto replays = desk.apply(cmd::RemoveAccount{kSecond});
    ASSERT_TRUE(replays);
    EXPECT_EQ(replays->code(), Errc::WrongState);
    EXPECT_NE(replays->hint().find("replay stop --account a2"), std::string::npos);
    desk.must(cmd::ReplayStop{kSecond});
    desk.must(cmd::RemoveAccount{kSecond});
}

}  // namespace
}  // namespace vault::engine::test
