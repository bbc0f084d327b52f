#include "daemon/engine/preset.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::engine {
namespace {

bool is_small_letter(char c) {
    return c >= 'a' && c <= 'z';
}

}  // namespace

std::string value_of(const strategy::CycleParams& params, std::string_view key) {
    const auto text = strategy::get(params, key);
    VAULT_CHECK(text.has_value(), "a known key has a value");
    return text.value();
}

const std::vector<Preset>& built_in_presets() {
    static const std::vector<Preset> kBuiltIn{
        {"quiet", "quiet", {}, "wider and slower: keeps and compounds", "", std::nullopt},
        {"flash", "flash", {}, "the script's own numbers", "", std::nullopt}};
    return kBuiltIn;
}

Result<strategy::CycleParams> params_of(const Preset& preset) {
    VAULT_TRY(strategy::CycleParams params, strategy::preset(preset.base));
    for (const auto& [key, text] : preset.settings) {
        VAULT_TRYV(strategy::set(params, key, text));
    }
    return params;
}

std::map<std::string, std::string> differences(const std::string& base,
                                               const strategy::CycleParams& params) {
    const auto from = strategy::preset(base);
    VAULT_CHECK(from.has_value(), "a base is built in");
    std::map<std::string, std::string> out;
    for (const strategy::KeyInfo& key : strategy::cycle_keys()) {
        std::string text = value_of(params, key.name);
        if (text != value_of(from.value(), key.name))
            out.emplace(std::string{key.name}, std::move(text));
    }
    return out;
}

Result<void> check_preset_name(std::string_view name) {
    const auto fits = [](char c) {
        return is_small_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    };
    const bool good = !name.empty() && name.size() <= 32 && is_small_letter(name.front()) &&
                      std::ranges::all_of(name, fits);
    if (good) return success();
    return Error{Errc::InvalidParams, fmt::format("'{}' cannot be the name of a preset", name),
                 "preset", "use 1 to 32 of a-z, 0-9, '.', '_' and '-', beginning with a letter"};
}

ports::PresetView view_of(const Preset& preset, const std::string& user) {
    const auto params = params_of(preset);
    VAULT_CHECK(params.has_value(), "a preset that was taken in has numbers");
    ports::PresetView view{preset.name,       user, preset.base, preset.note, preset.created_by,
                           preset.created_at, {}};
    for (const strategy::KeyInfo& key : strategy::cycle_keys())
        view.settings.push_back({std::string{key.name}, value_of(params.value(), key.name),
                                 !preset.settings.contains(std::string{key.name})});
    return view;
}

}  // namespace vault::engine
