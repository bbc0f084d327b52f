// The table of Kraken's errors, line by line of the reference (kraken.md, section 8): what becomes
// of an order that is answered so, and of a mere question.
#include "daemon/exchange/kraken/meaning.hpp"
#include "daemon/exchange/kraken/methods.hpp"

#include <gtest/gtest.h>

#include <set>

namespace vault::exchange::kraken {
namespace {

struct Line {
    const char* words;  // a whole text, as it may come
    Outcome outcome;    // of a call that changes something
    Errc code;
    Remedy remedy;
};

constexpr Outcome R = Outcome::RetryLater, N = Outcome::Refused, U = Outcome::Unresolved;

const Line kLines[] = {
    {"EAPI:Rate limit exceeded", R, Errc::RateLimited, Remedy::BackOff},
    {"EService:Throttled: 1677777777", R, Errc::RateLimited, Remedy::BackOff},
    {"EService: Throttled: 1677777777", R, Errc::RateLimited, Remedy::BackOff},
    {"EGeneral:Too many requests", R, Errc::RateLimited, Remedy::BackOff},
    {"EAuth:Rate limit exceeded", R, Errc::RateLimited, Remedy::BackOff},
    {"EAuth:Too many requests", R, Errc::RateLimited, Remedy::BackOff},
    {"EOrder:Rate limit exceeded", R, Errc::RateLimited, Remedy::PairDecay},
    {"EOrder:Domain rate limit exceeded", R, Errc::RateLimited, Remedy::PairDecay},
    {"EAPI:Invalid nonce", R, Errc::NotReady, Remedy::FreshNonce},
    {"EService:Market in cancel_only mode", R, Errc::NotReady, Remedy::AwaitStatus},
    {"EService:Market in post_only mode", R, Errc::NotReady, Remedy::AwaitStatus},
    {"EService:Deadline elapsed", R, Errc::NotReady, Remedy::LookUp},
    {"EGeneral:Temporary lockout", N, Errc::RateLimited, Remedy::LockedOut},
    {"EAPI:Invalid key", N, Errc::KeyRefused, Remedy::HaltTrading},
    {"EAPI:Invalid signature", N, Errc::KeyRefused, Remedy::HaltTrading},
    {"EAPI:Bad request", N, Errc::InvalidParams, Remedy::HaltTrading},
    {"EGeneral:Permission denied", N, Errc::PermissionDenied, Remedy::HaltTrading},
    {"EAccount:Invalid permissions", N, Errc::PermissionDenied, Remedy::HaltTrading},
    {"EAuth:Account temporary disabled", N, Errc::PermissionDenied, Remedy::HaltTrading},
    {"ETrade:User Locked", N, Errc::PermissionDenied, Remedy::HaltTrading},
    {"ESession:Invalid session", N, Errc::PermissionDenied, Remedy::HaltTrading},
    {"EGeneral:Invalid arguments", N, Errc::InvalidParams, Remedy::None},
    {"EGeneral:Invalid arguments:volume", N, Errc::InvalidParams, Remedy::None},
    {"EGeneral:Unknown method", N, Errc::InvalidParams, Remedy::None},
    {"EQuery:Unknown asset pair", N, Errc::InvalidParams, Remedy::None},
    {"EQuery:Invalid asset pair", N, Errc::InvalidParams, Remedy::None},
    {"EQuery:Unknown asset", N, Errc::InvalidParams, Remedy::None},
    {"ETrade:Invalid request", N, Errc::InvalidParams, Remedy::None},
    {"EOrder:Insufficient funds", N, Errc::InsufficientBalance, Remedy::None},
    {"EOrder:Order minimum not met", N, Errc::BelowMinimum, Remedy::None},
    {"EOrder:Cost minimum not met", N, Errc::BelowMinimum, Remedy::None},
    {"EOrder:Tick size check failed", N, Errc::InvalidParams, Remedy::None},
    {"EOrder:Invalid price", N, Errc::InvalidParams, Remedy::None},
    {"EOrder:Invalid order", N, Errc::InvalidParams, Remedy::None},
    {"EOrder:Orders limit exceeded", N, Errc::WrongState, Remedy::None},
    {"EOrder:Scheduled orders limit exceeded", N, Errc::WrongState, Remedy::None},
    {"EOrder:Positions limit exceeded", N, Errc::WrongState, Remedy::None},
    {"EOrder:Cannot open position", N, Errc::WrongState, Remedy::None},
    {"EOrder:Cannot open opposing position", N, Errc::WrongState, Remedy::None},
    {"EOrder:Margin allowance exceeded", N, Errc::WrongState, Remedy::None},
    {"EOrder:Margin level too low", N, Errc::WrongState, Remedy::None},
    {"EOrder:Insufficient margin", N, Errc::InsufficientBalance, Remedy::None},
    {"EOrder:Reduce only:No position exists", N, Errc::WrongState, Remedy::None},
    {"EOrder:Post only order", N, Errc::WrongState, Remedy::None},
    {"EOrder:Trading agreement required", N, Errc::PermissionDenied, Remedy::None},
    {"EOrder:Unknown order", N, Errc::NotFound, Remedy::LookUp},
    {"EService:Unavailable", U, Errc::NotReady, Remedy::LookUp},
    {"EService:Busy", U, Errc::NotReady, Remedy::LookUp},
    {"EGeneral:Internal error", U, Errc::NotReady, Remedy::LookUp},
    {"EGeneral:Internal error:1234", U, Errc::NotReady, Remedy::LookUp},
    {"EDatabase:Internal error", U, Errc::NotReady, Remedy::LookUp},
    // In no row: never taken for a refusal.
    {"EOrder:Duplicate order", U, Errc::NotReady, Remedy::LookUp},
    {"ESomething:New", U, Errc::NotReady, Remedy::LookUp},
    {"EAPI:Invalid", U, Errc::NotReady, Remedy::LookUp},
    {"Gateway timeout", U, Errc::NotReady, Remedy::LookUp},
    {"", U, Errc::NotReady, Remedy::LookUp},
};

TEST(KrakenMeaning, IsThatOfTheReferenceLineByLine) {
    for (const Line& line : kLines) {
        const Meaning meaning = meaning_of(line.words);
        EXPECT_EQ(meaning, (Meaning{line.outcome, line.code, line.remedy})) << line.words;
        EXPECT_EQ(meaning.of(CallKind::Change), line.outcome) << line.words;
        EXPECT_EQ(meaning.of(CallKind::Read), line.outcome == U ? R : line.outcome) << line.words;
    }
}

TEST(KrakenMeaning, EveryRowIsInTheTableOfThisTest) {
    std::set<std::string_view> untried;
    for (const MeaningRow& row : meanings())
        EXPECT_TRUE(untried.insert(row.prefix).second) << row.prefix << " is there twice";
    for (const Line& line : kLines)
        std::erase_if(untried, [&](std::string_view prefix) {
            return std::string_view{line.words}.starts_with(prefix);
        });
    EXPECT_EQ(untried, std::set<std::string_view>{});
}

TEST(KrakenMeaning, BlanksBehindTheFirstColonDoNotMatterAndOthersDo) {
    EXPECT_EQ(meaning_of("EAPI:   Invalid key"), meaning_of("EAPI:Invalid key"));
    EXPECT_EQ(meaning_of("EAPI: "), Meaning{});
    EXPECT_EQ(meaning_of("EAPI:Invalid  key"), Meaning{});
    EXPECT_EQ(meaning_of(" EAPI:Invalid key"), Meaning{});
}

TEST(KrakenMeaning, OfSeveralErrorsTheOneThatAllowsTheLeastCounts) {
    const std::string busy = "EService:Busy", poor = "EOrder:Insufficient funds",
                      late = "EAPI:Rate limit exceeded";
    const auto words = [](std::vector<std::string> errors) { return refusal_of(errors).words; };
    EXPECT_EQ(words({poor}), poor);
    EXPECT_EQ(words({poor, busy, late}), busy);
    EXPECT_EQ(words({late, poor}), poor);
    EXPECT_EQ(words({late, "EAPI:Invalid nonce"}), late);
    EXPECT_EQ(words({std::string(5'000, 'E')}).size(), 200U);
}

TEST(KrakenMeaning, ThrottledTellsUntilWhen) {
    const auto until = [](const char* words) {
        return refusal_of(std::vector<std::string>{words}).until;
    };
    const UtcTime told = parse_utc("2023-03-02T17:22:57Z").value();
    EXPECT_EQ(until("EService: Throttled: 1677777777"), told);
    EXPECT_EQ(until("EService:Throttled:1677777777"), told);
    for (const char* words :
         {"EService:Throttled", "EService:Throttled: soon", "EService:Throttled: -5",
          "EService:Throttled: 99999999999999", "EService:Throttled: 99999999999999999999999",
          "EService:Throttled:", "EGeneral:Internal error:1677777777"})
        EXPECT_EQ(until(words), std::nullopt) << words;
}

TEST(KrakenMethods, WhatIsNotKnownToBeReadOnlyChangesSomething) {
    EXPECT_EQ(method_of("Balance").kind, CallKind::Read);
    EXPECT_EQ(method_of("GetApiKeyInfo").kind, CallKind::Read);
    for (const char* name : {"AddOrder", "CancelOrder", "CancelAll", "CancelAllOrdersAfter",
                             "Withdraw", "WhateverComes", ""})
        EXPECT_EQ(method_of(name).kind, CallKind::Change) << name;
    EXPECT_EQ(method_of("Balance").cost, 1U);
    EXPECT_EQ(method_of("Ledgers").cost, 2U);
    EXPECT_EQ(method_of("TradesHistory").cost, 2U);
    EXPECT_EQ(method_of("AddOrder").cost, 0U);
    EXPECT_EQ(method_of("WhateverComes").cost, 1U);
}

}  // namespace
}  // namespace vault::exchange::kraken
