#pragma once
// The JSON document that a target gets: one or more alerts, each with an id that stays the same
// however often it is sent (daemon/README.md, "Walk of an alert"). Pure; any thread; cannot fail.
#include "daemon/notify/outbox.hpp"

#include <string>

namespace vault::notify {

// `deployment` tells installations apart that tell the same target.
std::string message_json(const Parcel& parcel, const std::string& deployment, UtcTime now);

}  // namespace vault::notify
