#include "daemon/notify/message.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace vault::notify {
namespace {

namespace json = boost::json;

// A store that was put back gives numbers anew, but not at the same millisecond.
std::string delivery_id(const ports::AlertRow& row, const std::string& deployment) {
    return fmt::format("{}:{}:{}", deployment, to_text(row.id),
                       row.first_at.time_since_epoch().count());
}

json::object alert_json(const ports::AlertRow& row, const Parcel& parcel,
                        const std::string& deployment) {
    const auto delivery =
        std::ranges::find(row.deliveries, parcel.target.to.name, &ports::Delivery::target);
    const std::uint32_t tries = delivery == row.deliveries.end() ? 0 : delivery->tries;
    return {{"id", to_text(row.id)},
            {"delivery", delivery_id(row, deployment)},
            {"severity", to_text(row.severity)},
            {"kind", row.kind},
            {"subject", row.subject},
            {"user", row.user_name},
            {"message", row.message},
            {"next", row.next},
            {"first_at", format_utc(row.first_at)},
            {"last_at", format_utc(row.last_at)},
            {"count", row.count},
            {"try", tries + 1}};
}

}  // namespace

std::string message_json(const Parcel& parcel, const std::string& deployment, UtcTime now) {
    json::array alerts;
    for (const ports::AlertRow& row : parcel.alerts)
        alerts.push_back(alert_json(row, parcel, deployment));
    return json::serialize(json::object{{"version", 1},
                                        {"deployment", deployment},
                                        {"target", parcel.target.to.name},
                                        {"sent_at", format_utc(now)},
                                        {"alerts", std::move(alerts)}});
}

}  // namespace vault::notify
