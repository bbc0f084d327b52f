#pragma once
// Alerts as JSON. Pure; any thread; cannot fail.
#include "daemon/control/json_fields.hpp"
#include "daemon/ports/alert.hpp"

namespace vault::control {

json::object alert_to_json(const ports::AlertRow& row);
json::array alerts_to_json(const ports::AlertsView& view);

}  // namespace vault::control
