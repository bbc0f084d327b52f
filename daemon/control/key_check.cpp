#include "daemon/control/key_check.hpp"

#include "daemon/control/directory.hpp"
#include "daemon/control/render_views.hpp"

namespace vault::control {

namespace asio = boost::asio;
namespace cmd = ports::cmd;

namespace {

constexpr Duration kAnswerWithin = std::chrono::seconds{10};
constexpr std::string_view kMethod = "key.validate";

Handled told(Services& services, const std::string& actor, ports::Command command) {
    ports::CallContext context;
    context.actor = actor;
    context.method = kMethod;
    auto executing =
        services.commands.execute(std::move(context), std::move(command), &render_view);
    Result<ports::Reply> reply = co_await std::move(executing);
    if (!reply) co_return reply.error();
    Answer answer;
    answer.data_json = std::move(reply.value().data_json);
    co_return answer;
}

}  // namespace

asio::awaitable<Result<KeyAnswer>> ask_exchange(Services& services, std::string exchange,
                                                const Secret& key, const Secret& secret) {
    auto asking = services.validator.validate(std::move(exchange), key, secret, kAnswerWithin);
    Result<ports::KeyFindings> findings = co_await std::move(asking);
    if (findings) co_return KeyAnswer{std::move(findings.value()), {}, {}};
    if (findings.error().code() == Errc::InvalidParams) co_return findings.error();
    co_return KeyAnswer{{}, ports::failure_of(findings.error()), findings.error().message()};
}

Handled check_key(Services& services, std::string actor, ports::ApiKeyRow row) {
    const ports::AccountRow* account = services.directory.account(row.account);
    VAULT_CHECK(account != nullptr, "an API key has an account");
    const auto field = [&](std::string_view name) {
        return services.secrets.open({row.user, row.account, row.id, std::string{name}});
    };
    const Result<Secret> key = field(ports::kApiKeyField);
    const Result<Secret> secret = field(ports::kApiSecretField);
    cmd::CheckedKey checked{.key = row.id};
    if (!key || !secret) {
        checked.failure = ports::KeyFailure::Exchange;
        checked.message = (key ? secret : key).error().message();
    } else {
        auto asking = ask_exchange(services, account->exchange, key.value(), secret.value());
        Result<KeyAnswer> answer = co_await std::move(asking);
        if (answer) {
            checked.findings = std::move(answer.value().findings);
            checked.failure = answer.value().failure;
            checked.message = std::move(answer.value().message);
        } else {
            checked.failure = ports::KeyFailure::Exchange;
            checked.message = answer.error().message();
        }
    }
    auto telling = told(services, actor, std::move(checked));
    co_return co_await std::move(telling);
}

asio::awaitable<void> check_due_keys(Services& services) {
    for (const ports::ApiKeyRow& row : services.directory.keys_due(services.clock.now())) {
        auto beginning = told(services, "engine", cmd::CheckKey{row.id});
        const Result<Answer> begun = co_await std::move(beginning);
        if (!begun) co_return;  // the engine is busy: the keys stay due
        auto checking = check_key(services, "engine", row);
        const Result<Answer> checked = co_await std::move(checking);
        if (!checked) co_return;
    }
}

}  // namespace vault::control
