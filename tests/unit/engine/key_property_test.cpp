// Random lives of API keys: never a call with a key that must not be used, never a loop that stops
// while a key can be used, and every rotation comes to its end. A failure tells its seed; run it
// again with VAULT_PROPERTY_SEED and VAULT_PROPERTY_SEQUENCES=1.
#include "tests/unit/engine/engine_world.hpp"
#include "tests/unit/engine/key_world.hpp"

#include <cstdio>

namespace vault::engine::test {
namespace {

constexpr int kKeySteps = 150;

TEST(KeyProperty, RandomLivesKeepEveryPromise) {
    const std::uint64_t first = property_seed();
    const std::uint64_t lives = property_sequences(3000);
    std::printf("seeds %llu to %llu\n", static_cast<unsigned long long>(first),
                static_cast<unsigned long long>(first + lives - 1));
    for (std::uint64_t seed = first; seed < first + lives; ++seed) {
        KeyWorld world{seed};
        ASSERT_TRUE(world.run(kKeySteps) && world.heal()) << world.failure();
    }
}

TEST(KeyProperty, TheSameEventsGiveTheSameRows) {
    for (std::uint64_t seed = property_seed(); seed < property_seed() + 100; ++seed) {
        KeyWorld one{seed}, other{seed};
        ASSERT_TRUE(one.run(kKeySteps)) << one.failure();
        ASSERT_TRUE(other.run(kKeySteps)) << other.failure();
        ASSERT_EQ(one.keys(), other.keys()) << "seed " << seed;
        ASSERT_EQ(one.policies(), other.policies()) << "seed " << seed;
    }
}

// A generator that never reaches an event proves nothing about it.
TEST(KeyProperty, TheLivesReachWhatTheyShouldShow) {
    std::map<std::string, std::uint64_t> seen;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        KeyWorld world{seed};
        ASSERT_TRUE(world.run(kKeySteps) && world.heal()) << world.failure();
        for (const auto& [what, times] : world.seen())
            seen[what] += times;
    }
    for (const char* what : {"new -> new",
                             "new -> valid",
                             "new -> retired",
                             "valid -> degraded",
                             "degraded -> valid",
                             "valid -> quarantined",
                             "degraded -> quarantined",
                             "quarantined -> valid",
                             "quarantined -> retired",
                             "retired -> retired",
                             "quarantined as unfit",
                             "quarantined by auth errors",
                             "rotation begun",
                             "rotation refused",
                             "rotation validating",
                             "rotation blocked",
                             "rotation moving_vaults",
                             "rotation draining",
                             "rotation retiring",
                             "rotation abandoned",
                             "rotation done"})
        EXPECT_GE(seen[what], 20U) << what;
}

}  // namespace
}  // namespace vault::engine::test
