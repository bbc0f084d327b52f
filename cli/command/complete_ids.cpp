// The answer to a key press: names that live in the daemon, or nothing.
#include "cli/command/completion.hpp"
#include "cli/command/credentials.hpp"
#include "cli/command/run.hpp"
#include "common/base/clock.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>

namespace vault::command {
namespace {

struct Lister {
    std::string_view what;
    std::string_view method;
    std::string_view field;
};
constexpr std::array kListers{
    Lister{"vaults", "vault.list", "id"}, Lister{"accounts", "account.list", "id"},
    Lister{"users", "user.list", "name"}, Lister{"sessions", "session.list", "id"},
    Lister{"tokens", "token.list", "id"}, Lister{"keys", "key.list", "id"}};

// The value of a flag that was typed, else of the variable; absolute, or "".
std::string path_of(std::span<const std::string> flags, std::string_view flag, const char* variable,
                    Terminal& terminal) {
    std::string path = terminal.variable(variable);
    for (std::size_t i = 0; i + 1 < flags.size(); ++i)
        if (flags[i] == flag) path = flags[i + 1];
    return path.empty() || path.starts_with('/') ? path : terminal.directory() + "/" + path;
}

// What is told on a line of its own; names with other characters could not be typed anyway.
bool is_plain(std::string_view name) {
    return !name.empty() && name.find_first_of(" \t\n\r'\"\\$`*?[]{}()<>|;&!#~") == name.npos;
}

std::string names_in(const json::value& data, std::string_view field) {
    std::string names;
    if (!data.is_array()) return names;
    for (const auto& row : data.get_array()) {
        const auto* object = row.if_object();
        const auto* name = object == nullptr ? nullptr : object->if_contains(field);
        if (name == nullptr || !name->is_string() || !is_plain(name->get_string())) continue;
        names.append(std::string_view(name->get_string())) += '\n';
    }
    return names;
}

}  // namespace

int complete_ids(std::span<const std::string> words, Terminal& terminal) {
    const auto lister =
        words.empty() ? kListers.end() : std::ranges::find(kListers, words[0], &Lister::what);
    if (lister == kListers.end()) return protocol::exits::kDone;
    const SystemClock clock;
    const auto begun = clock.steady();
    client::Options options;
    options.socket = path_of(words.subspan(1), "--socket", "VAULTCTL_SOCKET", terminal);
    if (options.socket.empty()) options.socket = kDefaultSocket;
    options.name = "vaultctl " + program_version();
    options.connect_limit = kCompletionBudget;
    Credentials credentials({.socket = options.socket,
                             .token_file = path_of({}, {}, "VAULTCTL_TOKEN_FILE", terminal),
                             .runtime_dir = terminal.variable("XDG_RUNTIME_DIR"),
                             .credentials = terminal.variable("CREDENTIALS_DIRECTORY")});
    const auto token = credentials.token_for(lister->method);
    if (!token) return protocol::exits::kDone;
    auto daemon = client::Client::connect(options);
    const auto left = kCompletionBudget - std::chrono::ceil<Duration>(clock.steady() - begun);
    if (!daemon || left <= Duration{0}) return protocol::exits::kDone;
    daemon.value().limit_calls(left);
    daemon.value().present(token.value());
    protocol::Request request;
    request.method = lister->method;
    const auto reply = daemon.value().call(std::move(request), false);
    if (!reply.failure) terminal.write(names_in(reply.data, lister->field));
    return protocol::exits::kDone;
}

}  // namespace vault::command
