#include "daemon/control/metrics.hpp"

#include "common/protocol/errors.hpp"

#include <algorithm>

namespace vault::control {

namespace {

constexpr std::string_view kUnknownMethod = "unknown";
constexpr std::string_view kOk = "OK";

}  // namespace

Metrics::Connection::Connection(Metrics& metrics, std::string_view refused) : metrics_(metrics) {
    ++metrics_.connections_;
    ++metrics_.connections_total_;
    if (!refused.empty()) ++metrics_.refused_connections_[refused];
}

void Metrics::refused(std::string_view method, Errc why) {
    ++calls_[{method.empty() ? kUnknownMethod : method, protocol::error_row(why).code}];
}

void Metrics::ended(std::string_view method, std::optional<Errc> fault, SteadyTime took) {
    --in_flight_;
    ++calls_[{method, fault ? protocol::error_row(*fault).code : kOk}];
    Timing& timing = timings_[method];
    const auto* const bucket =
        std::ranges::find_if(kBounds, [&](const Bound& bound) { return took <= bound.at; });
    ++timing.counts[static_cast<std::size_t>(bucket - kBounds.begin())];
    timing.sum += took;
}

}  // namespace vault::control
