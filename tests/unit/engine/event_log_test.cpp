// The event log: what a batch's rows say happened, in the order of the account's clock, with
// numbers that never skip nor repeat.
#include "daemon/engine/event_log.hpp"

#include "tests/unit/engine/shard_desk.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <algorithm>

namespace vault::engine::test {
namespace {

const ports::EventRow* newest(const ports::Batch& batch, std::string_view type) {
    const auto found = std::find_if(batch.events.rbegin(), batch.events.rend(),
                                    [&](const ports::EventRow& row) { return row.type == type; });
    return found == batch.events.rend() ? nullptr : &*found;
}

std::string figure(const ports::EventRow& row, std::string_view name) {
    const auto data = boost::json::parse(row.data_json);
    const auto* value = data.as_object().if_contains(name);
    return value == nullptr ? "(none)" : std::string(value->as_string());
}

void expect_dense(const std::vector<ports::EventRow>& events, std::uint64_t first) {
    for (const ports::EventRow& row : events) {
        ASSERT_EQ(row.seq, first) << row.type;
        ++first;
    }
}

// Buys at 2020, sells at 2090 what rose to 2110: a gain of 35, which Flash sweeps.
void one_cycle(ShardDesk& desk) {
    open_position(desk);
    for (const char* price : {"2110", "2090", "2090"})
        desk.tick(price);
}

TEST(EventLog, TellsACycleFromItsOrdersToItsSweep) {
    OpenDesk desk{{.flash = "1010"}};
    one_cycle(desk);
    const ports::Batch& last = desk.last();  // of the tick that sold
    const ports::EventRow* const fill = newest(last, "fill");
    ASSERT_NE(fill, nullptr);
    EXPECT_EQ(fill->object, "v1.flash.2");
    EXPECT_EQ(fill->severity, "info");
    EXPECT_EQ(figure(*fill, "side"), "sell");
    EXPECT_EQ(figure(*fill, "price"), "2090");
    EXPECT_EQ(figure(*fill, "quantity"), "0.5");
    EXPECT_EQ(fill->message, "sell 0.5 ETH at 2090 for 1045 USDT, fee 0 USDT");
    ASSERT_NE(newest(last, "order_filled"), nullptr);
    EXPECT_EQ(newest(last, "order_filled")->object, "v1.flash.2");
    ASSERT_NE(newest(last, "cycle_closed"), nullptr);
    EXPECT_EQ(figure(*newest(last, "cycle_closed"), "realised"), "35");
    const ports::EventRow* const sweep = newest(last, desk.all().sweeps.back().kind);
    ASSERT_NE(sweep, nullptr);
    EXPECT_EQ(sweep->object, "v1.flash");
    EXPECT_EQ(figure(*sweep, "amount"), "35");
    for (const ports::EventRow& row : last.events)
        EXPECT_EQ(row.owner.account, kA1) << row.type;
}

TEST(EventLog, NumbersAreDenseAndGoOnAfterARestart) {
    OpenDesk desk{{.flash = "1010"}};
    one_cycle(desk);
    desk.must(cmd::Pause{sleeve_target(kV1, kFlash), "lunch"});
    ASSERT_NE(newest(desk.last(), "pause"), nullptr) << desk.last().events.size();
    EXPECT_EQ(newest(desk.last(), "pause")->object, "v1.flash");
    EXPECT_NE(newest(desk.last(), "pause")->message.find("lunch"), std::string::npos);
    const std::size_t before = desk.all().events.size();
    ASSERT_GT(before, 8U);
    expect_dense(desk.all().events, 1);
    EXPECT_EQ(desk.shard().last_event(), before);
    ASSERT_TRUE(desk.restart()) << desk.difference();
    EXPECT_EQ(desk.shard().last_event(), before);
    desk.must(cmd::Resume{sleeve_target(kV1, kFlash), ""});
    EXPECT_GT(desk.all().events.size(), before);
    expect_dense(desk.all().events, 1);
}

TEST(EventLog, ARefusedOrRehearsedCommandTellsNothing) {
    OpenDesk desk{{.flash = "1010"}};
    const std::size_t before = desk.all().events.size();
    EXPECT_TRUE(desk.apply(cmd::SetTradeable{kV1, "99999999"_dec}));
    EXPECT_FALSE(desk.apply(cmd::Pause{vault_target(kV1), ""}, "k", true));
    EXPECT_EQ(desk.all().events.size(), before);
    EXPECT_EQ(desk.shard().last_event(), before);
}

TEST(EventLog, ABatchIsToldInTheOrderOfItsClock) {
    OpenDesk desk{{.flash = "1010"}};
    ports::Batch batch;
    const ports::Owner owner{UserId{1}, kA1, Mode::Paper, "engine"};
    const auto at = [](int minutes) { return kStart + std::chrono::minutes{minutes}; };
    batch.events.push_back({0, owner, at(3), "alert", "late", "v1", "m", "{}"});
    batch.events.push_back({0, owner, at(1), "info", "early", "v1", "m", "{}"});
    ports::PauseRow hold;
    hold.owner = owner;
    hold.at = at(2);
    hold.action = "halt";
    hold.target = "v1";
    hold.why = "a \"quoted\" reason";
    batch.pauses.push_back(hold);
    EXPECT_EQ(write_event_log(batch, desk.world(), 41), 44U);
    ASSERT_EQ(batch.events.size(), 3U);
    expect_dense(batch.events, 42);
    EXPECT_EQ(batch.events[0].type, "early");
    EXPECT_EQ(batch.events[1].type, "halt");
    EXPECT_EQ(figure(batch.events[1], "why"), hold.why);
    EXPECT_EQ(batch.events[2].type, "late");
    ports::Batch empty;
    EXPECT_EQ(write_event_log(empty, desk.world(), 44), 44U);
}

}  // namespace
}  // namespace vault::engine::test
