#pragma once
// Every command of vaultctl: the methods of the protocol's registry that have a verb, and the few
// commands that exist on this side only. Parser, help and manual read nothing else. Constant data.
#include "common/protocol/registry.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vault::command {

using protocol::Method;
using protocol::Param;

// In order of the manual.
const std::vector<Method>& catalogue();
const Method* find(std::string_view noun, std::string_view verb);
// Nouns in order of first appearance, without "".
std::vector<std::string_view> nouns();
// Verbs of a noun; of "" the top-level commands.
std::vector<std::string_view> verbs(std::string_view noun);

// Flags of a command that its method does not have, such as --out.
std::span<const Param> local_flags(const Method& command);
// True for reports and charts: -o html makes a page of them.
bool has_page(const Method& command);
// True for commands that call no method of the same name.
bool is_local(const Method& command);

struct GlobalFlag {
    std::string_view name;
    char letter;             // '\0' if none
    std::string_view value;  // name of its value; "" if it takes none
    std::string_view doc;
    std::string_view allowed{};  // words separated by '|'; "": any value
    bool path = false;           // its value is a file
};
std::span<const GlobalFlag> global_flags();

std::string flag_name(const Param& param);       // "from-seq"
std::string value_name(const Param& param);      // "quiet|flash", "AMOUNT"
std::string command_name(const Method& method);  // "vault set-tradeable"
std::string synopsis(const Method& method);      // "vaultctl vault set-tradeable VAULT AMOUNT"

}  // namespace vault::command
