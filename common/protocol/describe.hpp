#pragma once
// The registry and the error table as JSON, for `api.describe` and for programs that generate
// clients. Pure; any thread; cannot fail.
#include "common/protocol/registry.hpp"

#include <boost/json/object.hpp>

namespace vault::protocol {

// {name, summary, command, object, right, risk, mutates, reserved, long_job, params:[…]}
boost::json::object describe_method(const Method& method);
// {protocol:{min,max}, methods:[…], errors:[{code, rpc, exit_code, retryable}]}
boost::json::object describe_api();

}  // namespace vault::protocol
