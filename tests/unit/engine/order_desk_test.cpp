// The order rules in the engine: what is held back is a stored decision, an exit is only delayed,
// and a restart forgets nothing.
#include "daemon/engine/order_desk.hpp"

#include "tests/unit/engine/shard_desk.hpp"

#include <gtest/gtest.h>

namespace vault::engine::test {
namespace {

std::vector<ports::DecisionRow> held(const ShardDesk& desk, std::string_view reason) {
    std::vector<ports::DecisionRow> out;
    std::ranges::copy_if(desk.all().decisions, std::back_inserter(out),
                         [&](const ports::DecisionRow& row) {
                             return row.action == "hold" && row.reason == reason;
                         });
    return out;
}

DeskOptions slow_venue() {
    DeskOptions options;
    options.paper.latency_ticks = 2;
    return options;
}

// Flash holds, and quiet's buy is live, when flash wants out.
class MeetingDesk : public OpenDesk {
  public:
    MeetingDesk() : OpenDesk(slow_venue()) {
        for (const char* price : {"2020", "2020", "2020", "2020"})
            tick(price);
        must(cmd::Allocate{kV1, "1000"_dec, kZero});
        tick("2110");
    }
};

TEST(OrderDesk, TwoSleevesNeverMeetEachOther) {
    MeetingDesk desk;
    ASSERT_EQ(desk.state(kFlash), "holding");
    ASSERT_EQ(desk.state(kQuiet), "buying");
    desk.tick("2090");
    ASSERT_EQ(held(desk, "self_cross").size(), 1U);
    EXPECT_NE(held(desk, "self_cross").front().figures_json.find("v1.quiet.1"), std::string::npos);
    EXPECT_EQ(desk.sleeve(kFlash).last_order, 1U);
    EXPECT_EQ(desk.sleeve(kFlash).slots.front().standing_sell, ports::Reason::Trailing);
    ASSERT_TRUE(desk.restart()) << desk.difference();
    for (const char* price : {"2090", "2090", "2090", "2090", "2090"})
        desk.tick(price);
    EXPECT_EQ(desk.state(kQuiet), "holding");
    EXPECT_TRUE(desk.books().flat(kFlash)) << "delayed, not lost";
    EXPECT_EQ(held(desk, "self_cross").size(), 1U);
}

// It is canceled, and its money is back; the exit goes at the next check.
TEST(OrderDesk, AnEntryInTheWayOfAStopLossGives) {
    MeetingDesk desk;
    ASSERT_EQ(desk.state(kFlash), "holding");
    ASSERT_EQ(desk.state(kQuiet), "buying");
    desk.tick("1900");
    EXPECT_EQ(held(desk, "self_cross").size(), 1U);
    EXPECT_FALSE(has_live_order(desk.sleeve(kQuiet)));
    EXPECT_EQ(desk.sleeve_books(kQuiet).cash, "1000"_dec);
    desk.tick("1900");
    EXPECT_EQ(desk.state(kFlash), "selling");
    ASSERT_TRUE(desk.restart()) << desk.difference();
    for (const char* price : {"1900", "1900", "1900"})
        desk.tick(price);
    EXPECT_TRUE(desk.books().flat(kFlash));
}

TEST(OrderDesk, ABuyThatIsTooLargeIsAStoredDecision) {
    OpenDesk desk;
    risk::OrderRules rules;
    rules.max_order = "500"_dec;
    desk.configure(rules);
    desk.tick("2020");
    desk.tick("2060");
    EXPECT_EQ(desk.sleeve(kFlash).last_order, 0U);
    ASSERT_EQ(held(desk, "max_order").size(), 1U);
    const std::string& figures = held(desk, "max_order").front().figures_json;
    EXPECT_NE(figures.find(R"("order_limit":"500","order_found":"1000")"), std::string::npos)
        << figures;
    auto settings = simple_settings();
    settings["spend"] = "0.5";
    desk.must(cmd::SetSleeve{kV1, kFlash, settings});
    desk.tick("2100");
    EXPECT_EQ(desk.sleeve(kFlash).last_order, 1U);
}

// One order a minute; ETH and BTC, at most two positions.
class OneAMinute : public OpenDesk {
  public:
    OneAMinute() {
        must(cmd::SetPairs{kV1, {kBtcUsdt}, {}, false});
        auto settings = simple_settings();
        settings["max_open_positions"] = "2";
        settings["spend"] = "0.4";
        must(cmd::SetSleeve{kV1, kFlash, settings});
        risk::OrderRules rules;
        rules.max_orders_per_minute = 1;
        configure(rules);
        tick("2000");
    }
};

// By the account's own clock, and after a restart too.
TEST(OrderDesk, AnAccountSendsSoManyOrdersAMinute) {
    OneAMinute desk;
    desk.tick("2001");
    desk.push(kBtcUsdt, "30000");
    desk.tick("2030");
    ASSERT_EQ(desk.sleeve(kFlash).last_order, 1U);
    desk.push(kBtcUsdt, "30600");
    EXPECT_EQ(held(desk, "max_orders_per_minute").size(), 1U);
    ASSERT_TRUE(desk.restart()) << desk.difference();
    EXPECT_EQ(OrderDesk{desk.world()}.views(&desk.world().accounts.front()).back().standing,
              "blocks");
    desk.push(kBtcUsdt, "30600");
    EXPECT_EQ(desk.sleeve(kFlash).last_order, 1U);
}

TEST(OrderDesk, AStopLossDoesNotWaitForItsMinute) {
    OneAMinute desk;
    desk.tick("2020");
    desk.push(kBtcUsdt, "30000");
    desk.tick("2020");
    ASSERT_FALSE(desk.books().flat(kFlash));
    desk.push(kBtcUsdt, "30600");
    ASSERT_EQ(desk.sleeve(kFlash).last_order, 2U);
    desk.tick_after(std::chrono::seconds{10}, Price{"1900"_dec});
    EXPECT_EQ(desk.sleeve(kFlash).last_order, 3U);
    EXPECT_TRUE(held(desk, "max_orders_per_minute").empty());
}

TEST(OrderDesk, AnOrderIsComparedWithTheLastFreshPrice) {
    OpenDesk desk;
    desk.tick("2001");
    OrderRequest order;
    order.id = {kV1, kFlash, 1};
    order.pair = kEthUsdt;
    order.spend_fraction = kOne;
    order.spend_base = "100"_dec;
    order.decided_at = desk.world().market_of(desk.world().accounts.front()).now;
    const OrderDesk look{desk.world()};
    EXPECT_FALSE(look.refuse(order, Price{"2001"_dec}, false).has_value());
    const auto far = look.refuse(order, Price{"2200"_dec}, true);
    ASSERT_TRUE(far.has_value());
    EXPECT_EQ(far->rule, risk::OrderRule::PriceBand);
    EXPECT_EQ(far->found, "2001");
    desk.tick("9");
    EXPECT_EQ(look.refuse(order, Price{"2001"_dec}, false)->found, "no fresh price");
}

}  // namespace
}  // namespace vault::engine::test
