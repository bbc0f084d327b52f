"""A real vaultd of one test, and the two ways to talk to it.

Daemon owns a directory, a socket, a configuration file and the process; `with` cleans all of it up.
run() starts the real vaultctl. Wire speaks the protocol itself, for what no vaultctl would send and
for questions that are asked hundreds of times. Everything fails by an exception that says what was
expected; main() turns it into an exit code and prints the daemon's log.
"""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

SKIPPED = 77

# Tests ask more than 50 times a second, and many of them before breakfast.
QUICK_CONTROL = "  requests_per_second: 100000\n  burst: 100000\n"


class Failed(Exception):
    """A check that did not hold."""


class Skipped(Exception):
    """What the test needs is not on this machine."""


def check(holds, *what):
    if not holds:
        raise Failed(" ".join(str(word) for word in what))


class Wire:
    """One connection, one line at a time."""

    def __init__(self, path, greet=True, timeout=20.0):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(timeout)
        self.socket.connect(str(path))
        self.rest = b""
        self.next_id = 1
        if greet:
            self.hello = self.call("hello", {"protocol": {"min": 1, "max": 1}, "client": "test 1"})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def line(self):
        """The next line of the daemon, or None at the end of the connection."""
        while b"\n" not in self.rest:
            try:
                got = self.socket.recv(1 << 16)
            except ConnectionResetError:
                got = b""
            if not got:
                return None
            self.rest += got
        line, self.rest = self.rest.split(b"\n", 1)
        return json.loads(line)

    def ask(self, method, params=None, **meta):
        """Sends a request and gives its id; the reply is for line() to read."""
        number = self.next_id
        self.next_id += 1
        request = {"jsonrpc": "2.0", "id": number, "method": method, "params": params or {}}
        if meta:
            request["meta"] = meta
        self.send(json.dumps(request).encode() + b"\n")
        return number

    def call(self, method, params=None, **meta):
        """The data of the reply; a failure is an exception."""
        number = self.ask(method, params, **meta)
        reply = self.line()
        check(reply is not None, method, "was not answered: the connection is closed")
        check(reply["id"] == number, method, "got another's reply:", reply)
        check("result" in reply, method, "failed:", reply.get("error"))
        return reply["result"]["data"]


class Daemon:
    """vaultd in a directory of its own. `control` and `paper`: lines of these sections of its
    configuration; without `quick` the limits are the shipped ones."""

    def __init__(self, vaultd, vaultctl, control="", paper="", quick=True):
        self.vaultd = os.path.abspath(vaultd)
        self.vaultctl = os.path.abspath(vaultctl)
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="vault-test-"))
        self.socket = self.directory / "control.sock"
        self.state = self.directory / "state"
        self.log = self.directory / "log"
        self.config = self.directory / "config.yaml"
        self.process = None
        sections = {"control": (QUICK_CONTROL if quick else "") + control, "paper": paper}
        self.config.write_text("".join(f"{name}:\n{body}" for name, body in sections.items() if body))

    def __enter__(self):
        try:
            self.start()
        except BaseException as failure:
            self.__exit__(failure)
            raise
        return self

    def __exit__(self, failure, *_):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if failure is not None and self.log.exists():
            sys.stderr.write("".join(self.log.read_text().splitlines(True)[-20:]))
        shutil.rmtree(self.directory, ignore_errors=True)

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [self.vaultd, "--config", self.config, "--state-dir", self.state,
                 "--socket", self.socket], stderr=log, stdin=subprocess.DEVNULL)
        until = time.monotonic() + 30
        while self.run("status").code != 0:
            check(self.process.poll() is None, "vaultd ended at start:", self.log.read_text())
            check(time.monotonic() < until, "vaultd does not answer within 30 s")
            time.sleep(0.05)

    def stop(self):
        """Ends it as an operator would; what is wrong with the end is a failure."""
        self.process.terminate()
        code = self.process.wait(30)
        check(code == 0, "vaultd ended with", code)

    def environment(self):
        names = ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS")
        kept = {name: os.environ[name] for name in names if name in os.environ}
        return {**kept, "VAULTCTL_SOCKET": str(self.socket), "NO_COLOR": "1"}

    def run(self, *words, cwd=None, timeout=60, **more):
        done = subprocess.run([self.vaultctl, *map(str, words)], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, env=self.environment(), timeout=timeout,
                              cwd=cwd or self.directory, check=False, **more)
        done.code = done.returncode
        return done

    def ctl(self, *words):
        """The data of a call that must succeed."""
        done = self.run(*words, "--json")
        check(done.code == 0, "vaultctl", *words, "ended with", done.code, done.stderr)
        return json.loads(done.stdout)["data"]

    def wire(self, **options):
        return Wire(self.socket, **options)


def shared_file(name):
    """A file of the shared data; the test is skipped where there is none."""
    here = pathlib.Path(__file__).resolve().parents[2]
    roots = [os.environ.get("VAULT_SHARED", ""), here.parent / "shared"]
    for root in filter(None, map(str, roots)):
        if (pathlib.Path(root) / name).exists():
            return pathlib.Path(root) / name
    raise Skipped(f"no shared {name}: set VAULT_SHARED")


def main(test):
    """test(vaultd, vaultctl, *rest) with the programs named on the command line."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the daemon does not outlive us
    try:
        test(*sys.argv[1:])
    except Skipped as why:
        print(f"skipped: {why}")
        sys.exit(SKIPPED)
    except Failed as why:
        print(f"FAILED: {why}", file=sys.stderr)
        sys.exit(1)
    except Exception:  # a test that breaks off is a failed test, with its place
        traceback.print_exc()
        sys.exit(1)
