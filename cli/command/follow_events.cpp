#include "cli/client/subscription.hpp"
#include "cli/command/session.hpp"
#include "cli/render/events.hpp"
#include "cli/render/plain.hpp"
#include "common/base/clock.hpp"
#include "common/protocol/codec.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::command {
namespace {

using client::Subscription;
using protocol::Failure;

constexpr Duration kFirstPause{50};
constexpr Duration kLongestPause{2'000};
constexpr std::string_view kFilters[] = {"account", "vault", "sleeve", "user", "severity"};

Error usage(std::string message, std::string hint) {
    return Error{Errc::Usage, std::move(message), {}, std::move(hint)};
}

// What --follow cannot be combined with.
Result<void> check(const Invocation& asked) {
    for (const std::string_view name : {"since", "until", "limit"})
        if (asked.params.contains(name))
            return usage(fmt::format("--{} is for a list, --follow has no end", name),
                         "begin earlier with --from-seq; list the past without --follow");
    const render::Format format = asked.globals.format;
    if (format == render::Format::Json || format == render::Format::Csv)
        return usage("--follow has no end, so it makes no document",
                     "use -o jsonl: one event a line");
    return success();
}

std::string range_text(std::uint64_t from, std::uint64_t to) {
    return from == to ? fmt::format("seq {}", from) : fmt::format("seq {}..{}", from, to);
}

// How a stream is meant to end: without a word.
constexpr int kInterrupted = protocol::exits::kInterrupted;

class Follower {
  public:
    explicit Follower(Session& session) : session_(session) {
        const Invocation& asked = session.invocation();
        for (const std::string_view name : kFilters)
            if (const auto* value = asked.params.if_contains(name)) filter_[name] = *value;
        if (const auto* seq = asked.local.if_contains("from_seq")) from_ = seq->get_int64();
        if (const auto limit = asked.globals.timeout; limit && limit->count() > 0)
            patience_ = *limit;
    }

    int run() {
        if (const auto code = begin()) return *code;
        for (;;) {
            if (const auto code = stream()) return *code;
            session_.terminal().note("vaultctl: connection lost, reconnecting\n");
            if (const auto code = reconnect()) return *code;
        }
    }

  private:
    std::optional<int> begin();
    std::optional<Failure> open();
    std::optional<int> stream();
    std::optional<int> reconnect();
    std::optional<Failure> resume();
    void begin_anew(const Failure& why);
    void tell_resumed();
    void tell_gap(std::uint64_t from, std::uint64_t to);
    std::string shown(const json::value& event);

    Session& session_;
    json::object filter_;
    std::optional<std::int64_t> from_;  // of the next sub.open
    std::optional<Duration> patience_;  // with a daemon that is away
    std::optional<Subscription> reading_;
    std::uint64_t shown_ = 0;      // events, for the keys of plain lines
    std::uint64_t told_gone_ = 0;  // up to here, what is missing was told
};

// A call that came too soon is made again; every other failure ends it.
std::optional<int> Follower::begin() {
    for (;;) {
        const auto failure = open();
        if (!failure) return std::nullopt;
        protocol::Reply reply;
        reply.failure = *failure;
        if (!is_too_soon(reply)) return session_.fail(*failure);
        if (!client::rest(pause_after(*failure))) return kInterrupted;
    }
}

std::optional<Failure> Follower::open() {
    reading_.reset();
    if (const auto connected = session_.connect(); !connected)
        return Failure::from(connected.error(), protocol::Effect::None);
    json::object params = filter_;
    params["topic"] = "events";
    if (from_) params["from_seq"] = *from_;
    reading_.emplace(*session_.daemon(), std::move(params));
    return reading_->open();
}

// Until the connection is lost; else the exit code.
std::optional<int> Follower::stream() {
    for (;;) {
        Subscription::Next next = reading_->next();
        from_ = static_cast<std::int64_t>(reading_->next_seq());
        switch (next.kind) {
            case Subscription::Kind::Event:
                if (const int printed = session_.print(shown(next.data)); printed != 0)
                    return printed;
                break;
            case Subscription::Kind::Gap: tell_gap(next.from, next.seq); break;
            case Subscription::Kind::TimedOut: break;
            case Subscription::Kind::Lost: return std::nullopt;
            case Subscription::Kind::Interrupted: return kInterrupted;
        }
    }
}

// A pause that doubles, until the daemon is back or the patience has ended.
std::optional<int> Follower::reconnect() {
    const SystemClock clock;
    const auto begun = clock.steady();
    Duration pause = kFirstPause;
    for (;;) {
        session_.drop();
        const auto failure = resume();
        if (!failure) return std::nullopt;
        if (!failure->retryable) return session_.fail(*failure);
        const auto spent = std::chrono::floor<Duration>(clock.steady() - begun);
        if (patience_ && spent >= *patience_)
            return session_.fail(
                Error{Errc::DaemonDown,
                      fmt::format("the daemon did not come back within {}: {}",
                                  format_duration(*patience_), failure->message),
                      "socket",
                      fmt::format("go on later with: vaultctl events --follow --from-seq {}",
                                  from_.value_or(1))});
        if (patience_) pause = std::min(pause, std::max(Duration{1}, *patience_ - spent));
        if (!client::rest(pause)) return kInterrupted;
        pause = std::min(pause * 2, kLongestPause);
    }
}

std::optional<Failure> Follower::resume() {
    auto failure = open();
    if (failure && failure->field == "from_seq") {
        begin_anew(*failure);
        failure = open();
    }
    if (!failure) tell_resumed();
    return failure;
}

// The daemon's newest event is older than what was seen: it has another store than before.
void Follower::begin_anew(const Failure& why) {
    session_.terminal().note(fmt::format(
        "vaultctl: the daemon's event log is another one: {}; following it from its next event\n",
        why.message));
    from_.reset();
    told_gone_ = 0;
}

void Follower::tell_resumed() {
    const auto& opened = reading_->opened();
    if (!from_) return;  // told already that it is another log
    const std::uint64_t from = opened.from_seq;
    if (opened.first_seq <= from || opened.first_seq == 0) {
        session_.terminal().note("vaultctl: resumed, 0 missed\n");
        return;
    }
    told_gone_ = opened.first_seq - 1;
    session_.terminal().note(fmt::format("vaultctl: resumed, {} missed ({})\n",
                                         opened.first_seq - from, range_text(from, told_gone_)));
}

void Follower::tell_gap(std::uint64_t from, std::uint64_t to) {
    from = std::max(from, told_gone_ + 1);
    if (from > to) return;
    told_gone_ = to;
    session_.terminal().note(fmt::format("vaultctl: {} {} no longer kept ({})\n", to - from + 1,
                                         from == to ? "event is" : "events are",
                                         range_text(from, to)));
}

std::string Follower::shown(const json::value& event) {
    const Globals& globals = session_.invocation().globals;
    if (globals.quiet) return render::primary_value(event, "seq");
    switch (globals.format) {
        case render::Format::Table:
        case render::Format::Wide:
            return event.is_object() ? render::event_lines(event.get_object(), session_.decorated())
                                     : std::string();
        case render::Format::Plain:
            return render::plain_lines(event, std::to_string(shown_++) + '.');
        case render::Format::Json:
        case render::Format::Csv:
        case render::Format::Jsonl:
        case render::Format::Html: return protocol::to_line(event);
    }
    return {};
}

}  // namespace

int show_events(Session& session) {
    const Invocation& asked = session.invocation();
    if (asked.local.contains("follow")) {
        if (const auto fits = check(asked); !fits) return session.fail(fits.error());
        return Follower(session).run();
    }
    if (asked.local.contains("from_seq"))
        return session.fail(
            usage("--from-seq goes with --follow", "vaultctl events --follow --from-seq 1"));
    return call_and_print(session);
}

}  // namespace vault::command
