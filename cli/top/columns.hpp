#pragma once
// The tables of `top`: which fields of a section's rows are columns, how a field is written, and by
// what rows are compared. Constant data and pure functions; any thread; cannot fail. A field that a
// daemon does not send is shown as "-".
#include <boost/json/object.hpp>

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace vault::top {

namespace json = boost::json;

enum class Page : std::uint8_t { Vaults, Sleeves, Positions, Orders, Alerts };
inline constexpr int kPages = 5;

// Decisions have a table of their own beside one vault, but no page.
enum class Section : std::uint8_t { Vaults, Sleeves, Positions, Orders, Alerts, Decisions };
constexpr Section section_of(Page page) {
    return static_cast<Section>(page);
}
// "vaults": the key of the document, the word of a tab and of --view.
std::string_view name_of(Section section);

enum class Kind : std::uint8_t {
    Word,
    State,     // a word with an ink of its own
    Amount,    // at least two decimals
    Quantity,  // coins and prices: as many decimals as it has, at most six
    Change,    // an amount with its sign
    Count,
    Time,
    Prose,  // takes what room is left
};

struct Column {
    std::string_view key;
    std::string_view title;
    Kind kind = Kind::Word;
    int rank = 0;    // the highest goes first where there is no room; 0 always stays
    int widest = 0;  // cells; 0: as wide as its text
};

std::span<const Column> columns_of(Section section);
constexpr bool is_figure(Kind kind) {
    return kind == Kind::Amount || kind == Kind::Quantity || kind == Kind::Change ||
           kind == Kind::Count;
}

// The field as text in UTF-8, not yet made printable.
std::string text_of(const json::object& row, const Column& column);
// Decimals with two places, more where the value is below one, never rounded up.
std::string amount_text(std::string_view decimal);

// In the column's natural direction: words and numbers in words rise, figures fall, states by how
// much they need a person.
std::weak_ordering compare(const json::object& a, const json::object& b, const Column& column);

// What tells the row from all others of its section, however they are ordered.
std::string identity_of(const json::object& row, Section section);

std::string_view word_at(const json::object& object, std::string_view key);  // "" if it is no text

}  // namespace vault::top
