#include "daemon/control/arguments.hpp"

#include "common/protocol/codec.hpp"
#include "daemon/control/json_fields.hpp"

#include <fmt/format.h>

namespace vault::control {

namespace {

constexpr std::uint32_t kDefaultRows = 100;

// The registry has checked the word already.
template <class T>
T checked(Result<T> parsed) {
    VAULT_CHECK(parsed.has_value(), "the registry let a bad word through");
    return parsed.value();
}

}  // namespace

Result<VaultId> vault_named(std::string_view text) {
    Result<VaultId> vault = parse_vault_id(text);
    if (!vault)
        return Error(Errc::InvalidParams, "a vault is named by its id, such as v1", "vault",
                     "vaultctl vault list shows the ids");
    return vault;
}

Result<AccountId> account_named(std::string_view text) {
    Result<AccountId> account = parse_account_id(text);
    if (!account)
        return Error(Errc::InvalidParams, "an account is named by its id, such as a1", "account",
                     "vaultctl account list shows the ids");
    return account;
}

Result<JobId> job_named(std::string_view text) {
    Result<JobId> job = parse_job_id(text);
    if (!job)
        return Error(Errc::InvalidParams, "a job is named by its id, such as j1", "job",
                     "vaultctl job list shows the ids");
    return job;
}

Result<VaultId> vault_of(const protocol::Params& params) {
    return vault_named(params.text("vault"));
}

Result<AccountId> account_of(const protocol::Params& params) {
    return account_named(params.text("account"));
}

SleeveKind sleeve_of(const protocol::Params& params) {
    return checked(parse_sleeve_kind(params.text("sleeve")));
}

std::optional<SleeveKind> maybe_sleeve(const protocol::Params& params) {
    if (!params.has("sleeve")) return std::nullopt;
    return sleeve_of(params);
}

Result<std::optional<VaultId>> maybe_vault(const protocol::Params& params) {
    if (!params.has("vault")) return std::optional<VaultId>{};
    VAULT_TRY(const VaultId vault, vault_of(params));
    return std::optional(vault);
}

Result<std::optional<AccountId>> maybe_account(const protocol::Params& params) {
    if (!params.has("account")) return std::optional<AccountId>{};
    VAULT_TRY(const AccountId account, account_of(params));
    return std::optional(account);
}

Result<ports::cmd::VaultChoice> vault_choice(const protocol::Params& params) {
    ports::cmd::VaultChoice choice;
    VAULT_TRY(choice.vault, maybe_vault(params));
    VAULT_TRY(choice.account, maybe_account(params));
    choice.user = params.text("user");
    return choice;
}

ports::cmd::Target sweeping_target(const Call& call) {
    ports::cmd::Target target;
    if (call.scope == protocol::Scope::Everyones) return target;
    target.level = ports::cmd::Target::Level::User;
    target.user = call.caller.name;
    return target;
}

Result<ports::cmd::Target> vault_target(const protocol::Params& params) {
    VAULT_TRY(const VaultId vault, vault_of(params));
    ports::cmd::Target target;
    target.level = ports::cmd::Target::Level::Vault;
    target.vault = vault;
    return target;
}

Result<ports::cmd::Target> sleeve_target(const protocol::Params& params) {
    VAULT_TRY(ports::cmd::Target target, vault_target(params));
    target.level = ports::cmd::Target::Level::Sleeve;
    target.sleeve = sleeve_of(params);
    return target;
}

Result<ports::cmd::Target> caps_target(const Call& call) {
    const protocol::Params& params = call.params;
    if (params.has("vault") && params.has("user"))
        return Error(Errc::InvalidParams, "a cap is of a vault or of a user", "user",
                     "leave the vault or the user out");
    if (params.has("sleeve") && !params.has("vault"))
        return Error(Errc::InvalidParams, "a sleeve is one of a vault", "sleeve",
                     "name the vault too");
    if (params.has("sleeve")) return sleeve_target(params);
    if (params.has("vault")) return vault_target(params);
    if (!params.has("user")) return sweeping_target(call);
    ports::cmd::Target target;
    target.level = ports::cmd::Target::Level::User;
    target.user = params.text("user");
    return target;
}

Result<ports::RowFilter> row_filter(const Call& call) {
    const protocol::Params& params = call.params;
    ports::RowFilter filter;
    filter.visible = call.context.visible;
    VAULT_TRY(filter.vault, maybe_vault(params));
    filter.sleeve = maybe_sleeve(params);
    filter.pair = params.pair("pair");
    filter.from = params.time("since");
    filter.to = params.time("until");
    filter.limit = static_cast<std::uint32_t>(params.integer("limit").value_or(kDefaultRows));
    return filter;
}

namespace {

boost::asio::awaitable<Result<void>> answers(Services& services, const Call& call,
                                             ports::Command question) {
    auto pending = ask(services, call, std::move(question), &render_nothing);
    const Result<Answer> answer = co_await std::move(pending);
    if (!answer) co_return answer.error();
    co_return success();
}

}  // namespace

boost::asio::awaitable<Result<std::optional<UserId>>> maybe_user(Services& services,
                                                                 const Call& call) {
    if (!call.params.has("user")) co_return std::optional<UserId>{};
    auto pending = ask(services, call, ports::cmd::ListUsers{}, &render_view);
    const Result<Answer> answer = co_await std::move(pending);
    if (!answer) co_return answer.error();
    const std::string& data = answer.value().data_json;
    auto users = protocol::parse_json(data, data.size());
    VAULT_CHECK(users && users.value().is_array(), "the user list is no list");
    json::array& list = users.value().get_array();
    const std::string wanted = call.params.text("user");
    keep_where(list, "name", wanted);
    if (list.empty())
        co_return Error(Errc::NotFound, fmt::format("there is no user '{}'", wanted), "user",
                        "list them with: vaultctl user list");
    co_return checked(parse_user_id(list.front().at("id").as_string()));
}

namespace {

struct Rename {
    std::string_view method, from, to;
};
constexpr std::array kRenames{
    Rename{"vault.set_tradeable", "tradeable", "amount"},
    Rename{"vault.create", "amount", "balance"},
    Rename{"account.trade", "amount", "quantity"},
    Rename{"position.write_down", "base", "pair"},
    Rename{"position.adopt", "tradeable", "cost"},
    Rename{"position.adopt", "amount", "cost"},
    Rename{"vault.allocate", "amount", "quiet"},
    Rename{"vault.unallocate", "amount", "quiet"},
    Rename{"ledger.correct", "seq", "reverses"},
};

}  // namespace

boost::asio::awaitable<Result<void>> filters_exist(Services& services, const Call& call) {
    const auto vault = maybe_vault(call.params);
    if (!vault) co_return vault.error();
    const auto account = maybe_account(call.params);
    if (!account) co_return account.error();
    if (vault.value()) {
        auto asking = answers(services, call, ports::cmd::ShowVault{*vault.value()});
        const Result<void> there = co_await std::move(asking);
        if (!there) co_return there.error();
    }
    if (account.value()) {
        auto asking = answers(services, call, ports::cmd::ReplayStatus{account.value()});
        const Result<void> there = co_await std::move(asking);
        if (!there) co_return there.error();
    }
    auto asking = maybe_user(services, call);
    const auto user = co_await std::move(asking);
    if (!user) co_return user.error();
    co_return success();
}

boost::asio::awaitable<Result<json::value>> shown(Services& services, const Call& call,
                                                  ports::Command question) {
    auto pending = ask(services, call, std::move(question), &render_view);
    const Result<Answer> answer = co_await std::move(pending);
    if (!answer) co_return answer.error();
    const std::string& data = answer.value().data_json;
    auto parsed = protocol::parse_json(data, data.size());
    VAULT_CHECK(parsed.has_value(), "a view of the engine is no JSON");
    co_return std::move(parsed.value());
}

Error in_callers_words(Error error, const protocol::Method& method,
                       const protocol::Params& params) {
    for (const Rename& row : kRenames) {
        if (row.method != method.name || row.from != error.field()) continue;
        // Of two amounts the one that was given; both together are one sum.
        const bool other = row.to == "quiet" && !params.has("quiet");
        return std::move(error).with_field(std::string(other ? "flash" : row.to));
    }
    return error;
}

Handled refuse(Error error) {
    co_return error;
}

}  // namespace vault::control
