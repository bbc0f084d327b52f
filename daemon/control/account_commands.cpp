#include "common/protocol/codec.hpp"
#include "daemon/control/arguments.hpp"
#include "daemon/control/json_fields.hpp"

#include <fmt/format.h>

#include <array>

namespace vault::control {

namespace cmd = ports::cmd;

namespace {

Result<ports::Command> add_account(const Call& call) {
    return cmd::AddAccount{call.caller.name, call.params.text("exchange"),
                           call.params.text("label")};
}

Result<ports::Command> list_accounts(const protocol::Params&) {
    return cmd::ListAccounts{};
}

Result<ports::Command> remove_account(const protocol::Params& params) {
    VAULT_TRY(const AccountId account, account_of(params));
    return cmd::RemoveAccount{account};
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

Result<ports::Command> attribute(const protocol::Params& params) {
    VAULT_TRY(const AccountId account, account_of(params));
    cmd::Attribute command{account, *params.asset("asset"), {}, params.decimal("amount")};
    const std::string to = params.text("to");
    if (to == "ignore") return command;
    const Result<VaultId> vault = vault_named(to);
    if (!vault)
        return Error{Errc::InvalidParams, fmt::format("'{}' is neither a vault nor ignore", to),
                     "to", "give a vault of the account, such as v1, or ignore"};
    command.to = vault.value();
    return command;
}

Result<ports::Command> skip_history(const protocol::Params& params) {
    VAULT_TRY(const AccountId account, account_of(params));
    return cmd::SkipHistory{account, params.text("why")};
}

// The engine shows accounts as a list; the one that the caller names.
boost::asio::awaitable<Result<json::object>> shown_account(Services& services, const Call& call) {
    const Result<AccountId> wanted = account_of(call.params);
    if (!wanted) co_return wanted.error();
    auto pending = ask(services, call, cmd::ListAccounts{}, &render_view);
    const Result<Answer> answer = co_await std::move(pending);
    if (!answer) co_return answer.error();
    const std::string& data = answer.value().data_json;
    auto accounts = protocol::parse_json(data, data.size());
    VAULT_CHECK(accounts && accounts.value().is_array(), "the account list is no list");
    json::array& list = accounts.value().get_array();
    keep_where(list, "id", to_text(wanted.value()));
    if (list.empty())
        co_return Error(Errc::NotFound,
                        fmt::format("there is no account {}", to_text(wanted.value())), "account",
                        "vaultctl account list shows the accounts");
    co_return std::move(list.front().as_object());
}

Answer answer_with(const json::value& data) {
    Answer answer;
    answer.data_json = protocol::to_compact(data);
    return answer;
}

Handled show_account(Services& services, const Call& call) {
    auto asking = shown_account(services, call);
    const Result<json::object> account = co_await std::move(asking);
    if (!account) co_return account.error();
    co_return answer_with(account.value());
}

// What the exchange has and no vault holds; coins that vaults miss are below 0.
Handled unattributed(Services& services, const Call& call) {
    auto asking = shown_account(services, call);
    const Result<json::object> account = co_await std::move(asking);
    if (!account) co_return account.error();
    const bool all = call.params.flag("all");
    json::array rows;
    for (const json::value& wallet : account.value().at("wallets").as_array()) {
        const json::value& rest = wallet.at("unattributed");
        if (rest.as_string() == "0" || (!all && rest == wallet.at("ignored"))) continue;
        rows.push_back(json::object{{"account", account.value().at("id")},
                                    {"asset", wallet.at("asset")},
                                    {"total", wallet.at("total")},
                                    {"unattributed", rest},
                                    {"ignored", wallet.at("ignored")}});
    }
    co_return answer_with(rows);
}

struct Exchange {
    std::string_view name;
    bool available;
    std::string_view note;
};
constexpr std::array kExchanges{
    Exchange{"paper", true, "simulated fills on replayed candles or a synthetic market"},
    Exchange{"kraken", true, "its live prices, simulated fills: no order is sent"},
    Exchange{"binance", false, "not in this version"},
    Exchange{"coinbase", false, "not in this version"},
};

Handled exchanges(Services&, const Call&) {
    json::array rows;
    for (const Exchange& exchange : kExchanges)
        rows.push_back(json::object{{"exchange", exchange.name},
                                    {"available", exchange.available},
                                    {"note", exchange.note}});
    co_return answer_with(rows);
}

constexpr std::array kRoutes{
    Route{"account.add", &submit<add_account>},
    Route{"account.remove", &submit<remove_account>},
    Route{"account.list", &submit<list_accounts>},
    Route{"account.show", &show_account},
    Route{"account.exchanges", &exchanges},
    Route{"account.unattributed", &unattributed},
    Route{"account.attribute", &submit<attribute>},
    Route{"account.skip_history", &submit<skip_history>},
    Route{"account.deposit", &submit<deposit>},
    Route{"account.withdraw", &submit<withdraw>},
    Route{"account.trade", &submit<trade>},
};

}  // namespace

std::span<const Route> account_routes() {
    return kRoutes;
}

}  // namespace vault::control
