// The life of an API key: what validations and calls make of it.
#include "tests/unit/engine/key_desk.hpp"

namespace vault::engine::test {
namespace {

LivingKey valid_key() {
    LivingKey key;
    key.on(ev::Validated{fit()});
    return key;
}

TEST(KeyMachine, AValidationThatFindsNothingWrongMakesANewKeyValidForADay) {
    const LivingKey key = valid_key();
    EXPECT_EQ(key.state(), KeyState::Valid);
    EXPECT_EQ(key.row.next_check_at, kNoon + std::chrono::hours{24});
    EXPECT_EQ(key.validate_at, key.row.next_check_at);
    EXPECT_TRUE(key.alerts.empty());
    ASSERT_TRUE(key.row.check);
    EXPECT_TRUE(key.row.check->signature_accepted);
    EXPECT_EQ(key.row.check->rights, fit().rights);
    EXPECT_EQ(key.row.check->at, kNoon);
    EXPECT_EQ(key.row.check->message, "");
    EXPECT_EQ(key.row.account_identity, sha256("paper:alice"));
    EXPECT_EQ(key.row.health.calls, 1U);
    EXPECT_EQ(key.row.health.last_success, kNoon);
}

struct Unfit {
    const char* says;
    KeyFindings findings;
    AccountMatch account = AccountMatch::Fits;
};
std::vector<Unfit> all_unfit() {
    std::vector<Unfit> all{
        {"may not query funds", fit()},
        {"may not trade", fit()},
        {"can withdraw", fit()},
        {"expired at 2026-03-01T12:00:00.000Z", fit()},
        {"expired at", refused()},
        {"in use here", fit(), AccountMatch::TakenElsewhere},
        {"another account at the exchange", fit(), AccountMatch::OtherAccount},
    };
    all[0].findings.rights.query_funds = false;
    all[1].findings.rights.trade = false;
    all[2].findings.rights.withdraw = true;
    all[3].findings.expires_at = kNoon;
    all[4].findings.expires_at = kNoon - std::chrono::hours{1};
    return all;
}

TEST(KeyMachine, ANewKeyThatIsUnfitStaysNewAndWaitsForItsOwner) {
    for (const Unfit& unfit : all_unfit()) {
        LivingKey key;
        key.on(ev::Validated{unfit.findings, unfit.account});
        EXPECT_EQ(key.state(), KeyState::New) << unfit.says;
        EXPECT_EQ(key.row.next_check_at, std::nullopt) << unfit.says;
        EXPECT_EQ(key.validate_at, std::nullopt) << unfit.says;
        EXPECT_NE(key.row.state_reason.find(unfit.says), std::string::npos) << key.row.state_reason;
        EXPECT_EQ(key.row.check->message, key.row.state_reason);
        EXPECT_EQ(key.row.account_identity, std::nullopt) << unfit.says;
        key.on(ev::Validated{fit()});
        EXPECT_EQ(key.state(), KeyState::Valid) << unfit.says;
        EXPECT_EQ(key.row.state_reason, "");
    }
}

TEST(KeyMachine, AUsedKeyThatIsFoundUnfitIsQuarantinedAtOnceWithAnAlert) {
    for (const Unfit& unfit : all_unfit()) {
        LivingKey key = valid_key();
        key.on(ev::Validated{unfit.findings, unfit.account});
        EXPECT_EQ(key.state(), KeyState::Quarantined) << unfit.says;
        ASSERT_EQ(key.alerts.size(), 1U) << unfit.says;
        EXPECT_NE(key.alerts[0].find(unfit.says), std::string::npos) << key.alerts[0];
        EXPECT_NE(key.alerts[0].find("k1 (main) of account a1"), std::string::npos);
        EXPECT_EQ(key.validate_at, kNoon + std::chrono::hours{24});
        key.on(ev::Validated{unfit.findings, unfit.account});
        EXPECT_EQ(key.alerts.size(), 1U) << "once is enough";
        key.on(ev::Validated{fit()});
        EXPECT_EQ(key.state(), KeyState::Valid) << unfit.says;
    }
}

TEST(KeyMachine, AllThatIsWrongIsSaidAtOnce) {
    LivingKey key;
    KeyFindings nothing_right = fit();
    nothing_right.rights = {.query_funds = false, .trade = false, .withdraw = true};
    key.on(ev::Validated{nothing_right});
    for (const char* part : {"query funds", "not trade", "--allow-withdrawal-permission"})
        EXPECT_NE(key.row.state_reason.find(part), std::string::npos) << key.row.state_reason;
}

TEST(KeyMachine, AKeyThatCanWithdrawNeedsItsOwnersWord) {
    LivingKey key;
    KeyFindings findings = fit();
    findings.rights.withdraw = true;
    key.row.allow_withdrawal = ports::WithdrawalPermit{"alice", kNoon};
    key.on(ev::Validated{findings});
    EXPECT_EQ(key.state(), KeyState::Valid);
    EXPECT_EQ(key.row.check->message, "it can withdraw, which alice accepts");
    key.row.allow_withdrawal.reset();
    key.on(ev::Validated{findings});
    EXPECT_EQ(key.state(), KeyState::Quarantined);
}

TEST(KeyMachine, ThreeAuthErrorsInARowQuarantineAndNoFewer) {
    LivingKey key = valid_key();
    key.on(kAuthError, 2);
    EXPECT_EQ(key.state(), KeyState::Valid);
    key.on(kGood);
    EXPECT_EQ(key.row.health.auth_errors_in_row, 0U);
    key.on(kAuthError, 2);
    key.on(kNetworkError);  // says nothing about the key
    EXPECT_EQ(key.state(), KeyState::Valid);
    EXPECT_TRUE(key.alerts.empty());
    key.on(kAuthError);
    EXPECT_EQ(key.state(), KeyState::Quarantined);
    ASSERT_EQ(key.alerts.size(), 1U);
    EXPECT_NE(key.alerts[0].find("3 times in a row"), std::string::npos) << key.alerts[0];
    EXPECT_NE(key.alerts[0].find("EAPI:Invalid nonce"), std::string::npos) << key.alerts[0];
    key.on(kAuthError, 5);
    EXPECT_EQ(key.alerts.size(), 1U);
    key.on(kGood);  // of a call that was under way
    EXPECT_EQ(key.state(), KeyState::Quarantined);
    key.on(ev::Validated{fit()});
    EXPECT_EQ(key.state(), KeyState::Valid);
    key.on(kAuthError, 2);
    EXPECT_EQ(key.state(), KeyState::Valid) << "counted from anew";
}

TEST(KeyMachine, OtherErrorsNeverQuarantine) {
    LivingKey key = valid_key();
    for (int i = 0; i < 200; ++i)
        key.on(ev::CallFailed{i % 3 == 0   ? KeyFailure::Rate
                              : i % 3 == 1 ? KeyFailure::Network
                                           : KeyFailure::Exchange,
                              "no"});
    EXPECT_EQ(key.state(), KeyState::Degraded);
    EXPECT_TRUE(key.alerts.empty());
}

TEST(KeyMachine, AUsedKeyWhoseSignatureIsRefusedIsAskedAgainSoonAndQuarantinedAtTheThird) {
    LivingKey key = valid_key();
    for (int i = 1; i <= 2; ++i) {
        key.on(ev::Validated{refused()});
        EXPECT_EQ(key.state(), KeyState::Valid) << i;
        EXPECT_EQ(key.validate_at, kNoon + kCheckRefusedAfter) << i;
    }
    key.on(ev::Validated{refused()});
    EXPECT_EQ(key.state(), KeyState::Quarantined);
    EXPECT_EQ(key.validate_at, kNoon + kCheckEvery) << "faster would lock the account out";
    key.on(ev::Validated{refused()});
    EXPECT_EQ(key.validate_at, kNoon + kCheckEvery);
    EXPECT_EQ(key.alerts.size(), 1U);
}

TEST(KeyMachine, ANewKeyWhoseSignatureIsRefusedIsNotAskedAgain) {
    LivingKey key;
    key.on(ev::Validated{refused()}, 5);
    EXPECT_EQ(key.state(), KeyState::New);
    EXPECT_EQ(key.row.state_reason, "refused by the exchange: EAPI:Invalid key");
    EXPECT_EQ(key.row.next_check_at, std::nullopt);
    EXPECT_TRUE(key.alerts.empty());
}

TEST(KeyMachine, ManyErrorsDegradeAndTheirEndMends) {
    LivingKey key = valid_key();
    key.on(kNetworkError, 7);
    EXPECT_EQ(key.state(), KeyState::Valid);
    EXPECT_EQ(key.validate_at, std::nullopt);
    key.now += std::chrono::seconds{9};
    key.on(kNetworkError);
    EXPECT_EQ(key.state(), KeyState::Degraded);
    EXPECT_EQ(key.row.state_since, key.now);
    EXPECT_EQ(key.validate_at, key.now + kCheckDegradedAfter);
    EXPECT_NE(key.row.state_reason.find("8 of its last 32 calls failed"), std::string::npos);
    key.on(kNetworkError);
    EXPECT_EQ(key.validate_at, std::nullopt) << "is due already";
    LivingKey asked = key;
    asked.on(ev::Validated{fit()});
    EXPECT_EQ(asked.state(), KeyState::Valid);
    EXPECT_EQ(asked.row.health.recent_errors(), 0U);
    key.on(kGood, 29);
    EXPECT_EQ(key.row.health.recent_errors(), 3U);
    EXPECT_EQ(key.state(), KeyState::Degraded);
    key.on(kGood);
    EXPECT_EQ(key.state(), KeyState::Valid);
    EXPECT_EQ(key.row.health.calls, 1U + 9U + 30U);
    EXPECT_EQ(key.row.health.errors, 9U);
}

TEST(KeyMachine, SparseErrorsNeverDegrade) {
    LivingKey key = valid_key();
    for (int i = 0; i < 400; ++i) {  // one of five fails: 6 or 7 of any 32
        if (i % 5 == 0)
            key.on(kNetworkError);
        else
            key.on(kGood);
        ASSERT_EQ(key.state(), KeyState::Valid) << i;
    }
}

TEST(KeyMachine, AnExchangeThatDoesNotAnswerIsAskedAgainWithGrowingPauses) {
    LivingKey key;
    std::vector<std::int64_t> minutes;
    for (int i = 0; i < 9; ++i) {
        key.on(ev::ValidationFailed{KeyFailure::Network, "connection refused"});
        ASSERT_TRUE(key.validate_at);
        EXPECT_EQ(key.row.next_check_at, key.validate_at);
        minutes.push_back((*key.validate_at - key.now) / std::chrono::minutes{1});
    }
    EXPECT_EQ(minutes, (std::vector<std::int64_t>{1, 2, 4, 8, 16, 32, 60, 60, 60}));
    EXPECT_EQ(key.state(), KeyState::New);
    EXPECT_EQ(key.row.check, std::nullopt);
    EXPECT_EQ(key.row.health.last_error, "connection refused");
    key.on(ev::Validated{fit()});
    key.on(ev::ValidationFailed{KeyFailure::Rate, "EAPI:Rate limit exceeded"});
    EXPECT_EQ(key.validate_at, key.now + std::chrono::minutes{15});
    EXPECT_EQ(key.state(), KeyState::Valid);
}

TEST(KeyMachine, ADueValidationIsAskedForUntilItEnds) {
    LivingKey key = valid_key();
    EXPECT_FALSE(is_check_due(key.row, key.now));
    EXPECT_FALSE(is_check_due(key.row, key.now + kCheckEvery - Duration{1}));
    key.now += kCheckEvery;
    EXPECT_TRUE(is_check_due(key.row, key.now));
    key.on(ev::RevalidationDue{});
    EXPECT_EQ(key.validate_at, key.now);
    EXPECT_FALSE(is_check_due(key.row, key.now)) << "it is on";
    EXPECT_TRUE(is_check_due(key.row, key.now + kAskAgainAfter)) << "it was lost";
    EXPECT_TRUE(is_check_due(key.row, key.now - std::chrono::hours{48})) << "clock set back";
}

TEST(KeyMachine, AnExpiryIsWarnedOfOnceADayAndCheckedWhenItComes) {
    LivingKey key;
    KeyFindings findings = fit();
    findings.expires_at = kNoon + std::chrono::hours{24 * 15};
    key.on(ev::Validated{findings});
    EXPECT_TRUE(key.alerts.empty());
    key.now += std::chrono::hours{24};
    key.on(ev::Validated{findings});
    ASSERT_EQ(key.alerts.size(), 1U);
    EXPECT_NE(key.alerts[0].find("expires at 2026-03-16T12:00:00.000Z"), std::string::npos);
    key.now += std::chrono::minutes{5};
    key.on(ev::Validated{findings});
    EXPECT_EQ(key.alerts.size(), 1U);
    key.now = *findings.expires_at - std::chrono::hours{1};
    key.on(ev::Validated{findings});
    EXPECT_EQ(key.alerts.size(), 2U);
    EXPECT_EQ(key.validate_at, findings.expires_at);
    EXPECT_EQ(key.state(), KeyState::Valid);
}

TEST(KeyMachine, RetiredIsForGoodAndCountsWhatWasUnderWay) {
    LivingKey key = valid_key();
    key.on(ev::Retire{"by alice"});
    EXPECT_EQ(key.state(), KeyState::Retired);
    EXPECT_EQ(key.row.state_reason, "by alice");
    EXPECT_EQ(key.row.next_check_at, std::nullopt);
    const ApiKeyRow retired = key.row;
    for (const KeyEvent& event :
         {KeyEvent{ev::Validated{fit()}}, KeyEvent{ev::Validated{refused()}}, KeyEvent{kGood},
          KeyEvent{kAuthError}, KeyEvent{ev::ValidationFailed{}}, KeyEvent{ev::RevalidationDue{}},
          KeyEvent{ev::Retire{"by bob"}}}) {
        key.on(event, 4);
        EXPECT_EQ(key.validate_at, std::nullopt);
    }
    EXPECT_TRUE(key.alerts.empty());
    EXPECT_GT(key.row.health.calls, retired.health.calls);
    key.row.health = retired.health;
    EXPECT_EQ(key.row, retired);
}

TEST(KeyMachine, HealthIsKept) {
    LivingKey key = valid_key();  // 20 ms
    key.on(ev::CallSucceeded{.latency_us = 100'000, .rate_left_pct = 70});
    EXPECT_EQ(key.row.health.latency_us, (20'000U * 7 + 100'000U) / 8);
    EXPECT_EQ(key.row.health.rate_left_pct, 70);
    key.on(kGood);
    EXPECT_EQ(key.row.health.rate_left_pct, 70) << "not told, not forgotten";
    key.on(ev::CallFailed{KeyFailure::Rate, "", std::nullopt});
    EXPECT_EQ(key.row.health.rate_left_pct, 0);
    EXPECT_EQ(key.row.health.last_error, "rate");
    key.on(ev::CallFailed{KeyFailure::Exchange, "a\nb" + std::string(500, 'x'), 255});
    EXPECT_EQ(key.row.health.rate_left_pct, 100);
    EXPECT_EQ(key.row.health.last_error, "a?b" + std::string(197, 'x'));
    const std::uint64_t before = key.row.health.latency_us;
    key.on(ev::CallSucceeded{.latency_us = UINT64_MAX});
    EXPECT_EQ(key.row.health.latency_us, (before * 7 + 3'600'000'000U) / 8) << "an hour at most";
}

TEST(KeyMachine, TheSameRealAccountIsKnownAgain) {
    ApiKeyRow mine = new_row(1);
    ApiKeyRow other = new_row(2, AccountId{2});
    std::vector<ApiKeyRow> keys{mine, other};
    EXPECT_EQ(match_account(keys, mine, fit()), AccountMatch::Fits);
    keys[1].account_identity = sha256("paper:alice");
    EXPECT_EQ(match_account(keys, mine, fit()), AccountMatch::TakenElsewhere);
    keys[1].state = KeyState::Retired;
    EXPECT_EQ(match_account(keys, mine, fit()), AccountMatch::TakenElsewhere);
    keys[1].account = kKeyAccount;
    EXPECT_EQ(match_account(keys, mine, fit()), AccountMatch::Fits);
    keys[1].account_identity = sha256("paper:bob");
    EXPECT_EQ(match_account(keys, mine, fit()), AccountMatch::OtherAccount);
    mine.account_identity = sha256("paper:bob");
    EXPECT_EQ(match_account({}, mine, fit()), AccountMatch::OtherAccount) << "it has changed";
    KeyFindings untold = fit();
    untold.account_identity.clear();
    EXPECT_EQ(match_account(keys, mine, untold), AccountMatch::Fits);
}

TEST(KeyPublicPart, ShowsFourCharactersAtEachEndAndLessOfAShortKey) {
    const auto shown = [](std::string text) {
        return ports::public_part(Secret{std::move(text)}).shown;
    };
    EXPECT_EQ(shown("AbCd0123456789wXyZ"), "AbCd…wXyZ");
    EXPECT_EQ(shown("12345678"), "12…78");
    EXPECT_EQ(shown("123"), "…");
    EXPECT_EQ(shown(""), "…");
    EXPECT_EQ(shown("\x1b[2J0123456789\xff\n\t "), "?[2J…????");
    EXPECT_EQ(ports::public_part(Secret{std::string{"abc"}}).digest, sha256("abc"));
}

TEST(KeyWords, ComeBackAsWhatTheyWere) {
    for (const auto state : {KeyState::New, KeyState::Valid, KeyState::Degraded,
                             KeyState::Quarantined, KeyState::Retired})
        EXPECT_EQ(ports::parse_key_state(to_text(state)).value(), state);
    for (const auto ip :
         {ports::IpRestriction::Unknown, ports::IpRestriction::No, ports::IpRestriction::Yes})
        EXPECT_EQ(ports::parse_ip_restriction(to_text(ip)).value(), ip);
    for (const auto policy : {KeyPolicy::RoundRobin, KeyPolicy::Health, KeyPolicy::Pinned})
        EXPECT_EQ(ports::parse_key_policy(to_text(policy)).value(), policy);
    EXPECT_EQ(ports::parse_key_policy("round-robin").value(), KeyPolicy::RoundRobin);
    const auto bad = ports::parse_key_policy("random");
    EXPECT_EQ(bad.error().code(), Errc::InvalidParams);
    EXPECT_EQ(bad.error().hint(), "one of round_robin, health, pinned");
}

}  // namespace
}  // namespace vault::engine::test
