#include "common/protocol/validate.hpp"

#include "common/protocol/codec.hpp"

#include <gtest/gtest.h>

namespace vault::protocol {
namespace {

json::object object(std::string_view text) {
    auto parsed = parse_json(text);
    EXPECT_TRUE(parsed.has_value()) << text;
    return parsed.value().get_object();
}

struct Bad {
    const char* method;
    const char* params;
    const char* field;
    const char* says;  // part of message or hint
};

TEST(Validate, BadArguments) {
    const Bad table[] = {
        {"vault.set_tradeable", R"({"vault":"v1"})", "amount", "is missing"},
        {"vault.set_tradeable", R"({"amount":"1"})", "vault", "is missing"},
        {"vault.set_tradeable", R"({"vault":"v1","amount":5})", "amount", "a decimal string"},
        {"vault.set_tradeable", R"({"vault":"v1","amount":0.1})", "amount", "a decimal string"},
        {"vault.set_tradeable", R"({"vault":"v1","amount":null})", "amount", "a decimal string"},
        {"vault.set_tradeable", R"({"vault":"v1","amount":"-5"})", "amount", "negative"},
        {"vault.set_tradeable", R"({"vault":"v1","amount":"NaN"})", "amount", "NaN"},
        {"vault.set_tradeable", R"({"vault":"v1","amount":"1e999"})", "amount", "1e999"},
        {"vault.set_tradeable", R"({"vault":"v1","amount":"inf"})", "amount", "inf"},
        {"vault.set_tradeable", R"({"vault":"v1","amount":""})", "amount", "empty"},
        {"vault.set_tradeable", R"({"vault":"v1","amount":" 1"})", "amount", ""},
        {"vault.set_tradeable", R"({"vault":"v1","amount":"0.1234567890123456789"})", "amount",
         "decimals"},
        {"vault.set_tradeable", R"({"vault":"v1","amount":"1000000000000000000000"})", "amount",
         ""},
        {"vault.set_tradeable", R"({"vault":1,"amount":"1"})", "vault", "string"},
        {"vault.set_tradeable", R"({"vault":"v\u0000","amount":"1"})", "vault", "control"},
        {"vault.pause", R"({"vault":"v1","why":"a\u0085b"})", "why", "control"},
        {"vault.pause", R"({"vault":"v1","why":"a\u009f"})", "why", "control"},
        {"vault.pause", R"({"vault":"v1","why":"a\u202eb"})", "why", "text direction"},
        {"vault.pause", R"({"vault":"v1","why":"\u202a"})", "why", "text direction"},
        {"vault.pause", R"({"vault":"v1","why":"\u2066x\u2069"})", "why", "text direction"},
        {"vault.pause", R"({"vault":"v1","why":"\u200e"})", "why", "text direction"},
        {"vault.pause", R"({"vault":"v1","why":"\u200f"})", "why", "text direction"},
        {"sleeve.set", R"({"vault":"v1","sleeve":"quiet","settings":{"spike":"\u2067"}})", "spike",
         "text direction"},
        {"vault.set_tradeable", R"({"vault":"v1","amout":"1"})", "amout", "did you mean 'amount'"},
        {"vault.allocate", R"({"vault":"v1","quiet":"0"})", "quiet", "not above zero"},
        {"vault.allocate", R"({"vault":"v1","flash":"-1"})", "flash", "not above zero"},
        {"vault.reserve", R"({"vault":"v1","pct":"of"})", "pct", "or off"},
        {"vault.auto_raise", R"({"vault":"v1","mode":"half"})", "mode", "off, full, percent"},
        {"vault.pairs", R"({"vault":"v1","add":"ETH/USDT"})", "add", "list"},
        {"vault.pairs", R"({"vault":"v1","add":["ETHUSDT"]})", "add", ""},
        {"vault.pairs", R"({"vault":"v1","add":["A/B","C/D"],"remove":["C/D"]})", "add",
         "both name C/D"},
        {"user.wallets", R"({"name":"a","add":["USD"],"remove":["EUR","USD"]})", "add",
         "both name USD"},
        {"vault.pairs", R"({"vault":"v1","available":"yes"})", "available", "true or false"},
        {"account.deposit", R"({"account":"a1","asset":"u s","amount":"1"})", "asset", ""},
        {"sleeve.show", R"({"vault":"v1","sleeve":"loud"})", "sleeve", "quiet, flash"},
        {"sleeve.set", R"({"vault":"v1","sleeve":"quiet","settings":{}})", "settings", "empty"},
        {"sleeve.set", R"({"vault":"v1","sleeve":"quiet","settings":{"spike":1}})", "spike",
         "string"},
        {"replay.start", R"({"file":"x","account":"a1","seed":"7"})", "seed", "integer"},
        {"replay.start", R"({"file":"x","account":"a1","days":0})", "days", "below 1"},
        {"replay.start", R"({"file":"x","account":"a1","interval":"1y"})", "interval", ""},
        {"replay.run", R"({"account":"a1","until":"yesterday"})", "until", ""},
        {"status", R"({"x":1})", "x", "has no parameter"},
    };
    for (const Bad& bad : table) {
        const Method* method = find_method(bad.method);
        ASSERT_NE(method, nullptr);
        const auto checked = validate_params(*method, object(bad.params));
        ASSERT_FALSE(checked.has_value()) << bad.method << " " << bad.params;
        const Error& error = checked.error();
        EXPECT_EQ(error.code(), Errc::InvalidParams) << bad.params;
        EXPECT_EQ(error.field(), bad.field) << bad.params;
        EXPECT_NE((error.message() + error.hint()).find(bad.says), std::string::npos)
            << bad.params << ": " << error.message() << " / " << error.hint();
        EXPECT_FALSE(error.hint().empty()) << bad.params;
    }
}

TEST(Validate, GoodArgumentsAreReadAsTheirTypes) {
    const auto start =
        object(R"({"file":"/x.csv","account":"a1","pair":"ETH/USDT","interval":"1m","seed":7,)"
               R"("speed":"max","from":"2021-01-01"})");
    ASSERT_TRUE(validate_params(*find_method("replay.start"), start).has_value());
    const Params params(start);
    EXPECT_EQ(params.text("file"), "/x.csv");
    EXPECT_EQ(params.pair("pair")->text(), "ETH/USDT");
    EXPECT_EQ(params.duration("interval"), std::chrono::minutes(1));
    EXPECT_EQ(params.integer("seed"), 7);
    EXPECT_TRUE(params.is_word("speed", "max"));
    EXPECT_EQ(params.decimal("speed"), std::nullopt);
    EXPECT_EQ(format_utc(*params.time("from")), "2021-01-01T00:00:00.000Z");
    EXPECT_EQ(params.time("to"), std::nullopt);
    EXPECT_EQ(params.decimal("days"), std::nullopt);

    const auto pairs = object(R"({"vault":"v1","add":["ETH/USDT","BTC/USDT"],"available":true})");
    ASSERT_TRUE(validate_params(*find_method("vault.pairs"), pairs).has_value());
    EXPECT_EQ(Params(pairs).pairs("add").size(), 2U);
    EXPECT_TRUE(Params(pairs).pairs("remove").empty());
    EXPECT_TRUE(Params(pairs).flag("available"));

    const auto set = object(R"({"vault":"v1","sleeve":"flash","settings":{"spike":"1.02"}})");
    ASSERT_TRUE(validate_params(*find_method("sleeve.set"), set).has_value());
    EXPECT_EQ(Params(set).map("settings").at("spike"), "1.02");

    const auto reserve = object(R"({"vault":"v1","pct":"12.5"})");
    ASSERT_TRUE(validate_params(*find_method("vault.reserve"), reserve).has_value());
    EXPECT_EQ(Params(reserve).decimal("pct")->text(), "12.5");
}

TEST(Validate, TextInAnyLanguageIsFine) {
    // Their UTF-8 has bytes and code points next to those that are refused.
    const auto why = object(
        R"({"vault":"v1","why":"caf\u00e9 \u00a0\u00bf \u200d\u2010\u202f\u2065\u206a \u05d0"})");
    EXPECT_TRUE(validate_params(*find_method("vault.pause"), why).has_value());
}

TEST(Validate, ASecretIsAnyTextOfItsLengthAndNeverTold) {
    const Method& method = *find_method("login");
    const auto checked = [&](json::value password) {
        json::object params{{"name", "alice"}};
        params["password"] = std::move(password);
        return validate_params(method, params);
    };
    for (const std::string good : {"x", " p w ", "\u202emirrored", "caf\u00e9"})
        EXPECT_TRUE(checked(good.c_str()).has_value()) << good;
    EXPECT_TRUE(checked(std::string(1024, 'p').c_str()).has_value());
    const std::string tail = "canary-7f1";
    for (const json::value& bad :
         {json::value(std::string(1024, 'p') + tail), json::value(tail + "\n"),
          json::value(tail + "\u202e\x7f"), json::value(""), json::value(json::array{tail})}) {
        const auto result = checked(bad);
        ASSERT_FALSE(result.has_value());
        EXPECT_EQ(result.error().field(), "password");
        EXPECT_EQ((result.error().message() + result.error().hint()).find("canary"),
                  std::string::npos)
            << result.error().message();
    }
    EXPECT_FALSE(validate_params(method, json::object{{"name", "alice"}}).has_value());
}

TEST(Validate, ReadingUncheckedParametersIsOurBug) {
    const auto wrong = object(R"({"vault":5})");
    EXPECT_DEATH((void)Params(wrong).text("vault"), "before they were validated");
}

TEST(Validate, NearestFindsSlipsOnly) {
    EXPECT_EQ(nearest("quite", {"quiet", "flash"}), "quiet");
    EXPECT_EQ(nearest("alocate", {"allocate", "unallocate"}), "allocate");
    EXPECT_EQ(nearest("xyz", {"quiet", "flash"}), "");
    EXPECT_EQ(nearest("", {}), "");
}

}  // namespace
}  // namespace vault::protocol
