#include "cli/command/session.hpp"

namespace vault::command {

int show_version(Session& session) {
    json::object data;
    data["version"] = program_version();
    data["protocol"] =
        json::object{{"min", protocol::kProtocolLow}, {"max", protocol::kProtocolHigh}};
    protocol::Reply answer;
    const protocol::Reply reply = session.call("version", {}, false);
    if (reply.failure) {
        // This program's own version is worth having without a daemon.
        data["daemon"] = nullptr;
        answer.warnings.push_back(reply.failure->message);
    } else {
        data["daemon"] = reply.data;
    }
    answer.data = std::move(data);
    return session.succeed("version", "version", answer);
}

}  // namespace vault::command
