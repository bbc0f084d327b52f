#pragma once
// Asks a person at the terminal for a secret, without showing what is typed. The characters go from
// the terminal into locked memory and nowhere else. Blocks its thread; nothing else may use the
// terminal meanwhile.
#include "common/base/result.hpp"
#include "common/base/secret.hpp"

#include <string_view>

namespace vault {

inline constexpr std::size_t kMostTyped = 1024;  // bytes of an answer

// On the controlling terminal. Errors: Io (there is none: a service, a pipe), else as
// ask_secret_on.
Result<Secret> ask_secret(std::string_view prompt);

// On an open terminal. Backspace and Ctrl-U edit, Enter ends. Errors: Interrupted (Ctrl-C, or
// Ctrl-D or a hang-up before Enter), InvalidParams (empty, or longer than kMostTyped), Io. The
// terminal is back as it was in every case.
Result<Secret> ask_secret_on(int terminal, std::string_view prompt);

}  // namespace vault
