"""vaultd as a service: what it tells the manager (sd_notify), and how it ends.

READY once it answers, WATCHDOG while the shard turns, STATUS, STOPPING at SIGTERM, exit code 0; every
change that was answered before is there after the next start; a second daemon on the same store is
refused with a word on what to do; a start with a broken configuration ends with 78.
"""

import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import threading
import time

from private_daemon import Daemon, check, main


class Manager:
    """The service manager's end of NOTIFY_SOCKET."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.lines = []
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            self.lines += self.socket.recv(4096).decode().split("\n")

    def wait_for(self, word, count=1, within=10.0):
        until = time.monotonic() + within
        while sum(line.startswith(word) for line in self.lines) < count:
            check(time.monotonic() < until, "no", word, "in", within, "s:", self.lines)
            time.sleep(0.02)


def burst(daemon, stop):
    """Mutations one after the other until the daemon is gone; the names that were answered."""
    answered = []
    try:
        with daemon.wire() as wire:
            for number in range(100_000):
                if stop.is_set() and number % 50 == 0:
                    time.sleep(0.01)
                name = f"late{number}"
                wire.call("user.create", {"name": name, "role": "member"},
                          idem_key=f"key-{number}")
                answered.append(name)
    except Exception:  # the daemon refuses, then hangs up: that is what is tested
        pass
    return answered


def test(vaultd, vaultctl):
    with tempfile.TemporaryDirectory(prefix="vault-manager-") as folder:
        address = pathlib.Path(folder) / "notify"
        manager = Manager(address)
        os.environ["NOTIFY_SOCKET"] = str(address)
        os.environ["WATCHDOG_USEC"] = "400000"
        with Daemon(vaultd, vaultctl) as daemon:
            manager.wait_for("READY=1")
            manager.wait_for("STATUS=")
            manager.wait_for("WATCHDOG=1", count=3)

            second = subprocess.run(
                [vaultd, "--state-dir", daemon.state, "--socket", daemon.directory / "other.sock"],
                capture_output=True, text=True, timeout=30, check=False)
            check(second.returncode not in (0, -signal.SIGSEGV), "a second daemon started")
            check("\n  " in second.stderr, "it does not say what to do:", second.stderr)

            stop = threading.Event()
            answered = []
            worker = threading.Thread(target=lambda: answered.extend(burst(daemon, stop)))
            worker.start()
            time.sleep(0.5)
            stop.set()
            daemon.stop()
            worker.join(30)
            manager.wait_for("STOPPING=1")
            check(len(answered) > 10, "the burst did not run:", len(answered))

            daemon.start()
            known = {user["name"] for user in daemon.ctl("user", "list")}
            lost = [name for name in answered if name not in known]
            check(not lost, len(lost), "answered changes are gone:", lost[:5])
            extra = [name for name in known if name not in answered]
            check(len(extra) <= 1, "more was done than was answered or on its way:", extra[:5])
            print(f"{len(answered)} changes answered before SIGTERM, all there; "
                  f"{len(extra)} done on the way")
            daemon.stop()

            daemon.config.write_text("store:\n  balast_mib: 3\n")
            broken = subprocess.run([vaultd, "--config", daemon.config, "--state-dir", daemon.state],
                                    capture_output=True, text=True, timeout=30, check=False)
            check(broken.returncode == 78, "a broken configuration ends with", broken.returncode)
            check("ballast_mib" in broken.stderr, "no suggestion:", broken.stderr)


if __name__ == "__main__":
    main(test)
