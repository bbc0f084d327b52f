#pragma once
// Presets as people ask for them and are shown them: named sets of the strategy's parameters. Two
// are built in, the others belong to a user. Values; errors are the engine's.
#include "common/base/time.hpp"
#include "common/domain/ids.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vault::ports {

struct SettingView {
    std::string key, value;
    bool is_default = true;  // of a preset: as in its base
};

// One key of a sleeve that was set otherwise.
struct SettingChange {
    std::string key, from, to;
    friend bool operator==(const SettingChange&, const SettingChange&) = default;
};
// "stop_loss: 0.016 -> 0.02; cooldown: 0s -> 1h", as the audit trail has them, and back: parts that
// are no change are left out. No value of a setting holds "; " or " -> ".
std::string to_text(const std::vector<SettingChange>& changes);
std::vector<SettingChange> parse_setting_changes(std::string_view text);

struct PresetView {
    std::string name;
    std::string user;  // whose it is; empty: built in
    std::string base;  // the built-in one that it began as; its own name if it is built in
    std::string note;
    std::string created_by;             // empty: built in
    std::optional<UtcTime> created_at;  // wall clock; none: built in
    std::vector<SettingView> settings;  // every key of the strategy, in the order of the design
};

namespace cmd {

// `owner` is a user's name; the built-in presets belong to everybody.
struct ListPresets {
    std::optional<std::string> owner;  // none: all that the caller may see
};
struct ShowPreset {
    std::string owner;
    std::string preset;
};
struct CreatePreset {
    std::string owner;
    std::string preset;
    std::string from;              // the preset that it begins as; empty: `vault` is given
    std::optional<VaultId> vault;  // instead: it begins as this vault's sleeve is set
    SleeveKind sleeve = SleeveKind::Quiet;
    std::map<std::string, std::string> settings;  // key -> text, over it
    std::string note;
};
struct RemovePreset {
    std::string owner;
    std::string preset;
};

}  // namespace cmd
}  // namespace vault::ports
