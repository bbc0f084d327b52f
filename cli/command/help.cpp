#include "cli/command/help.hpp"

#include "cli/render/fold.hpp"
#include "common/protocol/errors.hpp"
#include "common/protocol/permissions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace vault::command {
namespace {

using protocol::ParamType;
using protocol::Place;
using render::folded;
using render::folded_command;

constexpr std::size_t kTextColumn = 29;

// A name and what it means, which begins in the same column everywhere; a long name has a line of
// its own.
std::string entry(std::string_view name, std::string_view meaning) {
    const std::string first = fmt::format("  {:<26} ", name);
    if (first.size() <= kTextColumn) return folded(meaning, first, kTextColumn);
    return fmt::format("  {}\n", name) +
           folded(meaning, std::string(kTextColumn, ' '), kTextColumn);
}

std::string example_lines(std::span<const std::string_view> examples) {
    std::string out;
    for (const auto example : examples)
        out += folded_command(example, "  ", 6, " \\");
    return out;
}

std::string param_line(const Param& param) {
    std::string name = param.place == Place::Flag ? "--" + flag_name(param) : value_name(param);
    if (param.letter != '\0') name = fmt::format("-{}, {}", param.letter, name);
    if (param.place == Place::Flag && param.type != ParamType::Bool)
        name += " " + value_name(param);
    std::string doc(param.doc);
    if (param.place == Place::Flag && param.required) doc += " (required)";
    if (param.repeated) doc += " (repeatable)";
    return entry(name, doc);
}

std::string global_lines() {
    std::string out;
    for (const GlobalFlag& flag : global_flags()) {
        std::string name = flag.letter == '\0' ? "" : fmt::format("-{}, ", flag.letter);
        name += fmt::format("--{}", flag.name);
        if (!flag.value.empty()) name += fmt::format(" {}", flag.value);
        out += entry(name, flag.doc);
    }
    return out;
}

std::string exit_lines() {
    std::string out;
    for (const protocol::ExitRow& row : protocol::kExitTable)
        out += folded(row.meaning, fmt::format("  {:>3}  ", row.code), 7);
    return out;
}

std::string command_lines(std::string_view noun) {
    std::string out;
    for (const Method& method : catalogue())
        if (method.noun == noun)
            out += fmt::format("  {:<22} {}\n", command_name(method), method.summary);
    return out;
}

// How the rights policy reads it.
std::string access_line(const Method& command) {
    if (is_local(command)) return {};
    std::string line =
        fmt::format("Method {}, schema vault.{}/1, right {}, risk {}", command.name, command.name,
                    protocol::to_text(command.right), protocol::to_text(command.risk));
    if (command.mutates) line += ", changes the books or settings";
    const std::string who = "Who may: " + protocol::who_may(protocol::facts_of(command));
    return '\n' + folded(line + '.', "", 0) + folded(who, "", 0);
}

}  // namespace

std::string overview() {
    std::string out =
        "vaultctl: control a running vaultd\n\n"
        "Examples\n"
        "  vaultctl status\n"
        "  vaultctl vault show v1\n"
        "  vaultctl vault allocate v1 --quiet 3000 --flash 1500\n"
        "  vaultctl report pnl --all -o csv\n\n"
        "Usage\n  vaultctl [FLAGS] NOUN VERB [WORDS] [FLAGS]\n\nCommands\n";
    out += command_lines("");
    for (const auto noun : nouns())
        out += fmt::format("\n{}\n{}", noun, command_lines(noun));
    return out + "\nFlags everywhere\n" + global_lines() + "\nExit codes\n" + exit_lines() +
           "\nMore: vaultctl help NOUN [VERB], vaultctl api errors, man vaultctl\n";
}

std::string noun_help(std::string_view noun) {
    std::string out = fmt::format("vaultctl {} VERB\n\nExamples\n", noun);
    for (const Method& method : catalogue())
        if (method.noun == noun && !method.examples.empty())
            out += example_lines(method.examples.first(1));
    out += "\nVerbs\n" + command_lines(noun);
    return out + fmt::format("\nMore: vaultctl help {} VERB\n", noun);
}

std::string command_help(const Method& command) {
    std::string out = fmt::format("{}: {}\n", command_name(command), command.summary);
    if (!command.examples.empty()) out += "\nExamples\n" + example_lines(command.examples);
    out += "\nUsage\n" + folded_command(synopsis(command), "  ", 6);
    if (!command.detail.empty()) out += '\n' + folded(command.detail, "", 0);
    std::string params;
    for (const Param& param : command.params)
        if (param.place != Place::Hidden) params += param_line(param);
    for (const Param& param : local_flags(command))
        params += param_line(param);
    if (!params.empty()) out += "\nParameters\n" + params;
    out += access_line(command);
    return out + "\nFlags of every command and exit codes: vaultctl help\n";
}

}  // namespace vault::command
