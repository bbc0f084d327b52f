#pragma once
// The registry and the error table as JSON, for `api.describe` and for programs that generate
// clients. Pure; any thread; cannot fail.
#include "common/protocol/registry.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace vault::protocol {

// {name, summary, command, schema, object, right, risk, mutates, reserved, long_job, params:[…],
// params_schema}; `schema` is that of the result, vault.noun.verb/1, params_schema a JSON Schema.
boost::json::object describe_method(const Method& method);
// [{code, rpc, exit_code, retryable, hint}]
boost::json::array describe_errors();
// [{exit_code, meaning}]
boost::json::array describe_exits();
// {protocol:{min,max}, methods:[…], errors:[…], exits:[…]}
boost::json::object describe_api();

}  // namespace vault::protocol
