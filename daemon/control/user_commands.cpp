#include "daemon/control/directory.hpp"
#include "daemon/control/row_list.hpp"

#include <fmt/format.h>

#include <array>

namespace vault::control {

namespace cmd = ports::cmd;

namespace {

// The first admin chooses a password for good; whoever gets one from somebody else has to change
// it.
Handled create_user(Services& services, const Call& call) {
    const Result<Role> role = parse_role(call.params.text("role"));
    if (!role) co_return role.error();
    const bool first = call.caller.kind == ports::Principal::Kind::LastResort;
    if (first && role.value() != Role::Admin)
        co_return Error(Errc::PermissionDenied, "the first user is an admin", "role",
                        "create the others once the admin has signed in");
    cmd::CreateUser command{call.params.text("name"), role.value()};
    if (call.params.has("password")) {
        auto hashing = services.access.first_password(
            command.name, Secret(call.params.text("password")), !first, std::nullopt);
        Result<ports::CredentialRow> credential = co_await std::move(hashing);
        if (!credential) co_return credential.error();
        command.credential = std::move(credential.value());
    } else if (first) {
        co_return Error(Errc::InvalidParams, "the first admin needs a password", "password",
                        "give one with --password-file FILE, or at the terminal");
    }
    auto executing = execute(services, call, std::move(command), &render_view);
    co_return co_await std::move(executing);
}

Result<ports::Command> approve(const protocol::Params& params) {
    return cmd::SetStatus{params.text("name"), UserStatus::Active, UserStatus::Pending};
}

Result<ports::Command> disable(const protocol::Params& params) {
    return cmd::SetStatus{params.text("name"), UserStatus::Disabled, std::nullopt};
}

Result<ports::Command> enable(const protocol::Params& params) {
    return cmd::SetStatus{params.text("name"), UserStatus::Active, UserStatus::Disabled};
}

Result<ports::Command> set_role(const protocol::Params& params) {
    VAULT_TRY(const Role role, parse_role(params.text("role")));
    return cmd::SetRole{params.text("name"), role};
}

Result<ports::Command> permit(const protocol::Params& params) {
    cmd::SetPermissions command{params.text("name"), {}, {}};
    for (const std::string& word : params.texts("add")) {
        VAULT_TRY(const Permission permission, parse_permission(word));
        command.add.push_back(permission);
    }
    for (const std::string& word : params.texts("remove")) {
        VAULT_TRY(const Permission permission, parse_permission(word));
        command.remove.push_back(permission);
    }
    if (command.add.empty() && command.remove.empty())
        return Error(Errc::InvalidParams, "nothing to change", "add",
                     "give --add or --remove with a permission");
    return command;
}

Result<ports::Command> list_users(const protocol::Params&) {
    return cmd::ListUsers{};
}

Result<ports::Command> set_wallets(const protocol::Params& params) {
    return cmd::SetWallets{params.text("name"), params.assets("add"), params.assets("remove")};
}

// The engine shows lists; of each the objects whose field `name` is `wanted`.
boost::asio::awaitable<Result<json::array>> listed(Services& services, const Call& call,
                                                   ports::Command question, std::string_view name,
                                                   std::string_view wanted) {
    auto pending = ask(services, call, std::move(question), &render_view);
    const Result<Answer> answer = co_await std::move(pending);
    if (!answer) co_return answer.error();
    const std::string& data = answer.value().data_json;
    auto parsed = protocol::parse_json(data, data.size());
    VAULT_CHECK(parsed && parsed.value().is_array(), "a list of the engine is no list");
    json::array list = std::move(parsed.value().get_array());
    keep_where(list, name, wanted);
    co_return list;
}

json::object picked(const json::object& from, std::initializer_list<std::string_view> names) {
    json::object object;
    for (const std::string_view name : names)
        object[name] = from.at(name);
    return object;
}

// Adds the decimal `value` to the field `name` of `sums`.
void add_to(json::object& sums, std::string_view name, const json::value& value) {
    const auto* text = sums.if_contains(name);
    const auto before =
        text == nullptr ? Result<Decimal>(kZero) : Decimal::parse(text->as_string());
    const auto term = Decimal::parse(value.as_string());
    VAULT_CHECK(before && term, "an amount of the engine is no decimal");
    const auto sum = add(before.value(), term.value());
    sums[name] = sum ? to_json(sum.value()) : json::value(nullptr);
}

// Per asset and mode, in the order of the vaults.
json::array totals_of(const json::array& vaults) {
    json::array totals;
    for (const json::value& item : vaults) {
        const json::object& vault = item.as_object();
        auto* same = std::ranges::find_if(totals, [&](const json::value& total) {
            return total.at("asset") == vault.at("asset") && total.at("mode") == vault.at("mode");
        });
        if (same == totals.end()) {
            totals.push_back(picked(vault, {"asset", "mode"}));
            same = &totals.back();
        }
        json::object& total = same->as_object();
        const auto* count = total.if_contains("vaults");
        total["vaults"] = (count == nullptr ? 0 : count->as_int64()) + 1;
        for (const std::string_view name :
             {"total", "tradeable", "reserve", "unallocated", "equity"})
            add_to(total, name, vault.at(name));
        for (const std::string_view sleeve : {"quiet", "flash"})
            for (const std::string_view name : {"realised", "unrealised", "fees", "swept"})
                add_to(total, name, vault.at(sleeve).at(name));
    }
    return totals;
}

Handled show_user(Services& services, const Call& call) {
    const ports::UserRow* row = services.directory.user(call.params.text("name"));
    const std::string name = row == nullptr ? call.params.text("name") : row->name;
    auto users_asked = listed(services, call, cmd::ListUsers{}, "name", name);
    Result<json::array> users = co_await std::move(users_asked);
    if (!users) co_return users.error();
    if (users.value().empty())
        co_return Error(Errc::NotFound, fmt::format("there is no user '{}'", name), "name",
                        "list them with: vaultctl user list");
    auto accounts_asked = listed(services, call, cmd::ListAccounts{name}, "user", name);
    const Result<json::array> accounts = co_await std::move(accounts_asked);
    if (!accounts) co_return accounts.error();
    auto vaults_asked = listed(services, call, cmd::ListVaults{{.user = name}}, "user", name);
    const Result<json::array> vaults = co_await std::move(vaults_asked);
    if (!vaults) co_return vaults.error();

    json::object user = std::move(users.value().front().as_object());
    json::array account_rows, vault_rows;
    for (const json::value& account : accounts.value())
        account_rows.push_back(
            picked(account.as_object(), {"id", "exchange", "label", "now", "created_at"}));
    for (const json::value& vault : vaults.value())
        vault_rows.push_back(picked(
            vault.as_object(), {"id", "account", "asset", "mode", "state", "total", "tradeable",
                                "reserve", "unallocated", "equity", "updated_at"}));
    user["accounts"] = std::move(account_rows);
    user["vaults"] = std::move(vault_rows);
    user["totals"] = totals_of(vaults.value());
    co_return answer_with(user);
}

constexpr std::array kRoutes{
    Route{"user.create", &create_user},          Route{"user.approve", &submit<approve>},
    Route{"user.disable", &submit<disable>},     Route{"user.enable", &submit<enable>},
    Route{"user.set_role", &submit<set_role>},   Route{"user.permit", &submit<permit>},
    Route{"user.list", &submit<list_users>},     Route{"user.show", &show_user},
    Route{"user.wallets", &submit<set_wallets>},
};

}  // namespace

std::span<const Route> user_routes() {
    return kRoutes;
}

}  // namespace vault::control
