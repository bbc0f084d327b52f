// vaultctl config check FILE: the vaultd beside this program reads the file, because only it knows
// every key; no daemon has to run. Without a file it is a call like any other.
#include "cli/command/neighbour.hpp"
#include "cli/command/session.hpp"
#include "common/protocol/codec.hpp"

namespace vault::command {
namespace {

constexpr const char* kByHand = "run vaultd --check-config --config FILE yourself";

}  // namespace

int check_config(Session& session) {
    const auto* file = session.invocation().params.if_contains("file");
    if (file == nullptr) return call_and_print(session);
    const std::string vaultd = find_neighbour("vaultd", session.terminal().variable("PATH"));
    if (vaultd.empty())
        return session.fail(Error{Errc::DaemonDown,
                                  "there is no vaultd beside this program or in PATH to check it",
                                  "file", "install it, or leave the file out to ask the daemon"});
    const auto text = output_of(vaultd, {"--check-config", "--output", "json", "--config",
                                         std::string(file->get_string())});
    if (!text) return session.fail(Error(text.error()).with_hint(kByHand));
    auto document = protocol::parse_json(text.value());
    const json::object* object = document ? document.value().if_object() : nullptr;
    const json::value* data = object == nullptr ? nullptr : object->if_contains("data");
    if (data == nullptr)
        return session.fail(Error{Errc::Io, vaultd + " gave no answer", {}, kByHand});
    protocol::Reply answer;
    answer.data = *data;
    return session.succeed("config.check", session.invocation().command->primary, answer);
}

}  // namespace vault::command
