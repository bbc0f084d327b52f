#include "daemon/identity/sign_in.hpp"

#include "tests/unit/identity/doubles.hpp"

#include <gtest/gtest.h>

#include <map>

namespace vault::identity {
namespace {

constexpr std::string_view kPassword = "purple kettle 9 mountain";

Secret secret(std::string_view text) {
    return Secret{std::string{text}};
}

class SignInTest : public testing::Test {
  protected:
    SignInTest() {
        add("alice", UserStatus::Active);
        add("penny", UserStatus::Pending);
        add("dora", UserStatus::Disabled);
        users_["newbie"] = {.user = UserId{9}};
    }

    void add(const std::string& name, UserStatus status) {
        users_[name] = {.user = UserId{static_cast<std::uint32_t>(users_.size() + 1)},
                        .password_hash = hasher_.hash(secret(kPassword)).value()};
        states_[name] = status;
    }

    SignIn::Known known(const std::string& name) const {
        const auto found = users_.find(name);
        if (found == users_.end()) return {};
        const auto state = states_.find(name);
        return {&found->second, state == states_.end() ? UserStatus::Active : state->second};
    }

    Result<SignIn::Accepted> sign_in(const std::string& name, std::string_view password) {
        auto attempt = door_.begin(name, 1000, known(name), now_);
        if (!attempt) return attempt.error();
        const auto matched = hasher_.matches(attempt.value().stored, secret(password));
        EXPECT_TRUE(matched.has_value()) << name << " is checked against what is no hash";
        return door_.finish(attempt.value(), known(name), matched && matched.value(), now_);
    }

    CountingHasher hasher_;
    SeededEntropy entropy_{3};
    Throttle throttle_;
    SignIn door_{throttle_, HashCost{}, decoy_hash(HashCost{}, entropy_)};
    std::map<std::string, ports::CredentialRow> users_;
    std::map<std::string, UserStatus> states_;
    UtcTime now_ = kStart;
};

TEST_F(SignInTest, TheRightPasswordOpens) {
    const auto accepted = sign_in("alice", kPassword);
    ASSERT_TRUE(accepted.has_value());
    EXPECT_EQ(accepted.value().user, users_["alice"].user);
    EXPECT_FALSE(accepted.value().rehash);
    EXPECT_FALSE(accepted.value().must_change);
    EXPECT_EQ(sign_in("alice", "purple kettle 8 mountain").error().code(), Errc::PermissionDenied);
}

// Known and unknown users: as many hashes, of the same cost, and the same answer, try by try.
TEST_F(SignInTest, UnknownUsersCostAndAnswerTheSame) {
    for (int guess = 0; guess < 200; ++guess) {
        std::map<std::string, std::pair<long, std::string>> seen;
        for (const std::string name : {"alice", "nobody", "penny", "dora", "newbie"}) {
            const long before = hasher_.checks;
            const auto accepted = sign_in(name, "a wrong password");
            ASSERT_FALSE(accepted.has_value());
            const Error& error = accepted.error();
            seen[name] = {hasher_.checks - before,
                          error.message() + "|" + error.hint() + "|" +
                              std::to_string(static_cast<int>(error.code()))};
        }
        for (const auto& [name, answer] : seen)
            EXPECT_EQ(answer, seen["alice"]) << name << " at guess " << guess;
        now_ += std::chrono::seconds{40};
    }
    EXPECT_GT(hasher_.checks, 5 * 10);
    const auto attempt = door_.begin("somebody else", 1001, {}, now_);
    EXPECT_EQ(cost_of(attempt.value().stored), cost_of(users_["alice"].password_hash));
}

TEST_F(SignInTest, OnlyWhoKnowsThePasswordLearnsOfTheState) {
    EXPECT_NE(sign_in("penny", kPassword).error().message().find("approval"), std::string::npos);
    EXPECT_NE(sign_in("dora", kPassword).error().message().find("disabled"), std::string::npos);
    EXPECT_EQ(sign_in("newbie", "").error().message(), sign_in("alice", "").error().message());
}

TEST_F(SignInTest, ARiseOfTheCostIsTold) {
    SignIn dearer{throttle_, HashCost{131'072, 3}, decoy_hash(HashCost{}, entropy_)};
    const auto attempt = dearer.begin("alice", 1000, known("alice"), now_);
    const auto accepted = dearer.finish(attempt.value(), known("alice"), true, now_);
    EXPECT_TRUE(accepted.value().rehash);
}

TEST_F(SignInTest, WhatChangedMeanwhileCounts) {
    const auto attempt = door_.begin("alice", 1000, known("alice"), now_).value();
    users_["alice"].password_hash = hasher_.hash(secret("another password")).value();
    EXPECT_FALSE(door_.finish(attempt, known("alice"), true, now_).has_value());
    const auto gone = door_.begin("alice", 1000, known("alice"), now_).value();
    EXPECT_FALSE(door_.finish(gone, {}, true, now_).has_value());
    users_["alice"].must_change = true;
    EXPECT_TRUE(sign_in("alice", "another password").value().must_change);
}

TEST_F(SignInTest, TheDecoyOpensForNobody) {
    const auto attempt = door_.begin("nobody", 1000, {}, now_).value();
    EXPECT_FALSE(door_.finish(attempt, {}, true, now_).has_value());
}

TEST_F(SignInTest, HowLongToWaitIsSaid) {
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(sign_in("alice", "wrong").error().code(), Errc::PermissionDenied);
    const auto refused = sign_in("alice", kPassword);
    EXPECT_EQ(refused.error().code(), Errc::RateLimited);
    EXPECT_EQ(refused.error().hint(), "wait 30s and try again");
    now_ += std::chrono::seconds{30};
    EXPECT_TRUE(sign_in("alice", kPassword).has_value());
}

TEST_F(SignInTest, AnAbandonedTryCostsNothing) {
    for (int i = 0; i < 100; ++i) {
        const auto attempt = door_.begin("alice", 1000, known("alice"), now_);
        ASSERT_TRUE(attempt.has_value());
        door_.abandon(attempt.value());
    }
    EXPECT_TRUE(sign_in("alice", kPassword).has_value());
}

}  // namespace
}  // namespace vault::identity
