#include "cli/command/secret_input.hpp"

#include "cli/client/private_file.hpp"
#include "common/base/prompt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace vault::command {
namespace {

constexpr int kTries = 3;  // to type the same twice

std::string dashed(std::string_view name) {
    std::string out(name);
    std::ranges::replace(out, '_', '-');
    return out;
}

std::string spaced(std::string_view name) {
    std::string out(name);
    std::ranges::replace(out, '_', ' ');
    if (out.starts_with("api ")) out.replace(0, 3, "API");
    return out;
}

// "Password: ", "New password: ".
std::string prompt_of(std::string_view name, std::string_view more) {
    std::string out = spaced(name);
    if (out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 'a' + 'A');
    return fmt::format("{}{}: ", out, more);
}

// A password that is made up now, not one that is in force.
bool is_chosen(const Method& method, const Param& param) {
    return param.name == "new_password" ||
           (param.name == "passphrase" && method.name == "secrets.escrow") ||
           (param.name == "password" &&
            (method.name == "register" || method.name == "user.create" ||
             method.name == "user.set_password"));
}

Result<Secret> choose(Terminal& terminal, std::string_view name) {
    const std::string_view shown = name == "password" ? "new_password" : name;
    for (int i = 0; i < kTries; ++i) {
        VAULT_TRY(Secret once, terminal.ask_secret(prompt_of(shown, "")));
        VAULT_TRY(const Secret again, terminal.ask_secret(prompt_of(shown, " again")));
        if (once.equals(again)) return once;
        terminal.note("The two differ.\n");
    }
    return Error{Errc::InvalidParams, fmt::format("{}: the two differed {} times", name, kTries),
                 std::string(name), "nothing was done; try again"};
}

Error nobody_to_ask(const Method& method, const Param& param) {
    return Error{
        Errc::Usage,
        fmt::format("{} needs {} {}, and there is no terminal to ask for it", command_name(method),
                    param.name.starts_with('a') ? "an" : "a", spaced(param.name)),
        std::string(param.name),
        fmt::format("name a file that it is in: --{}-file FILE, or - for standard input",
                    dashed(param.name))};
}

std::string file_name(const Param& param) {
    return fmt::format("{}_file", param.name);
}

// Nothing: the call does without it.
Result<std::optional<Secret>> take(const Method& method, const Param& param,
                                   const json::value* path, Terminal& terminal, Asking asking) {
    std::optional<Secret> secret;
    if (path != nullptr) {
        VAULT_TRY(secret, secret_of_file(param.name, std::string(path->get_string())));
        return secret;
    }
    const bool chosen = is_chosen(method, param);
    const bool somebody = asking == Asking::Allowed && terminal.has_keyboard();
    if (!param.required && (!chosen || !somebody || !terminal.stdin_is_terminal())) return secret;
    if (!somebody) return nobody_to_ask(method, param);
    if (chosen) {
        VAULT_TRY(secret, choose(terminal, param.name));
    } else {
        VAULT_TRY(secret, terminal.ask_secret(prompt_of(param.name, "")));
    }
    return secret;
}

void warn_if_shared(std::string_view name, const std::string& path, Terminal& terminal) {
    struct stat status {};
    if (path == "-" || ::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return;
    if ((status.st_mode & 077) == 0) return;
    terminal.note(
        fmt::format("vaultctl: warning: others can read the file of the {}: chmod 600 {}\n",
                    spaced(name), path));
}

// Standard input has one secret, and none for a line of a batch.
Result<void> check_stdin(const Method& method, const json::object& params, Asking asking) {
    bool used = asking == Asking::Never;
    for (const Param& param : method.params) {
        const json::value* const path = params.if_contains(file_name(param));
        if (!param.secret || path == nullptr || *path != "-") continue;
        if (std::exchange(used, true))
            return Error{Errc::Usage,
                         asking == Asking::Never ? "a line of a batch has no standard input"
                                                 : "standard input has one secret only",
                         std::string(param.name),
                         fmt::format("name a file: --{}-file FILE", dashed(param.name))};
    }
    return success();
}

const Method* method_of(const Method& command) {
    return protocol::find_method(command.name);
}

}  // namespace

bool takes_secret(const Method& command) {
    const Method* const method = method_of(command);
    return method != nullptr && std::ranges::any_of(method->params, &Param::secret);
}

bool is_secret_flag(std::string_view name) {
    if (name == "token") return true;
    const auto is_it = [&](const Param& param) {
        return param.secret && dashed(param.name) == name;
    };
    return std::ranges::any_of(protocol::methods(), [&](const Method& method) {
        return std::ranges::any_of(method.params, is_it);
    });
}

Error secret_on_line(std::string_view name, const Method* command) {
    std::string hint = fmt::format("name a file that it is in: --{}-file FILE", name);
    const Method* const method = command == nullptr ? nullptr : method_of(*command);
    const auto is_it = [&](const Param& param) {
        return param.secret && dashed(param.name) == name;
    };
    if (method != nullptr && std::ranges::any_of(method->params, is_it))
        hint = fmt::format(
            "leave --{0} out to be asked for it, or name a file that it is in: "
            "--{0}-file FILE",
            name);
    return Error{Errc::Usage,
                 fmt::format("--{}: a secret never goes on the command line, where every user of "
                             "this machine can see it and the shell keeps it",
                             name),
                 {},
                 std::move(hint)};
}

Result<Secret> secret_of_file(std::string_view name, const std::string& path) {
    const auto fault = [&](std::string_view why) {
        return Error{Errc::InvalidParams,
                     fmt::format("{}: {}: {}", name, path == "-" ? "standard input" : path, why),
                     std::string(name),
                     "give a file that can be read, with the secret alone in it"};
    };
    const client::Descriptor file{path == "-"
                                      ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                                      : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY)};
    if (!file.is_open()) return fault(std::strerror(errno));
    Secret bytes = Secret::of_size(kMostTyped + 3);  // "\r\n", and one to see that there is more
    std::size_t size = 0;
    while (size < bytes.size()) {
        const ssize_t got = ::read(file.get(), bytes.writable().data() + size, bytes.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fault(std::strerror(errno));
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    std::string_view text = bytes.reveal().substr(0, size);
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (text.size() < size && text.ends_with('\r')) text.remove_suffix(1);
    if (text.empty()) return fault("it is empty");
    if (text.size() > kMostTyped) return fault("it has more than 1024 bytes");
    bytes.shorten(text.size());
    return bytes;
}

Result<void> take_secrets(Invocation& invocation, Terminal& terminal, Asking asking) {
    const Method* const method = method_of(*invocation.command);
    if (method == nullptr) return success();
    VAULT_TRYV(check_stdin(*method, invocation.params, asking));
    for (const Param& param : method->params) {
        if (!param.secret) continue;
        const json::value* const path = invocation.params.if_contains(file_name(param));
        VAULT_TRY(const auto secret, take(*method, param, path, terminal, asking));
        if (path != nullptr) warn_if_shared(param.name, std::string(path->get_string()), terminal);
        invocation.params.stable_erase(file_name(param));
        if (secret) invocation.params[param.name] = secret->reveal();
    }
    return success();
}

}  // namespace vault::command
