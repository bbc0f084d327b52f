#pragma once
// What a target gets: one or more alerts, as a JSON document and as a text. Each has an id that
// stays the same however often it is sent (daemon/README.md, "Walk of an alert"). Pure; any thread;
// cannot fail.
#include "daemon/notify/outbox.hpp"

#include <string>

namespace vault::notify {

// `deployment` tells installations apart that tell the same target.
ports::Message make_message(const Parcel& parcel, const std::string& deployment, UtcTime now);

}  // namespace vault::notify
