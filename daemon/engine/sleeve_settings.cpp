#include "daemon/engine/sleeve_settings.hpp"

#include <algorithm>

namespace vault::engine {
namespace {

bool is_cap(std::string_view key) {
    const auto& caps = risk::cap_keys();
    return std::any_of(caps.begin(), caps.end(),
                       [&](const risk::CapKey& cap) { return cap.name == key; });
}

bool is_sweep_key(std::string_view key) {
    return key == kSweepKey || key == kSweepShareKey;
}

bool is_parameter(std::string_view key) {
    const auto& keys = strategy::cycle_keys();
    return std::any_of(keys.begin(), keys.end(),
                       [&](const strategy::KeyInfo& info) { return info.name == key; });
}

Error unknown_setting(std::string_view key) {
    std::vector<strategy::KeyInfo> known = strategy::cycle_keys();
    const auto add = [&known](std::string_view name) {
        known.emplace_back();
        known.back().name = name;
    };
    for (const risk::CapKey& cap : risk::cap_keys())
        add(cap.name);
    for (const std::string_view name : {std::string_view{"preset"}, kSweepKey, kSweepShareKey})
        add(name);
    return strategy::unknown_key(key, known);
}

Result<void> apply(Sleeve& sleeve, const std::string& key, const std::string& text) {
    if (is_cap(key)) return risk::set_cap(sleeve.caps, key, text);
    if (is_parameter(key)) {
        strategy::CycleParams params = sleeve.params;
        VAULT_TRYV(strategy::set(params, key, text));
        sleeve.params = params;
        return success();
    }
    if (!is_sweep_key(key)) return unknown_setting(key);
    if (sleeve.kind != SleeveKind::Quiet)
        return Error{Errc::InvalidParams, "flash sweeps its profit at every close", key,
                     "only quiet has a sweep plan"};
    VAULT_TRYV(set(sleeve.sweep_plan, key, text));
    if (sleeve.sweep_plan.every == SweepEvery::Off) sleeve.sweep_due.reset();
    return success();
}

}  // namespace

Result<void> apply_preset(Sleeve& sleeve, const std::string& name) {
    VAULT_TRY(const strategy::CycleParams params, strategy::preset(name));
    sleeve.params = params;
    sleeve.preset = name;
    sleeve.overrides.clear();
    sleeve.caps = risk::Caps{};
    sleeve.sweep_plan = SweepPlan{};
    sleeve.sweep_due.reset();
    return success();
}

Result<void> apply_setting(Sleeve& sleeve, const std::string& key, const std::string& text) {
    VAULT_TRYV(apply(sleeve, key, text));
    sleeve.overrides[key] = text;
    return success();
}

Result<void> restore_settings(Sleeve& sleeve) {
    VAULT_TRY(const strategy::CycleParams params, strategy::preset(sleeve.preset));
    sleeve.params = params;
    for (const auto& [key, text] : sleeve.overrides) {
        VAULT_TRYV(apply(sleeve, key, text));
    }
    return success();
}

std::vector<ports::SettingView> settings_of(const Sleeve& sleeve) {
    std::vector<ports::SettingView> out;
    const auto add = [&](std::string_view key, std::string value) {
        out.push_back(
            {std::string{key}, std::move(value), !sleeve.overrides.contains(std::string{key})});
    };
    for (const strategy::KeyInfo& key : strategy::cycle_keys()) {
        const auto text = strategy::get(sleeve.params, key.name);
        VAULT_CHECK(text.has_value(), "a known key has a value");
        add(key.name, text.value());
    }
    for (const risk::CapKey& key : risk::cap_keys())
        add(key.name, risk::cap_text(sleeve.caps, key.name));
    if (sleeve.kind == SleeveKind::Quiet)
        for (const std::string_view key : {kSweepKey, kSweepShareKey})
            add(key, text_of(sleeve.sweep_plan, key));
    return out;
}

}  // namespace vault::engine
