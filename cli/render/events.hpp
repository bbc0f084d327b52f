#pragma once
// Events as lines for a person: number, time, what it is about, what happened. A list and a stream
// of them look the same. Pure; any thread; cannot fail.
#include <boost/json/object.hpp>

#include <string>

namespace vault::render {

// One event in lines of at most 80 columns, the second and later ones indented; `bold` lets what
// asks for a person stand out.
std::string event_lines(const boost::json::object& event, bool bold);

}  // namespace vault::render
