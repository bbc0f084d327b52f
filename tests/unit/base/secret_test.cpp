#include "common/base/secret.hpp"

#include "common/base/locked_memory.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <type_traits>
#include <unistd.h>
#include <utility>
#include <vector>

namespace vault {
namespace {

static_assert(!std::is_copy_constructible_v<Secret>);
static_assert(!std::is_copy_assignable_v<Secret>);
static_assert(!std::is_constructible_v<Secret, const std::string&>);

TEST(Secret, MovingEmptiesTheSource) {
    Secret first{std::string("a secret")};
    Secret second{std::move(first)};
    EXPECT_TRUE(
        first.empty());  // NOLINT(bugprone-use-after-move): the state is part of the contract
    EXPECT_EQ(second.reveal(), "a secret");
    Secret third{std::string("old")};
    third = std::move(second);
    EXPECT_TRUE(second.empty());  // NOLINT(bugprone-use-after-move)
    EXPECT_EQ(third.reveal(), "a secret");
    Secret& same = third;
    third = std::move(same);
    EXPECT_EQ(third.reveal(), "a secret");
}

// A short string holds its characters itself; a long one keeps them in its capacity.
TEST(Secret, WipesTheStringItIsMadeOf) {
    for (const std::size_t size : {5, 15, 16, 4000}) {
        std::string source(size, 's');
        source.reserve(size + 20);
        const char* const characters = source.data();
        const Secret secret{std::move(source)};
        EXPECT_EQ(secret.reveal(), std::string(size, 's'));
        EXPECT_EQ(std::count(characters, characters + size, 's'), 0) << size;
    }
}

// A neighbour keeps the page of small secrets mapped, so that what was given back can be read.
TEST(Secret, ADestroyedOrReplacedSecretLeavesNoBytes) {
    const Secret neighbour{std::string("stays")};
    const char* bytes = nullptr;
    {
        const Secret secret{std::string("hunter2-hunter2")};
        bytes = secret.reveal().data();
        ASSERT_EQ(std::string_view(bytes, 7), "hunter2");
    }
    EXPECT_EQ(std::count(bytes, bytes + 15, '\0'), 15);
    Secret replaced{std::string("hunter2-hunter2")};
    bytes = replaced.reveal().data();
    replaced = Secret{std::string("other")};
    EXPECT_EQ(std::count(bytes, bytes + 15, '\0'), 15);
}

TEST(Secret, IsMadeInPlaceAndShortened) {
    Secret secret = Secret::of_size(40);
    EXPECT_EQ(secret.reveal(), std::string(40, '\0'));
    std::ranges::fill(secret.writable(), std::uint8_t{'x'});
    const char* const bytes = secret.reveal().data();
    secret.shorten(3);
    EXPECT_EQ(secret.reveal(), "xxx");
    EXPECT_EQ(std::count(bytes, bytes + 40, 'x'), 3);
    secret.shorten(0);
    EXPECT_TRUE(secret.empty());
    EXPECT_TRUE(Secret::of_size(0).empty());
    EXPECT_EQ(Secret{}.reveal(), "");
}

TEST(Secret, EqualsByTheBytes) {
    const Secret one{std::string("abc")};
    EXPECT_TRUE(one.equals(Secret{std::string("abc")}));
    EXPECT_FALSE(one.equals(Secret{std::string("abd")}));
    EXPECT_FALSE(one.equals(Secret{std::string("ab")}));
    EXPECT_FALSE(one.equals(Secret{}));
    EXPECT_TRUE(Secret{}.equals(Secret{}));
}

// Of the mapping that holds `bytes`: a field of /proc/self/smaps, without its name.
std::string smaps(const char* bytes, const std::string& field) {
    std::ifstream file{"/proc/self/smaps"};
    const auto address = reinterpret_cast<std::uintptr_t>(bytes);
    bool inside = false;
    for (std::string line; std::getline(file, line);) {
        std::uintptr_t from = 0;
        std::uintptr_t to = 0;
        if (std::sscanf(line.c_str(), "%lx-%lx ", &from, &to) == 2)
            inside = from <= address && address < to;
        else if (inside && line.starts_with(field + ":"))
            return line.substr(field.size() + 1);
    }
    return {};
}

// "lo" locked, "dd" not in core dumps.
TEST(Secret, LivesInLockedMemoryThatNoCoreHolds) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "sanitizers make mlock do nothing";
#endif
    for (const std::size_t size : {32, 1024, 1025, 10'000}) {
        const Secret secret = Secret::of_size(size);
        const std::string flags = smaps(secret.reveal().data(), "VmFlags");
        if (flags.empty()) GTEST_SKIP() << "this kernel does not show /proc/self/smaps";
        EXPECT_NE(flags.find(" dd"), std::string::npos) << size << flags;
        if (secret.is_locked()) {
            EXPECT_NE(flags.find(" lo"), std::string::npos) << size << flags;
        }
    }
}

TEST(Secret, SmallOnesSharePagesAndNoneOverlap) {
    std::vector<Secret> secrets;
    std::vector<std::uintptr_t> pages;
    const auto page_size = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    for (int i = 0; i < 1000; ++i) {
        const auto size = static_cast<std::size_t>(i % 7 == 0 ? 130 : 32);
        secrets.push_back(Secret{std::string(size, static_cast<char>('a' + i % 26))});
        pages.push_back(reinterpret_cast<std::uintptr_t>(secrets.back().reveal().data()) /
                        page_size);
        if (i % 5 == 0) secrets[static_cast<std::size_t>(i) / 2] = Secret{std::string("fresh")};
    }
    for (std::size_t i = 0; i < secrets.size(); ++i) {
        const std::string_view bytes = secrets[i].reveal();
        if (bytes == "fresh") continue;
        EXPECT_EQ(bytes, std::string(bytes.size(), static_cast<char>('a' + i % 26)));
    }
    std::ranges::sort(pages);
    pages.erase(std::ranges::unique(pages).begin(), pages.end());
    EXPECT_LT(pages.size(), 40U);
}

// In a child, as another user: root may lock what it likes.
TEST(Secret, SaysWhenTheMemoryMayNotBeLocked) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "sanitizers make mlock do nothing";
#endif
    if (::getuid() != 0) GTEST_SKIP() << "needs root to become a user whose limit holds";
    const pid_t child = ::fork();
    if (child == 0) {
        const rlimit none{0, 0};
        if (::setrlimit(RLIMIT_MEMLOCK, &none) != 0 || ::setuid(65'534) != 0) ::_exit(2);
        const Secret secret{std::string(5000, 'u')};
        const bool works = secret.reveal() == std::string(5000, 'u');
        ::_exit(works && !secret.is_locked() ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

using SecretDeathTest = testing::Test;

TEST(SecretDeathTest, APageOnEitherSideIsClosed) {
    Secret large = Secret::of_size(10'000);
    auto* const bytes = large.writable().data();
    EXPECT_DEATH(bytes[10'000] = 1, "");
}

}  // namespace
}  // namespace vault
