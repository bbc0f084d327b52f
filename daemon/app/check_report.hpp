#pragma once
// What `vaultd --check-config` says, for people and as the document that vaultctl config check
// reads. Pure; any thread; cannot fail.
#include "daemon/config/sources.hpp"

#include <string>

namespace vault::app {

// {"schema":"vault.config.check/1","ok":…,"data":{ok, result, message, file, faults:[text],
// changes:[{key, result, where, message}]},"warnings":[]} and a line feed.
std::string check_document(const std::string& file, const std::vector<config::Fault>& faults);

}  // namespace vault::app
