#include "daemon/identity/sessions.hpp"

#include "tests/unit/identity/doubles.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>

namespace vault::identity {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TokenFault fault_of(const Sessions::Found& found) {
    EXPECT_TRUE(std::holds_alternative<TokenFault>(found)) << "the token opened a session";
    return std::holds_alternative<TokenFault>(found) ? std::get<TokenFault>(found)
                                                     : TokenFault::Malformed;
}
bool opens(const Sessions::Found& found) {
    return std::holds_alternative<const ports::SessionRow*>(found);
}

class SessionsTest : public testing::Test {
  protected:
    // What is proposed counts once it is durable.
    Sessions::Proposed open(UserId user, ports::PeerUid uid, std::string_view origin,
                            bool second_factor, UtcTime now) {
        auto proposed = sessions_.open(user, uid, origin, second_factor, now);
        sessions_.adopt({proposed.row}, proposed.gone);
        return proposed;
    }
    Sessions::Proposed step_up(const ports::SessionRow& row, UtcTime now) {
        auto proposed = sessions_.step_up(row, now);
        sessions_.adopt({proposed.row}, {});
        return proposed;
    }
    void end(SessionId id) { sessions_.adopt({}, {id}); }

    SeededEntropy entropy_{11};
    Sessions sessions_{entropy_};
    UtcTime now_ = kStart;
};

TEST_F(SessionsTest, ATokenHas256BitsAndOnlyItsHashIsKept) {
    const auto opened = open(kAlice, 1000, "vaultctl on pts/3", false, now_);
    const std::string token{opened.token.reveal()};
    EXPECT_TRUE(token.starts_with("vault_session_"));
    EXPECT_EQ(token.size(), 14U + 64U);
    EXPECT_EQ(opened.row.token_hash, sha256(token));
    const auto found = sessions_.find(token, 1000, now_);
    ASSERT_TRUE(opens(found));
    EXPECT_EQ(std::get<0>(found)->user, kAlice);
    EXPECT_EQ(std::get<0>(found)->origin, "vaultctl on pts/3");
    const auto other = open(kAlice, 1000, "", false, now_);
    EXPECT_NE(other.token.reveal(), opened.token.reveal());
    EXPECT_NE(other.row.id, opened.row.id);
}

TEST_F(SessionsTest, ATokenOfAnotherUidOpensNothingAndHarmsNothing) {
    const auto opened = open(kAlice, 1000, "", false, now_);
    for (const ports::PeerUid uid : {0U, 999U, 1001U, 65534U})
        EXPECT_EQ(fault_of(sessions_.find(opened.token.reveal(), uid, now_)), TokenFault::OtherUid);
    EXPECT_TRUE(opens(sessions_.find(opened.token.reveal(), 1000, now_)));
}

TEST_F(SessionsTest, EveryChangedLetterIsRefused) {
    const std::string token{open(kAlice, 1000, "", false, now_).token.reveal()};
    for (std::size_t i = 0; i < token.size(); ++i) {
        std::string changed = token;
        changed[i] = changed[i] == 'a' ? 'b' : 'a';
        EXPECT_FALSE(opens(sessions_.find(changed, 1000, now_))) << i;
    }
    for (const std::string& text : {std::string{}, token + "0", token.substr(1), " " + token,
                                    token.substr(0, token.size() - 1), std::string(1 << 20, 'a'),
                                    "vault_robot_" + token.substr(14)})
        EXPECT_FALSE(opens(sessions_.find(text, 1000, now_)));
}

TEST_F(SessionsTest, IdleForHalfAnHourEndsIt) {
    const auto opened = open(kAlice, 1000, "", false, now_);
    for (int i = 0; i < 20; ++i) {
        now_ += minutes{30} - Duration{1};
        ASSERT_TRUE(opens(sessions_.find(opened.token.reveal(), 1000, now_))) << i;
    }
    now_ += minutes{30};
    EXPECT_EQ(fault_of(sessions_.find(opened.token.reveal(), 1000, now_)), TokenFault::Idle);
    EXPECT_EQ(fault_of(sessions_.find(opened.token.reveal(), 1000, now_)), TokenFault::Unknown);
}

TEST_F(SessionsTest, TwelveHoursEndItHoweverBusy) {
    const auto opened = open(kAlice, 1000, "", false, now_);
    const UtcTime end = now_ + hours{12};
    for (; now_ < end; now_ += minutes{10})
        ASSERT_TRUE(opens(sessions_.find(opened.token.reveal(), 1000, now_)));
    EXPECT_EQ(fault_of(sessions_.find(opened.token.reveal(), 1000, end)), TokenFault::TooOld);
}

TEST_F(SessionsTest, AClockThatIsSetBackNeitherEndsNorFreshens) {
    const auto opened = open(kAlice, 1000, "", true, now_);
    EXPECT_TRUE(opens(sessions_.find(opened.token.reveal(), 1000, now_ - hours{3})));
    EXPECT_FALSE(sessions_.is_fresh(opened.row, now_ - hours{3}));
    EXPECT_TRUE(opens(sessions_.find(opened.token.reveal(), 1000, now_ + minutes{29})));
}

TEST_F(SessionsTest, AStepUpCountsFiveMinutesAndRenewsTheToken) {
    const auto opened = open(kAlice, 1000, "", false, now_);
    EXPECT_FALSE(sessions_.is_fresh(opened.row, now_));
    now_ += minutes{1};
    const Secret token = step_up(opened.row, now_).token;
    EXPECT_EQ(fault_of(sessions_.find(opened.token.reveal(), 1000, now_)), TokenFault::Unknown);
    const auto found = sessions_.find(token.reveal(), 1000, now_);
    ASSERT_TRUE(opens(found));
    const ports::SessionRow row = *std::get<0>(found);
    EXPECT_EQ(row.id, opened.row.id);
    EXPECT_TRUE(sessions_.is_fresh(row, now_ + minutes{5} - Duration{1}));
    EXPECT_FALSE(sessions_.is_fresh(row, now_ + minutes{5}));
    // It makes the session no younger.
    EXPECT_EQ(row.created_at, kStart);
}

TEST_F(SessionsTest, WhatIsProposedOpensNothingUntilItIsAdopted) {
    const auto opened = sessions_.open(kAlice, 1000, "", false, now_);
    EXPECT_EQ(fault_of(sessions_.find(opened.token.reveal(), 1000, now_)), TokenFault::Unknown);
    EXPECT_EQ(sessions_.size(), 0U);
    // It got lost: its id is not given again, and nothing of it stays.
    const auto second = open(kAlice, 1000, "", false, now_);
    EXPECT_NE(second.row.id, opened.row.id);
    const auto renewed = sessions_.step_up(second.row, now_);
    EXPECT_EQ(fault_of(sessions_.find(renewed.token.reveal(), 1000, now_)), TokenFault::Unknown);
    EXPECT_TRUE(opens(sessions_.find(second.token.reveal(), 1000, now_)));
    EXPECT_TRUE(sessions_.take_changes().put.empty());
}

TEST_F(SessionsTest, ARowThatComesBackMakesNoUseUndone) {
    const auto opened = open(kAlice, 1000, "", false, now_);
    EXPECT_TRUE(opens(sessions_.find(opened.token.reveal(), 1000, now_ + minutes{20})));
    sessions_.adopt({opened.row}, {});  // as stored, of 20 minutes ago
    EXPECT_TRUE(opens(sessions_.find(opened.token.reveal(), 1000, now_ + minutes{45})));
}

TEST_F(SessionsTest, WhatIsListedAndEndedIsOnesOwn) {
    const auto one = open(kAlice, 1000, "one", false, now_);
    const auto two = open(kAlice, 1001, "two", false, now_);
    const auto his = open(kBob, 1000, "his", false, now_);
    ASSERT_EQ(sessions_.list(kAlice, now_).size(), 2U);
    EXPECT_EQ(sessions_.list(kAlice, now_)[1].origin, "two");
    EXPECT_FALSE(sessions_.belongs(his.row.id, kAlice));
    EXPECT_FALSE(sessions_.belongs(SessionId{99}, kAlice));
    EXPECT_TRUE(sessions_.belongs(one.row.id, kAlice));
    end(one.row.id);
    EXPECT_FALSE(sessions_.belongs(one.row.id, kAlice));
    EXPECT_EQ(fault_of(sessions_.find(one.token.reveal(), 1000, now_)), TokenFault::Unknown);
    EXPECT_TRUE(opens(sessions_.find(two.token.reveal(), 1001, now_)));
    const auto three = open(kAlice, 1000, "three", false, now_);
    EXPECT_EQ(sessions_.of(kAlice, three.row.id), std::vector{two.row.id});
    EXPECT_EQ(sessions_.of(kAlice), (std::vector{two.row.id, three.row.id}));
    sessions_.end_all(kAlice);
    EXPECT_TRUE(sessions_.of(kAlice).empty());
    EXPECT_TRUE(opens(sessions_.find(his.token.reveal(), 1000, now_)));
    const std::vector<SessionId> ended{two.row.id, three.row.id};
    EXPECT_EQ(sessions_.take_changes().gone, ended);
}

TEST_F(SessionsTest, AUserHasAtMost32AndTheIdlestGoes) {
    const auto first = open(kAlice, 1000, "", false, now_);
    const auto second = open(kAlice, 1000, "", false, now_ + seconds{1});
    for (int i = 0; i < 30; ++i)
        open(kAlice, 1000, "", false, now_ + seconds{2});
    open(kBob, 1000, "", false, now_ + seconds{2});
    EXPECT_TRUE(opens(sessions_.find(first.token.reveal(), 1000, now_ + seconds{3})));
    open(kAlice, 1000, "", false, now_ + seconds{4});
    EXPECT_EQ(sessions_.list(kAlice, now_ + seconds{4}).size(), 32U);
    EXPECT_FALSE(opens(sessions_.find(second.token.reveal(), 1000, now_ + seconds{4})));
    EXPECT_TRUE(opens(sessions_.find(first.token.reveal(), 1000, now_ + seconds{4})));
}

TEST_F(SessionsTest, ChangesCarryEverythingToAnother) {
    const auto one = open(kAlice, 1000, "one", true, now_);
    const auto two = open(kBob, 1001, "two", false, now_);
    auto changes = sessions_.take_changes();  // what was adopted is in the store
    EXPECT_TRUE(changes.put.empty());
    EXPECT_TRUE(changes.gone.empty());

    Sessions other{entropy_};
    other.load({one.row, two.row}, SessionId{3});
    EXPECT_TRUE(opens(other.find(one.token.reveal(), 1000, now_)));
    EXPECT_EQ(fault_of(other.find(two.token.reveal(), 1000, now_)), TokenFault::OtherUid);
    EXPECT_EQ(other.open(kBob, 1001, "", false, now_).row.id, SessionId{3});

    // A use is told once a minute, an end at once.
    EXPECT_TRUE(opens(sessions_.find(one.token.reveal(), 1000, now_ + seconds{59})));
    EXPECT_TRUE(sessions_.take_changes().put.empty());
    EXPECT_TRUE(opens(sessions_.find(one.token.reveal(), 1000, now_ + seconds{60})));
    EXPECT_EQ(sessions_.take_changes().put.at(0).last_used_at, now_ + seconds{60});
    sessions_.expire(now_ + minutes{30});
    changes = sessions_.take_changes();
    EXPECT_TRUE(changes.put.empty());
    EXPECT_EQ(changes.gone, std::vector{two.row.id});
    EXPECT_EQ(sessions_.size(), 1U);
}

// 10,000 uses of tokens that were good once: revoked, renewed, idle, too old, of another uid, of
// another daemon's life.
TEST_F(SessionsTest, TenThousandReplaysAndNoneAccepted) {
    constexpr std::uint64_t kSeed = 20261130;
    Random random{kSeed};
    std::vector<std::pair<std::string, ports::PeerUid>> dead;
    std::map<TokenFault, long> faults;
    long replays = 0, accepted = 0;
    while (replays < 10'000) {
        const auto uid = static_cast<ports::PeerUid>(1000 + random.below(3));
        auto opened = open(kAlice, uid, "", false, now_);
        std::string token{opened.token.reveal()};
        ASSERT_TRUE(opens(sessions_.find(token, uid, now_)));
        switch (random.below(4)) {
            case 0: end(opened.row.id); break;
            case 1: step_up(opened.row, now_); break;
            case 2: now_ += minutes{31}; break;
            case 3: break;  // lives on; used by another uid below
        }
        const bool lives = opens(sessions_.find(token, uid, now_));
        dead.emplace_back(token, lives ? uid + 7 : uid);
        for (int i = 0; i < 20; ++i, ++replays) {
            const auto& [old, by] = i == 0 ? dead.back() : dead[random.below(dead.size())];
            const auto found = sessions_.find(old, by, now_);
            accepted += opens(found) ? 1 : 0;
            if (!opens(found)) ++faults[std::get<TokenFault>(found)];
        }
    }
    std::printf("sessions: %ld replays of %zu tokens, %ld accepted, seed %llu:", replays,
                dead.size(), accepted, static_cast<unsigned long long>(kSeed));
    for (const auto& [fault, count] : faults)
        std::printf(" %s %ld", std::string{to_text(fault)}.c_str(), count);
    std::printf("\n");
    EXPECT_EQ(accepted, 0);
    EXPECT_GT(faults[TokenFault::OtherUid], 0);
    EXPECT_GT(faults[TokenFault::Unknown], 0);
}

}  // namespace
}  // namespace vault::identity
