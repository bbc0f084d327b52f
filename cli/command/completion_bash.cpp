// The completion script of bash, and the tables that zsh's has too.
#include "cli/command/completion_tables.hpp"
#include "cli/render/fold.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::command {
namespace {

constexpr std::size_t kColumns = 100;

constexpr std::string_view kHead =
    R"(# shellcheck shell=bash
# Completion of vaultctl(1) for bash, made by "vaultctl completion bash"; do not edit.
)";

constexpr std::string_view kScript = R"script(
# Finds out what the words before the cursor are: noun, command, flag (one that still waits for its
# value), count (of the words after the command), socket.
_vaultctl_read_words() {
    local word
    local -i at
    noun='' command='' flag='' socket='' count=0
    for ((at = 1; at < COMP_CWORD; at++)); do
        word=${COMP_WORDS[at]}
        if [[ -n $flag ]]; then
            [[ $word == '=' ]] && continue
            [[ $flag == --socket ]] && socket=$word
            flag=''
        elif [[ $word == -[!0-9.]* ]]; then
            [[ $word == -o ]] && word=--output
            _vaultctl_kind "$command $word" && flag=$word
        elif [[ -n $command ]]; then
            count+=1
        elif [[ -n $noun ]]; then
            command="$noun $word"
        elif _vaultctl_choices "$word"; then
            noun=$word
        elif _vaultctl_choices "${word%s}"; then
            noun=${word%s}
        elif [[ $word != help ]]; then
            command=$word
        fi
    done
}

# What the daemon calls its vaults, accounts or users; it has 150 ms to answer.
_vaultctl_ask() {
    "${COMP_WORDS[0]}" __complete "$1" ${socket:+--socket "$socket"} 2>/dev/null
}

_vaultctl() {
    local cur=${COMP_WORDS[COMP_CWORD]} noun command flag socket item
    local -i count
    local -a kind=() choices=() flags=()
    COMPREPLY=()
    _vaultctl_read_words
    if [[ -n $flag ]]; then
        [[ $cur == '=' ]] && cur=''
        _vaultctl_kind "$command $flag"
    elif [[ $cur == -* ]]; then
        _vaultctl_flags "$command"
        kind=("${flags[@]}")
    elif [[ -n $command ]]; then
        _vaultctl_kind "$command:$((count + 1))" || _vaultctl_kind "$command:rest"
    else
        _vaultctl_choices "$noun"
        kind=("${choices[@]}")
    fi
    for item in "${kind[@]}";
do
        case $item in
        @files)
            compopt -o filenames 2>/dev/null
            mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$cur")
            ;;
        @*)
            while IFS= read -r item; do
                [[ $item == "$cur"* ]] && COMPREPLY+=("$item")
            done < <(_vaultctl_ask "${item#@}")
            ;;
        "$cur"*) COMPREPLY+=("$item") ;;
        esac
    done
}

complete -F _vaultctl vaultctl
)script";

std::string block(const std::vector<std::string>& pieces, std::size_t indent,
                  std::string_view end_of_line = {}) {
    return render::folded_pieces(pieces, std::string(indent, ' '), indent, end_of_line, kColumns);
}

// One line where the words fit into it.
std::string arm(const std::string& patterns, std::string_view array, const std::string& words) {
    const bool short_list =
        words.size() < 60 && std::ranges::count(words, '\n') <= 1 && words.find('\'') == words.npos;
    if (!short_list)
        return fmt::format("{}        {}=(\n{}        )\n        ;;\n", patterns, array, words);
    const auto first = words.find_first_not_of(' ');
    const std::string list =
        words.empty() ? std::string() : words.substr(first, words.size() - first - 1);
    return fmt::format("{}        {}=({})\n        ;;\n", patterns, array, list);
}

// 'a' | 'b')
std::string patterns_of(const std::vector<std::string>& keys) {
    std::vector<std::string> pieces;
    for (const std::string& key : keys) {
        const bool everywhere = key.starts_with('*');
        pieces.push_back(everywhere ? fmt::format("*'{}' |", key.substr(1))
                                    : fmt::format("'{}' |", key));
    }
    pieces.back().replace(pieces.back().size() - 2, 2, ")");
    return block(pieces, 4, " \\");
}

// In single quotes a quote ends the text, is written by itself, and begins it again.
std::string quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text)
        out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

std::string words_of(const std::vector<Choice>& choices, bool described) {
    std::vector<std::string> words;
    std::string lines;
    for (const Choice& choice : choices) {
        words.push_back(choice.word);
        const std::string text =
            choice.doc.empty() ? choice.word : fmt::format("{}:{}", choice.word, choice.doc);
        lines += fmt::format("            {}\n", quoted(text));
    }
    return described ? lines : block(words, 12);
}

std::string function(std::string_view name, std::string_view body, std::string_view otherwise) {
    return fmt::format("\n{}() {{\n    case $1 in\n{}    {}\n    esac\n}}\n", name, body,
                       otherwise);
}

}  // namespace

std::string shell_tables(bool described) {
    std::string kinds;
    for (const Kind& kind : completion_kinds())
        kinds += arm(patterns_of(kind.keys), "kind",
                     kind.items.empty() ? std::string() : block(kind.items, 12));
    std::vector<std::string_view> names{""};
    const auto more = nouns();
    names.insert(names.end(), more.begin(), more.end());
    std::string choices;
    for (const std::string_view noun : names)
        choices += arm(fmt::format("    '{}')\n", noun), "choices",
                       words_of(completion_choices(noun), described));
    std::string flags;
    for (const Method& command : catalogue())
        if (const auto own = completion_flags(command); !own.empty())
            flags += arm(fmt::format("    '{}')\n", command_name(command)), "flags",
                         words_of(own, described));
    const std::string global =
        fmt::format("    flags+=(\n{}    )\n", words_of(completion_global_flags(), described));
    std::string flags_function = function("_vaultctl_flags", flags, "*) flags=() ;;");
    flags_function.insert(flags_function.size() - 2, global);
    return "\n# What can stand at a place; false where nothing can. @vaults, @users and the like "
           "are "
           "asked of the\n# daemon, @files are files." +
           function("_vaultctl_kind", kinds, "*) return 1 ;;") +
           "\n# What can follow a noun, or nothing." +
           function("_vaultctl_choices", choices, "*) return 1 ;;") +
           "\n# The flags of a command." + flags_function;
}

std::string bash_script() {
    return std::string(kHead) + shell_tables(false) + std::string(kScript);
}

}  // namespace vault::command
