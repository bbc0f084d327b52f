#include "common/protocol/messages.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace vault::protocol {
namespace {

Error bad(std::string_view field, std::string_view message) {
    return Error{Errc::InvalidParams, std::string(message), std::string(field),
                 R"(send hello with params {"protocol":{"min":1,"max":1},"client":"name 1.0"})"};
}

Result<int> read_bound(const json::object& range, std::string_view name) {
    const auto* value = range.if_contains(name);
    if (value == nullptr || !value->is_int64() || value->get_int64() < 1 ||
        value->get_int64() > 1'000'000)
        return bad("protocol", "protocol has min and max, integers from 1");
    return static_cast<int>(value->get_int64());
}

Result<void> read_caps(const json::value& caps, Hello& hello) {
    const auto* object = caps.if_object();
    if (object == nullptr) return bad("caps", "caps is an object of two lists");
    const auto* required = object->if_contains("required");
    if (required == nullptr) return success();
    if (!required->is_array()) return bad("caps", "caps.required is a list of words");
    for (const auto& cap : required->get_array()) {
        if (!cap.is_string()) return bad("caps", "caps.required is a list of words");
        hello.required_caps.emplace_back(cap.get_string());
    }
    return success();
}

}  // namespace

json::object hello_params(const Hello& hello) {
    json::object params;
    params["protocol"] = json::object{{"min", hello.low}, {"max", hello.high}};
    params["client"] = hello.client;
    if (!hello.required_caps.empty()) {
        json::array required;
        for (const auto& cap : hello.required_caps)
            required.emplace_back(cap);
        params["caps"] = json::object{{"required", std::move(required)}};
    }
    return params;
}

Result<Hello> read_hello(const json::object& params) {
    const auto* range = params.if_contains("protocol");
    if (range == nullptr || !range->is_object())
        return bad("protocol", "hello needs protocol with min and max");
    Hello hello;
    VAULT_TRY(hello.low, read_bound(range->get_object(), "min"));
    VAULT_TRY(hello.high, read_bound(range->get_object(), "max"));
    if (hello.low > hello.high) return bad("protocol", "protocol.min is above protocol.max");
    if (const auto* client = params.if_contains("client")) {
        if (!client->is_string() || client->get_string().size() > 200)
            return bad("client", "client is a string of at most 200 bytes");
        hello.client = client->get_string();
    }
    if (const auto* caps = params.if_contains("caps")) {
        VAULT_TRYV(read_caps(*caps, hello));
    }
    return hello;
}

Result<int> agree_protocol(const Hello& hello) {
    const int agreed = std::min(hello.high, kProtocolHigh);
    if (agreed < std::max(hello.low, kProtocolLow))
        return Error{Errc::VersionMismatch,
                     fmt::format("the client speaks protocol {} to {}, the daemon {} to {}",
                                 hello.low, hello.high, kProtocolLow, kProtocolHigh),
                     "protocol"};
    return agreed;
}

}  // namespace vault::protocol
