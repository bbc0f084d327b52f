#pragma once
// vaultctl as a function: words in, exit code out. Everything it prints goes through the Terminal.
// One thread; never throws, never waits without a limit.
#include "cli/command/terminal.hpp"

#include <span>
#include <string>

namespace vault::command {

inline constexpr const char* kDefaultSocket = "/run/vaultd/control.sock";

// `words` are the arguments after the program's name.
int run(std::span<const std::string> words, Terminal& terminal);

}  // namespace vault::command
