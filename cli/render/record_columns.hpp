#pragma once
// The columns of CSV: every field that a method's record can have, in the order of its JSON, so
// that neither the rows that happen to come nor a null change them. A field that this build does
// not know stands behind them. A part whose keys are data (figures, a list) is one column of JSON.
// Constant data; any thread; cannot fail.
#include <boost/json/array.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vault::render {

namespace json = boost::json;

// Dotted paths, such as "quiet.balance". `method` is "vault.list", or "top.orders" for a section of
// a document. Empty: a method without a record here, whose columns are what its rows have.
std::vector<std::string> record_columns(std::string_view method);

// RFC 4180, the titles also where there is no row. Objects become dotted columns, lists and what a
// column holds whole compact JSON, null an empty cell. Empty without columns.
std::string csv_of(const std::vector<std::string>& columns, const json::array& rows);

}  // namespace vault::render
