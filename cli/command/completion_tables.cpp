#include "cli/command/completion_tables.hpp"

#include "common/protocol/errors.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::command {
namespace {

using protocol::ParamType;
using protocol::Place;

std::vector<std::string> split(std::string_view allowed) {
    std::vector<std::string> words;
    while (!allowed.empty()) {
        const auto bar = allowed.find('|');
        words.emplace_back(allowed.substr(0, bar));
        allowed.remove_prefix(bar == std::string_view::npos ? allowed.size() : bar + 1);
    }
    return words;
}

// Of errors, then of exits.
std::vector<std::string> all_codes() {
    std::vector<std::string> codes;
    for (const protocol::ErrorRow& row : protocol::kErrorTable)
        codes.emplace_back(row.code);
    for (const protocol::ExitRow& row : protocol::kExitTable)
        codes.push_back(std::to_string(row.code));
    return codes;
}

std::vector<std::string> items_of(const Method& command, const Param& param) {
    if (param.path || param.content) return {"@files"};
    if (!param.allowed.empty()) return split(param.allowed);
    if (param.name == "vault") return {"@vaults"};
    if (param.name == "account") return {"@accounts"};
    const bool names_user =
        command.noun == "user" && param.name == "name" && command.verb != "create";
    if (param.name == "user" || names_user) return {"@users"};
    if (command.name == "session.revoke") return {"@sessions"};
    if (command.name == "token.revoke") return {"@tokens"};
    if (command.noun == "key" && param.name == "key") return {"@keys"};
    if (command.name == "api.errors") return all_codes();
    if (command.name != "api.call" || param.name != "method") return {};
    std::vector<std::string> methods;
    for (const Method& method : protocol::methods())
        methods.emplace_back(method.name);
    return methods;
}

void add(std::vector<Kind>& kinds, std::vector<std::string> items, std::string key) {
    auto same = std::ranges::find(kinds, items, &Kind::items);
    if (same == kinds.end()) same = kinds.insert(kinds.end(), Kind{std::move(items), {}});
    same->keys.push_back(std::move(key));
}

const GlobalFlag& output_flag() {
    return *std::ranges::find(global_flags(), "output", &GlobalFlag::name);
}

void add_command(std::vector<Kind>& kinds, const Method& command) {
    const std::string name = command_name(command);
    if (has_page(command)) {
        std::vector<std::string> formats = split(output_flag().allowed);
        formats.emplace_back("html");
        add(kinds, std::move(formats), name + " --output");
    }
    std::size_t number = 0;
    for (const auto params : {command.params, local_flags(command)})
        for (const Param& param : params) {
            if (param.place == Place::Hidden) continue;
            if (param.place == Place::Flag && param.type == ParamType::Bool) continue;
            std::string key;
            if (param.place == Place::Flag) {
                key = fmt::format("{} --{}", name, flag_name(param));
            } else if (param.repeated || param.type == ParamType::Map) {
                key = name + ":rest";
            } else {
                key = fmt::format("{}:{}", name, ++number);
            }
            add(kinds, items_of(command, param), std::move(key));
            if (param.letter != '\0')
                add(kinds, items_of(command, param), fmt::format("{} -{}", name, param.letter));
        }
}

void add_flag(std::vector<Choice>& flags, const std::string& name, std::string_view doc) {
    const std::string word = "--" + name;
    if (std::ranges::find(flags, word, &Choice::word) == flags.end()) flags.push_back({word, doc});
}

}  // namespace

// "help" is left out: what follows it is a command, which the scripts know already.
std::vector<Kind> completion_kinds() {
    std::vector<Kind> kinds;
    for (const Method& command : catalogue())
        if (command.name != "help") add_command(kinds, command);
    std::vector<Kind> global;
    for (const GlobalFlag& flag : global_flags()) {
        if (flag.value.empty()) continue;
        std::vector<std::string> items = split(flag.allowed);
        if (flag.path) items = {"@files"};
        add(global, std::move(items), fmt::format("* --{}", flag.name));
    }
    kinds.insert(kinds.end(), global.begin(), global.end());
    return kinds;
}

std::vector<Choice> completion_choices(std::string_view noun) {
    std::vector<Choice> choices;
    for (const Method& command : catalogue())
        if (command.noun == noun) choices.push_back({std::string(command.verb), command.summary});
    if (!noun.empty()) return choices;
    for (const std::string_view name : nouns())
        choices.push_back({std::string(name), {}});
    return choices;
}

std::vector<Choice> completion_flags(const Method& command) {
    std::vector<Choice> flags;
    for (const auto params : {command.params, local_flags(command)})
        for (const Param& param : params)
            if (param.place == Place::Flag) add_flag(flags, flag_name(param), param.doc);
    return flags;
}

std::vector<Choice> completion_global_flags() {
    std::vector<Choice> flags;
    for (const GlobalFlag& flag : global_flags())
        add_flag(flags, std::string(flag.name), flag.doc);
    return flags;
}

}  // namespace vault::command
