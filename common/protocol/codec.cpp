#include "common/protocol/codec.hpp"

#include "common/base/excerpt.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <cmath>
#include <set>
#include <vector>

namespace vault::protocol {
namespace {

enum class Scan { Fine, DuplicateKey, NumberTooLarge };

// Sees every number, and every key of the document with its escapes resolved, so that "a" and
// "\u0061" are the same.
struct KeyHandler {
    static constexpr std::size_t max_object_size = SIZE_MAX;
    static constexpr std::size_t max_array_size = SIZE_MAX;
    static constexpr std::size_t max_key_size = SIZE_MAX;
    static constexpr std::size_t max_string_size = SIZE_MAX;
    using Fault = json::error_code;

    std::vector<std::set<std::string, std::less<>>> keys;
    std::string key;
    Scan scan = Scan::Fine;

    bool on_document_begin(Fault&) { return true; }
    bool on_document_end(Fault&) { return true; }
    bool on_object_begin(Fault&) {
        keys.emplace_back();
        return true;
    }
    bool on_object_end(std::size_t, Fault&) {
        keys.pop_back();
        return true;
    }
    bool on_array_begin(Fault&) { return true; }
    bool on_array_end(std::size_t, Fault&) { return true; }
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
        scan = Scan::DuplicateKey;
        fault = json::error::syntax;
        return false;
    }
    bool on_string_part(json::string_view, std::size_t, Fault&) { return true; }
    bool on_string(json::string_view, std::size_t, Fault&) { return true; }
    bool on_number_part(json::string_view, Fault&) { return true; }
    bool on_int64(std::int64_t, json::string_view, Fault&) { return true; }
    bool on_uint64(std::uint64_t, json::string_view, Fault&) { return true; }
    // 1e400 is read as infinity, which JSON cannot write.
    bool on_double(double number, json::string_view, Fault& fault) {
        if (std::isfinite(number)) return true;
        scan = Scan::NumberTooLarge;
        fault = json::error::syntax;
        return false;
    }
    bool on_bool(bool, Fault&) { return true; }
    bool on_null(Fault&) { return true; }
    bool on_comment_part(json::string_view, Fault&) { return true; }
    bool on_comment(json::string_view, Fault&) { return true; }
};

json::parse_options strict_options() {
    json::parse_options options;
    options.max_depth = kMaxDepth;
    return options;
}

// Of text that is JSON: what Boost.JSON accepts and we do not.
Result<void> check_strictly(std::string_view text) {
    json::basic_parser<KeyHandler> parser(strict_options());
    json::error_code fault;
    parser.write_some(false, text.data(), text.size(), fault);
    if (parser.handler().scan == Scan::DuplicateKey)
        return Error{Errc::InvalidParams,
                     fmt::format("the key '{}' is there twice", excerpt(parser.handler().key, 80)),
                     excerpt(parser.handler().key, 80), "name every key once"};
    if (parser.handler().scan == Scan::NumberTooLarge)
        return Error{Errc::InvalidParams,
                     "a number is out of range",
                     {},
                     "amounts are strings such as \"12.5\""};
    return success();
}

}  // namespace

Result<json::value> parse_json(std::string_view text, std::size_t limit) {
    if (text.size() > limit)
        return Error{Errc::FrameTooLarge,
                     fmt::format("a line of {} bytes, {} are allowed", text.size(), limit)};
    json::error_code fault;
    json::value value;
    try {
        value = json::parse({text.data(), text.size()}, fault, {}, strict_options());
    } catch (const std::exception& error) {
        return Error{Errc::InvalidParams, fmt::format("not JSON: {}", error.what())};
    }
    if (fault)
        return Error{Errc::InvalidParams,
                     fmt::format("not JSON: {}", fault.message()),
                     {},
                     "send one JSON object per line, UTF-8, at most 32 levels deep"};
    VAULT_TRYV(check_strictly(text));
    return value;
}

std::string to_compact(const json::value& value) {
    return json::serialize(value);
}

std::string to_line(const json::value& value) {
    std::string line = json::serialize(value);
    line += '\n';
    return line;
}

}  // namespace vault::protocol
