"""One registry, seen from every side: verbs, options, their values, error codes and exit codes must be
the same in `api describe`, in the parser, in --help, in man/vaultctl.1 and in the completion scripts of
bash, zsh and fish, which are run. What differs is named with its place.

Commands and options that vaultctl has for itself are no methods of the daemon; they are listed here,
so that one which should have been a method is noticed.
"""

import pathlib
import re
import shlex
import shutil
import subprocess

from private_daemon import Daemon, check, main

ROOT = pathlib.Path(__file__).resolve().parents[2]
MANUAL = ROOT / "man" / "vaultctl.1"
SCRIPTS = {"bash": ROOT / "cli" / "completions" / "vaultctl.bash",
           "zsh": ROOT / "cli" / "completions" / "_vaultctl",
           "fish": ROOT / "cli" / "completions" / "vaultctl.fish"}

# Of vaultctl alone: commands that no method of the same name answers, and options beside a method's.
LOCAL_COMMANDS = {"help", "completion", "wait", "batch", "job wait", "api call", "api errors",
                  "chart balance", "chart pnl", "chart sweeps", "chart fees", "chart tradeable",
                  "chart price", "script check"}
LOCAL_OPTIONS = {"top": {"--once", "--interval", "--view"}, "events": {"--follow", "--from-seq"},
                 "ledger export": {"--out"}, "config check": {"FILE"}, "token create": {"--out"},
                 "secrets escrow": {"--out"},
                 **{f"report {verb}": {"--out"} for verb in ("vault", "pnl", "fees", "sweeps")}}
FORMATS = {"table", "wide", "json", "jsonl", "csv", "plain"}
TYPES = {"string", "decimal", "integer", "bool", "time", "duration", "enum", "asset", "pair", "map",
         "json"}
ENUM = re.compile(r"[a-z0-9_]+(?:-[a-z0-9_]+)*(?:\|[a-z0-9_]+(?:-[a-z0-9_]+)*)*")

faults = []


def fault(*what):
    faults.append(" ".join(str(word) for word in what))


class Option:
    """A flag or a word of a command, as one place tells it. `values` are the words that may stand
    for it, if they are fixed."""

    def __init__(self, name, letter="", value="", required=False, repeated=False):
        self.name, self.letter, self.required, self.repeated = name, letter, required, repeated
        words = [word for word in value.split("|") if word and word == word.lower()]
        self.values = frozenset(words)
        self.takes_value = bool(value)


def options_of(*options):
    return {option.name: option for option in options}


# The sides


def described(api):
    """{command: {option name: Option}} of the methods that have a command."""
    commands = {}
    for method in api["methods"]:
        name = method["name"]
        if method["schema"] != f"vault.{name}/1":
            fault("api describe:", name, "has the schema", method["schema"])
        for param in method["params"]:
            if param["type"] not in TYPES:
                fault("api describe:", name, "has a parameter of type", param["type"])
            if (param["type"] == "enum") != ("allowed" in param) and param["type"] != "decimal":
                fault("api describe:", name, param["name"], "is", param["type"], "and allows",
                      param.get("allowed"))
        if not method["command"] or method["command"].endswith(" ") or name == "hello":
            continue
        commands[method["command"]] = options_of(*map(described_option, filter(
            lambda param: param["place"] != "hidden", method["params"])))
    return commands


def described_option(param):
    dashed = param["name"].replace("_", "-")
    if param["secret"]:  # never on the command line: from a file, or at a prompt
        return Option(f"--{dashed}-file", "", "FILE")
    is_flag = param["place"] == "flag"
    if param["secret"]:  # never on the command line: a file has it, or the terminal is asked
        return Option(f"--{dashed}-file", "", "FILE")
    allowed = "|".join(param.get("allowed", []))
    value = allowed if param["type"] == "enum" else (dashed.upper() + ("|" + allowed if allowed else ""))
    if param["type"] == "bool":
        value = ""
    if param["type"] == "map":
        value = "KEY=VALUE"
    name = "--" + dashed if is_flag else value
    return Option(name, param.get("letter", ""), value, param["required"], param["repeated"])


def unfolded(lines):
    """Entries of a help page: a name begins in column 2, what it means in 29, also on lines below."""
    entries = []
    for line in lines:
        if line.startswith(" " * 29):
            entries[-1][1] = (entries[-1][1] + " " + line.strip()).strip()
        elif len(line) > 29 and line[28] == " " and "  " in line[2:]:
            entries.append([line[2:29].strip(), line[29:].strip()])
        else:
            entries.append([line.strip(), ""])
    return entries


def section(text, title):
    """The lines of a help page below a title, up to the next blank line."""
    lines = text.splitlines()
    if title not in lines:
        return []
    rest = lines[lines.index(title) + 1:]
    return rest[:rest.index("")] if "" in rest else rest


def read_entry(name, text):
    letter, long, value = re.fullmatch(r"(?:-(\w), )?(--[\w-]+)?(?: ?(.*))", name).groups()
    return Option(long or value, letter or "", value, "(required)" in text, "(repeatable)" in text)


def of_help(run):
    """From `vaultctl help` and the page of each command it lists: commands, global flags, exits."""
    page = run("help")
    listed = re.findall(r"^  ([a-z-]+(?: [a-z-]+)?) {2,}\S", page.split("\nFlags everywhere")[0],
                        re.M)
    commands = {}
    for command in listed:
        text = run(*command.split(), "--help")
        if run("help", *command.split()) != text:
            fault("help", command, "is not what --help prints")
        if not 0 < text.find("\nExamples\n") < text.find("\nUsage\n"):
            fault("help of", command, "does not begin with examples")
        usage = " ".join(line.strip() for line in section(text, "Usage"))
        options = [read_entry(*entry) for entry in unfolded(section(text, "Parameters"))]
        for option in options:
            if not option.name.startswith("--"):
                in_usage = re.search(rf"(\[?){re.escape(option.name)}(?:\.\.\.)?(\]?)(?: |$)", usage)
                if in_usage is None:
                    fault("help of", command, "has no", option.name, "in its usage")
                option.required = in_usage is not None and not in_usage[1]
            elif option.name not in usage:
                fault("help of", command, "has no", option.name, "in its usage")
        commands[command] = options_of(*options)
    globals_ = options_of(*[read_entry(*entry)
                            for entry in unfolded(section(page, "Flags everywhere"))])
    rows = "\n".join(section(page, "Exit codes")).replace("\n       ", " ").splitlines()
    exits = {int(code): text for code, text in (row.strip().split("  ", 1) for row in rows)}
    return commands, globals_, exits


def plain(text):
    return text.replace("\\-", "-").replace("\\&", "").replace("\\e", "\\")


def items(text):
    """(.It line, what stands below it) of a piece of the manual."""
    parts = re.split(r"^\.It ", text, flags=re.M)[1:]
    for part in parts:
        head, _, body = part.partition("\n")
        yield plain(head), plain(body.split("\n.El")[0]).replace("\n", " ").strip()


def manual_option(head, body):
    found = re.fullmatch(r'(?:Fl (\w) , )?(?:Fl Fl ([\w-]+))?(?: ?Ar "?([^"]*)"?)?', head)
    check(found is not None, "man/vaultctl.1: an entry that is no option:", head)
    letter, long, value = found.groups()
    return Option("--" + long if long else value, letter or "", value or "",
                  body.endswith("required"), "repeatable" in body)


def of_manual(text):
    """Commands, global flags, exits and errors of the page's source."""
    head, rest = text.split(".Sh COMMANDS\n")
    body, rest = rest.split(".Sh ENVIRONMENT\n")
    exits_text, errors_text = rest.split(".Sh EXIT STATUS\n")[1].split(".Sh ERROR CODES\n")
    commands = {}
    for part in body.split(".Ss ")[1:]:
        name, _, rest = part.partition("\n")
        synopsis = " ".join(plain(rest.split(".Ed\n")[0]).split())
        options = [manual_option(*item) for item in items(rest)]
        for option in options:
            if not option.name.startswith("--"):
                option.required = f"[{option.name}" not in synopsis
        commands[plain(name)] = options_of(*options)
    description = head.split(".Sh DESCRIPTION\n")[1].split(".Sh ")[0]
    globals_ = options_of(*[manual_option(*item) for item in items(description)])
    exits = {int(code): meaning for code, meaning in items(exits_text)}
    errors = {}
    for name, hint in items(errors_text):
        code, number = re.fullmatch(r"(\w+) \((\d+)\)", name).groups()
        errors[code] = (int(number), hint)
    return commands, globals_, exits, errors


# The shells: each reads its script once and says what it offers for every line of a file.

BASH = r"""
source "$1"
while IFS= read -r line; do
    COMP_WORDS=($line) COMPREPLY=()
    [[ $line == *' ' ]] && COMP_WORDS+=('')
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    [[ $(complete -p vaultctl) == 'complete -F _vaultctl vaultctl' ]] || exit 1
    _vaultctl
    printf '%s\n' "?$line" "${COMPREPLY[@]}"
done
"""
ZSH = r"""
compdef() { : }
compset() { : }
compadd() { [[ $1 == -- ]] && shift; print -rl -- "$@" }
_describe() { local name=${@[-1]}; print -rl -- "${(@)${(@P)name}%%:*}" }
_files() { print -r -- '@files' }
source "$1"
while IFS= read -r line; do
    print -r -- "?$line"
    words=(${=line})
    [[ $line == *' ' ]] && words+=('')
    CURRENT=${#words}
    _vaultctl
done
"""
FISH = r"""
source $argv[1]
while read -l line
    printf '?%s\n' $line
    complete -C "$line"
end
"""


def offers(shell, lines, folder):
    """{line: words offered}, without a daemon and without a file that could be offered."""
    command = {"bash": ["bash", "--norc", "--noprofile", "-c", BASH, "bash"],
               "zsh": ["zsh", "-f", "-c", ZSH, "zsh"],
               "fish": ["fish", "--no-config", "-c", FISH]}[shell]
    done = subprocess.run([*command, str(SCRIPTS[shell])], input="\n".join(lines) + "\n", text=True,
                          capture_output=True, timeout=300, check=False, cwd=folder,
                          env={"PATH": "/usr/bin:/bin", "HOME": str(folder)})
    check(done.returncode == 0 and not done.stderr, shell, "ended with", done.returncode, done.stderr)
    found, line = {}, None
    for text in done.stdout.splitlines():
        if text.startswith("?"):
            line = text[1:]
            found[line] = set()
        elif text and not text.startswith("@"):
            found[line].add(text.split("\t")[0])
    check(set(found) == set(lines), shell, "answered", len(found), "of", len(lines), "lines")
    return found


def expected_offers(commands, globals_, codes, methods):
    """{line: what must be offered, no more and no less}; None: what is a user's own business."""
    names = {command.split()[0] for command in commands}
    lines = {"vaultctl ": names}
    everywhere = set(globals_)
    for noun in names:
        verbs = {command.split()[1] for command in commands if command.startswith(noun + " ")}
        if verbs:
            lines[f"vaultctl {noun} "] = verbs
    for option in globals_.values():
        for name in spellings(option):
            if option.takes_value:
                lines[f"vaultctl status {name} "] = None
        if option.name == "--output":
            lines[f"vaultctl status {option.name} "] = FORMATS
            lines["vaultctl status -o "] = FORMATS
        if option.name == "--color":
            lines[f"vaultctl status {option.name} "] = {"auto", "always", "never"}
    for command, options in commands.items():
        if command.split()[0] in ("report", "chart"):
            lines[f"vaultctl {command} -o "] = FORMATS | {"html"}
        lines[f"vaultctl {command} -"] = everywhere | {name for name in options
                                                       if name.startswith("--")}
        words = 0
        for option in options.values():
            if option.name.startswith("--"):
                for name in spellings(option):
                    if option.takes_value and option.values:
                        lines[f"vaultctl {command} {name} "] = set(option.values)
                continue
            if option.values and command != "help":
                lines[f"vaultctl {command} {'x ' * words}"] = set(option.values)
            words += 1
    lines["vaultctl api errors "] = codes
    lines["vaultctl api call "] = methods
    return {line: words for line, words in lines.items() if words is not None}


def spellings(option):
    return [option.name, *(["-" + option.letter] if option.letter else [])]


# The comparison


def compare_options(command, place, options, other_place, others, local=frozenset()):
    for name in options.keys() - others.keys():
        if name not in local:
            fault(command or "everywhere", name, "is in", place, "and not in", other_place)
    for name in others.keys() - options.keys():
        fault(command or "everywhere", name, "is in", other_place, "and not in", place)
    for name in options.keys() & others.keys():
        for what in ("letter", "values", "required", "repeated", "takes_value"):
            here, there = getattr(options[name], what), getattr(others[name], what)
            if here != there and not (what == "required" and not command):
                fault(command, name, what, "is", here, "in", place, "and", there, "in", other_place)


def compare_commands(help_, manual, described_):
    for command in sorted(help_.keys() | manual.keys() | described_.keys()):
        for place, commands in (("help", help_), ("man/vaultctl.1", manual)):
            if command not in commands:
                fault("the command", command, "is missing in", place)
        if command not in described_ and command not in LOCAL_COMMANDS:
            fault("the command", command, "is no method in api describe: if it needs no daemon, "
                  "name it in LOCAL_COMMANDS of", __file__)
        if command not in help_ or command not in manual:
            continue
        compare_options(command, "help", help_[command], "man/vaultctl.1", manual[command])
        if command in described_:
            compare_options(command, "help", help_[command], "api describe", described_[command],
                            LOCAL_OPTIONS.get(command, frozenset()))


def compare_tables(what, places):
    names = list(places)
    for code in sorted(set().union(*places.values()), key=str):
        for place in names:
            if code not in places[place]:
                fault(what, code, "is missing in", place)
        told = {place: table[code] for place, table in places.items() if code in table}
        if len(set(told.values())) > 1:
            fault(what, code, "differs:", told)


def compare_parser(vaultctl, commands, globals_, environment):
    """The program itself knows each option, wants a value where one belongs, and no others."""
    def ended(*words):
        done = subprocess.run([vaultctl, *words], capture_output=True, text=True, timeout=30,
                              check=False, env=environment, stdin=subprocess.DEVNULL)
        return done.returncode, done.stderr

    for command, options in commands.items():
        words = command.split()
        code, text = ended(*words, "--no-such-option")
        if code != 64 or "unknown flag" not in text:
            fault("parser:", command, "takes --no-such-option:", text)
        flags = [option for option in options.values() if option.name.startswith("--")]
        for option in flags:
            for name in spellings(option):
                said = ended(*words, name) if option.takes_value else ended(*words, name + "=x")
                wanted = "needs a value" if option.takes_value else "takes no value"
                if said[0] != 64 or wanted not in said[1]:
                    fault("parser:", command, name, "does not say", repr(wanted), "but", said)
    for option in globals_.values():
        for name in spellings(option):
            said = ended("status", name) if option.takes_value else ended("status", name + "=x")
            wanted = "needs a value" if option.takes_value else "takes no value"
            short = name == "-" + option.letter and not option.takes_value
            if not short and (said[0] != 64 or wanted not in said[1]):
                fault("parser: everywhere", name, "does not say", repr(wanted), "but", said)


def compare_completions(expected, folder):
    for shell, script in SCRIPTS.items():
        if shutil.which(shell) is None:
            print(f"{shell} is not here: left out")
            continue
        found = offers(shell, list(expected), folder)
        for line, wanted in expected.items():
            last = "" if line.endswith(" ") else line.split()[-1]
            offered = {word for word in found[line] if word.startswith(last)}
            for word in sorted(wanted - offered):
                fault(f"{script.name}: after '{line}'", word, "is missing")
            for word in sorted(offered - wanted):
                fault(f"{script.name}: after '{line}'", word, "is offered")


def check_generated(run):
    """What is in the tree is what the program prints."""
    if MANUAL.read_text() != run("--generate-man"):
        fault("man/vaultctl.1 is not what the program prints: vaultctl --generate-man")
    for shell, script in SCRIPTS.items():
        if script.read_text() != run("completion", shell):
            fault(f"cli/completions/{script.name} is not what the program prints: "
                  f"vaultctl completion {shell}")


def compare_all(vaultd, vaultctl):
    with Daemon(vaultd, vaultctl) as daemon:
        environment = {**daemon.environment(), "VAULTCTL_SOCKET": str(daemon.directory / "none")}

        def run(*words):
            done = subprocess.run([daemon.vaultctl, *words], capture_output=True, text=True,
                                  timeout=30, check=False, env=environment,
                                  stdin=subprocess.DEVNULL)
            check(done.returncode == 0 and not done.stderr, *words, "ended with", done.returncode,
                  done.stderr)
            return done.stdout

        api = daemon.ctl("api", "describe")
        check_generated(run)
        help_, help_globals, help_exits = of_help(run)
        manual, manual_globals, manual_exits, manual_errors = of_manual(MANUAL.read_text())
        compare_commands(help_, manual, described(api))
        compare_options("", "help", help_globals, "man/vaultctl.1", manual_globals)
        compare_tables("exit code", {
            "api describe": {row["exit_code"]: row["meaning"] for row in api["exits"]},
            "help": help_exits, "man/vaultctl.1": manual_exits})
        errors = {row["code"]: (row["exit_code"], row["hint"]) for row in api["errors"]}
        own = daemon.ctl("api", "errors")
        compare_tables("error code", {
            "api describe": errors, "man/vaultctl.1": manual_errors,
            "api errors": {row["code"]: (row["exit_code"], row["hint"]) for row in own["errors"]}})
        for code, (number, _) in errors.items():
            if number not in help_exits:
                fault("error code", code, "ends with", number, "which no list of exit codes has")
        codes = set(errors) | {str(code) for code in help_exits}
        methods = {method["name"] for method in api["methods"]}
        expected = expected_offers(help_, help_globals, codes, methods)
        compare_completions(expected, daemon.directory)
        compare_parser(daemon.vaultctl, help_, help_globals, environment)
        check(not faults, len(faults), "differences:\n  " + "\n  ".join(faults))
        options = sum(map(len, help_.values())) + len(help_globals)
        print(f"{len(help_)} commands, {options} options, {len(errors)} error codes, "
              f"{len(help_exits)} exit codes, {len(expected)} completions of each shell: the same")


if __name__ == "__main__":
    main(compare_all)
