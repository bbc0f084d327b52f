#pragma once
// The beginning of a text that came from outside, fit to be shown: whole UTF-8 letters only, so
// that a message stays valid JSON wherever the text is cut, and a question mark for each control
// character and each byte that is no text. Pure; any thread; cannot fail.
#include <cstddef>
#include <string>
#include <string_view>

namespace vault {

// At most `most` bytes.
std::string excerpt(std::string_view text, std::size_t most);

}  // namespace vault
