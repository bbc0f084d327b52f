#pragma once
// Strong<T, Tag>: a value with a name of its own, so that an account id is no vault id and a price
// no quantity. Explicit construction, ordering and hashing, no arithmetic.
#include <compare>
#include <functional>

namespace vault {

template <class T, class Tag>
struct Strong {
    T value{};

    constexpr Strong() = default;
    constexpr explicit Strong(T v) : value(v) {}

    friend constexpr bool operator==(const Strong&, const Strong&) = default;
    friend constexpr auto operator<=>(const Strong&, const Strong&) = default;
};

}  // namespace vault

template <class T, class Tag>
struct std::hash<vault::Strong<T, Tag>> {
    std::size_t operator()(const vault::Strong<T, Tag>& x) const { return std::hash<T>{}(x.value); }
};
