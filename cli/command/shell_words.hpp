#pragma once
// One line of a batch file as words, the way a POSIX shell takes a simple command apart: blanks
// separate, '…' is literal, "…" knows \" \\ \$ and \`, a backslash outside quotes takes the next
// character as it is, an unquoted # at the start of a word begins a comment. Nothing is expanded.
// Pure. Errors: Usage, for a quote that is not closed and for a backslash at the end.
#include "common/base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace vault::command {

Result<std::vector<std::string>> shell_words(std::string_view line);

}  // namespace vault::command
