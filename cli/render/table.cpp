#include "cli/render/table.hpp"

#include "cli/render/characters.hpp"

#include <algorithm>

namespace vault::render {
namespace {

std::vector<int> widths_of(const Grid& grid) {
    std::vector<int> widths;
    for (const auto& title : grid.titles)
        widths.push_back(width_of(title));
    for (const auto& row : grid.rows)
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], width_of(row[i]));
    return widths;
}

void append_line(std::string& out, const std::vector<std::string>& cells,
                 const std::vector<bool>& right, const std::vector<int>& widths) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const auto blanks = static_cast<std::size_t>(widths[i] - width_of(cells[i]));
        if (i > 0) line += "  ";
        if (right[i]) line.append(blanks, ' ');
        line += cells[i];
        if (!right[i]) line.append(blanks, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line;
    out += '\n';
}

std::string upper(std::string text) {
    for (char& c : text) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        if (c == ' ') c = '_';
    }
    return text;
}

std::string quoted(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + '"';
}

void append_csv(std::string& out, const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0) out += ',';
        out += quoted(cells[i]);
    }
    out += "\r\n";
}

}  // namespace

std::string printable(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const Character next = first_character(text);
        out += may_be_shown(next.code) ? text.substr(0, next.bytes) : "?";
        text.remove_prefix(next.bytes);
    }
    return out;
}

int width_of(std::string_view text) {
    return cells_of(text);
}

int width_of(const Grid& grid) {
    int width = 0;
    for (const int column : widths_of(grid))
        width += column + 2;
    return width - 2;
}

void align_points(std::vector<std::string>& cells) {
    const auto is_figure = [](std::string_view cell) {
        return cell.find_first_not_of("+-.0123456789") == std::string_view::npos &&
               cell.find_first_of("0123456789") != std::string_view::npos;
    };
    const auto tail = [](std::string_view cell) {  // the point and what is behind it
        const auto point = cell.find('.');
        return point == std::string_view::npos ? 0 : cell.size() - point;
    };
    std::size_t longest = 0;
    for (const auto& cell : cells)
        if (is_figure(cell)) longest = std::max(longest, tail(cell));
    for (auto& cell : cells)
        if (is_figure(cell)) cell.append(longest - tail(cell), ' ');
}

std::string to_table(const Grid& grid, bool bold) {
    Grid shown = grid;
    for (auto& title : shown.titles)
        title = upper(title);
    for (auto& row : shown.rows)
        for (auto& cell : row)
            cell = printable(cell);
    const auto widths = widths_of(shown);
    std::string head;
    append_line(head, shown.titles, shown.right, widths);
    if (bold) head = "\x1b[1m" + head.substr(0, head.size() - 1) + "\x1b[0m\n";
    std::string out = head;
    for (const auto& row : shown.rows)
        append_line(out, row, shown.right, widths);
    return out;
}

std::string to_csv(const Grid& grid) {
    std::string out;
    append_csv(out, grid.titles);
    for (const auto& row : grid.rows)
        append_csv(out, row);
    return out;
}

}  // namespace vault::render
