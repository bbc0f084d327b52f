#include "common/protocol/codec.hpp"
#include "daemon/control/arguments.hpp"
#include "daemon/control/json_fields.hpp"

#include <fmt/format.h>

#include <array>

namespace vault::control {

namespace cmd = ports::cmd;

namespace {

Result<ports::Command> add_account(const protocol::Params& params) {
    return cmd::AddAccount{params.text("user"), params.text("exchange"), params.text("label")};
}

Result<ports::Command> list_accounts(const protocol::Params&) {
    return cmd::ListAccounts{};
}

Result<cmd::PaperFunding> funding(const protocol::Params& params) {
    VAULT_TRY(const AccountId account, account_of(params));
    return cmd::PaperFunding{account, *params.asset("asset"), *params.decimal("amount")};
}

Result<ports::Command> deposit(const protocol::Params& params) {
    VAULT_TRY(const cmd::PaperFunding command, funding(params));
    return command;
}

Result<ports::Command> withdraw(const protocol::Params& params) {
    VAULT_TRY(cmd::PaperFunding command, funding(params));
    command.amount = -command.amount;
    return command;
}

Result<ports::Command> trade(const protocol::Params& params) {
    VAULT_TRY(const AccountId account, account_of(params));
    VAULT_TRY(const Side side, parse_side(params.text("side")));
    std::optional<Price> price;
    if (const auto given = params.decimal("price")) price = Price{*given};
    return cmd::PaperTrade{account, *params.pair("pair"), side,
                           Quantity{*params.decimal("quantity")}, price};
}

// The engine shows accounts as a list; one of them is picked here.
Handled show_account(Services& services, const Call& call) {
    const Result<AccountId> wanted = account_of(call.params);
    if (!wanted) co_return wanted.error();
    auto pending = execute(services, call, cmd::ListAccounts{}, &render_view);
    Result<Answer> answer = co_await std::move(pending);
    if (!answer) co_return answer;
    std::string& data = answer.value().data_json;
    auto accounts = protocol::parse_json(data, data.size());
    VAULT_CHECK(accounts && accounts.value().is_array(), "the account list is no list");
    json::array& list = accounts.value().get_array();
    keep_where(list, "id", to_text(wanted.value()));
    if (list.empty())
        co_return Error(Errc::NotFound,
                        fmt::format("there is no account {}", to_text(wanted.value())), "account",
                        "vaultctl account list shows the accounts");
    data = protocol::to_compact(list.front());
    co_return answer;
}

constexpr std::array kRoutes{
    Route{"account.add", &submit<add_account>},   Route{"account.list", &submit<list_accounts>},
    Route{"account.show", &show_account},         Route{"account.deposit", &submit<deposit>},
    Route{"account.withdraw", &submit<withdraw>}, Route{"account.trade", &submit<trade>},
};

}  // namespace

std::span<const Route> account_routes() {
    return kRoutes;
}

}  // namespace vault::control
