#pragma once
// The table of configuration keys: the one place that knows a key's name, type, unit, default,
// range and purpose, and whether a running daemon can take a new value. Loading, reloading, the
// environment (VAULTD_SECTION_KEY, see env_name), the example file, `config show` and the JSON
// Schema all work from it. Constant data; any thread.
#include "daemon/config/config.hpp"

#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace vault::config {

// Where a key's value lives. The alternative is the key's type.
using Slot =
    std::variant<std::string& (*)(Config&), std::uint64_t& (*)(Config&),
                 std::uint32_t& (*)(Config&), Duration& (*)(Config&), Decimal& (*)(Config&),
                 std::optional<Decimal>& (*)(Config&), std::optional<std::uint64_t>& (*)(Config&),
                 bool& (*)(Config&), LogLevel& (*)(Config&), FeeIn& (*)(Config&),
                 OnTrip& (*)(Config&), Registration& (*)(Config&), SecondFactor& (*)(Config&),
                 std::vector<Pair>& (*)(Config&)>;

struct Key {
    std::string_view name;       // dotted: "store.retention.prices"
    std::string_view type;       // path, name, url, address, asset, pairs, count, mode, duration,
                                 // rate, cap, word
    std::string_view unit;       // "MiB", "rows" …; empty where the value carries its unit
    std::string_view fallback;   // the default, as written in the file
    std::string_view low, high;  // inclusive bounds, as written; empty: none
    std::string_view doc;        // half a sentence
    Slot slot;
    bool live = false;  // a reload applies it; else it waits for a restart
};

// In the order of config.example.yaml. The lists, paper.pairs and alerts.targets, are not in it
// (pairs.hpp, alert_targets.hpp).
std::span<const Key> keys();
const Key* find_key(std::string_view name);

// Reads `text` by the key's type and range and puts it into the config. The Error (ConfigInvalid)
// names the key and says what is accepted; the config is then unchanged.
Result<void> assign(Config& config, const Key& key, std::string_view text);
// The value as the file would write it.
std::string value_text(const Config& config, const Key& key);

// "1 to 100000 rows", "one of quote or base", "a path".
std::string range_text(const Key& key);

// Rules between keys, such as disk_alert_pct < disk_stop_buys_pct: the first that is broken.
Result<void> check_together(const Config& config);

// config.example.yaml: every key at its default, with purpose, unit, default and range above it.
std::string example_yaml();

// "VAULTD_STORE_RETENTION_PRICES" for "store.retention.prices".
std::string env_name(const Key& key);

}  // namespace vault::config
