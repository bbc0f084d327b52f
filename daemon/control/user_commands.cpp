#include "daemon/control/arguments.hpp"

#include <array>

namespace vault::control {

namespace cmd = ports::cmd;

namespace {

Result<ports::Command> create_user(const protocol::Params& params) {
    VAULT_TRY(const Role role, parse_role(params.text("role")));
    return cmd::CreateUser{params.text("name"), role};
}

Result<ports::Command> list_users(const protocol::Params&) {
    return cmd::ListUsers{};
}

Result<ports::Command> set_wallets(const protocol::Params& params) {
    return cmd::SetWallets{params.text("name"), params.assets("add"), params.assets("remove")};
}

constexpr std::array kRoutes{
    Route{"user.create", &submit<create_user>},
    Route{"user.list", &submit<list_users>},
    Route{"user.wallets", &submit<set_wallets>},
};

}  // namespace

std::span<const Route> user_routes() {
    return kRoutes;
}

}  // namespace vault::control
