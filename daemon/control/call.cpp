#include "daemon/control/call.hpp"

#include "common/protocol/codec.hpp"
#include "daemon/control/render_views.hpp"

#include <boost/json.hpp>

#include <unordered_map>

namespace vault::control {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

// The engine draws its reply before it is known whether that is durable. Only a hold tells it in a
// field; other documents must not grow one when the store is slow, the warning says it.
std::string not_durable(std::string data_json) {
    json::value data = json::parse(data_json);
    json::object* const object = data.if_object();
    json::value* const durable = object == nullptr ? nullptr : object->if_contains("durable");
    if (durable == nullptr) return data_json;
    *durable = false;
    return protocol::to_compact(data);
}

Handled run(Services& services, ports::CallContext context, ports::Command command,
            ports::Render render) {
    const bool changes = !context.idem_key.empty() && !context.dry_run;
    const bool rehearsed = context.dry_run;
    auto pending = services.commands.execute(std::move(context), std::move(command), render);
    Result<ports::Reply> reply = co_await std::move(pending);
    if (!reply) co_return reply.error();
    Answer answer;
    answer.data_json = std::move(reply.value().data_json);
    answer.repeated = reply.value().repeated;
    answer.durable = reply.value().durable;
    if (rehearsed) answer.warnings.emplace_back(kDryRun);
    if (!answer.durable) {
        answer.data_json = not_durable(std::move(answer.data_json));
        answer.warnings.emplace_back(changes
                                         ? "in force, but not durable yet: the store is behind"
                                         : "as it is, but not durable yet: the store is behind");
    }
    co_return answer;
}

}  // namespace

std::span<const Route> all_routes() {
    static const std::vector<Route> table = [] {
        std::vector<Route> rows;
        for (const auto part :
             {daemon_routes(),  top_routes(),    user_routes(),      sign_in_routes(),
              factor_routes(),  key_routes(),    secret_routes(),    backup_routes(),
              account_routes(), vault_routes(),  sleeve_routes(),    position_routes(),
              preset_routes(),  risk_routes(),   risk_test_routes(), market_routes(),
              replay_routes(),  job_routes(),    ledger_routes(),    decision_routes(),
              trade_routes(),   report_routes(), trading_routes(),   audit_routes(),
              event_routes(),   alert_routes(),  config_routes(),    operator_routes()})
            rows.insert(rows.end(), part.begin(), part.end());
        return rows;
    }();
    return table;
}

Handler find_handler(std::string_view method) {
    static const std::unordered_map<std::string_view, Handler> by_method = [] {
        std::unordered_map<std::string_view, Handler> rows;
        for (const Route& route : all_routes())
            rows.emplace(route.method, route.handler);
        return rows;
    }();
    const auto row = by_method.find(method);
    return row == by_method.end() ? nullptr : row->second;
}

Handled execute(Services& services, const Call& call, ports::Command command,
                ports::Render render) {
    ports::CallContext context = call.context;
    auto pending = run(services, std::move(context), std::move(command), render);
    co_return co_await std::move(pending);
}

Handled ask(Services& services, const Call& call, ports::Command command, ports::Render render) {
    ports::CallContext context;
    context.actor = call.context.actor;
    context.user = call.context.user;
    context.visible = call.context.visible;
    context.deadline = call.context.deadline;
    auto pending = run(services, std::move(context), std::move(command), render);
    co_return co_await std::move(pending);
}

asio::awaitable<void> tell_trail(Services& services, const Call& call, ports::cmd::Note note,
                                 Answer& answer) {
    ports::CallContext context;
    context.actor = call.context.actor;
    context.user = call.context.user;
    context.method = call.context.method;
    context.params_json = call.context.params_json;
    auto pending = run(services, std::move(context), std::move(note), &render_nothing);
    const Result<Answer> told = co_await std::move(pending);
    if (!told) answer.warnings.push_back("not in the audit trail: " + told.error().message());
}

asio::awaitable<Result<void>> settle(Services& services, const Call& call) {
    auto pending = ask(services, call, ports::cmd::Barrier{}, &render_nothing);
    const Result<Answer> answer = co_await std::move(pending);
    if (!answer) co_return answer.error();
    co_return success();
}

Result<void> still_wanted(const Services& services, const Call& call) {
    if (call.context.deadline && services.clock.steady() > *call.context.deadline)
        return Error(Errc::Expired, "the deadline passed before the answer was complete", "",
                     "allow more with --timeout");
    return success();
}

}  // namespace vault::control
