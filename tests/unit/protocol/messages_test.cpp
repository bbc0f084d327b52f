#include "common/protocol/messages.hpp"

#include "common/protocol/codec.hpp"

#include <gtest/gtest.h>

namespace vault::protocol {
namespace {

struct Bad {
    std::string line;
    std::string field;
    Errc code = Errc::InvalidParams;
};

TEST(Messages, BadEnvelopes) {
    const Bad table[] = {
        {"[]", "", Errc::Usage},
        {"1", "", Errc::Usage},
        {R"({"jsonrpc":"2.0","method":"status"})", "id", Errc::Usage},
        {R"({"id":1,"method":"status"})", "jsonrpc", Errc::Usage},
        {R"({"jsonrpc":"2.0","id":1})", "method", Errc::Usage},
        {R"({"jsonrpc":"1.0","id":1,"method":"status"})", "jsonrpc"},
        {R"({"jsonrpc":2.0,"id":1,"method":"status"})", "jsonrpc"},
        {R"({"jsonrpc":"2.0","id":null,"method":"status"})", "id"},
        {R"({"jsonrpc":"2.0","id":1.5,"method":"status"})", "id"},
        {R"({"jsonrpc":"2.0","id":{},"method":"status"})", "id"},
        {R"({"jsonrpc":"2.0","id":1,"method":7})", "method"},
        {R"({"jsonrpc":"2.0","id":1,"method":"x","params":["v1"]})", "params"},
        {R"({"jsonrpc":"2.0","id":1,"method":"x","extra":1})", "extra"},
        {R"({"jsonrpc":"2.0","id":1,"method":"x","meta":[]})", "meta"},
        {R"({"jsonrpc":"2.0","id":1,"method":"x","meta":{"deadline_ms":0}})", "deadline_ms"},
        {R"({"jsonrpc":"2.0","id":1,"method":"x","meta":{"deadline_ms":-1}})", "deadline_ms"},
        {R"({"jsonrpc":"2.0","id":1,"method":"x","meta":{"deadline_ms":"5"}})", "deadline_ms"},
        {R"({"jsonrpc":"2.0","id":1,"method":"x","meta":{"deadline_ms":1e3}})", "deadline_ms"},
        {R"({"jsonrpc":"2.0","id":1,"method":"x","meta":{"idem_key":""}})", "idem_key"},
        {R"({"jsonrpc":"2.0","id":1,"method":"x","meta":{"idem_key":"a b"}})", "idem_key"},
        {R"({"jsonrpc":"2.0","id":1,"method":"x","meta":{"idem_key":5}})", "idem_key"},
        {R"({"jsonrpc":"2.0","id":1,"method":"x","meta":{"dry_run":"yes"}})", "dry_run"},
        {R"({"jsonrpc":"2.0","id":1,"method":"x","meta":{"dryrun":true}})", "dryrun"},
    };
    for (const Bad& bad : table) {
        const auto decoded = decode_request(bad.line);
        ASSERT_FALSE(decoded.request.has_value()) << bad.line;
        EXPECT_EQ(decoded.request.error().code(), bad.code) << bad.line;
        EXPECT_EQ(decoded.request.error().field(), bad.field) << bad.line;
    }
}

TEST(Messages, TheIdSurvivesABadRequest) {
    EXPECT_EQ(decode_request(R"({"jsonrpc":"2.0","id":"a7","method":1})").id, json::value("a7"));
    EXPECT_TRUE(decode_request(R"({"jsonrpc":"2.0","id":[],"method":1})").id.is_null());
    EXPECT_TRUE(decode_request("{").id.is_null());
}

TEST(Messages, RequestRoundTrip) {
    Request request;
    request.id = 12;
    request.method = "vault.allocate";
    request.params = {{"vault", "v1"}, {"quiet", "3"}};
    request.meta = {Duration{1500}, "k-1", true, "tok", "tr"};
    const auto decoded = decode_request(encode_request(request));
    ASSERT_TRUE(decoded.request.has_value());
    const Request& got = decoded.request.value();
    EXPECT_EQ(got.id, request.id);
    EXPECT_EQ(got.method, request.method);
    EXPECT_EQ(got.params, request.params);
    EXPECT_EQ(got.meta.deadline, Duration{1500});
    EXPECT_EQ(got.meta.idem_key, "k-1");
    EXPECT_TRUE(got.meta.dry_run);
    EXPECT_EQ(got.meta.token, "tok");
    EXPECT_EQ(got.meta.trace, "tr");
}

TEST(Messages, RepliesRoundTrip) {
    const auto fine = decode_reply(encode_reply(3, json::array{"a"}, {"old key"}));
    ASSERT_TRUE(fine.has_value());
    EXPECT_EQ(fine.value().id, json::value(3));
    EXPECT_EQ(fine.value().data, json::value(json::array{"a"}));
    EXPECT_EQ(fine.value().warnings, std::vector<std::string>{"old key"});
    EXPECT_FALSE(fine.value().failure.has_value());

    const Error error{Errc::TradeableBelowAllocated, "at least 15", "amount"};
    const auto refused = decode_reply(encode_failure("x", error, Effect::None));
    ASSERT_TRUE(refused.has_value());
    const Failure& failure = *refused.value().failure;
    EXPECT_EQ(failure.code, "tradeable_below_allocated");
    EXPECT_EQ(failure.message, "amount: at least 15");  // every message names its field
    EXPECT_EQ(failure.field, "amount");
    EXPECT_EQ(failure.hint, "unallocate from the sleeves first");
    EXPECT_EQ(failure.effect, Effect::None);
    EXPECT_EQ(failure.exit_code(), 1);
}

TEST(Messages, AFailureIsOneLineOfJson) {
    EXPECT_EQ(encode_failure(7, Error{Errc::Busy, "full"}, Effect::None, Duration{20}),
              R"({"jsonrpc":"2.0","id":7,"error":{"code":1006,"message":"full","data":)"
              R"({"code":"BUSY","effect":"none","retryable":true,)"
              R"("hint":"try again in a moment","retry_after_ms":20}}})"
              "\n");
    EXPECT_EQ(encode_failure("x\n", Error{Errc::Busy, "\"a\\\x01", "qty", "wait"}, Effect::Unknown),
              R"({"jsonrpc":"2.0","id":"x\n","error":{"code":1006,"message":"qty: \"a\\\u0001",)"
              R"("data":{"code":"BUSY","effect":"unknown","retryable":false,"field":"qty",)"
              R"("hint":"wait"}}})"
              "\n");
    for (const ErrorRow& row : kErrorTable) {
        const std::string line = encode_failure(nullptr, Error{row.errc, "no"}, Effect::None);
        const auto reply = decode_reply(line);
        ASSERT_TRUE(reply.has_value() && reply.value().failure) << line;
        const Failure& failure = *reply.value().failure;
        EXPECT_EQ(failure.code, row.code);
        EXPECT_EQ(failure.retryable, row.retryable) << row.code;
        EXPECT_EQ(failure.hint, row.hint);
        EXPECT_EQ(parse_json(line).value().at("error").at("code"), json::value(row.rpc));
    }
}

TEST(Messages, BrokenRepliesAreInternal) {
    for (const std::string line :
         {"", "[]", "{}", R"({"id":1})", R"({"id":1,"result":{}})", R"({"id":1,"result":5})",
          R"({"id":1,"error":{}})", R"({"id":1,"error":{"data":{}}})",
          R"({"id":1,"result":{"data":1},"error":{"data":{"code":"X"}}})",
          R"({"id":1,"result":{"data":1,"warnings":"x"}})"}) {
        const auto reply = decode_reply(line);
        ASSERT_FALSE(reply.has_value()) << line;
        EXPECT_EQ(reply.error().code(), Errc::Internal);
    }
}

TEST(Messages, HelloAgreesOnAProtocol) {
    Hello hello;
    hello.client = "t";
    hello.required_caps = {"rpc-status"};
    const auto read = read_hello(hello_params(hello));
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read.value().client, "t");
    EXPECT_EQ(read.value().required_caps, hello.required_caps);
    EXPECT_EQ(agree_protocol(read.value()).value(), kProtocolHigh);
    hello.low = hello.high = kProtocolHigh + 1;
    EXPECT_EQ(agree_protocol(hello).error().code(), Errc::VersionMismatch);
    hello.low = 1;
    EXPECT_EQ(agree_protocol(hello).value(), kProtocolHigh);
}

TEST(Messages, BadHellos) {
    for (const std::string text :
         {"{}", R"({"protocol":1})", R"({"protocol":{"min":1}})",
          R"({"protocol":{"min":2,"max":1}})", R"({"protocol":{"min":"1","max":"1"}})",
          R"({"protocol":{"min":0,"max":1}})", R"({"protocol":{"min":1,"max":1},"client":5})",
          R"({"protocol":{"min":1,"max":1},"caps":[]})",
          R"({"protocol":{"min":1,"max":1},"caps":{"required":[1]}})"}) {
        const auto parsed = parse_json(text);
        ASSERT_TRUE(parsed.has_value());
        const auto hello = read_hello(parsed.value().get_object());
        ASSERT_FALSE(hello.has_value()) << text;
        EXPECT_EQ(hello.error().code(), Errc::InvalidParams);
    }
}

}  // namespace
}  // namespace vault::protocol
