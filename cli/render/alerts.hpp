#pragma once
// An alert as a few lines for a person: what happened, what to do, and who was told. Private to
// this room. Pure; any thread; cannot fail.
#include <boost/json/object.hpp>

#include <string>

namespace vault::render {

namespace json = boost::json;

std::string alert_lines(const json::object& alert, bool bold);

}  // namespace vault::render
