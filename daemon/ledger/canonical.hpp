#pragma once
// The one text form of an entry: RFC 8785 (JCS) JSON. What is hashed is the object without `hash`;
// what `ledger export` writes is the same object with it. Two ways in: from an Entry, and from the
// columns of a stored row without building one (a verifier reads half a million a second that way).
// Pure; any thread; parse_postings() is strict: it accepts the canonical text only.
#include "daemon/ledger/entry.hpp"

#include <span>

namespace vault::ledger {

// An entry as stored. The texts live elsewhere for as long as this value is used.
struct EntryColumns {
    VaultId vault;
    std::uint64_t seq = 0;
    std::uint64_t tx = 0;
    std::string_view kind;
    std::string_view cause;
    std::string_view mode;
    std::string_view at;  // RFC 3339 with milliseconds
    std::string_view actor;
    std::string_view postings_json;  // as postings_json() wrote it
    Digest prev_hash{};
};

// [{"account":"flash.cash","amount":"-4.9949","asset":"USDT"},…] in booked order.
std::string postings_json(std::span<const Posting> postings);
// Errors: InvalidParams for anything but what postings_json() writes (zero amounts included).
Result<std::vector<Posting>> parse_postings(std::string_view json);

// The entry that these columns and this hash store; the chain is not looked at. Errors:
// InvalidParams for a text that no entry has.
Result<Entry> parse_entry(const EntryColumns& columns, const Digest& hash);

// A JSON string with its quotes, escaped as RFC 8785 says. `text` is UTF-8.
void append_json_string(std::string& out, std::string_view text);

void append_body(std::string& out, const EntryColumns& columns);  // what is hashed
void append_export_line(std::string& out, const EntryColumns& columns, const Digest& hash);

std::string entry_body(const Entry& entry);
std::string export_line(const Entry& entry);  // without the line end
Digest entry_hash(const Entry& entry);        // SHA-256 of entry_body(); ignores entry.hash

}  // namespace vault::ledger
