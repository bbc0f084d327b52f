#pragma once
// Help and the manual page, both made from the catalogue, so that neither can be wrong about a
// command. Offline. Pure; any thread; cannot fail.
#include "cli/command/catalogue.hpp"

#include <string>
#include <string_view>

namespace vault::command {

std::string overview();
std::string noun_help(std::string_view noun);
std::string command_help(const Method& command);  // examples first

// man/vaultctl.1 in mdoc; a test compares the file with this text.
std::string manual_page();

}  // namespace vault::command
