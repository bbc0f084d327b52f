"""The configuration of a running daemon: sources, origins, reload and SIGHUP.

Every key tells its origin, and command line goes before environment, file and default. A reload under
load applies what it can, tells what waits for a restart and loses no call; what waited is in force
after the restart. A file with a fault changes nothing. A secret or a slip in the environment ends a
start with 78. The manager hears RELOADING and READY.
"""

import json
import os
import pathlib
import signal
import subprocess
import tempfile
import threading
import time

from private_daemon import Daemon, check, main
from service_life import Manager

QUICK = "  requests_per_second: 100000\n  burst: 100000\n"
FIRST = f"control:\n{QUICK}store:\n  disk_alert_pct: 70\ncandles:\n  path: first\n"


def origins(daemon):
    return {row["key"]: row for row in daemon.ctl("config", "show", "--origin")["keys"]}


def check_sources(daemon):
    """One key from each of the four sources, and all of them shown."""
    rows = origins(daemon)
    check(len(rows) >= 35, "config show has", len(rows), "keys")
    wanted = {"store.disk_alert_pct": ("70", "file:5", f"{daemon.config}:5"),
              "store.disk_stop_buys_pct": ("97", "environment", "VAULTD_STORE_DISK_STOP_BUYS_PCT"),
              "control.socket": (str(daemon.socket), "command line", "--socket"),
              "log.level": ("info", "default", None)}
    for key, (value, origin, where) in wanted.items():
        row = rows[key]
        check((row["value"], row["origin"], row["where"]) == (value, origin, where), key, "is", row)
    quiet = daemon.run("config", "show", "-q").stdout.splitlines()
    check(len(quiet) == len(rows), "config show -q prints", len(quiet), "lines")


def check_refused_starts(daemon):
    """What the environment may not hold; the value is not repeated."""
    for name, value, said in (("VAULTD_MASTER_KEY", "hunter2", "secret"),
                              ("VAULTD_STORE_PASSWORD", "hunter2", "secret"),
                              ("VAULTD_STORE_DISK_ALERT_PTC", "70",
                               "did you mean VAULTD_STORE_DISK_ALERT_PCT?"),
                              ("VAULTD_LOG_LEVEL", "loud", "log.level: 'loud' is not a log level"),
                              ("VAULTD_PAPER_PAIRS", "[]", "write it in the file")):
        for words in ([], ["--check-config"]):
            done = subprocess.run(
                [daemon.vaultd, *words, "--config", daemon.config, "--state-dir",
                 daemon.directory / "other", "--socket", daemon.directory / "other.sock"],
                capture_output=True, text=True, timeout=20, check=False,
                env={**os.environ, name: value})
            check(done.returncode == 78, name, words, "ended with", done.returncode, done.stderr)
            check(f"vaultd: CONFIG_INVALID: {name}: " in done.stderr and said in done.stderr, name,
                  "said", done.stderr)
            check("hunter2" not in done.stderr, "the secret is repeated:", done.stderr)
    check(not (daemon.directory / "other").exists(), "a refused start made a state directory")


class Load:
    """Calls one after the other until it is stopped; each must be answered."""

    def __init__(self, daemon):
        self.daemon, self.stopped, self.answered, self.failure = daemon, threading.Event(), 0, None
        self.thread = threading.Thread(target=self.run)

    def run(self):
        try:
            with self.daemon.wire() as wire:
                while not self.stopped.is_set():
                    name = f"user{threading.get_ident()}-{self.answered}"
                    wire.call("user.create", {"name": name, "role": "member"}, idem_key=name)
                    wire.call("status")
                    self.answered += 1
        except Exception as why:  # told by the one who waits
            self.failure = why

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.thread.join(30)


def last_reload(daemon):
    return daemon.ctl("config", "show")["last_reload"]


def wait_for_reload(daemon, before, within=10.0):
    until = time.monotonic() + within
    while (last := last_reload(daemon)) == before:
        check(time.monotonic() < until, "no reload in", within, "s")
        time.sleep(0.02)
    return last


def fates(report):
    return {change["key"]: change["result"] for change in report["changes"]}


def check_hangups_under_load(daemon, manager):
    """SIGHUP after SIGHUP while two clients call; the limits change under them."""
    with Load(daemon) as one, Load(daemon) as two:
        for number in range(20):
            before = last_reload(daemon)
            daemon.config.write_text(FIRST.replace("70", str(50 + number)) +
                                     f"engine:\n  ride_along_ms: {number}\n")
            daemon.process.send_signal(signal.SIGHUP)
            last = wait_for_reload(daemon, before)
            check(last["ok"] and last["by"] == "SIGHUP", "SIGHUP:", last)
            check(origins(daemon)["store.disk_alert_pct"]["value"] == str(50 + number),
                  "the reload of SIGHUP did not apply")
    for load in (one, two):
        check(load.failure is None, "a call under reload:", load.failure)
        check(load.answered > 20, "only", load.answered, "calls under reload")
    manager.wait_for("RELOADING=1", count=20)
    times = [line for line in manager.lines if line.startswith("MONOTONIC_USEC=")]
    check(len(times) >= 20 and all(int(line.split("=")[1]) > 0 for line in times), "times:", times)
    last = max(i for i, line in enumerate(manager.lines) if line == "RELOADING=1")
    until = time.monotonic() + 10
    while "READY=1" not in manager.lines[last:]:
        check(time.monotonic() < until, "no READY=1 after the last RELOADING=1")
        time.sleep(0.02)
    return one.answered + two.answered


def check_invalid_keeps(daemon):
    before = origins(daemon)
    good = daemon.config.read_text()
    daemon.config.write_text("control:\n  burst: 7\nstore:\n  balast_mib: 1\nlog: {level: loud}\n")
    done = daemon.run("config", "reload", "--wait", "--json")
    check(done.code == 78, "an invalid file: exit", done.code, done.stdout)
    document = json.loads(done.stdout)
    check(document["ok"] is False and document["data"]["result"] == "rejected", document)
    rejected = fates(document["data"])
    check(rejected == {"store.balast_mib": "rejected", "log.level": "rejected"}, rejected)
    where = [change["where"] for change in document["data"]["changes"]]
    check(where == [f"{daemon.config}:4:3", f"{daemon.config}:5:14"], "places:", where)
    shown = " ".join(daemon.run("config", "check").stdout.split())  # a table folds
    check("did you mean ballast_mib?" in shown, "no suggestion")
    check(daemon.run("config", "check").code == 78, "config check")
    check(origins(daemon) == before, "a rejected reload changed something")
    check(daemon.ctl("status")["config"]["last_reload"]["ok"] is False, "status does not tell")
    doctor = daemon.run("doctor", "--json")
    check(doctor.code == 3, "doctor after a rejected reload:", doctor.code)
    check("config_rejected" in daemon.log.read_text(), "nothing in the log")
    daemon.config.unlink()
    check(daemon.run("config", "reload").code == 78, "a file that has gone was taken")
    check(origins(daemon) == before, "a file that has gone changed something")
    daemon.config.write_text(good)
    check(daemon.ctl("config", "reload")["result"] == "unchanged", "the old file differs")
    check(daemon.ctl("status")["config"]["last_reload"]["ok"] is True, "status keeps the fault")


def check_pending(daemon):
    """Each key its fate; what waits is in force after the restart, and waits no more."""
    daemon.config.write_text(FIRST.replace("70", "60").replace("first", "second") +
                             "log:\n  level: debug\npaper:\n  fee_rate: 0.001\n")
    planned = daemon.ctl("config", "check")
    wanted = {"store.disk_alert_pct": "applied", "candles.path": "needs_restart",
              "log.level": "applied", "paper.fee_rate": "applied",
              "engine.ride_along_ms": "applied"}
    check(fates(planned) == wanted, "config check says", fates(planned))
    dry = daemon.ctl("config", "reload", "--dry-run")
    check(fates(dry) == wanted, "--dry-run says", fates(dry))
    check(origins(daemon)["log.level"]["value"] == "info", "--dry-run changed something")
    key = ("--idem-key", "the-first")
    done = daemon.ctl("config", "reload", "--wait", *key)
    check(fates(done) == wanted, "reload says", fates(done))
    check(daemon.ctl("config", "reload", *key) == done, "the same key got another answer")
    rows = origins(daemon)
    check(rows["candles.path"]["pending"].endswith("/second"), rows["candles.path"])
    check(rows["candles.path"]["value"].endswith("/first"), rows["candles.path"])
    check(daemon.ctl("status")["config"]["needs_restart"] == ["candles.path"], "status")
    warned = [check_["status"] for check_ in daemon.ctl("doctor")["checks"]
              if check_["name"] == "config"]
    check(warned == ["warning"], "doctor on a key that waits:", warned)
    check_new_fee(daemon)
    daemon.stop()
    daemon.start()
    rows = origins(daemon)
    check(rows["candles.path"]["value"].endswith("/second"), "after the restart:", rows)
    check("pending" not in rows["candles.path"], "it still waits:", rows["candles.path"])
    state = daemon.ctl("config", "show")
    check(state["needs_restart"] == [] and state["last_reload"] is None, "after the restart:", state)


def check_new_fee(daemon):
    """The fee of the reload is that of an account that is added after it."""
    account = daemon.ctl("account", "add", "--exchange", "paper")["id"]
    daemon.ctl("account", "deposit", account, "USDT", "1000")
    daemon.ctl("replay", "start", "synthetic", "--account", account)
    daemon.ctl("replay", "run", "--account", account, "--until", "2024-01-02", "--wait")
    daemon.ctl("account", "trade", account, "ETH/USDT", "buy", "0.1", "--price", "2000")
    wallets = {one["asset"]: one["total"] for one in daemon.ctl("account", "show", account)["wallets"]}
    check(wallets["USDT"] == "799.8", "0.1 ETH at 2000 and a fee of 0.001 leave", wallets)


def check_limits_bite(daemon):
    """A limit that was lowered holds at once, for connections that are open too."""
    good = daemon.config.read_text()
    with daemon.wire() as wire:
        daemon.config.write_text(good.replace(QUICK, "  requests_per_second: 1\n  burst: 5\n"))
        check(daemon.ctl("config", "reload")["ok"], "lower limits")
        codes = []
        for _ in range(10):
            wire.ask("user.list")
            codes.append(wire.line().get("error", {}).get("data", {}).get("code"))
        check(codes.count("RATE_LIMITED") >= 5, "the new rate does not hold:", codes)
        daemon.config.write_text(good)
        daemon.process.send_signal(signal.SIGHUP)  # a call would be refused
        until = time.monotonic() + 10
        while True:
            wire.ask("user.list")
            if "result" in wire.line():
                break
            check(time.monotonic() < until, "the old rate did not come back")
            time.sleep(0.05)


def check_offline(daemon):
    """config check FILE needs no daemon."""
    good, bad = daemon.directory / "good.yaml", daemon.directory / "bad.yaml"
    good.write_text("log: {level: debug}\n")
    bad.write_text("lg: {level: debug}\n")
    done = daemon.run("config", "check", "good.yaml", "--json")
    check(done.code == 0 and json.loads(done.stdout)["data"]["result"] == "right", done)
    done = daemon.run("config", "check", "bad.yaml", "--json")
    check(done.code == 78 and f"{bad}:1:1: unknown key lg; did you mean log?" in done.stdout, done)
    check(daemon.run("config", "check").code == 69, "without file and daemon")
    check(daemon.run("config", "check", "none.yaml").code == 78, "a file that is not there")


def test(vaultd, vaultctl):
    with tempfile.TemporaryDirectory(prefix="vault-manager-") as folder:
        address = pathlib.Path(folder) / "notify"
        manager = Manager(address)
        os.environ["NOTIFY_SOCKET"] = str(address)
        os.environ["VAULTD_STORE_DISK_STOP_BUYS_PCT"] = "97"
        daemon = Daemon(vaultd, vaultctl)
        daemon.config.write_text(FIRST)
        with daemon:
            check_sources(daemon)
            check(daemon.ctl("config", "reload")["result"] == "unchanged", "nothing has changed")
            calls = check_hangups_under_load(daemon, manager)
            check_invalid_keeps(daemon)
            check_pending(daemon)
            check_limits_bite(daemon)
            check_refused_starts(daemon)
            daemon.ctl("ledger", "verify", "--all")
            daemon.stop()
            check_offline(daemon)
            print(f"{calls} calls answered under 20 reloads")


main(test)
