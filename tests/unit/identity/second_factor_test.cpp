#include "daemon/identity/second_factor.hpp"

#include "daemon/identity/recovery_codes.hpp"
#include "daemon/identity/totp.hpp"
#include "tests/unit/identity/doubles.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdio>

namespace vault::identity {
namespace {

class SecondFactorTest : public testing::Test {
  protected:
    SecondFactorTest() { row_.user = kAlice; }

    std::string code(int steps = 0) const {
        const auto step = totp_step(now_, 30) + static_cast<std::uint64_t>(steps);
        return totp_code(seed_.reveal(), step, {});
    }
    auto check(std::string_view text, ports::PeerUid uid = 1000) {
        return factor_.check(kAlice, uid, {&row_, seed_.reveal(), &codes_.rows}, text, now_);
    }

    SeededEntropy entropy_{21};
    Throttle throttle_;
    SecondFactor factor_{throttle_};
    Secret seed_ = new_totp_seed(ports::TotpHash::Sha1, entropy_);
    ports::TotpRow row_;
    NewRecoveryCodes codes_ = make_recovery_codes(kAlice, entropy_);
    UtcTime now_ = kStart;
};

TEST_F(SecondFactorTest, AnEnrolmentCountsOnceItIsConfirmed) {
    EXPECT_FALSE(check(code()).has_value());
    EXPECT_FALSE(check(codes_.texts[0].reveal()).has_value());
    EXPECT_FALSE(factor_.confirm(1000, row_, seed_.reveal(), "000000", now_).has_value());
    EXPECT_FALSE(row_.confirmed);
    EXPECT_TRUE(factor_.confirm(1000, row_, seed_.reveal(), code(), now_).has_value());
    EXPECT_TRUE(row_.confirmed);
    EXPECT_EQ(factor_.confirm(1000, row_, seed_.reveal(), code(1), now_).error().code(),
              Errc::Exists);
    // The code that confirmed is used up.
    EXPECT_FALSE(check(code()).has_value());
    now_ += std::chrono::seconds{30};
    EXPECT_EQ(check(code()).value(), SecondFactor::Kind::Totp);
    EXPECT_EQ(row_.last_step, totp_step(now_, 30));
    EXPECT_EQ(check(codes_.texts[0].reveal()).value(), SecondFactor::Kind::RecoveryCode);
    EXPECT_EQ(codes_.rows[0].used_at, now_);
}

TEST_F(SecondFactorTest, WrongUsedAndMissingAreRefusedWithTheSameWords) {
    row_.confirmed = true;
    ASSERT_TRUE(check(code()).has_value());
    ASSERT_TRUE(check(codes_.texts[3].reveal()).has_value());
    const Error wrong = check("000000").error();
    EXPECT_EQ(wrong.code(), Errc::PermissionDenied);
    EXPECT_EQ(check(code()).error(), wrong);
    EXPECT_EQ(check(codes_.texts[3].reveal()).error(), wrong);
    EXPECT_EQ(check("").error(), wrong);
    EXPECT_EQ(factor_.check(kAlice, 1001, {}, "123456", now_).error(), wrong);
    // A row that was put in another user's place.
    row_.user = UserId{2};
    now_ += std::chrono::minutes{5};
    EXPECT_EQ(check(code()).error(), wrong);
}

TEST_F(SecondFactorTest, GuessesAreFew) {
    row_.confirmed = true;
    Random random{4'300'001};
    int checked = 0, accepted = 0;
    for (int guess = 0; guess < 86'400; ++guess, now_ += std::chrono::seconds{1}) {
        const auto found = check(fmt::format("{:06}", random.below(1'000'000)),
                                 1000 + static_cast<ports::PeerUid>(random.below(5)));
        accepted += found ? 1 : 0;
        checked += found || found.error().code() != Errc::RateLimited ? 1 : 0;
    }
    std::printf("second factor: 86400 guesses in a day, %d checked, %d right, seed 4300001\n",
                checked, accepted);
    EXPECT_LE(checked, 100);
    EXPECT_EQ(accepted, 0);
}

}  // namespace
}  // namespace vault::identity
