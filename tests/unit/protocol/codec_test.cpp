#include "common/protocol/codec.hpp"

#include "common/base/random.hpp"
#include "common/protocol/messages.hpp"

#include <gtest/gtest.h>

#include <string>

namespace vault::protocol {
namespace {

std::string nested(int depth) {
    return std::string(static_cast<std::size_t>(depth), '[') +
           std::string(static_cast<std::size_t>(depth), ']');
}

TEST(Codec, TextThatIsNoUtf8IsRefusedByItsName) {
    const auto field = [](std::string_view text) {
        const auto parsed = parse_json(text);
        EXPECT_FALSE(parsed.has_value()) << text;
        if (parsed) return std::string("none");
        EXPECT_NE(parsed.error().message().find("not UTF-8"), std::string::npos);
        return parsed.error().field();
    };
    EXPECT_EQ(field("{\"params\":{\"vault\":\"v1\",\"why\":\"a\xff\"}}"), "why");
    EXPECT_EQ(field("{\"params\":{\"add\":[\"ok\",\"\xc0\x80\"]}}"), "add");
    EXPECT_EQ(field("{\"params\":{\"why\":\"\xed\xa0\x80\"}}"), "why");  // half of a pair
    EXPECT_EQ(field("{\"w\xffy\":\"a\"}"), "");
    EXPECT_EQ(field("[\"\xff\"]"), "");
    EXPECT_NE(parse_json("{\"why\":\"a\xff").error().message().find("not JSON"), std::string::npos);
}

TEST(Codec, RefusesWhatIsNotOneStrictDocument) {
    const std::string bad[] = {
        "",
        " ",
        "{",
        "{}x",
        "{} {}",
        "{'a':1}",
        "{\"a\":1,}",
        "[1,]",
        "{\"a\" 1}",
        "nul",
        "NaN",
        "+1",
        "01",
        "1.",
        ".5",
        "\"\\x\"",
        "\"\x01\"",
        "\"\xff\"",
        "\"\xc0\xaf\"",
        "\"\\ud800\"",
        "// c\n{}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":1,\"\\u0061\":2}",
        "{\"x\":{\"k\":1,\"j\":2,\"k\":1}}",
        "[{\"a\":[{\"b\":0,\"b\":0}]}]",
        nested(40),
        "1e400",  // infinity could not be written again
        "[{\"a\":-1e999}]",
        std::string("{}\0", 3),
    };
    for (const auto& text : bad) {
        const auto parsed = parse_json(text);
        ASSERT_FALSE(parsed.has_value()) << text;
        EXPECT_EQ(parsed.error().code(), Errc::InvalidParams) << text;
        EXPECT_FALSE(parsed.error().message().empty());
    }
}

TEST(Codec, AcceptsStrictJsonAndRoundTrips) {
    for (const std::string text :
         {R"({"a":1,"b":[true,null,"x"],"c":{"a":"ü"}})", R"([{"a":1},{"a":2}])", R"("x")", "-5",
          R"({"a":{"a":{"a":1}}})", R"({"a":"1","A":"2","":"3"})"}) {
        const auto parsed = parse_json(text);
        ASSERT_TRUE(parsed.has_value()) << text;
        EXPECT_EQ(to_compact(parsed.value()), text);
    }
    EXPECT_TRUE(parse_json(nested(30)).has_value());
}

TEST(Codec, DuplicateKeyNamesTheKey) {
    const auto parsed = parse_json(R"({"qty":"1","qty":"9"})");
    ASSERT_FALSE(parsed.has_value());
    EXPECT_EQ(parsed.error().field(), "qty");
}

TEST(Codec, AKeyIsCutBetweenLetters) {
    std::string key = "x";
    for (int i = 0; i < 60; ++i)
        key += "é";
    const auto parsed = parse_json("{\"" + key + "\":1,\"" + key + "\":2}");
    ASSERT_FALSE(parsed.has_value());
    const std::string line = encode_failure(1, parsed.error(), Effect::None);
    EXPECT_TRUE(parse_json(line).has_value()) << line;
    EXPECT_EQ(parsed.error().field(), key.substr(0, 79));
}

TEST(Codec, SizeLimit) {
    const std::string text = "\"" + std::string(kMaxRequestBytes, 'a') + "\"";
    EXPECT_EQ(parse_json(text).error().code(), Errc::FrameTooLarge);
    EXPECT_TRUE(parse_json(text, text.size()).has_value());
}

TEST(Codec, ALineNeverContainsALineFeed) {
    const json::value value = json::object{{"a", "x\ny\r\nz"}};
    const std::string line = to_line(value);
    EXPECT_EQ(line.find('\n'), line.size() - 1);
}

TEST(Codec, QuotedTextIsThatOfTheDocument) {
    const std::uint64_t seed = 20261129;
    SCOPED_TRACE(seed);
    Random random(seed);
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        const bool plain = random.below(2) == 0;
        for (auto left = random.below(40); left > 0; --left)
            text += static_cast<char>(plain ? 0x20 + random.below(0x5f) : random.below(256));
        std::string out = "[";
        add_quoted(out, text);
        ASSERT_EQ(out, "[" + to_compact(json::value(text)));
    }
}

// What is kept of a request does not lie in the memory that it was parsed in.
TEST(Codec, ARequestOutlivesItsDocument) {
    const std::string why(5'000, 'w');
    const auto line = [&](std::string_view text) {
        return R"({"jsonrpc":"2.0","id":"a long enough id not to be kept inside","method":"m",)"
               R"("params":{"why":")" +
               std::string(text) + R"(","list":[{"a":"b"}]}})";
    };
    for (const std::string& text : {std::string("short"), why}) {
        const DecodedRequest decoded = decode_request(line(text));
        decode_request(line(std::string(text.size(), '#')));  // uses the same memory again
        ASSERT_TRUE(decoded.request.has_value());
        const Request& request = decoded.request.value();
        EXPECT_EQ(decoded.id, json::value("a long enough id not to be kept inside"));
        EXPECT_EQ(request.id, decoded.id);
        EXPECT_EQ(request.params.at("why"), json::value(text));
        EXPECT_EQ(to_compact(request.params.at("list")), R"([{"a":"b"}])");
        EXPECT_EQ(request.params.storage(), json::storage_ptr{});
    }
}

// Mutates good requests and feeds noise: no crash, and what is accepted encodes to itself again.
TEST(Codec, RandomBytesNeverBreakTheDecoders) {
    const std::uint64_t seed = 20261123;
    SCOPED_TRACE(seed);
    Random random(seed);
    const std::string good =
        R"({"jsonrpc":"2.0","id":7,"method":"vault.allocate","params":{"vault":"v1","quiet":"3"},)"
        R"("meta":{"deadline_ms":500,"idem_key":"k-1","dry_run":true}})";
    int accepted = 0;
    for (int round = 0; round < 60'000; ++round) {
        std::string text = good;
        const auto edits = random.below(4);
        for (std::uint64_t i = 0; i < edits; ++i) {
            const auto at = random.below(text.size());
            switch (random.below(3)) {
                case 0: text[at] = static_cast<char>(random.below(256)); break;
                case 1: text.erase(at, 1 + random.below(5)); break;
                case 2: text.insert(at, text.substr(random.below(text.size()), random.below(20)));
            }
            if (text.empty()) text = "x";
        }
        const auto decoded = decode_request(text);
        (void)decode_reply(text);
        if (!decoded.request) continue;
        ++accepted;
        const auto again = decode_request(encode_request(decoded.request.value()));
        ASSERT_TRUE(again.request.has_value()) << text;
        EXPECT_EQ(again.request.value().params, decoded.request.value().params);
        EXPECT_EQ(again.request.value().meta.idem_key, decoded.request.value().meta.idem_key);
    }
    EXPECT_GT(accepted, 10'000);
    EXPECT_LT(accepted, 50'000);
}

}  // namespace
}  // namespace vault::protocol
