#include "daemon/identity/robot_tokens.hpp"

#include "tests/unit/identity/doubles.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>

namespace vault::identity {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TokenFault fault_of(const RobotTokens::Found& found) {
    EXPECT_TRUE(std::holds_alternative<TokenFault>(found)) << "the token was accepted";
    return std::holds_alternative<TokenFault>(found) ? std::get<TokenFault>(found)
                                                     : TokenFault::Malformed;
}
bool accepts(const RobotTokens::Found& found) {
    return std::holds_alternative<const ports::RobotTokenRow*>(found);
}

TokenWish reports() {
    return {.user = kAlice, .uid = 1003, .label = "nightly", .patterns = {"report.*", "status"}};
}

class RobotTokensTest : public testing::Test {
  protected:
    // What is proposed counts once it is durable.
    RobotTokens::Made make(TokenWish wish) {
        auto made = tokens_.create(wish, now_);
        tokens_.adopt({made.value().row});
        return std::move(made.value());
    }
    bool revoke(UserId user, TokenId id) {
        const auto row = tokens_.revoked(user, id, now_);
        if (row) tokens_.adopt({*row});
        return row.has_value();
    }

    SeededEntropy entropy_{12};
    RobotTokens tokens_{entropy_};
    UtcTime now_ = kStart;
};

TEST(RobotPatterns, CoverWhatTheySay) {
    const std::vector<std::string> patterns{"report.*", "vault.show", "status"};
    for (const char* method : {"report.pnl", "report.fees", "vault.show", "status"})
        EXPECT_TRUE(covers(patterns, method)) << method;
    for (const char* method : {"report", "report.", "reports.pnl", "vault.show_all", "vault.sho",
                               "vault.list", "stat", "status.x", "", ".", "xreport.pnl"})
        EXPECT_FALSE(covers(patterns, method)) << method;
    EXPECT_FALSE(covers({}, "status"));
}

TEST(RobotPatterns, AreMethodsOrANounWithAStar) {
    for (const char* pattern : {"report.*", "vault.set_tradeable", "status", "why_not_trading"})
        EXPECT_TRUE(check_pattern(pattern).has_value()) << pattern;
    for (const char* pattern : {"", "*", "*.*", ".*", "*.list", "report.p*", "report.**", "report.",
                                "Report.*", "report*", "a.b.c", "report .*", "report.*\n"}) {
        const auto checked = check_pattern(pattern);
        ASSERT_FALSE(checked.has_value()) << pattern;
        EXPECT_EQ(checked.error().field(), "methods");
    }
    EXPECT_FALSE(check_pattern(std::string(65, 'a')).has_value());
}

TEST_F(RobotTokensTest, OpensItsMethodsForItsUidOnly) {
    const auto made = make(reports());
    const std::string token{made.token.reveal()};
    EXPECT_TRUE(token.starts_with("vault_robot_"));
    EXPECT_EQ(made.row.token_hash, sha256(token));
    const auto found = tokens_.use(token, 1003, "report.pnl", now_);
    ASSERT_TRUE(accepts(found));
    EXPECT_EQ(std::get<0>(found)->user, kAlice);
    EXPECT_EQ(fault_of(tokens_.use(token, 1003, "vault.list", now_)), TokenFault::OutOfScope);
    for (const ports::PeerUid uid : {0U, 1002U, 1004U})
        EXPECT_EQ(fault_of(tokens_.use(token, uid, "report.pnl", now_)), TokenFault::OtherUid);
    EXPECT_EQ(fault_of(tokens_.use("vault_session_" + token.substr(12), 1003, "status", now_)),
              TokenFault::Malformed);
    EXPECT_EQ(fault_of(tokens_.use("vault_robot_" + std::string(64, '0'), 1003, "status", now_)),
              TokenFault::Unknown);
}

TEST_F(RobotTokensTest, HasARatePerMinute) {
    auto wish = reports();
    wish.calls_per_minute = 10;
    const std::string token{make(wish).token.reveal()};
    const auto in_a_minute = [&](Duration step) {
        int count = 0;
        for (Duration gone{0}; gone < minutes{1}; gone += step)
            count += accepts(tokens_.use(token, 1003, "status", now_ + gone)) ? 1 : 0;
        now_ += minutes{1};
        return count;
    };
    int burst = 0;
    for (int i = 0; i < 1000; ++i)
        burst += accepts(tokens_.use(token, 1003, "status", now_)) ? 1 : 0;
    EXPECT_EQ(burst, 10);
    EXPECT_EQ(fault_of(tokens_.use(token, 1003, "status", now_)), TokenFault::TooMany);
    now_ += minutes{10};
    EXPECT_LE(in_a_minute(Duration{100}), 20);  // a full bucket, and what runs in
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(in_a_minute(Duration{100}), 10);
    // What is refused costs nothing of the rate.
    for (int i = 0; i < 1000; ++i)
        EXPECT_FALSE(accepts(tokens_.use(token, 1003, "vault.list", now_)));
    EXPECT_TRUE(accepts(tokens_.use(token, 1003, "status", now_ + seconds{6})));
    // The clock is set back a year: at most a minute is lost.
    now_ -= hours{24 * 365};
    EXPECT_TRUE(accepts(tokens_.use(token, 1003, "status", now_ + minutes{1})) ||
                accepts(tokens_.use(token, 1003, "status", now_ + minutes{2})));
}

TEST_F(RobotTokensTest, ExpiresAndIsRevoked) {
    auto wish = reports();
    wish.life = hours{24};
    const auto made = make(wish);
    const auto other = make(reports());
    EXPECT_TRUE(
        accepts(tokens_.use(made.token.reveal(), 1003, "status", now_ + hours{24} - Duration{1})));
    EXPECT_EQ(fault_of(tokens_.use(made.token.reveal(), 1003, "status", now_ + hours{24})),
              TokenFault::TooOld);
    EXPECT_FALSE(revoke(kBob, other.row.id));
    EXPECT_TRUE(revoke(kAlice, other.row.id));
    EXPECT_FALSE(revoke(kAlice, other.row.id));
    EXPECT_EQ(fault_of(tokens_.use(other.token.reveal(), 1003, "status", now_)),
              TokenFault::Revoked);
    EXPECT_EQ(tokens_.list(kAlice).size(), 2U);
    EXPECT_EQ(tokens_.list(kBob).size(), 0U);
}

TEST_F(RobotTokensTest, WhatIsProposedCountsOnceItIsAdopted) {
    const auto made = tokens_.create(reports(), now_);
    const std::string token{made.value().token.reveal()};
    EXPECT_EQ(fault_of(tokens_.use(token, 1003, "status", now_)), TokenFault::Unknown);
    EXPECT_TRUE(tokens_.list(kAlice).empty());
    const auto kept = make(reports());
    EXPECT_NE(kept.row.id, made.value().row.id);
    const auto revoked = tokens_.revoked(kAlice, kept.row.id, now_);
    ASSERT_TRUE(revoked.has_value());
    EXPECT_EQ(revoked->revoked_at, now_);
    EXPECT_TRUE(accepts(tokens_.use(kept.token.reveal(), 1003, "status", now_)));
    tokens_.adopt({*revoked});
    EXPECT_EQ(fault_of(tokens_.use(kept.token.reveal(), 1003, "status", now_)),
              TokenFault::Revoked);
    EXPECT_EQ(tokens_.known(kept.token.reveal(), 1003, now_), nullptr);
    EXPECT_EQ(tokens_.by_id(kept.row.id, now_), nullptr);
}

TEST_F(RobotTokensTest, IsKnownWhateverItsScopeAndRate) {
    auto wish = reports();
    wish.calls_per_minute = 1;
    const auto made = make(wish);
    const std::string token{made.token.reveal()};
    EXPECT_TRUE(accepts(tokens_.use(token, 1003, "status", now_)));
    EXPECT_EQ(fault_of(tokens_.use(token, 1003, "status", now_)), TokenFault::TooMany);
    ASSERT_NE(tokens_.known(token, 1003, now_), nullptr);
    EXPECT_EQ(tokens_.known(token, 1003, now_)->id, made.row.id);
    EXPECT_EQ(tokens_.known(token, 1004, now_), nullptr);
    EXPECT_EQ(tokens_.known(token, 1003, made.row.expires_at), nullptr);
    EXPECT_NE(tokens_.by_id(made.row.id, now_), nullptr);
    EXPECT_EQ(tokens_.by_id(made.row.id, made.row.expires_at), nullptr);
    EXPECT_EQ(tokens_.by_id(TokenId{99}, now_), nullptr);
}

TEST_F(RobotTokensTest, AWishThatCannotBeGrantedNamesItsField) {
    const auto field_of = [&](auto change) {
        TokenWish wish = reports();
        change(wish);
        const auto made = tokens_.create(wish, now_);
        EXPECT_FALSE(made.has_value());
        return made ? std::string{} : made.error().field();
    };
    EXPECT_EQ(field_of([](TokenWish& w) { w.patterns.clear(); }), "methods");
    EXPECT_EQ(field_of([](TokenWish& w) { w.patterns = {"status", "*"}; }), "methods");
    EXPECT_EQ(field_of([](TokenWish& w) { w.patterns.assign(65, "status"); }), "methods");
    EXPECT_EQ(field_of([](TokenWish& w) { w.calls_per_minute = 0; }), "rate");
    EXPECT_EQ(field_of([](TokenWish& w) { w.calls_per_minute = 601; }), "rate");
    EXPECT_EQ(field_of([](TokenWish& w) { w.life = Duration{0}; }), "expires");
    EXPECT_EQ(field_of([](TokenWish& w) { w.life = hours{24 * 367}; }), "expires");
    for (std::size_t i = 0; i < kMostTokensPerUser; ++i)
        make(reports());
    EXPECT_EQ(tokens_.create(reports(), now_).error().code(), Errc::Exists);
    EXPECT_TRUE(tokens_.create(reports(), now_ + hours{24 * 91}).has_value());
}

TEST_F(RobotTokensTest, ChangesCarryEverythingToAnother) {
    const auto made = make(reports());
    EXPECT_TRUE(tokens_.take_changes().empty());  // what was adopted is in the store
    EXPECT_TRUE(accepts(tokens_.use(made.token.reveal(), 1003, "status", now_ + seconds{59})));
    EXPECT_TRUE(tokens_.take_changes().empty());
    EXPECT_TRUE(accepts(tokens_.use(made.token.reveal(), 1003, "status", now_ + seconds{60})));
    EXPECT_EQ(tokens_.take_changes().at(0).last_used_at, now_ + seconds{60});
    RobotTokens other{entropy_};
    other.load({made.row}, TokenId{2});
    EXPECT_TRUE(accepts(other.use(made.token.reveal(), 1003, "report.pnl", now_)));
    EXPECT_EQ(other.create(reports(), now_).value().row.id, TokenId{2});
}

TEST_F(RobotTokensTest, TenThousandReplaysOfDeadTokensAndNoneAccepted) {
    constexpr std::uint64_t kSeed = 20261201;
    Random random{kSeed};
    std::vector<std::pair<std::string, ports::PeerUid>> dead;
    std::map<TokenFault, long> faults;
    long accepted = 0;
    for (long replays = 0; replays < 10'000; now_ += minutes{10}) {
        TokenWish wish = reports();
        wish.life = minutes{30};
        const auto made = make(wish);
        const bool lives = random.below(2) == 0;
        EXPECT_EQ(!lives && revoke(kAlice, made.row.id), !lives);
        dead.emplace_back(std::string{made.token.reveal()},
                          lives ? ports::PeerUid{1004} : ports::PeerUid{1003});
        for (int i = 0; i < 20; ++i, ++replays) {
            const auto& [old, uid] = dead[random.below(dead.size())];
            const auto found = tokens_.use(old, uid, "report.pnl", now_);
            accepted += accepts(found) ? 1 : 0;
            if (!accepts(found)) ++faults[std::get<TokenFault>(found)];
        }
    }
    std::printf("robot tokens: 10000 replays of %zu tokens, %ld accepted, seed %llu\n", dead.size(),
                accepted, static_cast<unsigned long long>(kSeed));
    EXPECT_EQ(accepted, 0);
    EXPECT_GT(faults[TokenFault::OtherUid], 0);
    EXPECT_GT(faults[TokenFault::Revoked], 0);
}

}  // namespace
}  // namespace vault::identity
