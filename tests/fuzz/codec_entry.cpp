// Bytes -> lines -> requests -> parameters -> replies and refusals, with what each step promises.
#include "common/base/check.hpp"
#include "common/protocol/framing.hpp"
#include "common/protocol/messages.hpp"
#include "common/protocol/validate.hpp"
#include "tests/fuzz/entries.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

namespace vault::fuzz {
namespace {

namespace json = boost::json;
using protocol::Effect;
using protocol::LineSplitter;
using protocol::Method;
using protocol::Param;
using protocol::ParamType;

constexpr std::size_t kLineLimit = 240;  // low, so that lines past it are common

struct Split {
    std::vector<std::string> lines;
    LineSplitter::Fault fault = LineSplitter::Fault::None;
    std::size_t pending = 0;
    bool operator==(const Split&) const = default;
};

// What the splitter promises, told about the whole text at once.
Split split_plainly(std::string_view text) {
    Split split;
    for (;;) {
        if (split.lines.empty() && protocol::looks_like_http(text)) {
            split.fault = LineSplitter::Fault::Http;
            return split;
        }
        const std::size_t end = text.find('\n');
        if (std::min(end, text.size()) > kLineLimit) {
            split.fault = LineSplitter::Fault::TooLong;
            return split;
        }
        if (end == std::string_view::npos) break;
        std::string_view line = text.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (!line.empty()) split.lines.emplace_back(line);
        text.remove_prefix(end + 1);
    }
    split.pending = text.size();
    return split;
}

Split split_in_chunks(std::string_view text, std::size_t chunk) {
    Split split;
    LineSplitter splitter(kLineLimit);
    while (!text.empty()) {
        splitter.feed(text.substr(0, chunk));
        text.remove_prefix(std::min(chunk, text.size()));
        while (auto line = splitter.next())
            split.lines.push_back(std::move(*line));
    }
    split.fault = splitter.fault();
    if (split.fault == LineSplitter::Fault::None) split.pending = splitter.pending();
    return split;
}

// Of text that is JSON: an object has some key twice, however its escapes are written.
bool repeats_a_key(std::string_view text) {
    struct Level {
        bool object = false;
        bool key_next = false;
        std::set<std::string> keys;
    };
    std::vector<Level> levels;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '{' || c == '[') levels.push_back({c == '{', c == '{', {}});
        if (c == '}' || c == ']') levels.pop_back();
        if (c == ',' && levels.back().object) levels.back().key_next = true;
        if (c != '"') continue;
        const std::size_t start = at;
        for (++at; text[at] != '"'; ++at)
            if (text[at] == '\\') ++at;
        if (levels.empty() || !levels.back().key_next) continue;
        levels.back().key_next = false;
        const json::value key = json::parse(json::string_view(&text[start], at - start + 1));
        if (!levels.back().keys.emplace(key.get_string()).second) return true;
    }
    return false;
}

// Boost.JSON 1.81 reads a double up to a few units in the last place off; all else is exact. No
// figure that means anything is a double.
bool same(const json::value& a, const json::value& b) {
    if (a.is_double() && b.is_double()) {
        const double x = a.get_double(), y = b.get_double();
        return x == y || std::abs(x - y) <= 1e-12 * std::abs(x) + 1e-307;
    }
    if (a.is_array() && b.is_array()) return std::ranges::equal(a.get_array(), b.get_array(), same);
    if (!a.is_object() || !b.is_object()) return a == b;
    const json::object &left = a.get_object(), &right = b.get_object();
    return left.size() == right.size() && std::ranges::all_of(left, [&](const auto& member) {
               const json::value* other = right.if_contains(member.key());
               return other != nullptr && same(member.value(), *other);
           });
}

bool is_finite(const json::value& value) {
    const auto member_is = [](const auto& member) { return is_finite(member.value()); };
    if (value.is_double()) return std::isfinite(value.get_double());
    if (value.is_array()) return std::ranges::all_of(value.get_array(), is_finite);
    return !value.is_object() || std::ranges::all_of(value.get_object(), member_is);
}

std::string_view without_end(const std::string& line) {
    VAULT_CHECK(line.ends_with('\n') && line.find('\n') == line.size() - 1,
                "what is sent is exactly one line");
    return std::string_view(line).substr(0, line.size() - 1);
}

void check_refusal(const json::value& id, const Error& error) {
    const auto reply =
        protocol::decode_reply(without_end(protocol::encode_failure(id, error, Effect::None)));
    VAULT_CHECK(reply && reply.value().failure, "a refusal is read as one");
    const protocol::Failure& failure = *reply.value().failure;
    VAULT_CHECK(same(reply.value().id, id), "a refusal keeps its id");
    VAULT_CHECK(protocol::find_error(failure.code) != nullptr, "a refusal's code is in the table");
    VAULT_CHECK(failure.exit_code() == protocol::error_row(error.code()).exit_code,
                "a refusal keeps its exit code");
    VAULT_CHECK(!failure.message.empty() && !failure.hint.empty(), "a refusal says why");
    VAULT_CHECK(failure.effect == Effect::None, "a refusal changed nothing");
}

void check_json(std::string_view text) {
    json::error_code fault;
    const json::value plain = json::parse(json::string_view(text.data(), text.size()), fault);
    const auto strict = protocol::parse_json(text);
    if (!strict) {
        check_refusal(nullptr, strict.error());
        VAULT_CHECK(fault || repeats_a_key(text) || !is_finite(plain), "what is JSON is accepted");
        return;
    }
    VAULT_CHECK(!fault && !repeats_a_key(text) && is_finite(plain),
                "only JSON without a repeated key is accepted");
    const std::string compact = protocol::to_compact(strict.value());
    VAULT_CHECK(compact.find('\n') == std::string::npos, "a document is one line");
    const auto again = protocol::parse_json(compact, compact.size());
    VAULT_CHECK(again && same(again.value(), strict.value()), "JSON survives being written");
    const auto limited = protocol::parse_json(text, text.size() - 1);
    VAULT_CHECK(!limited && limited.error().code() == Errc::FrameTooLarge,
                "no line over its limit is accepted");
}

// What has passed the check may be read without one.
void read_all(const Method& method, const json::object& object) {
    const protocol::Params params(object);
    for (const Param& param : method.params) {
        VAULT_CHECK(!param.required || params.has(param.name), "what is required is there");
        switch (param.type) {
            case ParamType::Text:
            case ParamType::Enum:
                if (param.repeated) {
                    static_cast<void>(params.texts(param.name));
                } else {
                    static_cast<void>(params.text(param.name));
                }
                break;
            case ParamType::Decimal: static_cast<void>(params.decimal(param.name)); break;
            case ParamType::Integer: static_cast<void>(params.integer(param.name)); break;
            case ParamType::Bool: static_cast<void>(params.flag(param.name)); break;
            case ParamType::Time: static_cast<void>(params.time(param.name)); break;
            case ParamType::Duration: static_cast<void>(params.duration(param.name)); break;
            case ParamType::Asset:
                if (param.repeated) {
                    static_cast<void>(params.assets(param.name));
                } else {
                    static_cast<void>(params.asset(param.name));
                }
                break;
            case ParamType::Pair:
                if (param.repeated) {
                    static_cast<void>(params.pairs(param.name));
                } else {
                    static_cast<void>(params.pair(param.name));
                }
                break;
            case ParamType::Map: static_cast<void>(params.map(param.name)); break;
            case ParamType::Json: break;
        }
    }
}

void check_params(const Method& method, const json::value& id, const json::object& params) {
    const auto fine = protocol::validate_params(method, params);
    if (!fine) {
        VAULT_CHECK(fine.error().code() == Errc::InvalidParams, "a wrong parameter is bad input");
        return check_refusal(id, fine.error());
    }
    read_all(method, params);
    if (method.name != "hello") return;
    const auto hello = protocol::read_hello(params);
    if (!hello) return check_refusal(id, hello.error());
    const auto agreed = protocol::agree_protocol(hello.value());
    if (!agreed) check_refusal(id, agreed.error());
}

bool same_request(const protocol::Request& a, const protocol::Request& b) {
    return same(a.id, b.id) && a.method == b.method && same(a.params, b.params) &&
           a.meta.deadline == b.meta.deadline && a.meta.idem_key == b.meta.idem_key &&
           a.meta.dry_run == b.meta.dry_run && a.meta.token == b.meta.token &&
           a.meta.trace == b.meta.trace;
}

void check_request(std::string_view line) {
    const protocol::DecodedRequest decoded = protocol::decode_request(line);
    if (!decoded.request) return check_refusal(decoded.id, decoded.request.error());
    const protocol::Request& request = decoded.request.value();
    VAULT_CHECK(same(request.id, decoded.id), "a request has the id that its line tells");
    const std::string written = protocol::encode_request(request);
    const auto again = protocol::decode_request(without_end(written));
    VAULT_CHECK(again.request && same_request(again.request.value(), request),
                "a request survives being written");
    if (const Method* method = protocol::find_method(request.method))
        check_params(*method, request.id, request.params);
}

void check_reply(std::string_view line) {
    const auto reply = protocol::decode_reply(line);
    if (!reply) return check_refusal(nullptr, reply.error());
    if (const auto& failure = reply.value().failure) {
        VAULT_CHECK(!failure->code.empty() && failure->exit_code() != protocol::exits::kDone,
                    "a failure is never success");
        return;
    }
    const auto again = protocol::decode_reply(without_end(
        protocol::encode_reply(reply.value().id, reply.value().data, reply.value().warnings)));
    VAULT_CHECK(again && same(again.value().data, reply.value().data) &&
                    again.value().warnings == reply.value().warnings,
                "a reply survives being written");
}

}  // namespace

// The first byte says how the stream is cut and which method gets the objects that are no requests.
void codec(std::string_view bytes) {
    if (bytes.empty()) return;
    const auto choice = static_cast<unsigned char>(bytes[0]);
    bytes.remove_prefix(1);
    const Split split = split_plainly(bytes);
    VAULT_CHECK(split_in_chunks(bytes, 1U + choice) == split, "lines do not depend on the reads");
    const Method& method = protocol::methods()[choice % protocol::methods().size()];
    for (const std::string& line : split.lines) {
        check_json(line);
        check_request(line);
        check_reply(line);
        const auto value = protocol::parse_json(line);
        if (value && value.value().is_object())
            check_params(method, nullptr, value.value().get_object());
    }
}

}  // namespace vault::fuzz
