// What is sent when: back-off, quiet hours, digests, the end of trying; all with a clock that the
// test moves.
#include "daemon/notify/outbox.hpp"

#include "daemon/notify/message.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace vault::notify {
namespace {

using ports::AlertRow;
using ports::DeliveryState;
using ports::Severity;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const UtcTime kNoon = parse_utc("2026-03-01T12:00:00Z").value();

AlertRow alert(std::uint32_t id, Severity severity = Severity::Warning) {
    AlertRow row;
    row.id = AlertId{id};
    row.severity = severity;
    row.kind = "cap_tripped";
    row.subject = "v1.flash";
    row.user_name = "ann";
    row.message = "max_daily_loss";
    row.next = "vaultctl sleeve resume v1 flash";
    row.first_at = row.last_at = kNoon;
    row.deliveries = {{.target = "ops"}};
    return row;
}

AlertRow tried(AlertRow row, std::uint32_t tries, UtcTime first, UtcTime last) {
    row.deliveries[0].tries = tries;
    row.deliveries[0].first_try = first;
    row.deliveries[0].last_try = last;
    return row;
}

class OutboxTest : public testing::Test {
  protected:
    OutboxTest() {
        rules.retry_after = seconds{10};
        rules.give_up_after = hours{24};
        rules.targets = {{.to = {.name = "ops", .url = "http://x/"}}};
        outbox.configure(rules);
    }
    void quiet(int from, int to) {
        rules.targets[0].quiet = {hours{from}, hours{to}};
        outbox.configure(rules);
    }
    std::vector<std::uint32_t> due(UtcTime now) {
        std::vector<std::uint32_t> ids;
        for (const Parcel& parcel : outbox.take_due(now)) {
            for (const AlertRow& row : parcel.alerts)
                ids.push_back(row.id.value);
            outbox.came_back(parcel.target.to.name);
        }
        return ids;
    }
    using Ids = std::vector<std::uint32_t>;

    Rules rules;
    Outbox outbox;
};

TEST_F(OutboxTest, SendsWhatIsNewAtOnceAndOneMessageAtATime) {
    outbox.adopt({{alert(1)}});
    const auto parcels = outbox.take_due(kNoon);
    ASSERT_EQ(parcels.size(), 1U);
    outbox.adopt({{alert(2)}});
    EXPECT_TRUE(outbox.take_due(kNoon).empty()) << "the target has a message under way";
    AlertRow delivered = alert(1);
    delivered.deliveries[0].state = DeliveryState::Delivered;
    outbox.adopt({{delivered}});
    outbox.came_back("ops");
    EXPECT_EQ(due(kNoon), Ids{2});
}

TEST_F(OutboxTest, TriesAgainAfterTwiceAsLongEachTime) {
    Duration wait = seconds{10};
    for (std::uint32_t tries = 1; tries < 40; ++tries) {
        outbox.adopt({{tried(alert(1), tries, kNoon, kNoon)}});
        EXPECT_EQ(due(kNoon + wait - Duration{1}), Ids{}) << tries;
        EXPECT_EQ(outbox.next_due(kNoon), kNoon + wait) << tries;
        EXPECT_EQ(due(kNoon + wait), Ids{1}) << tries;
        wait = std::min<Duration>(wait * 2, minutes{15});
    }
}

TEST_F(OutboxTest, ANewAlertTakesAlongWhatWaitsForAnotherTry) {
    outbox.adopt({{tried(alert(1), 9, kNoon, kNoon)}});
    EXPECT_EQ(due(kNoon + seconds{1}), Ids{});
    outbox.adopt({{alert(2)}});
    EXPECT_EQ(due(kNoon + seconds{1}), (Ids{1, 2}));
}

TEST_F(OutboxTest, AClockThatWasPutBackHoldsNothing) {
    outbox.adopt({{tried(alert(1), 3, kNoon + hours{5}, kNoon + hours{5})}});
    EXPECT_EQ(due(kNoon), Ids{1});
}

TEST_F(OutboxTest, QuietHoursHoldAllButTheCriticalAndEndInOneDigest) {
    quiet(11, 14);
    outbox.adopt({{alert(1), alert(2, Severity::Critical), alert(3, Severity::Info)}});
    EXPECT_EQ(due(kNoon), Ids{2});
    AlertRow told = alert(2, Severity::Critical);
    told.deliveries[0].state = DeliveryState::Delivered;
    outbox.adopt({{told}});
    EXPECT_EQ(due(kNoon), Ids{});
    EXPECT_EQ(outbox.next_due(kNoon), kNoon + hours{2});
    outbox.adopt({{alert(4)}});
    EXPECT_EQ(due(kNoon + hours{2} - Duration{1}), Ids{});
    EXPECT_EQ(due(kNoon + hours{2}), (Ids{1, 4, 3})) << "one message, the graver first";
}

TEST_F(OutboxTest, ATestWaitsForNothingAndIsTriedOnce) {
    quiet(11, 14);
    AlertRow test = alert(1, Severity::Info);
    test.kind = ports::kTestAlert;
    outbox.adopt({{test, alert(2, Severity::Critical)}});
    const auto parcels = outbox.take_due(kNoon);
    ASSERT_EQ(parcels.size(), 1U);
    ASSERT_EQ(parcels[0].alerts.size(), 2U);
    const auto outcomes = outbox.outcomes(parcels[0], "answered 500", kNoon);
    ASSERT_EQ(outcomes.size(), 2U);
    EXPECT_EQ(outcomes[0].state, DeliveryState::Pending);
    EXPECT_EQ(outcomes[0].alerts, std::vector{AlertId{2}});
    EXPECT_EQ(outcomes[1].state, DeliveryState::GivenUp);
    EXPECT_EQ(outcomes[1].alerts, std::vector{AlertId{1}});
    EXPECT_EQ(outcomes[1].problem, "answered 500");
}

TEST_F(OutboxTest, GivesUpWhatHasFailedForLongButNotWhatIsNew) {
    outbox.adopt({{tried(alert(1), 100, kNoon, kNoon + hours{23}), alert(2)}});
    const UtcTime now = kNoon + hours{24};
    const auto parcels = outbox.take_due(now);
    ASSERT_EQ(parcels.size(), 1U);
    const auto outcomes = outbox.outcomes(parcels[0], "no", now);
    ASSERT_EQ(outcomes.size(), 2U);
    EXPECT_EQ(outcomes[0].alerts, std::vector{AlertId{2}});
    EXPECT_EQ(outcomes[1].state, DeliveryState::GivenUp);
    EXPECT_EQ(outcomes[1].alerts, std::vector{AlertId{1}});
    const auto good = outbox.outcomes(parcels[0], "", now);
    ASSERT_EQ(good.size(), 1U);
    EXPECT_EQ(good[0].state, DeliveryState::Delivered);
}

TEST_F(OutboxTest, AMessageHoldsFiftyAndTheRestGoesNext) {
    std::vector<AlertRow> many;
    for (std::uint32_t id = 1; id <= 60; ++id)
        many.push_back(alert(id));
    outbox.adopt({many});
    EXPECT_EQ(due(kNoon).size(), 50U);
    for (AlertRow& row : many)
        if (row.id.value <= 50) row.deliveries[0].state = DeliveryState::Delivered;
    outbox.adopt({many, true});
    EXPECT_EQ(due(kNoon).size(), 10U);
}

TEST_F(OutboxTest, WhatItsTargetHasLeftIsGivenUp) {
    AlertRow row = alert(1);
    row.deliveries.push_back({.target = "gone"});
    outbox.adopt({{row}});
    const auto orphans = outbox.take_orphans();
    ASSERT_EQ(orphans.size(), 1U);
    EXPECT_EQ(orphans[0].route, "gone");
    EXPECT_EQ(orphans[0].state, DeliveryState::GivenUp);
    EXPECT_FALSE(orphans[0].tried);
    EXPECT_EQ(due(kNoon), Ids{1});
}

TEST_F(OutboxTest, AWholePageReplacesWhatWaited) {
    outbox.adopt({{alert(1), alert(2)}});
    outbox.adopt({{alert(3)}, true});
    EXPECT_EQ(outbox.waiting(), 1U);
    EXPECT_EQ(due(kNoon), Ids{3});
}

TEST_F(OutboxTest, TheLastTryIsNotLaterThanTheEndOfTrying) {
    rules.retry_after = hours{1};
    rules.give_up_after = minutes{1};
    outbox.configure(rules);
    outbox.adopt({{tried(alert(1), 1, kNoon, kNoon)}});
    EXPECT_EQ(due(kNoon + seconds{59}), Ids{});
    EXPECT_EQ(due(kNoon + minutes{1}), Ids{1});
}

TEST_F(OutboxTest, TheTextIsForPeople) {
    AlertRow second = alert(8, Severity::Critical);
    second.subject.clear();
    second.user_name.clear();
    second.count = 3;
    const Parcel parcel{rules.targets[0], {alert(7), second}};
    const ports::Message message = make_message(parcel, "core-vault", kNoon);
    EXPECT_EQ(message.subject, "[core-vault] warning cap_tripped v1.flash and 1 more");
    EXPECT_EQ(message.text,
              "2026-03-01T12:00:00.000Z warning cap_tripped v1.flash of ann\n"
              "max_daily_loss\n"
              "do: vaultctl sleeve resume v1 flash\n"
              "core-vault:n7:1772366400000\n\n"
              "2026-03-01T12:00:00.000Z critical cap_tripped\n"
              "max_daily_loss\n"
              "3 times since 2026-03-01T12:00:00.000Z\n"
              "do: vaultctl sleeve resume v1 flash\n"
              "core-vault:n8:1772366400000\n\n");
}

TEST_F(OutboxTest, TheMessageNamesEachAlertTheSameWayHoweverOftenItIsSent) {
    const auto sent = [&](std::uint32_t tries, Duration after) {
        const Parcel parcel{rules.targets[0], {tried(alert(7), tries, kNoon, kNoon)}};
        return boost::json::parse(make_message(parcel, "core-vault", kNoon + after).json);
    };
    const auto first = sent(0, Duration{0}), again = sent(3, minutes{5});
    const auto& one = first.at("alerts").at(0);
    const auto& two = again.at("alerts").at(0);
    EXPECT_EQ(one.at("delivery"), two.at("delivery"));
    EXPECT_EQ(one.at("delivery"), "core-vault:n7:1772366400000");
    EXPECT_EQ(one.at("try"), 1);
    EXPECT_EQ(two.at("try"), 4);
    EXPECT_EQ(one.at("severity"), "warning");
    EXPECT_EQ(one.at("subject"), "v1.flash");
    EXPECT_EQ(one.at("first_at"), "2026-03-01T12:00:00.000Z");
    EXPECT_EQ(again.at("sent_at"), "2026-03-01T12:05:00.000Z");
    EXPECT_EQ(again.at("target"), "ops");
}

}  // namespace
}  // namespace vault::notify
