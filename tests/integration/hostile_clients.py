"""Hostile clients do not keep the operator out: half lines, slow readers, a thousand idle connections,
floods, reconnecting all the time, and all of it at once while a replay runs.

The limits are the shipped ones. During each attack the real vaultctl must get `status`, `halt` and
`vault pause` through, each within PATIENCE; afterwards everything else must work again, and the daemon
must have given descriptors and memory back.
"""

import contextlib
import json
import os
import pathlib
import re
import resource
import socket
import threading
import time

from private_daemon import Daemon, Failed, check, main

# A sanitized daemon is that much slower and larger (./dev check sets it): the attack shrinks with it.
SLOWDOWN = int(os.environ.get("VAULT_SLOWDOWN", "1"))
PATIENCE = 10.0  # seconds; the machine may be busy with other tests
IDLE = 1000 // SLOWDOWN
MEMORY_MIB = 300 * SLOWDOWN  # far below what unbounded queues would take

HELLO = b'{"jsonrpc":"2.0","id":0,"method":"hello","params":{"protocol":{"min":1,"max":1}}}\n'


def request(method, token=None):
    line = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {}}
    return json.dumps({**line, "meta": {"token": token}} if token else line).encode() + b"\n"


class Attack:
    """Sockets and threads of one attack; `with` ends all of it."""

    def __init__(self, daemon):
        self.path = str(daemon.socket)
        self.token = daemon.admin.token()
        self.over = threading.Event()
        self.threads = []
        self.sockets = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.over.set()
        for one in self.sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in self.threads:
            thread.join(20)
            check(not thread.is_alive(), "an attacker does not end")

    def connect(self, first=b""):
        one = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        one.settimeout(2)
        with contextlib.suppress(OSError):
            one.connect(self.path)
            one.sendall(first)
        self.sockets.append(one)
        return one

    def run(self, work, count=1):
        def loop():
            while not self.over.is_set():
                with contextlib.suppress(OSError):
                    work()
        for _ in range(count):
            self.threads.append(threading.Thread(target=loop, daemon=True))
            self.threads[-1].start()


def half_lines(attack):
    for _ in range(40):
        attack.connect(HELLO[:40])
        attack.connect(HELLO + b'{"jsonrpc":"2.0","id":1,"method":"vault.pause","para')


def slow_readers(attack):
    """Ask for much and read nothing."""
    for _ in range(max(4, 30 // SLOWDOWN)):
        one = attack.connect(HELLO)
        one.setblocking(False)
        with contextlib.suppress(OSError):
            while True:
                one.send(request("api.describe") * 100)


def silent(attack):
    for _ in range(IDLE):
        attack.connect()


def idle(attack):
    for _ in range(IDLE):
        attack.connect(HELLO)


def flood(attack):
    """Calls as fast as the sockets take them, replies thrown away."""
    shout_with(attack, attack.token)


def flood_of_nobody(attack):
    """The same without a session: refused, and the trail is not filled with it."""
    shout_with(attack, None)


def shout_with(attack, token):
    def shout():
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as one:
            one.connect(attack.path)
            one.sendall(HELLO)
            one.settimeout(0.2)
            while not attack.over.is_set():
                with contextlib.suppress(TimeoutError):
                    one.sendall((request("status", token) + request("vault.list", token)) * 50)
                with contextlib.suppress(TimeoutError):
                    check(one.recv(1 << 20), "closed")
    def forgiving():
        with contextlib.suppress(Failed):
            shout()
    attack.run(forgiving, max(1, 6 // SLOWDOWN))


def reconnect(attack):
    """Every connection is taken, greeted or not, and dropped again."""
    def knock():
        for first in (b"", HELLO, HELLO + request("status", attack.token)):
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as one:
                one.settimeout(1)
                one.connect(attack.path)
                one.sendall(first)
    attack.run(knock, max(1, 4 // SLOWDOWN))


def everything(attack):
    for part in (half_lines, slow_readers, flood, flood_of_nobody, reconnect, idle):
        part(attack)


def timed(daemon, *words):
    begin = time.monotonic()
    done = daemon.run(*words, "--json", timeout=60)
    took = time.monotonic() - begin
    check(done.code == 0, "vaultctl", *words, "ended with", done.code, done.stderr)
    check(took < PATIENCE, "vaultctl", *words, f"took {took:.1f} s")
    return took, json.loads(done.stdout)["data"]


def gets_through(daemon):
    """What the operator needs, several times, and with effect. Gives the longest wait."""
    waits = []
    for _ in range(5):
        took, _ = timed(daemon, "status")
        waits.append(took)
        took, vault = timed(daemon, "vault", "pause", "v1", "--why", "attack")
        waits.append(took)
        check(vault["state"] == "paused", "paused, but", vault)
        took, _ = timed(daemon, "halt", "--why", "attack")
        waits.append(took)
    _, status = timed(daemon, "status")
    check(status["pauses"], "the halt is not in force:", status)
    return max(waits)


def keeps_its_share(daemon):
    """Another program of the same user, which calls seldom, is never refused beside the flood, and the
    flood is."""
    with daemon.wire() as wire:
        for _ in range(20):
            for method in ("vault.list", "status"):
                wire.ask(method)
                reply = wire.line()
                check(reply and "result" in reply, method, "is refused beside a flood:", reply)
            time.sleep(0.25)  # four a second; of 50 and at most 11 connections its share
    refused = re.search(r'^vault_rpc_requests_total\{method="vault.list",code="RATE_LIMITED"\} (\d+)$',
                        daemon.run("metrics").stdout, re.M)
    check(refused and int(refused[1]) > 100, "the flood is not throttled:", refused)


def recovers(daemon, descriptors):
    """The rest works again soon, and nothing is left of the attackers."""
    until = time.monotonic() + 20
    for words in (["vault", "list"], ["resume"], ["vault", "resume", "v1"]):
        while (done := daemon.run(*words)).code == 75:  # a flood has used up the calls of its user
            check(time.monotonic() < until, "20 s after the attack:", done.stderr)
            time.sleep(0.1)
        check(done.code == 0, *words, done.stderr)
    while descriptors_of(daemon) > descriptors + 3:
        check(time.monotonic() < until, descriptors_of(daemon), "descriptors are left open")
        time.sleep(0.1)
    while (done := daemon.run("audit", "list", "--limit", "10000", "--json")).code == 75:
        check(time.monotonic() < until, "20 s after the attack:", done.stderr)
        time.sleep(0.1)
    rows = json.loads(done.stdout)["data"]
    nobody = sum(row["actor"].startswith("uid:") for row in rows)
    check(nobody < 1000, nobody, "rows of the trail are of callers without a session")
    used = memory_of(daemon)
    check(used < MEMORY_MIB, f"the daemon has {used} MiB after the attack")


def descriptors_of(daemon):
    return len(list(pathlib.Path(f"/proc/{daemon.process.pid}/fd").iterdir()))


def memory_of(daemon):
    status = pathlib.Path(f"/proc/{daemon.process.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


def every_attack(vaultd, vaultctl):
    # Both sides need a descriptor per connection.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    wanted = 4096 if most == resource.RLIM_INFINITY else min(4096, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
    with Daemon(vaultd, vaultctl, quick=False) as daemon:
        daemon.ctl("account", "add", "--exchange", "paper")
        daemon.ctl("replay", "start", "synthetic", "--account", "a1", "--speed", "1000")
        daemon.ctl("vault", "create", "--account", "a1", "--asset", "USDT", "--balance", "1000")
        daemon.ctl("vault", "pairs", "v1", "--add", "ETH/USDT")
        daemon.ctl("replay", "run", "--account", "a1")
        descriptors = descriptors_of(daemon)
        for attack_by in (half_lines, slow_readers, silent, idle, flood, flood_of_nobody, reconnect,
                          everything):
            with Attack(daemon) as attack:
                attack_by(attack)
                longest = gets_through(daemon)
                if attack_by is flood:
                    keeps_its_share(daemon)
            recovers(daemon, descriptors)
            print(f"{attack_by.__name__:<16} longest wait {longest * 1000:6.0f} ms", flush=True)
        daemon.stop()


if __name__ == "__main__":
    main(every_attack)
