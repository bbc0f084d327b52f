#pragma once
// API keys and key policies as JSON. No secret is in what they are made from. Pure; any thread.
#include "daemon/control/json_fields.hpp"
#include "daemon/ports/views.hpp"

namespace vault::control {

json::value key_to_json(const ports::ApiKeyView& view);
json::value policy_to_json(const ports::KeyPolicyView& view);

}  // namespace vault::control
