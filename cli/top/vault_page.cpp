#include "cli/top/cells.hpp"
#include "cli/top/parts.hpp"
#include "cli/top/table.hpp"

#include <fmt/format.h>

namespace vault::top {
namespace {

class VaultPage {
  public:
    VaultPage(const json::object& document, std::string_view vault, const Canvas& canvas)
        : document_(document), vault_(vault), canvas_(canvas) {}

    std::vector<Line> lines() {
        add_figures();
        add_alerts();
        add_sleeves();
        add_section(Section::Positions);
        add_section(Section::Orders);
        add_section(Section::Decisions);
        return std::move(lines_);
    }

  private:
    Rows rows(Section section) const { return rows_of_vault(document_, section, vault_); }
    std::string shown(std::string_view text) const { return printable(text, canvas_.ascii); }

    void add_prose(std::string_view text, Ink ink, int indent) {
        for (std::string& line : wrapped(shown(text), canvas_.width - indent))
            lines_.push_back({{std::string(static_cast<std::size_t>(indent), ' ') + line, ink}});
    }
    // Pieces side by side, on the next line where there is no room for one more.
    void add_pieces(const std::vector<Piece>& pieces) {
        Line line;
        for (const Piece& piece : pieces) {
            Piece next{(line.empty() ? " " : "  ") + shown(piece.text), piece.ink};
            if (!line.empty() &&
                cells_of(line) + cells_of(std::string_view(next.text)) > canvas_.width) {
                lines_.push_back(std::exchange(line, {}));
                next.text.erase(0, 1);
            }
            line.push_back(std::move(next));
        }
        lines_.push_back(std::move(line));
    }
    void add_figures();
    void add_sleeves();
    void add_section(Section section);
    void add_alerts();
    void add_heading(Section section) {
        lines_.emplace_back();
        std::string name(name_of(section));
        name[0] = static_cast<char>(name[0] - 'a' + 'A');
        lines_.push_back({{' ' + name, Ink::Strong}});
    }

    const json::object& document_;
    std::string_view vault_;
    const Canvas& canvas_;
    std::vector<Line> lines_;
};

void VaultPage::add_figures() {
    const Rows found = rows(Section::Vaults);
    if (found.empty()) {
        lines_.push_back({{fmt::format(" waiting for {}", shown(vault_)), Ink::Faint}});
        return;
    }
    const json::object& row = *found.front();
    std::vector<Piece> words, figures;
    for (const Column& column : columns_of(Section::Vaults)) {
        if (column.key == "alerts") continue;
        const std::string text = text_of(row, column);
        switch (column.kind) {
            case Kind::Word:
                words.push_back({text, column.key == "id" ? Ink::Strong : Ink::Plain});
                break;
            case Kind::State: words.push_back({text, ink_of_state(text)}); break;
            case Kind::Time:
                if (text != "-") words.push_back({fmt::format("{} {}", column.title, text)});
                break;
            case Kind::Amount:
            case Kind::Quantity:
            case Kind::Change:
            case Kind::Count:
            case Kind::Prose: figures.push_back({fmt::format("{} {}", column.title, text)}); break;
        }
    }
    add_pieces(words);
    add_pieces(figures);
}

// A reason can be long and is what a person came for, so it is told in full.
void VaultPage::add_sleeves() {
    const Rows found = rows(Section::Sleeves);
    add_section(Section::Sleeves);
    for (const json::object* row : found) {
        const std::string_view why = word_at(*row, "idle_reason");
        if (!why.empty())
            add_prose(fmt::format("{}: {}", word_at(*row, "sleeve"), why),
                      ink_of_state(word_at(*row, "state")), 2);
    }
}

void VaultPage::add_section(Section section) {
    const Rows found = rows(section);
    add_heading(section);
    if (found.empty()) {
        lines_.back().push_back({"  none", Ink::Faint});
        return;
    }
    const TableLook look{
        .width = canvas_.width, .ascii = canvas_.ascii, .lines = found.size(), .one_vault = true};
    for (Line& line : draw_table(found, section, look))
        lines_.push_back(std::move(line));
}

// What holds it, also from above: its user or the daemon. What needs a person stands below the
// sleeves already.
void VaultPage::add_alerts() {
    const Rows own = rows(Section::Vaults);
    const std::string_view user = own.empty() ? "" : word_at(*own.front(), "user");
    for (const json::object* row : rows_of(document_, Section::Alerts)) {
        const std::string_view object = word_at(*row, "object");
        const bool about = object.substr(0, object.find('.')) == vault_ || object == user;
        if ((!about && !object.empty()) || word_at(*row, "kind") == "needs_attention") continue;
        const std::string_view whose = object.empty() ? "the daemon" : object;
        add_prose(fmt::format("{}: {}", whose, word_at(*row, "message")),
                  ink_of_state(word_at(*row, "severity")), 1);
    }
}

}  // namespace

std::vector<Line> vault_lines(const json::object& document, std::string_view vault,
                              const Canvas& canvas) {
    return VaultPage(document, vault, canvas).lines();
}

}  // namespace vault::top
