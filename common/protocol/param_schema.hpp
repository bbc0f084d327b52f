#pragma once
// The parameters of a method as a JSON Schema (draft 2020-12), for programs that check or build
// their calls. It tells shapes: what it refuses the daemon refuses, what it takes may still name
// nothing that exists. Pure; any thread; cannot fail.
#include "common/protocol/registry.hpp"

#include <boost/json/object.hpp>

namespace vault::protocol {

boost::json::object params_schema(const Method& method);

}  // namespace vault::protocol
