"""What waits end with: whoever begins a job with --wait and loses patience, the terminal or the daemon
is told that the job was begun; `wait` with a limit waits for a daemon that is only being started.
"""

import json
import signal
import subprocess
import threading
import time

from private_daemon import Daemon, check, main

SCENE = """
account add --exchange paper
account add --exchange paper --label second
replay start synthetic --account a1 --days 3000 --speed 20000
replay start synthetic --account a2 --seed 3 --days 100 --speed 500000
"""


def told(done):
    document = json.loads(done.stdout)
    check(document["schema"] == "vault.error/1", done.stdout)
    error = document["error"]
    check(error["effect"] == "applied", "the effect is", error)
    check("was begun and goes on" in error["message"] and "job wait j" in error["hint"], error)
    return error


def run_until(daemon, until):
    return ["replay", "run", "--account", "a1", "--until", until, "--wait", "--json"]


def patience_ends(daemon):
    done = daemon.run(*run_until(daemon, "2024-06-01"), "--timeout", "500ms")
    check(done.code == 124, "exit", done.code, done.stderr)
    told(done)
    check(daemon.ctl("job", "list")[-1]["state"] == "running", "the job was ended")


def interrupted(daemon):
    process = subprocess.Popen([daemon.vaultctl, *run_until(daemon, "2024-07-01")], text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               stdin=subprocess.DEVNULL, env=daemon.environment())
    until = time.monotonic() + 20
    while daemon.ctl("replay", "status")[0]["until"] != "2024-07-01T00:00:00.000Z":
        check(time.monotonic() < until, "the replay does not run")
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    process.stdout, process.stderr = process.communicate(timeout=20)
    check(process.returncode == 130, "exit", process.returncode)
    told(process)


def killed_meanwhile(daemon):
    """It is killed and started again while a run is waited for: the wait goes on."""
    answer = []
    words = ["replay", "run", "--account", "a2", "--until", "2024-02-01", "--wait", "--json"]
    waiter = threading.Thread(target=lambda: answer.append(daemon.run(*words)))
    waiter.start()
    until = time.monotonic() + 20
    while daemon.ctl("replay", "status", "--account", "a2")[0]["state"] != "running":
        check(time.monotonic() < until, "the replay does not run")
    daemon.process.kill()
    daemon.process.wait()
    daemon.start()
    waiter.join(60)
    check(answer and answer[0].code == 0, "it ended with", answer and answer[0].stderr)


def waits_for_a_start(daemon):
    daemon.stop()
    done = daemon.run("wait", "daemon", "--for", "running")
    check(done.code == 69, "without a limit it ends at once:", done.code, done.stderr)
    done = daemon.run("wait", "daemon", "--for", "running", "--timeout", "300ms")
    check(done.code == 69, "no daemon came:", done.code, done.stderr)
    answer = []
    words = ["wait", "daemon", "--for", "running", "--timeout", "20s"]
    waiter = threading.Thread(target=lambda: answer.append(daemon.run(*words)))
    waiter.start()
    time.sleep(0.3)
    daemon.start()
    waiter.join(30)
    check(answer and answer[0].code == 0, "it ended with", answer and answer[0].stderr)


def test(vaultd, vaultctl):
    with Daemon(vaultd, vaultctl) as daemon:
        daemon.play(SCENE)
        patience_ends(daemon)
        interrupted(daemon)
        killed_meanwhile(daemon)
        waits_for_a_start(daemon)


main(test)
