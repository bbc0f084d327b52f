#pragma once
// Files whose content goes to the daemon, which may not read the caller's folders. Until the call
// such a parameter is the file's absolute path.
#include "cli/command/arguments.hpp"

namespace vault::command {

// Puts what the files hold in the place of their paths. Errors: InvalidParams with the parameter
// (no such file, a folder, not readable, no text, larger than 1 MB).
Result<void> read_contents(Invocation& invocation);

}  // namespace vault::command
