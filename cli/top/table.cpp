#include "cli/top/table.hpp"

#include "cli/top/cells.hpp"

#include <algorithm>
#include <numeric>

namespace vault::top {
namespace {

constexpr int kGap = 2;     // between columns
constexpr int kMark = 2;    // before the first: "> " at the chosen row
constexpr int kProse = 34;  // with less, prose is left out
constexpr int kNarrow = 6;  // no word column is squeezed below it

struct Strip {
    const Column* column;
    std::size_t index;  // in the section's columns
    std::string title;
    std::vector<std::string> cells;
    int width = 0;
    bool empty = true;  // "-" in every row
};

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
}

std::string title_of(const Column& column, std::size_t index, const TableLook& look) {
    std::string title = upper(column.title);
    if (!look.order || look.order->column != index) return title;
    // The arrow points the way that the column grows.
    const bool rises = is_figure(column.kind) == look.order->reverse;
    if (look.ascii) return title + (rises ? '^' : 'v');
    return title + (rises ? "▲" : "▼");
}

bool is_said(const Column& column) {
    return column.key == "vault" || column.key == "user" || column.key == "asset" ||
           column.kind == Kind::Prose;
}

std::vector<Strip> strips_of(const Rows& rows, Section section, const TableLook& look) {
    std::vector<Strip> strips;
    std::size_t index = 0;
    for (const Column& column : columns_of(section)) {
        Strip strip{&column, index, title_of(column, index, look), {}, 0, true};
        ++index;
        if (look.one_vault && is_said(column)) continue;
        strip.cells.reserve(rows.size());
        for (const json::object* row : rows) {
            strip.cells.push_back(printable(text_of(*row, column), look.ascii));
            strip.width = std::max(strip.width, cells_of(std::string_view(strip.cells.back())));
            strip.empty = strip.empty && strip.cells.back() == "-";
        }
        if (column.kind == Kind::Prose) strip.width = std::min(strip.width, kProse);
        if (column.widest > 0) strip.width = std::min(strip.width, column.widest);
        strip.width = std::max(strip.width, cells_of(std::string_view(strip.title)));
        strips.push_back(std::move(strip));
    }
    return strips;
}

int width_of(const std::vector<Strip>& strips) {
    return std::accumulate(strips.begin(), strips.end(), kMark - kGap,
                           [](int sum, const Strip& strip) { return sum + strip.width + kGap; });
}

// The column that the order is by stays, or nobody would see what it is.
void drop_columns(std::vector<Strip>& strips, const TableLook& look) {
    const auto fixed = [&](const Strip& strip) {
        return strip.column->rank == 0 || (look.order && look.order->column == strip.index);
    };
    std::erase_if(strips, [&](const Strip& strip) {
        return strip.empty && !strip.cells.empty() && !fixed(strip);
    });
    while (width_of(strips) > look.width) {
        const auto rank = [&](const Strip& strip) { return fixed(strip) ? 0 : strip.column->rank; };
        const auto last = std::ranges::max_element(strips, {}, rank);
        if (last == strips.end() || fixed(*last)) return;
        strips.erase(last);
    }
}

void squeeze(std::vector<Strip>& strips, const TableLook& look) {
    for (int over = width_of(strips) - look.width; over > 0; --over) {
        Strip* widest = nullptr;
        for (Strip& strip : strips) {
            const bool word = !is_figure(strip.column->kind) && strip.width > kNarrow;
            if (word && (widest == nullptr || strip.width > widest->width)) widest = &strip;
        }
        if (widest == nullptr) return;
        --widest->width;
    }
    for (Strip& strip : strips)
        if (strip.column->kind == Kind::Prose)
            strip.width += std::max(0, look.width - width_of(strips));
}

Ink ink_of(const Strip& strip, std::size_t row) {
    const std::string& cell = strip.cells[row];
    if (strip.column->kind == Kind::State) return ink_of_state(cell);
    if (strip.column->kind == Kind::Change && cell[0] == '+') return Ink::Good;
    if (strip.column->kind == Kind::Change && cell[0] == '-' && cell.size() > 1) return Ink::Bad;
    return Ink::Plain;
}

std::string cell_of(const Strip& strip, const std::string& text, const TableLook& look) {
    const Align align = is_figure(strip.column->kind) ? Align::Right : Align::Left;
    return fitted(text, strip.width, align, look.ascii);
}

Line row_line(const std::vector<Strip>& strips, std::size_t row, const TableLook& look) {
    const bool chosen = look.chosen == row;
    const auto ink = [&](Ink own) { return chosen ? Ink::Chosen : own; };
    Line line{{chosen ? "> " : "  ", ink(Ink::Plain)}};
    for (const Strip& strip : strips) {
        if (&strip != &strips.front()) line.push_back({"  ", ink(Ink::Plain)});
        line.push_back({cell_of(strip, strip.cells[row], look), ink(ink_of(strip, row))});
    }
    return fitted(std::move(line), look.width, look.ascii);
}

Line title_line(const std::vector<Strip>& strips, const TableLook& look) {
    std::string text = "  ";
    for (const Strip& strip : strips)
        text += (&strip == &strips.front() ? "" : "  ") + cell_of(strip, strip.title, look);
    return fitted({{std::move(text), Ink::Strong}}, look.width, look.ascii);
}

}  // namespace

Ink ink_of_state(std::string_view state) {
    if (state.ends_with(" !")) return Ink::Bad;
    for (const std::string_view bad : {"critical", "needs_attention", "unresolved", "halted"})
        if (state == bad) return Ink::Bad;
    for (const std::string_view warn :
         {"warning", "underfunded", "stuck", "liquidating", "pausing", "paused"})
        if (state == warn) return Ink::Warn;
    for (const std::string_view good : {"holding", "buying", "selling", "open", "partial"})
        if (state == good) return Ink::Good;
    for (const std::string_view faint : {"idle", "warming_up", "info"})
        if (state == faint) return Ink::Faint;
    return Ink::Plain;
}

std::vector<Line> draw_table(const Rows& rows, Section section, const TableLook& look) {
    std::vector<Strip> strips = strips_of(rows, section, look);
    drop_columns(strips, look);
    squeeze(strips, look);
    std::vector<Line> lines{title_line(strips, look)};
    const std::size_t end = std::min(rows.size(), look.first + look.lines);
    for (std::size_t row = look.first; row < end; ++row)
        lines.push_back(row_line(strips, row, look));
    return lines;
}

}  // namespace vault::top
