// What GetApiKeyInfo says of a key, read so that a key that may withdraw never passes for one that
// may not.
#include "daemon/exchange/kraken/key_validator.hpp"

#include <gtest/gtest.h>

namespace vault::exchange::kraken {
namespace {

using ports::IpRestriction;
using ports::KeyFindings;
using ports::KeyRights;

const std::string kKey = "xqcnLH5r0gXVs1ICq4j8ZpIHFbM3zmkvZzMQ1YdZTLVX6nDlSvQMvault";

Result<KeyFindings> read(const std::string& text) {
    return read_key_info(text, Secret{std::string{kKey}});
}

std::string info(const std::string& permissions, const std::string& more = "") {
    return R"({"api_key_name":"TestKey","permissions":)" + permissions + more + "}";
}

constexpr const char* kTrading =
    R"("query-funds","query-open-trades","query-closed-trades","modify-trades","close-trades")";

std::string trading(const std::string& more = "") {
    return "[" + std::string{kTrading} + more + "]";
}

KeyRights rights(const std::string& permissions) {
    const auto found = read(info(permissions));
    EXPECT_TRUE(found) << permissions;
    return found.value().rights;
}

TEST(KrakenKeyInfo, TheRecordedAnswerIsUnderstood) {
    const auto found = read(R"({"api_key_name":"TestKey","api_key":"123","nonce":"123",
        "nonce_window":"15","permissions":["query-funds","withdraw-funds"],"iban":"AA88 N84G",
        "valid_until":"0","query_from":"0","query_to":"0","created_time":"1522132642",
        "modified_time":"1618230358","ip_allowlist":[""],"last_used":"1774350056"})");
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_EQ(found.value(), (KeyFindings{.signature_accepted = true,
                                          .rights = {true, false, true},
                                          .ip = IpRestriction::No,
                                          .account_identity = "kraken:AA88 N84G"}));
}

TEST(KrakenKeyInfo, TheDocumentedSpellingIsUnderstoodAsWell) {
    const auto found = read(R"({"apiKeyName":"TestKey","apiKey":"123","nonceWindow":"15",
        "permissions":[],"iban":"AA88","validUntil":"1830297600",
        "ipAllowlist":["10.0.0.1","192.0.2.0/24"]})");
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_EQ(found.value(), (KeyFindings{.signature_accepted = true,
                                          .ip = IpRestriction::Yes,
                                          .expires_at = parse_utc("2028-01-01").value(),
                                          .account_identity = "kraken:AA88"}));
}

TEST(KrakenKeyInfo, ToTradeTakesAllFourRights) {
    EXPECT_EQ(rights(trading()), (KeyRights{true, true, false}));
    EXPECT_EQ(rights("[]"), (KeyRights{}));
    const std::string all[] = {"query-open-trades", "query-closed-trades", "modify-trades",
                               "close-trades"};
    for (const std::string& missing : all) {
        std::string list = R"(["query-funds")";
        for (const std::string& each : all)
            if (each != missing) list += ",\"" + each + "\"";
        EXPECT_EQ(rights(list + "]"), (KeyRights{true, false, false})) << missing;
    }
    EXPECT_FALSE(rights(R"(["query-open-trades"])").query_funds);
}

TEST(KrakenKeyInfo, WhateverMovesMoneyOutIsWithdrawal) {
    for (const char* right : {"withdraw-funds", "add-withdraw-address", "update-withdraw-address",
                              "transfer-funds", "withdraw-anything-new"})
        EXPECT_TRUE(rights(trading(",\"" + std::string{right} + "\"")).withdraw) << right;
    for (const char* right : {"add-funds", "earn-funds", "query-ledger", "export-data",
                              "create-ws-token", "some-new-right"})
        EXPECT_FALSE(rights(trading(",\"" + std::string{right} + "\"")).withdraw) << right;
    EXPECT_TRUE(rights(R"(["withdraw\u002dfunds"])").withdraw);
}

TEST(KrakenKeyInfo, RightsThatCannotBeReadAreNoRightsKnown) {
    for (const char* text :
         {R"({})", R"({"permissions":null})", R"({"permissions":"query-funds"})",
          R"({"permissions":{"query-funds":true}})", R"({"permissions":[1]})",
          R"({"permissions":[["query-funds"]]})", R"({"permissions":[null]})",
          R"({"permissions":[""]})", R"({"permissions":[],"permissions":["withdraw-funds"]})",
          R"({"Permissions":[]})", "[]", "\"\"", "null", R"({"permissions":["query-fun)"}) {
        const auto found = read(text);
        ASSERT_FALSE(found) << text;
        EXPECT_EQ(found.error().code(), Errc::NotReady) << text;
    }
}

TEST(KrakenKeyInfo, AddressesRestrictOnlyIfThereAreAny) {
    const auto ip = [](const std::string& list) {
        return read(info("[]", list.empty() ? "" : ",\"ip_allowlist\":" + list)).value().ip;
    };
    EXPECT_EQ(ip(""), IpRestriction::Unknown);
    EXPECT_EQ(ip("7"), IpRestriction::Unknown);
    EXPECT_EQ(ip("{}"), IpRestriction::Unknown);
    EXPECT_EQ(ip("null"), IpRestriction::No);
    EXPECT_EQ(ip("[]"), IpRestriction::No);
    EXPECT_EQ(ip("[\"\"]"), IpRestriction::No);
    EXPECT_EQ(ip("[\"\",\"10.0.0.1\"]"), IpRestriction::Yes);
}

TEST(KrakenKeyInfo, ExpiryIsInSecondsAndNoughtIsNever) {
    const auto expiry = [](const std::string& value) {
        return read(info("[]", ",\"valid_until\":" + value));
    };
    for (const char* never : {"\"0\"", "0", "null", "\"\""})
        EXPECT_EQ(expiry(never).value().expires_at, std::nullopt) << never;
    EXPECT_EQ(expiry("1830297600").value().expires_at, parse_utc("2028-01-01").value());
    for (const char* odd : {"\"soon\"", "-1", "1.5", "\"1e30\"", "[]", "true"}) {
        ASSERT_FALSE(expiry(odd)) << odd;
        EXPECT_EQ(expiry(odd).error().code(), Errc::NotReady);
    }
}

TEST(KrakenKeyInfo, AnAccountThatIsNotToldHasNoIdentity) {
    for (const char* iban : {"", ",\"iban\":\"\"", ",\"iban\":null"})
        EXPECT_EQ(read(info("[]", iban)).value().account_identity, "") << iban;
    EXPECT_FALSE(read(info("[]", ",\"iban\":[]")));
}

TEST(KrakenKeyInfo, AnAnswerAboutAnotherKeyIsNone) {
    std::string other = kKey;
    other[0] = 'y';
    EXPECT_TRUE(read(info("[]", ",\"api_key\":\"" + kKey + "\"")));
    EXPECT_TRUE(read(info("[]", ",\"api_key\":\"xqcn…ault\"")));  // shown in part
    for (const char* name : {"api_key", "apiKey"}) {
        const auto found = read(info("[]", ",\"" + std::string{name} + "\":\"" + other + "\""));
        ASSERT_FALSE(found);
        EXPECT_EQ(found.error().code(), Errc::NotReady);
        EXPECT_EQ(found.error().message().find(other), std::string::npos);
    }
}

}  // namespace
}  // namespace vault::exchange::kraken
