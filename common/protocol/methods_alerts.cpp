// What people are told of, and whether they were reached.
#include "common/protocol/method_tables.hpp"

namespace vault::protocol {
namespace {

using Words = std::string_view;
using enum ParamType;

constexpr Param kList[] = {flag("all", "those that somebody has seen as well", Bool)};
constexpr Param kAck[] = {maybe_word("alert", "the alert, such as n1"),
                          flag("all", "every alert that nobody has seen yet", Bool)};
constexpr Param kTest[] = {maybe_word("target", "its name in alerts.targets; all if absent")};

constexpr Words kListEx[] = {"vaultctl alert list", "vaultctl alert list --all -o json"};
constexpr Words kAckEx[] = {"vaultctl alert ack n1", "vaultctl alert ack --all"};
constexpr Words kTestEx[] = {"vaultctl alert test ops"};

constexpr Method kTable[] = {
    {.name = "alert.list",
     .summary = "What somebody should look at, and who was told",
     .noun = "alert",
     .verb = "list",
     .params = kList,
     .primary = "id",
     .examples = kListEx,
     .detail =
         "Events of severity warning or alert, and money that comes or goes, as alerts: info, "
         "warning or critical. The same kind about the same subject within "
         "alerts.repeat_after only counts. deliveries says for each target of "
         "alerts.targets whether it is pending (not tried yet, held by quiet hours, or to be "
         "tried again), delivered or given_up, and the last problem; only who sees "
         "everybody's vaults sees them. The latest 1000 are kept."},
    {.name = "alert.ack",
     .summary = "Say that an alert was seen; it is told no more",
     .noun = "alert",
     .verb = "ack",
     .params = kAck,
     .right = Right::Admin,
     .mutates = true,
     .primary = "id",
     .examples = kAckEx,
     .detail = "What waits for a target is given up. It does not mend what the alert is about: if "
               "it happens again after alerts.repeat_after, there is another alert."},
    {.name = "alert.test",
     .summary = "Send a test to one target or all; tell how it ended",
     .noun = "alert",
     .verb = "test",
     .params = kTest,
     .right = Right::Admin,
     .mutates = true,
     .primary = "ok",
     .examples = kTestEx,
     .detail = "The test goes the way of every alert: outbox, message, signature, target. Quiet "
               "hours and severities do not hold it, and it is tried once. Exit code 0 if every "
               "target has confirmed it, 3 if not; what has no answer after 25 s is pending."},
};

}  // namespace

std::span<const Method> alert_methods() {
    return kTable;
}

}  // namespace vault::protocol
