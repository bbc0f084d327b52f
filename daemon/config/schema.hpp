#pragma once
// The configuration file as a JSON Schema (draft 2020-12), made from the table of keys, for editors
// and for checks before a file reaches a machine. It cannot say everything: rules between keys and
// the bounds of durations are the daemon's to check (vaultd --check-config). Pure; cannot fail.
#include "daemon/config/sources.hpp"

#include <string>

namespace vault::config {

// Indented; ends in a line feed.
std::string schema_json();

}  // namespace vault::config
