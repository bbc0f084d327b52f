"""vaultctl top on a real terminal: what it shows, what its keys do, and that it gives the terminal
back whatever ends it.

The terminal is a pty of this test. What is sent to it is drawn on a Screen, which knows just the
sequences that top may use and fails on any other.
"""

import contextlib
import fcntl
import json
import os
import pty
import re
import select
import shlex
import signal
import struct
import subprocess
import termios
import time

from private_daemon import Daemon, check, main

SCENE = """
account add --exchange paper
bob: account add --exchange paper
replay start synthetic --account a1 --seed 7 --days 60
bob: replay start synthetic --account a2 --seed 7 --days 30
vault create --account a1 --asset USDT --balance 20000
vault create --account a1 --asset USDC --balance 1000
bob: vault create --account a2 --asset USDT --balance 10000
vault pairs v1 --add ETH/USDT
bob: vault pairs v3 --add ETH/USDT
vault set-tradeable v1 15000
bob: vault set-tradeable v3 8000
vault allocate v1 --quiet 4000 --flash 4000
bob: vault allocate v3 --quiet 3000 --flash 3000
bob: sleeve set v3 quiet preset=flash
replay run --account a1 --until 2024-01-10 --wait
bob: replay run --account a2 --until 2024-01-02T09:00:00Z --wait
vault pause v1 --why 'news day'
bob: account trade a2 ETH/USDT sell 0.5
"""

ENTER, LEAVE = "\x1b[?1049h", "\x1b[?1049l"
SEQUENCE = re.compile(r"\x1b\[([?0-9;]*)([A-Za-z])")
PRIVATE = {"?1049h", "?1049l", "?25l", "?25h", "?7l", "?7h", "?2026h", "?2026l"}


class Screen:
    """The cells of a terminal, as far as top's sequences go."""

    def __init__(self, columns, rows):
        self.resize(columns, rows)
        self.row = self.column = 0

    def resize(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.cells = [[" "] * columns for _ in range(rows)]

    def draw(self, text):
        at = 0
        while at < len(text):
            if text[at] == "\x1b":
                sequence = SEQUENCE.match(text, at)
                check(sequence, "an unknown sequence:", repr(text[at:at + 20]))
                self.obey(sequence[1], sequence[2])
                at = sequence.end()
            elif text[at] >= " ":
                if self.row < self.rows and self.column < self.columns:
                    self.cells[self.row][self.column] = text[at]
                self.column += 1
                at += 1
            else:
                at += 1  # what the shell's side prints after the end

    def obey(self, numbers, letter):
        if letter == "H":
            self.row, self.column = (int(number) - 1 for number in numbers.split(";"))
        elif letter == "J":
            check(numbers == "2", "an unknown clearing:", numbers)
            self.cells = [[" "] * self.columns for _ in range(self.rows)]
        else:
            check(letter == "m" or numbers + letter in PRIVATE, "an unknown sequence:", numbers, letter)

    def text(self):
        return "\n".join("".join(row).rstrip() for row in self.cells)


class Top:
    """vaultctl top in a session and on a terminal of its own, so that it is in the foreground."""

    def __init__(self, daemon, *words, columns=80, rows=24, **variables):
        self.master, self.slave = pty.openpty()
        self.screen = Screen(columns, rows)
        self.set_size(columns, rows)
        self.before = termios.tcgetattr(self.slave)
        self.sent = ""
        self.bytes = b""
        environment = {**daemon.environment(), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8",
                       "NO_COLOR": "", **variables}
        self.process = subprocess.Popen(
            [daemon.vaultctl, "top", "--interval", "250ms", *words], stdin=self.slave,
            stdout=self.slave, stderr=self.slave, env=environment, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
        with contextlib.suppress(OSError):
            os.close(self.slave)

    def set_size(self, columns, rows):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, columns, rows):
        self.screen.resize(columns, rows)
        self.set_size(columns, rows)

    def read(self, seconds=0.05):
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if not select.select([self.master], [], [], left)[0]:
                return
            try:
                self.bytes += os.read(self.master, 1 << 16)
            except OSError:
                return
            # Half a character waits for its other half, half a sequence too.
            whole = self.bytes.decode(errors="ignore")
            cut = whole.rfind("\x1b")
            if cut >= 0 and not SEQUENCE.match(whole, cut):
                whole = whole[:cut]
            self.bytes = self.bytes[len(whole.encode()):]
            self.sent += whole
            self.screen.draw(whole)

    def until(self, *wanted, seconds=15.0, gone=()):
        """Waits until the screen shows all of it, and nothing of `gone`."""
        limit = time.monotonic() + seconds
        while True:
            self.read()
            text = self.screen.text()
            if all(part in text for part in wanted) and not any(part in text for part in gone):
                return text
            check(time.monotonic() < limit, "never shown:", wanted, "without", gone, "but:\n" + text)
            check(self.process.poll() is None, "top ended:", self.sent[-500:])

    def press(self, keys):
        os.write(self.master, keys.encode())

    def end(self, code):
        """It ends with that code, and the terminal is as it was."""
        limit = time.monotonic() + 10
        while self.process.poll() is None:
            check(time.monotonic() < limit, "top does not end")
            self.read()
        self.read(0.2)
        check(self.process.returncode == code, "ended with", self.process.returncode, "not", code)
        self.check_given_back()

    def check_given_back(self):
        check(self.sent.count(ENTER) == self.sent.count(LEAVE), "the alternate screen was not left")
        tail = self.sent[self.sent.rfind(LEAVE) - 60:]
        for part in ("\x1b[?25h", "\x1b[?7h", "\x1b[0m"):
            check(part in tail, "not put back:", repr(part), repr(tail))
        check(termios.tcgetattr(self.slave) == self.before, "the terminal's settings are not as before")

    def check_taken(self):
        local = termios.tcgetattr(self.slave)[3]
        check(not local & (termios.ICANON | termios.ECHO), "the terminal is not taken over")


def check_pages(daemon):
    with Top(daemon) as top:
        text = top.until("> v1", "running !", "[1 vaults 3]", "q quit", "every 250ms")
        check("paused" in text and "attention 2" in text, text)
        top.check_taken()
        top.press("2")
        top.until("[2 sleeves 6]", "needs_attention")
        top.press("3")
        top.until("[3 positions 2]", "ETH/USDT", "VALUE")
        top.press("4")
        top.until("[4 orders 0]", "no live order")
        top.press("5")
        top.until("[5 alerts 3]", "paused by alice: news day", "critical")
        top.press("?")
        top.until("hold the picture still")
        top.press("x")
        top.until("[5 alerts 3]", gone=["hold the picture still"])
        top.press("q")
        top.end(0)


def check_order_filter_and_vault(daemon):
    with Top(daemon, "--sort", "total") as top:
        top.until("TOTAL▼", "> v1")
        top.press("r")
        top.until("TOTAL▲", "> v2")
        top.press("\x1b[B\x1b[B\r")  # v1 by the greatest of the three
        top.until("[v1]", "paused by alice: news day", "Decisions", "no_signal")
        top.press("\x1b")
        top.until("[1 vaults 3]", "> v1")
        top.press("/BOB\r")
        top.until("/BOB", "v3", gone=["> v1", "v2 "])
        top.press("\x1b")
        top.until("v1 ", gone=["/BOB"])
        top.press("p")
        top.until("paused ", gone=["every 250ms"])
        top.press("p")
        top.until("every 250ms")
        top.press("\x03")
        top.end(130)


def check_changes_are_seen(daemon):
    with Top(daemon, "--vault", "v1") as top:
        top.until("[1 vaults 1]", "> v1", "USDT   paused")
        daemon.ctl("vault", "resume", "v1")
        top.until("USDT   running")
        daemon.ctl("vault", "pause", "v1", "--why", "news day")
        top.until("USDT   paused")
        quiet = len(top.sent)
        top.read(1.5)
        check(len(top.sent) - quiet < 6000, "draws what has not changed:", len(top.sent) - quiet)
        top.press("q")
        top.end(0)


def check_subscribes(daemon):
    """Pictures come by themselves: the daemon is asked once, and for credit now and then."""
    with daemon.wire() as wire, Top(daemon, "--vault", "v1") as top:
        top.until("> v1", "USDT   paused")
        top.read(0.5)
        before = wire.call("top")["calls"]
        top.read(7.0)  # 28 pictures: more than the credit that it began with
        asked = wire.call("top")["calls"] - before - 1
        check(1 <= asked <= 4, "asked", asked, "times while 28 pictures came")
        daemon.ctl("vault", "resume", "v1")
        top.until("USDT   running")
        daemon.ctl("vault", "pause", "v1", "--why", "news day")
        top.until("USDT   paused")
        # Held still nothing is sent; then it goes on.
        top.press("p")
        top.until("paused ", gone=["every 250ms"])
        before = wire.call("top")["calls"]
        top.read(1.5)
        asked = wire.call("top")["calls"] - before - 1
        check(asked <= 1, "asked", asked, "times while it was held still")
        top.press("p")
        top.until("every 250ms")
        top.press("q")
        top.end(0)


def check_sizes(daemon):
    with Top(daemon) as top:
        top.until("> v1")
        top.resize(200, 50)
        text = top.until("ACCOUNT", "CLOCK", "r reverse")
        check(len(text.splitlines()[-1]) > 150, "the footer does not reach the edge", text)
        top.resize(30, 8)
        top.until("terminal too small")
        top.resize(80, 24)
        top.until("> v1", "q quit", gone=["too small", "CLOCK"])
        top.press("q")
        top.end(0)


def check_signals(daemon):
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        with Top(daemon) as top:
            top.until("> v1")
            top.process.send_signal(number)
            top.end(128 + number)
    for number in (signal.SIGSEGV, signal.SIGABRT):  # as if it had crashed
        with Top(daemon) as top:
            top.until("> v1")
            top.process.send_signal(number)
            top.end(-number)


def check_stop_and_go(daemon):
    with Top(daemon) as top:
        top.until("> v1")
        # What Ctrl-Z sends. The kernel would drop it here: without a shell the group is an orphan.
        top.process.send_signal(signal.SIGTSTP)
        limit = time.monotonic() + 5
        while top.sent.count(LEAVE) < 1:
            check(time.monotonic() < limit, "Ctrl-Z does not give the terminal back")
            top.read()
        top.process.send_signal(signal.SIGCONT)
        limit = time.monotonic() + 5
        while top.sent.count(ENTER) < 2:
            check(time.monotonic() < limit, "fg does not take the terminal over")
            top.read()
        top.until("> v1", "q quit")
        top.check_taken()
        top.press("q")
        top.end(0)


def check_lost_daemon(daemon):
    with Top(daemon) as top:
        top.until("> v1")
        daemon.process.kill()
        daemon.process.wait()
        text = top.until("connection lost, retrying")
        check("> v1" in text and "attention 2" in text, "the last picture is gone:", text)
        top.press("2")
        top.until("[2 sleeves 6]", "connection lost")
        daemon.start()
        top.until("[2 sleeves 6]", "every 250ms", gone=["connection lost"])
        top.press("q")
        top.end(0)


def check_printed(daemon):
    done = daemon.run("top", "--once")
    check(done.code == 0 and "\x1b" not in done.stdout, "--once:", done.stdout, done.stderr)
    check("vaults 3 of 2 users" in done.stdout and "q quit" not in done.stdout, done.stdout)
    check(all(len(line) <= 80 for line in done.stdout.splitlines()), "--once is too wide")
    check(done.stdout.isascii(), "--once without a locale is not ASCII:", done.stdout)
    document = daemon.ctl("top", "--vault", "v3")
    check([row["id"] for row in document["vaults"]] == ["v3"], document["vaults"])
    check({row["check"] for row in document["decisions"]} == {"buy", "sell"}, document["decisions"])
    check(document["counts"]["vaults"] == 3 and document["matched"]["vaults"] == 1, document)
    listed = daemon.ctl("top", "--sort", "equity", "--limit", "2")
    check([row["id"] for row in listed["vaults"]] == ["v1", "v3"], listed["vaults"])
    check(len(listed["sleeves"]) == 4 and listed["matched"]["vaults"] == 3, listed["matched"])
    shown = daemon.ctl("vault", "show", "v3")
    row = next(row for row in listed["vaults"] if row["id"] == "v3")
    for field in ("total", "tradeable", "equity", "asset", "mode", "state"):
        check(row[field] == shown[field], field, "is", row[field], "and not", shown[field])
    lines = daemon.run("top", "-o", "csv", "--view", "positions").stdout.splitlines()
    check(lines[0].startswith("vault,sleeve,pair") and len(lines) == 3, lines)
    check(json.loads(daemon.run("top", "-o", "jsonl").stdout)["state"] == "running", "-o jsonl")


def check_no_terminal(daemon):
    done = daemon.run("top")
    check(done.code == 64 and "--once" in done.stderr, "without a terminal:", done.code, done.stderr)
    with Top(daemon, TERM="dumb") as top:
        top.process.wait(10)
        check(top.process.returncode == 64, "TERM=dumb:", top.process.returncode)
    with Top(daemon, "--user", "nobody") as top:
        top.process.wait(10)
        top.read()
        check(top.process.returncode == 4 and ENTER not in top.sent, "--user nobody:", top.sent)


def check_decoration(daemon):
    with Top(daemon) as top:
        top.until("> v1")
        check(re.search("\x1b\\[[0-9;]*[1-9]m", top.sent), "has no colour on a terminal")
        top.press("q")
        top.end(0)
    for words, variables in (([], {"NO_COLOR": "1"}), (["--color", "never"], {})):
        with Top(daemon, *words, LC_ALL="C", **variables) as top:
            top.until("> v1", "VAULT^")
            top.press("q")
            top.end(0)
            check(not re.search("\x1b\\[[0-9;]*[1-9]m", top.sent), "colour in spite of", words, variables)
            check(top.sent.isascii(), "not ASCII in the locale C")


def top_works(vaultd, vaultctl):
    with Daemon(vaultd, vaultctl) as daemon:
        daemon.play(SCENE)
        checks = (check_pages, check_order_filter_and_vault, check_changes_are_seen,
                  check_subscribes, check_sizes,
                  check_signals, check_stop_and_go, check_printed, check_no_terminal,
                  check_decoration, check_lost_daemon)
        for one in checks:
            begun = time.monotonic()
            one(daemon)
            print(f"{one.__name__}: {time.monotonic() - begun:.1f} s")


main(top_works)
