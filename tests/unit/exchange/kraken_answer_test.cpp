// What Kraken answers, as text: JSON with every digit, envelopes, and bodies that are none.
#include "daemon/exchange/kraken/answer.hpp"
#include "daemon/exchange/kraken/json.hpp"

#include <gtest/gtest.h>

namespace vault::exchange::kraken {
namespace {

using Texts = std::vector<std::string>;

std::string number(std::string_view text) {
    const auto read = decimal_of(text);
    return read ? read.value().text() : "none: " + read.error().message();
}

TEST(KrakenJson, ReadsNumbersToTheDigitAsTextsOrAsNumbers) {
    EXPECT_EQ(number("\"1011.1908877900\""), "1011.19088779");
    EXPECT_EQ(number("0.100000000000000005"), "0.100000000000000005");
    EXPECT_EQ(number("9007199254740993"), "9007199254740993");
    EXPECT_EQ(number("12345678901234567.000000000000000001"),
              "12345678901234567.000000000000000001");
    EXPECT_EQ(number("5.1e-05"), "0.000051");
    EXPECT_EQ(number("\"5.1E-05\""), "0.000051");
    EXPECT_EQ(number("1e-18"), "0.000000000000000001");
    EXPECT_EQ(number("1.5e+3"), "1500");
    EXPECT_EQ(number("-12.5e1"), "-125");
    EXPECT_EQ(number("0e99"), "0");
    EXPECT_EQ(number("-0"), "0");
    EXPECT_EQ(number("0.50000000000000000000000"), "0.5");
    EXPECT_EQ(number("00012"), "12");
}

TEST(KrakenJson, RefusesWhatIsNoNumberOrWouldBeRounded) {
    for (const char* text : {"1e-19",
                             "0.1234567890123456789",
                             "100000000000000000000",
                             "1e20",
                             "1e101",
                             "1e-101",
                             "1e99999999999999999999",
                             "\"\"",
                             "\"abc\"",
                             "\"1.2.3\"",
                             "\"+5\"",
                             "\"--1\"",
                             "\"1e\"",
                             "\"e5\"",
                             "\".\"",
                             "\" 1\"",
                             "true",
                             "null",
                             "{}",
                             "[]",
                             "\"0x10\"",
                             "\"NaN\""}) {
        const auto read = decimal_of(text);
        ASSERT_FALSE(read) << text << " is " << read.value().text();
        EXPECT_EQ(read.error().code(), Errc::NotReady);
    }
    EXPECT_EQ(integer_of("\"8\"", 0, 18).value(), 8);
    EXPECT_FALSE(integer_of("8.5", 0, 18));
    EXPECT_FALSE(integer_of("19", 0, 18));
    EXPECT_FALSE(integer_of("-1", 0, 18));
}

TEST(KrakenJson, TakesAnObjectApartWithoutTouchingItsValues) {
    const auto members = members_of(
        R"( {"a" : 1.10, "b":{"c":[1,{"d":"}"}]} , "e\u00fc":"x\"y", "f":[ ], "g":null,"h":true} )");
    ASSERT_TRUE(members) << members.error().message();
    std::string seen;
    for (const Member& each : members.value())
        seen += each.name + "=" + std::string{each.value} + ";";
    EXPECT_EQ(seen, "a=1.10;b={\"c\":[1,{\"d\":\"}\"}]};e\xc3\xbc=\"x\\\"y\";f=[ ];g=null;h=true;");
    EXPECT_EQ(string_of(find_member(members.value(), "e\xc3\xbc")->value).value(), "x\"y");
    EXPECT_EQ(find_member(members.value(), "z"), nullptr);
    EXPECT_FALSE(member_of(members.value(), "z"));
    EXPECT_TRUE(members_of("{}").value().empty());
    EXPECT_EQ(items_of(R"(["a", 2 ,[3],{"x":4}])").value(),
              (std::vector<std::string_view>{"\"a\"", "2", "[3]", "{\"x\":4}"}));
    EXPECT_TRUE(items_of("[]").value().empty());
}

TEST(KrakenJson, RefusesWhatIsNoWholeObject) {
    for (const char* text : {"",
                             " ",
                             "null",
                             "1",
                             "\"a\"",
                             "[1]",
                             "{",
                             "}",
                             "{\"a\":1",
                             "{\"a\":1,",
                             "{\"a\":{\"b\":1}",
                             "{\"a\"",
                             "{\"a\":}",
                             "{\"a\":1}}",
                             "{\"a\":1} {\"b\":2}",
                             "{\"a\":1}x",
                             "{a:1}",
                             "{\"a\":1 \"b\":2}",
                             "{\"a\":\"x}",
                             "{\"a\":1,\"a\":2}",
                             "{\"a\":\"\xff\"}",
                             "{\"a\":[1,2}",
                             "{\"a\":[}"})
        EXPECT_FALSE(members_of(text)) << text;
    for (const char* text : {"", "{}", "[", "[1", "[1,", "[1]]", "[1] [2]", "[1 2]", "1"})
        EXPECT_FALSE(items_of(text)) << text;
}

TEST(KrakenJson, AnErrorShowsNothingOfTheAnswer) {
    const auto read = members_of(R"({"api_key":"AbCdEfGhIjKl","x":)");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().message().find("AbCd"), std::string::npos) << read.error().message();
}

TEST(KrakenAnswer, TellsErrorsWarningsAndResultApart) {
    const auto good = read_envelope(R"({"error":[],"result":{"unixtime":1688669448}})");
    ASSERT_TRUE(good);
    EXPECT_TRUE(good.value().errors.empty());
    EXPECT_EQ(good.value().result, R"({"unixtime":1688669448})");

    const auto warned = read_envelope(R"({"error":["WGeneral:Danger"],"result":[1]})");
    ASSERT_TRUE(warned);
    EXPECT_EQ(warned.value().warnings, Texts{"WGeneral:Danger"});
    EXPECT_TRUE(warned.value().errors.empty());
    EXPECT_EQ(warned.value().result, "[1]");

    const auto failed = read_envelope(R"({"error":["EAPI:Invalid key"]})");
    ASSERT_TRUE(failed);
    EXPECT_EQ(failed.value().errors, Texts{"EAPI:Invalid key"});
    EXPECT_EQ(failed.value().result, std::nullopt);

    const auto both =
        read_envelope(R"({"result":{},"error":["WAPI:Old","EOrder:Insufficient funds"]})");
    ASSERT_TRUE(both);
    EXPECT_EQ(both.value().errors, Texts{"EOrder:Insufficient funds"});
    EXPECT_EQ(both.value().warnings, Texts{"WAPI:Old"});

    // What is neither warning nor error by its letter may not pass for a success.
    EXPECT_EQ(read_envelope(R"({"error":["Oops"],"result":{}})").value().errors, Texts{"Oops"});
    EXPECT_EQ(read_envelope(R"({"error":["E\u0041PI:x"]})").value().errors, Texts{"EAPI:x"});
}

TEST(KrakenAnswer, WhatIsNoAnswerOfKrakensIsNotReady) {
    const std::string whole = R"({"error":[],"result":{"a":{"b":"c"},"d":[1,2,{"e":3}]}})";
    ASSERT_TRUE(read_envelope(whole));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto cut = read_envelope(whole.substr(0, size));
        ASSERT_FALSE(cut) << whole.substr(0, size);
        EXPECT_EQ(cut.error().code(), Errc::NotReady);
        EXPECT_EQ(cut.error().field(), "exchange");
    }
    for (const char* text :
         {"<html><body>502</body></html>", "\n <!DOCTYPE html>", "\x1f\x8b\x08", "{}",
          R"({"error":[]})", R"({"result":{}})", R"({"error":{},"result":{}})",
          R"({"error":"EAPI:Invalid key"})", R"({"error":[null],"result":{}})",
          R"({"error":[],"result":null})", R"({"error":[],"result":{}}{"error":[],"result":{}})"})
        EXPECT_FALSE(read_envelope(text)) << text;
}

}  // namespace
}  // namespace vault::exchange::kraken
