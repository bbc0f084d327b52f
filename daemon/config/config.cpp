#include "daemon/config/config.hpp"

#include "daemon/config/file_reader.hpp"
#include "daemon/config/keys.hpp"
#include "daemon/config/pairs.hpp"
#include "daemon/config/sources.hpp"

#include <utility>

namespace vault::config {

Config defaults() {
    Config config;
    for (const Key& key : keys())
        VAULT_CHECK(assign(config, key, key.fallback).has_value(), "a default is out of its range");
    config.paper.pairs = built_in_pairs();
    return config;
}

Result<Config> parse(const std::string& text, const std::string& name) {
    Reading reading = read_text({name, {}, {}}, text);
    if (!reading.faults.empty()) return as_error(reading.faults);
    return std::move(reading.config);
}

Result<Config> load(const std::string& path) {
    VAULT_TRY(const std::string text, file_bytes(path));
    return parse(text, path);
}

}  // namespace vault::config
