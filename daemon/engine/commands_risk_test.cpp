// What a risk test begins with: a level, its caps as they are or as proposed, and its vaults.
#include "daemon/engine/cap_inputs.hpp"
#include "daemon/engine/commander.hpp"
#include "daemon/engine/view_builder.hpp"

#include <fmt/format.h>

namespace vault::engine {
namespace {

using Target = ports::cmd::Target;

// Where its caps are, in words.
struct Marked {
    risk::Level level;
    std::string of, asset, resume;
    risk::Caps caps;
};

Marked mark_sleeve(const Vault& vault, SleeveKind kind) {
    return {risk::Level::Sleeve, sleeve_name(vault, kind), std::string{vault.row.asset.text()},
            fmt::format("sleeve resume {} {}", to_text(vault.row.id), to_text(kind)),
            vault.sleeve(kind).caps};
}

Marked mark_wider(const World& world, const CapLevel& level) {
    return {kind_of(level), name_of(world, level), asset_of(world, level),
            resume_command(world, level), risk_of(world, level).caps};
}

Marked mark_target(World& world, const Target& target) {
    switch (target.level) {
        case Target::Level::Sleeve:
            return mark_sleeve(*world.find_vault(target.vault), target.sleeve);
        case Target::Level::Vault: return mark_wider(world, {.vault = target.vault});
        case Target::Level::User:
            return mark_wider(world, {.user = world.user_called(target.user)->row.id});
        case Target::Level::Daemon: break;
    }
    return mark_wider(world, {});
}

ports::LevelVaultView view_of(const World& world, const Vault& vault, bool beside) {
    return {mark_of(world, vault), vault.pairs, beside};
}

}  // namespace

Result<ports::View> Commander::on(const ports::cmd::MarkLevel& c) {
    VAULT_TRY(const std::vector<Vault*> vaults, vaults_of(c.target));
    Marked marked = mark_target(world_, c.target);
    VAULT_TRYV(set_caps(marked.caps, {c.target, c.proposed, true}, marked.level));
    ports::LevelMarkView view;
    view.level = risk::to_text(marked.level);
    view.of = std::move(marked.of);
    VAULT_TRY(view.asset, Asset::parse(marked.asset));
    view.resume = std::move(marked.resume);
    for (const risk::CapKey& key : risk::cap_keys())
        if (key.is_at(marked.level))
            view.caps.emplace(key.name, risk::cap_text(marked.caps, key.name));
    for (const Vault* const vault : vaults)
        view.vaults.push_back(view_of(world_, *vault, false));
    if (marked.level != risk::Level::Sleeve || !marked.caps.max_exposure_per_base) return view;
    const Vault& own = *vaults.front();
    for (const Vault& other : world_.vaults)
        if (&other != &own && other.row.user == own.row.user && other.row.mode == own.row.mode)
            view.vaults.push_back(view_of(world_, other, true));
    return view;
}

}  // namespace vault::engine
