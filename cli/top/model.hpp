#pragma once
// What the person looks at: page, order, filter, chosen row, and what a key makes of them; and
// which rows of a document that means. It remembers the chosen row by name, so the choice stays
// with a vault when the order changes. Pure values and functions; one thread; cannot fail.
#include "cli/top/columns.hpp"
#include "cli/top/keys.hpp"

#include <array>
#include <string>
#include <vector>

namespace vault::top {

struct Order {
    std::size_t column = 0;  // of columns_of(section)
    bool reverse = false;
    friend bool operator==(const Order&, const Order&) = default;
};

struct ViewState {
    Page page = Page::Vaults;
    std::string vault;  // drilled into; empty: the page
    std::array<Order, kPages> orders{};
    std::array<std::string, kPages> filters{};
    std::array<std::string, kPages> chosen{};  // identity of the row; empty: the first one
    std::size_t first = 0;  // row at the top of the page; line at the top of a vault or of the help
    bool typing = false;    // a filter; the keys are its letters
    bool help = false;
    bool frozen = false;

    const Order& order() const { return orders[static_cast<std::size_t>(page)]; }
    const std::string& filter() const { return filters[static_cast<std::size_t>(page)]; }
    std::string& filter() { return filters[static_cast<std::size_t>(page)]; }
    const std::string& choice() const { return chosen[static_cast<std::size_t>(page)]; }
    std::string& choice() { return chosen[static_cast<std::size_t>(page)]; }
};

using Rows = std::vector<const json::object*>;

// All rows of the section, in the document's order.
Rows rows_of(const json::object& document, Section section);
// The rows of one vault; alerts are those of the vault and its sleeves.
Rows rows_of_vault(const json::object& document, Section section, std::string_view vault);
// What the page shows: filtered, then in its order; equal rows stay in the document's order.
Rows shown_rows(const json::object& document, const ViewState& state);
// Where the chosen row is among them; 0 if it is gone or there is none.
std::size_t chosen_index(const Rows& rows, const ViewState& state);

// What the daemon is asked for this view, on top of what the command line narrows it to.
json::object wanted(const ViewState& state, const json::object& base);
// The order that the parameters of the command line stand for.
Order order_from(const json::object& params);

enum class Step { Nothing, Redraw, Ask, Quit };  // Ask: redraw, and the question has changed

// `rows` of the page as shown, `lines` that it has room for.
Step press(ViewState& state, const Key& key, const Rows& rows, std::size_t lines);

}  // namespace vault::top
