#include "daemon/ports/alert.hpp"

namespace vault::ports {

std::string_view to_text(Severity severity) {
    switch (severity) {
        case Severity::Info: return "info";
        case Severity::Warning: return "warning";
        case Severity::Critical: return "critical";
    }
    return "";
}

std::optional<Severity> severity_named(std::string_view word) {
    for (const Severity severity : {Severity::Info, Severity::Warning, Severity::Critical})
        if (to_text(severity) == word) return severity;
    return std::nullopt;
}

std::string_view to_text(DeliveryState state) {
    switch (state) {
        case DeliveryState::Pending: return "pending";
        case DeliveryState::Delivered: return "delivered";
        case DeliveryState::GivenUp: return "given_up";
    }
    return "";
}

}  // namespace vault::ports
