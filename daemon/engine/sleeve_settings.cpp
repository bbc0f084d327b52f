#include "daemon/engine/sleeve_settings.hpp"

#include <fmt/format.h>

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

// A command may hold anything; what would end a change in text is left out of it.
std::string strategy_text(const Sleeve& sleeve) {
    if (!sleeve.script) return "cycle";
    std::string text = "script " + sleeve.script->setting.command;
    std::erase(text, ';');
    return text;
}

}  // namespace

Result<void> apply_preset(Sleeve& sleeve, const Preset& preset) {
    VAULT_TRY(const strategy::CycleParams params, params_of(preset));
    sleeve.params = params;
    sleeve.preset = preset.name;
    sleeve.preset_base = preset.base;
    std::erase_if(sleeve.overrides, [](const auto& entry) { return is_parameter(entry.first); });
    sleeve.overrides.insert(preset.settings.begin(), preset.settings.end());
    return success();
}

Result<void> apply_setting(Sleeve& sleeve, const std::string& key, const std::string& text) {
    VAULT_TRYV(apply(sleeve, key, text));
    sleeve.overrides[key] = text;
    return success();
}

void keep_exits(Sleeve& next, const Sleeve& before) {
    for (PairSlot& slot : next.slots) {
        if (!slot.view.quantity.is_positive()) continue;
        const strategy::CycleParams kept =
            strategy::with_exits(next.params, params_of(before, slot));
        const strategy::CycleParams& own = next.params;
        slot.kept_params = kept == own ? std::nullopt : std::optional{SharedParams{kept}};
    }
}

std::vector<ports::SettingView> kept_exits(const Sleeve& sleeve, const PairSlot& slot) {
    std::vector<ports::SettingView> kept;
    if (!slot.kept_params) return kept;
    for (const std::string_view key : strategy::exit_keys()) {
        std::string text = value_of(*slot.kept_params, key);
        if (text != value_of(sleeve.params, key))
            kept.push_back({std::string{key}, std::move(text), false});
    }
    return kept;
}

std::optional<std::string> changes_between(const Sleeve& before, const Sleeve& next) {
    std::vector<ports::SettingChange> changes;
    const auto add = [&changes](std::string key, std::string from, std::string to) {
        if (from != to) changes.push_back({std::move(key), std::move(from), std::move(to)});
    };
    add("strategy", strategy_text(before), strategy_text(next));
    add("preset", before.preset, next.preset);
    const auto old = settings_of(before), now = settings_of(next);
    for (std::size_t i = 0; i < now.size(); ++i)
        add(now[i].key, old[i].value, now[i].value);
    // What an open position leaves by, where the sleeve's own setting does not tell it already.
    for (std::size_t i = 0; i < next.slots.size(); ++i) {
        const PairSlot& slot = next.slots[i];
        if (!slot.view.quantity.is_positive() || !before.slots[i].kept_params) continue;
        for (const std::string_view key : strategy::exit_keys())
            add(fmt::format("{} {}", slot.pair.text(), key),
                value_of(params_of(before, before.slots[i]), key),
                value_of(params_of(next, slot), key));
    }
    if (changes.empty()) return std::nullopt;
    std::string text = ports::to_text(changes);
    for (const PairSlot& slot : next.slots)
        for (const ports::SettingView& kept : kept_exits(next, slot))
            text += fmt::format("; open {} keeps {} {}", slot.pair.text(), kept.key, kept.value);
    return text;
}

Result<void> restore_settings(Sleeve& sleeve) {
    VAULT_TRY(const strategy::CycleParams params, strategy::preset(sleeve.preset_base));
    sleeve.params = params;
    for (const auto& [key, text] : sleeve.overrides) {
        VAULT_TRYV(apply(sleeve, key, text));
    }
    for (PairSlot& slot : sleeve.slots)
        if (slot.kept_params)
            slot.kept_params = strategy::with_exits(sleeve.params, *slot.kept_params);
    return success();
}

std::vector<ports::SettingView> settings_of(const Sleeve& sleeve) {
    std::vector<ports::SettingView> out;
    const auto add = [&](std::string_view key, std::string value) {
        out.push_back(
            {std::string{key}, std::move(value), !sleeve.overrides.contains(std::string{key})});
    };
    for (const strategy::KeyInfo& key : strategy::cycle_keys())
        add(key.name, value_of(sleeve.params, key.name));
    for (const risk::CapKey& key : risk::cap_keys())
        add(key.name, risk::cap_text(sleeve.caps, key.name));
    if (sleeve.kind == SleeveKind::Quiet)
        for (const std::string_view key : {kSweepKey, kSweepShareKey})
            add(key, text_of(sleeve.sweep_plan, key));
    return out;
}

}  // namespace vault::engine
