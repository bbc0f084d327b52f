#pragma once
// Asking the same question again and again until the answer is the wanted one: `wait`, `job wait`
// and --wait. While it asks, stderr tells how far things are. A daemon that restarts meanwhile is
// waited for. One thread; the waiting ends with Ctrl-C.
#include "cli/command/session.hpp"

#include <functional>
#include <variant>

namespace vault::command {

// What to ask, and how to read the answer: an object, or a list whose first object counts.
struct Question {
    std::string_view method;
    json::object params;
    std::function<bool(const json::object&)> answered;
    std::function<std::string(const json::object&)> progress;  // for people
};

struct TimeOver {
    json::object last;  // the newest answer
};
// The answer; or the failure of a call; or the time ran out, which only happens with a limit.
using Polled = std::variant<json::object, protocol::Failure, TimeOver>;

// `limit`: for all of it; absent: as long as it takes. A daemon that was there once may stay away
// for `patience` at a time; absent: as long as it takes. `expected`: it may be away at first too.
struct PollLimits {
    std::optional<Duration> limit{};
    std::optional<Duration> patience = Duration{30'000};
    bool expected = false;
};
Polled poll(Session& session, const Question& question, const PollLimits& limits);

// Follows the job that `begun` tells, for as long as --timeout allows. That it was canceled, or
// that the wait ended first, goes into `begun` as a failure whose effect is applied: the job was
// begun.
void await_job(Session& session, protocol::Reply& begun);

// A field that is text; "" otherwise.
std::string text_at(const json::object& object, std::string_view key);

}  // namespace vault::command
