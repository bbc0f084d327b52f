#include "daemon/runner/supervisor.hpp"

#include "common/base/excerpt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <unistd.h>

namespace vault::runner {

using ports::ScriptComplaint;
using ports::ScriptFault;
using ports::ScriptPhase;

namespace {

// What one turn takes from one script, so that none keeps the others waiting.
constexpr std::size_t kReadMost = 256 * 1024;
constexpr std::size_t kErrorLinesPerSecond = 50;
constexpr std::size_t kErrorExcerpt = 300;
// A pipe that is not drained is not filled either.
constexpr std::size_t kOutgoingMost = 256 * 1024;

bool is_name(std::string_view text) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_' || c == '-';
    };
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), fits);
}

Result<void> check(const ports::ScriptSpec& spec) {
    if (!is_name(spec.name))
        return Error{Errc::InvalidParams,
                     fmt::format("'{}' is no name of a script", excerpt(spec.name, 64)), "script",
                     "use 1 to 64 letters, digits, '.', '_' and '-'"};
    if (spec.command.empty() || spec.command[0].empty())
        return Error{Errc::InvalidParams, "a script needs a command", "command",
                     "give the program and its words"};
    if (!spec.folder.starts_with('/') || spec.folder == "/" || ::access(spec.folder.c_str(), X_OK))
        return Error{
            Errc::InvalidParams,
            fmt::format("'{}' is no folder that this program may enter", excerpt(spec.folder, 200)),
            "folder",
            "give the absolute path of a folder that everybody may read; for root, scripts run "
            "as nobody"};
    return success();
}

}  // namespace

Supervisor::~Supervisor() = default;

Result<void> Supervisor::start(const ports::ScriptSpec& spec) {
    VAULT_TRYV(check(spec));
    if (scripts_.contains(spec.name))
        return Error{Errc::Exists, fmt::format("the script '{}' runs already", spec.name), "script",
                     "stop it first"};
    if (scripts_.size() == kScriptsMost)
        return Error{Errc::Busy, fmt::format("{} scripts run already", kScriptsMost), "script",
                     "let one script serve several sleeves"};
    Script& script = scripts_.emplace(spec.name, spec).first->second;
    script.status.name = spec.name;
    launch(script);
    return success();
}

void Supervisor::launch(Script& script) {
    const SteadyTime now = clock_.steady();
    script.failure.clear();
    ++script.status.starts;
    script.last_answer = now;
    script.policy.started(now);
    Result<ScriptProcess> process = ScriptProcess::start(script.spec);
    if (!process) return fail(script, {ScriptFault::CannotStart, process.error().message()});
    script.status.missing.clear();
    script.process = std::make_unique<ScriptProcess>(std::move(process).value());
    script.process->send(hello_line(script.spec.limits));
    set_phase(script, ScriptPhase::Starting);
}

void Supervisor::set_phase(Script& script, ScriptPhase phase) {
    script.status.phase = phase;
    listener_.changed(script.status);
}

void Supervisor::forward(const std::string& name, std::uint64_t seq, std::string line) {
    const auto at = scripts_.find(name);
    if (at == scripts_.end())
        return listener_.failed(name, seq, {ScriptFault::NotRunning, "nobody has started it"});
    Script& script = at->second;
    switch (script.status.phase) {
        case ScriptPhase::Starting:
        case ScriptPhase::Ready: break;
        case ScriptPhase::Waiting:
            return listener_.failed(name, seq, {ScriptFault::NotRunning, "it is started again"});
        case ScriptPhase::GaveUp:
        case ScriptPhase::Stopped:
            return listener_.failed(name, seq, {ScriptFault::GaveUp, "it failed too often"});
    }
    if (script.queue.size() >= kQueueMost)
        return listener_.failed(
            name, seq,
            {ScriptFault::TooMany, fmt::format("{} ticks wait for it already", kQueueMost)});
    script.queue.push_back({seq, std::move(line)});
    show_ticks(script);
}

void Supervisor::stop(const std::string& name) {
    const auto at = scripts_.find(name);
    if (at == scripts_.end()) return;
    auto node = scripts_.extract(at);
    Script& script = node.mapped();
    script.process.reset();
    fail_ticks(script, {ScriptFault::NotRunning, "it was stopped"});
    set_phase(script, ScriptPhase::Stopped);
}

std::vector<ports::ScriptStatus> Supervisor::status() const {
    std::vector<ports::ScriptStatus> all;
    for (const auto& [name, script] : scripts_)
        all.push_back(script.status);
    return all;
}

void Supervisor::show_ticks(Script& script) {
    if (script.status.phase != ScriptPhase::Ready || !script.process) return;
    while (!script.queue.empty() && script.shown.size() < kWindow &&
           script.process->outgoing() < kOutgoingMost) {
        script.process->send(script.queue.front().line);
        script.shown.push_back({script.queue.front().seq, clock_.steady()});
        script.queue.pop_front();
    }
    if (script.process->has_outgoing() && !script.process->flush())
        fail(script, {ScriptFault::Exited, exit_story(script)});
}

void Supervisor::fail_ticks(Script& script, const ScriptComplaint& why) {
    const auto shown = std::exchange(script.shown, {});
    const auto queue = std::exchange(script.queue, {});
    for (const Shown& tick : shown)
        listener_.failed(script.spec.name, tick.seq, why);
    for (const Waiting& tick : queue)
        listener_.failed(script.spec.name, tick.seq, why);
}

void Supervisor::fail(Script& script, ScriptComplaint why) {
    const SteadyTime now = clock_.steady();
    if (script.process) log_errors(script, true);
    script.process.reset();
    ++script.status.faults;
    script.status.last_fault = why;
    const std::optional<Duration> wait = script.policy.failed(now);
    const std::string story =
        fmt::format("{}: {}: {}", script.spec.name, to_text(why.fault), why.detail);
    if (wait) {
        script.restart_at = now + *wait;
        script.status.phase = ScriptPhase::Waiting;
        logger_.log(LogLevel::Warning, "script_failed",
                    fmt::format("{}; it is started again in {}", story, format_duration(*wait)));
    } else {
        script.status.phase = ScriptPhase::GaveUp;
        logger_.log(LogLevel::Alert, "script_gave_up",
                    fmt::format("{}; that was the {}th time in a row: its sleeves hold until it is "
                                "started anew",
                                story, script.policy.failures_in_a_row()));
    }
    fail_ticks(script, why);
    listener_.changed(script.status);
}

// What became of a process whose pipes are closed. It may take a moment to end.
std::string Supervisor::exit_story(Script& script) const {
    std::string ending = script.process->ending();
    for (int i = 0; i < 10 && ending.empty(); ++i) {
        ::poll(nullptr, 0, 2);
        ending = script.process->ending();
    }
    return ending.empty() ? "it closed its output" : "it ended: " + ending;
}

void Supervisor::read_report(Script& script) {
    ScriptProcess& process = *script.process;
    const bool more = process.read_report();
    while (const auto line = process.report.next()) {
        if (line->starts_with("missing ")) script.status.missing.emplace_back(line->substr(8));
        if (line->starts_with("failed ")) script.failure = line->substr(7);
    }
    if (!script.failure.empty()) return fail(script, {ScriptFault::CannotStart, script.failure});
    if (more) return;
    if (!script.status.missing.empty()) listener_.changed(script.status);
}

void Supervisor::read_answers(Script& script) {
    const bool more = script.process->read_answers(kReadMost);
    while (script.process) {
        const auto line = script.process->answers.next();
        if (!line) break;
        take_line(script, *line);
    }
    if (!script.process) return;
    if (script.process->answers.too_long())
        return fail(script,
                    {ScriptFault::TooLong, fmt::format("a line of more than {} bytes", kLineMost)});
    if (!more) fail(script, {ScriptFault::Exited, exit_story(script)});
}

void Supervisor::take_line(Script& script, std::string_view line) {
    script.last_answer = clock_.steady();
    if (script.status.phase == ScriptPhase::Ready) return take_decision(script, line);
    const auto hello = parse_hello(line);
    if (const auto* wrong = std::get_if<ScriptComplaint>(&hello)) return fail(script, *wrong);
    set_phase(script, ScriptPhase::Ready);
    show_ticks(script);
}

void Supervisor::take_decision(Script& script, std::string_view line) {
    if (script.shown.empty())
        return fail(script,
                    {ScriptFault::Flood, fmt::format("no tick asked for {}", excerpt(line, 60))});
    const auto spoken = parse_decision(line);
    if (const auto* wrong = std::get_if<ScriptComplaint>(&spoken)) return fail(script, *wrong);
    const auto& decision = std::get<ports::ScriptDecision>(spoken);
    const std::uint64_t due_seq = script.shown.front().seq;
    if (decision.seq != due_seq)
        return fail(script,
                    {ScriptFault::WrongSequence,
                     fmt::format("it answered {} where {} was due", decision.seq, due_seq)});
    script.shown.pop_front();
    ++script.status.decisions;
    script.policy.decided();
    listener_.decided(script.spec.name, decision);
}

void Supervisor::log_errors(Script& script, bool all) {
    ScriptProcess& process = *script.process;
    if (process.errors_fd() >= 0) process.read_errors(kReadMost);
    while (const auto line = process.errors.next())
        log_error_line(script, *line);
    if (!all && !process.errors.too_long()) return;
    if (!process.errors.rest().empty()) log_error_line(script, process.errors.rest());
    process.errors.clear();
}

void Supervisor::log_error_line(Script& script, std::string_view line) {
    const SteadyTime now = clock_.steady();
    if (now - script.error_second >= std::chrono::seconds{1}) {
        if (script.error_lines > kErrorLinesPerSecond)
            logger_.log(LogLevel::Info, "script_stderr",
                        fmt::format("{}: {} lines more are left out", script.spec.name,
                                    script.error_lines - kErrorLinesPerSecond));
        script.error_second = now;
        script.error_lines = 0;
    }
    if (++script.error_lines > kErrorLinesPerSecond) return;
    logger_.log(LogLevel::Info, "script_stderr",
                fmt::format("{}: {}", script.spec.name, excerpt(line, kErrorExcerpt)));
}

// When something is to be done for the script although nothing happens.
std::optional<SteadyTime> Supervisor::due(const Script& script) const {
    switch (script.status.phase) {
        case ScriptPhase::Starting: return script.last_answer + script.spec.limits.start;
        case ScriptPhase::Ready:
            if (script.shown.empty()) return std::nullopt;
            return std::max(script.shown.front().at, script.last_answer) +
                   script.spec.limits.decision;
        case ScriptPhase::Waiting: return script.restart_at;
        case ScriptPhase::GaveUp:
        case ScriptPhase::Stopped: return std::nullopt;
    }
    return std::nullopt;
}

void Supervisor::check_time(Script& script) {
    const auto time = due(script);
    if (!time || clock_.steady() < *time) return;
    if (script.status.phase == ScriptPhase::Waiting) return launch(script);
    const ports::ScriptLimits& limits = script.spec.limits;
    if (script.status.phase == ScriptPhase::Starting)
        return fail(script, {ScriptFault::NoHandshake,
                             fmt::format("no hello within {}", format_duration(limits.start))});
    fail(script, {ScriptFault::Late,
                  fmt::format("no decision within {}", format_duration(limits.decision))});
}

// Everything that its pipes have; what is closed or fails ends it.
void Supervisor::serve(Script& script) {
    if (script.process && script.process->report_fd() >= 0) read_report(script);
    if (script.process) log_errors(script, false);
    if (script.process) read_answers(script);
    if (script.process && script.process->has_outgoing() && !script.process->flush())
        fail(script, {ScriptFault::Exited, exit_story(script)});
    if (script.process) show_ticks(script);
}

int Supervisor::wait_ms(Duration longest) const {
    const SteadyTime now = clock_.steady();
    SteadyTime wait = longest;
    for (const auto& [name, script] : scripts_)
        if (const auto time = due(script)) wait = std::min(wait, *time - now);
    return static_cast<int>(std::max(std::chrono::ceil<Duration>(wait), Duration{0}).count());
}

void Supervisor::turn(Duration longest, std::span<pollfd> others) {
    polled_.assign(others.begin(), others.end());
    std::vector<std::pair<std::string_view, std::size_t>> first;
    for (const auto& [name, script] : scripts_) {
        if (!script.process) continue;
        const ScriptProcess& process = *script.process;
        first.emplace_back(name, polled_.size());
        polled_.push_back({process.answers_fd(), POLLIN, 0});
        polled_.push_back({process.errors_fd(), POLLIN, 0});
        polled_.push_back({process.report_fd(), POLLIN, 0});
        polled_.push_back({process.has_outgoing() ? process.input_fd() : -1, POLLOUT, 0});
    }
    const int ready = ::poll(polled_.data(), polled_.size(), wait_ms(longest));
    std::copy_n(polled_.begin(), others.size(), others.begin());
    if (ready > 0)
        for (const auto& [name, at] : first)
            if (std::any_of(polled_.begin() + static_cast<std::ptrdiff_t>(at),
                            polled_.begin() + static_cast<std::ptrdiff_t>(at) + 4,
                            [](const pollfd& one) { return one.revents != 0; }))
                if (const auto script = scripts_.find(name); script != scripts_.end())
                    serve(script->second);
    for (auto& [name, script] : scripts_)
        check_time(script);
}

}  // namespace vault::runner
