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

TEST(RemoveAccount, IsRefusedWhileItHasMoney) {
    OpenDesk desk;
    desk.must(cmd::AddAccount{"ann", "paper", "second"});
    desk.must(cmd::PaperFunding{kSecond, asset("USDT"), "50"_dec});
    const auto has_money = desk.apply(cmd::RemoveAccount{kSecond}, {}, true);
    ASSERT_TRUE(has_money);
    EXPECT_EQ(has_money->code(), Errc::WrongState);
    EXPECT_EQ(has_money->field(), "account");
    EXPECT_NE(has_money->message().find("50 USDT"), std::string::npos) << has_money->message();
    EXPECT_EQ(has_money->hint(), "take it out first: vaultctl account withdraw a2 USDT 50");
    EXPECT_TRUE(desk.apply(cmd::RemoveAccount{kSecond}));
    desk.must(cmd::PaperFunding{kSecond, asset("USDT"), -"50"_dec});
    desk.must(cmd::RemoveAccount{kSecond});
    const auto has_vault = desk.apply(cmd::RemoveAccount{kA1});
    ASSERT_TRUE(has_vault);
    EXPECT_NE(has_vault->message().find("v1 with 10000 USDT"), std::string::npos)
        << has_vault->message();
}

TEST(CreateVault, HasATimeBeforeTheFirstPrice) {
    ShardDesk desk;
    desk.must(cmd::CreateUser{"ann", Role::Member});
    desk.must(cmd::AddAccount{"ann", "paper", {}});
    desk.must(cmd::CreateVault{kA1, asset("USDT"), {}});
    EXPECT_EQ(desk.vault().row.created_at, desk.clock().now());  // the account's clock stands still
    const UtcTime created = desk.vault().row.created_at;
    ASSERT_TRUE(desk.restart()) << desk.difference();
    EXPECT_EQ(desk.vault().row.created_at, created);
}

TEST(Lists, ANameThatIsNotThereIsAnError) {
    OpenDesk desk;
    for (const ports::Command& command : {ports::Command{cmd::ListVaults{{.user = "nobody"}}},
                                          ports::Command{cmd::ListMarks{{.account = AccountId{9}}}},
                                          ports::Command{cmd::ListMarks{{.vault = VaultId{9}}}},
                                          ports::Command{cmd::ListAccounts{"nobody"}}}) {
        const auto error = desk.apply(command);
        ASSERT_TRUE(error);
        EXPECT_EQ(error->code(), Errc::NotFound);
    }
    desk.must(cmd::ListVaults{{kV1, kA1, "ann"}});
}

}  // namespace
}  // namespace vault::engine::test
