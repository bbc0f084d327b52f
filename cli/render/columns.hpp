#pragma once
// Which fields of a method's rows a table shows, in which order, and how a field is written. A list
// without a row here shows every scalar field of its rows. Constant data; any thread; cannot fail.
#include <boost/json/value.hpp>

#include <span>
#include <string>
#include <string_view>

namespace vault::render {

namespace json = boost::json;

struct ColumnSpec {
    std::string_view path;  // "total", or "quiet.balance"
    std::string_view title;
    bool spare = false;  // left out of a table that would be wider than the terminal
};

// `list` is the method's name, or "method.field" for a list inside an object.
std::span<const ColumnSpec> columns_of(std::string_view list);

// The value at a dotted path, or null.
const json::value* at_path(const json::value& value, std::string_view path);

// A scalar as text: decimals with at most `places` decimals (cut, never rounded up; below one, four
// figures are kept), null as "-", lists joined with commas. A pause, a position, a posting, a
// fee or a parameter inside a cell is said in words, several joined by "; "; other objects are
// compact JSON.
std::string cell_text(const json::value& value, int places);
// True for an object that cell_text() has words for.
bool has_words(const json::value& value);
// Decimals and integers stand to the right.
bool is_figure(const json::value& value);

inline constexpr int kAllPlaces = 18;

}  // namespace vault::render
