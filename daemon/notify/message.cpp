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

std::string document(const Parcel& parcel, const std::string& deployment, UtcTime now) {
    json::array alerts;
    for (const ports::AlertRow& row : parcel.alerts)
        alerts.push_back(alert_json(row, parcel, deployment));
    return json::serialize(json::object{{"version", 1},
                                        {"deployment", deployment},
                                        {"target", parcel.target.to.name},
                                        {"sent_at", format_utc(now)},
                                        {"alerts", std::move(alerts)}});
}

// "critical cap_tripped v1.flash"
std::string headline(const ports::AlertRow& row) {
    const std::string subject = row.subject.empty() ? "" : " " + row.subject;
    return fmt::format("{} {}{}", to_text(row.severity), row.kind, subject);
}

std::string subject_of(const Parcel& parcel, const std::string& deployment) {
    const std::size_t more = parcel.alerts.size() - 1;
    return fmt::format("[{}] {}{}", deployment, headline(parcel.alerts.front()),
                       more == 0 ? "" : fmt::format(" and {} more", more));
}

std::string paragraph(const ports::AlertRow& row, const std::string& deployment) {
    std::string out = fmt::format("{} {}", format_utc(row.last_at), headline(row));
    if (!row.user_name.empty()) out += " of " + row.user_name;
    out += "\n" + row.message + "\n";
    if (row.count > 1)
        out += fmt::format("{} times since {}\n", row.count, format_utc(row.first_at));
    if (!row.next.empty()) out += fmt::format("do: {}\n", row.next);
    return out + fmt::format("{}\n\n", delivery_id(row, deployment));
}

}  // namespace

ports::Message make_message(const Parcel& parcel, const std::string& deployment, UtcTime now) {
    ports::Message message{document(parcel, deployment, now), subject_of(parcel, deployment), {}};
    for (const ports::AlertRow& row : parcel.alerts)
        message.text += paragraph(row, deployment);
    return message;
}

}  // namespace vault::notify
