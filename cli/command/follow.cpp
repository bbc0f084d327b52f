#include "cli/command/session.hpp"
#include "common/base/clock.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <thread>

namespace vault::command {
namespace {

using protocol::Reply;

std::string text_at(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
}

// How a long job is followed: which question to ask, and when it has ended.
struct Follow {
    std::string_view question;
    json::object params;
    std::string_view moving;    // the state while it runs
    std::string_view progress;  // field worth showing meanwhile
};

Follow follow_of(const Invocation& asked) {
    const std::string_view subject = asked.command->name == "replay.run" ? "account" : "vault";
    json::object params{{subject, asked.params.at(subject)}};
    if (subject == "account")
        return {"replay.status", std::move(params), "running", "virtual_time"};
    return {"vault.show", std::move(params), "liquidating", "total"};
}

// The job's row in an answer that may be one object or a list of them.
const json::object* row_of(const json::value& data) {
    if (data.is_object()) return &data.get_object();
    const auto* list = data.if_array();
    if (list == nullptr || list->empty() || !list->front().is_object()) return nullptr;
    return &list->front().get_object();
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
        next_ =
            clock_.steady() + (live ? std::chrono::milliseconds(250) : std::chrono::seconds(10));
        terminal_.note(live ? fmt::format("\r\x1b[K{}", text) : text + '\n');
        drawn_ = live;
    }

  private:
    Terminal& terminal_;
    SystemClock clock_;
    SteadyTime next_;
    bool drawn_ = false;
};

}  // namespace

int follow_job(Session& session) {
    const Invocation& asked = session.invocation();
    const Method& command = *asked.command;
    Reply reply = session.call(command.name, asked.params, true);
    if (reply.failure) return session.fail(*reply.failure);
    const Follow follow = follow_of(asked);
    auto pause = std::chrono::milliseconds(10);
    Progress progress(session.terminal());
    for (;;) {
        Reply status = session.call(follow.question, follow.params, false);
        if (status.failure) {
            progress.clear();
            return session.fail(*status.failure);
        }
        const json::object* row = row_of(status.data);
        if (row == nullptr) {
            progress.clear();
            return session.fail(Error{Errc::Internal, "the daemon does not know the job any more"});
        }
        const std::string state = text_at(*row, "state");
        if (state != follow.moving) {
            progress.clear();
            reply.data = json::value(*row);
            const int printed = session.succeed(command.name, command.primary, reply);
            return state == "failed" && printed == 0 ? protocol::exits::kRefused : printed;
        }
        progress.show(
            fmt::format("{}: {} {}", command_name(command), state, text_at(*row, follow.progress)));
        std::this_thread::sleep_for(pause);
        pause = std::min(pause * 2, std::chrono::milliseconds(250));
    }
}

}  // namespace vault::command
