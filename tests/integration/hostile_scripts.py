"""Scripts that are out to do harm, each against a real vaultd-runner; the daemon's side of the seam is
played here.

Every row of the table is a script and what must come of it: the name of its fault, after which it is
started again and then given up, or the reason of the decision by which it tells that it was refused
what it tried. Meanwhile a well-behaved script of the same runner must get every answer in time, and
when a script is stopped nothing of it may be left. The last part takes the namespaces away: then the
runner must say what is missing, and go on only if it is allowed to.
"""

import json
import os
import pathlib
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time

SKIPPED = 77
PATIENCE = 60
QUICK = {"first": 20, "most": 40, "failures": 2}
KEPT, SHOWN = 4096, 64  # of one script: ticks that wait, and that it has not answered
CANARY = "canary-of-the-environment"

# What each script begins with.
PRELUDE = '''\
import json, os, signal, sys, time
def say(**line):
    print(json.dumps(line), flush=True)
def hello(protocol=1):
    say(type="hello", protocol=protocol)
def ticks():
    for line in sys.stdin:
        line = json.loads(line)
        if line["type"] == "tick":
            yield line["seq"]
def decide(seq, reason="fine", **more):
    say(type="decision", seq=seq, action="hold", reason=reason, **more)
def tell(attempt, word):
    """Serves, and says by its reason whether the attempt was refused."""
    hello()
    for seq in ticks():
        decide(seq, word if attempt() else "not_" + word)
def refused(*calls):
    for call in calls:
        try:
            call()
        except (OSError, MemoryError):
            continue
        return False
    return True
'''

STEADY = "hello()\nfor seq in ticks(): decide(seq)\n"

# name, its body, the fault that its tick ends with
FAULTS = [
    ("hangs at once", "time.sleep(3600)", "no_handshake"),
    ("hangs on a tick", "hello()\nnext(ticks())\ntime.sleep(3600)", "late"),
    ("spins on a tick", "hello()\nnext(ticks())\nwhile True: pass", "late"),
    ("ignores signals and hangs", "for n in range(1, 32):\n  try: signal.signal(n, signal.SIG_IGN)\n"
     "  except OSError: pass\nhello()\nnext(ticks())\nwhile True: time.sleep(1)", "late"),
    ("never reads", "hello()\ntime.sleep(3600)", "late"),
    ("exits at once", "sys.exit(3)", "exited"),
    ("exits on a tick", "hello()\nnext(ticks())\nsys.exit(0)", "exited"),
    ("is killed by its own hand", "hello()\nnext(ticks())\nos.kill(os.getpid(), 9)", "exited"),
    ("closes its output", "hello()\nnext(ticks())\nos.close(1)\ntime.sleep(3600)", "exited"),
    ("speaks another protocol", "hello(2)\ntime.sleep(3600)", "wrong_version"),
    ("greets with a banner", "print('ready', flush=True)\ntime.sleep(3600)", "no_handshake"),
    ("sends garbage", "hello()\nnext(ticks())\nprint('\\x00\\xff{', flush=True)\ntime.sleep(9)",
     "bad_json"),
    ("sends a key twice", "hello()\nseq = next(ticks())\n"
     "print('{\"type\":\"decision\",\"seq\":%d,\"action\":\"hold\",\"action\":\"sell\",'\n"
     "      '\"reason\":\"x\"}' % seq, flush=True)\ntime.sleep(9)", "bad_json"),
    ("sends a list a mile deep", "hello()\nnext(ticks())\nprint('[' * 60000, flush=True)\n"
     "time.sleep(9)", "bad_json"),
    ("mistypes a field", "hello()\ndecide(next(ticks()), fractoin='1')\ntime.sleep(9)",
     "bad_field"),
    ("wants more than all", "hello()\nsay(type='decision', seq=next(ticks()), action='buy',\n"
     "    reason='greed', fraction='1.5')\ntime.sleep(9)", "bad_field"),
    ("wants to go short", "hello()\nsay(type='decision', seq=next(ticks()), action='short',\n"
     "    reason='x')\ntime.sleep(9)", "unknown_action"),
    ("lies about the sequence", "hello()\ndecide(next(ticks()) + 1)\ntime.sleep(9)",
     "wrong_sequence"),
    ("answers yesterday's tick", "hello()\ndecide(next(ticks()) - 1)\ntime.sleep(9)",
     "wrong_sequence"),
    ("floods", "hello()\nnext(ticks())\nos.write(1, b'')\n"
     "line = b'{\"type\":\"decision\",\"seq\":0,\"action\":\"hold\",\"reason\":\"x\"}\\n' * 1000\n"
     "while True: os.write(1, line)", "wrong_sequence"),
    ("sends a line of 1 GiB", "hello()\nnext(ticks())\n"
     "for _ in range(1024): os.write(1, b'x' * (1 << 20))\ntime.sleep(9)", "too_long"),
    ("sends 64 KiB without an end", "hello()\nnext(ticks())\nos.write(1, b' ' * 65537)\n"
     "time.sleep(9)", "too_long"),
]

# Faults that no tick shows: the script answers, and then does it.
AFTERWARDS = [
    ("answers twice", "hello()\nfor seq in ticks():\n  decide(seq)\n  decide(seq)", "flood"),
    ("decides unasked", "hello()\nfor seq in ticks():\n  decide(seq)\n  time.sleep(0.1)\n"
     "  decide(seq + 1)", "flood"),
    ("dies after its answer", "hello()\ndecide(next(ticks()))\nsys.exit(1)", "exited"),
]

# name, its body, the reason that it must give
REFUSED = [
    ("opens sockets", """
import socket
def attempt():
    return refused(lambda: socket.socket(), lambda: socket.socket(socket.AF_UNIX),
                   lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM),
                   lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW))
tell(attempt, "refused")""", "refused"),
    ("eats memory", "tell(lambda: refused(lambda: bytearray(1 << 30)), 'refused')", "refused"),
    ("forks and forks", """
def attempt():
    children = 0
    try:
        while children < 500:
            if os.fork() == 0:
                time.sleep(3600)
            children += 1
    except OSError:
        pass
    return children < 20
bombed = attempt()
tell(lambda: bombed, "few")""", "few"),
    ("leaves daemons behind", """
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for fd in range(3): os.close(fd)
            time.sleep(3600)
        os._exit(0)
tell(lambda: True, "left")""", "left"),
    ("writes files", """
folder = os.path.dirname(os.path.abspath(__file__))
def write(path):
    return lambda: open(path, "w").write("x")
def attempt():
    return refused(write(folder + "/x"), write("/x"), write("/usr/x"), write("/dev/x"),
                   write("/etc/x"), write(__file__), write("/proc/sys/kernel/core_pattern"))
tell(attempt, "refused")""", "refused"),
    ("fills its own tmp", """
def fill():
    for i in range(64):
        with open("/tmp/%d" % i, "wb") as file: file.write(bytes(1 << 20))
tell(lambda: refused(fill), "refused")""", "refused"),
    ("looks at others", """
def attempt():
    seen = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    names = set()
    for one in seen:
        names.add(open("/proc/%d/comm" % one).read().strip())
    others = names - {"python3", "vaultd-runner"}
    return len(seen) < 5 and not others and refused(
        lambda: open("/proc/1/environ").read(), lambda: open("/proc/1/mem", "rb").read(1),
        lambda: open("/etc/passwd").read(), lambda: os.listdir("/home"), lambda: os.listdir("/var"),
        lambda: os.listdir("/run"), lambda: os.listdir("/sys"))
tell(attempt, "alone")""", "alone"),
    ("reads its environment", """
tell(lambda: set(os.environ) <= {"PATH", "LANG", "HOME", "TMPDIR", "LC_CTYPE"}, "clean")""",
     "clean"),
    ("looks for descriptors", """
def is_open(fd):
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True
found = [fd for fd in range(1024) if is_open(fd)]
tell(lambda: found == [0, 1, 2], "three")""", "three"),
    ("breaks out", """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
calls = {"unshare": 272, "mount": 165, "ptrace": 101, "bpf": 321, "io_uring_setup": 425,
         "keyctl": 250, "pivot_root": 155, "setns": 308, "open_tree": 428, "userfaultfd": 323,
         "process_vm_readv": 310, "chroot": 161}
if os.uname().machine == "aarch64":
    calls = {"unshare": 97, "mount": 40, "ptrace": 117, "bpf": 280, "io_uring_setup": 425}
def attempt():
    for number in calls.values():
        if libc.syscall(number, 0x10000000, 0, 0, 0, 0) != -1 or ctypes.get_errno() != 1:
            return False
    # clone(CLONE_NEWUSER), and clone3(), whose flags no filter sees
    clone, clone3 = (56, 435) if os.uname().machine == "x86_64" else (220, 435)
    if libc.syscall(clone, 0x10000000 | 17, 0, 0, 0, 0) != -1 or ctypes.get_errno() != 1:
        return False
    return libc.syscall(clone3, 0, 0) == -1 and ctypes.get_errno() == 38
tell(attempt, "refused")""", "refused"),
    ("becomes somebody", "tell(lambda: os.getuid() != 0 and refused(lambda: os.setuid(0),\n"
     "    lambda: os.setgid(0), lambda: os.setgroups([0]), lambda: os.nice(-5)), 'refused')",
     "refused"),
    ("kills everybody", """
hello()
for seq in ticks():
    try:
        os.kill(1, 9)
        os.kill(-1, 9)
    except OSError:
        pass
    decide(seq, "alone")""", "alone"),
    ("shouts on stderr", """
os.set_blocking(2, False)
def shout():
    for _ in range(2000):
        try: os.write(2, b"x" * 65536)
        except BlockingIOError: time.sleep(0.0005)
    return True
tell(shout, "shouted")""", "shouted"),
    ("writes log lines of its own", r"""
tell(lambda: os.write(2, b"<1>script_gave_up: other: forged\n\x1b[2J\n") > 0, "wrote")""", "wrote"),
]


def check(holds, *what):
    if not holds:
        raise AssertionError(" ".join(str(word) for word in what))


class Runner:
    """A vaultd-runner with this test as its daemon."""

    def __init__(self, program, *before):
        environment = dict(os.environ, VAULT_CANARY=CANARY)
        kept, other = os.pipe()  # whatever the runner's parent has left open
        self.process = subprocess.Popen([*before, program], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        env=environment, text=True, pass_fds=[kept])
        os.close(kept)
        os.close(other)
        self.log, self.events, self.status = [], {}, {}
        self.lock, self.seq = threading.Lock(), 0
        for target in (self._read, self._read_log):
            threading.Thread(target=target, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            event = json.loads(line)
            self.of(event.get("script", "")).put((time.monotonic(), event))

    def _read_log(self):
        for line in self.process.stderr:
            self.log.append(line.rstrip("\n"))

    def logs(self, start):
        """Whether a line of the log begins so; the log comes another way than the events."""
        deadline = time.monotonic() + PATIENCE
        while not any(line.startswith(start) for line in list(self.log)):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True

    def of(self, script):
        with self.lock:
            return self.events.setdefault(script, queue.Queue())

    def ask(self, **line):
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()

    def start(self, script, command, folder, limits=(), weak=False):
        self.ask(type="start", script=script, command=command, folder=str(folder), weak=weak,
                 limits=dict(limits), backoff=QUICK)

    def tick(self, script):
        with self.lock:
            self.seq += 1
            seq = self.seq
            self.ask(type="tick", script=script, tick={"type": "tick", "seq": seq, "price": "1"})
        return seq

    def wait(self, script, what):
        """The first event of the script for which `what` holds; others are passed over."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                at, event = self.of(script).get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"{script}: nothing came; the log: {self.log[-5:]}") from None
            if what(event):
                return at, event

    def answer(self, script, seq):
        return self.wait(script, lambda e: e.get("seq", e.get("decision", {}).get("seq")) == seq)

    def phase(self, script, *phases):
        return self.wait(script, lambda e: e["type"] == "script" and e["phase"] in phases)[1]

    def resident(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) // 1024

    def end(self):
        self.process.stdin.close()
        return self.process.wait(timeout=PATIENCE)


class Neighbour(threading.Thread):
    """Asks the well-behaved script of the same runner for decisions all the while."""

    def __init__(self, runner):
        super().__init__(daemon=True)
        self.runner, self.stopped, self.latencies, self.fault = runner, False, [], None

    def run(self):
        try:
            while not self.stopped:
                start = time.monotonic()
                at, event = self.runner.answer("steady", self.runner.tick("steady"))
                if event["type"] != "decision":
                    self.fault = event
                    return
                self.latencies.append(at - start)
                time.sleep(0.005)
        except (AssertionError, OSError, ValueError) as fault:
            self.fault = fault

    def percentile(self, percent):
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] * 1000


def write_script(folder, name, body):
    path = folder / (name.replace(" ", "-").replace("'", "") + ".py")
    path.write_text(PRELUDE + body + "\n")
    path.chmod(0o644)
    return path


def left_of(path):
    """Processes of the host whose command line names the script."""
    left = []
    for folder in pathlib.Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if str(path).encode() in (folder / "cmdline").read_bytes():
                    left.append(int(folder.name))
            except OSError:
                pass
    return left


def gone(path):
    deadline = time.monotonic() + 10
    while left_of(path) and time.monotonic() < deadline:
        time.sleep(0.02)
    check(not left_of(path), path.name, "is stopped, and has left", left_of(path))


def limits_for(fault):
    return {"start": 700 if fault == "no_handshake" else 20000,
            "decision": 300 if fault == "late" else 20000}


def run_fault(runner, folder, name, body, fault, afterwards=False):
    path = write_script(folder, name, body)
    runner.start(name_of(path), ["python3", str(path)], folder, limits_for(fault))
    script = name_of(path)
    seq = runner.tick(script)
    if afterwards:
        _, event = runner.answer(script, seq)
        check(event["type"] == "decision", name, event)
    else:
        _, event = runner.wait(script, lambda e: e["type"] in ("failed", "decision"))
        check(event["type"] == "failed" and event["seq"] == seq, name, event)
        check(event["fault"] == fault, name, "ended as", event)
        check(event["detail"], name, "says no detail")
    waiting = runner.phase(script, "waiting")
    check(waiting["last_fault"] == fault, name, waiting)
    runner.phase(script, "starting")
    while True:  # the same again, and then no more
        seq = runner.tick(script)
        _, event = runner.wait(script, lambda e: e["type"] in ("failed", "decision", "script"))
        if event.get("phase") == "gave_up":
            break
        time.sleep(0.02)
    _, event = runner.answer(script, runner.tick(script))
    check(event["type"] == "failed" and event["fault"] == "gave_up", name, event)
    check(runner.logs("<1>script_gave_up: " + script), name, "raises no alert")
    runner.ask(type="stop", script=script)
    gone(path)


def name_of(path):
    return path.stem


def run_refused(runner, folder, name, body, reason):
    path = write_script(folder, name, body)
    script = name_of(path)
    runner.start(script, ["python3", str(path)], folder, limits_for("-"))
    for _ in range(2):
        _, event = runner.answer(script, runner.tick(script))
        check(event["type"] == "decision", name, event)
        check(event["decision"]["reason"] == reason, name, "says", event["decision"]["reason"])
    check(left_of(path), name, "does not run: this test could not see what it leaves")
    runner.ask(type="stop", script=script)
    gone(path)


def run_all(program, folder):
    runner = Runner(program)
    steady = write_script(folder, "steady", STEADY)
    runner.start("steady", ["python3", str(steady)], folder, {"start": 20000, "decision": 5000})
    status = runner.phase("steady", "ready", "gave_up")
    if status["phase"] == "gave_up":
        print("the system refuses the sandbox: left out:", status["last_detail"])
        return False
    check(status["missing"] == [], "missing", status["missing"])
    runner.start("nowhere", ["/nonexistent/program"], folder)
    event = runner.phase("nowhere", "gave_up")
    check(event["last_fault"] == "cannot_start" and "/nonexistent/program" in event["last_detail"],
          event)
    neighbour = Neighbour(runner)
    neighbour.start()
    for row in FAULTS:
        run_fault(runner, folder, *row)
    for row in AFTERWARDS:
        run_fault(runner, folder, *row, afterwards=True)
    for row in REFUSED:
        run_refused(runner, folder, *row)
    neighbour.stopped = True
    neighbour.join()
    check(neighbour.fault is None, "the neighbour:", neighbour.fault)
    grown = runner.resident()
    check(grown < 64, "the runner grew to", grown, "MiB")
    shouts = [line for line in runner.log if "script_stderr: shouts-on-stderr" in line]
    check(0 < len(shouts) < 4000 and max(map(len, shouts)) < 400, len(shouts), "lines of a shouter")
    check(not any(line.startswith("<1>") and "forged" in line for line in runner.log), "forged")
    check(not any(CANARY in line for line in runner.log), "the canary is in the log")
    check(runner.end() == 0, "the runner ends with", runner.process.returncode)
    gone(steady)
    print(f"{len(FAULTS) + len(AFTERWARDS) + len(REFUSED)} hostile scripts; the neighbour's "
          f"{len(neighbour.latencies)} decisions: p50 {neighbour.percentile(50):.2f} ms, "
          f"p99 {neighbour.percentile(99):.2f} ms; the runner grew to {grown} MiB")
    return True


def run_crowded(program, folder):
    """A script that never answers keeps a bounded number of ticks, and stop() answers those."""
    runner = Runner(program)
    path = write_script(folder, "idle", "hello()\ntime.sleep(3600)")
    runner.start("idle", ["python3", str(path)], folder, limits_for("-"))
    runner.phase("idle", "ready")
    first = runner.tick("idle")
    for _ in range(KEPT + SHOWN):
        last = runner.tick("idle")
    _, event = runner.wait("idle", lambda e: e["type"] == "failed")
    check(event["fault"] == "too_many" and event["seq"] == last, event, "where", last)
    runner.ask(type="stop", script="idle")
    _, event = runner.wait("idle", lambda e: e["type"] == "failed")
    check(event["fault"] == "not_running" and event["seq"] == first, event)
    for seq in range(first + 1, last):
        _, event = runner.wait("idle", lambda e: e["type"] == "failed")
        check(event["seq"] == seq, event, "where", seq)
    gone(path)
    check(runner.end() == 0, "the runner ends with", runner.process.returncode)


def run_confused(program, folder):
    """A daemon that speaks nonsense is told so, and everything ends."""
    runner = Runner(program)
    path = write_script(folder, "bystander", STEADY)
    runner.start("bystander", ["python3", str(path)], folder, limits_for("-"))
    runner.phase("bystander", "ready")
    runner.start("bystander", ["python3", str(path)], folder)
    event = runner.wait("bystander", lambda e: e["type"] == "refused")[1]
    check(event["code"] == "exists" and event["hint"], event)
    for name, words, place in (("../x", ["true"], folder), ("a", [], folder), ("a", ["true"], "/"),
                               ("a", ["true"], "etc"), ("a", ["true"], "/nonexistent")):
        runner.start(name, words, place)
        event = runner.wait(name, lambda e: e["type"] == "refused")[1]
        check(event["code"] == "invalid" and event["hint"], event)
    runner.process.stdin.write("start everything\n")
    runner.process.stdin.flush()
    check(runner.process.wait(timeout=PATIENCE) == 65, "ends with", runner.process.returncode)
    gone(path)


def run_killed(program, folder):
    """The runner itself is killed: its scripts go with it."""
    runner = Runner(program)
    path = write_script(folder, "orphan", "if os.fork() == 0: time.sleep(3600)\nhello()\n"
                        "while True: time.sleep(3600)")
    runner.start("orphan", ["python3", str(path)], folder, limits_for("-"))
    runner.phase("orphan", "ready")
    check(left_of(path), "the orphan does not run")
    runner.process.kill()
    runner.process.wait()
    gone(path)


# A user namespace in which no further one may be made, as in many containers.
NO_NAMESPACES = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--keep-caps", "sh",
                 "-c", 'echo 0 >/proc/sys/user/max_user_namespaces && exec setpriv --inh-caps=-all '
                 '--ambient-caps=-all "$0"']


def run_weak(program, folder):
    if subprocess.run([*NO_NAMESPACES, "true"], capture_output=True, check=False).returncode != 0:
        print("no namespace can be made without namespaces here: left out")
        return
    runner = Runner(program, *NO_NAMESPACES)
    steady = write_script(folder, "strict", STEADY)
    runner.start("strict", ["python3", str(steady)], folder)
    event = runner.phase("strict", "gave_up")
    check(event["last_fault"] == "cannot_start" and "namespaces" in event["last_detail"], event)
    for name, body, reason in REFUSED:
        if name in ("opens sockets", "eats memory", "reads its environment", "breaks out",
                    "looks for descriptors"):
            weak_refused(runner, folder, name, body, reason)
    weak_refused(runner, folder, "leaves a session behind",
                 "tell(lambda: refused(os.setsid, lambda: os.kill(os.getppid(), 9)), 'refused')",
                 "refused")
    path = write_script(folder, "weak hang", "if os.fork() == 0: time.sleep(3600)\nhello()\n"
                        "next(ticks())\ntime.sleep(3600)")
    runner.start("weak-hang", ["python3", str(path)], folder, limits_for("late"), weak=True)
    _, event = runner.answer("weak-hang", runner.tick("weak-hang"))
    check(event.get("fault") == "late", event)
    runner.ask(type="stop", script="weak-hang")
    gone(path)
    check(runner.end() == 0, "the runner ends with", runner.process.returncode)
    print("without namespaces: refused, and where it is allowed limits and system calls stay")


def weak_refused(runner, folder, name, body, reason):
    path = write_script(folder, "weak " + name, body)
    script = name_of(path)
    runner.start(script, ["python3", str(path)], folder, limits_for("-"), weak=True)
    event = runner.wait(script, lambda e: e["type"] == "script" and e["missing"])[1]
    check("namespaces" in event["missing"][0], name, "says that it misses", event["missing"])
    _, event = runner.answer(script, runner.tick(script))
    check(event["type"] == "decision" and event["decision"]["reason"] == reason, name, event)
    runner.ask(type="stop", script=script)
    gone(path)


def main():
    program = str(pathlib.Path(sys.argv[2]).resolve().parent / "vaultd-runner")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="vault-test-"))
    folder.chmod(0o755)
    try:
        if not run_all(program, folder):
            return SKIPPED
        run_crowded(program, folder)
        run_confused(program, folder)
        run_killed(program, folder)
        run_weak(program, folder)
    finally:
        shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
