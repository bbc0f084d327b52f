#pragma once
// What can stand where, as the completion scripts see it. A key is "vault show:1" for the first
// word after a command, "api call:rest" for all further ones, "vault create --account" for the
// value of a flag, and "* --output" for one that every command has. Private to this room. Pure;
// cannot fail.
#include "cli/command/catalogue.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace vault::command {

// Items of a kind are words, or @vaults, @accounts, @users, @files.
struct Kind {
    std::vector<std::string> items;  // empty: a value that only the caller knows
    std::vector<std::string> keys;
};
// Kinds in order of first appearance, a command's own before those of every command.
std::vector<Kind> completion_kinds();

struct Choice {
    std::string word;
    std::string_view doc;
};
// What may follow: of "" nouns and top-level commands, of a noun its verbs.
std::vector<Choice> completion_choices(std::string_view noun);
// Flags of a command and the global ones, with their dashes, none twice.
std::vector<Choice> completion_flags(const Method& command);
std::vector<Choice> completion_global_flags();

// The tables as functions _vaultctl_kind, _vaultctl_choices and _vaultctl_flags, in the syntax that
// bash and zsh share; `described`: choices and flags are "word:what it does".
std::string shell_tables(bool described);

std::string bash_script();
std::string zsh_script();
std::string fish_script();

}  // namespace vault::command
