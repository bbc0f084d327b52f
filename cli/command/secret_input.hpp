#pragma once
// Passwords and codes on their way into a call. They come from a file that a flag names, or from a
// person at the terminal, never from the command line: what stands there is refused before anybody
// reads it, and no message repeats it. One thread. Errors: Usage where a secret stands in the wrong
// place or there is nobody to ask; InvalidParams and Io of files; Interrupted.
#include "cli/command/arguments.hpp"
#include "cli/command/terminal.hpp"
#include "common/base/secret.hpp"

#include <string>
#include <string_view>

namespace vault::command {

// True for commands whose method takes a secret.
bool takes_secret(const Method& command);
// True for "password", "new-password", "code", "token": no command has such a flag.
bool is_secret_flag(std::string_view name);
// Why the flag is refused, and what to do instead. `command`: null if it is not known yet.
Error secret_on_line(std::string_view name, const Method* command);

enum class Asking { Allowed, Never };  // Never: of a line of a batch, which has no stdin either
// Puts the secrets of the command's method into its parameters, from files or from the terminal. A
// password that is chosen is typed twice. What is optional is asked for only if it is chosen.
Result<void> take_secrets(Invocation& invocation, Terminal& terminal, Asking asking);

// What is in the file, "-" for standard input, without the line feed at its end. `name` is that of
// the parameter.
Result<Secret> secret_of_file(std::string_view name, const std::string& path);

}  // namespace vault::command
