// alert: what people were told, that somebody has seen it, and whether a target is reached.
#include "daemon/control/render_alerts.hpp"
#include "daemon/control/row_list.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>

namespace vault::control {

namespace asio = boost::asio;
namespace cmd = ports::cmd;

namespace {

constexpr SteadyTime kTestWithin = std::chrono::seconds{25};
constexpr Duration kLookEvery{100};

Result<ports::Command> list_alerts(const protocol::Params& params) {
    return cmd::ListAlerts{params.flag("all")};
}

Result<ports::Command> see_alerts(const protocol::Params& params) {
    const std::string named = params.text("alert");
    if (named.empty() != params.flag("all"))
        return Error{Errc::InvalidParams, "name one alert, or say --all", "alert",
                     "list them with: vaultctl alert list"};
    if (named.empty()) return cmd::SeeAlerts{};
    auto id = parse_alert_id(named);
    if (!id) return std::move(id).error().with_field("alert");
    return cmd::SeeAlerts{id.value()};
}

std::string_view state_of(const json::value& delivery) {
    return delivery.at("state").as_string();
}

bool all_are_over(const json::object& alert) {
    return std::ranges::none_of(alert.at("deliveries").as_array(), [](const json::value& delivery) {
        return state_of(delivery) == "pending";
    });
}

// The alert with this id among those that the engine lists; none if it had to make room.
asio::awaitable<Result<json::object>> look_again(Services& services, std::string id) {
    ports::CallContext context;
    auto asking =
        services.commands.execute(std::move(context), cmd::ListAlerts{true}, &render_view);
    const Result<ports::Reply> reply = co_await std::move(asking);
    if (!reply) co_return reply.error();
    const auto rows = protocol::parse_json(reply.value().data_json, reply.value().data_json.size());
    VAULT_CHECK(rows && rows.value().is_array(), "alerts are a list");
    for (const json::value& row : rows.value().get_array())
        if (row.at("id") == json::value(id)) co_return row.as_object();
    co_return Error{Errc::NotFound, "the test had to make room for other alerts", "target",
                    "vaultctl alert list"};
}

// The alert that a test made; none if the answer has none.
std::optional<json::object> first_row(const std::string& data) {
    const auto rows = protocol::parse_json(data, data.size());
    if (!rows || !rows.value().is_array() || rows.value().get_array().empty()) return std::nullopt;
    return rows.value().get_array().front().as_object();
}

// What the test is like now: `ok` if every target has confirmed it.
json::object outcome_of(const json::object& alert) {
    const json::array& deliveries = alert.at("deliveries").as_array();
    const bool ok = std::ranges::all_of(
        deliveries, [](const json::value& delivery) { return state_of(delivery) == "delivered"; });
    return {{"ok", ok}, {"alert", alert.at("id")}, {"deliveries", deliveries}};
}

Handled test(Services& services, const Call& call) {
    auto sending =
        execute(services, call, cmd::TestAlert{call.params.text("target")}, &render_view);
    Result<Answer> sent = co_await std::move(sending);
    if (!sent) co_return sent;
    Answer answer = std::move(sent.value());
    auto made = first_row(answer.data_json);
    if (!made) co_return answer;
    json::object alert = std::move(*made);
    const SteadyTime until = services.clock.steady() + kTestWithin;
    asio::steady_timer pause(co_await asio::this_coro::executor);
    while (!call.context.dry_run && !all_are_over(alert) && services.clock.steady() < until &&
           still_wanted(services, call)) {
        pause.expires_after(kLookEvery);
        const auto [stopped] = co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
        if (stopped) break;
        auto looking = look_again(services, std::string(alert.at("id").as_string()));
        Result<json::object> now = co_await std::move(looking);
        if (!now) co_return now.error();
        alert = std::move(now.value());
    }
    answer.data_json = protocol::to_compact(outcome_of(alert));
    co_return answer;
}

constexpr std::array kRoutes{
    Route{"alert.list", &submit<list_alerts>},
    Route{"alert.ack", &submit<see_alerts>},
    Route{"alert.test", &test},
};

}  // namespace

std::span<const Route> alert_routes() {
    return kRoutes;
}

}  // namespace vault::control
