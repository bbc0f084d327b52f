// The document of `top`: what the engine shows of itself, behind what this room knows of the daemon
// and its store. The engine's part can be long, so it is not read again, only put behind.
#include "common/protocol/codec.hpp"
#include "daemon/control/arguments.hpp"
#include "daemon/control/json_fields.hpp"

#include <array>

namespace vault::control {

namespace cmd = ports::cmd;

namespace {

constexpr std::int64_t kDefaultRows = 200;

struct SortName {
    std::string_view name;
    ports::TopSort sort;
};
constexpr std::array kSorts{SortName{"id", ports::TopSort::Id},
                            SortName{"user", ports::TopSort::User},
                            SortName{"state", ports::TopSort::State},
                            SortName{"total", ports::TopSort::Total},
                            SortName{"tradeable", ports::TopSort::Tradeable},
                            SortName{"equity", ports::TopSort::Equity},
                            SortName{"today", ports::TopSort::Today},
                            SortName{"unrealised", ports::TopSort::Unrealised},
                            SortName{"realised", ports::TopSort::Realised}};

Result<cmd::ShowTop> show_top(const protocol::Params& params) {
    cmd::ShowTop command;
    VAULT_TRY(command.account, maybe_account(params));
    VAULT_TRY(command.vault, maybe_vault(params));
    if (params.has("user")) command.user = params.text("user");
    command.match = params.text("match");
    for (const SortName& row : kSorts)
        if (params.is_word("sort", row.name)) command.sort = row.sort;
    command.reverse = params.flag("reverse");
    command.limit = static_cast<std::uint32_t>(params.integer("limit").value_or(kDefaultRows));
    return command;
}

json::object store_to_json(const ports::StoreHealth& health) {
    return json::object{{"writable", health.writable},
                        {"disk_used_pct", health.disk_used_pct},
                        {"alert", health.alert},
                        {"buys_stopped", health.buys_stopped},
                        {"full_check_done", health.full_check_done},
                        {"full_check_failed", health.full_check_failed},
                        {"message", health.message}};
}

json::object daemon_part(const Services& services) {
    const SteadyTime up = services.clock.steady() - services.started;
    json::object part{{"version", services.info.version},
                      {"instance_id", services.info.instance_id},
                      {"pid", services.info.pid},
                      {"now", to_json(services.clock.now())},
                      {"uptime_ms", std::chrono::duration_cast<Duration>(up).count()},
                      {"calls", services.calls}};
    const BatchMarks marks = services.marks ? services.marks() : BatchMarks{};
    part["batch"] = json::object{{"last", marks.batch},
                                 {"durable", marks.durable},
                                 {"lag", marks.batch - std::min(marks.batch, marks.durable)},
                                 {"commits", marks.commits},
                                 {"reloads", marks.reloads}};
    part["store"] = store_to_json(services.store_health());
    return part;
}

Handled top(Services& services, const Call& call) {
    const Result<cmd::ShowTop> command = show_top(call.params);
    if (!command) co_return command.error();
    // Like status it is needed most when the store hangs, so it does not wait for it either. It
    // keeps to the limits of the normal lane, though: it costs more.
    Call impatient = call;
    impatient.context.reserved = true;
    auto pending = execute(services, impatient, command.value(), &render_view);
    Result<Answer> answer = co_await std::move(pending);
    if (!answer) co_return answer;
    std::string& data = answer.value().data_json;
    VAULT_CHECK(data.size() > 2 && data.front() == '{', "the engine's part is no object");
    std::string whole = protocol::to_compact(daemon_part(services));
    whole.back() = ',';
    whole.append(data, 1);
    data = std::move(whole);
    co_return answer;
}

constexpr std::array kRoutes{Route{"top", &top}};

}  // namespace

std::span<const Route> top_routes() {
    return kRoutes;
}

}  // namespace vault::control
