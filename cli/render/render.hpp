#pragma once
// Results and failures as text for stdout. One renderer serves every command: lists become tables,
// objects become pages of key and value with their lists below, and a few methods have columns or a
// page of their own (columns.hpp, pages.hpp). JSON passes the daemon's data through untouched, also
// fields that this build does not know. Content depends on the data and the format only, never on
// the terminal. Pure; any thread; cannot fail.
#include "common/protocol/messages.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vault::render {

namespace json = boost::json;

enum class Format { Table, Wide, Json, Jsonl, Csv, Plain, Html };
std::optional<Format> parse_format(std::string_view text);

struct Look {
    Format format = Format::Table;
    bool bold = false;  // headings, on a terminal
};

struct Document {
    std::string_view method;  // "vault.show": names the schema and the columns
    const json::value* data = nullptr;
    bool ok = true;
    std::vector<std::string> warnings;
    // Of an HTML page alone: whose figures they are, and when it was made. "v1"; "all vaults".
    std::string subject{};
    std::string made{};
};

// Ends in '\n' unless there is nothing to print.
std::string to_text(const Document& document, const Look& look);

// Only the field `primary` of an object, or of each object of a list, one a line; a field that is a
// list has a line for each item. "pairs.pair" is a field of the objects in a field, "vault sleeve"
// are two fields on one line.
std::string primary_value(const json::value& data, std::string_view primary);

// {"schema":"vault.error/1","ok":false,"error":{code, message, effect, hint, retryable,
// retry_after_ms?, field?, idem_key?}} and a line feed.
json::object failure_object(const protocol::Failure& failure, std::string_view idem_key);
std::string failure_document(const protocol::Failure& failure, std::string_view idem_key);
// "vaultctl: CODE: message (hint)", one line.
std::string failure_line(const protocol::Failure& failure, std::string_view idem_key);

}  // namespace vault::render
