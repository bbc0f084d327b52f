#include "cli/top/frame.hpp"

#include "cli/top/cells.hpp"
#include "cli/top/parts.hpp"
#include "cli/top/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace vault::top {
namespace {

constexpr int kTallEnough = 16;  // below it the header is one line

int header_height(const Canvas& canvas) {
    return canvas.height < kTallEnough ? 1 : kHeaderLines;
}

// Between the tabs and the footer.
std::size_t body_height(const Canvas& canvas) {
    const int footer = canvas.still ? 0 : 1;
    return static_cast<std::size_t>(
        std::max(0, canvas.height - header_height(canvas) - 1 - footer));
}

std::size_t first_shown(const Rows& rows, const ViewState& state, std::size_t lines) {
    const std::size_t chosen = chosen_index(rows, state);
    const std::size_t last = rows.size() > lines ? rows.size() - lines : 0;
    std::size_t first = std::min(state.first, last);
    first = std::min(first, chosen);
    return lines > 0 && chosen >= first + lines ? chosen + 1 - lines : first;
}

Line tabs(const Picture& picture, const ViewState& state, const Canvas& canvas) {
    Line line;
    if (!state.vault.empty()) {
        line.push_back({fmt::format("[{}]", printable(state.vault, canvas.ascii)), Ink::Strong});
        line.push_back({"  Esc goes back", Ink::Faint});
    }
    for (int i = 0; i < kPages && state.vault.empty(); ++i) {
        const auto page = static_cast<Page>(i);
        const std::string_view name = name_of(section_of(page));
        const std::string count =
            picture.document == nullptr
                ? "-"
                : count_at(*picture.document, fmt::format("matched.{}", name));
        const bool here = page == state.page;
        const std::string words = fmt::format("{} {} {}", i + 1, name, count);
        line.push_back(
            {here ? '[' + words + ']' : ' ' + words + ' ', here ? Ink::Strong : Ink::Plain});
    }
    if (!state.filter().empty() && state.vault.empty())
        line.push_back({fmt::format("  /{}", printable(state.filter(), canvas.ascii)), Ink::Warn});
    return line;
}

struct Hint {
    std::string_view key, does;
    int rank;  // the highest goes first where there is no room
};

Line hints(std::span<const Hint> all, int width) {
    std::vector<Hint> left(all.begin(), all.end());
    const auto line_of = [&] {
        Line line;
        for (const Hint& hint : left) {
            line.push_back({(line.empty() ? " " : "  ") + std::string(hint.key), Ink::Strong});
            line.push_back({' ' + std::string(hint.does), Ink::Plain});
        }
        return line;
    };
    while (left.size() > 1 && cells_of(line_of()) > width)
        left.erase(std::ranges::max_element(left, {}, &Hint::rank));
    return line_of();
}

constexpr std::array kPageHints{
    Hint{"Enter", "open", 3}, Hint{"1-5", "view", 4}, Hint{"s", "sort", 5}, Hint{"r", "reverse", 6},
    Hint{"/", "filter", 5},   Hint{"p", "pause", 6},  Hint{"?", "help", 1}, Hint{"q", "quit", 0}};
constexpr std::array kVaultHints{Hint{"Esc", "back", 2},       Hint{"1-5", "view", 4},
                                 Hint{"up/down", "scroll", 3}, Hint{"p", "pause", 6},
                                 Hint{"?", "help", 1},         Hint{"q", "quit", 0}};
constexpr std::array kHelpHints{Hint{"up/down", "scroll", 1}, Hint{"any key", "back", 0}};
constexpr std::array kTypingHints{Hint{"Enter", "keep", 1}, Hint{"Esc", "clear", 0}};

// A text that can be longer than its place, and is moved by state.first.
std::vector<Line> text_lines(const Picture& picture, const ViewState& state, const Canvas& canvas) {
    if (state.help) return help_lines(canvas);
    if (picture.document == nullptr || state.vault.empty()) return {};
    return vault_lines(*picture.document, state.vault, canvas);
}

std::size_t last_first(std::size_t lines, const Canvas& canvas) {
    const std::size_t room = body_height(canvas);
    return lines > room ? lines - room : 0;
}

// "1-17/200", which of the rows or lines are shown; with "of 10000" where the daemon has more.
std::string extent_text(const Picture& picture, const ViewState& state, const Canvas& canvas) {
    if (state.help || !state.vault.empty()) {
        const std::size_t lines = text_lines(picture, state, canvas).size();
        if (lines <= body_height(canvas)) return {};
        const std::size_t first = std::min(state.first, last_first(lines, canvas));
        return fmt::format("{}-{}/{} ", first + 1, first + body_height(canvas), lines);
    }
    if (picture.document == nullptr) return {};
    const Rows rows = shown_rows(*picture.document, state);
    const std::size_t first = first_shown(rows, state, room_for_rows(canvas));
    const std::size_t last = std::min(rows.size(), first + room_for_rows(canvas));
    std::string text = fmt::format("{}-{}/{} ", rows.empty() ? 0 : first + 1, last, rows.size());
    const Section section = section_of(state.page);
    const std::size_t here = rows_of(*picture.document, section).size();
    const std::string all =
        count_at(*picture.document, fmt::format("matched.{}", name_of(section)));
    if (all != "-" && all != std::to_string(here)) text += fmt::format("of {} ", all);
    return text;
}

Line footer(const Picture& picture, const ViewState& state, const Canvas& canvas) {
    const std::string extent = extent_text(picture, state, canvas);
    const int room = canvas.width - static_cast<int>(extent.size()) - 1;
    Line left;
    if (state.help) {
        left = hints(kHelpHints, room);
    } else if (!state.vault.empty()) {
        left = hints(kVaultHints, room);
    } else if (!state.typing) {
        left = hints(kPageHints, room);
    } else {
        left = {{fmt::format(" filter: {}{} ", printable(state.filter(), canvas.ascii),
                             canvas.ascii ? "_" : "▏"),
                 Ink::Warn}};
        for (Piece& piece : hints(kTypingHints, room))
            left.push_back(std::move(piece));
    }
    return spread(std::move(left), {{extent, Ink::Faint}}, canvas.width, canvas.ascii);
}

std::string_view nothing_to_show(const ViewState& state) {
    if (!state.filter().empty()) return "nothing fits the filter; Esc clears it";
    switch (state.page) {
        case Page::Vaults: return "no vault yet: vaultctl vault create makes one";
        case Page::Sleeves: return "no sleeve: there is no vault yet";
        case Page::Positions: return "no open position";
        case Page::Orders: return "no live order";
        case Page::Alerts: return "nothing needs a person";
    }
    return {};
}

std::vector<Line> page_lines(const Picture& picture, const ViewState& state, const Canvas& canvas) {
    const Rows rows = shown_rows(*picture.document, state);
    if (rows.empty()) return {{}, {{"  " + std::string(nothing_to_show(state)), Ink::Faint}}};
    TableLook look{.width = canvas.width, .ascii = canvas.ascii, .lines = room_for_rows(canvas)};
    look.first = first_shown(rows, state, look.lines);
    if (!canvas.still) look.chosen = chosen_index(rows, state);
    look.order = state.order();
    return draw_table(rows, section_of(state.page), look);
}

std::vector<Line> body(const Picture& picture, const ViewState& state, const Canvas& canvas) {
    if (!state.help && picture.document == nullptr)
        return {{}, {{"  waiting for the daemon", Ink::Faint}}};
    if (!state.help && state.vault.empty()) return page_lines(picture, state, canvas);
    std::vector<Line> lines = text_lines(picture, state, canvas);
    const std::size_t first = std::min(state.first, last_first(lines.size(), canvas));
    lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(first));
    return lines;
}

std::vector<Line> too_small(const Canvas& canvas) {
    std::vector<Line> lines(static_cast<std::size_t>(std::max(canvas.height, 1)));
    const std::string words = fmt::format("terminal too small: {}x{}, at least {}x{}", canvas.width,
                                          canvas.height, kLeastWidth, kLeastHeight);
    std::size_t at = 0;
    for (const std::string& line : wrapped(words, canvas.width))
        if (at < lines.size()) lines[at++] = {{line}};
    return lines;
}

}  // namespace

std::size_t room_for_rows(const Canvas& canvas) {
    return std::max<std::size_t>(body_height(canvas), 1) - 1;
}

void hold_in_place(ViewState& state, const Picture& picture, const Canvas& canvas) {
    if (!state.help && state.vault.empty()) return;
    const std::size_t lines = text_lines(picture, state, canvas).size();
    state.first = std::min(state.first, last_first(lines, canvas));
}

std::vector<Line> draw(const Picture& picture, const ViewState& state, const Canvas& canvas) {
    std::vector<Line> lines;
    if (canvas.width < kLeastWidth || canvas.height < kLeastHeight) {
        lines = too_small(canvas);
    } else {
        lines = header_lines(picture, state, canvas, header_height(canvas));
        lines.push_back(tabs(picture, state, canvas));
        std::vector<Line> middle = body(picture, state, canvas);
        middle.resize(body_height(canvas));
        for (Line& line : middle)
            lines.push_back(std::move(line));
        if (!canvas.still) lines.push_back(footer(picture, state, canvas));
    }
    for (Line& line : lines)
        line = fitted(std::move(line), canvas.width, canvas.ascii);
    return lines;
}

}  // namespace vault::top
