"""A real vaultd of one test, and the two ways to talk to it.

Daemon owns a directory, a socket, a configuration file and the process; `with` cleans all of it up.
Its first start signs up the first admin, alice, who owns what a test makes: run() starts the real
vaultctl with her session, user("bob") is somebody else with another. Wire speaks the protocol itself,
for what no vaultctl would send and for questions that are asked hundreds of times. Everything fails by
an exception that says what was expected; main() turns it into an exit code and prints the daemon's log.
"""

import base64
import hmac
import json
import os
import pathlib
import shlex
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import traceback

SKIPPED = 77
ADMIN = "alice"
PASSWORD = "purple kettle 9 mountain"

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
    """One connection, one line at a time. Each call shows `token`, if there is one; token=None with a
    call leaves it out."""

    def __init__(self, path, greet=True, timeout=20.0, token=None):
        self.token = token
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
        meta = {"token": self.token, **meta} if method != "hello" else meta
        meta = {name: value for name, value in meta.items() if value is not None}
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


class Authenticator:
    """The app of a second factor (RFC 6238): codes that were not used yet, of the step that runs or the
    one before it."""

    def __init__(self, secret):
        self.key = base64.b32decode(secret + "=" * (-len(secret) % 8))
        self.last = 0

    def code(self):
        now = time.time()
        if now % 30 > 27:  # it must still be good when it arrives
            time.sleep(30 - now % 30)
        step = max(self.last + 1, int(time.time()) // 30 - 1)
        time.sleep(max(0, step * 30 - time.time()))
        self.last = step
        digest = hmac.new(self.key, struct.pack(">Q", step), "sha1").digest()
        at = digest[-1] & 15
        return f"{(int.from_bytes(digest[at:at + 4], 'big') & 0x7fffffff) % 1_000_000:06}"


class User:
    """Somebody with a session: vaultctl keeps it in a folder of the user's own."""

    def __init__(self, daemon, name):
        self.daemon, self.name = daemon, name
        self.folder = daemon.directory / "run" / name
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def environment(self):
        names = ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS")
        kept = {name: os.environ[name] for name in names if name in os.environ}
        return {**kept, "VAULTCTL_SOCKET": str(self.daemon.socket), "NO_COLOR": "1",
                "XDG_RUNTIME_DIR": str(self.folder)}

    def run(self, *words, cwd=None, timeout=60, **more):
        done = subprocess.run([self.daemon.vaultctl, *map(str, words)], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, env=self.environment(), timeout=timeout,
                              cwd=cwd or self.daemon.directory, check=False, **more)
        done.code = done.returncode
        return done

    def ctl(self, *words):
        """The data of a call that must succeed."""
        done = self.run(*words, "--json")
        check(done.code == 0, self.name, "vaultctl", *words, "ended with", done.code, done.stderr)
        return json.loads(done.stdout)["data"]

    def token(self):
        """What vaultctl shows for the user: that of the session, or None."""
        for file in self.folder.glob("vaultctl/session-*"):
            kept = dict(line.split(" ", 1) for line in file.read_text().splitlines())
            if kept["socket"] == str(self.daemon.socket):
                return kept["token"]
        return None

    def wire(self, **options):
        return Wire(self.daemon.socket, **{"token": self.token(), **options})

    def sign_in(self):
        self.ctl("login", self.name, "--password-file", self.daemon.password)


class Daemon:
    """vaultd in a directory of its own. `control`, `paper` and `runner`: lines of these sections of
    its configuration; without `quick` the limits are the shipped ones; without `signed_in` nobody is
    there."""

    def __init__(self, vaultd, vaultctl, control="", paper="", runner="", quick=True, signed_in=True):
        self.vaultd = os.path.abspath(vaultd)
        self.vaultctl = os.path.abspath(vaultctl)
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="vault-"))
        self.socket = self.directory / "control.sock"
        self.state = self.directory / "state"
        self.log = self.directory / "log"
        self.config = self.directory / "config.yaml"
        self.password = self.secret_file("password", PASSWORD)
        self.process = None
        self.signed_in = signed_in
        self.admin = User(self, ADMIN)
        self.users = {ADMIN: self.admin}
        sections = {"control": (QUICK_CONTROL if quick else "") + control, "paper": paper, "runner": runner}
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
        while self.run("health").code not in (0, 3):
            check(self.process.poll() is None, "vaultd ended at start:", self.log.read_text())
            check(time.monotonic() < until, "vaultd does not answer within 30 s")
            time.sleep(0.05)
        if self.signed_in and self.ctl("whoami")["kind"] != "person":
            self.sign_up()

    def sign_up(self):
        """The first user of a new store is made by its own uid; then everybody signs in."""
        self.ctl("user", "create", ADMIN, "--role", "admin", "--password-file", self.password)
        self.admin.sign_in()

    def stop(self):
        """Ends it as an operator would; what is wrong with the end is a failure."""
        self.process.terminate()
        code = self.process.wait(30)
        check(code == 0, "vaultd ended with", code)

    def environment(self):
        return self.admin.environment()

    def run(self, *words, **options):
        return self.admin.run(*words, **options)

    def ctl(self, *words):
        return self.admin.ctl(*words)

    def wire(self, **options):
        return self.admin.wire(**options)

    def user(self, name, role="member"):
        """Another user, who registers, is approved and signs in when first asked for."""
        if name not in self.users:
            user = User(self, name)
            user.ctl("register", name, "--password-file", self.password)
            self.ctl("user", "approve", name)
            if role != "member":
                self.ctl("user", "set-role", name, role)
            user.sign_in()
            self.users[name] = user
        return self.users[name]

    def secret_file(self, name, text):
        """A file of the test's folder that its owner alone can read."""
        file = self.directory / name
        file.touch(mode=0o600)
        file.write_text(text + "\n")
        return file

    def play(self, scene):
        """Each line is a command of alice that must succeed, or after `bob: ` of bob."""
        for line in filter(None, map(str.strip, scene.splitlines())):
            name, colon, words = line.partition(": ")
            named = colon and name.isalnum()
            user = self.user(name) if named else self.admin
            user.ctl(*shlex.split(words if named else line))


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
