// The completion script of zsh.
#include "cli/command/completion_tables.hpp"

namespace vault::command {
namespace {

constexpr std::string_view kHead =
    R"(#compdef vaultctl
# Completion of vaultctl(1) for zsh, made by "vaultctl completion zsh"; do not edit.
)";

// `words` and CURRENT are zsh's: the command line, and the number of the word at the cursor.
constexpr std::string_view kScript = R"script(
# Finds out what the words before the cursor are: noun, command, flag (one that still waits for its
# value), count (of the words after the command), socket.
_vaultctl_read_words() {
    local word
    noun='' command='' flag='' socket='' count=0
    for word in "${(@)words[2,CURRENT-1]}"; do
        if [[ -n $flag ]]; then
            [[ $flag == --socket ]] && socket=$word
            flag=''
        elif [[ $word == --socket=* ]]; then
            socket=${word#*=}
        elif [[ $word == -[^0-9.]* ]]; then
            [[ $word == -o ]] && word=--output
            _vaultctl_kind "$command $word" && flag=$word
        elif [[ -n $command ]]; then
            (( count += 1 ))
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
    "${words[1]}" __complete "$1" ${socket:+--socket} ${socket:+"$socket"} 2>/dev/null
}

_vaultctl() {
    local noun command flag socket item
    local -i count
    local -a kind choices flags
    _vaultctl_read_words
    if [[ -z $flag && ${words[CURRENT]} == --*=* ]]; then
        flag=${words[CURRENT]%%=*}
        compset -P '*='
    fi
    if [[ -n $flag ]]; then
        _vaultctl_kind "$command $flag"
    elif [[ ${words[CURRENT]} == -* ]]; then
        _vaultctl_flags "$command"
        _describe -o flag flags
    elif [[ -n $command ]]; then
        _vaultctl_kind "$command:$((count + 1))" || _vaultctl_kind "$command:rest"
    else
        _vaultctl_choices "$noun"
        _describe command choices
    fi
    for item in "${(@)kind}";
do
        case $item in
        @files) _files ;;
        @*) compadd -- ${(f)"$(_vaultctl_ask ${item#@})"} ;;
        *) compadd -- "$item" ;;
        esac
    done
}

#Called by zsh from its function path, or read by source.
if [[ ${funcstack[1]} == _vaultctl ]]; then
    _vaultctl "$@"
else
    compdef _vaultctl vaultctl
fi
)script";

}  // namespace

std::string zsh_script() {
    return std::string(kHead) + shell_tables(true) + std::string(kScript);
}

}  // namespace vault::command
