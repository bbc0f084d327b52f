"""Corrections and exports of the journal by the real programs.

An entry is reversed once, the same key gives the same reply, a second reversal is refused before it
reaches the store, and the books verify. An export follows a link, and writes a pipe or a device
as it stands. What a change did is said even if its reply cannot be printed.
"""

import json
import os
import stat
import subprocess
import threading

from private_daemon import Daemon, check, main


def entries(daemon):
    done = daemon.run("ledger", "export", "v1")
    check(done.code == 0, done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def scene(daemon):
    daemon.ctl("account", "add", "--exchange", "paper")
    daemon.ctl("replay", "start", "synthetic", "--account", "a1", "--days", "3")
    daemon.ctl("vault", "create", "--account", "a1", "--asset", "USDT", "--balance", "5000")
    daemon.ctl("vault", "set-tradeable", "v1", "4000")
    daemon.ctl("vault", "allocate", "v1", "--quiet", "1000")


def corrections(daemon):
    wrong = [entry["seq"] for entry in entries(daemon) if entry["kind"] == "allocate"][0]
    correct = ("ledger", "correct", "v1", "--reverses", wrong, "--reason", "too much")
    daemon.ctl(*correct, "--dry-run")
    check(daemon.ctl("vault", "show", "v1")["unallocated"] == "3000", "a dry run changed the books")
    first = daemon.ctl(*correct, "--idem-key", "once")
    check(first["kind"] == "correction", first)
    check(daemon.ctl("vault", "show", "v1")["unallocated"] == "4000", "the entry was not reversed")
    check(daemon.ctl(*correct, "--idem-key", "once") == first, "the same key, another reply")
    again = daemon.run(*correct)
    check(again.code == 1 and f"was reversed by entry {first['seq']}" in again.stderr, again.stderr)
    check(len(entries(daemon)) == first["seq"], "it was reversed twice")
    check("shard_reload" not in daemon.log.read_text(), "the refusal came from the store")
    too_early = daemon.run("ledger", "correct", "v1", "--reverses", 1, "--reason", "why")
    check(too_early.code == 1 and "reverses: " in too_early.stderr, too_early.stderr)
    check(daemon.ctl("ledger", "verify", "--all")["ok"], "the books do not verify")


def exports(daemon):
    text = daemon.run("ledger", "export", "v1").stdout
    target, link, pipe = (daemon.directory / name for name in ("target", "link", "pipe"))
    target.write_text("old\n")
    link.symlink_to(target)
    check(daemon.run("ledger", "export", "v1", "--out", link).code == 0, "a link is no place")
    check(link.is_symlink() and target.read_text() == text, "the link's target was not written")
    os.mkfifo(pipe)
    got = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text()), daemon=True)
    reader.start()
    done = daemon.run("ledger", "export", "v1", "--out", pipe, timeout=20)
    reader.join(20)
    check(done.code == 0 and got == [text], "the pipe did not get the journal", done.stderr)
    check(stat.S_ISFIFO(pipe.stat().st_mode), "the pipe was replaced")


def unprintable(daemon):
    with open("/dev/full", "w", encoding="ascii") as full:
        done = subprocess.run([daemon.vaultctl, "user", "create", "bob", "--role", "member"],
                              stdout=full, stderr=subprocess.PIPE, text=True,
                              env=daemon.environment(), timeout=20, check=False)
    check(done.returncode == 74 and "the change was made" in done.stderr, done.stderr)
    check("bob" in daemon.run("user", "list").stdout, "it was not made")


def test(vaultd, vaultctl):
    with Daemon(vaultd, vaultctl) as daemon:
        scene(daemon)
        corrections(daemon)
        exports(daemon)
        unprintable(daemon)
        daemon.stop()
        check("prune_failed" not in daemon.log.read_text(), "a normal stop is logged as a failure")
    print("entries are reversed once; links, pipes and devices survive an export")


if __name__ == "__main__":
    main(test)
