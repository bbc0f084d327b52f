#pragma once
// What status, doctor and the config commands tell of the configuration. Pure; cannot fail.
#include "daemon/ports/configuration.hpp"

#include <boost/json/object.hpp>

namespace vault::control {

// For status: {file, needs_restart:[key…], last_reload:{at, by, result, changes}|null}.
boost::json::object config_summary(const ports::ConfigView& view);

}  // namespace vault::control
