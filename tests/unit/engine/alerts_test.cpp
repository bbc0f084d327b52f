// Alerts: what becomes one, who is told, what only counts, and that a restart forgets nothing.
#include "daemon/engine/alerts.hpp"

#include "tests/unit/engine/shard_desk.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace vault::engine::test {
namespace {

using ports::AlertRow;
using ports::DeliveryState;
using ports::Severity;
using std::chrono::hours;
using std::chrono::minutes;

cmd::Raise raise(std::string kind, Severity severity = Severity::Warning,
                 std::string subject = "v1.flash") {
    return {severity, std::move(kind), std::move(subject), "words"};
}

class AlertsTest : public testing::Test {
  protected:
    AlertsTest() {
        EngineOptions options;
        options.alerts.repeat_after = hours{1};
        options.alerts.routes = {{"ops", Severity::Warning, {}},
                                 {"pager", Severity::Critical, {}},
                                 {"bobs", Severity::Info, {"bob"}},
                                 {"anns", Severity::Info, {"ann"}}};
        desk.configure(options);
    }
    std::vector<AlertRow> rows() const {
        std::vector<AlertRow> out;
        for (const AlertRow& row : desk.world().alerts.slots())
            if (row.id != AlertId{}) out.push_back(row);
        std::ranges::sort(out, {}, &AlertRow::id);
        return out;
    }
    std::vector<std::string> told(const AlertRow& row) const {
        std::vector<std::string> names;
        for (const ports::Delivery& delivery : row.deliveries)
            names.push_back(delivery.target);
        return names;
    }
    using Names = std::vector<std::string>;

    OpenDesk desk;
};

TEST_F(AlertsTest, SeverityAndUserChooseTheTargets) {
    desk.must(raise("a", Severity::Warning));
    desk.must(raise("b", Severity::Critical));
    desk.must(raise("c", Severity::Info));
    ASSERT_EQ(rows().size(), 2U) << "an info event is no alert unless its kind says so";
    EXPECT_EQ(told(rows()[0]), Names{"ops"}) << "nobody's alerts are for targets without users";
    EXPECT_EQ(told(rows()[1]), (Names{"ops", "pager"}));
    desk.must(cmd::PaperFunding{kA1, asset("USDT"), dec("5")});
    ASSERT_EQ(rows().size(), 3U);
    EXPECT_EQ(rows()[2].kind, "deposit_booked");
    EXPECT_EQ(rows()[2].severity, Severity::Info);
    EXPECT_EQ(rows()[2].user_name, "ann");
    EXPECT_EQ(rows()[2].next, "nothing; vaultctl vault show v1 shows the new figures");
    EXPECT_EQ(told(rows()[2]), Names{"anns"});
    EXPECT_TRUE(desk.restart()) << desk.difference();
    EXPECT_EQ(rows().size(), 3U);
}

TEST_F(AlertsTest, AnAlertIsInTheBatchOfItsEvent) {
    desk.must(raise("a"));
    const ports::Batch& batch = desk.last();
    const auto is_alert = [](const ports::StateRow& row) { return row.kind == kAlertState; };
    EXPECT_EQ(batch.events.size(), 1U);
    EXPECT_EQ(std::ranges::count_if(batch.states, is_alert), 1);
    EXPECT_TRUE(batch.audits.empty()) << "nobody's command";
}

TEST_F(AlertsTest, TheSameAgainOnlyCountsUntilTheWindowIsOver) {
    desk.must(raise("a"));
    desk.clock().advance(minutes{59});
    desk.must(raise("a"));
    desk.must(raise("a", Severity::Warning, "v1.quiet"));
    ASSERT_EQ(rows().size(), 2U);
    EXPECT_EQ(rows()[0].count, 2U);
    EXPECT_EQ(rows()[0].last_at - rows()[0].first_at, minutes{59});
    EXPECT_TRUE(desk.restart()) << desk.difference();
    desk.must(raise("a"));
    EXPECT_EQ(rows()[0].count, 3U) << "a restart has forgotten the window";
    desk.clock().advance(minutes{1});
    desk.must(raise("a"));
    ASSERT_EQ(rows().size(), 3U);
    EXPECT_EQ(rows()[2].count, 1U);
}

// A pair is the subject of many users' alerts.
TEST_F(AlertsTest, UsersAlertsAboutOneSubjectAreNotEachOthers) {
    desk.must(cmd::CreateUser{"bob", Role::Member});
    desk.must(cmd::AddAccount{"bob", "paper", ""});
    desk.start_replay(AccountId{2}, kEthUsdt, "2000");
    for (const AccountId account : {kA1, AccountId{2}})
        desk.tick("2000", account);
    for (const AccountId account : {kA1, AccountId{2}})
        desk.tick("9", account);
    std::map<std::string, AlertRow> refused;
    for (const AlertRow& row : rows())
        if (row.kind == "price_refused") refused[row.user_name] = row;
    ASSERT_EQ(refused.size(), 2U);
    EXPECT_EQ(refused["bob"].count, 1U);
    EXPECT_NE(refused["bob"].message.find("a2:"), std::string::npos);
    EXPECT_NE(refused["ann"].message.find("a1:"), std::string::npos);
    EXPECT_TRUE(std::ranges::count(told(refused["bob"]), "bobs"));
}

TEST_F(AlertsTest, WhatHappensAgainAfterAPersonHasSeenItIsTold) {
    desk.must(raise("a", Severity::Critical));
    desk.must(cmd::SeeAlerts{AlertId{1}});
    desk.must(raise("a", Severity::Critical));
    ASSERT_EQ(rows().size(), 2U);
    EXPECT_FALSE(rows()[1].seen_at.has_value());
    EXPECT_EQ(told(rows()[1]), (Names{"ops", "pager"}));
    EXPECT_TRUE(desk.restart()) << desk.difference();
    desk.must(raise("a", Severity::Critical));
    EXPECT_EQ(rows()[1].count, 2U);
}

TEST_F(AlertsTest, WhatGrowsGraverIsTold) {
    desk.must(raise("a", Severity::Warning));
    desk.must(raise("a", Severity::Critical));
    ASSERT_EQ(rows().size(), 2U);
    EXPECT_EQ(told(rows()[1]), (Names{"ops", "pager"}));
    desk.must(raise("a", Severity::Warning));
    EXPECT_EQ(rows().size(), 2U);
}

TEST_F(AlertsTest, HowATryEndedIsKeptAndADeliveryThatIsOverStaysSo) {
    desk.must(raise("a", Severity::Critical));
    desk.must(cmd::SettleDelivery{{AlertId{1}}, "ops", DeliveryState::Pending, "answered 500"});
    EXPECT_EQ(rows()[0].deliveries[0].tries, 1U);
    EXPECT_EQ(rows()[0].deliveries[0].problem, "answered 500");
    EXPECT_TRUE(desk.restart()) << desk.difference();
    EXPECT_EQ(rows()[0].deliveries[0].tries, 1U);
    desk.must(cmd::SettleDelivery{{AlertId{1}, AlertId{99}}, "ops", DeliveryState::Delivered, ""});
    desk.must(cmd::SettleDelivery{{AlertId{1}}, "ops", DeliveryState::Delivered, ""});
    desk.must(cmd::SettleDelivery{{AlertId{1}}, "ops", DeliveryState::Pending, "late"});
    EXPECT_EQ(rows()[0].deliveries[0].state, DeliveryState::Delivered);
    EXPECT_EQ(rows()[0].deliveries[0].tries, 2U);
    EXPECT_EQ(rows()[0].deliveries[1].state, DeliveryState::Pending) << "the pager's own";
}

TEST_F(AlertsTest, WhoHasSeenAnAlertIsNotToldAnyMore) {
    desk.must(raise("a"));
    desk.must(raise("b"));
    EXPECT_EQ(desk.apply(cmd::SeeAlerts{AlertId{7}})->code(), Errc::NotFound);
    EXPECT_FALSE(desk.apply(cmd::SeeAlerts{AlertId{1}}, "k", true)) << "a dry run";
    EXPECT_FALSE(rows()[0].seen_at.has_value());
    desk.must(cmd::SeeAlerts{AlertId{1}});
    EXPECT_TRUE(rows()[0].seen_at.has_value());
    EXPECT_EQ(rows()[0].deliveries[0].state, DeliveryState::GivenUp);
    EXPECT_FALSE(rows()[1].seen_at.has_value());
    desk.must(cmd::SeeAlerts{});
    EXPECT_TRUE(rows()[1].seen_at.has_value());
    EXPECT_TRUE(desk.restart()) << desk.difference();
}

TEST_F(AlertsTest, ATestGoesToTheTargetThatIsNamedWhateverItsSeverity) {
    desk.must(cmd::TestAlert{"pager"});
    ASSERT_EQ(rows().size(), 1U);
    EXPECT_EQ(told(rows()[0]), Names{"pager"});
    desk.must(cmd::TestAlert{});
    ASSERT_EQ(rows().size(), 2U) << "a second test does not only count";
    EXPECT_EQ(rows()[1].deliveries.size(), 4U);
    EXPECT_FALSE(desk.apply(cmd::TestAlert{"ops"}, "k", true));
    EXPECT_EQ(rows().size(), 2U) << "a dry run";
    EXPECT_EQ(desk.apply(cmd::TestAlert{"nobody"})->code(), Errc::NotFound);
}

TEST_F(AlertsTest, TheOldestThatWaitsForNobodyMakesRoom) {
    desk.must(raise("kept", Severity::Critical));
    const auto many = static_cast<std::uint32_t>(Alerts::kKept) + 20;
    for (std::uint32_t i = 2; i <= many; ++i) {
        desk.must(raise("k" + std::to_string(i)));
        desk.must(cmd::SettleDelivery{{AlertId{i}}, "ops", DeliveryState::Delivered, ""});
    }
    ASSERT_EQ(rows().size(), Alerts::kKept);
    EXPECT_EQ(rows().front().kind, "kept");
    EXPECT_EQ(rows()[1].id, AlertId{many - static_cast<std::uint32_t>(Alerts::kKept) + 2});
    EXPECT_EQ(rows().back().id, AlertId{many});
    desk.must(raise("k" + std::to_string(many)));
    EXPECT_EQ(rows().back().count, 2U);
    desk.must(raise("k5"));
    EXPECT_EQ(rows().back().id, AlertId{many + 1}) << "a slot that was taken over is found no more";
    EXPECT_TRUE(desk.restart()) << desk.difference();
}

TEST(AlertCodec, WhatIsNotRightInTheStoreIsRefused) {
    AlertRow row;
    row.id = AlertId{3};
    row.message = "\"quoted\" and é";
    row.seen_at = kStart;
    row.deliveries = {{.target = "ops", .tries = 2, .first_try = kStart, .problem = "x"}};
    const std::string text = save_alert(row);
    ASSERT_TRUE(load_alert(text).has_value());
    EXPECT_EQ(load_alert(text).value(), row);
    for (const std::string& bad :
         {std::string{"{}"}, text.substr(1), std::string{"[]"}, std::string{R"({"id":-1})"}}) {
        const auto loaded = load_alert(bad);
        ASSERT_FALSE(loaded.has_value()) << bad;
        EXPECT_EQ(loaded.error().code(), Errc::StoreInvalid);
    }
}

}  // namespace
}  // namespace vault::engine::test
