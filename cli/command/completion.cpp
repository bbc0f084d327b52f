#include "cli/command/completion.hpp"

#include "cli/command/completion_tables.hpp"

#include <algorithm>
#include <array>

namespace vault::command {
namespace {

constexpr std::array<std::string_view, 3> kShells{"bash", "zsh", "fish"};

}  // namespace

std::optional<Shell> parse_shell(std::string_view name) {
    const auto found = std::ranges::find(kShells, name);
    if (found == kShells.end()) return std::nullopt;
    return static_cast<Shell>(found - kShells.begin());
}

std::string completion_script(Shell shell) {
    switch (shell) {
        case Shell::Bash: return bash_script();
        case Shell::Zsh: return zsh_script();
        case Shell::Fish: return fish_script();
    }
    return {};
}

int show_completion(Session& session) {
    const std::string name(session.invocation().params.at("shell").get_string());
    if (const auto shell = parse_shell(name)) return session.print(completion_script(*shell));
    return session.fail(Error{Errc::Usage, "there is no completion for '" + name + "'", "shell",
                              "choose one of bash, zsh, fish"});
}

}  // namespace vault::command
