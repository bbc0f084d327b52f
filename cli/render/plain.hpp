#pragma once
// -o plain: one value a line, its dotted path and a tab in front, for awk and grep. Pure; any
// thread; cannot fail.
#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace vault::render {

namespace json = boost::json;

// "0.quiet.balance<TAB>12.5": items of a list are counted from 0, a value that stands alone has no
// path. Null is nothing, an empty list [], an empty object {}. A backslash, a tab, a line feed and
// what a terminal should not be sent are written \\, \t, \n, \r, \xHH or \u{H}; a dot inside a name
// is \. . `prefix` stands before every path.
std::string plain_lines(const json::value& value, const std::string& prefix = {});

}  // namespace vault::render
