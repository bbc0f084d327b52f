#pragma once
// The file's part of a configuration: walks the YAML tree by the table of keys. Private to the
// room. Pure; any thread.
#include "daemon/config/config.hpp"
#include "daemon/config/yaml_tree.hpp"

#include <map>
#include <string>
#include <vector>

namespace vault::config {

struct FileFault {
    Place place;
    std::string key;  // empty: the text itself is wrong
    std::string message;
};
struct FileKeys {
    std::map<std::string, Place, std::less<>> places;  // of the keys that the file sets
    std::vector<FileFault> faults;                     // in the order of the file
};

// Changes `config` by what the text says.
FileKeys read_file_text(Config& config, const std::string& text);
// The file's bytes. Errors: ConfigInvalid (cannot be read, too large).
Result<std::string> file_bytes(const std::string& path);

}  // namespace vault::config
