// Risk caps of every level: what they say now, and setting them.
#include "daemon/engine/cap_inputs.hpp"
#include "daemon/engine/commander.hpp"
#include "daemon/engine/level_watch.hpp"
#include "daemon/engine/order_desk.hpp"
#include "daemon/engine/sleeve_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace vault::engine {
namespace {

using Level = ports::cmd::Target::Level;

ports::CapView view_of(risk::Level level, std::string of, std::string asset,
                       risk::CapReading&& reading) {
    return {
        .level = std::string{risk::to_text(level)},
        .of = std::move(of),
        .cap = std::string{reading.key},
        .limit = std::move(reading.limit),
        .standing = std::string{risk::to_text(reading.standing)},
        .headroom = std::move(reading.headroom),
        .asset = std::move(asset),
        .blocks = std::string{risk::to_text(reading.blocks)},
        .arithmetic = std::move(reading.arithmetic),
        .tripped_at = reading.trip.at == UtcTime{} ? std::nullopt : std::optional{reading.trip.at},
        .tripped = std::move(reading.trip.arithmetic),
        .ends = std::move(reading.ends),
        .remedy = std::move(reading.remedy)};
}

// What all users have together is for who may see all of them.
void leave_out_figures(ports::CapView& view) {
    view.headroom.clear();
    view.tripped.clear();
    view.remedy.clear();  // it is an admin's
    view.arithmetic = "its figures are of all users together: for admins and auditors";
}

void add_level(const World& world, const ports::Visible& visible, const CapLevel& level,
               std::vector<ports::CapView>& out) {
    for (risk::CapReading& each : read_level(world, level, {})) {
        out.push_back(view_of(kind_of(level), name_of(world, level), asset_of(world, level),
                              std::move(each)));
        if (kind_of(level) == risk::Level::Daemon && !visible.everyones)
            leave_out_figures(out.back());
    }
}

void add_sleeve(const World& world, const Vault& vault, const Sleeve& sleeve,
                std::vector<ports::CapView>& out) {
    for (risk::CapReading& each :
         risk::read_caps(sleeve.caps, reading_inputs(world, vault, sleeve, sleeve.caps)))
        out.push_back(view_of(risk::Level::Sleeve, sleeve_name(vault, sleeve.kind),
                              std::string{vault.row.asset.text()}, std::move(each)));
}

Error no_cap(const std::string& key, risk::Level level) {
    std::vector<strategy::KeyInfo> known;
    for (const risk::CapKey& cap : risk::cap_keys())
        if (cap.is_at(level)) known.emplace_back().name = cap.name;
    if (risk::is_order_rule(key))
        return Error{
            Errc::InvalidParams, fmt::format("{} is a rule for every order", key), key,
            fmt::format("set risk.{} in the configuration; then vaultctl config reload", key)};
    if (risk::find_cap_key(key) == nullptr) return strategy::unknown_key(key, known);
    std::string names;
    for (const strategy::KeyInfo& each : known)
        names += (names.empty() ? "" : ", ") + std::string{each.name};
    return Error{Errc::InvalidParams,
                 fmt::format("{} is no cap of a {}", key, risk::to_text(level)), key,
                 "there are: " + names};
}

risk::Level level_of(const ports::cmd::Target& target) {
    switch (target.level) {
        case Level::Sleeve: return risk::Level::Sleeve;
        case Level::Vault: return risk::Level::Vault;
        case Level::User: return risk::Level::User;
        case Level::Daemon: break;
    }
    return risk::Level::Daemon;
}

}  // namespace

Result<ports::View> Commander::on(const ports::cmd::ShowCaps& c) {
    std::vector<ports::CapView> out;
    const ports::Visible& visible = context_.visible;
    add_level(world_, visible, {}, out);
    const Account* const account = c.vault && world_.find_vault(*c.vault) != nullptr
                                       ? &world_.account_of(*world_.find_vault(*c.vault))
                                       : nullptr;
    std::ranges::move(OrderDesk{world_}.views(account), std::back_inserter(out));
    if (!c.vault) {
        for (const User& user : world_.users)
            if (sees(user.row.id)) add_level(world_, visible, {.user = user.row.id}, out);
        for (const Vault& vault : world_.vaults) {
            if (!sees(vault.row.user)) continue;
            add_level(world_, visible, {.vault = vault.row.id}, out);
            for (const Sleeve& sleeve : vault.sleeves)
                if (sleeve.caps != risk::Caps{}) add_sleeve(world_, vault, sleeve, out);
        }
        return out;
    }
    VAULT_TRY(const Vault* const vault, this->vault(*c.vault));
    add_level(world_, visible, {.user = vault->row.user}, out);
    add_level(world_, visible, {.vault = *c.vault}, out);
    for (const Sleeve& sleeve : vault->sleeves)
        if (!c.sleeve || *c.sleeve == sleeve.kind) add_sleeve(world_, *vault, sleeve, out);
    return out;
}

// Into a copy: a later key may be wrong.
Result<void> Commander::set_caps(risk::Caps& caps, const ports::cmd::SetCaps& c,
                                 risk::Level level) const {
    const risk::Caps before = caps;
    for (const auto& [key, text] : c.settings) {
        const risk::CapKey* const known = risk::find_cap_key(key);
        if (known == nullptr || !known->is_at(level)) return no_cap(key, level);
        VAULT_TRYV(risk::set_cap(caps, key, text));
    }
    if (risk::raises_risk(before, caps) && !c.may_raise)
        return Error{Errc::MfaRequired,
                     "to raise or clear a cap the second factor has to be shown first"};
    return success();
}

Result<ports::View> Commander::on(const ports::cmd::SetCaps& c) {
    const risk::Level level = level_of(c.target);
    VAULT_CHECK(level != risk::Level::Daemon, "the daemon's caps are in its configuration");
    std::vector<ports::CapView> out;
    if (level == risk::Level::User) {
        VAULT_TRY(User* const user, this->user(c.target.user));
        risk::Caps caps = user->risk.caps;
        VAULT_TRYV(set_caps(caps, c, level));
        const CapLevel at{.user = user->row.id};
        LevelWatch{world_, recorder_}.set_caps(at, caps, newest_time(world_, at));
        add_level(world_, context_.visible, at, out);
        return out;
    }
    VAULT_TRY(Vault* const vault, this->vault(c.target.vault));
    if (level == risk::Level::Vault) {
        risk::Caps caps = vault->risk.caps;
        VAULT_TRYV(set_caps(caps, c, level));
        LevelWatch{world_, recorder_}.set_caps({.vault = vault->row.id}, caps, now(*vault));
        add_level(world_, context_.visible, {.vault = vault->row.id}, out);
        return out;
    }
    risk::Caps caps = vault->sleeve(c.target.sleeve).caps;
    VAULT_TRYV(set_caps(caps, c, level));
    VAULT_TRYV(set_settings(*vault, c.target.sleeve, c.settings, false));
    add_sleeve(world_, *vault, vault->sleeve(c.target.sleeve), out);
    return out;
}

}  // namespace vault::engine
