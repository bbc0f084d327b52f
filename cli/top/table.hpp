#pragma once
// Rows of a section as aligned lines of a given width. Where there is no room for all columns,
// those of the highest rank go first; prose takes what is left. Private to this room. Pure.
#include "cli/top/line.hpp"
#include "cli/top/model.hpp"

#include <optional>

namespace vault::top {

struct TableLook {
    int width = 80;
    bool ascii = false;
    std::size_t first = 0;                // row of the first line
    std::size_t lines = 0;                // without the titles
    std::optional<std::size_t> chosen{};  // row
    std::optional<Order> order{};         // marked in the titles
    bool one_vault = false;  // what its page says anyway is left out: whose it is, and why
};

// The titles, then at most look.lines rows. Widths are those of all rows, so that nothing jumps
// while a person scrolls.
std::vector<Line> draw_table(const Rows& rows, Section section, const TableLook& look);

Ink ink_of_state(std::string_view state);

}  // namespace vault::top
