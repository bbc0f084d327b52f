#include "common/protocol/validate.hpp"

#include "common/base/excerpt.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace vault::protocol {
namespace {

constexpr std::size_t kMaxTextBytes = 1000;
constexpr std::size_t kMaxSecretBytes = 1024;
constexpr std::size_t kMaxListItems = 1000;

std::string words_of(std::string_view allowed) {
    std::string words(allowed);
    for (auto bar = words.find('|'); bar != std::string::npos; bar = words.find('|', bar))
        words.replace(bar, 1, ", ");
    return words;
}

std::string range_of(const Param& param) {
    if (param.high == INT64_MAX) return fmt::format("an integer from {}", param.low);
    return fmt::format("an integer from {} to {}", param.low, param.high);
}

// What to give instead.
std::string advice(const Param& param) {
    switch (param.type) {
        case ParamType::Enum: return fmt::format("choose one of {}", words_of(param.allowed));
        case ParamType::Integer: return fmt::format("give {}: {}", range_of(param), param.doc);
        case ParamType::Text:
        case ParamType::Decimal:
        case ParamType::Bool:
        case ParamType::Time:
        case ParamType::Duration:
        case ParamType::Asset:
        case ParamType::Pair:
        case ParamType::Map:
        case ParamType::Json: break;
    }
    const bool above_zero = param.sign == Sign::Positive;
    return fmt::format("give {}{}: {}", param.name, above_zero ? ", above 0" : "", param.doc);
}

Error wrong(const Param& param, std::string_view why, std::string hint = {}) {
    if (hint.empty()) hint = advice(param);
    return Error{Errc::InvalidParams, fmt::format("{}: {}", param.name, why),
                 std::string(param.name), std::move(hint)};
}

// Why a text cannot be shown as it is; empty if it can. `text` is UTF-8. Terminals obey controls,
// and a direction mark makes a text look like another one; a secret is not shown and may have one.
std::string_view unprintable(std::string_view text, bool secret) {
    constexpr std::string_view kControl = "contains a control character";
    constexpr std::string_view kDirection = "contains a character that changes the text direction";
    const auto byte = [&](std::size_t at) {
        return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const unsigned first = byte(i), second = byte(i + 1), third = byte(i + 2);
        if (first < 0x20 || first == 0x7f) return kControl;
        if (first == 0xc2 && second >= 0x80 && second <= 0x9f) return kControl;  // U+0080 to 009F
        if (secret) continue;
        if (first == 0xd8 && second == 0x9c) return kDirection;  // U+061C
        if (first != 0xe2) continue;
        const bool mark = second == 0x80 && (third == 0x8e || third == 0x8f);    // U+200E, 200F
        const bool embeds = second == 0x80 && third >= 0xaa && third <= 0xae;    // U+202A to 202E
        const bool isolates = second == 0x81 && third >= 0xa6 && third <= 0xa9;  // U+2066 to 2069
        if (mark || embeds || isolates) return kDirection;
    }
    return {};
}

Result<std::string_view> text_of(const Param& param, const json::value& value,
                                 std::string_view kind) {
    const auto* text = value.if_string();
    if (text == nullptr) return wrong(param, fmt::format("{} belongs here", kind));
    if (text->empty() && !param.blank) return wrong(param, "is empty");
    const std::size_t most = param.secret ? kMaxSecretBytes : kMaxTextBytes;
    if (text->size() > most) return wrong(param, fmt::format("is longer than {} bytes", most));
    if (const auto why = unprintable(*text, param.secret); !why.empty()) return wrong(param, why);
    return std::string_view(*text);
}

Result<void> check_decimal(const Param& param, const json::value& value) {
    VAULT_TRY(const auto text, text_of(param, value, "a decimal string"));
    if (is_allowed(param.allowed, text)) return success();
    const auto parsed = Decimal::parse(text);
    if (!parsed)
        return wrong(param, parsed.error().message(),
                     param.allowed.empty()
                         ? parsed.error().hint()
                         : fmt::format("a decimal such as 12.5, or {}", param.allowed));
    if (param.sign == Sign::Positive && !parsed.value().is_positive())
        return wrong(param, fmt::format("{} is not above zero", text));
    if (param.sign == Sign::NonNegative && parsed.value().is_negative())
        return wrong(param, fmt::format("{} is negative", text));
    return success();
}

Result<void> check_integer(const Param& param, const json::value& value) {
    if (!value.is_int64()) return wrong(param, "a JSON integer belongs here");
    const std::int64_t number = value.get_int64();
    if (number < param.low) return wrong(param, fmt::format("{} is below {}", number, param.low));
    if (number > param.high) return wrong(param, fmt::format("{} is above {}", number, param.high));
    return success();
}

Result<void> check_map(const Param& param, const json::value& value) {
    const auto* object = value.if_object();
    if (object == nullptr) return wrong(param, "an object of key and text belongs here");
    if (object->empty()) return wrong(param, "is empty");
    for (const auto& member : *object) {
        if (!member.value().is_string())
            return Error{Errc::InvalidParams,
                         fmt::format("{}: a string belongs here", std::string_view(member.key())),
                         std::string(member.key()),
                         "values of settings are text, such as \"0.02\""};
        Param one = param;
        one.name = member.key();
        VAULT_TRYV(text_of(one, member.value(), "a string"));
    }
    return success();
}

template <class T>
Result<void> check_parsed(const Param& param, const json::value& value, std::string_view kind,
                          Result<T> (*parse)(std::string_view)) {
    VAULT_TRY(const auto text, text_of(param, value, kind));
    const auto parsed = parse(text);
    if (!parsed) return wrong(param, parsed.error().message(), parsed.error().hint());
    return success();
}

Result<void> check_enum(const Param& param, const json::value& value) {
    VAULT_TRY(const auto text, text_of(param, value, "a string"));
    if (is_allowed(param.allowed, text)) return success();
    return wrong(param,
                 fmt::format("'{}' is none of {}", excerpt(text, 80), words_of(param.allowed)));
}

Result<void> check_value(const Param& param, const json::value& value) {
    switch (param.type) {
        case ParamType::Text: {
            VAULT_TRYV(text_of(param, value, "a string"));
            return success();
        }
        case ParamType::Decimal: return check_decimal(param, value);
        case ParamType::Integer: return check_integer(param, value);
        case ParamType::Bool:
            if (!value.is_bool()) return wrong(param, "true or false belongs here");
            return success();
        case ParamType::Time: return check_parsed<UtcTime>(param, value, "a UTC time", parse_utc);
        case ParamType::Duration:
            return check_parsed<Duration>(param, value, "a duration", parse_duration);
        case ParamType::Enum: return check_enum(param, value);
        case ParamType::Asset: return check_parsed<Asset>(param, value, "an asset", Asset::parse);
        case ParamType::Pair: return check_parsed<Pair>(param, value, "a pair", Pair::parse);
        case ParamType::Map: return check_map(param, value);
        case ParamType::Json: return success();
    }
    return success();
}

Result<void> check_param(const Param& param, const json::value& value) {
    if (!param.repeated) return check_value(param, value);
    const auto* list = value.if_array();
    if (list == nullptr) return wrong(param, "a list belongs here");
    if (list->size() > kMaxListItems) return wrong(param, "has more than 1000 items");
    for (const auto& item : *list) {
        VAULT_TRYV(check_value(param, item));
    }
    return success();
}

Error unknown_name(const Method& method, std::string_view name) {
    std::vector<std::string_view> names;
    for (const Param& param : method.params)
        names.push_back(param.name);
    const std::string close = nearest(name, names);
    std::string hint = "it has no parameters";
    if (!names.empty()) hint = fmt::format("its parameters are: {}", fmt::join(names, ", "));
    if (!close.empty()) hint = fmt::format("did you mean '{}'?", close);
    return Error{Errc::InvalidParams,
                 fmt::format("{} has no parameter '{}'", method.name, excerpt(name, 80)),
                 excerpt(name, 80), std::move(hint)};
}

// Insertions, deletions, changes and swaps of neighbours ("optimal string alignment").
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before, row(b.size() + 1), next(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        next[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = row[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            next[j] = std::min({row[j] + 1, next[j - 1] + 1, change});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                next[j] = std::min(next[j], before[j - 2] + 1);
        }
        before = row;
        row.swap(next);
    }
    return row[b.size()];
}

// A span of time that ends before it begins selects nothing, which nobody means.
Result<void> check_span(const json::object& params, std::string_view from, std::string_view to) {
    const auto* first = params.if_contains(from);
    const auto* last = params.if_contains(to);
    if (first == nullptr || last == nullptr) return success();
    const auto begin = parse_utc(std::string_view(first->get_string()));
    const auto end = parse_utc(std::string_view(last->get_string()));
    if (begin.value() <= end.value()) return success();
    return Error{Errc::InvalidParams,
                 fmt::format("the span is empty: `{}` must be after `{}`", to, from),
                 std::string(to), fmt::format("give a later {}, or an earlier {}", to, from)};
}

// What is to be added and removed by the same call has no order that everybody would expect.
Result<void> check_lists(const json::object& params, std::string_view add,
                         std::string_view remove) {
    const auto* added = params.if_contains(add);
    const auto* removed = params.if_contains(remove);
    if (added == nullptr || removed == nullptr) return success();
    if (!added->is_array() || !removed->is_array()) return success();
    for (const auto& item : added->get_array()) {
        if (std::ranges::find(removed->get_array(), item) == removed->get_array().end()) continue;
        const std::string text(item.get_string());
        return Error{Errc::InvalidParams,
                     fmt::format("`{}` and `{}` both name {}", add, remove, text), std::string(add),
                     fmt::format("name {} in one of them only", text)};
    }
    return success();
}

}  // namespace

Result<void> validate_params(const Method& method, const json::object& params) {
    for (const auto& member : params)
        if (find_param(method, member.key()) == nullptr) return unknown_name(method, member.key());
    for (const Param& param : method.params) {
        const auto* value = params.if_contains(param.name);
        if (value != nullptr) {
            VAULT_TRYV(check_param(param, *value));
        } else if (param.required) {
            return wrong(param, "is missing");
        }
    }
    VAULT_TRYV(check_lists(params, "add", "remove"));
    VAULT_TRYV(check_span(params, "from", "to"));
    return check_span(params, "since", "until");
}

std::string nearest(std::string_view word, const std::vector<std::string_view>& names,
                    std::size_t slips) {
    if (word.size() > 64) return {};
    std::string best;
    std::size_t least = (slips > 0 ? slips : std::max<std::size_t>(1, word.size() / 3)) + 1;
    for (const auto name : names) {
        const std::size_t distance = edit_distance(word, name);
        if (distance >= least) continue;
        least = distance;
        best = name;
    }
    return best;
}

}  // namespace vault::protocol
