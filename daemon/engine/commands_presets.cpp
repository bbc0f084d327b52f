// Presets: the built-in ones, which belong to everybody, and users' own. They are never changed in
// place: another one is made, so that what was applied under a name stays what that name meant.
#include "daemon/engine/commander.hpp"
#include "daemon/engine/sleeve_settings.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::engine {
namespace {

const Preset* built_in(std::string_view name) {
    for (const Preset& preset : built_in_presets())
        if (preset.name == name) return &preset;
    return nullptr;
}

Error no_preset(std::string_view name, std::string_view field) {
    return Error{Errc::NotFound, fmt::format("there is no preset '{}'", name), std::string{field},
                 "list them with: vaultctl preset list"};
}

}  // namespace

Result<Preset> Commander::preset(const User& owner, const std::string& name,
                                 std::string_view field) const {
    if (const Preset* const found = built_in(name)) return *found;
    const auto own = owner.presets.find(name);
    if (own == owner.presets.end()) return no_preset(name, field);
    return own->second;
}

// Of the vault's owner, else of the caller.
Result<Preset> Commander::preset_for(const Vault& vault, const std::string& name) const {
    auto found = preset(world_.user_of(vault), name, "preset");
    const User* const caller = world_.find_user(context_.user);
    return found || caller == nullptr ? found : preset(*caller, name, "preset");
}

Result<ports::View> Commander::on(const ports::cmd::ListPresets& c) {
    if (c.owner) {
        VAULT_TRYV(user(*c.owner));
    }
    std::vector<ports::PresetView> views;
    for (const Preset& preset : built_in_presets())
        views.push_back(view_of(preset, ""));
    for (const User& user : world_.users) {
        if (!sees(user.row.id) || (c.owner && user.row.name != *c.owner)) continue;
        for (const auto& [name, preset] : user.presets)
            views.push_back(view_of(preset, user.row.name));
    }
    return views;
}

Result<ports::View> Commander::on(const ports::cmd::ShowPreset& c) {
    if (const Preset* const found = built_in(c.preset)) return view_of(*found, "");
    VAULT_TRY(const User* const owner, user(c.owner));
    VAULT_TRY(const Preset found, preset(*owner, c.preset, "preset"));
    return view_of(found, owner->row.name);
}

// What a new preset begins as.
Result<Preset> Commander::base_of(const User& owner, const ports::cmd::CreatePreset& c) {
    if (!c.vault) return preset(owner, c.from, "from");
    VAULT_TRY(const Vault* const vault, this->vault(*c.vault));
    const Sleeve& sleeve = vault->sleeve(c.sleeve);
    Preset like;
    like.base = sleeve.preset_base;
    like.settings = differences(like.base, sleeve.params);
    return like;
}

Result<ports::View> Commander::on(const ports::cmd::CreatePreset& c) {
    VAULT_TRY(User* const owner, user(c.owner));
    VAULT_TRYV(check_preset_name(c.preset));
    if (built_in(c.preset) != nullptr || owner->presets.contains(c.preset))
        return Error{Errc::Exists, fmt::format("there is a preset '{}' already", c.preset),
                     "preset", "take another name: a preset is never changed in place"};
    if (owner->presets.size() >= kPresetsPerUser)
        return Error{
            Errc::WrongState,
            fmt::format("{} has {} presets, which is the most", owner->row.name, kPresetsPerUser),
            "preset", "remove one that is not needed: vaultctl preset remove NAME"};
    VAULT_TRY(Preset made, base_of(*owner, c));
    VAULT_TRY(strategy::CycleParams params, params_of(made));
    for (const auto& [key, text] : c.settings) {
        VAULT_TRYV(strategy::set(params, key, text));
    }
    VAULT_TRYV(strategy::validate(params, strategy::effective_fee(params, std::nullopt)));
    made.name = c.preset;
    made.settings = differences(made.base, params);
    made.note = c.note;
    made.created_by = context_.actor;
    made.created_at = clock_.now();
    owner->presets.emplace(made.name, made);
    recorder_.touch(*owner);
    return view_of(made, owner->row.name);
}

Result<ports::View> Commander::on(const ports::cmd::RemovePreset& c) {
    if (built_in(c.preset) != nullptr)
        return Error{Errc::InvalidParams, fmt::format("'{}' is built in and stays", c.preset),
                     "preset", "only presets of your own can be removed"};
    VAULT_TRY(User* const owner, user(c.owner));
    const auto found = owner->presets.find(c.preset);
    if (found == owner->presets.end()) return no_preset(c.preset, "preset");
    const ports::PresetView view = view_of(found->second, owner->row.name);
    owner->presets.erase(found);
    recorder_.touch(*owner);
    return view;
}

}  // namespace vault::engine
