#include "cli/render/fold.hpp"

#include "cli/render/characters.hpp"

namespace vault::render {
namespace {

using Pieces = std::vector<std::string>;

Pieces words_of(std::string_view text) {
    Pieces words;
    while (!text.empty()) {
        const auto blank = text.find(' ');
        if (blank != 0) words.emplace_back(text.substr(0, blank));
        text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
    }
    return words;
}

std::size_t columns_of(std::string_view text) {
    return static_cast<std::size_t>(cells_of(text));
}

bool is_flag(std::string_view word) {
    return word.starts_with("--") || word.starts_with("[--");
}

// Words, but a flag together with its value, and a quoted text as a whole.
Pieces arguments_of(std::string_view line) {
    Pieces pieces;
    bool quoted = false;
    for (const std::string& word : words_of(line)) {
        const bool value = !pieces.empty() && is_flag(pieces.back()) && !is_flag(word) &&
                           pieces.back().find(' ') == std::string::npos &&
                           !pieces.back().ends_with(']') && !word.starts_with('[');
        if (quoted || value)
            pieces.back() += ' ' + word;
        else
            pieces.push_back(word);
        for (const char c : word)
            quoted = quoted != (c == '\'');
    }
    return pieces;
}

}  // namespace

std::string folded_pieces(const std::vector<std::string>& pieces, std::string_view first,
                          std::size_t indent, std::string_view end, std::size_t columns) {
    std::string out;
    std::string line(first);
    bool empty = true;
    for (const std::string& piece : pieces) {
        if (!empty && columns_of(line) + 1 + columns_of(piece) + columns_of(end) > columns) {
            out += line + std::string(end) + '\n';
            line.assign(indent, ' ');
            empty = true;
        }
        if (!empty) line += ' ';
        line += piece;
        empty = false;
    }
    return out + line + '\n';
}

std::string folded(std::string_view text, std::string_view first, std::size_t indent,
                   std::size_t columns) {
    return folded_pieces(words_of(text), first, indent, {}, columns);
}

std::string folded_command(std::string_view line, std::string_view first, std::size_t indent,
                           std::string_view end, std::size_t columns) {
    return folded_pieces(arguments_of(line), first, indent, end, columns);
}

}  // namespace vault::render
