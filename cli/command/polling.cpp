#include "cli/command/polling.hpp"

#include "common/base/clock.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace vault::command {
namespace {

using protocol::Reply;
using Milliseconds = std::chrono::milliseconds;

constexpr Milliseconds kFirstPause{10};
constexpr Milliseconds kLongestPause{250};

const json::object* row_of(const json::value& data) {
    if (data.is_object()) return &data.get_object();
    const auto* list = data.if_array();
    if (list == nullptr || list->empty() || !list->front().is_object()) return nullptr;
    return &list->front().get_object();
}

// A daemon that is away, starts, stops or is overrun may answer the next time.
bool is_passing(const Reply& reply) {
    return reply.failure && reply.failure->retryable;
}

// stderr only: at once on a terminal, else a line every ten seconds.
class Progress {
  public:
    explicit Progress(Terminal& terminal) : terminal_(terminal), next_(clock_.steady()) {}
    ~Progress() { clear(); }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    // Before anything else is printed: the line is not ended.
    void clear() {
        if (drawn_) terminal_.note("\r\x1b[K");
        drawn_ = false;
    }
    void show(const std::string& text) {
        if (clock_.steady() < next_) return;
        const bool live = terminal_.stderr_is_terminal();
        next_ = clock_.steady() + (live ? Milliseconds(250) : std::chrono::seconds(10));
        terminal_.note(live ? fmt::format("\r\x1b[K{}", text) : text + '\n');
        drawn_ = live;
    }

  private:
    Terminal& terminal_;
    SystemClock clock_;
    SteadyTime next_;
    bool drawn_ = false;
};

class Poller {
  public:
    Poller(Session& session, const PollLimits& limits)
        : session_(session), limits_(limits), started_(clock_.steady()) {}

    Polled run(const Question& question) {
        Progress progress(session_.terminal());
        json::object last;
        for (auto pause = kFirstPause;; pause = std::min(pause * 2, kLongestPause)) {
            const Reply reply = session_.call(question.method, question.params, false);
            Milliseconds rest = pause;
            if (is_too_soon(reply)) {
                rest = std::max(pause, pause_after(*reply.failure));
                progress.show("the daemon has too many calls; asking less often");
            } else if (is_passing(reply) && may_come_back()) {
                progress.show("the daemon does not answer; waiting for it");
            } else if (reply.failure) {
                return *reply.failure;
            } else if (const json::object* row = row_of(reply.data)) {
                seen_ = clock_.steady();
                last = *row;
                if (question.answered(last)) return last;
                progress.show(question.progress(last));
            } else {
                return protocol::Failure::from(
                    Error{Errc::NotFound,
                          "there is nothing to wait for",
                          {},
                          "the list verb of the same noun shows what exists"},
                    protocol::Effect::None);
            }
            if (limits_.limit && clock_.steady() - started_ + rest >= *limits_.limit) {
                if (!seen_) return *reply.failure;
                return TimeOver{std::move(last)};
            }
            if (!client::rest(rest))
                return protocol::Failure::from(Error{Errc::Interrupted, "interrupted"},
                                               protocol::Effect::None);
        }
    }

  private:
    // It was there, or is expected, and has not been away for too long.
    bool may_come_back() const {
        if (!seen_ && limits_.expected)
            return !limits_.patience || clock_.steady() - started_ < *limits_.patience;
        return seen_ && (!limits_.patience || clock_.steady() - *seen_ < *limits_.patience);
    }

    Session& session_;
    const PollLimits& limits_;
    SystemClock clock_;
    SteadyTime started_;
    std::optional<SteadyTime> seen_;  // the last answer
};

}  // namespace

Polled poll(Session& session, const Question& question, const PollLimits& limits) {
    return Poller(session, limits).run(question);
}

std::string text_at(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
}

}  // namespace vault::command
