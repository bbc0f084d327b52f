#include "daemon/strategy/key_table.hpp"

#include "common/base/excerpt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>

namespace vault::strategy {
namespace {

Error bad_value(std::string_view key, const Error& error, const KeyRange& range) {
    std::string hint = error.hint();
    if (!range.least.empty() && !range.most.empty()) {
        hint = fmt::format("{} takes {} to {}", key, range.least, range.most);
    } else if (!range.least.empty()) {
        hint = fmt::format("{} takes {} or more", key, range.least);
    }
    return Error{Errc::InvalidParams, fmt::format("{}: {}", key, error.message()), std::string{key},
                 hint};
}

Result<bool> parse_flag(std::string_view text) {
    if (text == "true" || text == "1" || text == "yes") return true;
    if (text == "false" || text == "0" || text == "no") return false;
    return Error{Errc::InvalidParams,
                 fmt::format("'{}' is not true or false", text),
                 {},
                 "write true or false"};
}

Result<std::uint32_t> parse_count(std::string_view text) {
    std::uint32_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [at, status] = std::from_chars(text.data(), end, value);
    if (status != std::errc{} || at != end)
        return Error{Errc::InvalidParams, fmt::format("'{}' is not a whole number", text)};
    return value;
}

Result<KeyValue> parse_plain(KeyType type, std::string_view text) {
    switch (type) {
        case KeyType::Decimal: {
            VAULT_TRY(const Decimal value, Decimal::parse(text));
            return KeyValue{value};
        }
        case KeyType::Duration: {
            VAULT_TRY(const Duration value, parse_duration(text));
            return KeyValue{value};
        }
        case KeyType::Count: {
            VAULT_TRY(const std::uint32_t value, parse_count(text));
            return KeyValue{value};
        }
        case KeyType::Flag: {
            VAULT_TRY(const bool value, parse_flag(text));
            return KeyValue{value};
        }
        case KeyType::Windows: {
            VAULT_TRY(TradingWindows value, TradingWindows::parse(text));
            return KeyValue{std::move(value)};
        }
    }
    return Error{Errc::Internal, "unknown key type"};
}

// Both values are of the key's own type; the variant compares like with like.
bool less(const KeyValue& a, const KeyValue& b) {
    if (const auto* x = std::get_if<Decimal>(&a)) return *x < std::get<Decimal>(b);
    if (const auto* x = std::get_if<Duration>(&a)) return *x < std::get<Duration>(b);
    if (const auto* x = std::get_if<std::uint32_t>(&a)) return *x < std::get<std::uint32_t>(b);
    return false;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
        }
    }
    return row.back();
}

}  // namespace

std::string_view to_text(KeyType type) {
    switch (type) {
        case KeyType::Decimal: return "decimal";
        case KeyType::Duration: return "duration";
        case KeyType::Count: return "count";
        case KeyType::Flag: return "flag";
        case KeyType::Windows: return "windows";
    }
    return "";
}

Result<KeyValue> parse_value(KeyType type, const KeyRange& range, std::string_view off,
                             std::string_view key, std::string_view text) {
    if (!off.empty() && text == off) return KeyValue{};
    const Result<KeyValue> parsed = parse_plain(type, text);
    if (!parsed) return bad_value(key, parsed.error(), range);
    const auto outside = [&](std::string_view side, std::string_view limit) {
        return bad_value(
            key, Error{Errc::InvalidParams, fmt::format("{} is {} than {}", text, side, limit)},
            range);
    };
    const auto bound = [type](std::string_view t) { return parse_plain(type, t).value(); };
    if (!range.least.empty() && less(parsed.value(), bound(range.least)))
        return outside("less", range.least);
    if (!range.most.empty() && less(bound(range.most), parsed.value()))
        return outside("more", range.most);
    return parsed;
}

std::string value_text(const KeyValue& value, std::string_view off) {
    struct Visitor {
        std::string_view off;
        std::string operator()(std::monostate) const { return std::string{off}; }
        std::string operator()(const Decimal& x) const { return x.text(); }
        std::string operator()(const Duration& x) const { return format_duration(x); }
        std::string operator()(std::uint32_t x) const { return fmt::to_string(x); }
        std::string operator()(bool x) const { return x ? "true" : "false"; }
        std::string operator()(const TradingWindows& x) const { return x.text(); }
    };
    return std::visit(Visitor{off}, value);
}

Error unknown_key(std::string_view key, const std::vector<KeyInfo>& known) {
    const std::string shown = excerpt(key, 40);
    const auto nearest =
        std::min_element(known.begin(), known.end(), [&](const KeyInfo& a, const KeyInfo& b) {
            return edit_distance(shown, a.name) < edit_distance(shown, b.name);
        });
    // Two thirds of it must be right, or the guess is noise.
    const bool close =
        edit_distance(shown, nearest->name) <= std::max<std::size_t>(1, shown.size() / 3);
    return Error{Errc::InvalidParams, fmt::format("unknown key '{}'", shown), shown,
                 close ? fmt::format("did you mean '{}'?", nearest->name)
                       : std::string{"vaultctl sleeve show V S lists the keys"}};
}

}  // namespace vault::strategy
