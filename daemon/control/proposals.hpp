#pragma once
// How control carries out what identity proposes: the engine stores the rows, or the refusal, in
// the transaction of the call; only then is the answer given, with the secret that its maker alone
// may learn. Control thread.
#include "daemon/control/json_fields.hpp"
#include "daemon/control/row_list.hpp"

namespace vault::control {

// `reply` is what a repeated call gets too; `secret` is for this answer only.
template <class Made>
Handled carry_out(Services& services, const Call& call, ports::Proposal<Made>& proposal,
                  json::object reply, json::object secret = {}) {
    // A try that has to wait is no try: it leaves nothing, or a guesser could fill the disk.
    const auto& refusal = proposal.command.refusal;
    const bool untried =
        refusal && (refusal->code() == Errc::RateLimited || refusal->code() == Errc::Busy);
    if (untried) co_return *refusal;
    proposal.command.reply_json = protocol::to_compact(reply);
    auto executing = execute(services, call, std::move(proposal.command), &render_view);
    Result<Answer> answer = co_await std::move(executing);
    if (!answer || secret.empty() || call.context.dry_run) co_return answer;
    for (auto& member : secret)
        reply[member.key()] = std::move(member.value());
    answer.value().data_json = protocol::to_compact(reply);
    co_return answer;
}

inline Secret secret_of(const Call& call, std::string_view name) {
    return Secret(call.params.text(name));
}
inline json::value secret_text(const Secret& secret) {
    return json::value(secret.reveal());
}

json::object session_to_json(const ports::Access& access, const ports::SessionRow& row);
json::object token_to_json(const ports::RobotTokenRow& row);
json::array duties_of(const ports::Principal& caller);
template <class Id>
json::array ids_to_json(const std::vector<Id>& ids) {
    json::array list;
    for (const Id id : ids)
        list.push_back(to_json(id));
    return list;
}

}  // namespace vault::control
