#pragma once
// Rows of text as aligned columns, CSV (RFC 4180) or tab-separated lines. Widths count characters,
// not bytes. Control characters never reach the terminal. Pure; any thread.
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
std::string to_tsv(const Grid& grid);  // without titles

// Puts blanks behind the figures among the cells, so that their points stand below each other.
void align_points(std::vector<std::string>& cells);

int width_of(std::string_view text);  // characters
int width_of(const Grid& grid);       // of the widest line
std::string printable(std::string_view text);

}  // namespace vault::render
