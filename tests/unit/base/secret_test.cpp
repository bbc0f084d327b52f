#include "common/base/secret.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <type_traits>
#include <utility>

namespace vault {
namespace {

static_assert(!std::is_copy_constructible_v<Secret>);
static_assert(!std::is_copy_assignable_v<Secret>);

TEST(Secret, MovingEmptiesTheSource) {
    Secret first{std::string("a long secret that does not fit the small buffer")};
    Secret second{std::move(first)};
    EXPECT_TRUE(
        first.empty());  // NOLINT(bugprone-use-after-move): the state is part of the contract
    EXPECT_EQ(second.reveal(), "a long secret that does not fit the small buffer");
    Secret third{std::string("old")};
    third = std::move(second);
    EXPECT_TRUE(second.empty());  // NOLINT(bugprone-use-after-move)
    EXPECT_EQ(third.reveal(), "a long secret that does not fit the small buffer");
    Secret& same = third;
    third = std::move(same);
    EXPECT_EQ(third.reveal(), "a long secret that does not fit the small buffer");
}

bool holds(const std::byte* memory, std::size_t size, const std::string& needle) {
    for (std::size_t i = 0; i + needle.size() <= size; ++i)
        if (std::memcmp(memory + i, needle.data(), needle.size()) == 0) return true;
    return false;
}

// A short secret lives inside the object, so its memory can be read after the destructor ran.
TEST(Secret, ADestroyedOrMovedFromSecretLeavesNoBytes) {
    alignas(Secret) std::byte memory[sizeof(Secret)]{};
    Secret* secret = ::new (memory) Secret{std::string("hunter2-short")};
    ASSERT_TRUE(holds(memory, sizeof memory, "hunter2"));
    Secret other{std::move(*secret)};
    EXPECT_FALSE(holds(memory, sizeof memory, "unter"));
    *secret = std::move(other);
    ASSERT_TRUE(holds(memory, sizeof memory, "hunter2"));
    std::destroy_at(secret);
    EXPECT_FALSE(holds(memory, sizeof memory, "unter"));
}

}  // namespace
}  // namespace vault
