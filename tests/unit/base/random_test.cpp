#include "common/base/random.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>

namespace vault {
namespace {

// First outputs of the authors' reference C code (xoshiro256starstar.c) from the state {1, 2, 3,
// 4}; the same list is in the test suites of Rust's rand_xoshiro and of NumPy's derivatives.
TEST(Random, MatchesTheReferenceFromAGivenState) {
    Random random{Random::State{1, 2, 3, 4}};
    const std::array<std::uint64_t, 10> expected{11520ULL,
                                                 0ULL,
                                                 1509978240ULL,
                                                 1215971899390074240ULL,
                                                 1216172134540287360ULL,
                                                 607988272756665600ULL,
                                                 16172922978634559625ULL,
                                                 8476171486693032832ULL,
                                                 10595114339597558777ULL,
                                                 2904607092377533576ULL};
    for (const std::uint64_t value : expected)
        EXPECT_EQ(random.next(), value);
}

// splitmix64.c from seed 0 and from seed 1234567, as published with the reference code.
TEST(Random, SeedsWithSplitmix64) {
    const Random zero{std::uint64_t{0}};
    EXPECT_EQ(zero.state()[0], 0xe220a8397b1dcdafULL);
    EXPECT_EQ(zero.state()[1], 0x6e789e6aa1b965f4ULL);
    EXPECT_EQ(zero.state()[2], 0x06c45d188009454fULL);
    EXPECT_EQ(zero.state()[3], 0xf88bb8a8724c81ecULL);
    const Random seeded{std::uint64_t{1234567}};
    EXPECT_EQ(seeded.state()[0], 6457827717110365317ULL);
    EXPECT_EQ(seeded.state()[1], 3203168211198807973ULL);
    EXPECT_EQ(seeded.state()[2], 9817491932198370423ULL);
    EXPECT_EQ(seeded.state()[3], 4593380528125082431ULL);
}

TEST(Random, ContinuesFromAStoredState) {
    Random first{std::uint64_t{42}};
    for (int i = 0; i < 1000; ++i)
        first.next();
    Random second{first.state()};
    for (int i = 0; i < 1000; ++i)
        ASSERT_EQ(first.next(), second.next()) << "at " << i;
}

TEST(Random, BelowStaysInRangeAndHitsEveryValue) {
    Random random{std::uint64_t{7}};
    std::array<int, 6> seen{};
    for (int i = 0; i < 60'000; ++i) {
        const std::uint64_t x = random.below(6);
        ASSERT_LT(x, 6U);
        ++seen[x];
    }
    // Six standard deviations of a binomial(60000, 1/6) are about 548.
    for (const int count : seen)
        EXPECT_NEAR(count, 10'000, 600);
    for (int i = 0; i < 100; ++i)
        EXPECT_EQ(random.below(1), 0U);
    for (int i = 0; i < 1000; ++i)
        EXPECT_LT(random.below((1ULL << 63) + 1), (1ULL << 63) + 1);
    EXPECT_DEATH(random.below(0), "empty range");
}

TEST(Random, ChancePerMillionHasItsEnds) {
    Random random{std::uint64_t{9}};
    int hits = 0;
    for (int i = 0; i < 100'000; ++i) {
        EXPECT_FALSE(random.chance_per_million(0));
        EXPECT_TRUE(random.chance_per_million(1'000'000));
        hits += random.chance_per_million(250'000) ? 1 : 0;
    }
    EXPECT_NEAR(hits, 25'000, 850);
}

}  // namespace
}  // namespace vault
