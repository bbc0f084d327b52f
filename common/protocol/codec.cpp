#include "common/protocol/codec.hpp"

#include "common/base/excerpt.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <vector>

namespace vault::protocol {
namespace {

// Takes everything and keeps nothing.
struct QuietHandler {
    static constexpr std::size_t max_object_size = SIZE_MAX;
    static constexpr std::size_t max_array_size = SIZE_MAX;
    static constexpr std::size_t max_key_size = SIZE_MAX;
    static constexpr std::size_t max_string_size = SIZE_MAX;
    using Fault = json::error_code;

    bool on_document_begin(Fault&) { return true; }
    bool on_document_end(Fault&) { return true; }
    bool on_object_begin(Fault&) { return true; }
    bool on_object_end(std::size_t, Fault&) { return true; }
    bool on_array_begin(Fault&) { return true; }
    bool on_array_end(std::size_t, Fault&) { return true; }
    bool on_key_part(json::string_view, std::size_t, Fault&) { return true; }
    bool on_key(json::string_view, std::size_t, Fault&) { return true; }
    bool on_string_part(json::string_view, std::size_t, Fault&) { return true; }
    bool on_string(json::string_view, std::size_t, Fault&) { return true; }
    bool on_number_part(json::string_view, Fault&) { return true; }
    bool on_int64(std::int64_t, json::string_view, Fault&) { return true; }
    bool on_uint64(std::uint64_t, json::string_view, Fault&) { return true; }
    bool on_double(double, json::string_view, Fault&) { return true; }
    bool on_bool(bool, Fault&) { return true; }
    bool on_null(Fault&) { return true; }
    bool on_comment_part(json::string_view, Fault&) { return true; }
    bool on_comment(json::string_view, Fault&) { return true; }
};

// How many keys the text has, of all its objects.
struct KeyCounter : QuietHandler {
    std::size_t keys = 0;
    bool finite = true;  // 1e400 is read as infinity, which JSON cannot write

    bool on_key(json::string_view, std::size_t, Fault&) {
        ++keys;
        return true;
    }
    bool on_double(double number, json::string_view, Fault&) {
        finite = finite && std::isfinite(number);
        return true;
    }
};

// Stops at the first key that its object has already; sees every key with its escapes resolved, so
// that "a" and "\u0061" are the same.
struct DuplicateFinder : QuietHandler {
    std::vector<std::set<std::string, std::less<>>> keys;
    std::string key;

    bool on_object_begin(Fault&) {
        keys.emplace_back();
        return true;
    }
    bool on_object_end(std::size_t, Fault&) {
        keys.pop_back();
        return true;
    }
    bool on_key_part(json::string_view part, std::size_t, Fault&) {
        key.append(part.data(), part.size());
        return true;
    }
    bool on_key(json::string_view part, std::size_t, Fault& fault) {
        key.append(part.data(), part.size());
        if (keys.back().insert(key).second) {
            key.clear();
            return true;
        }
        fault = json::error::syntax;
        return false;
    }
};

json::parse_options strict_options() {
    json::parse_options options;
    options.max_depth = kMaxDepth;
    return options;
}

template <class Handler>
Handler scan(std::string_view text) {
    json::basic_parser<Handler> parser(strict_options());
    json::error_code fault;
    parser.write_some(false, text.data(), text.size(), fault);
    return std::move(parser.handler());
}

// At most kMaxDepth deep, as it was parsed.
std::size_t keys_of(const json::value& value) {
    std::size_t keys = 0;
    if (const auto* array = value.if_array())
        for (const json::value& item : *array)
            keys += keys_of(item);
    if (const auto* object = value.if_object())
        for (const auto& member : *object)
            keys += 1 + keys_of(member.value());
    return keys;
}

// Of text that is JSON: what Boost.JSON accepts and we do not. A key that was there twice is once
// in the value, so the keys themselves are compared only when their number tells that one is
// missing.
Result<void> check_strictly(std::string_view text, const json::value& value) {
    const auto seen = scan<KeyCounter>(text);
    if (!seen.finite)
        return Error{Errc::InvalidParams,
                     "a number is out of range",
                     {},
                     "amounts are strings such as \"12.5\""};
    if (seen.keys == keys_of(value)) return success();
    const std::string twice = excerpt(scan<DuplicateFinder>(text).key, 80);
    return Error{Errc::InvalidParams, fmt::format("the key '{}' is there twice", twice), twice,
                 "name every key once"};
}

bool is_utf8(std::string_view text) {
    json::error_code fault;
    std::string quoted = "\"";
    for (const char c : text)
        if (c != '"' && c != '\\' && (c < 0 || c >= 0x20)) quoted += c;
    quoted += '"';
    json::parse(quoted, fault);
    return !fault;
}

// The first name whose text is not UTF-8, or that is none itself ("?"); empty: all are.
std::string not_utf8(const json::value& value, std::string_view name) {
    if (const auto* text = value.if_string(); text != nullptr && !is_utf8(*text))
        return std::string(name);
    if (const auto* array = value.if_array())
        for (const json::value& item : *array)
            if (auto found = not_utf8(item, name); !found.empty()) return found;
    if (const auto* object = value.if_object())
        for (const auto& member : *object) {
            if (!is_utf8(member.key())) return "?";
            if (auto found = not_utf8(member.value(), member.key()); !found.empty()) return found;
        }
    return {};
}

// Text that is JSON but for its encoding: which field is it?
std::optional<Error> wrong_encoding(std::string_view text) {
    json::parse_options options = strict_options();
    options.allow_invalid_utf8 = true;
    json::error_code fault;
    const json::value value = json::parse({text.data(), text.size()}, fault, {}, options);
    if (fault) return std::nullopt;
    const std::string name = not_utf8(value, "?");
    if (name.empty()) return std::nullopt;
    if (name == "?")
        return Error{Errc::InvalidParams, "a name or a text is not UTF-8", {}, "send UTF-8"};
    return Error{Errc::InvalidParams, fmt::format("{}: is not UTF-8", name), name,
                 fmt::format("give {} in UTF-8", name)};
}

}  // namespace

Result<json::value> parse_json(std::string_view text, std::size_t limit, json::storage_ptr memory) {
    if (text.size() > limit)
        return Error{Errc::FrameTooLarge,
                     fmt::format("a line of {} bytes, {} are allowed", text.size(), limit)};
    json::error_code fault;
    json::value value(memory);
    try {
        value = json::parse({text.data(), text.size()}, fault, memory, strict_options());
    } catch (const std::exception& error) {
        return Error{Errc::InvalidParams, fmt::format("not JSON: {}", error.what())};
    }
    if (fault) {
        if (auto encoding = wrong_encoding(text)) return std::move(*encoding);
        return Error{Errc::InvalidParams,
                     fmt::format("not JSON: {}", fault.message()),
                     {},
                     "send one JSON object per line, UTF-8, at most 32 levels deep"};
    }
    VAULT_TRYV(check_strictly(text, value));
    return value;
}

std::string to_compact(const json::value& value) {
    return json::serialize(value);
}

std::string to_compact(const json::object& object) {
    return json::serialize(object);
}

std::string to_compact(const json::array& array) {
    return json::serialize(array);
}

void add_quoted(std::string& out, std::string_view text) {
    const auto plain = [](char c) {
        return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
    };
    if (!std::ranges::all_of(text, plain)) {
        out += json::serialize(json::string_view(text));
        return;
    }
    out += '"';
    out += text;
    out += '"';
}

std::string to_line(const json::value& value) {
    std::string line = json::serialize(value);
    line += '\n';
    return line;
}

}  // namespace vault::protocol
