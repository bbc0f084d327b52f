// wait RESOURCE --for STATE.
#include "cli/command/polling.hpp"
#include "common/domain/ids.hpp"
#include "common/protocol/states.hpp"

#include <fmt/format.h>

namespace vault::command {
namespace {

namespace exits = protocol::exits;

// What a resource is, the question that tells its state, and the states that it can have.
struct Resource {
    std::string_view kind;
    std::string_view method;
    json::object params;
    std::string_view states;  // separated by '|'
    std::string_view final_states{};
};

// "v1.flash" in its two halves; the second is empty without a dot.
std::pair<std::string_view, std::string_view> halves(std::string_view text) {
    const auto dot = text.find('.');
    if (dot == std::string_view::npos) return {text, {}};
    return {text.substr(0, dot), text.substr(dot + 1)};
}

Result<Resource> resource_of(const std::string& name) {
    using protocol::kDaemonStates, protocol::kFinalJobStates, protocol::kFinalOrderStates,
        protocol::kJobStates, protocol::kOrderStates, protocol::kReplayStates,
        protocol::kSleeveStates, protocol::kVaultStates;
    const auto [vault, sleeve] = halves(name);
    if (name == "daemon") return Resource{"daemon", "status", {}, kDaemonStates};
    if (parse_vault_id(name))
        return Resource{"vault", "vault.show", {{"vault", name}}, kVaultStates};
    if (parse_vault_id(vault) && parse_sleeve_kind(sleeve))
        return Resource{
            "sleeve", "sleeve.show", {{"vault", vault}, {"sleeve", sleeve}}, kSleeveStates};
    if (parse_order_id(name))
        return Resource{"order", "order.show", {{"order", name}}, kOrderStates, kFinalOrderStates};
    if (parse_account_id(name))
        return Resource{"replay", "replay.status", {{"account", name}}, kReplayStates};
    if (parse_job_id(name))
        return Resource{"job", "job.show", {{"job", name}}, kJobStates, kFinalJobStates};
    return Error{Errc::Usage,
                 fmt::format("'{}' is nothing that can be waited for", name),
                 {},
                 "a vault v1, sleeve v1.flash, order v1.flash.3, job j1, replay of a1, or daemon"};
}

// Every one of the words, separated by commas, is a state that the resource can have.
Result<void> check_states(const Resource& resource, std::string_view wanted) {
    for (;;) {
        const auto comma = wanted.find(',');
        const std::string_view word = wanted.substr(0, comma);
        if (!protocol::is_allowed(resource.states, word)) {
            std::string states(resource.states);
            for (std::size_t at; (at = states.find('|')) != std::string::npos;)
                states.replace(at, 1, ", ");
            return Error{Errc::Usage,
                         fmt::format("--for: a {} is never '{}'", resource.kind, word),
                         {},
                         "its states: " + states};
        }
        if (comma == std::string_view::npos) return success();
        wanted.remove_prefix(comma + 1);
    }
}

bool is_one_of(std::string_view commas, std::string_view state) {
    std::string bars(commas);
    std::ranges::replace(bars, ',', '|');
    return protocol::is_allowed(bars, state);
}

}  // namespace

int wait_for_state(Session& session) {
    const Invocation& asked = session.invocation();
    const std::string name(asked.params.at("resource").get_string());
    const std::string wanted(asked.params.at("for").get_string());
    Result<Resource> found = resource_of(name);
    if (!found) return session.fail(found.error());
    Resource& resource = found.value();
    if (const auto known = check_states(resource, wanted); !known)
        return session.fail(known.error());
    const auto is_final = [&](const json::object& row) {
        return protocol::is_allowed(resource.final_states, text_at(row, "state"));
    };
    const Question question{resource.method, std::move(resource.params),
                            [&](const json::object& row) {
                                return is_one_of(wanted, text_at(row, "state")) || is_final(row);
                            },
                            [&](const json::object& row) {
                                return fmt::format("{} is {}, waiting for {}", name,
                                                   text_at(row, "state"), wanted);
                            }};
    // Who waits for the daemon and gives a limit may do so while it is being started. Nothing else
    // may hang when there is none.
    const auto limit = asked.globals.timeout_or_none();
    const bool expected = limit && resource.kind == "daemon";
    const Polled polled = poll(session, question, {limit, std::nullopt, expected});
    if (const auto* failure = std::get_if<protocol::Failure>(&polled))
        return session.fail(*failure);
    const auto* over = std::get_if<TimeOver>(&polled);
    const json::object& row = over != nullptr ? over->last : std::get<json::object>(polled);
    const std::string state = text_at(row, "state");
    const bool reached = is_one_of(wanted, state);
    protocol::Reply reply;
    reply.data = json::object{
        {"ok", reached}, {"resource", name}, {"kind", resource.kind}, {"state", state}};
    if (!reached)
        session.terminal().note(
            fmt::format("vaultctl: {} is {}{}\n", name, state.empty() ? "unknown" : state,
                        over != nullptr ? "; the time is over" : ", which it stays"));
    const int printed = session.show("wait", "state", reply, reached);
    return printed == exits::kDone && !reached ? exits::kFalse : printed;
}

}  // namespace vault::command
