#pragma once
// Strict JSON for the control socket: one document, valid UTF-8, no duplicate keys (Boost.JSON 1.81
// keeps the last one silently), no number beyond a double (it becomes infinity), nothing after it,
// at most 32 levels deep. Serialising is compact, so a document never contains a line feed. Pure;
// any thread; errors are InvalidParams or FrameTooLarge.
#include "common/base/result.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace vault::protocol {

namespace json = boost::json;

inline constexpr std::size_t kMaxRequestBytes = 1 << 20;  // 1 MiB, without the line feed
inline constexpr std::size_t kMaxReplyBytes = 8 << 20;    // 8 MiB
inline constexpr std::size_t kMaxDepth = 32;

// `limit` in bytes. The message says where the text stops to be JSON. The value lies in `memory`,
// which must outlive it.
Result<json::value> parse_json(std::string_view text, std::size_t limit = kMaxRequestBytes,
                               json::storage_ptr memory = {});

std::string to_line(const json::value& value);  // compact JSON and one '\n'
std::string to_compact(const json::value& value);
std::string to_compact(const json::object& object);  // else it would be copied into a value
std::string to_compact(const json::array& array);
// Adds `text` as a JSON string, the same bytes as to_compact() gives. For lines that are written
// too often to build a document first.
void add_quoted(std::string& out, std::string_view text);

}  // namespace vault::protocol
