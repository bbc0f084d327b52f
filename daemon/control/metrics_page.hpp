#pragma once
// The daemon's figures as metric families, the data of `metrics`:
//   {"metrics":[{name, type, help, samples:[{name, labels:{…}, value}]}]}
// Names follow Prometheus (vault_…_total for counters, seconds and ratios as units); values are
// decimal strings. Pure; any thread; cannot fail.
#include "daemon/control/call.hpp"
#include "daemon/control/metrics.hpp"

#include <boost/json/object.hpp>

namespace vault::control {

struct MetricsInput {
    const Metrics& calls;
    const DaemonInfo& info;
    SteadyTime uptime{};
    SteadyTime now{};
    BatchMarks marks;
    ports::StoreHealth store;
    const ports::ConfigView& configuration;
    const boost::json::object* engine = nullptr;  // its status; null: it did not answer
};
boost::json::object metrics_page(const MetricsInput& input);

}  // namespace vault::control
