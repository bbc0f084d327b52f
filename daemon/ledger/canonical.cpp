#include "daemon/ledger/canonical.hpp"

#include <array>
#include <charconv>

namespace vault::ledger {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

void append_number(std::string& out, std::uint64_t value) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out.append(digits.data(), end);
}

void append_digest(std::string& out, const Digest& digest) {
    std::array<char, 64> text{};
    for (std::size_t i = 0; i < digest.size(); ++i) {
        text[2 * i] = kHex[digest[i] >> 4];
        text[2 * i + 1] = kHex[digest[i] & 15];
    }
    out.append(text.data(), text.size());
}

constexpr bool needs_escape(char c) {
    return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

void append_escape(std::string& out, char c) {
    out += '\\';
    switch (c) {
        case '"':
        case '\\': out += c; return;
        case '\b': out += 'b'; return;
        case '\t': out += 't'; return;
        case '\n': out += 'n'; return;
        case '\f': out += 'f'; return;
        case '\r': out += 'r'; return;
    }
    out += "u00";
    out += kHex[static_cast<unsigned char>(c) >> 4];
    out += kHex[static_cast<unsigned char>(c) & 15];
}

// What stands between the quotes.
void append_escaped(std::string& out, std::string_view text) {
    std::size_t plain = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!needs_escape(text[i])) continue;
        out.append(text, plain, i - plain);
        append_escape(out, text[i]);
        plain = i + 1;
    }
    out.append(text, plain, text.size() - plain);
}

void append_vault(std::string& out, VaultId vault) {
    out += 'v';
    append_number(out, vault.value);
}

void append_object(std::string& out, const EntryColumns& entry, const Digest* hash) {
    out += "{\"actor\":\"";
    append_escaped(out, entry.actor);
    out += "\",\"at\":\"";
    append_escaped(out, entry.at);
    out += "\",\"cause\":\"";
    append_escaped(out, entry.cause);
    if (hash != nullptr) {
        out += "\",\"hash\":\"";
        append_digest(out, *hash);
    }
    out += "\",\"key\":\"";
    append_vault(out, entry.vault);
    out += ':';
    append_escaped(out, entry.kind);
    out += ':';
    append_escaped(out, entry.cause);
    out += "\",\"kind\":\"";
    append_escaped(out, entry.kind);
    out += "\",\"mode\":\"";
    append_escaped(out, entry.mode);
    out += "\",\"postings\":";
    out += entry.postings_json;
    out += ",\"prev_hash\":\"";
    append_digest(out, entry.prev_hash);
    out += "\",\"seq\":";
    append_number(out, entry.seq);
    out += ",\"tx\":";
    append_number(out, entry.tx);
    out += ",\"vault\":\"";
    append_vault(out, entry.vault);
    out += "\"}";
}

Error not_canonical() {
    return Error{Errc::InvalidParams, "the postings are not in canonical form", "postings",
                 "run vaultctl ledger verify; the stored row was changed by something else"};
}

// Takes `expected` off the front of `text`.
bool take(std::string_view& text, std::string_view expected) {
    if (!text.starts_with(expected)) return false;
    text.remove_prefix(expected.size());
    return true;
}

// Takes a string without escapes up to its closing quote; account, amount and asset need none.
Result<std::string_view> take_string(std::string_view& text) {
    const std::size_t end = text.find('"');
    if (end == std::string_view::npos) return not_canonical();
    const std::string_view value = text.substr(0, end);
    text.remove_prefix(end + 1);
    return value;
}

Result<Posting> take_posting(std::string_view& text) {
    if (!take(text, "{\"account\":\"")) return not_canonical();
    VAULT_TRY(const auto account_text, take_string(text));
    if (!take(text, ",\"amount\":\"")) return not_canonical();
    VAULT_TRY(const auto amount_text, take_string(text));
    if (!take(text, ",\"asset\":\"")) return not_canonical();
    VAULT_TRY(const auto asset_text, take_string(text));
    if (!take(text, "}")) return not_canonical();
    Posting posting;
    VAULT_TRY(posting.account, parse_ledger_account(account_text));
    VAULT_TRY(posting.amount, Decimal::parse(amount_text));
    VAULT_TRY(posting.asset, Asset::parse(asset_text));
    if (posting.amount.is_zero() || posting.amount.text() != amount_text) return not_canonical();
    if (posting.asset.text() != asset_text) return not_canonical();
    return posting;
}

// The texts that the columns of `entry` refer to.
struct Texts {
    std::string at;
    std::string postings;
    EntryColumns columns;

    explicit Texts(const Entry& entry)
        : at(format_utc(entry.at)),
          postings(postings_json(entry.postings)),
          columns{entry.vault, entry.seq,           entry.tx, to_text(entry.kind),
                  entry.cause, to_text(entry.mode), at,       entry.actor,
                  postings,    entry.prev_hash} {}
    Texts(const Texts&) = delete;
    Texts& operator=(const Texts&) = delete;
};

}  // namespace

std::string postings_json(std::span<const Posting> postings) {
    std::string out;
    out.reserve(postings.size() * 64 + 2);
    out += '[';
    for (const Posting& posting : postings) {
        if (out.size() > 1) out += ',';
        out += "{\"account\":\"";
        out += to_text(posting.account);
        out += "\",\"amount\":\"";
        posting.amount.append_to(out);
        out += "\",\"asset\":\"";
        out += posting.asset.text();
        out += "\"}";
    }
    out += ']';
    return out;
}

Result<std::vector<Posting>> parse_postings(std::string_view json) {
    std::vector<Posting> postings;
    if (!take(json, "[")) return not_canonical();
    if (json == "]") return postings;
    while (true) {
        VAULT_TRY(auto posting, take_posting(json));
        postings.push_back(posting);
        if (json == "]") return postings;
        if (!take(json, ",")) return not_canonical();
    }
}

Result<Entry> parse_entry(const EntryColumns& columns, const Digest& hash) {
    Entry entry;
    entry.vault = columns.vault;
    entry.seq = columns.seq;
    entry.tx = columns.tx;
    VAULT_TRY(entry.kind, parse_entry_kind(columns.kind));
    entry.cause = columns.cause;
    VAULT_TRY(entry.mode, parse_mode(columns.mode));
    VAULT_TRY(entry.at, parse_utc(columns.at));
    entry.actor = columns.actor;
    VAULT_TRY(entry.postings, parse_postings(columns.postings_json));
    entry.prev_hash = columns.prev_hash;
    entry.hash = hash;
    return entry;
}

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    append_escaped(out, text);
    out += '"';
}

void append_body(std::string& out, const EntryColumns& columns) {
    append_object(out, columns, nullptr);
}

void append_export_line(std::string& out, const EntryColumns& columns, const Digest& hash) {
    append_object(out, columns, &hash);
}

std::string entry_body(const Entry& entry) {
    const Texts texts{entry};
    std::string out;
    append_object(out, texts.columns, nullptr);
    return out;
}

std::string export_line(const Entry& entry) {
    const Texts texts{entry};
    std::string out;
    append_object(out, texts.columns, &entry.hash);
    return out;
}

Digest entry_hash(const Entry& entry) {
    return sha256(entry_body(entry));
}

}  // namespace vault::ledger
