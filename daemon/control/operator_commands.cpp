// What an operator asks of the daemon itself: its figures, what is wrong with it.
#include "common/protocol/codec.hpp"
#include "daemon/control/arguments.hpp"
#include "daemon/control/doctor_checks.hpp"
#include "daemon/control/json_fields.hpp"
#include "daemon/control/metrics_page.hpp"
#include "daemon/control/options.hpp"

#include <array>

namespace vault::control {

namespace {

// Beside the connections: listener, store with its WAL, readers, candle files, timers.
constexpr std::uint64_t kOwnDescriptors = 64;

boost::asio::awaitable<Result<json::object>> engine_status(Services& services, const Call& call) {
    auto asking = ask(services, call, ports::cmd::ShowStatus{}, &render_view);
    const Result<Answer> answer = co_await std::move(asking);
    if (!answer) co_return answer.error();
    const std::string& data = answer.value().data_json;
    auto view = protocol::parse_json(data, data.size());
    VAULT_CHECK(view && view.value().is_object(), "the status is no object");
    co_return std::move(view.value().get_object());
}

// Without the engine the other figures are worth having all the more.
Handled metrics(Services& services, const Call& call) {
    Call all = call;
    all.context.visible = {};  // no figure tells a user
    auto asking = engine_status(services, all);
    const Result<json::object> engine = co_await std::move(asking);
    const ports::ConfigView& configuration = services.configuration.show();
    const SteadyTime now = services.clock.steady();
    const MetricsInput input{services.metrics,
                             services.info,
                             now - services.started,
                             now,
                             services.marks ? services.marks() : BatchMarks{},
                             services.store_health(),
                             configuration,
                             engine ? &engine.value() : nullptr};
    Answer answer;
    answer.data_json = protocol::to_compact(metrics_page(input));
    co_return answer;
}

Handled doctor(Services& services, const Call& call) {
    auto asking = engine_status(services, call);
    const Result<json::object> engine = co_await std::move(asking);
    const ports::ConfigView& configuration = services.configuration.show();
    const auto ran =
        std::chrono::duration_cast<Duration>(services.clock.steady() - services.started);
    DoctorChecks checks;
    checks.engine(engine);
    checks.store(services.store_health(), configuration.state_dir);
    checks.configuration(configuration);
    checks.state_dir(configuration.state_dir);
    checks.limits(services.options.max_connections + services.options.reserved_connections +
                  kOwnDescriptors);
    checks.clock(services.clock.now() - services.started_at - ran);
    if (services.feeds)
        for (const ports::FeedState& feed : services.feeds())
            checks.feed(feed);
    json::object object{{"version", services.info.version}, {"pid", services.info.pid}};
    object["checks"] = checks.take();
    Answer answer;
    answer.data_json = protocol::to_compact(object);
    co_return answer;
}

constexpr std::array kRoutes{
    Route{"metrics", &metrics},
    Route{"doctor", &doctor},
};

}  // namespace

std::span<const Route> operator_routes() {
    return kRoutes;
}

}  // namespace vault::control
