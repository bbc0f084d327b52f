// Alerts: what is asked about them, and how deliveries ended.
#include "daemon/engine/commander.hpp"
#include "daemon/ports/absent.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::engine {

using ports::AlertRow;
using ports::DeliveryState;

bool Commander::sees(const AlertRow& alert) const {
    return alert.user == UserId{} || sees(alert.user);
}

// Where the operator's targets are and what is wrong with them is the operator's business, and a
// cap of the whole daemon is ended by an admin.
ports::AlertRow Commander::as_shown(AlertRow alert) const {
    if (context_.visible.everyones) return alert;
    alert.deliveries.clear();
    if (alert.kind == ports::kCapTripped && alert.user == UserId{})
        alert.next = "ask an admin, who ends it with: vaultctl resume";
    return alert;
}

Result<ports::View> Commander::on(const ports::cmd::ListAlerts& c) {
    ports::AlertsView view;
    for (const AlertRow& alert : world_.alerts.slots()) {
        if (alert.id == AlertId{} || !sees(alert)) continue;
        if (alert.seen_at && !c.seen) continue;
        view.rows.push_back(as_shown(alert));
    }
    std::ranges::sort(view.rows, {}, &AlertRow::id);
    return view;
}

// Who has seen an alert need not be told of it any more.
Result<ports::View> Commander::on(const ports::cmd::SeeAlerts& c) {
    if (c.alert) {
        const AlertRow* const asked = world_.alerts.find(*c.alert);
        if (asked == nullptr || !sees(*asked)) return ports::no_alert(*c.alert);
    }
    ports::AlertsView view;
    for (const AlertRow& found : world_.alerts.slots()) {
        if (found.id == AlertId{} || !sees(found)) continue;
        if (c.alert ? found.id != *c.alert : found.seen_at.has_value()) continue;
        AlertRow seen = found;
        if (!seen.seen_at) {
            seen.seen_at = clock_.now();
            seen.seen_by = context_.actor;
        }
        for (ports::Delivery& delivery : seen.deliveries) {
            if (delivery.state != DeliveryState::Pending) continue;
            delivery.state = DeliveryState::GivenUp;
            delivery.problem = "seen by " + seen.seen_by;
        }
        if (!context_.dry_run) {
            *world_.alerts.find(seen.id) = seen;
            recorder_.touch_alert(world_.alerts.slot_of(seen));
        }
        view.rows.push_back(std::move(seen));
    }
    std::ranges::sort(view.rows, {}, &AlertRow::id);
    return view;
}

Result<ports::View> Commander::on(const ports::cmd::TestAlert& c) {
    AlertRow row;
    row.severity = ports::Severity::Info;
    row.kind = ports::kTestAlert;
    row.message = fmt::format("a test by {}: this target is reached", context_.actor);
    row.next = "nothing";
    row.first_at = row.last_at = clock_.now();
    row.seen_at = row.first_at;  // whoever tests knows of it
    row.seen_by = context_.actor;
    for (const ports::AlertRoute& route : options_.alerts.routes)
        if (c.route.empty() || c.route == route.target)
            row.deliveries.push_back({.target = route.target});
    if (row.deliveries.empty())
        return c.route.empty()
                   ? Error{Errc::NotFound, "there are no targets for alerts", "target",
                           "add one to alerts.targets of the configuration, then: vaultctl config "
                           "reload"}
                   : Error{Errc::NotFound, fmt::format("there is no target '{}'", c.route),
                           "target", "alerts.targets of the configuration has their names"};
    if (context_.dry_run) return ports::AlertsView{{row}};
    const std::size_t slot = world_.alerts.take(std::move(row), Duration{0});
    recorder_.touch_alert(slot);
    return ports::AlertsView{{world_.alerts.slots()[slot]}};
}

// An alert that had to make room meanwhile is nobody's any more.
Result<ports::View> Commander::on(const ports::cmd::SettleDelivery& c) {
    for (const AlertId id : c.alerts) {
        AlertRow* const alert = world_.alerts.find(id);
        if (alert == nullptr) continue;
        const auto delivery =
            std::ranges::find(alert->deliveries, c.route, &ports::Delivery::target);
        if (delivery == alert->deliveries.end()) continue;
        const bool is_over =
            delivery->state == DeliveryState::Delivered ||
            (delivery->state == DeliveryState::GivenUp && c.state != DeliveryState::Delivered);
        if (is_over) continue;
        delivery->state = c.state;
        delivery->problem = c.problem;
        if (c.tried) {
            ++delivery->tries;
            delivery->last_try = clock_.now();
            if (!delivery->first_try) delivery->first_try = delivery->last_try;
        }
        recorder_.touch_alert(world_.alerts.slot_of(*alert));
    }
    return ports::AlertsView{};
}

Result<ports::View> Commander::on(const ports::cmd::Raise& c) {
    const std::string severity =
        c.severity == ports::Severity::Critical ? "alert" : std::string{to_text(c.severity)};
    recorder_.event({{}, {}, Mode::Paper, "engine"}, clock_.now(), severity, c.kind, c.subject,
                    c.message);
    return ports::AlertsView{};
}

}  // namespace vault::engine
