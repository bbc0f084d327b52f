// Whole lives of orders against the pure machine (reference/reliability.md, section 3; I33-I39, I41
// and I43): one row each, in the order in which the messages came. A row's events:
//   p permit  d drop  a acknowledge  r reject  t lose track (timeout, restart)  x prove absent
//   f:ID:Q an execution of Q coins   F:Q, C:Q, E:Q the venue says filled, canceled, expired at Q
// Executions are told apart by their id, as the engine does it.
#include "daemon/engine/order_machine.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <sstream>

namespace vault::engine {
namespace {

using S = OrderState;

struct Life {
    const char* name;
    const char* events;
    OrderState end;
    int filled = 0;
    int refused = 0;  // events that cannot follow
    bool missing = false;
};

OrderEvent plain_event(char letter) {
    switch (letter) {
        case 'p': return OrderEvent::Permit;
        case 'd': return OrderEvent::Drop;
        case 'a': return OrderEvent::Acknowledge;
        case 'r': return OrderEvent::Reject;
        case 't': return OrderEvent::LoseTrack;
        default: return OrderEvent::ProveAbsent;
    }
}

// True if the event was taken, or known already.
bool play(Order& order, const std::string& event) {
    const std::size_t colon = event.find(':');
    if (event[0] == 'f') {
        const std::size_t second = event.find(':', colon + 1);
        const std::string id = event.substr(colon + 1, second - colon - 1);
        if (order.knows(id)) return true;
        if (!advance(order, OrderEvent::Fill)) return false;
        order.trade_ids.push_back(id);
        order.filled += Decimal::from_int(std::stoi(event.substr(second + 1)));
        return true;
    }
    if (colon == std::string::npos) return advance(order, plain_event(event[0])).has_value();
    const auto ending = event[0] == 'F'   ? OrderEvent::Complete
                        : event[0] == 'C' ? OrderEvent::Cancel
                                          : OrderEvent::Expire;
    return finish(order, ending, Decimal::from_int(std::stoi(event.substr(colon + 1)))).has_value();
}

const Life kLives[] = {
    // The plain ways.
    {"filled at once", "p a f:1:5 F:5", S::Filled, 5},
    {"filled in parts", "p a f:1:2 f:2:3 F:5", S::Filled, 5},
    {"canceled untouched", "p a C:0", S::Canceled},
    {"canceled half way", "p a f:1:2 C:2", S::Canceled, 2},
    {"expired untouched", "p a E:0", S::Expired},
    {"expired half way", "p a f:1:4 E:4", S::Expired, 4},
    {"an IOC that finds nobody", "p a E:0", S::Expired},
    {"still open", "p a", S::Open},
    {"still half filled", "p a f:1:1", S::Partial, 1},
    // Nothing left the house.
    {"dropped before the permit", "d", S::NotSent},
    {"dropped after it, before the first byte", "p d", S::NotSent},
    {"dropped, and nothing can follow", "p d a f:1:1 p", S::NotSent, 0, 3},
    {"never permitted", "a f:1:1 r t x F:0", S::Intent, 0, 6},
    {"permitted once only", "p p a p", S::Open, 0, 2},
    // Refused, for sure.
    {"refused", "p r", S::Rejected},
    {"a refusal says no more", "p r r C:0 E:0 F:0 x t", S::Rejected, 0, 6},
    {"an open order is not refused", "p a r", S::Open, 0, 1},
    {"a filled one neither", "p a f:1:5 F:5 r", S::Filled, 5, 1},
    // Nobody knows: a timeout is never a refusal.
    {"lost", "p t", S::Unresolved},
    {"lost for long", "p t t t t", S::Unresolved},
    {"lost, then refused: too late to believe", "p t r", S::Unresolved, 0, 1},
    {"lost, then dropped: it may have left", "p t d", S::Unresolved, 0, 1},
    {"lost, then canceled by nobody", "p t C:0", S::Unresolved, 0, 1},
    {"lost, found open", "p t a", S::Open},
    {"lost, found open, filled", "p t a f:1:5 F:5", S::Filled, 5},
    {"lost, found by its fill", "p t f:1:2", S::Partial, 2},
    {"lost, found by its fill, then canceled", "p t f:1:2 C:2", S::Canceled, 2},
    {"lost, proven absent", "p t x", S::Dead},
    {"an open order is not lost again", "p a t", S::Open, 0, 1},
    {"an open order is not proven absent", "p a x", S::Open, 0, 1},
    {"a half filled one neither", "p a f:1:1 x", S::Partial, 1, 1},
    {"absent only after losing track", "p x", S::Sending, 0, 1},
    // Fills before the acknowledgement.
    {"fill before ack", "p f:1:5 a F:5", S::Filled, 5},
    {"fill before ack, canceled", "p f:1:1 a C:1", S::Canceled, 1},
    {"end without any ack", "p f:1:5 F:5", S::Filled, 5},
    {"end before ack or fill waits", "p F:5", S::Sending, 0, 1},
    {"a late ack changes nothing", "p a f:1:5 F:5 a", S::Filled, 5, 1},
    {"two acks", "p a a f:1:1 a", S::Partial, 1},
    // Duplicates.
    {"the same fill twice", "p a f:1:2 f:1:2 C:2", S::Canceled, 2},
    {"the same fill five times", "p a f:1:5 f:1:5 f:1:5 f:1:5 f:1:5 F:5", S::Filled, 5},
    {"the same fill after the end", "p a f:1:5 F:5 f:1:5", S::Filled, 5},
    {"the same end twice", "p a f:1:5 F:5 F:5", S::Filled, 5, 1},
    {"a cancel after the end", "p a f:1:5 F:5 C:5", S::Filled, 5, 1},
    {"canceled twice", "p a C:0 C:0", S::Canceled, 0, 1},
    // The end before its fills: nothing is released until every fill is booked.
    {"end before the fills", "p a F:5", S::Open, 0, 0, true},
    {"end before the fills, which come", "p a F:5 f:1:5 F:5", S::Filled, 5},
    {"end before the last fill", "p a f:1:2 F:5", S::Partial, 2, 0, true},
    {"and then it comes", "p a f:1:2 F:5 f:2:3 F:5", S::Filled, 5},
    {"canceled with a fill missing", "p a f:1:2 C:4", S::Partial, 2, 0, true},
    {"canceled, the missing fill comes", "p a f:1:2 C:4 f:2:2 C:4", S::Canceled, 4},
    {"expired with a fill missing", "p a E:1", S::Open, 0, 0, true},
    // Fills after the end: booked, the state stays.
    {"late fill after cancel", "p a C:0 f:1:1", S::Canceled, 1},
    {"late fill after expiry", "p a E:0 f:1:1", S::Expired, 1},
    {"overfill", "p a f:1:5 F:5 f:2:1", S::Filled, 6},
    {"fill while a cancel is on its way", "p a f:1:1 f:2:1 C:2", S::Canceled, 2},
    // Evidence that an order lives which was given up.
    {"refused, yet open", "p r a", S::Revived},
    {"refused, yet filled", "p r f:1:2", S::Revived, 2},
    {"dead, yet open", "p t x a", S::Revived},
    {"dead, yet filled", "p t x f:1:2", S::Revived, 2},
    {"revived, open, canceled", "p t x a a C:0", S::Canceled},
    {"revived, filled to the end", "p t x f:1:2 f:2:3 F:5", S::Filled, 5},
    {"revived by an ack, filled", "p r a f:1:5 F:5", S::Filled, 5},
    {"the dead are not refused", "p t x r", S::Dead, 0, 1},
    {"what was never sent does not revive", "d f:1:1 a", S::NotSent, 0, 2},
};

TEST(OrderLifecycle, EveryRowOfTheTable) {
    static_assert(std::size(kLives) >= 40);
    for (const Life& life : kLives) {
        SCOPED_TRACE(life.name);
        Order order;
        int refused = 0;
        std::istringstream events{life.events};
        for (std::string event; events >> event;) {
            const Order before = order;
            if (play(order, event)) continue;
            ++refused;
            EXPECT_EQ(order, before) << event << " was refused and changed something";
        }
        EXPECT_EQ(to_text(order.state), to_text(life.end));
        EXPECT_EQ(order.filled, Decimal::from_int(life.filled));
        EXPECT_EQ(refused, life.refused);
        EXPECT_EQ(order.fills_missing, life.missing);
    }
}

// I41: whatever the order in which the same messages come (twice, too), the end is the same; what
// cannot follow yet is parked and tried again after each message.
TEST(OrderLifecycle, I41_EveryPermutationEndsTheSame) {
    std::vector<std::string> messages{"a", "f:1:2", "f:1:2", "f:2:1", "f:3:2", "F:5"};
    std::sort(messages.begin(), messages.end());
    int permutations = 0;
    do {
        Order order;
        ASSERT_TRUE(play(order, "p"));
        std::vector<std::string> parked;
        for (const std::string& message : messages) {
            parked.push_back(message);
            for (bool moved = true; moved;) {
                const Order before = order;
                std::erase_if(parked, [&](const std::string& each) {
                    return play(order, each) && !(each[0] == 'F' && order.fills_missing);
                });
                moved = !(order == before);
            }
        }
        ASSERT_EQ(order.state, S::Filled) << fmt::format("{}", permutations);
        ASSERT_EQ(order.filled, Decimal::from_int(5));
        ASSERT_FALSE(order.fills_missing);
        ++permutations;
    } while (std::next_permutation(messages.begin(), messages.end()));
    EXPECT_EQ(permutations, 360);
}

// I33, I37 and I44 over random walks: nothing but a permit starts an order, it is permitted once,
// unknown never becomes refused, and only evidence moves what has ended.
TEST(OrderLifecycle, I37_RandomWalksKeepToTheArrows) {
    constexpr int kEvents = static_cast<int>(OrderEvent::ProveAbsent) + 1;
    std::mt19937 random{7};
    for (int walk = 0; walk < 2000; ++walk) {
        Order order;
        int permits = 0;
        bool evidence = false;
        for (int step = 0; step < 40; ++step) {
            const auto event = static_cast<OrderEvent>(random() % kEvents);
            const OrderState before = order.state;
            if (!advance(order, event)) {
                ASSERT_EQ(order.state, before);
                continue;
            }
            permits += event == OrderEvent::Permit;
            evidence = evidence || event == OrderEvent::Fill || event == OrderEvent::Acknowledge;
            ASSERT_LE(permits, 1) << "walk " << walk;
            ASSERT_FALSE(before == S::Unresolved && order.state == S::Rejected) << "walk " << walk;
            if (is_terminal(before) && order.state != before) {
                ASSERT_EQ(order.state, S::Revived) << "walk " << walk;
                ASSERT_TRUE(evidence);
            }
            ASSERT_FALSE(order.state == S::NotSent && evidence) << "walk " << walk;
            ASSERT_TRUE(order.state != S::Filled || evidence) << "walk " << walk;
        }
    }
}

}  // namespace
}  // namespace vault::engine
