#include "common/protocol/codec.hpp"
#include "common/protocol/describe.hpp"
#include "common/protocol/messages.hpp"
#include "daemon/control/arguments.hpp"
#include "daemon/control/config_commands.hpp"
#include "daemon/control/json_fields.hpp"

#include <fmt/format.h>

#include <array>

namespace vault::control {

namespace cmd = ports::cmd;

namespace {

Result<ports::Command> show_status(const protocol::Params&) {
    return cmd::ShowStatus{};
}

Result<ports::Command> halt(const Call& call) {
    return cmd::Halt{sweeping_target(call), call.params.text("why")};
}

Result<ports::Command> resume(const Call& call) {
    cmd::Target target = sweeping_target(call);
    if (call.params.has("user")) {
        target.level = cmd::Target::Level::User;
        target.user = call.params.text("user");
    }
    return cmd::Resume{target, call.params.text("why")};
}

Duration uptime(const Services& services) {
    return std::chrono::duration_cast<Duration>(services.clock.steady() - services.started);
}

void add_daemon(json::object& object, const Services& services) {
    object["version"] = services.info.version;
    object["instance_id"] = services.info.instance_id;
    object["pid"] = services.info.pid;
    object["now"] = to_json(services.clock.now());
    object["uptime_ms"] = uptime(services).count();
}

json::value store_to_json(const ports::StoreHealth& health) {
    return json::object{{"writable", health.writable},
                        {"disk_used_pct", health.disk_used_pct},
                        {"alert", health.alert},
                        {"buys_stopped", health.buys_stopped},
                        {"full_check_done", health.full_check_done},
                        {"full_check_failed", health.full_check_failed},
                        {"message", health.message}};
}

// Of two objects that share no name, as text: what the engine rendered is not read again.
void add_members(std::string& data, const json::object& more) {
    VAULT_CHECK(data.size() > 2 && data.ends_with('}'), "the status is no object");
    data.back() = ',';
    data += std::string_view(protocol::to_compact(more)).substr(1);
}

Handled status(Services& services, const Call& call) {
    auto pending = submit<show_status>(services, call);
    Result<Answer> answer = co_await std::move(pending);
    if (!answer) co_return answer;
    json::object object;
    add_daemon(object, services);
    if (services.marks) {
        const BatchMarks marks = services.marks();
        object["batch"] = marks.batch;
        object["durable"] = marks.durable;
    }
    object["store"] = store_to_json(services.store_health());
    object["config"] = config_summary(services.configuration.show());
    add_members(answer.value().data_json, object);
    co_return answer;
}

struct Checks {
    json::array list;
    bool ok = true;

    void add(std::string_view name, bool passed, std::string message) {
        list.push_back(
            json::object{{"name", name}, {"ok", passed}, {"message", std::move(message)}});
        ok = ok && passed;
    }
};

void check_store(Checks& checks, const ports::StoreHealth& health) {
    const auto say = [&](bool passed, std::string_view good, std::string_view bad) {
        if (passed) return std::string(good);
        return health.message.empty() ? std::string(bad) : health.message;
    };
    checks.add("store", health.writable,
               say(health.writable, "the store takes writes", "the store takes no writes"));
    checks.add(
        "books", !health.full_check_failed,
        say(!health.full_check_failed,
            health.full_check_done ? "the full check has passed" : "the full check is running",
            "the full check of the books failed: vaultctl ledger verify --all"));
    const bool roomy = !health.alert && !health.buys_stopped;
    std::string disk = fmt::format("{} % used", health.disk_used_pct);
    if (health.buys_stopped) disk += "; buys are stopped";
    // A disk that looks empty stops buys too, when the ballast found no room on it.
    if (!roomy && health.writable && !health.message.empty()) disk += ": " + health.message;
    checks.add("disk", roomy, std::move(disk));
}

void check_engine(Checks& checks, const Result<ports::Reply>& answer) {
    if (!answer) {
        checks.add("engine", false, answer.error().message());
        return;
    }
    const std::string& data = answer.value().data_json;
    const auto view = protocol::parse_json(data, data.size());
    VAULT_CHECK(view && view.value().is_object(), "the status is no object");
    const json::object& object = view.value().get_object();
    const std::string state(object.at("state").as_string());
    checks.add("engine", state == "running", fmt::format("the engine is {}", state));
    const auto attention = object.at("attention").to_number<std::uint64_t>();
    checks.add("attention", attention == 0,
               attention == 0 ? std::string("nothing needs a person")
                              : fmt::format("{} need a person: vaultctl status", attention));
}

void check_loops(Checks& checks, const Services& services) {
    if (!services.loops) return;
    for (ports::LoopCheck& loop : services.loops())
        checks.add(loop.name, loop.ok, std::move(loop.message));
}

// The engine's silence is an answer too: it is one failed check.
Handled health(Services& services, const Call& call) {
    // Counts of everybody, whoever asks: none tells a user or a vault.
    ports::CallContext context = call.context;
    context.visible = {};
    auto pending = services.commands.execute(std::move(context), cmd::ShowStatus{}, &render_view);
    const Result<ports::Reply> engine = co_await std::move(pending);
    Checks checks;
    check_engine(checks, engine);
    check_store(checks, services.store_health());
    check_loops(checks, services);
    json::object object{{"ok", checks.ok},
                        {"state", checks.ok ? "ok" : "degraded"},
                        {"checks", std::move(checks.list)}};
    Answer answer;
    answer.data_json = protocol::to_compact(object);
    co_return answer;
}

Handled version(Services& services, const Call&) {
    json::object object;
    add_daemon(object, services);
    object["protocol"] =
        json::object{{"min", protocol::kProtocolLow}, {"max", protocol::kProtocolHigh}};
    Answer answer;
    answer.data_json = protocol::to_compact(object);
    co_return answer;
}

Handled describe(Services&, const Call&) {
    Answer answer;
    answer.data_json = protocol::to_compact(protocol::describe_api());
    co_return answer;
}

constexpr std::array kRoutes{
    Route{"status", &status},         Route{"health", &health},   Route{"halt", &submit<halt>},
    Route{"resume", &submit<resume>}, Route{"version", &version}, Route{"api.describe", &describe},
};

}  // namespace

std::span<const Route> daemon_routes() {
    return kRoutes;
}

}  // namespace vault::control
