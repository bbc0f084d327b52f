"""The keys by which secrets are sealed, on a real daemon: rotation, escrow, drill.

Master key and data keys are rotated again and again while API keys are added and the daemon is killed
(SIGKILL) in the middle; each start has to go on by itself, and at the end every secret opens, the old
key file and the old rows are refused, and no row of an old version is left. Then the escrow copy proves
itself, lies in the place of the key file and is unlocked by a passphrase typed at a terminal; and a
key from systemd (a stand-in that sets CREDENTIALS_DIRECTORY) is followed by the next credential.

    master_key.py VAULTD VAULTCTL FAILING_DISK [SECRETS [KILLS [SEED]]]
"""

import collections
import contextlib
import json
import os
import pty
import random
import select
import signal
import sqlite3
import subprocess
import threading
import time

from private_daemon import Daemon, check, main

MANY = "quota:\n  keys_per_account: 1000\n  accounts_per_user: 100\n"
A_ACCOUNT = 500  # keys
WHAT = ["master-key", "data-keys", "data-keys"]
PASSPHRASE = "five words nobody puts together"


def rows(daemon):
    """The versions in the store: master keys, data keys by user, and secrets by user and version."""
    path = daemon.state / "vault.db"
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store:
        masters = [row[0] for row in store.execute("SELECT version FROM master_key ORDER BY 1")]
        keys = collections.defaultdict(list)
        for user, version in store.execute("SELECT user, version FROM data_key ORDER BY 1, 2"):
            keys[user].append(version)
        fields = store.execute("SELECT user, version, count(*) FROM secret_field GROUP BY 1, 2")
        return masters, dict(keys), {(user, version): n for user, version, n in fields}


def shown(daemon):
    return daemon.ctl("secrets", "show")


def settled(daemon):
    """Waits until no rotation is under way; a start goes on by itself."""
    until = time.monotonic() + 60
    while (state := shown(daemon))["rotation"] != "none":
        check(time.monotonic() < until, "the rotation does not end:", state)
        time.sleep(0.02)
    return state


def drill(daemon, secrets):
    """Makes an escrow copy and proves it: every secret opens."""
    copy = daemon.directory / "copy"
    copy.unlink(missing_ok=True)
    words = daemon.secret_file("words", PASSPHRASE)
    daemon.ctl("secrets", "escrow", "--passphrase-file", words, "--out", copy)
    check(copy.stat().st_mode & 0o777 == 0o600, "others can read the copy")
    proof = daemon.ctl("secrets", "drill", "--copy", copy, "--passphrase-file", words)
    check(proof["ok"] and proof["unreadable"] == [] and proof["secrets"] == secrets, proof)
    return copy, words


def kill(daemon):
    daemon.process.send_signal(signal.SIGKILL)
    daemon.process.wait()


def fill(daemon, secrets):
    """Accounts of three users with `secrets` secrets, two for each API key."""
    accounts = []
    for n in range(-(-secrets // 2 // A_ACCOUNT) + 1):
        user = ["alice", "bob", "carol"][n % 3]
        daemon.user(user)
        made = daemon.users[user].ctl("account", "add", "--exchange", "paper", "--label", f"l{n}")
        accounts.append((made["id"], user))
    wires = {user: daemon.users[user].wire() for _, user in accounts}
    for n in range(secrets // 2):
        account, user = accounts[n // A_ACCOUNT]
        wires[user].call("key.add", {"account": account, "api_key": f"paper-{account}+key={n}",
                                     "secret": f"secret {n}"}, idem_key=f"fill-{n}")
    for wire in wires.values():
        wire.close()
    return accounts[-1]


def rotate(daemon, what):
    """Begins a rotation and does not wait for the answer."""
    wire = daemon.wire()
    wire.ask("secrets.rotate", {"what": what}, idem_key=f"rotate-{time.monotonic_ns()}")
    return wire


class Adder(threading.Thread):
    """Adds API keys until the daemon is gone; what was answered is in `kept`."""

    def __init__(self, daemon, last, kept):
        super().__init__(daemon=True)
        self.account, user = last
        self.first = threading.Event()
        self.wire, self.kept, self.refusal = daemon.users[user].wire(), kept, None
        self.start()

    def run(self):
        while True:
            self.wire.ask("key.add", {"account": self.account, "secret": "s", "api_key":
                                      f"paper-{self.account}+key={1_000_000 + len(self.kept)}"},
                          idem_key=f"late-{time.monotonic_ns()}")
            reply = self.wire.line()
            if reply is None:
                return
            if "result" not in reply:
                # One that was cut off may have been kept.
                if reply["error"]["data"]["code"] != "EXISTS":
                    self.refusal = reply
                    return
            self.kept.append(reply)
            self.first.set()


def killed_in_the_middle(daemon, last, secrets, kills, seed):
    dice = random.Random(seed)
    kept, begun = [], collections.Counter()
    for n in range(kills):
        began = time.monotonic()
        daemon.ctl("secrets", "rotate", what := dice.choice(WHAT))
        takes = time.monotonic() - began
        adder = Adder(daemon, last, kept)
        adder.first.wait(20)
        with rotate(daemon, what):
            time.sleep(dice.uniform(0, takes))
            kill(daemon)
        adder.join(20)
        check(not adder.is_alive() and not adder.refusal, "key.add meanwhile:", adder.refusal)
        masters, keys, _ = rows(daemon)
        is_cut = len(masters) > 1 or any(len(versions) > 1 for versions in keys.values())
        begun[f"{what}: {'cut off' if is_cut else 'whole, or not begun'}"] += 1
        daemon.start()
        if n % 10 == 9:
            settled(daemon)
    state = settled(daemon)
    check(state["secrets"] >= secrets + 2 * len(kept), state, "but", len(kept), "were added")
    check(kept and sum(begun.values()) == kills, "nothing was added while keys were rotated")
    return state, dict(begun), len(kept)


def versions_fit(daemon, state):
    masters, keys, fields = rows(daemon)
    check(masters == [state["master_key"]], "master keys in the store:", masters, state)
    check(all(len(versions) == 1 for versions in keys.values()), "data keys:", keys)
    check(all(keys[user] == [version] for user, version in fields), "secrets:", fields, keys)


def old_ones_are_refused(daemon, old_key, old_rows):
    """The key file of before, and secrets of before, open nothing any more."""
    daemon.stop()
    key = daemon.state / "master.key"
    new_key = key.read_bytes()
    key.write_bytes(old_key)
    done = subprocess.run([daemon.vaultd, "--config", daemon.config, "--state-dir", daemon.state,
                           "--socket", daemon.socket], capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL, check=False)
    check(done.returncode != 0 and "not at hand" in done.stderr, "an old master key is taken:",
          done.returncode, done.stderr)
    key.write_bytes(new_key)
    with contextlib.closing(sqlite3.connect(daemon.state / "vault.db")) as store:
        fresh = store.execute("SELECT * FROM secret_field WHERE user = ? AND account = ? AND api_key = ? "
                              "AND name = ?", old_rows[0][:4]).fetchone()
        store.execute("DELETE FROM secret_field WHERE user = ? AND account = ? AND api_key = ? AND "
                      "name = ?", fresh[:4])
        store.execute(f"INSERT INTO secret_field VALUES ({','.join('?' * len(fresh))})", old_rows[0])
        store.commit()
        daemon.start()
        done = daemon.run("secrets", "drill", "--copy", daemon.directory / "copy",
                          "--passphrase-file", daemon.directory / "words", "--json")
        proof = json.loads(done.stdout)["data"]
        check(done.code == 3 and not proof["ok"] and len(proof["unreadable"]) == 1, done.code, proof)
        daemon.stop()
        store.execute("DELETE FROM secret_field WHERE user = ? AND account = ? AND api_key = ? AND "
                      "name = ?", fresh[:4])
        store.execute(f"INSERT INTO secret_field VALUES ({','.join('?' * len(fresh))})", fresh)
        store.commit()
    daemon.start()


def under_kills(vaultd, vaultctl, secrets, kills, seed):
    with Daemon(vaultd, vaultctl) as daemon:
        daemon.config.write_text(daemon.config.read_text() + MANY)
        daemon.stop()
        daemon.start()
        began = time.monotonic()
        last = fill(daemon, secrets)
        filled = time.monotonic() - began
        drill(daemon, secrets)
        old_key = (daemon.state / "master.key").read_bytes()
        with contextlib.closing(sqlite3.connect(f"file:{daemon.state / 'vault.db'}?mode=ro",
                                                uri=True)) as store:
            old_rows = store.execute("SELECT * FROM secret_field ORDER BY api_key LIMIT 1").fetchall()
        began = time.monotonic()
        state, begun, added = killed_in_the_middle(daemon, last, secrets, kills, seed)
        versions_fit(daemon, state)
        drill(daemon, state["secrets"])
        check(any("cut off" in what for what in begun), "no kill came in the middle of one:", begun)
        for what in ("master-key", "data-keys"):  # at least once for certain, and to its end
            done = daemon.ctl("secrets", "rotate", what)
            check(done["state"] == "done", done)
        state = settled(daemon)
        check(not (daemon.state / "master.key.next").exists(), "master.key.next is left")
        versions_fit(daemon, state)
        drill(daemon, state["secrets"])
        old_ones_are_refused(daemon, old_key, old_rows)
        trail = daemon.ctl("audit", "list", "--action", "secrets.rotate", "--limit", "1000")
        ends = [row for row in trail if row["actor"] == "engine"]
        check(ends and all(row["object"].startswith("master-key.") or row["object"].startswith("u")
                           for row in ends), "ends in the trail:", ends[:3])
        check(daemon.ctl("audit", "verify")["ok"], "the trail")
        print(json.dumps({"seed": seed, "secrets": state["secrets"], "kills": kills, "what": begun,
                          "added_meanwhile": added, "master_key": state["master_key"],
                          "unreadable": 0, "fill_s": round(filled, 1),
                          "s": round(time.monotonic() - began, 1)}))


def at_a_terminal(daemon, answers):
    """vaultd on a terminal of its own: what is asked there is answered from `answers`."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(daemon.vaultd, [daemon.vaultd, "--config", str(daemon.config), "--state-dir",
                                 str(daemon.state), "--socket", str(daemon.socket)])
    seen, asked = "", 0
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if select.select([terminal], [], [], 0.05)[0]:
            try:
                seen += os.read(terminal, 4096).decode(errors="replace")
            except OSError:  # it has ended
                break
        if seen.count("Passphrase of") > asked:
            time.sleep(0.1)  # until the echo is off
            os.write(terminal, answers[asked].encode() + b"\r")
            asked += 1
        if asked == len(answers) and daemon.run("health").code in (0, 3):
            break
    return pid, terminal, seen, asked


def copy_in_place_of_the_key(vaultd, vaultctl):
    """The machine is gone; store and escrow copy are left, and a person who knows the passphrase."""
    with Daemon(vaultd, vaultctl) as daemon:
        daemon.play("account add --exchange paper")
        key, secret = daemon.secret_file("key", "paper-alice"), daemon.secret_file("secret", "s")
        daemon.play(f"key add --account a1 --api-key-file {key} --secret-file {secret}")
        copy, words = drill(daemon, 2)
        wrong = daemon.secret_file("wrong", "five words somebody else took")
        done = daemon.run("secrets", "drill", "--copy", copy, "--passphrase-file", wrong, "--json")
        error = json.loads(done.stdout)["error"]
        check(done.code == 77 and error["code"] == "PERM_DENIED" and error["hint"], done.code, error)
        text = daemon.run("secrets", "escrow", "--passphrase-file", words)
        check(text.code == 0 and text.stdout.startswith("core vault locked master key"), text.stdout)
        printed = daemon.secret_file("printed", text.stdout.rstrip("\n"))
        check(daemon.ctl("secrets", "drill", "--copy", printed, "--passphrase-file", words)["ok"],
              "a printed copy is none")
        daemon.stop()
        (daemon.state / "master.key").write_bytes(copy.read_bytes())
        done = subprocess.run(["setsid", daemon.vaultd, "--config", daemon.config, "--state-dir",
                               daemon.state, "--socket", daemon.socket], capture_output=True,
                              text=True, timeout=60, stdin=subprocess.DEVNULL, check=False)
        check(done.returncode != 0 and "no terminal" in done.stderr, done.returncode, done.stderr)
        pid, terminal, seen, asked = at_a_terminal(daemon, ["not these five words", PASSPHRASE])
        try:
            check(asked == 2 and PASSPHRASE not in seen, "asked", asked, "times:", seen)
            state = shown(daemon)
            check(state["place"].endswith("master.key, locked by a passphrase"), state)
            check(daemon.ctl("key", "validate", "k1")["state"] == "valid", "k1 does not open")
            bare = daemon.run("secrets", "rotate", "master-key", "--json")
            check(json.loads(bare.stdout)["error"]["field"] == "passphrase", bare.stdout)
            done = daemon.ctl("secrets", "rotate", "master-key", "--passphrase-file", words)
            check(done == {**done, "state": "done", "version": 2}, done)
            stale = daemon.run("secrets", "drill", "--copy", copy, "--passphrase-file", words, "--json")
            check(json.loads(stale.stdout)["error"]["code"] == "wrong_state", stale.stdout)
        finally:
            os.kill(pid, signal.SIGTERM)
            until = time.monotonic() + 20
            while os.waitpid(pid, os.WNOHANG) == (0, 0) and time.monotonic() < until:
                with contextlib.suppress(OSError):
                    if select.select([terminal], [], [], 0.05)[0]:
                        os.read(terminal, 4096)
            os.close(terminal)


def credentials(vaultd, vaultctl):
    """systemd gives the key, and then the next one beside it."""
    with Daemon(vaultd, vaultctl, signed_in=False) as daemon:
        daemon.stop()
        (daemon.state / "master.key").unlink()
        folder = daemon.directory / "credentials"
        folder.mkdir(mode=0o700)
        os.environ["CREDENTIALS_DIRECTORY"] = str(folder)
        try:
            def give(name, key):
                (folder / name).write_bytes(key)
                (folder / name).chmod(0o400)

            first, second = os.urandom(32), os.urandom(32)
            give("master.key", first)
            daemon.signed_in = True
            daemon.start()
            daemon.play("account add --exchange paper")
            key, secret = daemon.secret_file("key", "paper-alice"), daemon.secret_file("secret", "s")
            daemon.play(f"key add --account a1 --api-key-file {key} --secret-file {secret}")
            done = daemon.run("secrets", "rotate", "master-key", "--json")
            error = json.loads(done.stdout)["error"]
            check(error["code"] == "NOT_FOUND" and "systemd-creds" in error["hint"], error)
            give("master.key.next", second)
            daemon.stop()
            daemon.start()
            done = daemon.run("secrets", "rotate", "master-key", "--json")
            reply = json.loads(done.stdout)
            check(reply["data"]["state"] == "done" and any("master.key.next" in text for text in reply["warnings"]), reply)
            check(shown(daemon)["place"] == "credential master.key.next", shown(daemon))
            daemon.stop()
            (folder / "master.key.next").unlink()
            (folder / "master.key").unlink()
            give("master.key", second)
            daemon.start()
            check(shown(daemon)["place"] == "credential master.key" and shown(daemon)["to_do"] == [],
                  shown(daemon))
            check(daemon.ctl("key", "validate", "k1")["state"] == "valid", "k1 does not open")
            check(not (daemon.state / "master.key").exists(), "a file was made beside the credential")
        finally:
            del os.environ["CREDENTIALS_DIRECTORY"]


def caller(daemon, number, ends, answers):
    """Rotates, or adds API keys, until `ends` is set; what was answered is counted."""
    n = 0
    with daemon.wire(timeout=60) as wire:
        while not ends.is_set():
            n += 1
            if number % 2:
                method, params = "secrets.rotate", {"what": WHAT[n % len(WHAT)]}
            else:
                method = "key.add"
                params = {"account": "a1", "api_key": f"paper-a1+key={number * 100_000 + n}", "secret": "s"}
            wire.ask(method, params, idem_key=f"c{number}-{n}")
            reply = wire.line()
            check(reply is not None, method, "was not answered")
            answers[method, "result" in reply] += 1
            time.sleep(0.01)


def on_a_full_disk(vaultd, vaultctl, failing_disk, dice):
    """Commits fail in bursts while several rotate and add keys; no secret may be lost, at once or later."""
    with Daemon(vaultd, vaultctl) as daemon:
        daemon.config.write_text(daemon.config.read_text() + MANY)
        daemon.play("account add --exchange paper")
        flag = daemon.directory / "full"
        daemon.stop()
        os.environ.update({"LD_PRELOAD": failing_disk, "FAILING_DISK_FLAG": str(flag)})
        try:
            daemon.start()
        finally:
            del os.environ["LD_PRELOAD"]
        ends, answers = threading.Event(), collections.Counter()
        threads = [threading.Thread(target=caller, args=(daemon, n, ends, answers)) for n in range(4)]
        for thread in threads:
            thread.start()
        until = time.monotonic() + 12
        while time.monotonic() < until and daemon.process.poll() is None:
            time.sleep(dice.uniform(0, 0.15))
            flag.touch()
            time.sleep(dice.uniform(0, 0.03))
            flag.unlink()
        ends.set()
        for thread in threads:
            thread.join(60)
        check(daemon.process.poll() is None, "the daemon ended with", daemon.process.poll())
        state = settled(daemon)
        versions_fit(daemon, state)
        drill(daemon, state["secrets"])
        kill(daemon)
        daemon.start()
        check(settled(daemon)["secrets"] == state["secrets"], "secrets after a restart")
        drill(daemon, state["secrets"])
        check(answers["secrets.rotate", True] and answers["key.add", True] and
              answers["secrets.rotate", False] + answers["key.add", False], "answers:", answers)
        print(json.dumps({"full_disk": {f"{method} {'done' if done else 'refused'}": n
                                        for (method, done), n in sorted(answers.items())},
                          "secrets": state["secrets"], "master_key": state["master_key"]}))


def test(vaultd, vaultctl, failing_disk="", secrets="1200", kills="12", seed=None):
    seed = int(seed) if seed else random.SystemRandom().randrange(1 << 32)
    print("seed", seed, flush=True)
    if failing_disk:
        on_a_full_disk(vaultd, vaultctl, failing_disk, random.Random(seed))
    else:
        print("no library that makes a disk fail: failing commits are left out")
    copy_in_place_of_the_key(vaultd, vaultctl)
    credentials(vaultd, vaultctl)
    under_kills(vaultd, vaultctl, int(secrets), int(kills), seed)


main(test)
