"""The event log as programs and people follow it: nothing lost, nothing twice, and every gap told.

A follower lives through five kill -9 while two replays run, and must have printed every event of the
store exactly once. Then the edges: no credit, a subscriber that does not read, a hundred of them,
events that are no longer kept, a store that is another one, and the ends of vaultctl itself.
"""

import contextlib
import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import time

from private_daemon import Daemon, check, main

SEED = int(os.environ.get("VAULT_SEED", random.randrange(1 << 30)))
KILLS = 5

SCENE = """
account add --exchange paper
account add --exchange paper --label second
replay start synthetic --account a1 --seed 7 --days 120 --speed 2000000
replay start synthetic --account a2 --seed 8 --days 120 --speed 2000000
vault create --account a1 --asset USDT --balance 5000
vault create --account a2 --asset USDT --balance 5000
vault pairs v1 --add ETH/USDT
vault pairs v2 --add ETH/USDT
vault set-tradeable v1 4000
vault set-tradeable v2 4000
vault allocate v1 --quiet 1000 --flash 1000
vault allocate v2 --quiet 1000 --flash 1000
sleeve set v1 quiet preset=flash
sleeve set v2 quiet preset=flash
"""


class Follower:
    """A `vaultctl events --follow` whose output goes to files."""

    def __init__(self, user, name, *words):
        daemon = getattr(user, "daemon", user)
        self.out, self.err = daemon.directory / f"{name}.out", daemon.directory / f"{name}.err"
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = subprocess.Popen(
                [daemon.vaultctl, "events", "--follow", *words], stdout=out, stderr=err,
                stdin=subprocess.DEVNULL, env=user.environment())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def events(self):
        lines = self.out.read_text().split("\n")
        return [json.loads(line) for line in lines[:-1]]  # the last may not be whole yet

    def seqs(self):
        return [event["seq"] for event in self.events()]

    def told(self):
        return self.err.read_text()

    def until(self, holds, what, limit=60.0):
        end = time.monotonic() + limit
        while not holds():
            check(self.process.poll() is None, "the follower ended:", self.told())
            check(time.monotonic() < end, what, "- after", limit, "s:", self.told())
            time.sleep(0.05)

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(10)


def wait_all(daemon):
    for account in "a1", "a2":
        daemon.ctl("replay", "run", "--account", account, "--until", daemon.until, "--wait")


def last_seq(daemon):
    return daemon.ctl("events", "--limit", 1)[-1]["seq"]


def kill(daemon):
    daemon.process.kill()
    daemon.process.wait()


def edit(daemon, sql):
    """As the pruner would; the daemon is down."""
    store = sqlite3.connect(daemon.state / "vault.db")
    with contextlib.closing(store), store:
        store.execute(sql)


def run_on(daemon, days):
    daemon.day += days
    daemon.until = f"2024-{1 + daemon.day // 28:02}-{1 + daemon.day % 28:02}"
    for account in "a1", "a2":
        daemon.ctl("replay", "run", "--account", account, "--until", daemon.until)


def through_kills(daemon):
    chance = random.Random(SEED)
    with Follower(daemon, "all", "--from-seq", "1", "-o", "jsonl") as every, \
            Follower(daemon, "one", "--from-seq", "1", "-o", "jsonl", "--vault", "v2") as one:
        running = 0
        run_on(daemon, 84)
        for number in range(1, KILLS + 1):
            time.sleep(chance.uniform(0.02, 0.4))
            states = {row["state"] for row in daemon.ctl("replay", "status")}
            running += "running" in states
            kill(daemon)
            every.until(lambda: every.told().count("connection lost") == number, "no loss is told")
            daemon.start()
            every.until(lambda: every.told().count("resumed, 0 missed\n") == number,
                        "it does not resume")
        check(running >= 3, "only", running, "kills hit a replay that ran")
        wait_all(daemon)
        listed = daemon.ctl("events", "--limit", 10000)
        count = len(listed)
        check(count > 300, "only", count, "events: too few to say anything")
        check([row["seq"] for row in listed] == list(range(1, count + 1)), "seq has holes")
        every.until(lambda: len(every.seqs()) >= count, "events are missing")
        check(every.events() == listed, "what was followed is not what is listed")
        check("not" not in every.told() and "gap" not in every.told(), every.told())
        ours = [row for row in listed if (row["object"] + ".").startswith("v2.")]
        check(daemon.ctl("events", "--vault", "v2", "--limit", 10000) == ours, "the filter of the list")
        one.until(lambda: len(one.seqs()) >= len(ours), "filtered events are missing")
        check(one.events() == ours, "the filter of the stream")
        check(every.interrupt() == 130, "Ctrl-C ends with", every.process.returncode)
        check(len(every.events()) == count, "Ctrl-C leaves more than events")
    print(f"{count} events through {KILLS} kills, {running} of a running replay, each once")


def credit(daemon):
    last = last_seq(daemon)
    with daemon.wire(timeout=0.4) as wire:
        opened = wire.call("sub.open", {"topic": "events", "from_seq": 1, "credit": 0})
        check(opened["first_seq"] == 1 and opened["last_seq"] == last, "opened", opened)

        def come():
            lines = []
            with contextlib.suppress(socket.timeout):
                while True:
                    lines.append(wire.line()["params"]["seq"])
            return lines
        check(come() == [], "something came without credit")
        wire.call("sub.credit", {"sub": 1, "n": 5})
        check(come() == [1, 2, 3, 4, 5], "not the five events that were granted")
        daemon.ctl("vault", "pause", "v1", "--why", "credit")
        daemon.ctl("vault", "resume", "v1")
        check(come() == [], "something came without credit")
        wire.call("sub.credit", {"sub": 1, "n": 10000})
        check(come() == list(range(6, last + 3)), "the rest is not whole")
        check(wire.call("sub.close", {"sub": 1})["seq"] == last + 2, "the last seq")
        for params in ({"topic": "events", "from_seq": last + 100},
                       {"topic": "prices", "params": {"nonsense": 1}}):
            wire.ask("sub.open", params)
            check("error" in wire.line(), params, "was taken")


def memory(daemon):
    status = open(f"/proc/{daemon.process.pid}/status").read()
    return int(status.split("VmRSS:")[1].split()[0])


def slow(daemon):
    """Ten that ask for everything and read nothing cost a bounded sum and hold nobody up."""
    last = last_seq(daemon)
    before = memory(daemon)
    with contextlib.ExitStack() as stack:
        wires = [stack.enter_context(daemon.wire()) for _ in range(10)]
        for wire in wires:
            wire.ask("sub.open", {"topic": "events", "from_seq": 1, "credit": 10000})
        time.sleep(1)
        begun = time.monotonic()
        for _ in range(20):
            check(daemon.ctl("status")["state"] == "running", "status")
        check(time.monotonic() - begun < 5, "others are held up")
        grown = memory(daemon) - before
        check(grown < 30_000, "ten slow subscribers cost", grown, "KiB")
        seqs = []
        while len(seqs) < last:
            line = wires[0].line()
            check(line is not None, "the connection was closed after", len(seqs))
            if line.get("method") == "sub.event":
                seqs.append(line["params"]["seq"])
        check(seqs == list(range(1, last + 1)), "a slow subscriber misses events")
    print(f"ten slow subscribers cost {grown} KiB")


def hundred(daemon):
    last = last_seq(daemon)
    first = last - 1500
    begun = time.monotonic()
    with contextlib.ExitStack() as stack:
        wires = [stack.enter_context(daemon.wire()) for _ in range(13)]
        left = 100
        for wire in wires:
            wire.subs = min(8, left)
            left -= wire.subs
            for _ in range(wire.subs):
                wire.ask("sub.open", {"topic": "events", "from_seq": first, "credit": 10000})
        for wire in wires:
            seen = {}
            while len(seen) < wire.subs or any(seqs[-1] < last for seqs in seen.values()):
                line = wire.line()
                check(line is not None, "the connection was closed")
                check("error" not in line, "refused:", line)
                if line.get("method") == "sub.event":
                    seen.setdefault(line["params"]["sub"], []).append(line["params"]["seq"])
            for seqs in seen.values():
                check(seqs == list(range(first, last + 1)), "a subscriber misses events")
        # One more for this connection is too many, and so is the 129th of this user.
        wires[0].ask("sub.open", {"topic": "events"})
        # On a slow machine it has shown by now that it is alive.
        told = next(line for line in iter(wires[0].line, None) if line.get("method") != "sub.alive")
        check(told["error"]["data"]["code"] == "BUSY", "a ninth subscription:", told)
    print(f"100 subscribers got {last + 1 - first} events each in {time.monotonic() - begun:.1f} s")


def gaps(daemon):
    last = last_seq(daemon)
    daemon.stop()
    edit(daemon, "DELETE FROM event WHERE seq BETWEEN 10 AND 20")
    daemon.start()
    with Follower(daemon, "hole", "--from-seq", "5", "-o", "jsonl") as hole:
        hole.until(lambda: hole.seqs()[-1:] == [last], "events are missing")
        check(hole.seqs() == [5, 6, 7, 8, 9, *range(21, last + 1)], "around the hole:", hole.seqs()[:9])
        check("11 events are no longer kept (seq 10..20)" in hole.told(), hole.told())
        # What happens while it sleeps is pruned before it wakes.
        hole.process.send_signal(signal.SIGSTOP)
        run_on(daemon, 5)
        wait_all(daemon)
        now = last_seq(daemon)
        check(now > last + 10, "nothing happened meanwhile")
        daemon.stop()
        edit(daemon, f"DELETE FROM event WHERE seq <= {last + 7}")
        daemon.start()
        hole.process.send_signal(signal.SIGCONT)
        # What lay in its socket when the daemon went it still had.
        hole.until(lambda: hole.seqs()[-1:] == [now], "it does not go on")
        seqs = hole.seqs()
        check(sorted(set(seqs)) == seqs, "an event came twice")
        missing = sorted(set(range(21, now + 1)) - set(seqs))
        check(set(missing) <= set(range(last + 1, last + 8)), "missing", missing)
        text = "0 missed" if not missing else \
            f"{len(missing)} missed (seq {missing[0]}..{missing[-1]})"
        check(f"resumed, {text}" in hole.told(), hole.told())
    with daemon.wire() as wire:
        opened = wire.call("sub.open", {"topic": "events", "from_seq": 1})
        check(opened["first_seq"] == last + 8, "the first that is kept:", opened)
        gap = wire.line()
        check(gap["method"] == "sub.gap" and gap["params"] == {
            "sub": 1, "topic": "events", "from": 1, "to": last + 7, "reason": "retention"}, gap)


def older_store(daemon):
    """A backup is put back: its sessions are good, its newest event is older than what was seen."""
    daemon.stop()
    backup = daemon.directory / "backup"
    shutil.copytree(daemon.state, backup)
    daemon.start()
    with Follower(daemon, "older", "-o", "jsonl") as older:
        daemon.ctl("vault", "pause", "v1", "--why", "the last word")
        daemon.ctl("vault", "resume", "v1", "--why", "after all")
        older.until(lambda: len(older.events()) == 2, "what happens does not come")
        daemon.stop()
        daemon.state.rename(daemon.directory / "newer")
        backup.rename(daemon.state)
        daemon.start()
        older.until(lambda: "event log is another one" in older.told(), "it says nothing of it")
        daemon.ctl("halt", "--why", "anew")
        older.until(lambda: len(older.events()) == 3, "it does not follow the older log")
        check(older.events()[2]["seq"] < older.events()[1]["seq"], "the numbers do not step back")
        check(older.events()[2]["type"] == "halt", older.events()[2])


def another_store(daemon):
    """Nobody is signed in there, and a follower says so."""
    with Follower(daemon, "other", "-o", "jsonl") as other:
        daemon.ctl("vault", "pause", "v1", "--why", "the last word")
        other.until(lambda: other.events(), "the pause does not come")
        daemon.stop()
        daemon.state.rename(daemon.directory / "old")
        daemon.start()
        check(other.process.wait(20) == 77, "without a session:", other.process.returncode)
        check("vaultctl login" in other.told(), other.told())


def own(daemon):
    """Whoever may not read others' vaults follows what is their own."""
    bob = daemon.user("bob")
    bob.ctl("account", "add", "--exchange", "paper")
    daemon.ctl("account", "add", "--exchange", "paper")
    for user, account in (daemon.admin, "a2"), (bob, "a1"):
        user.ctl("vault", "create", "--account", account, "--asset", "USDT", "--balance", "100")
    with Follower(bob, "bob", "--from-seq", "1", "-o", "jsonl") as mine, \
            Follower(daemon, "alice", "--from-seq", "1", "-o", "jsonl") as every:
        for user, vault in (daemon.admin, "v1"), (bob, "v2"):
            user.ctl("vault", "pause", vault, "--why", user.name)
        every.until(lambda: {"v1", "v2"} <= {event["object"] for event in every.events()},
                    "the admin does not see both")
        mine.until(lambda: "v2" in {event["object"] for event in mine.events()}, "bob sees nothing")
        wanted = [event for event in every.events() if event["user"] == "bob"]
        check(mine.events() == wanted, "bob sees", mine.events(), "and not", wanted)
        daemon.ctl("user", "disable", "bob")
        check(mine.process.wait(20) == 77, "who is kept out follows on:", mine.process.returncode)
        *listed, failure = mine.events()
        check(listed == wanted and failure["error"]["code"] == "AUTH_REQUIRED", "bob saw", listed)


def ends(daemon):
    def refused(code, text, *words):
        done = daemon.run("events", *words)
        check(done.code == code and text in done.stderr, words, done.code, done.stderr)
    refused(64, "-o jsonl", "--follow", "--json")
    refused(64, "--since", "--follow", "--since", "2024-01-01")
    refused(64, "--follow", "--from-seq", "1")
    with open("/dev/full", "wb") as full:
        done = subprocess.run([daemon.vaultctl, "events", "--follow", "--from-seq", "1"], stdout=full,
                              stderr=subprocess.PIPE, env=daemon.environment(), check=False, timeout=20)
    check(done.returncode == 74 and b"cannot be written" in done.stderr, "a full disk:", done)
    reader, writer = os.pipe()
    piped = subprocess.Popen([daemon.vaultctl, "events", "--follow", "--from-seq", "1"], stdout=writer,
                             stderr=subprocess.PIPE, env=daemon.environment())
    os.close(writer)
    os.read(reader, 10)
    os.close(reader)
    daemon.ctl("halt")  # something new to tell
    daemon.ctl("resume")
    check(piped.wait(20) == -signal.SIGPIPE, "a reader that goes:", piped.returncode)
    check(piped.stderr.read() == b"", "it says something to nobody")
    piped.stderr.close()
    with Follower(daemon, "bounded", "--timeout", "1s") as bounded, \
            Follower(daemon, "patient") as patient:
        time.sleep(0.5)
        daemon.stop()
        check(bounded.process.wait(10) == 69, "without a daemon:", bounded.process.returncode)
        check("--from-seq" in bounded.told(), bounded.told())
        check(patient.process.poll() is None, "it does not wait for the daemon")
        check(patient.interrupt() == 130, "Ctrl-C while it waits:", patient.process.returncode)
    check(daemon.run("events", "--follow").code == 69, "no daemon at the start")


def test(vaultd, vaultctl):
    print(f"seed {SEED}")
    with Daemon(vaultd, vaultctl) as daemon:
        daemon.day, daemon.until = 0, None
        daemon.play(SCENE)
        for part in through_kills, credit, slow, hundred, gaps, older_store, another_store, own, ends:
            begun = time.monotonic()
            part(daemon)
            print(f"{part.__name__}: {time.monotonic() - begun:.1f} s")


if __name__ == "__main__":
    main(test)
