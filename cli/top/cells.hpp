#pragma once
// Text measured and cut by terminal cells: wide characters take two, combining ones none, and what
// is no printable UTF-8 becomes a question mark, so that no name can move the cursor. Pure; any
// thread; cannot fail.
#include <string>
#include <string_view>
#include <vector>

namespace vault::top {

enum class Align { Left, Right };

// What the terminal can show. In ASCII mode every other character is a question mark.
std::string printable(std::string_view text, bool ascii);

// Of text that went through printable().
int cells_of(std::string_view text);

// Exactly `width` cells: padded with blanks, or cut with "…" ("~" in ASCII) as its last cell.
std::string fitted(std::string_view text, int width, Align align, bool ascii);

// The text in lines of at most `width` cells, broken at blanks; a longer word is broken anywhere.
std::vector<std::string> wrapped(std::string_view text, int width);

}  // namespace vault::top
