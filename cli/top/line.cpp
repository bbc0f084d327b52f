#include "cli/top/line.hpp"

#include "cli/top/cells.hpp"

namespace vault::top {
namespace {

std::string_view code_of(Ink ink) {
    switch (ink) {
        case Ink::Plain: return "";
        case Ink::Strong: return "\x1b[1m";
        case Ink::Faint: return "\x1b[2m";
        case Ink::Bar: return "\x1b[7m";
        case Ink::Chosen: return "\x1b[7m";
        case Ink::Good: return "\x1b[32m";
        case Ink::Bad: return "\x1b[1;31m";
        case Ink::Warn: return "\x1b[33m";
    }
    return "";
}

}  // namespace

std::string plain_text(const Line& line) {
    std::string out;
    for (const Piece& piece : line)
        out += piece.text;
    out.erase(out.find_last_not_of(' ') + 1);
    return out;
}

std::string painted_text(const Line& line, bool decorated) {
    std::string out;
    for (const Piece& piece : line) {
        const std::string_view code = decorated ? code_of(piece.ink) : "";
        out += code;
        out += piece.text;
        if (!code.empty()) out += "\x1b[0m";
    }
    return out;
}

int cells_of(const Line& line) {
    int cells = 0;
    for (const Piece& piece : line)
        cells += cells_of(std::string_view(piece.text));
    return cells;
}

Line fitted(Line line, int width, bool ascii) {
    Line out;
    int left = width;
    for (Piece& piece : line) {
        const int cells = cells_of(std::string_view(piece.text));
        if (cells > left) {
            // What does not fit is cut where the line ends, and marked there also if that is
            // between two pieces.
            if (left > 0) {
                out.push_back({fitted(piece.text, left, Align::Left, ascii), piece.ink});
            } else if (!out.empty() && piece.text.find_first_not_of(' ') != std::string::npos) {
                std::string& end = out.back().text;
                end = fitted(end + piece.text, cells_of(std::string_view(end)), Align::Left, ascii);
            }
            return out;
        }
        left -= cells;
        out.push_back(std::move(piece));
    }
    if (left == 0) return out;
    const Ink last = out.empty() ? Ink::Plain : out.back().ink;
    const bool covers = last == Ink::Bar || last == Ink::Chosen;
    out.push_back({std::string(static_cast<std::size_t>(left), ' '), covers ? last : Ink::Plain});
    return out;
}

}  // namespace vault::top
