#include "daemon/control/arguments.hpp"

#include <fmt/format.h>

#include <array>

namespace vault::control {

namespace cmd = ports::cmd;

namespace {

Result<ports::Command> show_sleeve(const protocol::Params& params) {
    VAULT_TRY(const VaultId vault, vault_of(params));
    return cmd::ShowSleeve{vault, sleeve_of(params)};
}

Result<ports::Command> set_sleeve(const protocol::Params& params) {
    VAULT_TRY(const VaultId vault, vault_of(params));
    cmd::SetSleeve command{vault, sleeve_of(params), params.map("settings")};
    if (command.settings.empty())
        return Error(Errc::InvalidParams, "no setting was given", "settings",
                     "for example: vaultctl sleeve set v1 flash max_position=500");
    return command;
}

Result<ports::Command> pause(const protocol::Params& params) {
    VAULT_TRY(const cmd::Target target, sleeve_target(params));
    return cmd::Pause{target, params.text("why")};
}

Result<ports::Command> resume(const protocol::Params& params) {
    VAULT_TRY(const cmd::Target target, sleeve_target(params));
    return cmd::Resume{target, params.text("why")};
}

Result<ports::Command> set_strategy(const protocol::Params& params) {
    VAULT_TRY(const VaultId vault, vault_of(params));
    cmd::SetStrategy command{vault, sleeve_of(params), params.text("strategy"),
                             params.text("preset")};
    if (params.is_word("strategy", "cycle")) {
        for (const char* name : {"command", "folder", "deadline", "memory_mib"})
            if (params.has(name))
                return Error(Errc::InvalidParams,
                             fmt::format("{} belongs to the strategy script", name), name,
                             "leave it out, or choose script");
        return command;
    }
    if (params.has("preset"))
        return Error(Errc::InvalidParams, "only the strategy cycle has presets", "preset",
                     "leave the preset out");
    command.command = params.text("command");
    command.folder = params.text("folder");
    command.deadline = params.duration("deadline");
    if (const auto memory = params.integer("memory_mib"))
        command.memory_mib = static_cast<std::uint64_t>(*memory);
    return command;
}

// Rules alone is what every sleeve does; there is no model yet that could advise one.
Result<ports::Command> set_mode(const protocol::Params& params) {
    VAULT_TRY(const VaultId vault, vault_of(params));
    if (!params.is_word("mode", "rules"))
        return Error(Errc::InvalidParams, "this version has no models, so the mode stays rules",
                     "mode", "use rules");
    return cmd::SetSleeve{vault, sleeve_of(params), {}};
}

Handled list_sleeves(Services& services, const Call& call) {
    const Result<cmd::VaultChoice> choice = vault_choice(call.params);
    if (!choice) return refuse(choice.error());
    return execute(services, call, cmd::ListVaults{choice.value()}, &render_sleeves);
}

constexpr std::array kRoutes{
    Route{"sleeve.list", &list_sleeves},      Route{"sleeve.show", &submit<show_sleeve>},
    Route{"sleeve.set", &submit<set_sleeve>}, Route{"sleeve.pause", &submit<pause>},
    Route{"sleeve.resume", &submit<resume>},  Route{"sleeve.strategy", &submit<set_strategy>},
    Route{"sleeve.mode", &submit<set_mode>},
};

}  // namespace

std::span<const Route> sleeve_routes() {
    return kRoutes;
}

}  // namespace vault::control
