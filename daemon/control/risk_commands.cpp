#include "daemon/control/arguments.hpp"

#include <array>

namespace vault::control {

namespace cmd = ports::cmd;

namespace {

Result<ports::Command> show(const protocol::Params& params) {
    VAULT_TRY(const std::optional<VaultId> vault, maybe_vault(params));
    return cmd::ShowCaps{vault, std::nullopt};
}

Result<ports::Command> explain(const protocol::Params& params) {
    VAULT_TRY(const VaultId vault, vault_of(params));
    return cmd::ShowCaps{vault, sleeve_of(params)};
}

// Who has a second factor shows it before more may pass; a token has nobody who could.
Result<ports::Command> set(const Call& call) {
    VAULT_TRY(const cmd::Target target, caps_target(call));
    const bool person = call.caller.kind == ports::Principal::Kind::Person;
    return cmd::SetCaps{target, call.params.map("settings"),
                        person && (!call.caller.has_factor || call.caller.fresh)};
}

constexpr std::array kRoutes{
    Route{"risk.show", &submit<show>},
    Route{"risk.explain", &submit<explain>},
    Route{"risk.set", &submit<set>},
};

}  // namespace

std::span<const Route> risk_routes() {
    return kRoutes;
}

}  // namespace vault::control
