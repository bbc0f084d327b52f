#pragma once
// The machinery behind set() and get() of a parameter struct: a table of keys, each with its type,
// range and the member that it fills. Inside this room only. Values; any thread. Setting fails with
// InvalidParams: the message names key and range, the hint the nearest key.
#include "common/domain/decimal.hpp"
#include "daemon/strategy/keys.hpp"
#include "daemon/strategy/trading_windows.hpp"

#include <optional>
#include <variant>
#include <vector>

namespace vault::strategy {

// A parsed value of any key; monostate: the optional key is switched off.
using KeyValue =
    std::variant<std::monostate, Decimal, Duration, std::uint32_t, bool, TradingWindows>;

struct KeyRange {
    std::string_view least;  // inclusive, in the text form of the key; empty: none
    std::string_view most;
};

// `off` is the word that clears an optional key; empty: the key always has a value.
Result<KeyValue> parse_value(KeyType type, const KeyRange& range, std::string_view off,
                             std::string_view key, std::string_view text);
std::string value_text(const KeyValue& value, std::string_view off);

template <class Params>
struct KeyRow {
    template <class T>
    using Optional = std::optional<T> Params::*;
    using Member =
        std::variant<Decimal Params::*, Duration Params::*, std::uint32_t Params::*, bool Params::*,
                     TradingWindows Params::*, Optional<Decimal>, Optional<std::uint32_t>>;
    std::string_view name;
    KeyType type;
    Member member;
    KeyRange range;
    std::string_view off;
    std::string_view unit;
    std::string_view about;
};

template <class T>
KeyValue to_value(const T& x) {
    return x;
}
template <class T>
KeyValue to_value(const std::optional<T>& x) {
    return x ? KeyValue{*x} : KeyValue{};
}
template <class T>
void from_value(T& x, const KeyValue& value) {
    x = std::get<T>(value);
}
template <class T>
void from_value(std::optional<T>& x, const KeyValue& value) {
    if (std::holds_alternative<std::monostate>(value)) {
        x.reset();
    } else {
        x = std::get<T>(value);
    }
}

template <class Params>
std::string row_text(const KeyRow<Params>& row, const Params& params) {
    return std::visit([&](auto member) { return value_text(to_value(params.*member), row.off); },
                      row.member);
}

template <class Params>
std::vector<KeyInfo> key_infos(const std::vector<KeyRow<Params>>& rows) {
    const Params defaults;
    std::vector<KeyInfo> infos;
    for (const KeyRow<Params>& row : rows)
        infos.push_back({row.name, row.type, row.unit, row_text(row, defaults),
                         std::string{row.range.least}, std::string{row.range.most}, row.about});
    return infos;
}

template <class Params>
const KeyRow<Params>* find_row(const std::vector<KeyRow<Params>>& rows, std::string_view key) {
    for (const KeyRow<Params>& row : rows)
        if (row.name == key) return &row;
    return nullptr;
}

template <class Params>
Result<void> set_row(const KeyRow<Params>& row, Params& params, std::string_view text) {
    VAULT_TRY(const KeyValue value, parse_value(row.type, row.range, row.off, row.name, text));
    std::visit([&](auto member) { from_value(params.*member, value); }, row.member);
    return success();
}

// Every value again through its own text, so that a range holds however the value came.
template <class Params>
Result<void> check_ranges(const std::vector<KeyRow<Params>>& rows, const Params& params) {
    Params copy = params;
    for (const KeyRow<Params>& row : rows)
        if (Result<void> done = set_row(row, copy, row_text(row, params)); !done) return done;
    return success();
}

}  // namespace vault::strategy
