// Jobs: --wait of the command that begins one, and `job wait`.
#include "cli/command/polling.hpp"

#include <fmt/format.h>

namespace vault::command {
namespace {

using protocol::Reply;
namespace exits = protocol::exits;

constexpr std::string_view kRunning = "running";

Question job_ended(const std::string& job) {
    return {"job.show",
            {{"job", job}},
            [](const json::object& row) { return text_at(row, "state") != kRunning; },
            [](const json::object& row) {
                return fmt::format("{} {}: {}", text_at(row, "id"), text_at(row, "state"),
                                   text_at(row, "detail"));
            }};
}

// The object that the job was about, as it is now.
Reply ask_outcome(Session& session) {
    const Invocation& asked = session.invocation();
    if (asked.command->name == "vault.liquidate")
        return session.call_in_turn("vault.show", {{"vault", asked.params.at("vault")}}, false);
    Reply reply =
        session.call_in_turn("replay.status", {{"account", asked.params.at("account")}}, false);
    if (!reply.failure && reply.data.is_array() && reply.data.get_array().size() == 1)
        reply.data = json::value(reply.data.get_array().front());
    return reply;
}

int exit_of(const json::object& job) {
    return text_at(job, "state") == "done" ? exits::kDone : exits::kRefused;
}

// The wait has ended before the job, which was begun all the same.
protocol::Failure goes_on(const std::string& job, const Error& why) {
    return protocol::Failure::from(
        Error{
            why.code(), fmt::format("{}; job {} was begun and goes on", why.message(), job), "job",
            fmt::format("vaultctl job wait {0} follows it, vaultctl job cancel {0} ends it", job)},
        protocol::Effect::Applied);
}

// A daemon that is away or overrun says nothing about the job.
protocol::Failure goes_on(const std::string& job, const protocol::Failure& failure) {
    if (failure.code == "INTERRUPTED") return goes_on(job, Error{Errc::Interrupted, "interrupted"});
    if (failure.retryable) return goes_on(job, Error{Errc::OutcomeUnknown, failure.message});
    protocol::Failure other = failure;
    other.effect = protocol::Effect::Applied;
    return other;
}

}  // namespace

void await_job(Session& session, Reply& begun) {
    const std::string job = text_at(begun.data.as_object(), "job");
    PollLimits limits{.limit = session.invocation().globals.timeout_or_none()};
    limits.expected = true;
    const Polled polled = poll(session, job_ended(job), limits);
    if (const auto* failure = std::get_if<protocol::Failure>(&polled)) {
        begun.failure = goes_on(job, *failure);
    } else if (std::holds_alternative<TimeOver>(polled)) {
        begun.failure = goes_on(job, Error{Errc::OutcomeUnknown, "the time is over"});
    } else if (exit_of(std::get<json::object>(polled)) != exits::kDone) {
        begun.failure =
            protocol::Failure::from(Error{Errc::WrongState, fmt::format("job {} was canceled", job),
                                          "job", "vaultctl job show tells how far it came"},
                                    protocol::Effect::Applied);
    }
}

int follow_job(Session& session) {
    const Method& command = *session.invocation().command;
    Reply reply = session.call(command.name, session.invocation().params, true);
    if (reply.failure) return session.fail(*reply.failure);
    await_job(session, reply);
    if (reply.failure) return session.fail(*reply.failure);
    const Reply outcome = ask_outcome(session);
    if (outcome.failure) return session.fail(*outcome.failure);
    // What is shown is the object, in the columns that it always has; the schema tells the command.
    const bool is_vault = command.name == "vault.liquidate";
    const bool is_json = session.invocation().globals.format == render::Format::Json;
    return session.succeed(is_vault && !is_json ? "vault.show" : command.name, command.primary,
                           outcome);
}

int wait_for_job(Session& session) {
    const Invocation& asked = session.invocation();
    const std::string job(asked.params.at("job").get_string());
    const Polled polled =
        poll(session, job_ended(job), {asked.globals.timeout_or_none(), std::nullopt});
    if (const auto* failure = std::get_if<protocol::Failure>(&polled))
        return session.fail(*failure);
    const auto* over = std::get_if<TimeOver>(&polled);
    const json::object& row = over != nullptr ? over->last : std::get<json::object>(polled);
    Reply reply;
    reply.data = row;
    const int ended = over != nullptr ? exits::kFalse : exit_of(row);
    if (ended != exits::kDone)
        session.terminal().note(fmt::format("vaultctl: {} is {}{}\n", job, text_at(row, "state"),
                                            over != nullptr ? "; the time is over" : ""));
    const int printed = session.show("job.show", "state", reply, ended == exits::kDone);
    return printed == exits::kDone ? ended : printed;
}

}  // namespace vault::command
