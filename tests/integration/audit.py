"""The audit trail of a real daemon: what people do is in it, what is changed in its file is found.

Commands that are done and refused are listed with who, what, about what and how it ended. A head
that was kept elsewhere, in every format that vaultctl prints, shows a trail that was cut or put
back. Rows that are changed in the store's file are found by `audit verify`.
"""

import json
import shutil
import signal
import sqlite3
import time

from private_daemon import Daemon, Failed, check, main

SCENE = [
    ("user create alice --role member", 0),
    ("account add --exchange paper --user alice", 0),
    ("vault create --account a1 --asset USDT --balance 1000", 0),
    ("vault set-tradeable v1 600", 0),
    ("vault allocate v1 --quiet 100", 0),
    ("vault allocate v1 --quiet 100000", 1),
    ("vault pause v9", 4),
    ("halt --why tea", 0),
    ("vault show v1", 0),
    ("vault allocate v1 --quiet 1 --dry-run", 0),
]


def told(daemon):
    for line, code in SCENE:
        done = daemon.run(*line.split(), "--yes")
        check(done.code == code, line, "ended with", done.code, done.stderr)
    rows = daemon.ctl("audit", "list")
    got = [(row["seq"], row["action"], row["object"], row["user"], row["outcome"]) for row in rows]
    check(got == [
        (1, "user.create", "u1", "alice", "applied"),
        (2, "account.add", "a1", "alice", "applied"),
        (3, "vault.create", "v1", "alice", "applied"),
        (4, "vault.set_tradeable", "v1", "alice", "applied"),
        (5, "vault.allocate", "v1", "alice", "applied"),
        (6, "vault.allocate", "v1", "alice", "refused"),
        (7, "vault.pause", "v9", None, "refused"),
        (8, "halt", "", None, "applied"),
    ], "the trail is", got)
    check(rows[4]["params"] == {"vault": "v1", "quiet": "100"}, rows[4])
    check("unallocated" in rows[5]["message"], rows[5])
    check(rows[7]["params"] == {"why": "tea"}, rows[7])
    check(all(row["actor"].startswith("uid:") for row in rows), rows)


def narrowed(daemon):
    def seqs(*words):
        return [row["seq"] for row in daemon.ctl("audit", "list", *words)]

    check(seqs("--user", "alice") == [1, 2, 3, 4, 5, 6])
    check(seqs("--object", "v1") == [3, 4, 5, 6])
    check(seqs("--action", "vault.*", "--outcome", "refused") == [6, 7])
    check(seqs("--action", "halt", "--limit", "5") == [8])
    check(seqs("--actor", "nobody") == [])
    at = daemon.ctl("audit", "list")[3]["at"]
    check(4 in seqs("--since", at) and 3 not in seqs("--since", at) or
          daemon.ctl("audit", "list")[2]["at"] == at)
    check(daemon.run("audit", "list", "--user", "eve").code == 4)


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
        check(data["ok"] and data["kept"]["seq"] == 8 and data["rows"] == 8, file.name, data)
    forged = daemon.directory / "forged.head"
    forged.write_text(quiet.read_text().replace("head 8 ", "head 9 "))
    data = proved(daemon, "--head", forged)
    check(not data["ok"] and "signature" in data["problem"], data)
    for file, words in ((daemon.config, "no head"),
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
        ("UPDATE audit SET outcome = 'applied' WHERE seq = 6", True),
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
        kept = kept_heads(daemon)
        check(daemon.run("user", "create", "bob", "--role", "member").code == 0)
        check(proved(daemon, "--head", kept)["rows"] == 9, "the kept head is good while it grows")
        outside_the_shard(daemon)
        tampered(daemon, kept)


main(test)
