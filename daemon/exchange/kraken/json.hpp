#pragma once
// JSON from Kraken, taken apart one level at a time, without changing a digit: a value is the text
// that stands in the answer, and numbers go from there into Decimal. Kraken writes the same figure
// as a string here and as a number there, so both are read alike. Pure; any thread. simdjson stays
// in the .cpp.
//
// Errors: NotReady, in words for a person ("Kraken's answer makes no sense: …").
#include "common/base/result.hpp"
#include "common/domain/decimal.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace vault::exchange::kraken {

// The error of an answer that cannot be read; `why` shows no more of it than names and
// numbers.
Error odd_answer(std::string_view why);

struct Member {
    std::string name;
    std::string_view value;  // its text in that of the object, without blanks around it
};
// The members of an object in their order. A name that comes twice is an error, and so is anything
// before or behind the object. What is inside the values is only checked for its brackets.
Result<std::vector<Member>> members_of(std::string_view object);
// The value of that name; none: there is no such member.
const Member* find_member(const std::vector<Member>& members, std::string_view name);
// The same, or an error that says which is missing.
Result<std::string_view> member_of(const std::vector<Member>& members, std::string_view name);

// The values of an array, as texts in its text.
Result<std::vector<std::string_view>> items_of(std::string_view array);

bool is_null(std::string_view value);
// The text of a string, or a number as it is written.
Result<std::string> string_of(std::string_view value);
// A number, or a string that is one; exponents are legal ("5.1e-05"). Errors: also one that Decimal
// does not hold exactly.
Result<Decimal> decimal_of(std::string_view value);
// The same, whole and in [least, most].
Result<std::int64_t> integer_of(std::string_view value, std::int64_t least, std::int64_t most);

}  // namespace vault::exchange::kraken
