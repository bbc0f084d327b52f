#pragma once
// A preset: a named set of the strategy's parameters. Two are built in, quiet and flash; a user's
// own say what differs from one of them, as text, so that a later version reads it by its own
// rules. A sleeve takes a copy: what becomes of the preset afterwards does not concern it. Pure
// values and functions; the shard's thread.
#include "daemon/ports/presets.hpp"
#include "daemon/strategy/cycle_params.hpp"

#include <map>
#include <string>
#include <vector>

namespace vault::engine {

inline constexpr std::size_t kPresetsPerUser = 100;

struct Preset {
    std::string name;                             // unique among a user's and the built-in ones
    std::string base;                             // built in
    std::map<std::string, std::string> settings;  // what differs from the base: key -> text
    std::string note;
    std::string created_by;             // empty: built in
    std::optional<UtcTime> created_at;  // wall clock; none: built in
    friend bool operator==(const Preset&, const Preset&) = default;
};

// Of a key that there is.
std::string value_of(const strategy::CycleParams& params, std::string_view key);
const std::vector<Preset>& built_in_presets();
// Its numbers. Errors: what a later version does not know any more, naming the key.
Result<strategy::CycleParams> params_of(const Preset& preset);
// What of `params` differs from the numbers of `base`, a built-in preset: key -> text.
std::map<std::string, std::string> differences(const std::string& base,
                                               const strategy::CycleParams& params);
// 1 to 32 of a-z, 0-9, '.', '_' and '-', a letter first. Errors: InvalidParams on field "preset".
Result<void> check_preset_name(std::string_view name);
// `user` is empty for a built-in one.
ports::PresetView view_of(const Preset& preset, const std::string& user);

}  // namespace vault::engine
