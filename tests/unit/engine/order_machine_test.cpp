#include "daemon/engine/order_machine.hpp"

#include "daemon/engine/hold.hpp"

#include <gtest/gtest.h>

namespace vault::engine {
namespace {

using S = OrderState;
using E = OrderEvent;

struct Row {
    OrderState from;
    OrderEvent event;
    OrderState to;
};

TEST(OrderMachine, FollowsTheTableOfTheLifecycle) {
    const Row rows[] = {
        {S::Intent, E::Permit, S::Sending},        {S::Intent, E::Drop, S::NotSent},
        {S::Sending, E::Acknowledge, S::Open},     {S::Sending, E::Reject, S::Rejected},
        {S::Sending, E::LoseTrack, S::Unresolved}, {S::Unresolved, E::Acknowledge, S::Open},
        {S::Unresolved, E::ProveAbsent, S::Dead},  {S::Sending, E::Fill, S::Partial},
        {S::Unresolved, E::Fill, S::Partial},      {S::Open, E::Fill, S::Partial},
        {S::Partial, E::Fill, S::Partial},         {S::Partial, E::Complete, S::Filled},
        {S::Open, E::Cancel, S::Canceled},         {S::Open, E::Expire, S::Expired},
        {S::Filled, E::Fill, S::Filled},           {S::Canceled, E::Fill, S::Canceled},
        {S::Rejected, E::Acknowledge, S::Revived}, {S::Dead, E::Fill, S::Revived},
        {S::Revived, E::Acknowledge, S::Open},
    };
    for (const Row& row : rows) {
        const auto next = next_state(row.from, row.event);
        ASSERT_TRUE(next.has_value()) << to_text(row.from) << " " << to_text(row.event);
        EXPECT_EQ(next.value(), row.to) << to_text(row.from) << " " << to_text(row.event);
    }
}

TEST(OrderMachine, ATimeoutNeverBecomesARefusal) {
    for (const E event : {E::Reject, E::Drop, E::Cancel, E::Expire, E::Complete})
        EXPECT_FALSE(next_state(S::Unresolved, event).has_value()) << to_text(event);
    EXPECT_FALSE(next_state(S::Open, E::ProveAbsent).has_value());
    EXPECT_FALSE(next_state(S::Open, E::LoseTrack).has_value());
}

TEST(OrderMachine, ReleasesNothingWhileFillsAreMissing) {
    Order order;
    order.state = S::Partial;
    order.filled = Decimal::from_int(2);
    ASSERT_TRUE(finish(order, E::Complete, Decimal::from_int(3)).has_value());
    EXPECT_TRUE(order.fills_missing);
    EXPECT_EQ(order.state, S::Partial);
    order.filled = Decimal::from_int(3);
    ASSERT_TRUE(finish(order, E::Complete, Decimal::from_int(3)).has_value());
    EXPECT_FALSE(order.fills_missing);
    EXPECT_EQ(order.state, S::Filled);
}

TEST(Hold, AWiderLevelHoldsWhateverANarrowerOneSays) {
    const Hold none;
    const Hold paused{HoldKind::Paused, "a", "b", {}};
    const Hold halted{HoldKind::Halted, "a", "b", {}};
    const Hold liquidating{HoldKind::Liquidating, "a", "b", {}};
    EXPECT_EQ(effective({&none, &none, &none, &none}), HoldKind::None);
    EXPECT_EQ(effective({&paused, &none, &none, &none}), HoldKind::Paused);
    EXPECT_EQ(effective({&halted, &none, &liquidating, &none}), HoldKind::Halted);
    EXPECT_EQ(effective({&paused, &none, &none, &liquidating}), HoldKind::Liquidating);
}

TEST(Hold, IsIdempotentAndAPauseNeverWeakensAHalt) {
    const Hold first = next_hold({}, HoldRequest::Pause, {HoldKind::None, "ann", "lunch", {}});
    EXPECT_EQ(first.kind, HoldKind::Paused);
    EXPECT_EQ(next_hold(first, HoldRequest::Pause, {HoldKind::None, "bob", "other", {}}), first);
    const Hold halted = next_hold(first, HoldRequest::Halt, {HoldKind::None, "bob", "fire", {}});
    EXPECT_EQ(halted.by, "bob");
    EXPECT_EQ(next_hold(halted, HoldRequest::Pause, {}), halted);
    EXPECT_EQ(next_hold(halted, HoldRequest::Resume, {}), Hold{});
}

}  // namespace
}  // namespace vault::engine
