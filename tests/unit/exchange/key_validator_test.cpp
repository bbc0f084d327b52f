// The paper validator: each outcome that a validation can have, called up by the key's text.
#include "daemon/exchange/paper/key_validator.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <exception>
#include <memory>

namespace vault::exchange {
namespace {

namespace asio = boost::asio;
using ports::failure_of;
using ports::IpRestriction;
using ports::KeyFindings;
using Answer = Result<KeyFindings>;

// co_spawn wants a default value for its result, which a Result has not.
asio::awaitable<std::shared_ptr<Answer>> boxed(asio::awaitable<Answer> work) {
    co_return std::make_shared<Answer>(co_await std::move(work));
}

Answer run(asio::awaitable<Answer> work) {
    asio::io_context io;
    std::shared_ptr<Answer> out;
    std::exception_ptr failure;
    const auto done = [&](std::exception_ptr thrown, std::shared_ptr<Answer> answer) {
        failure = thrown;
        out = std::move(answer);
    };
    asio::co_spawn(io, boxed(std::move(work)), done);
    io.run();
    if (failure) std::rethrow_exception(failure);
    return *out;
}

constexpr PaperKeyTimes kQuick{.answer = Duration{1}, .slow = Duration{40}};
constexpr Duration kLimit = std::chrono::minutes{1};

Answer validate(std::string text, Duration limit = kLimit, std::string secret = "any",
                std::string exchange = "paper") {
    PaperKeyValidator validator{kQuick};
    const Secret key{std::move(text)};
    const Secret hidden{std::move(secret)};
    return run(validator.validate(std::move(exchange), key, hidden, limit));
}

UtcTime time_of(std::string_view text) {
    return parse_utc(text).value();
}

TEST(PaperKey, APlainOneMayDoAllThatTradingTakesAndNoMore) {
    const Answer answer = validate("paper-alice");
    ASSERT_TRUE(answer) << answer.error().message();
    EXPECT_EQ(answer.value(), (KeyFindings{.signature_accepted = true,
                                           .rights = {true, true, false},
                                           .ip = IpRestriction::No,
                                           .account_identity = "paper:alice",
                                           .latency_us = 1000}));
    EXPECT_EQ(validate("paper-alice").value(), answer.value());
}

TEST(PaperKey, EachSuffixChangesWhatItSays) {
    EXPECT_FALSE(validate("paper-a+no-funds").value().rights.query_funds);
    EXPECT_TRUE(validate("paper-a+no-funds").value().rights.trade);
    EXPECT_FALSE(validate("paper-a+no-trade").value().rights.trade);
    EXPECT_TRUE(validate("paper-a+no-trade").value().rights.query_funds);
    EXPECT_TRUE(validate("paper-a+withdraw").value().rights.withdraw);
    EXPECT_EQ(validate("paper-a+ip-restricted").value().ip, IpRestriction::Yes);
    EXPECT_EQ(validate("paper-a+ip-unknown").value().ip, IpRestriction::Unknown);
    EXPECT_EQ(validate("paper-a+expires=2027-01-01").value().expires_at, time_of("2027-01-01"));
    EXPECT_EQ(validate("paper-a+expires=2027-01-01T12:30:00Z").value().expires_at,
              time_of("2027-01-01T12:30:00Z"));
    EXPECT_EQ(validate("paper-a").value().expires_at, std::nullopt);
}

TEST(PaperKey, ARefusedOneTellsNothingElse) {
    for (const std::string suffix : {"+bad-signature", "+wrong-ip", "+expired"}) {
        const Answer answer = validate("paper-a+withdraw+ip-restricted" + suffix);
        ASSERT_TRUE(answer) << suffix;
        EXPECT_FALSE(answer.value().signature_accepted) << suffix;
        EXPECT_EQ(answer.value().rights, ports::KeyRights{}) << suffix;
        EXPECT_EQ(answer.value().ip, IpRestriction::Unknown) << suffix;
        EXPECT_EQ(answer.value().account_identity, "") << suffix;
        EXPECT_NE(answer.value().message, "") << suffix;
    }
    EXPECT_EQ(validate("paper-a+expired").value().expires_at, time_of("2020-01-01"));
    EXPECT_NE(validate("paper-a+wrong-ip").value().message,
              validate("paper-a+bad-signature").value().message);
}

TEST(PaperKey, KeysOfOneNameAreOfOneAccount) {
    const std::string account = validate("paper-alice").value().account_identity;
    EXPECT_EQ(validate("paper-alice+key=2").value().account_identity, account);
    EXPECT_EQ(validate("paper-alice+no-trade").value().account_identity, account);
    EXPECT_NE(validate("paper-alic").value().account_identity, account);
}

TEST(PaperKey, SuffixesCombineInAnyOrder) {
    const KeyFindings one = validate("paper-a+withdraw+no-funds+key=7+ip-restricted").value();
    EXPECT_EQ(one, validate("paper-a+ip-restricted+key=7+no-funds+withdraw").value());
    EXPECT_EQ(one.rights, (ports::KeyRights{false, true, true}));
    EXPECT_EQ(one.ip, IpRestriction::Yes);
}

TEST(PaperKey, AnExchangeThatDoesNotAnswerIsAFailureOfItsKind) {
    const auto code = [](std::string text) { return validate(std::move(text)).error().code(); };
    EXPECT_EQ(code("paper-a+down"), Errc::Io);
    EXPECT_EQ(code("paper-a+rate-limited"), Errc::RateLimited);
    EXPECT_EQ(code("paper-a+maintenance+no-trade"), Errc::NotReady);
    const auto kind = [](std::string text) {
        return failure_of(validate(std::move(text)).error());
    };
    EXPECT_EQ(kind("paper-a+down"), ports::KeyFailure::Network);
    EXPECT_EQ(kind("paper-a+rate-limited"), ports::KeyFailure::Rate);
    EXPECT_EQ(kind("paper-a+maintenance"), ports::KeyFailure::Exchange);
}

TEST(PaperKey, ASlowOneAnswersUnlessTheLimitIsShorter) {
    const Answer in_time = validate("paper-a+slow+no-trade");
    ASSERT_TRUE(in_time);
    EXPECT_EQ(in_time.value().latency_us, 40'000U);
    EXPECT_FALSE(in_time.value().rights.trade);
    const Answer late = validate("paper-a+slow", Duration{5});
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code(), Errc::Expired);
    EXPECT_EQ(failure_of(late.error()), ports::KeyFailure::Network);
}

TEST(PaperKey, AnotherTextIsRefusedAndNotShown) {
    for (const std::string text :
         {"", "paper-", "paper", "canary", "Paper-a", "paper-canary b", "paper-+withdraw",
          "paper-a+canary", "paper-a+", "paper-a++withdraw", "paper-a+withdraw+",
          "paper-a+withdraw=canary", "paper-a+expires", "paper-a+expires=canary",
          "paper-a+expires=2027-13-01", "paper-a+key=canary", "paper-a+key=", "paper-a+key",
          "paper-a+WITHDRAW"}) {
        const Answer answer = validate(text);
        ASSERT_FALSE(answer) << text;
        EXPECT_EQ(answer.error().code(), Errc::InvalidParams) << text;
        EXPECT_EQ(answer.error().field(), "api_key") << text;
        EXPECT_NE(answer.error().hint(), "") << text;
        EXPECT_EQ(answer.error().message().find("canary"), std::string::npos) << text;
    }
    EXPECT_FALSE(validate("paper-" + std::string(65, 'a')));
    EXPECT_TRUE(validate("paper-" + std::string(64, 'a')));
}

TEST(PaperKey, SuffixesThatContradictEachOtherAreRefused) {
    for (const std::string text :
         {"+withdraw+withdraw", "+expired+expires=2027-01-01", "+ip-restricted+ip-unknown",
          "+down+rate-limited", "+maintenance+down", "+bad-signature+wrong-ip", "+key=1+key=2"}) {
        const Answer answer = validate("paper-a" + text);
        ASSERT_FALSE(answer) << text;
        EXPECT_EQ(answer.error().code(), Errc::InvalidParams) << text;
        EXPECT_EQ(answer.error().message().find("suffix 2 "), 0U) << answer.error().message();
    }
}

TEST(PaperKey, NeedsASecretAndAPaperAccount) {
    EXPECT_EQ(validate("paper-a", kLimit, "").error().field(), "api_secret");
    EXPECT_EQ(validate("paper-a", kLimit, "any", "kraken").error().field(), "exchange");
}

}  // namespace
}  // namespace vault::exchange
