#include "common/protocol/messages.hpp"

#include "common/base/excerpt.hpp"
#include "common/protocol/codec.hpp"

#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace vault::protocol {
namespace {

constexpr std::size_t kRoom = 256;  // of a failure but its texts, as a rule
constexpr std::int64_t kMaxDeadlineMs = 24LL * 3600 * 1000;

Error bad(std::string_view field, std::string message, std::string hint = {}) {
    return Error{Errc::InvalidParams, std::move(message), std::string(field), std::move(hint)};
}

bool is_key_char(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '_' || c == ':' || c == '-';
}

Result<std::string> read_token(const json::value& value, std::string_view field) {
    const auto* text = value.if_string();
    if (text == nullptr || text->empty() || text->size() > 128 ||
        !std::ranges::all_of(*text, is_key_char))
        return bad(field, fmt::format("'{}' is 1 to 128 of A-Z a-z 0-9 . _ : -", field));
    return std::string(*text);
}

Result<void> read_meta_member(std::string_view key, const json::value& value, Meta& meta) {
    if (key == "deadline_ms") {
        const auto* ms = value.if_int64();
        if (ms == nullptr || *ms < 1 || *ms > kMaxDeadlineMs)
            return bad(key, "deadline_ms is an integer from 1 to 86400000");
        meta.deadline = Duration{*ms};
    } else if (key == "idem_key") {
        VAULT_TRY(meta.idem_key, read_token(value, key));
    } else if (key == "token") {
        VAULT_TRY(meta.token, read_token(value, key));
    } else if (key == "trace") {
        VAULT_TRY(meta.trace, read_token(value, key));
    } else if (key == "dry_run") {
        if (!value.is_bool()) return bad(key, "dry_run is true or false");
        meta.dry_run = value.get_bool();
    } else {
        return bad(excerpt(key, 80), fmt::format("unknown member '{}' of meta", excerpt(key, 80)),
                   "known are deadline_ms, idem_key, dry_run, token, trace");
    }
    return success();
}

Result<Meta> read_meta(const json::value& value) {
    const auto* object = value.if_object();
    if (object == nullptr) return bad("meta", "meta is an object");
    Meta meta;
    for (const auto& member : *object) {
        VAULT_TRYV(read_meta_member(member.key(), member.value(), meta));
    }
    return meta;
}

Result<void> read_member(std::string_view key, const json::value& value, Request& request) {
    if (key == "jsonrpc") {
        if (!value.is_string() || value.get_string() != "2.0")
            return bad(key, "jsonrpc must be \"2.0\"");
    } else if (key == "id") {
        const bool short_text = value.is_string() && value.get_string().size() <= 128;
        if (!short_text && !value.is_int64())
            return bad(key, "id is an integer or a string of at most 128 bytes");
        request.id = value;
    } else if (key == "method") {
        if (!value.is_string()) return bad(key, "method is a string");
        request.method = value.get_string();
    } else if (key == "params") {
        if (!value.is_object())
            return bad(key, "params is an object", "parameters are named, never positional");
        request.params = value.get_object();
    } else if (key == "meta") {
        VAULT_TRY(request.meta, read_meta(value));
    } else {
        return bad(excerpt(key, 80),
                   fmt::format("unknown member '{}' of the request", excerpt(key, 80)),
                   "known are jsonrpc, id, method, params, meta");
    }
    return success();
}

Result<Request> read_request(const json::object& object) {
    Request request;
    for (const auto& member : object) {
        VAULT_TRYV(read_member(member.key(), member.value(), request));
    }
    for (const std::string_view need : {"jsonrpc", "id", "method"})
        if (!object.contains(need))
            return Error{Errc::Usage, fmt::format("the request has no '{}'", need),
                         std::string(need), "send {\"jsonrpc\":\"2.0\",\"id\":1,\"method\":…}"};
    return request;
}

Error broken(std::string why) {
    return Error{Errc::Internal, fmt::format("the daemon's reply is not understood: {}", why)};
}

std::string member_text(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
}

Result<Failure> read_failure(const json::value& value) {
    const auto* object = value.if_object();
    const auto* data = object == nullptr ? nullptr : object->if_contains("data");
    if (data == nullptr || !data->is_object()) return broken("error without data");
    const json::object& details = data->get_object();
    Failure failure;
    failure.code = member_text(details, "code");
    failure.message = member_text(*object, "message");
    failure.effect = parse_effect(member_text(details, "effect"));
    const auto* retryable = details.if_contains("retryable");
    failure.retryable = retryable != nullptr && retryable->is_bool() && retryable->get_bool();
    failure.field = member_text(details, "field");
    failure.hint = member_text(details, "hint");
    const auto* after = details.if_contains("retry_after_ms");
    if (after != nullptr && after->is_int64() && after->get_int64() >= 0)
        failure.retry_after = Duration{after->get_int64()};
    if (failure.code.empty()) return broken("error without a code");
    return failure;
}

Result<void> read_result(const json::value& value, Reply& reply) {
    const auto* object = value.if_object();
    const auto* data = object == nullptr ? nullptr : object->if_contains("data");
    if (data == nullptr) return broken("result without data");
    reply.data = *data;
    const auto* warnings = object->if_contains("warnings");
    if (warnings == nullptr) return success();
    if (!warnings->is_array()) return broken("warnings are not an array");
    for (const auto& warning : warnings->get_array())
        if (warning.is_string()) reply.warnings.emplace_back(warning.get_string());
    return success();
}

json::object envelope(const json::value& id) {
    return {{"jsonrpc", "2.0"}, {"id", id}};
}

}  // namespace

DecodedRequest decode_request(std::string_view line) {
    // A small document costs no allocation; what is kept of it is copied.
    std::array<unsigned char, 2048> room;
    json::monotonic_resource memory(room.data(), room.size());
    auto parsed = parse_json(line, kMaxRequestBytes, &memory);
    if (!parsed) return {nullptr, parsed.error()};
    const auto* object = parsed.value().if_object();
    if (object == nullptr)
        return {nullptr, Error{Errc::Usage,
                               "a request is one JSON object",
                               {},
                               "batches are not supported; send one object per line"}};
    json::value id;
    if (const auto* given = object->if_contains("id");
        given != nullptr &&
        (given->is_int64() || (given->is_string() && given->get_string().size() <= 128)))
        id = *given;
    return {std::move(id), read_request(*object)};
}

std::string encode_request(const Request& request) {
    json::object line = envelope(request.id);
    line["method"] = request.method;
    line["params"] = request.params;
    json::object meta;
    if (request.meta.deadline) meta["deadline_ms"] = request.meta.deadline->count();
    if (!request.meta.idem_key.empty()) meta["idem_key"] = request.meta.idem_key;
    if (request.meta.dry_run) meta["dry_run"] = true;
    if (!request.meta.token.empty()) meta["token"] = request.meta.token;
    if (!request.meta.trace.empty()) meta["trace"] = request.meta.trace;
    if (!meta.empty()) line["meta"] = std::move(meta);
    return to_line(line);
}

Failure Failure::from(const Error& error, Effect effect) {
    const ErrorRow& row = error_row(error.code());
    return {.code = std::string(row.code),
            .message = message_with_field(error),
            .effect = effect,
            .retryable = row.retryable && effect == Effect::None,
            .field = error.field(),
            .hint = error.hint().empty() ? std::string(row.hint) : error.hint()};
}

int Failure::exit_code() const {
    const ErrorRow* row = find_error(code);
    return row == nullptr ? exits::kInternal : row->exit_code;
}

Result<Reply> decode_reply(std::string_view line) {
    auto parsed = parse_json(line, kMaxReplyBytes);
    if (!parsed) return broken(parsed.error().message());
    const auto* object = parsed.value().if_object();
    if (object == nullptr) return broken("not an object");
    Reply reply;
    if (const auto* id = object->if_contains("id")) reply.id = *id;
    const auto* error = object->if_contains("error");
    const auto* result = object->if_contains("result");
    if ((error == nullptr) == (result == nullptr)) return broken("neither result nor error");
    if (error != nullptr) {
        VAULT_TRY(reply.failure, read_failure(*error));
    } else {
        VAULT_TRYV(read_result(*result, reply));
    }
    return reply;
}

Result<std::optional<Notification>> decode_notification(std::string_view line) {
    auto parsed = parse_json(line, kMaxReplyBytes);
    if (!parsed) return broken(parsed.error().message());
    auto* object = parsed.value().if_object();
    if (object == nullptr) return broken("not an object");
    const auto* method = object->if_contains("method");
    if (method == nullptr || object->contains("id")) return std::optional<Notification>{};
    auto* params = object->if_contains("params");
    if (!method->is_string() || params == nullptr || !params->is_object())
        return broken("a notification without method or params");
    return std::optional(
        Notification{std::string(method->get_string()), std::move(params->get_object())});
}

std::string encode_reply(const json::value& id, json::value data,
                         const std::vector<std::string>& warnings) {
    json::array notes;
    for (const auto& warning : warnings)
        notes.emplace_back(warning);
    json::object result;
    result["data"] = std::move(data);
    result["warnings"] = std::move(notes);
    json::object line = envelope(id);
    line["result"] = std::move(result);
    return to_line(line);
}

// As text: who is refused for calling too often would else keep the daemon busy with documents.
std::string encode_failure(const json::value& id, const Error& error, Effect effect,
                           std::optional<Duration> retry_after) {
    const Failure failure = Failure::from(error, effect);
    std::string line;
    line.reserve(kRoom + failure.message.size() + failure.hint.size());
    line += R"({"jsonrpc":"2.0","id":)";
    line += to_compact(id);
    line += R"(,"error":{"code":)";
    line += std::to_string(error_row(error.code()).rpc);
    line += R"(,"message":)";
    add_quoted(line, failure.message);
    line += R"(,"data":{"code":)";
    add_quoted(line, failure.code);
    line += R"(,"effect":)";
    add_quoted(line, to_text(effect));
    line += failure.retryable ? R"(,"retryable":true)" : R"(,"retryable":false)";
    if (!failure.field.empty()) {
        line += R"(,"field":)";
        add_quoted(line, failure.field);
    }
    line += R"(,"hint":)";
    add_quoted(line, failure.hint);
    if (retry_after) {
        line += R"(,"retry_after_ms":)";
        line += std::to_string(retry_after->count());
    }
    line += "}}}\n";
    return line;
}

}  // namespace vault::protocol
