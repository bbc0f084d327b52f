#include "daemon/identity/throttle.hpp"

#include "daemon/identity/sign_in.hpp"
#include "tests/unit/identity/doubles.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

namespace vault::identity {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Duration kNoWait{0};

Duration wait_of(const std::optional<Duration>& wait) {
    return wait.value_or(kNoWait);
}

TEST(Throttle, FiveAreFreeAndThenEachWaitsTwiceAsLong) {
    Throttle throttle;
    UtcTime now = kStart;
    for (int i = 0; i < 5; ++i)
        EXPECT_FALSE(throttle.admit("alice", 1000, now)) << i;
    for (const Duration delay :
         {Duration{seconds{30}}, Duration{minutes{1}}, Duration{minutes{2}}, Duration{minutes{4}},
          Duration{minutes{8}}, Duration{minutes{15}}, Duration{minutes{15}}}) {
        EXPECT_EQ(wait_of(throttle.admit("alice", 1000, now)), delay);
        now += delay - Duration{1};
        EXPECT_EQ(wait_of(throttle.admit("alice", 1000, now)), Duration{1});
        now += Duration{1};
        EXPECT_FALSE(throttle.admit("alice", 1000, now));
    }
}

TEST(Throttle, TriesThatWaitProlongNothing) {
    Throttle throttle;
    UtcTime now = kStart;
    for (int i = 0; i < 5; ++i)
        EXPECT_FALSE(throttle.admit("alice", 1000, now));
    for (int i = 0; i < 29'999; ++i)
        EXPECT_TRUE(throttle.admit("alice", 1000, now += Duration{1}));
    EXPECT_FALSE(throttle.admit("alice", 1000, now + Duration{1}));
}

TEST(Throttle, ASuccessStartsAnew) {
    Throttle throttle;
    UtcTime now = kStart;
    // A person who signs in two hundred times a day is no guesser.
    for (int i = 0; i < 200; ++i) {
        now += minutes{7};
        EXPECT_FALSE(throttle.admit("alice", 1000, now)) << i;
        throttle.succeeded("alice", 1000, now);
    }
    for (int i = 0; i < 5; ++i)
        EXPECT_FALSE(throttle.admit("alice", 1000, now));
    EXPECT_TRUE(throttle.admit("alice", 1000, now));
}

TEST(Throttle, OtherAccountsAndOtherUidsDoNotWait) {
    Throttle throttle;
    for (int i = 0; i < 5; ++i)
        EXPECT_FALSE(throttle.admit("alice", 1000, kStart));
    EXPECT_TRUE(throttle.admit("alice", 1000, kStart));
    EXPECT_FALSE(throttle.admit("alice", 1001, kStart));
    EXPECT_FALSE(throttle.admit("bob", 1000, kStart));
}

TEST(Throttle, AUidHasTwentyAMinuteInAll) {
    Throttle throttle;
    for (int i = 0; i < 20; ++i)
        EXPECT_FALSE(throttle.admit("user" + std::to_string(i), 1000, kStart + seconds{i}));
    EXPECT_EQ(wait_of(throttle.admit("user99", 1000, kStart + seconds{20})), Duration{seconds{40}});
    EXPECT_FALSE(throttle.admit("user99", 1001, kStart + seconds{20}));
    EXPECT_FALSE(throttle.admit("user99", 1000, kStart + seconds{60}));
    EXPECT_TRUE(throttle.admit("user98", 1000, kStart + seconds{60}));
}

TEST(Throttle, ACheckThatWasNeverMadeIsGivenBack) {
    Throttle throttle;
    for (int i = 0; i < 1000; ++i) {
        ASSERT_FALSE(throttle.admit("alice", 1000, kStart)) << i;
        throttle.give_back("alice", 1000);
    }
    throttle.give_back("nobody", 7);
}

TEST(Throttle, ManyAtOnceGainNothing) {
    Throttle throttle;
    int admitted = 0;
    for (int i = 0; i < 16; ++i)
        admitted += throttle.admit("alice", 1000, kStart) ? 0 : 1;
    EXPECT_EQ(admitted, 5);
}

TEST(Throttle, RowsCarryEverythingOverARestart) {
    Throttle before;
    UtcTime now = kStart;
    EXPECT_FALSE(before.admit("bob", 5, now));
    before.succeeded("bob", 5, now);
    for (int i = 0; i < 7; ++i)
        while (before.admit("alice", 1000, now))
            now += seconds{1};
    const auto rows = before.rows(now);
    ASSERT_EQ(rows.size(), 2U);
    Throttle after;
    after.load(rows);
    EXPECT_EQ(after.rows(now), rows);
    for (int i = 0; i < 500; ++i, now += seconds{7})
        ASSERT_EQ(after.admit("alice", 1000, now), before.admit("alice", 1000, now));
    EXPECT_TRUE(before.rows(now + hours{24 * 91}).empty());
}

TEST(Throttle, NamesThatNobodyHasAreForgottenAfterADay) {
    Throttle throttle;
    UtcTime now = kStart;
    for (int i = 0; i < 3000; ++i, now += seconds{3})
        ASSERT_FALSE(throttle.admit("nobody" + std::to_string(i), 1000, now));
    EXPECT_EQ(throttle.size(), 3000U);
    EXPECT_FALSE(throttle.admit("alice", 1000, now + hours{25}));
    EXPECT_EQ(throttle.size(), 1U);
    EXPECT_FALSE(throttle.admit(std::string(100'000, 'x'), 1000, now + hours{25}));
    EXPECT_LE(throttle.rows(now + hours{25}).back().account.size(), 80U);
}

TEST(Throttle, AClockThatIsSetBackHoldsNobodyUpForLong) {
    Throttle throttle;
    const UtcTime later = kStart + hours{24 * 365};
    for (int i = 0; i < 5; ++i)
        EXPECT_FALSE(throttle.admit("alice", 1000, later));
    const Duration wait = wait_of(throttle.admit("alice", 1000, kStart));
    EXPECT_EQ(wait, Duration{seconds{30}});
    EXPECT_FALSE(throttle.admit("alice", 1000, kStart + wait));
}

// What an attacker and an honest user live through on a virtual clock.
class Siege {
  public:
    explicit Siege(std::uint64_t seed) : random_(seed) {
        const auto hash = hasher_.hash(Secret{std::string{"the right password"}});
        alice_ = {.user = UserId{1}, .password_hash = hash.value()};
        const auto decoy = hasher_.hash(Secret{std::string{"nobody has this one"}});
        door_.emplace(throttle_, HashCost{}, decoy.value());
    }

    // True if it was checked.
    bool guess(ports::PeerUid uid) {
        const auto attempt = door_->begin("alice", uid, {&alice_}, now_);
        if (!attempt) {
            EXPECT_EQ(attempt.error().code(), Errc::RateLimited);
            return false;
        }
        const Secret password{"guess " + std::to_string(random_.next())};
        const bool matched = hasher_.matches(attempt.value().stored, password).value();
        EXPECT_FALSE(door_->finish(attempt.value(), {&alice_}, matched, now_).has_value());
        checked_at_.push_back(now_);
        return true;
    }

    bool sign_in(ports::PeerUid uid) {
        const auto attempt = door_->begin("alice", uid, {&alice_}, now_);
        if (!attempt) return false;
        const Secret password{std::string{"the right password"}};
        const bool matched = hasher_.matches(attempt.value().stored, password).value();
        return door_->finish(attempt.value(), {&alice_}, matched, now_).has_value();
    }

    // The most guesses checked in any 24 hours.
    std::size_t most_in_a_day() const {
        std::size_t most = 0;
        for (std::size_t first = 0, last = 0; last < checked_at_.size(); ++last) {
            while (checked_at_[last] - checked_at_[first] >= hours{24})
                ++first;
            most = std::max(most, last - first + 1);
        }
        return most;
    }

    void advance(Duration step) { now_ += step; }
    Random& random() { return random_; }
    UtcTime now() const { return now_; }
    std::size_t checked() const { return checked_at_.size(); }

  private:
    Random random_;
    CountingHasher hasher_;
    Throttle throttle_;
    std::optional<SignIn> door_;
    ports::CredentialRow alice_;
    UtcTime now_ = kStart;
    std::vector<UtcTime> checked_at_;
};

// From one uid, and from many: guesses without a pause, while the user signs in from elsewhere.
void besiege(std::uint64_t seed, ports::PeerUid attackers, Duration pace) {
    constexpr ports::PeerUid kHonest = 77;
    Siege siege{seed};
    EXPECT_TRUE(siege.sign_in(kHonest));  // some day before
    siege.advance(hours{48});
    int honest = 0, honest_in = 0;
    UtcTime next_visit = siege.now();
    for (int guess = 0; guess < 100'000; ++guess) {
        siege.guess(1000 + static_cast<ports::PeerUid>(siege.random().below(attackers)));
        siege.advance(Duration{static_cast<std::int64_t>(
            siege.random().below(2 * static_cast<std::uint64_t>(pace.count()) + 1))});
        if (siege.now() < next_visit) continue;
        next_visit = siege.now() + minutes{30};
        ++honest;
        honest_in += siege.sign_in(kHonest) ? 1 : 0;
    }
    std::printf(
        "siege: seed %llu, %u uids, 100000 guesses in %.1f days: %zu checked, at most %zu "
        "in a day; the user came %d times and got in %d times\n",
        static_cast<unsigned long long>(seed), attackers,
        std::chrono::duration<double, std::ratio<86'400>>(siege.now() - kStart).count(),
        siege.checked(), siege.most_in_a_day(), honest, honest_in);
    EXPECT_LE(siege.most_in_a_day(), 100U) << "seed " << seed;
    EXPECT_EQ(honest_in, honest) << "seed " << seed;
    EXPECT_GE(honest, 1);
    EXPECT_GE(siege.checked(), 5U);
}

TEST(ThrottleProperty, AHundredThousandGuessesAndTheUserStillSignsIn) {
    std::uint64_t seed = 4'000'001;
    for (const ports::PeerUid attackers : {1U, 2U, 3U, 10U, 200U})
        for (const Duration pace : {Duration{1}, Duration{seconds{1}}, Duration{seconds{9}}})
            besiege(seed++, attackers, pace);
}

// A uid that never signed in to the account: it is let in as long as one other uid guesses.
TEST(ThrottleProperty, ANewUidGetsInBesideOneThatGuesses) {
    Siege siege{4'100'001};
    for (int guess = 0; guess < 100'000; ++guess) {
        siege.guess(1000);
        siege.advance(seconds{1});
    }
    EXPECT_LE(siege.most_in_a_day(), 40U);
    EXPECT_TRUE(siege.sign_in(88));
}

// Nothing locks for good: the besieged uid itself gets in again at the latest a day later.
TEST(ThrottleProperty, TheSameUidGetsInAgain) {
    for (const int guesses : {1, 5, 6, 12, 39, 40, 41, 1000}) {
        Siege siege{4'200'000 + static_cast<std::uint64_t>(guesses)};
        for (int guess = 0; guess < guesses; ++guess) {
            siege.guess(1000);
            siege.advance(minutes{15});
        }
        siege.advance(hours{24});
        EXPECT_TRUE(siege.sign_in(1000)) << guesses;
    }
}

}  // namespace
}  // namespace vault::identity
