#pragma once
// Names: what the control endpoint and scripts may call requests, messages, events and members. One
// that is mistyped would never strike and never come, so it is refused by name. Pure; any thread;
// what fails is an InvalidParams that says which name.
#include "common/base/result.hpp"

#include <boost/json/object.hpp>

#include <string_view>

namespace vault::kraken_emulator {

// Whether a fault can be at that request: "AddOrder", "add_order", "*".
bool is_request_name(std::string_view name);
// Whether a fault can be at that message: "book", "executions/filled", "*".
bool is_message_name(std::string_view name);
// Whether a script can wait for it: "order/filled", "request/ping", "order".
bool is_event_name(std::string_view name);
// `known` are separated by blanks; empty: there are none.
Result<void> check_members(const boost::json::object& members, std::string_view known);

}  // namespace vault::kraken_emulator
