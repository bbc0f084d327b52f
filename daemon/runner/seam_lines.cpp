#include "daemon/runner/seam_lines.hpp"

#include "common/base/excerpt.hpp"
#include "daemon/runner/script_lines.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace vault::runner {
namespace {

namespace json = boost::json;

Error wrong(std::string_view what) {
    return Error{Errc::InvalidParams, fmt::format("a line of the seam: {}", what), "line",
                 "vaultd and vaultd-runner must be of the same release"};
}

Result<json::object> object_of(std::string_view line) {
    json::error_code fault;
    json::value value = json::parse({line.data(), line.size()}, fault);
    json::object* object = fault ? nullptr : value.if_object();
    if (object == nullptr) return wrong(fmt::format("'{}' is no JSON object", excerpt(line, 60)));
    return std::move(*object);
}

Result<std::string> text_of(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    if (value == nullptr || !value->is_string()) return wrong(fmt::format("{} is no string", name));
    return std::string{value->get_string()};
}

Result<std::uint64_t> number_of(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    json::error_code fault;
    const auto number = value == nullptr ? 0 : value->to_number<std::uint64_t>(fault);
    if (value == nullptr || fault) return wrong(fmt::format("{} is no whole number", name));
    return number;
}

template <class T>
struct RepOf {
    using type = T;
};
template <>
struct RepOf<Duration> {
    using type = Duration::rep;
};
template <class T>
using Rep = typename RepOf<T>::type;

// A field that may be left out, of an object that may be.
template <class T>
Result<void> take_number(const json::object* object, std::string_view name, T& into) {
    if (object == nullptr || !object->contains(name)) return success();
    VAULT_TRY(const std::uint64_t number, number_of(*object, name));
    if (number == 0 || number > std::uint64_t{1} << 40U)
        return wrong(fmt::format("{} is out of range", name));
    into = T{static_cast<Rep<T>>(number)};
    return success();
}

const json::object* inner(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    return value == nullptr ? nullptr : value->if_object();
}

Result<std::vector<std::string>> words_of(const json::object& object) {
    const json::value* command = object.if_contains("command");
    if (command == nullptr || !command->is_array()) return wrong("command is no list");
    std::vector<std::string> words;
    for (const json::value& word : command->get_array()) {
        if (!word.is_string()) return wrong("a word of command is no string");
        words.emplace_back(word.get_string());
    }
    return words;
}

json::array words_json(const std::vector<std::string>& command) {
    json::array words;
    for (const std::string& word : command)
        words.emplace_back(word);
    return words;
}

Result<Ask> parse_start(const json::object& object) {
    AskStart ask;
    ports::ScriptSpec& spec = ask.spec;
    VAULT_TRY(spec.name, text_of(object, "script"));
    VAULT_TRY(spec.folder, text_of(object, "folder"));
    VAULT_TRY(spec.command, words_of(object));
    const json::value* weak = object.if_contains("weak");
    spec.weak = weak != nullptr && weak->is_bool() && weak->get_bool();
    const json::object* limits = inner(object, "limits");
    VAULT_TRYV(take_number(limits, "start", spec.limits.start));
    VAULT_TRYV(take_number(limits, "decision", spec.limits.decision));
    VAULT_TRYV(take_number(limits, "memory_bytes", spec.limits.memory_bytes));
    VAULT_TRYV(take_number(limits, "file_bytes", spec.limits.file_bytes));
    VAULT_TRYV(take_number(limits, "processes", spec.limits.processes));
    VAULT_TRYV(take_number(limits, "files", spec.limits.files));
    VAULT_TRYV(take_number(limits, "cpu", spec.limits.cpu));
    const json::object* backoff = inner(object, "backoff");
    VAULT_TRYV(take_number(backoff, "first", spec.backoff.first));
    VAULT_TRYV(take_number(backoff, "most", spec.backoff.most));
    VAULT_TRYV(take_number(backoff, "failures", spec.backoff.failures));
    return Ask{std::move(ask)};
}

Result<Ask> parse_tick(const json::object& object) {
    AskTick ask;
    VAULT_TRY(ask.script, text_of(object, "script"));
    const json::object* tick = inner(object, "tick");
    if (tick == nullptr) return wrong("tick is no object");
    VAULT_TRY(ask.seq, number_of(*tick, "seq"));
    ask.line = json::serialize(*tick) + "\n";
    if (ask.line.size() > kLineMost) return wrong("a tick past the limit of a line");
    return Ask{std::move(ask)};
}

Result<Ask> parse_run(const json::object& object) {
    AskRun ask;
    VAULT_TRY(ask.id, number_of(object, "id"));
    VAULT_TRY(ask.command, words_of(object));
    if (ask.command.empty() || !ask.command.front().starts_with('/'))
        return wrong("command is no absolute path");
    VAULT_TRY(ask.input, text_of(object, "input"));
    VAULT_TRYV(take_number(&object, "limit", ask.limit));
    return Ask{std::move(ask)};
}

constexpr std::size_t kDetailMost = 1024;
constexpr std::array<std::string_view, 3> kHookEnds{"done", "failed", "late"};

// Of a line's field; what is longer than people read is cut.
Result<ports::ScriptComplaint> complaint_of(const json::object& object, std::string_view fault,
                                            std::string_view detail) {
    VAULT_TRY(const std::string word, text_of(object, fault));
    VAULT_TRY(std::string text, text_of(object, detail));
    const auto known = ports::parse_script_fault(word);
    if (!known) return wrong(fmt::format("'{}' is no fault", excerpt(word, 40)));
    return ports::ScriptComplaint{*known, excerpt(text, kDetailMost)};
}

Result<Told> parse_told_decision(const json::object& object) {
    ToldDecision told;
    VAULT_TRY(told.script, text_of(object, "script"));
    const json::object* decision = inner(object, "decision");
    if (decision == nullptr) return wrong("decision is no object");
    Spoken<ports::ScriptDecision> spoken = parse_decision(json::serialize(*decision));
    if (const auto* complaint = std::get_if<ports::ScriptComplaint>(&spoken))
        return wrong(complaint->detail);
    told.decision = std::get<ports::ScriptDecision>(std::move(spoken));
    return Told{std::move(told)};
}

Result<Told> parse_told_failed(const json::object& object) {
    ToldFailed told;
    VAULT_TRY(told.script, text_of(object, "script"));
    VAULT_TRY(told.seq, number_of(object, "seq"));
    VAULT_TRY(told.why, complaint_of(object, "fault", "detail"));
    return Told{std::move(told)};
}

Result<Told> parse_told_script(const json::object& object) {
    ports::ScriptStatus status;
    VAULT_TRY(status.name, text_of(object, "script"));
    VAULT_TRY(const std::string phase, text_of(object, "phase"));
    const auto known = ports::parse_script_phase(phase);
    if (!known) return wrong(fmt::format("'{}' is no phase", excerpt(phase, 40)));
    status.phase = *known;
    VAULT_TRY(status.decisions, number_of(object, "decisions"));
    VAULT_TRY(status.starts, number_of(object, "starts"));
    VAULT_TRY(status.faults, number_of(object, "faults"));
    if (object.contains("last_fault")) {
        VAULT_TRY(status.last_fault, complaint_of(object, "last_fault", "last_detail"));
    }
    const json::value* missing = object.if_contains("missing");
    if (missing == nullptr || !missing->is_array()) return wrong("missing is no list");
    for (const json::value& what : missing->get_array()) {
        if (!what.is_string()) return wrong("a part of missing is no string");
        status.missing.push_back(excerpt(what.get_string(), kDetailMost));
    }
    return Told{ToldScript{std::move(status)}};
}

Result<Told> parse_told_refused(const json::object& object) {
    ToldRefused told;
    VAULT_TRY(told.script, text_of(object, "script"));
    VAULT_TRY(const std::string message, text_of(object, "message"));
    VAULT_TRY(const std::string hint, text_of(object, "hint"));
    told.why = excerpt(fmt::format("{}: {}", message, hint), kDetailMost);
    return Told{std::move(told)};
}

Result<Told> parse_told_ran(const json::object& object) {
    ToldRan told;
    VAULT_TRY(told.id, number_of(object, "id"));
    VAULT_TRY(const std::string end, text_of(object, "end"));
    const auto known = std::ranges::find(kHookEnds, end);
    if (known == kHookEnds.end()) return wrong(fmt::format("'{}' is no end", excerpt(end, 40)));
    told.end = static_cast<HookEnd>(known - kHookEnds.begin());
    VAULT_TRY(const std::string problem, text_of(object, "problem"));
    told.problem = excerpt(problem, kDetailMost);
    return Told{std::move(told)};
}

json::object of_script(std::string_view type, const std::string& script) {
    return {{"type", type}, {"script", script}};
}

std::string line_of(const json::object& object) {
    return json::serialize(object) + "\n";
}

}  // namespace

Error not_served(std::string_view what) {
    return Error{Errc::InvalidParams, fmt::format("this runner {}", what), "type",
                 "see runner.socket and runner.hooks_socket of vaultd's configuration"};
}

Result<Ask> parse_ask(std::string_view line) {
    VAULT_TRY(const json::object object, object_of(line));
    VAULT_TRY(const std::string type, text_of(object, "type"));
    if (type == "start") return parse_start(object);
    if (type == "tick") return parse_tick(object);
    if (type == "status") return Ask{AskStatus{}};
    if (type == "run") return parse_run(object);
    if (type != "stop") return wrong(fmt::format("'{}' is no request", excerpt(type, 40)));
    AskStop ask;
    VAULT_TRY(ask.script, text_of(object, "script"));
    return Ask{std::move(ask)};
}

Result<Told> parse_told(std::string_view line) {
    VAULT_TRY(const json::object object, object_of(line));
    VAULT_TRY(const std::string type, text_of(object, "type"));
    if (type == "decision") return parse_told_decision(object);
    if (type == "failed") return parse_told_failed(object);
    if (type == "script") return parse_told_script(object);
    if (type == "refused") return parse_told_refused(object);
    if (type == "ran") return parse_told_ran(object);
    if (type != "hello") return wrong(fmt::format("'{}' is no answer", excerpt(type, 40)));
    ToldHello told;
    VAULT_TRY(told.protocol, number_of(object, "protocol"));
    return Told{told};
}

std::string seam_start_line(const ports::ScriptSpec& spec) {
    json::object object = of_script("start", spec.name);
    object["command"] = words_json(spec.command);
    object["folder"] = spec.folder;
    object["weak"] = spec.weak;
    const ports::ScriptLimits& limits = spec.limits;
    object["limits"] = {{"start", limits.start.count()},
                        {"decision", limits.decision.count()},
                        {"memory_bytes", limits.memory_bytes},
                        {"file_bytes", limits.file_bytes},
                        {"processes", limits.processes},
                        {"files", limits.files},
                        {"cpu", limits.cpu.count()}};
    object["backoff"] = {{"first", spec.backoff.first.count()},
                         {"most", spec.backoff.most.count()},
                         {"failures", spec.backoff.failures}};
    return line_of(object);
}

std::string seam_tick_line(const std::string& script, const ports::ScriptTick& tick) {
    std::string inner = tick_line(tick);
    inner.pop_back();
    return fmt::format(R"({{"type":"tick","script":{},"tick":{}}})"
                       "\n",
                       json::serialize(json::value(script)), inner);
}

std::string seam_stop_line(const std::string& script) {
    return line_of(of_script("stop", script));
}

std::string seam_run_line(const AskRun& ask) {
    return line_of({{"type", "run"},
                    {"id", ask.id},
                    {"command", words_json(ask.command)},
                    {"input", ask.input},
                    {"limit", ask.limit.count()}});
}

std::string seam_hello_line() {
    return line_of({{"type", "hello"}, {"protocol", kSeamProtocol}});
}

std::string seam_decision_line(const std::string& script, const ports::ScriptDecision& decision) {
    std::string inner = decision_line(decision);
    inner.pop_back();
    return fmt::format(R"({{"type":"decision","script":{},"decision":{}}})"
                       "\n",
                       json::serialize(json::value(script)), inner);
}

std::string seam_failed_line(const std::string& script, std::uint64_t seq,
                             const ports::ScriptComplaint& why) {
    json::object object = of_script("failed", script);
    object["seq"] = seq;
    object["fault"] = to_text(why.fault);
    object["detail"] = why.detail;
    return line_of(object);
}

std::string seam_script_line(const ports::ScriptStatus& status) {
    json::object object = of_script("script", status.name);
    object["phase"] = to_text(status.phase);
    object["decisions"] = status.decisions;
    object["starts"] = status.starts;
    object["faults"] = status.faults;
    if (status.last_fault) {
        object["last_fault"] = to_text(status.last_fault->fault);
        object["last_detail"] = status.last_fault->detail;
    }
    json::array missing;
    for (const std::string& what : status.missing)
        missing.emplace_back(what);
    object["missing"] = std::move(missing);
    return line_of(object);
}

std::string seam_refused_line(const std::string& script, const Error& error) {
    json::object object = of_script("refused", script);
    object["code"] = error.code() == Errc::Exists ? "exists"
                     : error.code() == Errc::Busy ? "busy"
                                                  : "invalid";
    object["message"] = error.message();
    object["hint"] = error.hint();
    return line_of(object);
}

// What a program prints is any bytes; the seam is text.
std::string seam_ran_line(const ToldRan& told) {
    return line_of({{"type", "ran"},
                    {"id", told.id},
                    {"end", kHookEnds[static_cast<std::size_t>(told.end)]},
                    {"problem", excerpt(told.problem, kDetailMost)}});
}

}  // namespace vault::runner
