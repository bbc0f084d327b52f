#pragma once
// Requests and replies as values, and their one-line JSON-RPC 2.0 form for both sides. Decoding
// accepts exactly the members listed here; encoding and decoding are inverse. Pure; any thread.
//
//   request  {"jsonrpc":"2.0","id":…,"method":…,"params":{…},"meta":{deadline_ms?, idem_key?,
//            dry_run?, token?, trace?}}
//   reply    {"jsonrpc":"2.0","id":…,"result":{"data":…,"warnings":[…]}}
//   failure  {"jsonrpc":"2.0","id":…,"error":{code, message, data:{code, effect, retryable,
//            field?, hint, retry_after_ms?}}}
#include "common/base/result.hpp"
#include "common/base/time.hpp"
#include "common/protocol/errors.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vault::protocol {

namespace json = boost::json;

inline constexpr int kProtocolLow = 1;  // the range this build speaks
inline constexpr int kProtocolHigh = 1;

struct Meta {
    std::optional<Duration> deadline;  // relative, from when the daemon reads the line; > 0
    std::string idem_key;              // 1 to 128 of A-Z a-z 0-9 . _ : - ; empty: none
    bool dry_run = false;
    std::string token;
    std::string trace;
};

struct Request {
    json::value id;  // a string or an integer
    std::string method;
    json::object params;
    Meta meta;
};

struct DecodedRequest {
    json::value id;  // null if the line does not tell one
    Result<Request> request;
};
// Checks the envelope, not the parameters (that is validate.hpp). Errors: InvalidParams, Usage.
DecodedRequest decode_request(std::string_view line);
std::string encode_request(const Request& request);  // with '\n'

// A failure as the caller sees it; `code` may be one that this build does not know.
struct Failure {
    std::string code;
    std::string message;
    Effect effect = Effect::None;
    bool retryable = false;
    std::string field;
    std::string hint;
    std::optional<Duration> retry_after = {};  // when the daemon knows

    static Failure from(const Error& error, Effect effect);
    int exit_code() const;  // 70 for a code that is not in the table
};

struct Reply {
    json::value id;
    json::value data;
    std::vector<std::string> warnings;
    std::optional<Failure> failure;
};
// Errors: Internal, the daemon broke the protocol.
Result<Reply> decode_reply(std::string_view line);
// Both with '\n'. `retryable` is only ever true when the effect is None.
std::string encode_reply(const json::value& id, json::value data,
                         const std::vector<std::string>& warnings = {});
std::string encode_failure(const json::value& id, const Error& error, Effect effect,
                           std::optional<Duration> retry_after = {});

// What the daemon sends unasked: a line with a method and no id.
struct Notification {
    std::string method;  // "sub.event"
    json::object params;
};
// None: the line is something else. Errors: Internal, the daemon broke the protocol.
Result<std::optional<Notification>> decode_notification(std::string_view line);

// First request of a connection: params {protocol:{min,max}, client,
// caps?:{required:[],optional:[]}}.
struct Hello {
    int low = kProtocolLow;
    int high = kProtocolHigh;
    std::string client;
    std::vector<std::string> required_caps;
};
json::object hello_params(const Hello& hello);
// Errors: InvalidParams.
Result<Hello> read_hello(const json::object& params);
// The highest protocol that both sides speak. Errors: VersionMismatch, names both ranges.
Result<int> agree_protocol(const Hello& hello);

}  // namespace vault::protocol
