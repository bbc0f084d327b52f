#pragma once
// One line of a script as a list of fields: a JSON object of texts, whole numbers, flags and nulls,
// whose values may be such objects once more ("figures.low"). Nothing else is taken: no lists, no
// fractions, no key twice. Inside this room only. Pure; any thread.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vault::runner {

struct Field {
    enum class Kind : std::uint8_t { Text, Integer, Flag, Null };
    std::string name;  // of an inner object: "outer.inner"
    Kind kind = Kind::Null;
    std::string text;
    std::uint64_t integer = 0;
    bool flag = false;
};

struct FlatObject {
    std::vector<Field> fields;  // in their order; an empty inner object leaves none
    std::string fault;          // empty: the text is such an object
};

FlatObject parse_flat(std::string_view text);

// `text` as a JSON string with its quotes, appended.
void append_quoted(std::string& out, std::string_view text);

}  // namespace vault::runner
