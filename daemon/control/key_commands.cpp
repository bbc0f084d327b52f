// API keys of exchange accounts. The secret goes from the caller to the exchange and into the box,
// and is in no answer.
#include "daemon/control/directory.hpp"
#include "daemon/control/key_check.hpp"
#include "daemon/control/row_list.hpp"
#include "daemon/control/secret_steps.hpp"

#include <array>

namespace vault::control {

namespace cmd = ports::cmd;

namespace {

constexpr int kTries =
    32;  // others may be added at the same moment, one of which gets in each time

Result<ApiKeyId> key_of(const protocol::Params& params) {
    auto id = parse_api_key_id(params.text("key"));
    if (!id) return std::move(id).error().with_field("key");
    return id.value();
}

struct NewKey {
    AccountId account;
    Secret key, secret;
    std::optional<ApiKeyId> replaces{};
};

// Its id is bound into the sealed secrets, so it is chosen here and checked by the engine.
Result<cmd::AddKey> sealed(Services& services, const Call& call, const NewKey& key,
                           const std::optional<ports::KeyFindings>& findings) {
    cmd::AddKey command;
    command.account = key.account;
    command.id = services.directory.next_key();
    command.label = call.params.text("label");
    command.key = ports::public_part(key.key);
    command.allow_withdrawal = call.params.flag("allow_withdrawal_permission");
    command.replaces = key.replaces;
    command.findings = findings;
    const auto field = [&](std::string_view name) {
        return ports::FieldId{call.caller.user, key.account, command.id, std::string{name}};
    };
    VAULT_TRY(auto sealed_key, services.secrets.seal(field(ports::kApiKeyField), key.key));
    VAULT_TRY(auto sealed_secret, services.secrets.seal(field(ports::kApiSecretField), key.secret));
    command.secrets.put_fields = {std::move(sealed_key), std::move(sealed_secret)};
    return command;
}

Handled add_key(Services& services, const Call& call, NewKey key) {
    const ports::AccountRow* account = services.directory.account(key.account);
    VAULT_CHECK(account != nullptr, "the gate let an account through that is not there");
    const std::string exchange = account->exchange;
    auto preparing = prepare_secrets(services, call.caller.user);
    const Result<void> prepared = co_await std::move(preparing);
    if (!prepared) co_return prepared.error();
    auto asking = ask_exchange(services, exchange, key.key, key.secret);
    const Result<KeyAnswer> told = co_await std::move(asking);
    if (!told) co_return told.error();
    for (int i = 1;; ++i) {
        Result<cmd::AddKey> command = sealed(services, call, key, told.value().findings);
        if (!command) co_return command.error();
        auto executing = execute(services, call, std::move(command.value()), &render_view);
        Result<Answer> answer = co_await std::move(executing);
        if (!answer && answer.error().code() == Errc::Busy && i < kTries) continue;
        if (answer && !told.value().findings)
            answer.value().warnings.push_back("the exchange could not be asked yet: " +
                                              told.value().message);
        co_return answer;
    }
}

Handled add(Services& services, const Call& call) {
    const Result<AccountId> account = account_of(call.params);
    if (!account) co_return account.error();
    auto adding = add_key(
        services, call,
        {account.value(), Secret(call.params.text("api_key")), Secret(call.params.text("secret"))});
    co_return co_await std::move(adding);
}

Handled rotate(Services& services, const Call& call) {
    const Result<ApiKeyId> id = key_of(call.params);
    if (!id) co_return id.error();
    const ports::ApiKeyRow* old = services.directory.key(id.value());
    VAULT_CHECK(old != nullptr, "the gate let a key through that is not there");
    auto adding = add_key(services, call,
                          {old->account, Secret(call.params.text("api_key")),
                           Secret(call.params.text("secret")), id.value()});
    co_return co_await std::move(adding);
}

Handled validate(Services& services, const Call& call) {
    const Result<ApiKeyId> id = key_of(call.params);
    if (!id) co_return id.error();
    auto executing = execute(services, call, cmd::CheckKey{id.value()}, &render_view);
    Result<Answer> begun = co_await std::move(executing);
    if (!begun || call.context.dry_run || begun.value().repeated) co_return begun;
    const ports::ApiKeyRow* row = services.directory.key(id.value());
    VAULT_CHECK(row != nullptr, "a key that is checked is there");
    auto checking = check_key(services, call.context.actor, *row);
    co_return co_await std::move(checking);
}

Result<ports::Command> list(const protocol::Params& params) {
    VAULT_TRY(const auto account, maybe_account(params));
    return cmd::ListKeys{account};
}

Result<ports::Command> retire(const protocol::Params& params) {
    VAULT_TRY(const ApiKeyId key, key_of(params));
    return cmd::RetireKey{key};
}

Result<ports::Command> remove(const protocol::Params& params) {
    VAULT_TRY(const ApiKeyId key, key_of(params));
    return cmd::RemoveKey{key};
}

Result<ports::Command> policy(const protocol::Params& params) {
    cmd::SetKeyPolicy command;
    VAULT_TRY(command.vault, vault_of(params));
    VAULT_TRY(command.policy, ports::parse_key_policy(params.text("policy")));
    const bool pinned = command.policy == ports::KeyPolicy::Pinned;
    if (pinned != params.has("key"))
        return Error(Errc::InvalidParams,
                     pinned ? "pinned needs the key" : "only pinned takes a key", "key",
                     "vaultctl key policy V pinned k1");
    if (pinned) {
        VAULT_TRY(command.pinned, key_of(params));
    }
    return command;
}

constexpr std::array kRoutes{
    Route{"key.add", &add},
    Route{"key.list", &submit<list>},
    Route{"key.validate", &validate},
    Route{"key.rotate", &rotate},
    Route{"key.retire", &submit<retire>},
    Route{"key.remove", &submit<remove>},
    Route{"key.policy", &submit<policy>},
};

}  // namespace

std::span<const Route> key_routes() {
    return kRoutes;
}

}  // namespace vault::control
