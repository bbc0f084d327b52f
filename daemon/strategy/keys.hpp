#pragma once
// What is known of a configuration key besides its value: name, type, unit, default and range, so
// that the configuration, the command line and the documentation say the same. Values; any thread.
#include "common/base/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace vault::strategy {

enum class KeyType { Decimal, Duration, Count, Flag, Windows };
std::string_view to_text(KeyType type);

struct KeyInfo {
    std::string_view name;
    KeyType type = KeyType::Decimal;
    std::string_view unit;  // "fraction", "quote", "factor", "time" …
    std::string default_text;
    std::string least;  // both inclusive; empty: no bound of its own
    std::string most;
    std::string_view about;
};

// InvalidParams for a key that none of `known` (not empty) is; the hint names the nearest.
Error unknown_key(std::string_view key, const std::vector<KeyInfo>& known);

}  // namespace vault::strategy
