#include "daemon/control/directory.hpp"

#include <gtest/gtest.h>

namespace vault::control {
namespace {

ports::UserRow user(std::uint32_t id, std::string name, Role role) {
    ports::UserRow row;
    row.id = UserId{id};
    row.name = std::move(name);
    row.role = role;
    return row;
}

ports::AccountRow account(std::uint32_t id, std::uint32_t owner) {
    ports::AccountRow row;
    row.id = AccountId{id};
    row.user = UserId{owner};
    return row;
}

ports::VaultRow vault(std::uint32_t id, std::uint32_t owner, Mode mode = Mode::Paper) {
    ports::VaultRow row;
    row.id = VaultId{id};
    row.account = AccountId{id};
    row.user = UserId{owner};
    row.mode = mode;
    return row;
}

// u1 an admin, u2 and u3 members, u4 a moderator; vault and account N are of user N.
class DirectoryTest : public testing::Test {
  protected:
    DirectoryTest() {
        ports::WholeDirectory whole;
        whole.users = {user(1, "ann", Role::Admin), user(2, "bob", Role::Member),
                       user(3, "cleo", Role::Member), user(4, "u2", Role::Moderator)};
        for (std::uint32_t i = 1; i <= 4; ++i) {
            whole.accounts.push_back(account(i, i));
            whole.vaults.push_back(vault(i, i));
        }
        directory.load(whole);
    }
    Directory directory;
};

TEST_F(DirectoryTest, FindsByNameAndById) {
    ASSERT_NE(directory.user("ann"), nullptr);
    EXPECT_EQ(directory.user("ann")->id, UserId{1});
    EXPECT_EQ(directory.user("u1")->name, "ann");
    EXPECT_EQ(directory.user(UserId{3})->name, "cleo");
    EXPECT_EQ(directory.account(AccountId{2})->user, UserId{2});
    EXPECT_EQ(directory.vault(VaultId{4})->user, UserId{4});
    for (const char* name : {"", "dora", "ANN", "u9", "u0", " ann", "ann "})
        EXPECT_EQ(directory.user(name), nullptr) << name;
    EXPECT_EQ(directory.user(UserId{}), nullptr);
    EXPECT_EQ(directory.account(AccountId{9}), nullptr);
    EXPECT_EQ(directory.vault(VaultId{9}), nullptr);
}

// As in the engine: else a member of that name would be asked about, and u2 be changed.
TEST_F(DirectoryTest, WhatLooksLikeAnIdIsOne) {
    EXPECT_EQ(directory.user("u4")->name, "u2");
    EXPECT_EQ(directory.user("u2")->name, "bob");
}

TEST_F(DirectoryTest, APageAddsAndReplaces) {
    ports::DirectoryPage page;
    page.users = {user(2, "bob", Role::Auditor), user(5, "eve", Role::Member)};
    page.accounts = {account(5, 5)};
    page.vaults = {vault(5, 5), vault(2, 2, Mode::Live)};
    directory.adopt(page);
    EXPECT_EQ(directory.user("bob")->role, Role::Auditor);
    EXPECT_EQ(directory.user("eve")->id, UserId{5});
    EXPECT_EQ(directory.vault(VaultId{2})->mode, Mode::Live);
    EXPECT_EQ(directory.vault(VaultId{5})->user, UserId{5});
    EXPECT_EQ(directory.user("cleo")->id, UserId{3});
    directory.adopt({});
    EXPECT_EQ(directory.user("eve")->id, UserId{5});
}

TEST_F(DirectoryTest, ALoadForgetsWhatTheStoreDoesNotHave) {
    ports::WholeDirectory whole;
    whole.users = {user(1, "ann", Role::Admin)};
    whole.vaults = {vault(1, 1)};
    directory.load(whole);
    EXPECT_EQ(directory.user("bob"), nullptr);
    EXPECT_EQ(directory.user(UserId{2}), nullptr);
    EXPECT_EQ(directory.account(AccountId{1}), nullptr);
    EXPECT_EQ(directory.vault(VaultId{2}), nullptr);
    EXPECT_NE(directory.vault(VaultId{1}), nullptr);
}

TEST_F(DirectoryTest, ListsAreCutToWhatIsVisible) {
    using Ids = std::vector<VaultId>;
    const auto vaults = [&](ports::Visible visible) { return directory.vaults(visible); };
    EXPECT_EQ(vaults({.everyones = true, .members = false, .own = {}}),
              (Ids{VaultId{1}, VaultId{2}, VaultId{3}, VaultId{4}}));
    EXPECT_EQ(vaults({.everyones = false, .members = false, .own = UserId{3}}), Ids{VaultId{3}});
    EXPECT_EQ(vaults({.everyones = false, .members = true, .own = UserId{4}}),
              (Ids{VaultId{2}, VaultId{3}, VaultId{4}}));
    EXPECT_TRUE(vaults({.everyones = false, .members = false, .own = {}}).empty());
    EXPECT_EQ(directory.accounts({.everyones = false, .members = false, .own = UserId{2}}),
              std::vector{AccountId{2}});
    EXPECT_FALSE(
        directory.sees({.everyones = false, .members = true, .own = UserId{4}}, UserId{1}));
    EXPECT_FALSE(
        directory.sees({.everyones = false, .members = true, .own = UserId{4}}, UserId{9}));
    // Who is no member any more is not seen any more.
    ports::DirectoryPage page;
    page.users = {user(2, "bob", Role::Admin)};
    directory.adopt(page);
    EXPECT_EQ(vaults({.everyones = false, .members = true, .own = UserId{4}}),
              (Ids{VaultId{3}, VaultId{4}}));
}

TEST_F(DirectoryTest, KnowsKeysAndWhichAreDue) {
    EXPECT_EQ(directory.next_key(), ApiKeyId{1});
    const UtcTime now{std::chrono::seconds{1'000'000}};
    const auto key = [&](std::uint32_t id, ports::KeyState state, std::optional<UtcTime> due) {
        ports::ApiKeyRow row;
        row.id = ApiKeyId{id};
        row.user = UserId{2};
        row.state = state;
        row.next_check_at = due;
        return row;
    };
    ports::DirectoryPage page;
    page.api_keys = {key(1, ports::KeyState::Valid, now),
                     key(2, ports::KeyState::Valid, now + Duration{1}),
                     key(3, ports::KeyState::Retired, now), key(5, ports::KeyState::New, {})};
    directory.adopt(page);
    EXPECT_EQ(directory.next_key(), ApiKeyId{6});
    ASSERT_NE(directory.key(ApiKeyId{2}), nullptr);
    EXPECT_EQ(directory.key(ApiKeyId{2})->user, UserId{2});
    EXPECT_EQ(directory.key(ApiKeyId{4}), nullptr);
    const auto due = [&](UtcTime at) {
        std::vector<ApiKeyId> ids;
        for (const ports::ApiKeyRow& row : directory.keys_due(at))
            ids.push_back(row.id);
        return ids;
    };
    EXPECT_EQ(due(now), std::vector{ApiKeyId{1}});
    EXPECT_EQ(due(now + Duration{1}), (std::vector{ApiKeyId{1}, ApiKeyId{2}}));
    EXPECT_TRUE(due(now - Duration{1}).empty());
    directory.load({});
    EXPECT_EQ(directory.key(ApiKeyId{2}), nullptr);
}

}  // namespace
}  // namespace vault::control
