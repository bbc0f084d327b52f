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

Result<cmd::Target> target_of(const Call& call) {
    const protocol::Params& params = call.params;
    if (params.has("vault") && params.has("user"))
        return Error(Errc::InvalidParams, "a cap is of a vault or of a user", "user",
                     "leave --vault or --user out");
    if (params.has("sleeve") && !params.has("vault"))
        return Error(Errc::InvalidParams, "a sleeve is one of a vault", "sleeve",
                     "name the vault too: --vault v1");
    if (params.has("sleeve")) return sleeve_target(params);
    if (params.has("vault")) return vault_target(params);
    if (!params.has("user")) return sweeping_target(call);
    cmd::Target target;
    target.level = cmd::Target::Level::User;
    target.user = params.text("user");
    return target;
}

// Who has a second factor shows it before more may pass; a token has nobody who could.
Result<ports::Command> set(const Call& call) {
    VAULT_TRY(const cmd::Target target, target_of(call));
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
