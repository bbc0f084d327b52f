#include "common/protocol/method_tables.hpp"

namespace vault::protocol {
namespace {

using Words = std::string_view;
using enum ParamType;

constexpr Param kVault = flag("vault", "only this vault and what is in it");
constexpr Param kSleeve =
    flag("sleeve", "only this sleeve; needs a vault", Enum).among("quiet|flash");
constexpr Param kAccount = flag("account", "only what belongs to this account");
constexpr Param kUser = flag("user", "only what belongs to this user");
constexpr Param kSeverity =
    flag("severity", "of this severity or graver", Enum).among("info|warning|alert");

constexpr Param kEvents[] = {
    kAccount,
    kVault,
    kSleeve,
    kUser,
    kSeverity,
    flag("since", "not before this instant of the account's clock", Time),
    flag("until", "before this instant of the account's clock", Time),
    flag("limit", "at most so many, the latest (default 100)", Integer).within(1, 10'000),
};
constexpr Param kOpen[] = {
    flag("topic", "what to follow", Enum).among("events|prices|top").need(),
    flag("from_seq", "events: replay from this number; what comes next if absent", Integer)
        .within(0, INT64_MAX),
    kAccount,
    kVault,
    kSleeve,
    kUser,
    kSeverity,
    flag("params", "prices, top: parameters of the method that makes the document", Json),
    flag("credit", "so many events may be sent before more is granted (default 256)", Integer)
        .within(0, 10'000),
    flag("interval", "prices, top: how often, at least 250ms (default 1s)", Duration),
};
constexpr Param kSub =
    flag("sub", "the subscription's number", Integer).within(1, INT64_MAX).need();
constexpr Param kCredit[] = {
    kSub, flag("n", "so many more may be sent", Integer).within(1, 10'000).need()};
constexpr Param kClose[] = {kSub};

constexpr Words kEventsEx[] = {"vaultctl events --vault v1 --severity warning",
                               "vaultctl events --follow",
                               "vaultctl events --follow --from-seq 1 -o jsonl"};

constexpr Method kTable[] = {
    {.name = "events",
     .summary = "What happened, newest last",
     .noun = "",
     .verb = "events",
     .params = kEvents,
     .primary = "seq",
     .examples = kEventsEx,
     .detail = "Orders, fills, closed cycles, sweeps, allocations, funding, pauses and everything "
               "that asks for a person. Every event has a number, seq, without a gap from 1. "
               "--follow shows events as they become durable, from --from-seq on if it is given; "
               "it goes on after a restart of the daemon and says how many it missed, which is "
               "none unless the store has pruned them. Then --timeout bounds the wait for the "
               "daemon to come back."},
    {.name = "sub.open",
     .summary = "Follow events, prices or top over this connection",
     .noun = "",
     .verb = "",
     .params = kOpen,
     .primary = "sub",
     .detail =
         "Answers {sub, topic, last_seq, first_seq, from_seq, credit, instance_id}; then come "
         "notifications: sub.event {sub, topic, seq, at, data}, sub.gap {sub, topic, from, to, "
         "reason} and, in silence, sub.alive {sub, seq} every 10 s. Each event takes one credit; "
         "without credit nothing is sent, nothing is kept for the client and nothing is lost: the "
         "log is read again once there is credit. In events, seq is the event's number: numbers "
         "that a filter leaves out are skipped, what the store has pruned is told as a gap, and "
         "seq of sub.alive is how far the log was looked through. In prices (market.prices) and "
         "top a document is sent each interval, the latest counts; seq counts the intervals, so "
         "that a jump tells how many documents were left out. At most 8 subscriptions of a "
         "connection."},
    {.name = "sub.credit",
     .summary = "Grant a subscription more events",
     .noun = "",
     .verb = "",
     .params = kCredit,
     .primary = "credit",
     .detail = "Credit adds up to at most 10000."},
    {.name = "sub.close",
     .summary = "End a subscription",
     .noun = "",
     .verb = "",
     .params = kClose,
     .primary = "seq",
     .detail = "Nothing of it comes after the answer, which has the last seq that was sent or "
               "passed by."},
};

}  // namespace

std::span<const Method> event_methods() {
    return kTable;
}

}  // namespace vault::protocol
