// An alert as text in the store: compact JSON, read back field by field.
#include "daemon/engine/alerts.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace vault::engine {
namespace {

namespace json = boost::json;
using ports::AlertRow;
using ports::Delivery;
using ports::DeliveryState;
using ports::Severity;

std::int64_t ms_of(UtcTime time) {
    return time.time_since_epoch().count();
}

json::value maybe_ms(const std::optional<UtcTime>& time) {
    return time ? json::value(ms_of(*time)) : json::value(nullptr);
}

UtcTime time_of(const json::value& value) {
    return UtcTime{Duration{value.to_number<std::int64_t>()}};
}

std::optional<UtcTime> maybe_time(const json::value& value) {
    return value.is_null() ? std::nullopt : std::optional{time_of(value)};
}

std::string text_of(const json::value& value) {
    return std::string{value.as_string()};
}

template <class Enum>
Enum enum_of(const json::value& value, Enum last) {
    const auto number = value.to_number<std::uint8_t>();
    if (number > static_cast<std::uint8_t>(last)) throw std::out_of_range{"no such value"};
    return static_cast<Enum>(number);
}

json::object delivery_json(const Delivery& delivery) {
    return {{"target", delivery.target},
            {"state", static_cast<int>(delivery.state)},
            {"tries", delivery.tries},
            {"first_try", maybe_ms(delivery.first_try)},
            {"last_try", maybe_ms(delivery.last_try)},
            {"problem", delivery.problem}};
}

Delivery delivery_of(const json::value& value) {
    return {.target = text_of(value.at("target")),
            .state = enum_of(value.at("state"), DeliveryState::GivenUp),
            .tries = value.at("tries").to_number<std::uint32_t>(),
            .first_try = maybe_time(value.at("first_try")),
            .last_try = maybe_time(value.at("last_try")),
            .problem = text_of(value.at("problem"))};
}

AlertRow row_of(const json::value& value) {
    AlertRow row;
    row.id = AlertId{value.at("id").to_number<std::uint32_t>()};
    row.severity = enum_of(value.at("severity"), Severity::Critical);
    row.kind = text_of(value.at("kind"));
    row.subject = text_of(value.at("subject"));
    row.user = UserId{value.at("user").to_number<std::uint32_t>()};
    row.user_name = text_of(value.at("user_name"));
    row.message = text_of(value.at("message"));
    row.next = text_of(value.at("next"));
    row.first_at = time_of(value.at("first_at"));
    row.last_at = time_of(value.at("last_at"));
    row.count = value.at("count").to_number<std::uint64_t>();
    row.seen_at = maybe_time(value.at("seen_at"));
    row.seen_by = text_of(value.at("seen_by"));
    for (const json::value& delivery : value.at("deliveries").as_array())
        row.deliveries.push_back(delivery_of(delivery));
    return row;
}

}  // namespace

std::string save_alert(const AlertRow& row) {
    json::array deliveries;
    for (const Delivery& delivery : row.deliveries)
        deliveries.push_back(delivery_json(delivery));
    return json::serialize(json::object{{"id", row.id.value},
                                        {"severity", static_cast<int>(row.severity)},
                                        {"kind", row.kind},
                                        {"subject", row.subject},
                                        {"user", row.user.value},
                                        {"user_name", row.user_name},
                                        {"message", row.message},
                                        {"next", row.next},
                                        {"first_at", ms_of(row.first_at)},
                                        {"last_at", ms_of(row.last_at)},
                                        {"count", row.count},
                                        {"seen_at", maybe_ms(row.seen_at)},
                                        {"seen_by", row.seen_by},
                                        {"deliveries", std::move(deliveries)}});
}

// Boost.JSON throws on a field that is missing or of another type; the wall is here.
Result<AlertRow> load_alert(std::string_view body) {
    try {
        return row_of(json::parse(body));
    } catch (const std::exception& fault) {
        return Error{Errc::StoreInvalid,
                     fmt::format("the store's state of an alert is not right: {}", fault.what()),
                     {},
                     "restore a backup"};
    }
}

}  // namespace vault::engine
