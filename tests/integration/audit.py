"""The audit trail of a real daemon: what people do is in it, what is changed in its file is found.

Commands that are done and refused are listed with who, what, about what and how it ended; so is who
signs in, and who asks for what is not theirs. A head
that was kept elsewhere, in every format that vaultctl prints, shows a trail that was cut or put
back. Rows that are changed in the store's file are found by `audit verify`.
"""

import json
import os
import shutil
import signal
import sqlite3
import time

from private_daemon import PASSWORD, Daemon, Failed, check, main

SCENE = [
    ("account add --exchange paper", 0),
    ("vault create --account a1 --asset USDT --balance 1000", 0),
    ("vault set-tradeable v1 600", 0),
    ("vault allocate v1 --quiet 100", 0),
    ("vault allocate v1 --quiet 100000", 1),
    ("vault pause v9", 4),
    ("halt --why tea", 0),
    ("vault show v1", 0),
    ("vault allocate v1 --quiet 1 --dry-run", 0),
]

PEOPLE = 9
LAST = 2 + 7 + 1 + PEOPLE  # sign-up, the scene, a question after nobody, people


def told(daemon):
    for line, code in SCENE:
        done = daemon.run(*line.split(), "--yes")
        check(done.code == code, line, "ended with", done.code, done.stderr)
    rows = daemon.ctl("audit", "list")
    got = [(row["seq"], row["action"], row["object"], row["user"], row["outcome"]) for row in rows]
    check(got == [
        (1, "user.create", "u1", "alice", "applied"),
        (2, "login", "s1", "alice", "applied"),
        (3, "account.add", "a1", "alice", "applied"),
        (4, "vault.create", "v1", "alice", "applied"),
        (5, "vault.set_tradeable", "v1", "alice", "applied"),
        (6, "vault.allocate", "v1", "alice", "applied"),
        (7, "vault.allocate", "v1", "alice", "refused"),
        (8, "vault.pause", "v9", None, "refused"),
        (9, "halt", "", None, "applied"),
    ], "the trail is", got)
    check(rows[5]["params"] == {"vault": "v1", "quiet": "100"}, rows[5])
    check("unallocated" in rows[6]["message"], rows[6])
    check(rows[8]["params"] == {"why": "tea"}, rows[8])
    me = f"uid:{os.geteuid()}"
    check([row["actor"] for row in rows] == [me] * 2 + ["alice"] * 7, rows)


def people_told(daemon):
    """Who comes in, who is kept out, and who asks for what is another's."""
    bob = daemon.user("bob")
    guess = daemon.directory / "guess"
    guess.write_text("purple kettle 8 mountain\n")
    guess.chmod(0o600)
    ends = [bob.run("vault", "pause", "v1"), bob.run("vault", "show", "v1"), bob.run("user", "approve", "bob"),
            bob.run("logout"), bob.run("vault", "list"),
            bob.run("login", "alice", "--password-file", guess)]
    codes = [done.code for done in ends]
    check(codes == [4, 4, 77, 0, 77, 77], "bob's calls ended with", codes, ends)
    rows = daemon.ctl("audit", "list", "--limit", str(PEOPLE))
    got = [(row["actor"], row["action"], row["object"], row["user"], row["outcome"]) for row in rows]
    me = f"uid:{os.geteuid()}"
    check(got == [
        (me, "register", "u2", "bob", "applied"),
        ("alice", "user.approve", "u2", "bob", "applied"),
        (me, "login", "s2", "bob", "applied"),
        ("bob", "vault.pause", "v1", "alice", "refused"),
        ("bob", "vault.show", "v1", "alice", "refused"),
        ("bob", "user.approve", "u2", "bob", "refused"),
        ("bob", "logout", "s2", "bob", "applied"),
        (me, "vault.list", "", None, "refused"),
        (me, "login", "session", "alice", "refused"),
    ], "the trail of people is", got)
    check(PASSWORD not in json.dumps(daemon.ctl("audit", "list", "--limit", "10000")), "a password")


def narrowed(daemon):
    def seqs(*words):
        return [row["seq"] for row in daemon.ctl("audit", "list", *words)]

    check(seqs("--user", "alice") == [1, 2, 3, 4, 5, 6, 7])
    check(seqs("--object", "v1") == [4, 5, 6, 7])
    check(seqs("--action", "vault.*", "--outcome", "refused") == [7, 8])
    check(seqs("--action", "halt", "--limit", "5") == [9])
    check(seqs("--actor", "alice", "--outcome", "refused") == [7, 8])
    check(seqs("--actor", "nobody") == [])
    at = daemon.ctl("audit", "list")[3]["at"]
    check(4 in seqs("--since", at) and 3 not in seqs("--since", at) or
          daemon.ctl("audit", "list")[2]["at"] == at)
    check(daemon.run("audit", "list", "--user", "eve").code == 4)
    check(daemon.ctl("audit", "list")[-1]["action"] == "audit.list", "asking after eve is not told")


def proved(daemon, *words):
    done = daemon.run("audit", "verify", *words, "--json")
    data = json.loads(done.stdout).get("data")
    check(data is not None, "audit verify failed:", done.stderr)
    check(done.code == (0 if data["ok"] else 3), "exit code", done.code, data)
    return data


def kept_heads(daemon):
    """In every format that audit head can be kept."""
    files = []
    for name in ("table", "plain", "json", "jsonl", "csv", "wide"):
        file = daemon.directory / f"{name}.head"
        file.write_text(daemon.run("audit", "head", "-o", name).stdout)
        files.append(file)
    quiet = daemon.directory / "quiet.head"
    quiet.write_text(daemon.run("audit", "head", "--quiet").stdout)
    for file in [*files, quiet]:
        data = proved(daemon, "--head", file)
        check(data["ok"] and data["kept"]["seq"] == LAST and data["rows"] == LAST
              and data["kept"]["journals"] == 1, file.name, data)
    forged = daemon.directory / "forged.head"
    forged.write_text(quiet.read_text().replace(f"head {LAST} ", f"head {LAST + 1} "))
    data = proved(daemon, "--head", forged)
    check(not data["ok"] and "signature" in data["problem"], data)
    fleet = daemon.directory / "fleet.head"
    trail = " ".join(quiet.read_text().split()[:4])
    fleet.write_text(f"{trail} 10000" + f" 12345 12345 {'0' * 64}" * 10_000)
    data = proved(daemon, "--head", fleet)
    check("signature" in data["problem"] and data["kept"]["journals"] == 10_000, "of a fleet:", data)
    fleet.write_text(fleet.read_text() * 2)
    for file, words in ((daemon.config, "no head"), (fleet, "larger than 1 MB"),
                        (daemon.directory / "none", "no such file"), (daemon.directory, "folder")):
        done = daemon.run("audit", "verify", "--head", file)
        check(done.code == 65 and words in done.stderr, file, done.code, done.stderr)
    return quiet


def outside_the_shard(daemon):
    """What changes no books is told as well: the configuration and candle files."""
    candles = daemon.directory / "candles.csv"
    candles.write_text("open_time,open,high,low,close,volume\n1617235200,1,2,0.5,1.5,10\n")
    good = ["market", "import", candles, "--pair", "ETH/USDT", "--interval", "1m"]
    check(daemon.run(*good, "--dry-run").code == 0)
    check(not list(daemon.state.rglob("*rehearsal*")), "the rehearsal left files")
    check(daemon.run(*good).code == 0)
    check(daemon.run("market", "import", daemon.directory / "none.csv", *good[3:]).code != 0)
    check(daemon.run("config", "reload").code == 0)
    check(daemon.run("config", "reload", "--dry-run").code == 0)
    whole = daemon.config.read_text()
    daemon.config.write_text("log: {level: loud}\n")
    check(daemon.run("config", "reload").code == 78)
    daemon.config.write_text(whole)
    daemon.process.send_signal(signal.SIGHUP)
    until = time.monotonic() + 20
    while (rows := daemon.ctl("audit", "list", "--limit", "5"))[-1]["actor"] != "SIGHUP":
        check(time.monotonic() < until, "the signal is not in the trail:", rows[-1])
        time.sleep(0.05)
    check([(row["action"], row["outcome"]) for row in rows] == [
        ("market.import", "applied"), ("market.import", "refused"), ("config.reload", "applied"),
        ("config.reload", "refused"), ("config.reload", "applied")], rows)
    check("wrong" in rows[3]["message"] and rows[0]["params"]["file"] == str(candles), rows)


def change(daemon, sql):
    store = sqlite3.connect(next(daemon.state.rglob("*.db")))
    with store:
        store.execute(sql)
    store.close()


def tampered(daemon, kept):
    """Each change is made to a copy of the state directory. The end of the trail is looked at by the
    start itself, the rest by the proof."""
    daemon.stop()
    saved = daemon.directory / "saved"
    shutil.copytree(daemon.state, saved)
    changes = [
        ("UPDATE audit SET actor = 'uid:7' WHERE seq = 4", True),
        ("UPDATE audit SET outcome = 'applied' WHERE seq = 7", True),
        ("DELETE FROM audit WHERE seq = 5", True),
        ("UPDATE audit SET prev_hash = zeroblob(32) WHERE seq = 8", True),
        ("DELETE FROM audit WHERE seq > 6", False),
        ("DELETE FROM audit", False),
        ("UPDATE audit SET seq = 100 WHERE seq = 5", False),
        ("UPDATE meta SET value = '1' || value WHERE key = 'audit_head'", False),
    ]
    for sql, starts in changes:
        shutil.rmtree(daemon.state)
        shutil.copytree(saved, daemon.state)
        change(daemon, sql)
        try:
            daemon.start()
        except Failed as failure:
            check("audit trail" in str(failure) and not starts, "it did not start:", sql, failure)
            continue
        check(starts, "it started:", sql)
        data = proved(daemon, "--head", kept)
        check(not data["ok"] and data["problem"].startswith("audit trail, row "), sql, data)
        daemon.stop()
    shutil.rmtree(daemon.state)
    shutil.copytree(saved, daemon.state)
    daemon.start()
    check(proved(daemon, "--head", kept)["ok"], "the saved state is whole")


def test(vaultd, vaultctl):
    with Daemon(vaultd, vaultctl) as daemon:
        told(daemon)
        narrowed(daemon)
        people_told(daemon)
        kept = kept_heads(daemon)
        check(daemon.run("user", "create", "carol", "--role", "member").code == 0)
        check(proved(daemon, "--head", kept)["rows"] == LAST + 1, "the kept head is good while it grows")
        outside_the_shard(daemon)
        tampered(daemon, kept)


main(test)
