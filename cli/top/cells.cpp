#include "cli/top/cells.hpp"

#include "cli/render/characters.hpp"

#include <algorithm>

namespace vault::top {
namespace {

// Bytes of the longest start of `text` that has at most `width` cells.
std::size_t bytes_within(std::string_view text, int width) {
    std::size_t at = 0;
    while (at < text.size()) {
        const render::Character next = render::first_character(text.substr(at));
        width -= render::cells_of(next.code);
        if (width < 0) break;
        at += next.bytes;
    }
    return at;
}

}  // namespace

std::string printable(std::string_view text, bool ascii) {
    std::string out;
    while (!text.empty()) {
        const render::Character next = render::first_character(text);
        const bool shown = render::may_be_shown(next.code) && (!ascii || next.code < 0x80);
        if (shown) {
            out += text.substr(0, next.bytes);
        } else {
            out += '?';
        }
        text.remove_prefix(next.bytes);
    }
    return out;
}

int cells_of(std::string_view text) {
    return render::cells_of(text);
}

std::string fitted(std::string_view text, int width, Align align, bool ascii) {
    if (width <= 0) return {};
    std::string out(text);
    int cells = cells_of(out);
    if (cells > width) {
        out.resize(bytes_within(text, width - 1));
        out += ascii ? "~" : "…";
        cells = cells_of(out);
    }
    const auto blanks = static_cast<std::size_t>(width - cells);
    if (align == Align::Left) return out.append(blanks, ' ');
    return std::string(blanks, ' ') + out;
}

std::vector<std::string> wrapped(std::string_view text, int width) {
    std::vector<std::string> lines;
    width = std::max(width, 2);  // a wide character must fit
    while (!text.empty()) {
        std::size_t end = bytes_within(text, width);
        if (end < text.size() && text[end] != ' ') {
            const auto blank = text.substr(0, end).rfind(' ');
            if (blank != std::string_view::npos && blank > 0) end = blank;
        }
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(end);
        text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    }
    return lines;
}

}  // namespace vault::top
