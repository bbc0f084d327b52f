#pragma once
// Rows of text as aligned columns or CSV (RFC 4180). Widths count the cells of a terminal. What
// moves the cursor, hides text or turns it around never reaches the terminal. Pure; any thread.
#include <string>
#include <string_view>
#include <vector>

namespace vault::render {

struct Grid {
    std::vector<std::string> titles;
    std::vector<bool> right;  // per column: numbers
    std::vector<std::vector<std::string>> rows;
};

// Two blanks between columns, no blanks at line ends, titles in upper case.
std::string to_table(const Grid& grid, bool bold);
std::string to_csv(const Grid& grid);

// Puts blanks behind the figures among the cells, so that their points stand below each other.
void align_points(std::vector<std::string>& cells);

int width_of(std::string_view text);  // cells
int width_of(const Grid& grid);       // of the widest line
std::string printable(std::string_view text);

}  // namespace vault::render
