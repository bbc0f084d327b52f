"""Ten thousand tampered copies of a store that people have lived in: all are found.

A daemon lives a short, full life: people sign in and are refused, change roles, lose tokens and keys,
own vaults, trade candles and pause. Its heads are kept in the middle and at the end. tampered_copies
then changes the trail and the journals of that store in every way of its list, and asks the daemon's
own proofs. One copy of each kind goes back under the real daemon, which has to refuse it, or say what
to do when somebody at the terminal asks.
"""

import os
import pathlib
import re
import shutil
import subprocess

from private_daemon import Daemon, Failed, check, main

COPIES = 10_000
SEED = os.environ.get("VAULT_SEED", "20260401")

SMALL_FILES = "store: {ballast_mib: 0}\n"  # its folder is copied for each start

MORNING = """
account add --exchange paper
bob: account add --exchange paper
carol: account add --exchange paper
replay start synthetic --account a1 --seed 7 --days 30
bob: replay start synthetic --account a2 --seed 7 --days 30
vault create --account a1 --asset USDT --balance 10000
bob: vault create --account a2 --asset USDT --balance 5000
carol: vault create --account a3 --asset USDT --balance 800
vault pairs v1 --add ETH/USDT
bob: vault pairs v2 --add ETH/USDT
vault set-tradeable v1 9000
bob: vault set-tradeable v2 4000
carol: vault set-tradeable v3 500
vault allocate v1 --quiet 4000 --flash 4000
bob: vault allocate v2 --flash 2000
carol: vault allocate v3 --quiet 100
sleeve set v1 quiet preset=flash stop_loss=0.05 quiet_sweep=daily quiet_sweep_share=0.3
sleeve set v1 flash stop_loss=0.05
replay run --account a1 --until 2024-01-03 --wait
bob: replay run --account a2 --until 2024-01-03 --wait
bob: vault pause v2 --why lunch
"""

EVENING = """
bob: vault resume v2
sleeve pause v1 quiet
replay run --account a1 --until 2024-01-08 --wait
sleeve resume v1 quiet
bob: account deposit a2 USDT 250
bob: replay run --account a2 --until 2024-01-08 --wait
carol: vault unallocate v3 --quiet 40
carol: account withdraw a3 USDT 50
halt --why tea
resume
user permit carol --remove trade
user set-role carol auditor
mona: vault pause v2
mona: logout
"""

# Who, what, and how it ends.
REFUSED = [
    ("bob", "vault pause v1", 4), ("bob", "user approve bob", 77), ("bob", "vault allocate v2 --flash 99999", 1),
    ("eve", "vault create --account a1 --asset EUR --balance 1", 77), ("carol", "user set-role bob auditor", 77),
    ("carol", "vault allocate v9 --quiet 1", 4), ("alice", "vault allocate v1 --quiet 100000", 1),
]


def refused(daemon):
    for who, words, code in REFUSED:
        done = daemon.user(who).run(*words.split(), "--yes")
        check(done.code == code, who, words, "ended with", done.code, done.stdout, done.stderr)
    guess = daemon.secret_file("guess", "purple kettle 8 mountain")
    check(daemon.user("bob").run("login", "alice", "--password-file", guess).code == 77, "a guess came in")


def keys(daemon, who, account):
    """Two keys come, one is rotated, one goes."""
    person = daemon.user(who)

    def flags(name):
        return ["--api-key-file", daemon.secret_file(name, f"paper-{name}"),
                "--secret-file", daemon.secret_file(f"{name}-secret", f"of {name}")]

    first = person.ctl("key", "add", "--account", account, *flags(f"{who}1"))["id"]
    other = person.ctl("key", "add", "--account", account, *flags(f"{who}1+key=2"))["id"]
    person.ctl("key", "rotate", first, *flags(f"{who}1+key=3"))
    person.ctl("key", "remove", other)
    check(person.run("key", "add", "--account", account, *flags(f"{who}1+no-trade+key=4")).code == 1)


def tokens(daemon, who):
    person = daemon.user(who)
    token = person.ctl("token", "create", "nightly", "--methods", "report.*")["id"]
    person.ctl("token", "create", "weekly", "--methods", "vault.show")
    person.ctl("token", "revoke", token)


def keep_head(daemon, name):
    file = daemon.directory / f"{name}.head"
    done = daemon.run("audit", "head", "--quiet")
    check(done.code == 0, "audit head ended with", done.code, done.stderr)
    file.write_text(done.stdout)
    return file


def live(daemon):
    """Its states and heads, in the middle and at the end."""
    for name, role in (("mona", "moderator"), ("eve", "auditor"), ("carol", "member")):
        daemon.user(name, role)
    daemon.play(MORNING)
    keys(daemon, "bob", "a2")
    refused(daemon)
    noon = keep_head(daemon, "noon"), put_aside(daemon, "noon")
    daemon.start()
    daemon.play(EVENING)
    keys(daemon, "alice", "a1")
    tokens(daemon, "bob")
    night = keep_head(daemon, "night"), put_aside(daemon, "night")
    return noon, night


def put_aside(daemon, name):
    daemon.stop()
    return shutil.copytree(daemon.state, daemon.directory / name)


def tampered_copies(daemon, program, noon, night):
    kept = daemon.directory / "kept"
    kept.mkdir()
    copy = shutil.copytree(night[1], daemon.directory / "copy")
    done = subprocess.run([program, copy / "vault.db", copy / "checkpoint.key", noon[0], night[0],
                           str(COPIES), SEED, kept], capture_output=True, text=True, check=False)
    print(done.stdout, done.stderr)
    check(done.returncode == 0, "tampered_copies ended with", done.returncode)
    return kept


def put_back(daemon, state, store=None):
    shutil.rmtree(daemon.state)
    shutil.copytree(state, daemon.state)
    if store:
        for old in daemon.state.glob("vault.db*"):
            old.unlink()
        shutil.copy(store, daemon.state / "vault.db")
    daemon.log.unlink()


def starts(daemon, what):
    """False if the daemon refused, saying why and what to do."""
    try:
        daemon.start()
    except Failed:
        said = daemon.log.read_text()
        check("STORE_INVALID" in said and "verified backup" in said, what, "said", said)
        check(re.search("audit trail, row|, entry |books of v|column ", said), what, "does not say where:", said)
        return False
    return True


def found_at_terminal(daemon, head, what):
    """What the two commands come to, each of which says what to do if it finds something."""
    codes = []
    for words in (("audit", "verify", "--head", head), ("ledger", "verify", "--all")):
        done = daemon.run(*words)
        codes.append(done.code)
        check(done.code in (0, 3, 78), what, words, "ended with", done.code, done.stderr)
        check(done.code == 0 or "backup" in done.stderr, what, words, "does not say what to do:",
              done.stdout, done.stderr)
    return codes != [0, 0]


def under_the_daemon(daemon, kept, noon, night):
    refusals = 0
    copies = [line.split("\t") for line in (kept / "list").read_text().splitlines()]
    check(len(copies) > 20, "only", len(copies), "kinds of copies")
    for file, fate, kind, done in copies:
        what = f"{kind} ({done}):"
        put_back(daemon, night[1], kept / file)
        if not starts(daemon, what):
            refusals += 1
            continue
        check(fate == "starts", what, "the daemon starts on it")
        check(found_at_terminal(daemon, night[0], what), what, "not found at the terminal")
        daemon.stop()
    print(f"under the daemon: {len(copies)} copies, {refusals} refused by the start, the others found by "
          "audit verify --head or ledger verify")
    put_back(daemon, noon[1])
    daemon.start()
    check(not found_at_terminal(daemon, noon[0], "noon"), "the state of noon is not that of its head")
    check(found_at_terminal(daemon, night[0], "rolled back"), "the state of noon passes for the night's")
    daemon.stop()
    put_back(daemon, night[1])
    daemon.start()
    for head in (noon[0], night[0]):
        check(not found_at_terminal(daemon, head, "whole"), "the store is not whole")


def test(vaultd, vaultctl, program):
    program = pathlib.Path(program).resolve()
    daemon = Daemon(vaultd, vaultctl)
    with daemon.config.open("a") as config:
        config.write(SMALL_FILES)
    with daemon:
        noon, night = live(daemon)
        kept = tampered_copies(daemon, program, noon, night)
        under_the_daemon(daemon, kept, noon, night)


main(test)
