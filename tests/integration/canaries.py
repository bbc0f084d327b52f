"""Secrets that are looked for everywhere they must not be.

A daemon that runs as a uid of its own gets known secrets: passwords, the seed of a second factor,
recovery codes, session and robot tokens, API keys. Then every place is searched for them, as they are
and in hex and base 64: the database with its WAL and a backup of it, every other file of the state
directory, the log, all that vaultctl prints but where it is asked to print a secret, errors that secrets
were part of, the process's environment and command line. Its memory must be closed to another process
of the same uid: no /proc/PID/mem, no ptrace, no core file when it crashes. The master key comes from a
stand-in for systemd that sets CREDENTIALS_DIRECTORY.
"""

import base64
import ctypes
import hashlib
import hmac
import os
import pathlib
import resource
import secrets
import signal
import sqlite3
import subprocess
import time

from private_daemon import Daemon, Skipped, check, main

OWN_UID = 61500
PTRACE_ATTACH = 16


def spellings(secret):
    """The ways in which a secret could have been written down."""
    raw = secret.encode()
    yield raw
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    for shift in range(3):  # base 64 depends on where it begins
        body = base64.b64encode(b"\0" * shift + raw)
        yield body[4 if shift else 0:len(body) - 4]


class Canaries:
    """Known secrets by name, and the search for them."""

    def __init__(self):
        self.known = {}
        self.searched = 0

    def add(self, name, secret):
        check(len(secret) >= 12, name, "is too short to be looked for")
        self.known[name] = secret
        return secret

    def search(self, place, data):
        self.searched += len(data)
        for name, secret in self.known.items():
            for spelling in spellings(secret):
                check(spelling not in data, name, "stands in", place)


def write(daemon, name, text):
    path = daemon.directory / name
    path.write_text(text + "\n")
    path.chmod(0o600)
    return path


def totp(seed, at):
    key = base64.b32decode(seed + "=" * (-len(seed) % 8))
    digest = hmac.new(key, int(at // 30).to_bytes(8, "big"), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start:start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def start_as_own_uid(daemon):
    """The daemon as a uid of its own, with its master key as systemd would hand it over."""
    credentials = daemon.directory / "credentials"
    credentials.mkdir(mode=0o700)
    (credentials / "master.key").write_bytes(secrets.token_bytes(32))
    (credentials / "master.key").chmod(0o400)
    daemon.state.mkdir(mode=0o700)
    for path in (daemon.directory, daemon.state, credentials, credentials / "master.key"):
        os.chown(path, OWN_UID, OWN_UID)

    def become():
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        os.setgroups([])
        os.setresgid(OWN_UID, OWN_UID, OWN_UID)
        os.setresuid(OWN_UID, OWN_UID, OWN_UID)

    environment = {**os.environ, "CREDENTIALS_DIRECTORY": str(credentials)}
    with daemon.log.open("ab") as log:
        daemon.process = subprocess.Popen(
            [daemon.vaultd, "--config", daemon.config, "--state-dir", daemon.state, "--socket", daemon.socket],
            stderr=log, stdin=subprocess.DEVNULL, preexec_fn=become, env=environment, cwd=daemon.state)
    until = time.monotonic() + 30
    while daemon.run("health").code not in (0, 3):
        check(daemon.process.poll() is None, "vaultd ended at start:", daemon.log.read_text())
        check(time.monotonic() < until, "vaultd does not answer within 30 s")
        time.sleep(0.05)
    check(not (daemon.state / "master.key").exists(), "a key file was made beside the credential")
    return (credentials / "master.key").read_bytes()


class OwnUidDaemon(Daemon):
    """A daemon that start_as_own_uid() starts."""

    def start(self):
        self.master_key = start_as_own_uid(self)


def live(daemon, canaries):
    """People and keys with known secrets; all that vaultctl says meanwhile, but where secrets are wanted."""
    said = []

    def say(*words):
        done = daemon.run(*words)
        said.append((" ".join(map(str, words)), done.stdout + done.stderr))
        return done

    def must(*words):
        done = say(*words)
        check(done.code == 0, *words, "failed:", done.stderr)
        return done

    first = canaries.add("the first password", "juniper otter 41 " + secrets.token_hex(6))
    second = canaries.add("the second password", "walnut heron 52 " + secrets.token_hex(6))
    wrong = canaries.add("a wrong password", "cobalt lynx 63 " + secrets.token_hex(6))
    files = {name: write(daemon, f"{name}.password", text)
             for name, text in (("first", first), ("second", second), ("wrong", wrong))}
    daemon.admin.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    must("user", "create", "alice", "--role", "admin", "--password-file", files["first"])
    must("login", "alice", "--password-file", files["first"])
    canaries.add("a session's token", daemon.admin.token())
    must("passwd", "--password-file", files["first"], "--new-password-file", files["second"])
    check(say("login", "alice", "--password-file", files["wrong"]).code == 77, "a wrong password opens")
    check(say("login", "alice", "--password", wrong).code == 64, "a password on the command line is taken")
    check(say("passwd", "--password-file", files["wrong"], "--new-password-file", files["first"]).code == 77,
          "a wrong password changes one")

    seed = canaries.add("the seed of the second factor",
                        daemon.ctl("mfa", "enroll", "--password-file", files["second"])["secret"])
    code = write(daemon, "code", totp(seed, time.time()))
    codes = daemon.ctl("mfa", "confirm", "--code-file", code)["recovery_codes"]
    for number, text in enumerate(codes):
        canaries.add(f"recovery code {number}", text)
    used = write(daemon, "recovery", codes[0])
    must("mfa", "verify", "--code-file", used)
    check(say("mfa", "verify", "--code-file", used).code == 77, "a recovery code works twice")
    canaries.add("the token after a step-up", daemon.admin.token())
    token = canaries.add("a robot's token", daemon.ctl("token", "create", "cron", "--methods", "vault.*")["token"])
    robot = write(daemon, "robot", token)
    must("--token-file", robot, "vault", "list")
    check(say("--token-file", robot, "user", "list").code == 77, "a token reaches too far")

    must("account", "add", "--exchange", "paper")
    key = canaries.add("an API key", "paper-alice" + secrets.token_hex(8))
    bad = canaries.add("a refused API key", "paper-mallory" + secrets.token_hex(8))
    hidden = canaries.add("an API secret", secrets.token_hex(24))
    key_file, secret_file = write(daemon, "api.key", key), write(daemon, "api.secret", hidden)
    must("key", "add", "--account", "a1", "--api-key-file", key_file, "--secret-file", secret_file)
    check(say("key", "add", "--account", "a1", "--api-key-file", write(daemon, "bad.key", bad + "+withdraw"),
              "--secret-file", secret_file).code == 1, "a key that can withdraw is taken")
    check(say("key", "add", "--account", "a1", "--api-key-file", key_file, "--secret-file", secret_file).code == 5,
          "a key is taken twice")
    for words in (("key", "list", "--json"), ("key", "validate", "k1"), ("audit", "list", "-o", "wide"),
                  ("events", "--json"), ("config", "show"), ("metrics",), ("doctor",), ("api", "describe", "--json"),
                  ("session", "list", "--json"), ("token", "list", "--json"), ("mfa", "status"), ("user", "list")):
        say(*words)
    with daemon.wire() as wire:  # what a program that goes wrong would send
        for line in (f'{{"method":"login","params":{{"name":"alice","password":"{wrong}"',
                     f'{{"jsonrpc":"2.0","id":1,"method":"login","params":{{"name":"alice","password":["{wrong}"]}}}}',
                     f'{{"jsonrpc":"2.0","id":2,"method":"login","params":{{"name":"x","pasword":"{wrong}"}}}}'):
            wire.send(line.encode() + b"\n")
            said.append(("a broken line", str(wire.line())))
    return said


def closed_memory(daemon):
    """What a process of the same uid gets at."""
    pid = daemon.process.pid

    def attempt(what):
        child = os.fork()
        if child:
            return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        os.setgroups([])
        os.setresgid(OWN_UID, OWN_UID, OWN_UID)
        os.setresuid(OWN_UID, OWN_UID, OWN_UID)
        try:
            what()
        except OSError:
            os._exit(0)
        os._exit(1)

    def attach():
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.ptrace(PTRACE_ATTACH, pid, None, None) != 0:
            raise OSError(ctypes.get_errno(), "ptrace")

    for name in ("mem", "environ", "maps", "auxv"):
        check(attempt(lambda name=name: open(f"/proc/{pid}/{name}", "rb").read(1)) == 0,
              "the same uid reads /proc/PID/" + name)
    check(attempt(attach) == 0, "the same uid can trace the daemon")


def crash(daemon, canaries):
    """A crash leaves no core file, wherever the system would put one beside the process."""
    daemon.process.send_signal(signal.SIGSEGV)
    daemon.process.wait(30)
    left = [path for path in pathlib.Path(daemon.state).iterdir() if path.name.startswith("core")]
    check(not left, "a crash leaves", left)


def search_everywhere(daemon, canaries, said):
    pid = daemon.process.pid
    for place, text in said:
        canaries.search("the output of: " + place, text.encode())
    canaries.search("the command line", pathlib.Path(f"/proc/{pid}/cmdline").read_bytes())
    canaries.search("the environment", pathlib.Path(f"/proc/{pid}/environ").read_bytes())
    canaries.search("the log", daemon.log.read_bytes())
    backup = daemon.directory / "backup.db"
    with sqlite3.connect(f"file:{daemon.state}/vault.db?mode=ro", uri=True) as source:
        with sqlite3.connect(backup) as copy:
            source.backup(copy)
    canaries.search("a backup", backup.read_bytes())
    for path in sorted(daemon.state.rglob("*")):
        if path.is_file():
            canaries.search(f"the file {path.name}", path.read_bytes())


def test(vaultd, vaultctl):
    if os.geteuid() != 0:
        raise Skipped("needs root, to run the daemon as another uid")
    canaries = Canaries()
    with OwnUidDaemon(vaultd, vaultctl, signed_in=False) as daemon:
        master = daemon.master_key
        canaries.known["the master key"] = master.hex()
        said = live(daemon, canaries)
        closed_memory(daemon)
        search_everywhere(daemon, canaries, said)
        stored = (daemon.state / "vault.db").read_bytes() + (daemon.state / "vault.db-wal").read_bytes()
        check(master not in stored, "the master key stands in the database")
        check(b"paper" in stored and b"alice" in stored, "the search does not see what is there")
        crash(daemon, canaries)
        canaries.search("the log after a crash", daemon.log.read_bytes())
    print(f"{len(canaries.known)} secrets in {canaries.searched >> 20} MiB: none found")


if __name__ == "__main__":
    main(test)
