"""Completion in real shells: bash, zsh and fish read the installed scripts and are asked what they
offer at a cursor. Names come from a running daemon; everything else must not start a program at all.
A shell that is not on this machine is left out, with a word.
"""

import os
import pathlib
import shlex
import shutil
import subprocess
import tempfile

from private_daemon import Daemon, check, main

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "cli" / "completions"

SCENE = """
account add --exchange paper
bob: account add --exchange paper
vault create --account a1 --asset USDT --balance 100
bob: vault create --account a2 --asset USDT --balance 100
key add --account a1 --api-key-file first.key --secret-file first.key
"""

# What is typed, and what must (or, after a dash, must not) be offered for the last word.
FIXED = [
    ("vaultctl ", "status halt vault sleeve completion -show"),
    ("vaultctl st", "status -vault"),
    ("vaultctl vault ", "create show set-tradeable -verify -status"),
    ("vaultctl vaults sh", "show"),
    ("vaultctl vault set", "set-tradeable"),
    ("vaultctl help vault al", "allocate"),
    ("vaultctl vault create --", "--account --asset --balance --json --output -quiet"),
    ("vaultctl vault allocate --fl", "--flash"),
    ("vaultctl sleeve pause v1 ", "quiet flash"),
    ("vaultctl sleeve pause v1 fl", "flash -quiet"),
    ("vaultctl --json sleeve pause v1 ", "quiet flash"),
    ("vaultctl vault auto-raise v1 ", "off full percent"),
    ("vaultctl vault reserve v1 ", "off"),
    ("vaultctl vault set-tradeable v1 -5 --dry", "--dry-run"),
    ("vaultctl status -o ", "table wide json jsonl csv plain"),
    ("vaultctl status --output js", "json jsonl -csv"),
    ("vaultctl --output csv vault ", "show"),
    ("vaultctl status --color ", "auto always never"),
    ("vaultctl user create carol --role ", "admin moderator member auditor"),
    ("vaultctl position resolve v1 flash --as ", "sold withdrawn kept"),
    ("vaultctl completion ", "bash zsh fish"),
    ("vaultctl api call vault.sh", "vault.show"),
    ("vaultctl key policy v1 ", "round-robin health pinned"),
    ("vaultctl key add --a", "--account --api-key-file --allow-withdrawal-permission"),
    ("vaultctl order list --sleeve ", "quiet flash"),
    ("vaultctl vault allocate v1 --quiet ", ""),
    ("vaultctl nonsense ", ""),
    ("vaultctl market import ca", "candles.csv"),
]
NAMED = [
    ("vaultctl vault show ", "v1 v2"),
    ("vaultctl vault show v2", "v2 -v1"),
    ("vaultctl account show ", "a1 a2"),
    ("vaultctl vault create --account ", "a1 a2"),
    ("vaultctl key validate ", "k1"),
    ("vaultctl key policy v1 pinned ", "k1"),
    ("vaultctl user wallets ", "alice bob"),
    ("vaultctl vault list --user al", "alice -bob"),
    ("vaultctl sleeve show ", "v1 v2"),
]

BASH = r"""
source "$SCRIPT"
COMP_WORDS=($1) COMP_CWORD=$(($2 - 1)) COMPREPLY=()
[ "${#COMP_WORDS[@]}" -eq "$2" ] || COMP_WORDS+=('')
COMP_WORDS[0]=$PROGRAM
_vaultctl
printf '%s\n' "${COMPREPLY[@]}"
"""

# The builtins that only work inside zsh's line editor say here what they were given.
ZSH = r"""
compdef() { : }
compset() { : }
compadd() { [[ $1 == -- ]] && shift; print -rl -- "$@" }
_describe() { local name=${@[-1]}; print -rl -- "${(@)${(@P)name}%%:*}" }
_files() { print -rl -- ${words[CURRENT]}*(N) }
source "$SCRIPT"
words=(${=1})
(( ${#words} == $2 )) || words+=('')
words[1]=$PROGRAM
CURRENT=$2
_vaultctl
"""

FISH = r"""
source $SCRIPT
complete -C "$argv[1]"
"""


def count(line):
    """Words on the line, with the one at the cursor."""
    return len(line.split()) + (1 if line.endswith(" ") else 0)


def offers(shell, script, line, program, environment, folder):
    code = {"bash": BASH, "zsh": ZSH, "fish": FISH}[shell]
    command = {"bash": ["bash", "--norc", "--noprofile", "-c", code, "bash"],
               "zsh": ["zsh", "-f", "-c", code, "zsh"],
               "fish": ["fish", "--no-config", "-c", code]}[shell]
    # fish finds its program by the name on the line.
    if shell == "fish":
        environment = {**environment, "PATH": f"{pathlib.Path(program).parent}:{os.environ['PATH']}"}
    done = subprocess.run([*command, line, str(count(line))], capture_output=True, text=True,
                          timeout=30, cwd=folder, check=False, stdin=subprocess.DEVNULL,
                          env={**environment, "SCRIPT": str(script), "PROGRAM": program,
                               "HOME": str(folder)})
    check(not done.stderr, shell, repr(line), "says:", done.stderr)
    found = [item.split("\t")[0] for item in done.stdout.splitlines()]
    last = "" if line.endswith(" ") else line.split()[-1]
    return {item for item in found if item.startswith(last) and item}


def look(shell, script, cases, program, environment, folder):
    for line, wanted in cases:
        found = offers(shell, script, line, program, environment, folder)
        check(wanted or not found, shell, repr(line), "offers", found, "instead of nothing")
        for word in wanted.split():
            if word.startswith("-") and not word.startswith("--"):
                check(word[1:] not in found, shell, repr(line), "offers", word[1:])
            else:
                check(word in found, shell, repr(line), "does not offer", word, "but", found)


def test(vaultd, vaultctl):
    shells = {"bash": SCRIPTS / "vaultctl.bash", "zsh": SCRIPTS / "_vaultctl",
              "fish": SCRIPTS / "vaultctl.fish"}
    with tempfile.TemporaryDirectory(prefix="vault-test-") as name, \
            Daemon(vaultd, vaultctl) as daemon:
        (daemon.directory / "first.key").write_text("paper-alice")
        (daemon.directory / "first.key").chmod(0o600)
        daemon.play(SCENE)
        folder = pathlib.Path(name)
        (folder / "candles.csv").write_text("")
        (folder / "bin").mkdir()
        (folder / "bin" / "vaultctl").symlink_to(daemon.vaultctl)
        (folder / "spy").mkdir()
        spy = folder / "spy" / "vaultctl"
        spy.write_text('#!/bin/sh\necho "$@" >>"$0.log"\n')
        spy.chmod(0o755)
        for shell, script in shells.items():
            if shutil.which(shell) is None:
                print(f"{shell} is not here: left out")
                continue
            syntax = subprocess.run([shell, "-n", script], capture_output=True, text=True,
                                    check=False)
            check(syntax.returncode == 0 and not syntax.stderr, shell, "-n:", syntax.stderr)
            look(shell, script, FIXED, str(spy), daemon.environment(), folder)
            log = folder / "spy" / "vaultctl.log"
            check(not log.exists(), shell, "started vaultctl for fixed words:",
                  log.exists() and log.read_text())
            look(shell, script, NAMED, str(folder / "bin" / "vaultctl"), daemon.environment(), folder)
            gone = {**daemon.environment(), "VAULTCTL_SOCKET": str(folder / "gone")}
            look(shell, script, [(line, "") for line, _ in NAMED],
                 str(folder / "bin" / "vaultctl"), gone, folder)
            named = [(f"vaultctl --socket {daemon.socket} vault show ", "v1 v2")]
            look(shell, script, named, str(folder / "bin" / "vaultctl"), gone, folder)
            print(f"{shell}: {len(FIXED)} fixed and {2 * len(NAMED) + 1} named completions")


main(test)
