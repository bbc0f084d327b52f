#pragma once
// What people read of API keys: one key with what its exchange said and how it does, and the rule
// by which a vault picks among them. Private to this room. Pure; any thread.
#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace vault::render {

namespace json = boost::json;

// Methods whose document is one key.
bool tells_key(std::string_view method);

// A key; what there is none of has no line.
std::string key_page(const json::object& data);
// key.policy: the rule, and the key that it picks now, or why it picks none.
std::string key_policy_page(const json::object& data);

}  // namespace vault::render
