// vaultctl doctor: both halves of the checks in one list. A daemon that does not answer is a
// finding like any other; this is the command for that situation.
#include "cli/command/doctor_checks.hpp"
#include "cli/command/session.hpp"

namespace vault::command {

int show_doctor(Session& session) {
    ClientChecks checks(session.socket_path());
    checks.socket();
    json::object data;
    data["socket"] = session.socket_path();
    data["version"] = program_version();
    data["daemon"] = nullptr;
    const protocol::Reply reply = session.call("doctor", {}, false);
    if (session.daemon() != nullptr) checks.peer(*session.daemon());
    if (reply.failure) {
        // A socket that cannot be used is the whole reason already.
        if (checks.state() != "failed") checks.no_answer(*reply.failure);
    } else if (reply.data.is_object()) {
        const json::object& daemon = reply.data.get_object();
        checks.versions(program_version(), daemon);
        if (const auto* theirs = daemon.if_contains("checks"); theirs && theirs->is_array())
            checks.append(theirs->get_array());
        data["daemon"] = daemon;
        data["daemon"].get_object().erase("checks");
    }
    checks.clock();
    checks.unit();
    data["state"] = checks.state();
    data["ok"] = checks.state() != "failed";
    data["checks"] = checks.take();
    protocol::Reply answer;
    answer.data = std::move(data);
    return session.succeed("doctor", session.invocation().command->primary, answer);
}

}  // namespace vault::command
