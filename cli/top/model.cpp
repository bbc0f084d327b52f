#include "cli/top/model.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

namespace vault::top {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool contains(std::string_view text, std::string_view part) {
    return std::search(text.begin(), text.end(), part.begin(), part.end(),
                       [](char a, char b) { return lower(a) == lower(b); }) != text.end();
}

// The words of a row; figures are not searched, a "5" would find every other one.
bool passes(const json::object& row, Section section, std::string_view filter) {
    if (filter.empty()) return true;
    for (const Column& column : columns_of(section)) {
        const bool word =
            column.kind == Kind::Word || column.kind == Kind::State || column.kind == Kind::Prose;
        if (word && contains(word_at(row, column.key), filter)) return true;
    }
    return false;
}

void choose(ViewState& state, const Rows& rows, std::size_t index, std::size_t lines) {
    const Section section = section_of(state.page);
    index = std::min(index, rows.empty() ? 0 : rows.size() - 1);
    state.choice() = index == 0 ? std::string() : identity_of(*rows[index], section);
    if (index < state.first) state.first = index;
    if (lines > 0 && index >= state.first + lines) state.first = index + 1 - lines;
}

Step move(ViewState& state, const Key& key, const Rows& rows, std::size_t lines) {
    const std::size_t page = std::max<std::size_t>(lines, 2) - 1;
    const bool scrolls = state.help || !state.vault.empty();
    const std::size_t at = scrolls ? state.first : chosen_index(rows, state);
    std::size_t next = at;
    switch (key.kind) {
        case Key::Kind::Up: next = at - std::min<std::size_t>(at, 1); break;
        case Key::Kind::Down: next = at + 1; break;
        case Key::Kind::PageUp: next = at - std::min(at, page); break;
        case Key::Kind::PageDown: next = at + page; break;
        case Key::Kind::Home: next = 0; break;
        case Key::Kind::End: next = scrolls ? at + 10'000 : rows.size(); break;
        case Key::Kind::Text:
        case Key::Kind::Enter:
        case Key::Kind::Escape:
        case Key::Kind::Backspace: return Step::Nothing;
    }
    if (scrolls) {
        state.first = next;  // only the drawing knows how long the text is
    } else {
        choose(state, rows, next, lines);
    }
    return Step::Redraw;
}

Step type(ViewState& state, const Key& key) {
    std::string& filter = state.filter();
    switch (key.kind) {
        case Key::Kind::Enter: state.typing = false; return Step::Redraw;
        case Key::Kind::Escape:
            state.typing = false;
            filter.clear();
            break;
        case Key::Kind::Backspace:
            while (!filter.empty() && (static_cast<unsigned char>(filter.back()) & 0xC0U) == 0x80U)
                filter.pop_back();
            if (!filter.empty()) filter.pop_back();
            break;
        case Key::Kind::Text:
            if (filter.size() < 40) filter += key.text;
            break;
        case Key::Kind::Up:
        case Key::Kind::Down:
        case Key::Kind::PageUp:
        case Key::Kind::PageDown:
        case Key::Kind::Home:
        case Key::Kind::End: return Step::Nothing;
    }
    state.choice().clear();
    state.first = 0;
    return Step::Ask;
}

Step go_to(ViewState& state, Page page) {
    state.page = page;
    state.vault.clear();
    state.first = 0;
    return Step::Ask;
}

Step open(ViewState& state, const Rows& rows) {
    if (rows.empty() || !state.vault.empty()) return Step::Nothing;
    const json::object& row = *rows[chosen_index(rows, state)];
    std::string vault(word_at(row, "vault"));
    if (state.page == Page::Vaults) vault = word_at(row, "id");
    if (state.page == Page::Alerts) {
        const std::string_view object = word_at(row, "object");
        vault = object.substr(0, object.find('.'));
        if (vault.size() < 2 || vault[0] != 'v' ||
            vault.find_first_not_of("0123456789", 1) != std::string::npos)
            return Step::Nothing;  // of a user or of the daemon
    }
    if (vault.empty()) return Step::Nothing;
    state.vault = std::move(vault);
    state.first = 0;
    return Step::Ask;
}

Step leave(ViewState& state) {
    if (!state.vault.empty()) {
        state.vault.clear();
        state.first = 0;
        return Step::Ask;
    }
    if (state.filter().empty()) return Step::Nothing;
    state.filter().clear();
    return Step::Ask;
}

Step sort(ViewState& state, bool back) {
    if (!state.vault.empty()) return Step::Nothing;
    Order& order = state.orders[static_cast<std::size_t>(state.page)];
    const std::size_t columns = columns_of(section_of(state.page)).size();
    order.column = (order.column + (back ? columns - 1 : 1)) % columns;
    order.reverse = false;
    return Step::Ask;
}

Step letter(ViewState& state, char c, const Rows& rows, std::size_t lines) {
    if (c >= '1' && c <= '0' + kPages) return go_to(state, static_cast<Page>(c - '1'));
    switch (c) {
        case 'q': return Step::Quit;
        case 'h':
        case '?':
            state.help = true;
            state.first = 0;
            return Step::Redraw;
        case 'p': state.frozen = !state.frozen; return Step::Ask;
        case 's': return sort(state, false);
        case 'S': return sort(state, true);
        case 'r':
            if (!state.vault.empty()) return Step::Nothing;
            state.orders[static_cast<std::size_t>(state.page)].reverse = !state.order().reverse;
            return Step::Ask;
        case '/':
            if (!state.vault.empty()) return Step::Nothing;
            state.typing = true;
            return Step::Redraw;
        case 'j': return move(state, {Key::Kind::Down}, rows, lines);
        case 'k': return move(state, {Key::Kind::Up}, rows, lines);
        case ' ': return move(state, {Key::Kind::PageDown}, rows, lines);
        case 'b': return move(state, {Key::Kind::PageUp}, rows, lines);
        case 'g': return move(state, {Key::Kind::Home}, rows, lines);
        case 'G': return move(state, {Key::Kind::End}, rows, lines);
    }
    return Step::Nothing;
}

// The help takes moves; any other key ends it.
Step press_in_help(ViewState& state, const Key& key, const Rows& rows, std::size_t lines) {
    if (key.kind == Key::Kind::Text && (key.text == "j" || key.text == "k" || key.text == " "))
        return letter(state, key.text[0], rows, lines);
    const Step moved = move(state, key, rows, lines);
    if (moved != Step::Nothing) return moved;
    state.help = false;
    state.first = 0;
    return Step::Redraw;
}

// The daemon's word for an order. By what it cannot sort, only this side does.
std::string_view sort_word(std::string_view key) {
    if (key == "alerts") return "state";
    for (const char* own : {"account", "asset", "mode", "now"})
        if (key == own) return "id";
    return key;
}

}  // namespace

Rows rows_of(const json::object& document, Section section) {
    Rows rows;
    const json::value* list = document.if_contains(name_of(section));
    if (list == nullptr || !list->is_array()) return rows;
    for (const json::value& row : list->get_array())
        if (row.is_object()) rows.push_back(&row.get_object());
    return rows;
}

Rows rows_of_vault(const json::object& document, Section section, std::string_view vault) {
    Rows rows = rows_of(document, section);
    std::erase_if(rows, [&](const json::object* row) {
        if (section == Section::Vaults) return word_at(*row, "id") != vault;
        if (section != Section::Alerts) return word_at(*row, "vault") != vault;
        const std::string_view object = word_at(*row, "object");
        return object.substr(0, object.find('.')) != vault;
    });
    return rows;
}

Rows shown_rows(const json::object& document, const ViewState& state) {
    const Section section = section_of(state.page);
    Rows rows = rows_of(document, section);
    std::erase_if(rows,
                  [&](const json::object* row) { return !passes(*row, section, state.filter()); });
    const Column& by = columns_of(section)[state.order().column];
    const bool reverse = state.order().reverse;
    std::ranges::stable_sort(rows, [&](const json::object* a, const json::object* b) {
        return reverse ? compare(*b, *a, by) < 0 : compare(*a, *b, by) < 0;
    });
    return rows;
}

std::size_t chosen_index(const Rows& rows, const ViewState& state) {
    if (state.choice().empty()) return 0;
    const auto found = std::ranges::find_if(rows, [&](const json::object* row) {
        return identity_of(*row, section_of(state.page)) == state.choice();
    });
    return found == rows.end() ? 0 : static_cast<std::size_t>(found - rows.begin());
}

json::object wanted(const ViewState& state, const json::object& base) {
    json::object params = base;
    if (!state.vault.empty()) {
        for (const char* narrower : {"user", "account", "match", "sort", "reverse"})
            params.erase(narrower);
        params["vault"] = state.vault;
        return params;
    }
    const Order& order = state.orders[static_cast<std::size_t>(Page::Vaults)];
    const std::string_view key = columns_of(Section::Vaults)[order.column].key;
    params["sort"] = sort_word(key);
    params["reverse"] = order.reverse;
    const std::string& filter = state.filters[static_cast<std::size_t>(Page::Vaults)];
    if (state.page == Page::Vaults && !filter.empty() && !params.contains("match"))
        params["match"] = filter;
    return params;
}

Order order_from(const json::object& params) {
    Order order;
    const auto columns = columns_of(Section::Vaults);
    const auto column = std::ranges::find(columns, word_at(params, "sort"), &Column::key);
    if (column != columns.end()) order.column = static_cast<std::size_t>(column - columns.begin());
    const json::value* reverse = params.if_contains("reverse");
    order.reverse = reverse != nullptr && reverse->is_bool() && reverse->get_bool();
    return order;
}

Step press(ViewState& state, const Key& key, const Rows& rows, std::size_t lines) {
    if (state.help) return press_in_help(state, key, rows, lines);
    if (state.typing) return type(state, key);
    if (key.kind == Key::Kind::Enter) return open(state, rows);
    if (key.kind == Key::Kind::Escape || key.kind == Key::Kind::Backspace) return leave(state);
    if (key.kind == Key::Kind::Text) return letter(state, key.text[0], rows, lines);
    return move(state, key, rows, lines);
}

}  // namespace vault::top
