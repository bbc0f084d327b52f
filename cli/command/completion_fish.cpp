// The completion script of fish.
#include "cli/command/completion_tables.hpp"

#include <fmt/format.h>

namespace vault::command {
namespace {

constexpr std::string_view kHead =
    R"(# Completion of vaultctl(1) for fish, made by "vaultctl completion fish"; do not edit.
)";

constexpr std::string_view kScript = R"script(
# What the daemon calls its vaults, accounts or users; it has 150 ms to answer.
function __vaultctl_ask
    $argv[1] __complete $argv[2..-1] 2>/dev/null
end

function __vaultctl_complete
    set -l words (commandline -opc)
    set -l cur (commandline -ct)
    set -l program $words[1]
    set -l noun ''
    set -l command ''
    set -l flag ''
    set -l prefix ''
    set -l socket
    set -l count 0
    for word in $words[2..-1]
        if test "$word" = "$program" -a (count $words) -eq 1
            break
        else if test -n "$flag"
            test "$flag" = --socket; and set socket --socket $word
            set flag ''
        else if string match -q -- '--socket=*' $word
            set socket --socket (string replace -- --socket= '' $word)
        else if string match -qr -- '^-[^0-9.]' $word
            test "$word" = -o; and set word --output
            __vaultctl_kind "$command $word" >/dev/null; and set flag $word
        else if test -n "$command"
            set count (math $count + 1)
        else if test -n "$noun"
            set command "$noun $word"
        else if __vaultctl_choices $word >/dev/null
            set noun $word
        else if __vaultctl_choices (string replace -r 's$' '' -- $word) >/dev/null
            set noun (string replace -r 's$' '' -- $word)
        else if test "$word" != help
            set command $word
        end
    end
    if test -z "$flag"; and string match -q -- '--*=*' $cur
        set flag (string split -m 1 -- = $cur)[1]
        set prefix "$flag="
        set cur (string split -m 1 -- = $cur)[2]
    end
    set -l kind
    if test -n "$flag"
        set kind (__vaultctl_kind "$command $flag")
    else if string match -q -- '-*' $cur
        __vaultctl_flags "$command"
        return
    else if test -n "$command"
        set kind (__vaultctl_kind "$command:"(math $count + 1))
        or set kind (__vaultctl_kind "$command:rest")
    else
        __vaultctl_choices "$noun"
        return
    end
    for item in $kind
        switch $item
            case @files
                __fish_complete_path $cur | string replace -r -- '^' "$prefix"
            case '@*'
                __vaultctl_ask $program (string sub -s 2 -- $item) $socket |
                    string replace -r -- '^' "$prefix"
            case '*'
                printf '%s\n' $prefix$item
        end
    end
end

complete -c vaultctl -f -a '(__vaultctl_complete)'
)script";

std::string quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

std::string keys_of(const std::vector<std::string>& keys) {
    std::string out;
    for (const std::string& key : keys)
        out += ' ' + quoted(key);
    return out;
}

std::string lines_of(const std::vector<Choice>& choices, std::size_t indent) {
    std::string out;
    for (const Choice& choice : choices)
        out += fmt::format("{:{}}printf '%s\\t%s\\n' {} {}\n", "", indent, choice.word,
                           quoted(choice.doc));
    return out;
}

std::string kinds_function() {
    std::string out =
        "\n# What can stand at a place; false where nothing can. @vaults, @accounts and @users are "
        "asked of the\n# daemon, @files are files.\nfunction __vaultctl_kind\n    switch "
        "$argv[1]\n";
    for (const Kind& kind : completion_kinds()) {
        out += fmt::format("        case{}\n", keys_of(kind.keys));
        if (kind.items.empty()) out += "            true\n";
        for (const std::string& item : kind.items)
            out += fmt::format("            echo {}\n", item);
    }
    return out + "        case '*'\n            return 1\n    end\nend\n";
}

std::string choices_function() {
    std::string out =
        "\n# What can follow a noun, or nothing.\nfunction __vaultctl_choices\n    switch "
        "\"$argv[1]\"\n";
    std::vector<std::string_view> names{""};
    const auto more = nouns();
    names.insert(names.end(), more.begin(), more.end());
    for (const std::string_view noun : names)
        out +=
            fmt::format("        case {}\n", quoted(noun)) + lines_of(completion_choices(noun), 12);
    return out + "        case '*'\n            return 1\n    end\nend\n";
}

std::string flags_function() {
    std::string out =
        "\n# The flags of a command.\nfunction __vaultctl_flags\n    switch \"$argv[1]\"\n";
    for (const Method& command : catalogue())
        if (const auto flags = completion_flags(command); !flags.empty())
            out += fmt::format("        case {}\n", quoted(command_name(command))) +
                   lines_of(flags, 12);
    return out + "    end\n" + lines_of(completion_global_flags(), 4) + "end\n";
}

}  // namespace

std::string fish_script() {
    return std::string(kHead) + kinds_function() + choices_function() + flags_function() +
           std::string(kScript);
}

}  // namespace vault::command
