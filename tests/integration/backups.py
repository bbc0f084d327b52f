"""Backups of a running store, and putting them back.

Twenty backups are taken while users trade (paper replays) and call; each is verified, put back into a
state directory of its own and opened by a daemon there: its books balance, end where the label says, and
everything stands halted until a person resumes; after that it trades on. A backup that was cut, changed
or is of another key is refused, and one is never put over a store that is there.

    backups.py VAULTD VAULTCTL [BACKUPS [SEED]]
"""

import json
import os
import pathlib
import random
import shutil
import subprocess
import time

from private_daemon import Daemon, check, main

SCENE = """
account add --exchange paper
vault create --account a1 --asset USDT --balance 10000
vault pairs v1 --add ETH/USDT
vault set-tradeable v1 8000
vault allocate v1 --quiet 4000 --flash 4000
replay start synthetic --account a1 --seed 7 --days 300 --speed 86400
bob: account add --exchange paper
bob: vault create --account a2 --asset USDT --balance 5000
bob: vault pairs v2 --add ETH/USDT
bob: vault set-tradeable v2 4000
bob: vault allocate v2 --flash 4000
bob: replay start synthetic --account a2 --seed 9 --days 300 --speed 86400
replay run --account a1
bob: replay run --account a2
"""


def vaultd(daemon, *words):
    return subprocess.run([daemon.vaultd, "--config", daemon.config, *map(str, words)],
                          capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL,
                          check=False)


def taken(daemon, backups, dice):
    """Backups while the replays run and somebody calls; the labels by name."""
    labels = {}
    for n in range(backups):
        time.sleep(dice.uniform(0, 0.2))
        daemon.ctl("vault", "pause", "v1", "--why", f"number {n}")
        daemon.ctl("vault", "resume", "v1")
        while (name := daemon.ctl("backup", "create")["name"]) in labels:
            check(False, "two backups have the name", name)
        labels[name] = daemon.ctl("backup", "verify", name)
        check(labels[name]["ok"] and labels[name]["walked"] == labels[name]["entries"], labels[name])
        time.sleep(max(0, 1.01 - time.time() % 1))  # a name has seconds
    listed = daemon.ctl("backup", "list")
    check([row["name"] for row in listed] == sorted(labels), listed)
    batches = [row["batch"] for row in listed]
    check(batches == sorted(set(batches)), "backups of the same instant:", batches)
    return labels


def put_back(daemon, name, label):
    """In a state directory of its own, with the master key alone; gives the daemon that opened it."""
    folder = daemon.directory / f"back-{name}"
    folder.mkdir(mode=0o700)
    shutil.copy2(daemon.state / "master.key", folder / "master.key")
    done = vaultd(daemon, "--state-dir", folder, "--restore", daemon.state / "backups" / name)
    check(done.returncode == 0 and f"batch {label['batch']}," in done.stdout, done.stdout, done.stderr)
    again = vaultd(daemon, "--state-dir", folder, "--restore", daemon.state / "backups" / name)
    check(again.returncode != 0 and "there is a" in again.stderr, "put over a store:", again.stderr)
    return folder


def opened(daemon, folder, label, resume):
    """A daemon on that folder: halted, balanced, and trading once it is told to."""
    back = Daemon(daemon.vaultd, daemon.vaultctl, signed_in=False)
    shutil.rmtree(back.state, ignore_errors=True)
    back.state = folder
    with back:
        back.admin.sign_in()
        status = back.ctl("status")
        halts = [pause for pause in status["pauses"] if pause["state"] == "halted"]
        check(halts and "amnesia: the store is the backup of" in halts[0]["why"], status["pauses"])
        check(back.ctl("ledger", "verify", "--all")["ok"], "the books of", folder)
        check(back.ctl("audit", "verify")["ok"], "the trail of", folder)
        before = {row["id"]: row["now"] for row in back.ctl("account", "list")}
        entries = [row for vault in ("v1", "v2")
                   for row in back.ctl("ledger", "list", vault, "--limit", "10000")]
        ended = [row for row in entries if row["kind"].endswith("_release") and row["seq"] > 1]
        added = len(entries) - label["entries"]
        check(0 <= added <= len(ended), "entries:", len(entries), label)  # the halt ends what was live
        alert = back.ctl("alert", "list")
        check([row for row in alert if row["kind"] == "store_is_older"], "no alert:", alert)
        done = back.ctl("audit", "list", "--action", "halt")
        check(done and done[-1]["actor"] == "restore", done)
        if not resume:
            return
        time.sleep(0.3)
        back.ctl("resume")
        for account, began in before.items():
            until = time.monotonic() + 30
            while back.ctl("account", "show", account)["now"] == began:
                check(time.monotonic() < until, account, "does not go on after resume")
                time.sleep(0.1)
        back.stop()
        back.start()  # halted once: the note is forgotten
        status = back.ctl("status")
        check(not [pause for pause in status["pauses"] if pause["state"] == "halted"], status["pauses"])


def put_back_by_hand(vaultd_path, vaultctl):
    """A copy of the store's file, taken while the daemon is stopped, replaces a later store."""
    with Daemon(vaultd_path, vaultctl) as daemon:
        daemon.play(SCENE.split("replay run")[0])
        daemon.stop()
        daemon.start()
        daemon.stop()
        old = daemon.directory / "old.db"
        shutil.copy2(daemon.state / "vault.db", old)
        daemon.start()
        status = daemon.ctl("status")
        check(not status["pauses"], "an ordinary start was taken for amnesia:", status["pauses"])
        daemon.ctl("account", "deposit", "a1", "USDT", "5")
        daemon.stop()
        shutil.copy2(old, daemon.state / "vault.db")
        for _ in range(2):  # halted, and again by whoever starts it before that is undone
            daemon.start()
            halts = daemon.ctl("status")["pauses"]
            check(halts and "amnesia: the store ends at batch" in halts[0]["why"], halts)
            daemon.process.kill()
            daemon.process.wait()
        daemon.start()
        daemon.ctl("resume")
        daemon.stop()
        daemon.start()
        check(not daemon.ctl("status")["pauses"], "once is enough")
        check(daemon.ctl("ledger", "verify", "--all")["ok"], "its books")


def refused(daemon, name, dice):
    path = daemon.state / "backups" / name
    whole = path.read_bytes()
    broken = daemon.state / "backups" / "vault-20000101T000000Z.backup"
    head = whole.index(b"\ncheck ")
    for n in range(12):
        place = dice.randrange(len(whole)) if n % 2 else dice.randrange(head)
        text = bytearray(whole)
        text[place] ^= 1 << dice.randrange(8)
        broken.write_bytes(bytes(text) if n < 8 else whole[:dice.randrange(len(whole))])
        done = daemon.run("backup", "verify", broken.name, "--json")
        check(done.code != 0 and not json.loads(done.stdout)["ok"], "byte", place, done.stdout)
        folder = daemon.directory / "broken"
        folder.mkdir(exist_ok=True)
        shutil.copy2(daemon.state / "master.key", folder / "master.key")
        done = vaultd(daemon, "--state-dir", folder, "--restore", broken)
        check(done.returncode != 0 and sorted(os.listdir(folder)) == ["master.key"],
              "put back:", done.stderr, os.listdir(folder))
    broken.unlink()
    (folder / "master.key").write_bytes(os.urandom(32))
    done = vaultd(daemon, "--state-dir", folder, "--restore", path)
    check(done.returncode != 0 and sorted(os.listdir(folder)) == ["master.key"], done.stderr)
    (folder / "master.key").unlink()
    done = vaultd(daemon, "--state-dir", folder, "--restore", path)
    check(done.returncode != 0 and "no master key at hand" in done.stderr and not os.listdir(folder),
          "a restore made a key:", done.stderr, os.listdir(folder))
    done = daemon.run("backup", "verify", "../master.key", "--json")
    check(json.loads(done.stdout)["error"]["code"] == "INVALID_PARAMS", done.stdout)


def test(vaultd_path, vaultctl, backups="20", seed=None):
    seed = int(seed) if seed else random.SystemRandom().randrange(1 << 32)
    print("seed", seed, flush=True)
    dice = random.Random(seed)
    put_back_by_hand(vaultd_path, vaultctl)
    with Daemon(vaultd_path, vaultctl) as daemon:
        daemon.play(SCENE)
        began = time.monotonic()
        labels = taken(daemon, int(backups), dice)
        took = time.monotonic() - began
        check(not (daemon.state / "backups" / "backup.unfinished").exists(), "a copy in clear is left")
        left = [path.name for path in pathlib.Path(daemon.state / "backups").iterdir()
                if not path.name.endswith(".backup")]
        check(not left, "left in the folder of backups:", left)
        daemon.ctl("halt", "--why", "the end")
        for n, (name, label) in enumerate(labels.items()):
            folder = put_back(daemon, name, label)
            opened(daemon, folder, label, resume=n % 5 == 0)
            shutil.rmtree(folder, ignore_errors=True)
        refused(daemon, next(iter(labels)), dice)
        print(json.dumps({"seed": seed, "backups": len(labels), "verified": len(labels),
                          "restored": len(labels), "refused": 12,
                          "entries": [label["entries"] for label in labels.values()][-1],
                          "taken_s": round(took, 1)}))


if __name__ == "__main__":
    main(test)
