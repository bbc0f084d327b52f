#pragma once
// Completion scripts of bash, zsh and fish, made from the catalogue: what stands at each place of
// each command is a table inside the script, so that completing commands, flags and fixed values
// starts no program. Only names that live in the daemon are asked for, by "vaultctl __complete
// vaults|accounts|users|sessions|tokens|keys", which has 150 ms in all and stays silent whatever
// goes wrong: a shell that hangs at a key press is worse than one that offers nothing. Offline but
// for complete_ids(); one thread.
#include "cli/command/session.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace vault::command {

enum class Shell { Bash, Zsh, Fish };
std::optional<Shell> parse_shell(std::string_view name);

// cli/completions/ has these texts; a test compares them.
std::string completion_script(Shell shell);
int show_completion(Session& session);

inline constexpr Duration kCompletionBudget{150};
// `words`: what is asked for, and global flags. One name a line; exit code 0 always.
int complete_ids(std::span<const std::string> words, Terminal& terminal);

}  // namespace vault::command
