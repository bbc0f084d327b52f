#pragma once
// Domain values as JSON: decimals, ids and pairs as strings, times as RFC 3339 UTC with
// milliseconds, durations as text ("1m"), what is not there as null (a time at the epoch too),
// lists as arrays. Shared by the
// renderers of this room. Pure; any thread; cannot fail.
#include "common/domain/ids.hpp"
#include "common/domain/market.hpp"
#include "common/domain/permission.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace vault::control {

namespace json = boost::json;

inline json::value to_json(std::string_view text) {
    return json::value(text);
}
inline json::value to_json(const std::string& text) {
    return json::value(text);
}
inline json::value to_json(Decimal amount) {
    return json::value(amount.text());
}
// The clock of an account stands at the epoch until the first price starts it: no time at all.
inline json::value to_json(UtcTime time) {
    return time == UtcTime{} ? json::value(nullptr) : json::value(format_utc(time));
}
inline json::value to_json(Duration span) {
    return json::value(format_duration(span));
}
inline json::value to_json(const Asset& asset) {
    return json::value(asset.text());
}
inline json::value to_json(const Pair& pair) {
    return json::value(pair.text());
}
inline json::value to_json(Price price) {
    return to_json(price.value);
}
inline json::value to_json(UserId id) {
    return json::value(to_text(id));
}
inline json::value to_json(AccountId id) {
    return json::value(to_text(id));
}
inline json::value to_json(VaultId id) {
    return json::value(to_text(id));
}
inline json::value to_json(JobId id) {
    return json::value(to_text(id));
}
inline json::value to_json(const OrderId& id) {
    return json::value(to_text(id));
}
inline json::value to_json(SleeveKind kind) {
    return json::value(to_text(kind));
}
inline json::value to_json(Mode mode) {
    return json::value(to_text(mode));
}
inline json::value to_json(Side side) {
    return json::value(to_text(side));
}
inline json::value to_json(Role role) {
    return json::value(to_text(role));
}

inline json::value to_json(SessionId id) {
    return json::value(to_text(id));
}
inline json::value to_json(TokenId id) {
    return json::value(to_text(id));
}
inline json::array permission_words(PermissionSet set) {
    json::array words;
    for (const Permission permission : kPermissions)
        if (set.has(permission)) words.emplace_back(to_text(permission));
    return words;
}

template <class T>
json::value to_json(const std::optional<T>& maybe) {
    return maybe ? to_json(*maybe) : json::value(nullptr);
}

template <class T>
json::value to_json_list(const std::vector<T>& items) {
    json::array list;
    list.reserve(items.size());
    for (const T& item : items)
        list.push_back(to_json(item));
    return list;
}

// Keeps the objects of a JSON array whose field `name` is the string `wanted`.
void keep_where(json::array& objects, std::string_view name, std::string_view wanted);

}  // namespace vault::control
