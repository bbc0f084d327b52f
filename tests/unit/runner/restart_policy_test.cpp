#include "daemon/runner/restart_policy.hpp"

#include <gtest/gtest.h>

namespace vault::runner {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

TEST(RestartPolicy, WaitsTwiceAsLongEachTimeAndThenGivesUp) {
    RestartPolicy policy{{seconds{1}, seconds{3}, 5}};
    EXPECT_EQ(policy.failed(seconds{0}), Duration{1000});
    EXPECT_EQ(policy.failed(seconds{0}), Duration{2000});
    EXPECT_EQ(policy.failed(seconds{0}), Duration{3000});
    EXPECT_EQ(policy.failed(seconds{0}), Duration{3000});
    EXPECT_EQ(policy.failed(seconds{0}), std::nullopt);
    EXPECT_EQ(policy.failures_in_a_row(), 5U);
}

TEST(RestartPolicy, AFewGoodDecisionsDoNotEndARow) {
    RestartPolicy policy{{seconds{1}, seconds{60}, 3}};
    EXPECT_EQ(policy.failed(seconds{0}), Duration{1000});
    policy.started(seconds{1});
    for (std::uint64_t i = 0; i + 1 < RestartPolicy::kGoodDecisions; ++i)
        policy.decided();
    EXPECT_EQ(policy.failed(seconds{2}), Duration{2000});
}

TEST(RestartPolicy, ManyGoodDecisionsOrALongGoodTimeEndIt) {
    RestartPolicy policy{{seconds{1}, seconds{60}, 2}};
    EXPECT_EQ(policy.failed(seconds{0}), Duration{1000});
    policy.started(seconds{1});
    for (std::uint64_t i = 0; i < RestartPolicy::kGoodDecisions; ++i)
        policy.decided();
    EXPECT_EQ(policy.failed(seconds{2}), Duration{1000});
    policy.started(seconds{3});
    policy.decided();
    EXPECT_EQ(policy.failed(seconds{3} + minutes{10}), Duration{1000});
    policy.started(minutes{20});  // a script that never decides is not well, however long it hangs
    EXPECT_EQ(policy.failed(minutes{40}), std::nullopt);
}

TEST(RestartPolicy, OneFailureIsTheLastWhereOneIsAllowed) {
    RestartPolicy policy{{seconds{1}, seconds{60}, 1}};
    EXPECT_EQ(policy.failed(seconds{0}), std::nullopt);
}

}  // namespace
}  // namespace vault::runner
