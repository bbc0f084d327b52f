// What the shard leaves in the audit trail: one row for each command that changed something or was
// refused, none for questions, dry runs and repeated calls.
#include "tests/unit/engine/shard_desk.hpp"

#include <gtest/gtest.h>

namespace vault::engine::test {
namespace {

class AuditTrail : public testing::Test {
  protected:
    AuditTrail() { world_of_one(); }
    void world_of_one() {
        desk.must(cmd::CreateUser{"alice", Role::Member});
        desk.must(cmd::AddAccount{"alice", "paper", ""});
    }
    std::vector<ports::AuditRow> rows() { return desk.reader().audits({}).value(); }
    ports::AuditRow last() { return rows().back(); }

    ShardDesk desk;
};

TEST_F(AuditTrail, WhatWasDoneIsThereWithWhoAndAboutWhat) {
    ASSERT_EQ(rows().size(), 2U);
    EXPECT_EQ(rows()[0].object, "u1");
    EXPECT_EQ(rows()[0].user, UserId{1});
    EXPECT_EQ(rows()[1].object, "a1");
    EXPECT_EQ(rows()[1].user, UserId{1});
    desk.must(cmd::Pause{daemon_target(), "tea"});
    EXPECT_EQ(last().object, "");
    EXPECT_EQ(last().user, UserId{});
    EXPECT_EQ(last().actor, "ann");
    EXPECT_EQ(last().outcome, "applied");
    EXPECT_EQ(last().message, "");
    EXPECT_EQ(last().at, desk.clock().now());
    desk.must(cmd::Resume{user_target("alice"), ""});
    EXPECT_EQ(last().object, "u1");
    EXPECT_EQ(last().user, UserId{1});
}

TEST_F(AuditTrail, WhatWasRefusedIsThereAndChangedNothingElse) {
    const std::string before = describe(desk.world());
    ASSERT_TRUE(desk.apply(cmd::SetTradeable{VaultId{9}, dec("5")}));
    EXPECT_EQ(last().object, "v9");
    EXPECT_EQ(last().user, UserId{});
    EXPECT_EQ(last().outcome, "refused");
    EXPECT_EQ(last().message, "there is no vault v9");
    ASSERT_TRUE(desk.apply(cmd::CreateUser{"alice", Role::Admin}));
    EXPECT_EQ(last().object, "u1");
    EXPECT_EQ(last().outcome, "refused");
    EXPECT_EQ(describe(desk.world()), before);
}

TEST_F(AuditTrail, QuestionsDryRunsAndRepeatedCallsLeaveNothing) {
    desk.must(cmd::ListVaults{});
    ASSERT_TRUE(desk.apply(cmd::ShowVault{VaultId{9}}));
    ASSERT_FALSE(desk.apply(cmd::CreateUser{"bob", Role::Member}, "k1", true));
    ASSERT_TRUE(desk.apply(cmd::CreateUser{"alice", Role::Member}, "k2", true));
    EXPECT_EQ(rows().size(), 2U);
    ASSERT_FALSE(desk.apply(cmd::CreateUser{"bob", Role::Member}, "k3"));
    ASSERT_FALSE(desk.apply(cmd::CreateUser{"bob", Role::Member}, "k3"));
    EXPECT_EQ(rows().size(), 3U);
}

TEST_F(AuditTrail, TheChainGoesOnAfterARestart) {
    desk.restart();
    desk.must(cmd::CreateUser{"bob", Role::Member});
    desk.restart();
    ASSERT_TRUE(desk.apply(cmd::CreateUser{"bob", Role::Member}));
    const auto trail = rows();
    ASSERT_EQ(trail.size(), 4U);
    ports::AuditVerifier verifier;
    for (const ports::AuditRow& row : trail)
        ASSERT_TRUE(verifier.next(row)) << row.seq;
    EXPECT_TRUE(desk.store().prove());
}

}  // namespace
}  // namespace vault::engine::test
