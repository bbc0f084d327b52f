#pragma once
// Alerts: what a person should hear about, and what became of telling him. The engine makes one
// from an event, in the batch of that event, with a delivery for each of the operator's targets
// that wants it; that is the outbox. The notify room carries the deliveries out and tells the
// engine how each try ended. Values; any thread.
#include "common/base/time.hpp"
#include "common/domain/ids.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vault::ports {

enum class Severity : std::uint8_t { Info, Warning, Critical };
std::string_view to_text(Severity severity);
std::optional<Severity> severity_named(std::string_view word);

enum class DeliveryState : std::uint8_t {
    Pending,    // not tried yet, held by quiet hours, or to be tried again
    Delivered,  // the target confirmed it
    GivenUp,    // tried for as long as the configuration says, or a person has seen the alert
};
std::string_view to_text(DeliveryState state);

struct Delivery {
    std::string target;
    DeliveryState state = DeliveryState::Pending;
    std::uint32_t tries = 0;
    std::optional<UtcTime> first_try{}, last_try{};
    std::string problem{};  // of the last try, or why it was given up
    friend bool operator==(const Delivery&, const Delivery&) = default;
};

// Times are of the wall clock, also when the event's own is the virtual one of a replay.
struct AlertRow {
    AlertId id;
    Severity severity = Severity::Warning;
    std::string kind;     // the event's type: "cap_tripped"
    std::string subject;  // the event's object: "v1.flash"; empty: the daemon
    UserId user;          // whose; 0: nobody's
    std::string user_name;
    std::string message;
    std::string next;  // what to do about it
    UtcTime first_at, last_at;
    std::uint64_t count = 1;  // events of this kind and subject since first_at
    std::optional<UtcTime> seen_at{};
    std::string seen_by{};
    std::vector<Delivery> deliveries{};  // one per target
    friend bool operator==(const AlertRow&, const AlertRow&) = default;
};

// The kind of the alert that `alert test` makes: it waits for nothing and is tried once.
inline constexpr std::string_view kTestAlert = "alert_test";
// A loss cap was reached.
inline constexpr std::string_view kCapTripped = "cap_tripped";

// Alerts as they are once a batch is durable: those that it changed, or all.
struct AlertPage {
    std::vector<AlertRow> rows;
    bool whole = false;
};
// Called on the shard's thread.
using AlertSink = std::function<void(AlertPage)>;

// The answer to commands about alerts, oldest first.
struct AlertsView {
    std::vector<AlertRow> rows;
};

// Whom the engine makes deliveries for.
struct AlertRoute {
    std::string target;
    Severity least = Severity::Warning;
    std::vector<std::string> users{};  // only what is theirs; empty: everything
};
struct AlertRules {
    std::vector<AlertRoute> routes{};
    Duration repeat_after{3'600'000};  // the same again within this only counts
    Duration idle_after{900'000};      // a sleeve that decides nothing for so long; 0: never
};

namespace cmd {

struct ListAlerts {
    bool seen = false;  // those that a person has seen as well
};
struct SeeAlerts {
    std::optional<AlertId> alert{};  // none: all that the caller may see
};
struct TestAlert {
    std::string route{};  // a target's name; empty: all
};
// How a try of the notify room ended, for each of the alerts that went in it.
struct SettleDelivery {
    std::vector<AlertId> alerts;
    std::string route;
    DeliveryState state = DeliveryState::Pending;
    std::string problem{};
    bool tried = true;  // false: given up without a try
};
// What the daemon itself has to tell; becomes an event and, if grave enough, an alert.
struct Raise {
    Severity severity = Severity::Warning;
    std::string kind;
    std::string subject;
    std::string message;
};

}  // namespace cmd
}  // namespace vault::ports
