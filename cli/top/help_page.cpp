#include "cli/top/parts.hpp"

#include <fmt/format.h>

#include <array>

namespace vault::top {
namespace {

struct Row {
    std::string_view keys, does;
};
constexpr std::array kRows{
    Row{"1 2 3 4 5", "vaults, sleeves, positions, orders, alerts"},
    Row{"up down, j k", "choose a row, or scroll"},
    Row{"PgUp PgDn, b Space", "a page up or down"},
    Row{"Home End, g G", "the first or the last row"},
    Row{"Enter", "open the row's vault: sleeves, positions, orders,"},
    Row{"", "the last decisions and why it does not trade"},
    Row{"Esc", "back to the list; there it clears the filter"},
    Row{"s S", "order by the next column, by the one before"},
    Row{"r", "turn the order round"},
    Row{"/", "show only rows with a text, such as alice or paused"},
    Row{"p", "hold the picture still, and go on"},
    Row{"? h", "this help"},
    Row{"q, Ctrl-C", "quit"},
    Row{"", ""},
    Row{"today", "what was gained since midnight UTC, realised and not"},
    Row{"equity", "total and what the open positions would give now"},
    Row{"lag", "batches that the store has not made durable yet"},
};

}  // namespace

std::vector<Line> help_lines(const Canvas&) {
    std::vector<Line> lines;
    for (const Row& row : kRows)
        lines.push_back(
            {{fmt::format(" {:<19}", row.keys), Ink::Strong}, {std::string(row.does), Ink::Plain}});
    return lines;
}

}  // namespace vault::top
