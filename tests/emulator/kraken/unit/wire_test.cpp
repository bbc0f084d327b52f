#include "tests/emulator/kraken/wire/json_writer.hpp"
#include "tests/emulator/kraken/wire/number_text.hpp"

#include <gtest/gtest.h>

namespace vault::kraken_emulator {
namespace {

using vault::literals::operator""_dec;

TEST(NumberText, FixedPadsAndCuts) {
    EXPECT_EQ(fixed("68342.4"_dec, 5), "68342.40000");
    EXPECT_EQ(fixed("1.23456"_dec, 2), "1.23");
    EXPECT_EQ(fixed("-24.5"_dec, 4), "-24.5000");
    EXPECT_EQ(fixed("7"_dec, 0), "7");
    EXPECT_EQ(fixed(kZero, 8), "0.00000000");
}

TEST(NumberText, TimesAsKrakenWritesThem) {
    const Moment time = *parse_rfc3339("2023-07-06T18:50:48.1234Z");
    EXPECT_EQ(rfc1123(time), "Thu, 06 Jul 23 18:50:48 +0000");
    EXPECT_EQ(rfc3339(time, 0), "2023-07-06T18:50:48Z");
    EXPECT_EQ(rfc3339(time, 6), "2023-07-06T18:50:48.123400Z");
    EXPECT_EQ(unix_seconds(time, 7), "1688669448.1234");
    EXPECT_EQ(unix_seconds(time, 2), "1688669448.12");
    EXPECT_EQ(unix_seconds(*parse_rfc3339("2023-07-06T18:50:48Z"), 4), "1688669448");
    EXPECT_EQ(parse_rfc3339("2023-07-06T18:50:48+00:00"), parse_rfc3339("2023-07-06T18:50:48Z"));
}

TEST(NumberText, WhatIsNoTime) {
    for (const std::string_view text :
         {"", "2023-07-06", "2023-07-06T18:50:48", "2023-02-30T00:00:00Z", "2023-07-06T24:00:00Z",
          "2023-07-06T18:50:48.Z", "2023-07-06T18:50:48+02:00", "2023-07-06 18:50:48Z"})
        EXPECT_FALSE(parse_rfc3339(text).has_value()) << text;
}

TEST(NumberText, DoublesHaveNoExponent) {
    EXPECT_EQ(plain_text(5.1e-05), "0.000051");
    EXPECT_EQ(plain_text(1.25), "1.25");
    EXPECT_EQ(plain_text(1e21), "1000000000000000000000");
}

TEST(JsonWriter, KeepsOrderAndDigits) {
    JsonWriter json;
    json.begin_object().key("b").begin_array().raw("1.50").number(2).null().end_array();
    json.member("a", "x\"y").raw_member("c", "0.10").flag("d", true);
    json.key("e").begin_object().end_object().end_object();
    EXPECT_EQ(json.str(), R"({"b":[1.50,2,null],"a":"x\"y","c":0.10,"d":true,"e":{}})");
}

TEST(JsonWriter, WhatIsNoUtf8IsReplacedByteByByte) {
    const auto written = [](std::string_view text) {
        JsonWriter json;
        return json.text(text).take();
    };
    EXPECT_EQ(written("a\xFF\xFE\"b"), "\"a\uFFFD\uFFFD\\\"b\"");
    EXPECT_EQ(written("\xC3\xA4 \xE2\x82\xAC \xF0\x9F\x98\x80"), "\"\u00e4 \u20ac \U0001F600\"");
    EXPECT_EQ(written("\xE2\x82"), "\"\uFFFD\uFFFD\"") << "cut";
    EXPECT_EQ(written("\xC0\xAF"), "\"\uFFFD\uFFFD\"") << "overlong";
    EXPECT_EQ(written("\xED\xA0\x80"), "\"\uFFFD\uFFFD\uFFFD\"") << "a surrogate";
    EXPECT_EQ(written("\xF4\x90\x80\x80"), "\"\uFFFD\uFFFD\uFFFD\uFFFD\"") << "past the last";
    JsonWriter json;
    json.begin_object().member("\xFF", "x").end_object();
    EXPECT_EQ(json.str(), "{\"\uFFFD\":\"x\"}");
}

}  // namespace
}  // namespace vault::kraken_emulator
