#pragma once
// alerts.targets: whom the daemon tells. A list of the file alone; no secret is in it, only the
// names of files that hold one. Private to the room.
#include "daemon/config/config.hpp"
#include "daemon/config/yaml_tree.hpp"

#include <string>
#include <vector>

namespace vault::config {

// The list in `node`; appends what is wrong with it to `faults`.
std::vector<AlertTarget> read_targets(const YamlNode& node, std::vector<YamlFault>& faults);

}  // namespace vault::config
