#pragma once
// A line of the screen as pieces of text with an ink each. Ink is decoration: a line says the same
// without it. Pure; any thread; cannot fail.
#include <string>
#include <string_view>
#include <vector>

namespace vault::top {

enum class Ink { Plain, Strong, Faint, Bar, Chosen, Good, Bad, Warn };

struct Piece {
    std::string text;
    Ink ink = Ink::Plain;
};

using Line = std::vector<Piece>;

// Without blanks at the end.
std::string plain_text(const Line& line);
// With escape codes if `decorated`; all blanks are kept, so that the line covers what was there.
std::string painted_text(const Line& line, bool decorated);
int cells_of(const Line& line);
// Cut or padded to exactly `width` cells; the padding has the ink of the last piece if that is Bar
// or Chosen.
Line fitted(Line line, int width, bool ascii);

}  // namespace vault::top
