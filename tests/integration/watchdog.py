"""Progress, not life: health, the service manager's watchdog and the heartbeat fall silent when one loop
stands still although the process runs, and a sleeve that is alive but idle is told by name.

The shard is made to stand still by a switch of testing builds (VAULT_TEST_STALL); the whole process by
SIGSTOP, as a machine that hangs would.
"""

import json
import os
import pathlib
import signal
import socket
import tempfile
import threading
import time

from alert_receivers import Receiver
from private_daemon import Daemon, check, main

SCENE = """
account add --exchange paper
vault create --account a1 --asset USDT --balance 1000
vault pairs v1 --add ETH/USDT
vault set-tradeable v1 900
vault allocate v1 --quiet 400 --flash 400
"""


class Manager:
    """The service manager's end of sd_notify(3)."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.beats = 0
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            self.beats += self.socket.recv(4096).count(b"WATCHDOG=1")


def until(holds, what, limit=60.0):
    end = time.monotonic() + limit
    while not holds():
        check(time.monotonic() < end, what, "- after", limit, "s")
        time.sleep(0.1)


def health_of(daemon):
    done = daemon.run("health", "--json", "--timeout", "20s")
    data = json.loads(done.stdout)["data"]
    return done.code, {row["name"]: row for row in data["checks"]}


def silent(count, span=4.0):
    """That nothing is counted for a while; what was on its way when it began is let through."""
    time.sleep(1.5)
    before = count()
    time.sleep(span)
    return count() == before


def loops_are_in_health(daemon):
    _, checks = health_of(daemon)
    loops = ("control", "shard", "store_writer", "reports", "notifier")
    check(all(checks[name]["ok"] for name in loops), checks)


def a_shard_that_stands_still(daemon, manager, receiver, stall):
    pings = lambda: len(receiver.got)
    until(lambda: pings() >= 3 and manager.beats >= 3, "no heartbeat")
    stall.touch()
    # The engine cannot answer, so health fails; its own account of the loops tells which it is.
    until(lambda: "loop_stuck" in daemon.log.read_text(), "a shard that stands still is not noticed")
    check("shard: it has made no progress" in daemon.log.read_text(), daemon.log.read_text()[-800:])
    check(silent(pings), "the heartbeat is sent although the shard stands still")
    check(silent(lambda: manager.beats), "the service manager is told that all is well")
    done = daemon.run("health", "--timeout", "2s")
    check(done.code != 0, "health says that all is well")
    stall.unlink()
    before, beats = pings(), manager.beats
    until(lambda: pings() > before and manager.beats > beats, "the heartbeat does not come back")
    until(lambda: "loops_go_on" in daemon.log.read_text(), "the end is not told")
    check(daemon.process.poll() is None, "the daemon has ended")


def a_process_that_stands_still(daemon, receiver):
    pings = lambda: len(receiver.got)
    daemon.process.send_signal(signal.SIGSTOP)
    check(silent(pings), "a process that stands still sends a heartbeat")
    daemon.process.send_signal(signal.SIGCONT)
    before = pings()
    until(lambda: pings() > before, "the heartbeat does not come back")


def a_sleeve_that_idles(daemon):
    """Its replay runs so slowly that no price comes: alive, but idle."""
    kinds = lambda: [(row["kind"], row["subject"]) for row in daemon.ctl("alert", "list")]
    daemon.play("replay start synthetic --account a1 --seed 7 --days 30 --speed 100000\n"
                "replay run --account a1")
    time.sleep(3)
    check(not any(kind.startswith("sleeve_idle") for kind, _ in kinds()), "busy sleeves idle:", kinds())
    daemon.play("replay stop --account a1\n"
                "replay start synthetic --account a1 --seed 7 --days 300 --from 2024-06-01 --speed 0.001\n"
                "replay run --account a1")
    wanted = [("sleeve_idle", f"v1.{sleeve}") for sleeve in ("quiet", "flash")]
    until(lambda: set(wanted) <= set(kinds()), "an idle sleeve is not told")
    row = next(row for row in daemon.ctl("alert", "list") if row["kind"] == "sleeve_idle")
    check("ETH/USDT" in row["message"] and "stands still" in row["message"], row)
    check(row["next"] == "vaultctl why-not-trading v1" and row["count"] == 1, row)
    daemon.process.kill()
    daemon.process.wait()
    daemon.start()
    time.sleep(4)
    check(kinds().count(wanted[0]) == 1, "a restart tells it again:", kinds())
    row = next(row for row in daemon.ctl("alert", "list") if row["kind"] == "sleeve_idle")
    check(row["count"] == 1, "a restart counts it again:", row)
    daemon.play("vault pause v1 --why 'a look at it'")
    over = [("sleeve_idle_over", f"v1.{sleeve}") for sleeve in ("quiet", "flash")]
    until(lambda: set(over) <= set(kinds()), "that it is over is not told")


def test(vaultd, vaultctl):
    with tempfile.TemporaryDirectory(prefix="vault-") as folder:
        folder = pathlib.Path(folder)
        manager = Manager(folder / "notify")
        stall = folder / "stall"
        os.environ.update(NOTIFY_SOCKET=str(folder / "notify"), WATCHDOG_USEC="2000000",
                          VAULT_TEST_STALL=str(stall))
        with Receiver() as receiver, Daemon(vaultd, vaultctl) as daemon:
            daemon.config.write_text(daemon.config.read_text() +
                                     "alerts:\n  heartbeat_every: 1s\n  idle_after: 2s\n"
                                     f"  heartbeat_url: http://127.0.0.1:{receiver.port}/ping\n")
            daemon.ctl("config", "reload", "--wait")
            daemon.play(SCENE)
            loops_are_in_health(daemon)
            a_shard_that_stands_still(daemon, manager, receiver, stall)
            a_process_that_stands_still(daemon, receiver)
            a_sleeve_that_idles(daemon)
            check(all(one["path"] == "/ping" and one["method"] == "GET" for one in receiver.got),
                  receiver.got[:3])
            daemon.stop()


if __name__ == "__main__":
    main(test)
