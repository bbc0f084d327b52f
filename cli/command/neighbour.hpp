#pragma once
// The other programs of this project that vaultctl may start for a command which needs no daemon:
// where they are, and what they say. One thread. Errors: Io.
#include "common/base/result.hpp"

#include <string>
#include <vector>

namespace vault::command {

// Beside this program, as all are installed and built; else along PATH. Empty: it is not there.
std::string find_neighbour(const std::string& name, const std::string& path_variable);

// What the program writes to its standard output, until it closes it; its exit code does not matter
// beside that. Its standard error is ours.
Result<std::string> output_of(const std::string& program, std::vector<std::string> words);

}  // namespace vault::command
