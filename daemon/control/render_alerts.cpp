#include "daemon/control/render_alerts.hpp"

namespace vault::control {
namespace {

json::object delivery_to_json(const ports::Delivery& delivery) {
    return {{"target", delivery.target},
            {"state", ports::to_text(delivery.state)},
            {"tries", delivery.tries},
            {"first_try", to_json(delivery.first_try)},
            {"last_try", to_json(delivery.last_try)},
            {"problem", delivery.problem}};
}

}  // namespace

json::object alert_to_json(const ports::AlertRow& row) {
    json::array deliveries;
    for (const ports::Delivery& delivery : row.deliveries)
        deliveries.push_back(delivery_to_json(delivery));
    const bool numbered = row.id != AlertId{};  // a dry run's is not
    return {{"id", numbered ? json::value(to_text(row.id)) : json::value(nullptr)},
            {"severity", ports::to_text(row.severity)},
            {"kind", row.kind},
            {"subject", row.subject},
            {"user", row.user_name},
            {"message", row.message},
            {"next", row.next},
            {"first_at", to_json(row.first_at)},
            {"last_at", to_json(row.last_at)},
            {"count", row.count},
            {"seen_at", to_json(row.seen_at)},
            {"seen_by", row.seen_by},
            {"deliveries", std::move(deliveries)}};
}

json::array alerts_to_json(const ports::AlertsView& view) {
    json::array list;
    for (const ports::AlertRow& row : view.rows)
        list.push_back(alert_to_json(row));
    return list;
}

}  // namespace vault::control
