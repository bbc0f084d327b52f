"""Every error code from the real programs: exit code, the document of --json, the line on stderr.

Each row of error_codes.table names a circumstance of this file: the books, a daemon that is stopped,
killed between request and reply, out of disk, draining and so on, and a Relay where the moment within
one call matters. A row is run as a person sees it and with --json. A code of the registry that no row
triggers is a failure, and so is one that vaultctl names but the registry does not.
"""

import contextlib
import json
import os
import pathlib
import resource
import shlex
import signal
import socket
import sqlite3
import struct
import subprocess
import tempfile
import threading
import time

from bad_input import SCENE, write_keys
from private_daemon import QUICK_CONTROL, Authenticator, Daemon, Failed, User, check, main

TABLE = pathlib.Path(__file__).with_name("error_codes.table")
NOBODY = 65534
PRINCIPAL_NOT_LOWERED = "3"  # daemon/ledger/planted_bug.hpp
SLOW_CONTROL = "  requests_per_second: 1\n  burst: 1\n"
OPEN_CONTROL = "  mode: '0666'\n"


class Row:
    """One line of the table."""

    def __init__(self, number, line):
        cells = [cell.strip() for cell in line.split(" | ")]
        check(len(cells) == 6, f"line {number} has {len(cells)} cells, not 6: {line}")
        self.number = number
        self.circumstance, self.command, self.code = cells[:3]
        self.exit, self.effect, self.fragment = int(cells[3]), *cells[4:]

    def words(self, directory):
        words = []
        for word in shlex.split(self.command):
            if word == "$LONG":
                words += [f"argument{n}={'x' * 120_000}" for n in range(9)]
            else:
                words.append(word.replace("$W", str(directory)))
        return words

    def says(self, holds, *what):
        check(holds, f"{TABLE.name}:{self.number}: {self.circumstance}: {self.command}:", *what)


def read_table():
    lines = enumerate(TABLE.read_text().splitlines(), 1)
    return [Row(n, line) for n, line in lines if line.strip() and not line.startswith("#")]


class Relay:
    """A socket between one vaultctl and the daemon. `hello` may change the first line; `request` is
    called with the second line, what sends it on, and the pid of vaultctl, and gives the reply or
    None for none."""

    def __init__(self, daemon, hello=None, request=None):
        self.daemon, self.hello, self.request = daemon, hello, request
        self.path = daemon.directory / "relay.sock"
        self.path.unlink(missing_ok=True)
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(str(self.path))
        self.listener.listen(8)
        self.fault = None
        self.thread = threading.Thread(target=self.serve, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(20)
        self.path.unlink(missing_ok=True)
        check(self.fault is None, "the relay broke:", self.fault)

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            with client:
                try:
                    self.pass_on(client)
                except (OSError, Failed) as fault:
                    self.fault = fault
                    return

    def pass_on(self, client):
        peer = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        pid = struct.unpack("3i", peer)[0]
        with self.daemon.wire(greet=False) as wire, client.makefile("rb") as lines:
            first = lines.readline()
            wire.send(self.hello(first) if self.hello else first)
            client.sendall(json.dumps(wire.line()).encode() + b"\n")
            second = lines.readline()
            if not second or self.request is None:
                return

            def send():
                wire.send(second)
                return wire.line()

            reply = self.request(second, send, pid)
            if reply is not None:
                client.sendall(reply)


def pass_it_on(_line, send, _pid):
    return json.dumps(send()).encode() + b"\n"


def signed_in_relay(daemon, **hooks):
    """vaultctl keeps a session for each socket, so for that of a relay, too."""
    if not hasattr(daemon, "relayed"):
        with Relay(daemon, request=pass_it_on) as relay:
            done = daemon.run("--socket", relay.path, "login", "alice", "--password-file", daemon.password)
            check(done.code == 0, "no sign-in through the relay:", done.stderr)
        daemon.relayed = True
    return Relay(daemon, **hooks)


def through(daemon, words, **hooks):
    with signed_in_relay(daemon, **hooks) as relay:
        return daemon.run("--socket", relay.path, *words)


class StoreLock:
    """Holds the store's write lock, as a program that is no friend would."""

    def __init__(self, daemon):
        self.store = sqlite3.connect(daemon.state / "vault.db", isolation_level=None, timeout=20)

    def __enter__(self):
        self.store.execute("BEGIN IMMEDIATE")
        return self

    def __exit__(self, *_):
        self.store.execute("ROLLBACK")
        self.store.close()


@contextlib.contextmanager
def variable(name, value):
    os.environ[name] = value
    try:
        yield
    finally:
        del os.environ[name]


def close_socket(daemon):
    daemon.socket.chmod(0o660)
    daemon.process.send_signal(signal.SIGCONT)


def restart(daemon):
    daemon.process.kill()
    daemon.process.wait()
    daemon.start()


class Books:
    """The circumstances: each takes the words of a command and gives how vaultctl ended."""

    def __init__(self, vaultd, vaultctl, daemon):
        self.vaultd, self.vaultctl, self.daemon = vaultd, vaultctl, daemon

    def books(self, words):
        return self.daemon.run(*words)

    def planted(self, words):
        with variable("VAULT_PLANTED_BUG", PRINCIPAL_NOT_LOWERED):
            restart(self.daemon)
        try:
            return self.daemon.run(*words)
        finally:
            restart(self.daemon)

    def gone(self, words):
        return self.daemon.run("--socket", self.daemon.directory / "gone.sock", *words)

    def shut(self, words):
        """A socket of others: for root that is one that nobody may use."""
        if os.geteuid() == 0:
            return self.daemon.run(*words, user=NOBODY, group=NOBODY, extra_groups=[], cwd="/")
        self.daemon.socket.chmod(0)
        try:
            return self.daemon.run(*words)
        finally:
            self.daemon.socket.chmod(0o600)

    def stranger(self, words):
        """A uid outside the socket's group, which waited at an open socket while it was closed."""
        if os.geteuid() != 0:
            return None  # nobody else's name can be taken
        with Daemon(self.vaultd, self.vaultctl, control=OPEN_CONTROL) as daemon:
            daemon.directory.chmod(0o755)
            daemon.process.send_signal(signal.SIGSTOP)
            closing = threading.Timer(0.5, close_socket, [daemon])
            closing.start()
            done = daemon.run(*words, user=NOBODY, group=NOBODY, extra_groups=[], cwd="/")
            closing.join()
            return done

    def nobody(self, words):
        """Who may connect and has not signed in."""
        return User(self.daemon, "nobody").run(*words)

    def thief(self, words):
        """The token of a session, shown by another uid."""
        if os.geteuid() != 0:
            return None
        with Daemon(self.vaultd, self.vaultctl, control=OPEN_CONTROL) as daemon:
            daemon.directory.chmod(0o755)
            stolen = daemon.directory / "stolen"
            stolen.write_text(daemon.ctl("token", "create", "robot", "--methods", "status")["token"])
            stolen.chmod(0o600)
            os.chown(stolen, NOBODY, NOBODY)
            return daemon.run("--token-file", stolen, *words, user=NOBODY, group=0, extra_groups=[],
                              cwd="/")

    def robot(self, words):
        """A token that was made for something else."""
        file = self.daemon.directory / "robot.token"
        if not file.exists():
            self.daemon.ctl("token", "create", "robot", "--methods", "status", "--out", file)
        return self.daemon.run("--token-file", file, *words)

    def unsteady(self, words):
        """A session from before the second factor, which was confirmed in another."""
        dora, phone = self.daemon.user("dora"), User(self.daemon, "phone")
        if not (self.daemon.directory / "code").exists():
            file = self.daemon.directory / "code"
            file.touch(mode=0o600)
            phone.ctl("login", "dora", "--password-file", self.daemon.password)
            secret = phone.ctl("mfa", "enroll", "--password-file", self.daemon.password)["secret"]
            file.write_text(Authenticator(secret).code() + "\n")
            phone.ctl("mfa", "confirm", "--code-file", file)
        return dora.run(*words)

    def half(self, words):
        """Somebody who has a second factor signs in with the password alone."""
        self.unsteady(["whoami"])
        return User(self.daemon, "tablet").run(*words)

    def twice(self, words):
        """A reply that carries a secret, asked for again under its key."""
        with self.daemon.wire() as wire:
            wire.ask("token.create", {"label": "once", "methods": ["status"]}, idem_key="once-only")
            first = wire.line()  # of the first run of the row, that is
            check("result" in first or first["error"]["data"]["code"] == "REPLY_NOT_REPEATABLE", first)
        return self.daemon.run(*words)

    def future(self, words):
        return through(self.daemon, words,
                       hello=lambda line: line.replace(b'"min":1,"max":1', b'"min":2,"max":3'))

    def stopped(self, words):
        self.daemon.process.send_signal(signal.SIGSTOP)
        try:
            return self.daemon.run(*words)
        finally:
            self.daemon.process.send_signal(signal.SIGCONT)

    def stopping(self, words):
        """The daemon stops between hello and the request."""
        over = threading.Event()

        def request(_line, _send, _pid):
            self.daemon.process.send_signal(signal.SIGSTOP)
            over.wait(20)

        with signed_in_relay(self.daemon, request=request) as relay:
            done = self.daemon.run("--socket", relay.path, *words)
            over.set()
            self.daemon.process.send_signal(signal.SIGCONT)
        return done

    def dying(self, words):
        """kill -9 between the request and the reply, which waits for the store."""
        def request(line, _send, _pid):
            with StoreLock(self.daemon), self.daemon.wire() as wire:
                wire.send(line)
                wire.socket.settimeout(0.5)
                with contextlib.suppress(TimeoutError):
                    check(wire.line() is None, "answered before it was durable")
                self.daemon.process.kill()
                self.daemon.process.wait()

        try:
            return through(self.daemon, words, request=request)
        finally:
            self.daemon.start()

    def garbling(self, words):
        return through(self.daemon, words, request=lambda *_: b"what?\n")

    def ctrl_c(self, words):
        def request(_line, _send, pid):
            os.kill(pid, signal.SIGINT)
            time.sleep(0.5)

        return through(self.daemon, words, request=request)

    def flooded(self, words):
        """A connection that has asked the same until it used up its share."""
        def request(_line, send, _pid):
            for _ in range(50):
                reply = send()
                if "error" in reply:
                    break
            return json.dumps(reply).encode() + b"\n"

        with Daemon(self.vaultd, self.vaultctl) as daemon:
            daemon.config.write_text(daemon.config.read_text().replace(QUICK_CONTROL, SLOW_CONTROL))
            daemon.ctl("config", "reload")
            return through(daemon, words, request=request)

    def draining(self, words):
        """After SIGTERM, while a change before it waits for the store."""
        with StoreLock(self.daemon), self.daemon.wire() as wire:
            wire.ask("vault.reserve", {"vault": "v2", "pct": "3"}, idem_key=os.urandom(8).hex())
            wire.socket.settimeout(0.3)
            with contextlib.suppress(TimeoutError):
                check(wire.line() is None, "answered before it was durable")
            begun = len(self.daemon.log.read_text())
            self.daemon.process.terminate()
            until = time.monotonic() + 5
            while "stopping" not in self.daemon.log.read_text()[begun:] and time.monotonic() < until:
                time.sleep(0.01)
            done = self.daemon.run(*words, "--timeout", "3s")
        check(self.daemon.process.wait(30) == 0, "vaultd did not end well")
        self.daemon.start()
        return done

    def full_disk(self, words):
        """No file of the daemon may grow any more."""
        pid = self.daemon.process.pid
        before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, before[1]))
        try:
            return self.daemon.run(*words)
        finally:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
            self.wait_for_store()

    def held_lock(self, words):
        """Longer than the five seconds that SQLite is given."""
        with StoreLock(self.daemon):
            done = self.daemon.run(*words)
        self.wait_for_store()
        return done

    def wait_for_store(self):
        until = time.monotonic() + 30
        while (done := self.daemon.run("vault", "pause", "v2")).code != 0:
            check(time.monotonic() < until, "the store does not recover:", done.stderr)
            time.sleep(0.1)

    def tampered(self, words):
        """Somebody wrote into the store: a price of it is none."""
        store = sqlite3.connect(self.daemon.state / "vault.db", isolation_level=None, timeout=20)
        (row, price), = store.execute("SELECT rowid, price FROM fill WHERE vault = 1 LIMIT 1")
        store.execute("UPDATE fill SET price = 'dear' WHERE rowid = ?", (row,))
        try:
            return self.daemon.run(*words)
        finally:
            store.execute("UPDATE fill SET price = ? WHERE rowid = ?", (price, row))
            store.close()


def check_line(row, text):
    row.says(text.endswith("\n") and text.count("\n") == 1, "not one line on stderr:", repr(text))
    row.says(text.startswith(f"vaultctl: {row.code}: "), "stderr is", text)
    row.says(row.fragment in text, f"'{row.fragment}' is not in", text)
    hint = text.rstrip().rsplit(" [--idem-key ", 1)[0]
    row.says(hint.endswith(")") and " (" in hint and "()" not in hint, "no hint in", text)


def check_document(row, text, errors):
    row.says(text.count("\n") == 1, "not one document on stdout:", repr(text))
    document = json.loads(text)
    row.says(list(document) == ["schema", "ok", "error"], "the document has", list(document))
    row.says(document["schema"] == "vault.error/1" and document["ok"] is False, text)
    error = document["error"]
    row.says(error["code"] == row.code, "code is", error["code"])
    row.says(error["effect"] == row.effect, "effect is", error["effect"])
    row.says(row.fragment in error["message"], "message:", error["message"])
    row.says(isinstance(error["hint"], str) and error["hint"], "no hint:", text)
    may_repeat = errors[row.code]["retryable"] and row.effect == "none"
    row.says(error["retryable"] is may_repeat, "retryable is", error["retryable"])
    if row.effect == "unknown":
        row.says(error["idem_key"], "an unknown outcome without its key:", text)


def run_row(scene, row, errors):
    words = row.words(scene.daemon.directory)
    circumstance = getattr(scene, row.circumstance, None)
    row.says(circumstance is not None, "there is no such circumstance in", __file__)
    row.says(row.code in errors, "is no code of the registry")
    row.says(errors[row.code]["exit_code"] == row.exit, "the registry says exit",
             errors[row.code]["exit_code"])
    plain = circumstance(words)
    if plain is None:
        print(f"{row.circumstance} needs root: left out")
        return
    row.says(plain.code == row.exit, f"exit {plain.code}:", plain.stdout, plain.stderr)
    row.says(plain.stdout == "", "stdout of a failure:", plain.stdout)
    check_line(row, plain.stderr)
    document = circumstance([*words, "--json"])
    row.says(document.code == row.exit, f"--json: exit {document.code}", document.stderr)
    check_line(row, document.stderr)
    check_document(row, document.stdout, errors)


def run_vaultd(vaultd, folder, row, errors):
    """What keeps vaultd from starting: a line with the code, and what to do below it."""
    (folder / "wrong.yaml").write_text("store:\n  balast_mib: 3\n")
    (folder / "file").write_text("")
    (folder / "broken").mkdir(exist_ok=True)
    (folder / "broken" / "vault.db").write_text("no database " * 1000)
    done = subprocess.run([vaultd, *row.words(folder)], capture_output=True, text=True, timeout=60,
                          check=False, stdin=subprocess.DEVNULL)
    row.says(done.returncode == row.exit == errors[row.code]["exit_code"], "exit", done.returncode,
             done.stderr)
    lines = [line for line in done.stderr.splitlines() if not line.startswith("{")]
    row.says(done.stdout == "" and f"vaultd: {row.code}: " in done.stderr, "stderr:", done.stderr)
    row.says(row.fragment in done.stderr, f"'{row.fragment}' is not in", done.stderr)
    row.says(lines[-1].startswith("  ") and lines[-1].strip(), "no hint:", done.stderr)


def check_broken_output(daemon):
    """stdout that takes nothing: no document can be printed, the rest is as ever."""
    with open("/dev/full", "w", encoding="ascii") as full:
        done = subprocess.run([daemon.vaultctl, "status", "--json"], stdout=full, text=True,
                              stderr=subprocess.PIPE, env=daemon.environment(), timeout=30,
                              check=False)
    check(done.returncode == 74, "a full stdout ends with", done.returncode)
    check(done.stderr.startswith("vaultctl: IO: ") and done.stderr.endswith(")\n"), done.stderr)


def check_slow_store(daemon):
    """A hold and a status do not wait for the store. They say so, and have the fields as ever."""
    ever = daemon.ctl("status"), daemon.ctl("top"), daemon.ctl("vault", "pause", "v2")
    with StoreLock(daemon):
        documents = [json.loads(daemon.run(*words, "--json").stdout)
                     for words in (("vault", "pause", "v3"), ("status",), ("top",))]
    hold, status, top = (document["data"] for document in documents)
    check(hold["durable"] is False and ever[2]["durable"] is True, "the hold says", hold)
    for document in documents:
        check(any("not durable" in text for text in document["warnings"]), "no word of it:",
              document["schema"], document["warnings"])
    check(list(status) == list(ever[0]) and isinstance(status["durable"], int), list(status))
    check(list(top) == list(ever[1]), "top has other fields:", list(top))


def check_complete(rows, errors):
    covered = {row.code for row in rows}
    missing = sorted(set(errors) - covered)
    check(not missing, f"no row of {TABLE.name} triggers:", ", ".join(missing),
          "- add one, or delete the code if nothing can raise it any more")


def every_code(vaultd, vaultctl):
    rows = read_table()
    with Daemon(vaultd, vaultctl) as daemon, tempfile.TemporaryDirectory(prefix="vault-test-") as name:
        daemon.play(SCENE)
        daemon.ctl("vault", "reserve", "v1", "10", "--idem-key", "used")
        write_keys(daemon)
        errors = {error["code"]: error for error in daemon.ctl("api", "describe")["errors"]}
        check_complete(rows, errors)
        scene = Books(vaultd, vaultctl, daemon)
        for row in rows:
            begun = time.monotonic()
            if row.circumstance == "vaultd":
                run_vaultd(daemon.vaultd, pathlib.Path(name), row, errors)
            else:
                run_row(scene, row, errors)
            if (took := time.monotonic() - begun) > 5:
                print(f"{row.circumstance} {row.code}: {took:.1f} s")
        check_broken_output(daemon)
        check_slow_store(daemon)
        daemon.ctl("ledger", "verify", "--all")
        print(f"{len(rows)} rows trigger the {len(errors)} codes, each as text and as JSON")


if __name__ == "__main__":
    main(every_code)
