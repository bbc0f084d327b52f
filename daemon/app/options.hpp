#pragma once
// The configuration as the options of each part: the one place that knows both names. The parts do
// not see the config room. Pure; any thread.
#include "daemon/config/config.hpp"
#include "daemon/control/options.hpp"
#include "daemon/engine/driver.hpp"
#include "daemon/notify/service.hpp"
#include "daemon/store/sqlite/options.hpp"

namespace vault::app {

// The file beside the store with the key of its checkpoints (secrets::FileSigner).
inline constexpr const char* kSignerKey = "checkpoint.key";

store::SqliteOptions store_options(const config::Store& from);
engine::EngineOptions engine_options(const config::Config& from);
engine::DriverOptions driver_options(const config::Engine& from);
control::Options control_options(const config::Config& from);
notify::Settings notify_settings(const config::Config& from);

}  // namespace vault::app
